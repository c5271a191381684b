# Generated from hub.py by tools/unasync.py: change that file, not this one.

"""The front of the client.

Nothing is decided here: every method builds a flow and has it performed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, TypeVar, overload

from hubwire.auth.tokens import TokenSource
from hubwire.client.clock import Clock
from hubwire.client.driver_sync import Driver
from hubwire.client.kinds import path_name
from hubwire.client.objects_sync import Records
from hubwire.client.session import Retry, listeners, new_session
from hubwire.client.validation import Validation, validation_of
from hubwire.wire.message import Timeout, Transport

if TYPE_CHECKING:
    from hubwire.catalogue.facts import Safety
    from hubwire.client.account_sync import Account, Owners
    from hubwire.client.app_settings_sync import Webhooks
    from hubwire.client.associations_sync import Associations
    from hubwire.client.events import Hook
    from hubwire.client.exports_sync import Exports
    from hubwire.client.imports_sync import Imports
    from hubwire.client.journal_sync import Journal
    from hubwire.client.lists_sync import Lists
    from hubwire.client.pipelines_sync import Pipelines
    from hubwire.client.plan import Plan, Work
    from hubwire.client.properties_sync import Properties
    from hubwire.client.quota import Quota, Usage
    from hubwire.client.schemas_sync import Schemas
    from hubwire.client.typed.record import TypedRecord
    from hubwire.client.typed_records_sync import TypedRecords
R = TypeVar("R", bound="TypedRecord")


class Kind:
    """Declares the records of a standard type as an attribute of the hub."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    @overload
    def __get__(self, hub: None, owner: type[Hub]) -> Kind: ...

    @overload
    def __get__(self, hub: Hub, owner: type[Hub]) -> Records: ...

    def __get__(self, hub: Hub | None, owner: type[Hub]) -> Kind | Records:
        return self if hub is None else Records(hub._driver, self._kind)


class Hub:
    """A HubSpot account.

    One pool of connections and one account of the quota: keep the hub, and close it when done (it is a
    context manager). Without a token, `HUBSPOT_ACCESS_TOKEN` or `HUBSPOT_PRIVATE_APP_TOKEN` is read; without
    a base URL, `HUBSPOT_BASE_URL`. `hooks` are called with every event of every call
    (`hubwire.client.events`); `HUBWIRE_DEBUG=1` writes them to stderr. With `validate`, writes are checked
    against the account's schema before a call is spent.
    """

    contacts = Kind("contacts")
    companies = Kind("companies")
    deals = Kind("deals")
    tickets = Kind("tickets")
    products = Kind("products")
    line_items = Kind("line_items")
    quotes = Kind("quotes")
    communications = Kind("communications")
    feedback_submissions = Kind("feedback_submissions")
    tasks = Kind("tasks")
    notes = Kind("notes")
    meetings = Kind("meetings")
    calls = Kind("calls")
    emails = Kind("emails")
    invoices = Kind("invoices")
    marketing_events = Kind("marketing_events")
    subscriptions = Kind("subscriptions")
    deal_splits = Kind("deal_splits")
    goal_targets = Kind("goal_targets")
    discounts = Kind("discounts")
    fees = Kind("fees")
    taxes = Kind("taxes")
    commerce_payments = Kind("commerce_payments")
    users = Kind("users")
    postal_mail = Kind("postal_mail")
    orders = Kind("orders")
    leads = Kind("leads")
    carts = Kind("carts")
    services = Kind("services")
    courses = Kind("courses")
    listings = Kind("listings")
    appointments = Kind("appointments")
    partner_clients = Kind("partner_clients")
    partner_services = Kind("partner_services")
    contracts = Kind("contracts")
    projects = Kind("projects")

    def __init__(
        self,
        access_token: str | TokenSource | None = None,
        *,
        base_url: str | None = None,
        version: str = "2026-09",
        timeout: float | Timeout | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
        quota: Quota | None = None,
        retry: Retry | None = None,
        validate: bool | Validation = False,
        hooks: Iterable[Hook] = (),
    ) -> None:
        self._session = new_session(
            access_token, base_url, version, timeout=timeout, clock=clock, quota=quota, retry=retry
        )
        self._session.validation = validation_of(validate)
        self._session.hooks = listeners(hooks)
        self._driver = Driver(self._session, transport, clock)

    def objects(self, kind: str) -> Records:
        """Records of any type: `contacts`, `contact`, `0-1`, or a custom type's `p123_cars` or `2-1234`."""
        return Records(self._driver, path_name(kind))

    def records(self, type_: type[R]) -> TypedRecords[R]:
        """Records as objects of a class from a module that `hubwire types` wrote."""
        from hubwire.client.typed_records_sync import TypedRecords

        return TypedRecords(self._driver, type_)

    @property
    def associations(self) -> Associations:
        """Which records belong together."""
        from hubwire.client.associations_sync import Associations

        return Associations(self._driver)

    def properties(self, kind: str) -> Properties:
        """Property definitions of an object type, their groups and validation rules."""
        from hubwire.client.properties_sync import Properties

        return Properties(self._driver, path_name(kind))

    def pipelines(self, kind: str) -> Pipelines:
        """Pipelines of an object type."""
        from hubwire.client.pipelines_sync import Pipelines

        return Pipelines(self._driver, path_name(kind))

    @property
    def owners(self) -> Owners:
        """Those who can own records."""
        from hubwire.client.account_sync import Owners

        return Owners(self._driver)

    @property
    def account(self) -> Account:
        """The account itself, its users and limits."""
        from hubwire.client.account_sync import Account

        return Account(self._driver)

    @property
    def schemas(self) -> Schemas:
        """Object types: custom ones, and HubSpot's own."""
        from hubwire.client.schemas_sync import Schemas

        return Schemas(self._driver)

    @property
    def lists(self) -> Lists:
        """Lists of records, and who is on them."""
        from hubwire.client.lists_sync import Lists

        return Lists(self._driver)

    @property
    def imports(self) -> Imports:
        """Files that HubSpot reads in."""
        from hubwire.client.imports_sync import Imports

        return Imports(self._driver)

    @property
    def exports(self) -> Exports:
        """Files that HubSpot writes."""
        from hubwire.client.exports_sync import Exports

        return Exports(self._driver)

    def webhooks(self, app_id: str | int, *, developer_key: str | None = None) -> Webhooks:
        """Where an app is told of events, and of which. Version 2026-09 wants the developer API key."""
        from hubwire.client.app_settings_sync import Webhooks

        return Webhooks(self._driver, app_id, developer_key)

    @property
    def journal(self) -> Journal:
        """What happened in the accounts of an app: the webhooks journal."""
        from hubwire.client.journal_sync import Journal

        return Journal(self._driver)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        into: type[Any] | None = None,
        safety: Safety | None = None,
    ) -> Any:
        """The decoded answer of any path, through the same quota, retries and errors; None if it has no body.

        A POST that the catalogue does not know is taken for one that may not be repeated; `safety="read"` or
        `"repeat"` says otherwise.
        """
        from hubwire.client.execute import execute
        from hubwire.client.raw import raw

        call = raw(method, path, query=query, json=json, form_fields=form, into=into, safety=safety)
        return self._driver.run(execute(call, self._session))

    def plan(self, work: Work) -> Plan:
        """What a job will take: calls, time, share of the day. `work` is a number of calls, or inputs by
        operation: `hub.plan({"objects.batch.upsert": 12_000, "objects.search": 30})`.

        A hub that has made no call yet makes one, to learn the account's limits.
        """
        from hubwire.client.plan import planning

        return self._driver.run(planning(self._session, work))

    def refresh_schema(self) -> None:
        """What `validate` knows of the account is read anew when it is next needed."""
        self._session.guard = None

    def with_quota(self, **terms: Any) -> Hub:
        """The same account, pool and windows on other terms, by the fields of `Quota`.

        `hub.with_quota(priority="background", floor=50_000)` is for a job that may wait. `usage` counts what
        was called through it. Closing either hub closes the pool of both.
        """
        other = copy(self)
        other._session = self._session.spending(**terms)
        other._driver = self._driver.with_session(other._session)
        return other

    @property
    def usage(self) -> Usage:
        """What was spent so far, and what is left as far as HubSpot has told."""
        return self._session.governor.usage(self._session.now())

    def close(self) -> None:
        """Closes the pool of connections."""
        self._driver.close()

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Hub({self._session.base_url!r}, version={self._session.version!r})"
