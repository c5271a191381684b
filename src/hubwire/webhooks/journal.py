"""Reads HubSpot's webhooks journal into an inbox: what was missed while nobody received, and accounts that
cannot be pushed to.

The place reached is stored after the events before it are on disk. A process that dies in between reads a
file again, whose events are known by their keys then: nothing is lost, and nothing stored twice.
HubSpot keeps the journal for three days. Whoever comes later is told from when to when something may be
missing.

https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/guide
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hubwire.errors import ConfigError, HubwireError
from hubwire.webhooks import events
from hubwire.webhooks.app import App
from hubwire.webhooks.inbox import GAPS, Arrival, Batch, Gap, Inbox, StoreError, gaps
from hubwire.webhooks.receiver import arrival

if TYPE_CHECKING:
    from hubwire.client.hub import AsyncHub
    from hubwire.client.shapes import JournalFile

log = logging.getLogger("hubwire.webhooks")

KEPT = 3 * 86_400_000
"""Milliseconds that HubSpot keeps a file."""
FILES = 20
"""Asked for at once."""
PLACE, SEEN = "journal:offset", "journal:seen"
"""Notes in the inbox."""
UNINSTALL = "app.uninstall"
ACTIONS = {
    "CREATE": "creation",
    "UPDATE": "propertyChange",
    "DELETE": "deletion",
    "MERGE": "merge",
    "RESTORE": "restore",
    "SNAPSHOT": "snapshot",
    "GDPR_DELETE": "privacyDeletion",
    "ASSOCIATION_ADDED": "associationChange",
    "ASSOCIATION_REMOVED": "associationChange",
    "ADDED_TO_LIST": "addedToList",
    "REMOVED_FROM_LIST": "removedFromList",
    "APP_INSTALL": "install",
    "APP_UNINSTALL": "uninstall",
}
CLASSIC = {
    "0-1": "contact",
    "0-2": "company",
    "0-3": "deal",
    "0-5": "ticket",
    "0-7": "product",
    "0-8": "line_item",
}


class Turn(NamedTuple):
    """What one reading brought."""

    files: int
    events: int
    new: int
    gap: Gap | None


class Poller:
    """Reads on where the inbox says that the last one stopped.

    `hub` speaks for the app: `AsyncHub(ClientCredentials())`. `begin` says where to start in a new inbox:
    `earliest`, or `latest`. `on_uninstall` gets the portal id of every account that has removed the app.
    With `app`, an event is told in the form that its handlers want: `contact.creation`, `object.creation`.
    """

    def __init__(
        self,
        hub: AsyncHub,
        inbox: Inbox,
        *,
        clock: Callable[[], float],
        app: App | None = None,
        portal_id: int | None = None,
        begin: str = "earliest",
        on_uninstall: Callable[[int], None] = lambda portal_id: None,
    ) -> None:
        if begin not in ("earliest", "latest"):
            raise ConfigError(
                f"a new reader of the journal begins at the earliest or the latest, not at {begin!r}"
            )
        self._hub, self._inbox, self._clock, self._app = hub, inbox, clock, app
        self._begin, self._on_uninstall, self._portal = begin, on_uninstall, portal_id
        self._notes = f":{portal_id}" if portal_id is not None else ""

    async def run(self, every: float = 30.0, told: Callable[[Turn], None] = lambda turn: None) -> None:
        """Reads again and again, until it is cancelled. What goes wrong is logged, and tried again later."""
        while True:
            try:
                told(await self.turn())
            except (HubwireError, StoreError, msgspec.MsgspecError) as problem:
                log.error(
                    "webhooks: the journal could not be read, trying again in %.0f s: %s", every, problem
                )
            await asyncio.sleep(every)

    async def turn(self) -> Turn:
        """Reads all there is. Raises what the client raises; what was stored until then stays."""
        now = int(self._clock() * 1000)
        gap = await self._missed(now)
        files = told = new = 0
        while batch := await self._following():
            for file in batch:
                arrivals = await self._events(file)
                put = await self._inbox.put(self._batch(file, arrivals))
                files, told, new = files + 1, told + len(arrivals), new + put.accepted
                await self._note(PLACE, file.current_offset)
        await self._note(SEEN, str(now))
        return Turn(files, told, new, gap)

    async def gaps(self) -> list[Gap]:
        """All that were ever found."""
        text = await self._inbox.noted(GAPS + self._notes)
        return gaps([text] if text else [])

    async def _missed(self, now: int) -> Gap | None:
        seen = await self._inbox.noted(SEEN + self._notes)
        if seen is None or now - int(seen) <= KEPT:
            return None
        gap = Gap(int(seen), now - KEPT)
        known = await self.gaps()
        # A reading that fails leaves the gap open: the next one finds it again, with a later end.
        others = [each for each in known if each.begin != gap.begin]
        await self._note(GAPS, msgspec.json.encode([*others, gap]).decode())
        if others == known:
            log.error(
                "webhooks: the journal was not read for %.1f days, and HubSpot keeps three: what happened "
                "from %s to %s UTC may be missing. Compare the records of that time with HubSpot's.",
                (now - int(seen)) / 86_400_000, _utc(gap.begin), _utc(gap.end),
            )  # fmt: skip
        return gap

    async def _following(self) -> list[JournalFile]:
        place = await self._inbox.noted(PLACE + self._notes)
        if place is None and self._begin == "latest":
            newest = await self._hub.journal.latest(portal=self._portal)
            return [newest] if newest else []
        found = await self._hub.journal.batch(FILES, after=place, portal=self._portal)
        return [file for file in found if file.current_offset != place]

    async def _events(self, file: JournalFile) -> list[Arrival]:
        content = await self._hub.journal.content(file)
        arrivals: list[Arrival] = []
        for event in content.get("journalEvents") or ():
            if isinstance(event, dict) and event.get("action") == "APP_UNINSTALL" and event.get("portalId"):
                self._on_uninstall(int(event["portalId"]))
            arrivals += [arrival(one) for one in self.told(event)]
        return arrivals

    def told(self, event: Any) -> Iterator[bytes]:
        """The events of a webhook that a journal event stands for, each with the original in `journal`."""
        forms = list(forms_of(event)) if isinstance(event, Mapping) else []
        if not forms:
            yield msgspec.json.encode(event)
            return
        for pair in forms:
            texts = [msgspec.json.encode({**form, "journal": event}) for form in pair]
            wanted = [text for text in texts if self._app is not None and self._app.route(events.read(text))]
            yield from wanted or texts[:1]

    def _batch(self, file: JournalFile, arrivals: list[Arrival]) -> Batch:
        digest = hashlib.blake2b(file.current_offset.encode(), digest_size=16, person=b"journal").digest()
        size = sum(len(each.raw) for each in arrivals)
        return Batch(int(self._clock() * 1000), digest, size, arrivals, "journal")

    async def _note(self, name: str, text: str) -> None:
        await self._inbox.note(name + self._notes, text)


def forms_of(event: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], ...]]:
    """Each change of a journal event, in the forms in which a webhook would tell it: classic first."""
    action = ACTIONS.get(str(event.get("action")))
    if action is None or not isinstance(event.get("portalId"), int):
        return
    base = {
        "portalId": event["portalId"],
        "occurredAt": moment(event.get("occurredAt")),
        "changeSource": "JOURNAL",
    }
    if event.get("type") == "app_lifecycle_event":
        properties = event.get("properties") or {}
        yield ({**base, "subscriptionType": f"app.{action}", "appId": properties.get("hs_app_id")},)
    elif event.get("type") == "association":
        yield tuple(_association(event, base))
    elif action == "propertyChange":
        for name, value in (event.get("propertyChanges") or {}).items():
            yield tuple(_object(event, {**base, "propertyName": name, "propertyValue": _text(value)}, action))
    else:
        yield tuple(_object(event, base, action))


def _object(event: Mapping[str, Any], base: dict[str, Any], action: str) -> Iterator[dict[str, Any]]:
    kind = str(event.get("objectTypeId") or "")
    more = {**base, "objectId": event.get("objectId")}
    if action == "merge":
        for name in ("primaryObjectId", "mergedObjectIds", "newObjectId"):
            if name in event:
                more[name] = event[name]
    if kind in CLASSIC:
        yield {**more, "subscriptionType": f"{CLASSIC[kind]}.{action}"}
    yield {**more, "subscriptionType": f"object.{action}", "objectTypeId": kind}


def _association(event: Mapping[str, Any], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    ends = str(event.get("fromObjectTypeId") or ""), str(event.get("toObjectTypeId") or "")
    more = {
        **base,
        "fromObjectId": event.get("fromObjectId"),
        "toObjectId": event.get("toObjectId"),
        "associationRemoved": event.get("action") == "ASSOCIATION_REMOVED",
        "isPrimaryAssociation": bool(event.get("isPrimary")),
    }
    if all(each in CLASSIC for each in ends):
        name = "_TO_".join(CLASSIC[each].upper() for each in ends)
        yield {**more, "subscriptionType": f"{CLASSIC[ends[0]]}.associationChange", "associationType": name}
    yield {
        **more,
        "subscriptionType": "object.associationChange",
        "fromObjectTypeId": ends[0],
        "toObjectTypeId": ends[1],
        "associationTypeId": event.get("associationTypeId"),
        "associationCategory": event.get("associationCategory"),
    }


def moment(value: Any) -> int:
    """Milliseconds since 1970, of ISO 8601 or of a number; 0 when there is no telling."""
    if isinstance(value, int):
        return value
    try:
        return int(datetime.fromisoformat(str(value)).timestamp() * 1000)
    except ValueError:
        return 0


def _text(value: Any) -> Any:
    return value.get("value") if isinstance(value, Mapping) else value


def _utc(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M")
