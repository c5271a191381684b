"""The front of the client, for asyncio. `hub_sync.py` is generated from this file by `tools/unasync.py`.

Nothing is decided here: every method builds a flow and has it performed.
"""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterable, Mapping
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
from hubwire.client.objects import AsyncDriver, AsyncRecords
from hubwire.client.outcomes import Link, Outcomes
from hubwire.client.raw import raw
from hubwire.client.session import Retry, new_session
from hubwire.wire.message import AsyncTransport, Timeout


class AsyncKind:
    """Declares the records of a standard type as an attribute of the hub."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    @overload
    def __get__(self, hub: None, owner: type[AsyncHub]) -> AsyncKind: ...

    @overload
    def __get__(self, hub: AsyncHub, owner: type[AsyncHub]) -> AsyncRecords: ...

    def __get__(self, hub: AsyncHub | None, owner: type[AsyncHub]) -> AsyncKind | AsyncRecords:
        return self if hub is None else hub.objects(self._kind)


class AsyncHub:
    """A HubSpot account.

    One pool of connections and one account of the quota: keep the hub, and close it when done (it is a context
    manager). Without a token, `HUBSPOT_ACCESS_TOKEN` or `HUBSPOT_PRIVATE_APP_TOKEN` is read; without a base
    URL, `HUBSPOT_BASE_URL`.
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
    ) -> None:
        self._session = new_session(
            access_token, base_url, version, timeout=timeout, clock=clock, quota=quota, retry=retry
        )
        self._driver = AsyncDriver(self._session, transport, clock)

    def objects(self, kind: str) -> AsyncRecords:
        """Records of any type: `contacts`, `contact`, `0-1`, or a custom type's `p123_cars` or `2-1234`."""
        return AsyncRecords(self._driver, path_name(kind))

    @property
    def associations(self) -> AsyncAssociations:
        """Which records belong together."""
        return AsyncAssociations(self._driver)

    def properties(self, kind: str) -> AsyncProperties:
        """Property definitions of an object type."""
        return AsyncProperties(self._driver, path_name(kind))

    def pipelines(self, kind: str) -> AsyncPipelines:
        """Pipelines of an object type."""
        return AsyncPipelines(self._driver, path_name(kind))

    @property
    def owners(self) -> AsyncOwners:
        """Those who can own records."""
        return AsyncOwners(self._driver)

    @property
    def account(self) -> AsyncAccount:
        """The account itself."""
        return AsyncAccount(self._driver)

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
        """The decoded answer of any path, through the same quota, retries and errors; None when it has no body.

        A POST that the catalogue does not know is taken for one that may not be repeated; `safety="read"` or
        `"repeat"` says otherwise.
        """
        call = raw(method, path, query=query, json=json, form_fields=form, into=into, safety=safety)
        return await self._driver.run(execute(call, self._session))

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


class AsyncAssociations:
    """Which records belong together, pair by pair."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver, self._session = driver, driver.session

    async def link(
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
        ends = (path_name(from_type), identity(from_id)), (path_name(to_type), identity(to_id))
        await self._driver.run(links.link(self._session, *ends, label, types))

    async def unlink(
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
        ends = (path_name(from_type), identity(from_id)), (path_name(to_type), identity(to_id))
        await self._driver.run(links.unlink(self._session, *ends, label, types))

    def linked(self, from_type: str, from_id: str | int, to_type: str) -> AsyncIterator[Link]:
        """The records of a type that a record is associated with, each with the kinds of association."""
        end = (path_name(from_type), identity(from_id))
        return self._driver.each(links.linked(self._session, end, path_name(to_type)))

    @property
    def batch(self) -> AsyncAssociationBatch:
        """Many pairs at once."""
        return AsyncAssociationBatch(self._driver)


class AsyncAssociationBatch:
    """Associations of many records: one outcome per input, in input order."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver, self._session = driver, driver.session

    async def link(
        self,
        from_type: str,
        to_type: str,
        pairs: Iterable[tuple[Any, Any]],
        *,
        label: str | None = None,
        types: Any = None,
    ) -> Outcomes:
        """Associates pairs of ids."""
        kinds = path_name(from_type), path_name(to_type)
        flow = links.link_many(self._session, kinds, list(pairs), label, types)
        return await self._driver.outcomes(flow)

    async def unlink(
        self,
        from_type: str,
        to_type: str,
        pairs: Iterable[tuple[Any, Any]],
        *,
        label: str | None = None,
        types: Any = None,
    ) -> Outcomes:
        """Removes every association of the pairs, or only those of a label or of types."""
        kinds = path_name(from_type), path_name(to_type)
        flow = links.unlink_many(self._session, kinds, list(pairs), label, types)
        return await self._driver.outcomes(flow)

    async def linked(self, from_type: str, to_type: str, ids: Iterable[str | int]) -> Outcomes:
        """What records are associated with: in `links` of every outcome, all pages of it."""
        kinds = path_name(from_type), path_name(to_type)
        return await self._driver.outcomes(links.linked_many(self._session, kinds, list(ids)))


class AsyncProperties:
    """Property definitions of one object type."""

    def __init__(self, driver: AsyncDriver, kind: str) -> None:
        self._driver, self._session, self._kind = driver, driver.session, kind

    async def list(self, *, archived: bool = False) -> builtins.list[PropertyDefinition]:
        """All of them."""
        call = definitions.properties(self._session.version, self._kind, archived=archived)
        return (await self._driver.run(execute(call, self._session))).results

    async def get(self, name: str) -> PropertyDefinition:
        """One of them."""
        call = definitions.property_(self._session.version, self._kind, name)
        return await self._driver.run(execute(call, self._session))


class AsyncPipelines:
    """Pipelines of one object type, with their stages."""

    def __init__(self, driver: AsyncDriver, kind: str) -> None:
        self._driver, self._session, self._kind = driver, driver.session, kind

    async def list(self) -> builtins.list[PipelineDefinition]:
        """All of them."""
        call = definitions.pipelines(self._session.version, self._kind)
        return (await self._driver.run(execute(call, self._session))).results

    async def get(self, id: str) -> PipelineDefinition:
        """One of them."""
        call = definitions.pipeline(self._session.version, self._kind, id)
        return await self._driver.run(execute(call, self._session))


class AsyncOwners:
    """Those who can own records."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver, self._session = driver, driver.session

    async def list(self, *, email: str | None = None, archived: bool = False) -> builtins.list[Owner]:
        """All of them, or the one with an address."""
        return await self._driver.run(listing.owners(self._session, email, archived))

    async def get(self, id: str | int, *, by: str | None = None) -> Owner:
        """One of them, by owner id or, with `by="userId"`, by user id."""
        call = definitions.owner(self._session.version, identity(id), by=by)
        return await self._driver.run(execute(call, self._session))


class AsyncAccount:
    """The account itself."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver, self._session = driver, driver.session

    async def details(self) -> dict[str, Any]:
        """Portal id, type, time zone, currency, UI domain: HubSpot's answer as it is."""
        return await self._driver.run(execute(account.details(self._session.version), self._session))

    async def usage(self) -> dict[str, Any]:
        """Calls of the day by private apps, and when the day ends: HubSpot's answer as it is."""
        return await self._driver.run(execute(account.usage(self._session.version), self._session))
