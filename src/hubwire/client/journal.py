"""The webhooks journal, for asyncio.

`journal_sync.py` is generated from this file by `tools/unasync.py`.
"""

# ruff: noqa: A002

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from hubwire.client import chronicle
from hubwire.client.calls import apps, shaped
from hubwire.client.family import AsyncFamily
from hubwire.client.identity import identity
from hubwire.client.shapes import JournalFile, JournalSubscription


class AsyncJournal(AsyncFamily):
    """What happened in the accounts of an app, kept for three days.

    The token is the app's own (client credentials).
    `portal` narrows a read to one account.
    """

    async def earliest(self, *, portal: int | None = None) -> JournalFile | None:
        """The oldest piece there is."""
        return chronicle.only(await self._do(apps.journal(self._version, "earliest", None, None, portal)))

    async def latest(self, *, portal: int | None = None) -> JournalFile | None:
        """The newest one."""
        return chronicle.only(await self._do(apps.journal(self._version, "latest", None, None, portal)))

    async def next(self, offset: str, *, portal: int | None = None) -> JournalFile | None:
        """The piece after an offset; None while nothing has happened since."""
        return chronicle.only(await self._do(apps.journal(self._version, "next", offset, None, portal)))

    async def batch(
        self, count: int, *, after: str | None = None, latest: bool = False, portal: int | None = None
    ) -> builtins.list[JournalFile]:
        """Several pieces: the oldest, the newest, or those after an offset."""
        where = "next" if after is not None else "latest" if latest else "earliest"
        return await self._do(apps.journal(self._version, where, after, count, portal))

    async def read_many(self, offsets: Iterable[str]) -> builtins.list[JournalFile]:
        """Pieces by their own offsets; those that are gone are left out."""
        return (await self._do(apps.journal_files(self._version, [*offsets]))).results

    def events(self, *, after: str | None = None, portal: int | None = None) -> AsyncIterator[chronicle.Told]:
        """Every event from an offset on, or from the oldest; each with the offset to go on from."""
        return self._driver.each(chronicle.events(self._session, after, portal))

    async def content(self, file: JournalFile) -> dict[str, Any]:
        """What a piece holds: `journalEvents` and when they were published."""
        return await self._driver.run(chronicle.content(self._session, file))

    async def subscriptions(self) -> builtins.list[JournalSubscription]:
        """What it tells of."""
        return (await self._do(apps.journal_subscriptions(self._version))).results

    async def subscription(self, id: str | int) -> JournalSubscription:
        """One thing it tells of."""
        return await self._do(apps.journal_subscription(self._version, identity(id)))

    async def subscribe(
        self, subscription_type: str, *, portal: int | None = None, **fields: Any
    ) -> JournalSubscription:
        """Tells of this too: `subscribe("OBJECT", portal=…, object_type_id="0-1", actions=["CREATE"])`.

        One for the same thing is changed.
        """
        given = {**fields, "subscriptionType": subscription_type} | ({"portalId": portal} if portal else {})
        return await self._do(apps.journal_subscribe(self._version, shaped.body(None, given)))

    async def unsubscribe(self, id: str | int | None = None, *, portal: int | None = None) -> None:
        """Tells of one thing no more, or of nothing in one account."""
        number = None if id is None else identity(id)
        await self._do(apps.journal_unsubscribe(self._version, number, portal))

    async def filters(self, subscription: str | int) -> dict[str, Any]:
        """Filters of a subscription: HubSpot's answer as it is."""
        return await self._do(apps.filters(self._version, identity(subscription)))

    async def create_filter(
        self, subscription: str | int, conditions: Iterable[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Tells only of what meets all conditions: `{"filterType": "CRM_OBJECT_PROPERTY", "property": …}`."""
        body = {"subscriptionId": int(identity(subscription)), "filter": {"conditions": [*conditions]}}
        return await self._do(apps.create_filter(self._version, body))

    async def delete_filter(self, id: str | int) -> None:
        """Takes a filter away."""
        await self._do(apps.delete_filter(self._version, identity(id)))

    async def snapshot(self, requests: Iterable[Mapping[str, Any]]) -> builtins.list[dict[str, Any]]:
        """Has records told of as they are now; each answer has the `snapshotStatusId` to ask `status` for."""
        body = {"snapshotRequests": [shaped.body(one) for one in requests]}
        found = await self._do(apps.snapshots(self._version, body))
        return [*found.get("snapshotResponses", [])]

    async def status(self, id: str) -> dict[str, Any]:
        """How far a snapshot is: HubSpot's answer as it is."""
        return await self._do(apps.journal_status(self._version, id))
