"""The front of the client. Generated from `hub.py` by `tools/unasync.py`.

Nothing is decided here: every method builds a flow and has it performed.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, overload

from hubwire.auth.tokens import TokenSource
from hubwire.catalogue.facts import Safety
from hubwire.client import links, listing
from hubwire.client.calls import account, definitions
from hubwire.client.clock import Clock
from hubwire.client.definitions import Owner, PipelineDefinition, PropertyDefinition
from hubwire.client.execute import execute
from hubwire.client.governor import Quota, Usage
from hubwire.client.jobs import identity
from hubwire.client.kinds import path_name
from hubwire.client.objects_sync import Driver, Records
from hubwire.client.outcomes import Link, Outcomes
from hubwire.client.raw import raw
from hubwire.client.session import Retry, new_session
from hubwire.wire.message import Timeout, Transport


class Kind:
    """Declares the records of a standard type as an attribute of the hub."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    @overload
    def __get__(self, hub: None, owner: type[Hub]) -> Kind: ...

    @overload
    def __get__(self, hub: Hub, owner: type[Hub]) -> Records: ...

    def __get__(self, hub: Hub | None, owner: type[Hub]) -> Kind | Records:
        return self if hub is None else hub.objects(self._kind)


class Hub:
    """A HubSpot account.

    One pool of connections and one account of the quota: keep the hub, and close it when done (it is a context
    manager). Without a token, `HUBSPOT_ACCESS_TOKEN` or `HUBSPOT_PRIVATE_APP_TOKEN` is read; without a base
    URL, `HUBSPOT_BASE_URL`.
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
    ) -> None:
        self._session = new_session(
            access_token, base_url, version, timeout=timeout, clock=clock, quota=quota, retry=retry
        )
        self._driver = Driver(self._session, transport, clock)

    def objects(self, kind: str) -> Records:
        """Records of any type: `contacts`, `contact`, `0-1`, or a custom type's `p123_cars` or `2-1234`."""
        return Records(self._driver, path_name(kind))

    @property
    def associations(self) -> Associations:
        """Which records belong together."""
        return Associations(self._driver)

    def properties(self, kind: str) -> Properties:
        """Property definitions of an object type."""
        return Properties(self._driver, path_name(kind))

    def pipelines(self, kind: str) -> Pipelines:
        """Pipelines of an object type."""
        return Pipelines(self._driver, path_name(kind))

    @property
    def owners(self) -> Owners:
        """Those who can own records."""
        return Owners(self._driver)

    @property
    def account(self) -> Account:
        """The account itself."""
        return Account(self._driver)

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
        """The decoded answer of any path, through the same quota, retries and errors; None when it has no body.

        A POST that the catalogue does not know is taken for one that may not be repeated; `safety="read"` or
        `"repeat"` says otherwise.
        """
        call = raw(method, path, query=query, json=json, form_fields=form, into=into, safety=safety)
        return self._driver.run(execute(call, self._session))

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


class Associations:
    """Which records belong together, pair by pair."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._session = (driver, driver.session)

    def link(
        self,
        from_type: str,
        from_id: str | int,
        to_type: str,
        to_id: str | int,
        *,
        label: str | None = None,
        types: Any = None,
    ) -> None:
        """Associates two records. A label replaces the labels the pair has; the unlabeled association stays.

        `types` instead of a label: HubSpot's own numbers, or `(category, number)`.
        """
        ends = ((path_name(from_type), identity(from_id)), (path_name(to_type), identity(to_id)))
        self._driver.run(links.link(self._session, *ends, label, types))

    def unlink(
        self,
        from_type: str,
        from_id: str | int,
        to_type: str,
        to_id: str | int,
        *,
        label: str | None = None,
        types: Any = None,
    ) -> None:
        """Removes every association of the pair, or only those of a label or of types."""
        ends = ((path_name(from_type), identity(from_id)), (path_name(to_type), identity(to_id)))
        self._driver.run(links.unlink(self._session, *ends, label, types))

    def linked(self, from_type: str, from_id: str | int, to_type: str) -> Iterator[Link]:
        """The records of a type that a record is associated with, each with the kinds of association."""
        end = (path_name(from_type), identity(from_id))
        return self._driver.each(links.linked(self._session, end, path_name(to_type)))

    @property
    def batch(self) -> AssociationBatch:
        """Many pairs at once."""
        return AssociationBatch(self._driver)


class AssociationBatch:
    """Associations of many records: one outcome per input, in input order."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._session = (driver, driver.session)

    def link(
        self,
        from_type: str,
        to_type: str,
        pairs: Iterable[tuple[Any, Any]],
        *,
        label: str | None = None,
        types: Any = None,
    ) -> Outcomes:
        """Associates pairs of ids."""
        kinds = (path_name(from_type), path_name(to_type))
        flow = links.link_many(self._session, kinds, list(pairs), label, types)
        return self._driver.outcomes(flow)

    def unlink(
        self,
        from_type: str,
        to_type: str,
        pairs: Iterable[tuple[Any, Any]],
        *,
        label: str | None = None,
        types: Any = None,
    ) -> Outcomes:
        """Removes every association of the pairs, or only those of a label or of types."""
        kinds = (path_name(from_type), path_name(to_type))
        flow = links.unlink_many(self._session, kinds, list(pairs), label, types)
        return self._driver.outcomes(flow)

    def linked(self, from_type: str, to_type: str, ids: Iterable[str | int]) -> Outcomes:
        """What records are associated with: in `links` of every outcome, all pages of it."""
        kinds = (path_name(from_type), path_name(to_type))
        return self._driver.outcomes(links.linked_many(self._session, kinds, list(ids)))


class Properties:
    """Property definitions of one object type."""

    def __init__(self, driver: Driver, kind: str) -> None:
        self._driver, self._session, self._kind = (driver, driver.session, kind)

    def list(self, *, archived: bool = False) -> builtins.list[PropertyDefinition]:
        """All of them."""
        call = definitions.properties(self._session.version, self._kind, archived=archived)
        return self._driver.run(execute(call, self._session)).results

    def get(self, name: str) -> PropertyDefinition:
        """One of them."""
        call = definitions.property_(self._session.version, self._kind, name)
        return self._driver.run(execute(call, self._session))


class Pipelines:
    """Pipelines of one object type, with their stages."""

    def __init__(self, driver: Driver, kind: str) -> None:
        self._driver, self._session, self._kind = (driver, driver.session, kind)

    def list(self) -> builtins.list[PipelineDefinition]:
        """All of them."""
        call = definitions.pipelines(self._session.version, self._kind)
        return self._driver.run(execute(call, self._session)).results

    def get(self, id: str) -> PipelineDefinition:
        """One of them."""
        call = definitions.pipeline(self._session.version, self._kind, id)
        return self._driver.run(execute(call, self._session))


class Owners:
    """Those who can own records."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._session = (driver, driver.session)

    def list(self, *, email: str | None = None, archived: bool = False) -> builtins.list[Owner]:
        """All of them, or the one with an address."""
        return self._driver.run(listing.owners(self._session, email, archived))

    def get(self, id: str | int, *, by: str | None = None) -> Owner:
        """One of them, by owner id or, with `by="userId"`, by user id."""
        call = definitions.owner(self._session.version, identity(id), by=by)
        return self._driver.run(execute(call, self._session))


class Account:
    """The account itself."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._session = (driver, driver.session)

    def details(self) -> dict[str, Any]:
        """Portal id, type, time zone, currency, UI domain: HubSpot's answer as it is."""
        return self._driver.run(execute(account.details(self._session.version), self._session))

    def usage(self) -> dict[str, Any]:
        """Calls of the day by private apps, and when the day ends: HubSpot's answer as it is."""
        return self._driver.run(execute(account.usage(self._session.version), self._session))
