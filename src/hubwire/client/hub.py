"""The front of the client, for asyncio. `hub_sync.py` is generated from this file by `tools/unasync.py`.

Nothing is decided here: every method builds a flow and has it performed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, TypeVar, overload

from hubwire.auth.tokens import TokenSource
from hubwire.client.clock import Clock
from hubwire.client.driver import AsyncDriver
from hubwire.client.kinds import path_name
from hubwire.client.objects import AsyncRecords
from hubwire.client.session import Retry, listeners, new_session
from hubwire.client.validation import Validation, validation_of
from hubwire.wire.message import AsyncTransport, Timeout

if TYPE_CHECKING:
    from hubwire.catalogue.facts import Safety
    from hubwire.client.account import AsyncAccount, AsyncOwners
    from hubwire.client.app_settings import AsyncWebhooks
    from hubwire.client.associations import AsyncAssociations
    from hubwire.client.events import Hook
    from hubwire.client.exports import AsyncExports
    from hubwire.client.imports import AsyncImports
    from hubwire.client.journal import AsyncJournal
    from hubwire.client.lists import AsyncLists
    from hubwire.client.pipelines import AsyncPipelines
    from hubwire.client.plan import Plan, Work
    from hubwire.client.properties import AsyncProperties
    from hubwire.client.quota import Quota, Usage
    from hubwire.client.schemas import AsyncSchemas
    from hubwire.client.typed.record import TypedRecord
    from hubwire.client.typed_records import AsyncTypedRecords

R = TypeVar("R", bound="TypedRecord")


class AsyncKind:
    """Declares the records of a standard type as an attribute of the hub."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    @overload
    def __get__(self, hub: None, owner: type[AsyncHub]) -> AsyncKind: ...

    @overload
    def __get__(self, hub: AsyncHub, owner: type[AsyncHub]) -> AsyncRecords: ...

    def __get__(self, hub: AsyncHub | None, owner: type[AsyncHub]) -> AsyncKind | AsyncRecords:
        return self if hub is None else AsyncRecords(hub._driver, self._kind)


class AsyncHub:
    """A HubSpot account.

    One pool of connections and one account of the quota: keep the hub, and close it when done (it is a
    context manager). Without a token, `HUBSPOT_ACCESS_TOKEN` or `HUBSPOT_PRIVATE_APP_TOKEN` is read; without
    a base URL, `HUBSPOT_BASE_URL`. `hooks` are called with every event of every call
    (`hubwire.client.events`); `HUBWIRE_DEBUG=1` writes them to stderr. With `validate`, writes are checked
    against the account's schema before a call is spent.
    """

    contacts = AsyncKind("contacts")
    companies = AsyncKind("companies")
    deals = AsyncKind("deals")
    tickets = AsyncKind("tickets")
    products = AsyncKind("products")
    line_items = AsyncKind("line_items")
    quotes = AsyncKind("quotes")
    communications = AsyncKind("communications")
    feedback_submissions = AsyncKind("feedback_submissions")
    tasks = AsyncKind("tasks")
    notes = AsyncKind("notes")
    meetings = AsyncKind("meetings")
    calls = AsyncKind("calls")
    emails = AsyncKind("emails")
    invoices = AsyncKind("invoices")
    marketing_events = AsyncKind("marketing_events")
    subscriptions = AsyncKind("subscriptions")
    deal_splits = AsyncKind("deal_splits")
    goal_targets = AsyncKind("goal_targets")
    discounts = AsyncKind("discounts")
    fees = AsyncKind("fees")
    taxes = AsyncKind("taxes")
    commerce_payments = AsyncKind("commerce_payments")
    users = AsyncKind("users")
    postal_mail = AsyncKind("postal_mail")
    orders = AsyncKind("orders")
    leads = AsyncKind("leads")
    carts = AsyncKind("carts")
    services = AsyncKind("services")
    courses = AsyncKind("courses")
    listings = AsyncKind("listings")
    appointments = AsyncKind("appointments")
    partner_clients = AsyncKind("partner_clients")
    partner_services = AsyncKind("partner_services")
    contracts = AsyncKind("contracts")
    projects = AsyncKind("projects")

    def __init__(
        self,
        access_token: str | TokenSource | None = None,
        *,
        base_url: str | None = None,
        version: str = "2026-09",
        timeout: float | Timeout | None = None,
        transport: AsyncTransport | None = None,
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
        self._driver = AsyncDriver(self._session, transport, clock)

    def objects(self, kind: str) -> AsyncRecords:
        """Records of any type: `contacts`, `contact`, `0-1`, or a custom type's `p123_cars` or `2-1234`."""
        return AsyncRecords(self._driver, path_name(kind))

    def records(self, type_: type[R]) -> AsyncTypedRecords[R]:
        """Records as objects of a class from a module that `hubwire types` wrote."""
        from hubwire.client.typed_records import AsyncTypedRecords

        return AsyncTypedRecords(self._driver, type_)

    @property
    def associations(self) -> AsyncAssociations:
        """Which records belong together."""
        from hubwire.client.associations import AsyncAssociations

        return AsyncAssociations(self._driver)

    def properties(self, kind: str) -> AsyncProperties:
        """Property definitions of an object type, their groups and validation rules."""
        from hubwire.client.properties import AsyncProperties

        return AsyncProperties(self._driver, path_name(kind))

    def pipelines(self, kind: str) -> AsyncPipelines:
        """Pipelines of an object type."""
        from hubwire.client.pipelines import AsyncPipelines

        return AsyncPipelines(self._driver, path_name(kind))

    @property
    def owners(self) -> AsyncOwners:
        """Those who can own records."""
        from hubwire.client.account import AsyncOwners

        return AsyncOwners(self._driver)

    @property
    def account(self) -> AsyncAccount:
        """The account itself, its users and limits."""
        from hubwire.client.account import AsyncAccount

        return AsyncAccount(self._driver)

    @property
    def schemas(self) -> AsyncSchemas:
        """Object types: custom ones, and HubSpot's own."""
        from hubwire.client.schemas import AsyncSchemas

        return AsyncSchemas(self._driver)

    @property
    def lists(self) -> AsyncLists:
        """Lists of records, and who is on them."""
        from hubwire.client.lists import AsyncLists

        return AsyncLists(self._driver)

    @property
    def imports(self) -> AsyncImports:
        """Files that HubSpot reads in."""
        from hubwire.client.imports import AsyncImports

        return AsyncImports(self._driver)

    @property
    def exports(self) -> AsyncExports:
        """Files that HubSpot writes."""
        from hubwire.client.exports import AsyncExports

        return AsyncExports(self._driver)

    def webhooks(self, app_id: str | int, *, developer_key: str | None = None) -> AsyncWebhooks:
        """Where an app is told of events, and of which. Version 2026-09 wants the developer API key."""
        from hubwire.client.app_settings import AsyncWebhooks

        return AsyncWebhooks(self._driver, app_id, developer_key)

    @property
    def journal(self) -> AsyncJournal:
        """What happened in the accounts of an app: the webhooks journal."""
        from hubwire.client.journal import AsyncJournal

        return AsyncJournal(self._driver)

    async def request(
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
        return await self._driver.run(execute(call, self._session))

    async def plan(self, work: Work) -> Plan:
        """What a job will take: calls, time, share of the day. `work` is a number of calls, or inputs by
        operation: `hub.plan({"objects.batch.upsert": 12_000, "objects.search": 30})`.

        A hub that has made no call yet makes one, to learn the account's limits.
        """
        from hubwire.client.plan import planning

        return await self._driver.run(planning(self._session, work))

    def refresh_schema(self) -> None:
        """What `validate` knows of the account is read anew when it is next needed."""
        self._session.guard = None

    def with_quota(self, **terms: Any) -> AsyncHub:
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

    async def aclose(self) -> None:
        """Closes the pool of connections."""
        await self._driver.aclose()

    async def __aenter__(self) -> AsyncHub:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncHub({self._session.base_url!r}, version={self._session.version!r})"
