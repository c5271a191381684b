"""Records as HubSpot sends them. Key order as in recorded answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import calculated, moments
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.exchange import Answer
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import Record
from hubwire.emulator.validate import Checked

T = TypeVar("T")
NOTHING: Mapping[str, str] = {}
LISTED = ("0-18", "0-46", "0-47", "0-48", "0-49", "0-116")
"""Engagements whose `url` is a filtered list. Recorded for notes; taken to be alike for the others."""

encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class View:
    """Which properties a read shows: the wanted ones that exist, and the three that always come, sorted."""

    names: list[str]
    history: list[str]

    @classmethod
    def of(
        cls,
        portal: Portal,
        kind: ObjectType,
        wanted: Sequence[str],
        history: Sequence[str] = (),
        hidden: Collection[str] = (),
    ) -> View:
        """Names nobody defined vanish, and hidden ones; asking for nothing gives the type's default set."""
        known: Collection[str] = portal.definitions.all(kind.id)
        if hidden:
            known = {*known}.difference(hidden)
        past = [name for name in dict.fromkeys(history) if name in known]
        chosen = {name for name in wanted if name in known} if wanted else set(kind.defaults)
        return cls(sorted({*chosen, *past, *calculated.always(kind)}), past)


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    """`body` as JSON."""
    return Answer(status, encode(body), list(headers.items()))


def seen(portal: Portal, kind: ObjectType, record: Record, view: View) -> dict[str, Any]:
    """A record as a read shows it."""
    props, constants = record.props, CONSTANTS.get(kind.id, NOTHING)
    shown = {name: props.get(name) or constants.get(name) for name in view.names}
    if record.cleared:
        shown.update((name, "") for name in view.names if name in record.cleared)
    body = envelope(portal, kind, record, shown)
    if view.history:
        known = portal.definitions.all(kind.id)
        worked_out = [name for name in view.history if known[name].calculated]
        body["propertiesWithHistory"] = portal.history.versions(
            kind.id, record, view.history, constants, worked_out
        )
    return body


def created(portal: Portal, kind: ObjectType, record: Record, echo: Mapping[str, str]) -> dict[str, Any]:
    """A record as its creation shows it: everything that is set, moments as they were sent."""
    props = {
        **CONSTANTS.get(kind.id, NOTHING),
        **record.props,
        **calculated.echoes(kind, record.props, record.created),
    }
    if echo:
        props |= {name: value for name, value in echo.items() if value and record.props.get(name)}
    return envelope(portal, kind, record, dict(sorted(props.items())))


def updated(
    portal: Portal, kind: ObjectType, record: Record, sent: Sequence[str], echo: Mapping[str, str]
) -> dict[str, Any]:
    """A record as its update shows it: what was sent, what always comes, and a few calculated ones."""
    props = {**CONSTANTS.get(kind.id, NOTHING), **record.props}
    beside = [*calculated.SHOWN_ON_UPDATE, *(calculated.WITH_EMAIL if "email" in sent else ())]
    shown: dict[str, str | None] = {name: props[name] for name in beside if name in props}
    # A cleared property shows as "", also one that never had a value.
    shown.update({name: echo.get(name, props.get(name, "")) for name in sent})
    shown.update({name: props.get(name) for name in calculated.always(kind)})
    return envelope(portal, kind, record, dict(sorted(shown.items())))


def warned(body: dict[str, Any], checked: Checked) -> dict[str, Any]:
    """The answer to a write, with what was put in order rather than refused."""
    if checked.warnings:
        body["warnings"] = checked.warnings
    return body


def envelope(
    portal: Portal, kind: ObjectType, record: Record, props: Mapping[str, str | None]
) -> dict[str, Any]:
    """The record around its properties."""
    body: dict[str, Any] = {
        "id": str(record.id),
        "properties": props,
        "createdAt": moments.text(record.created),
        "updatedAt": moments.text(record.updated),
        "archived": record.archived is not None,
    }
    if record.archived is not None:
        body["archivedAt"] = moments.text(record.archived)
    body["url"] = url(portal.portal_id, kind.id, record.id)
    return body


def url(portal_id: int, type_id: str, record_id: int) -> str:
    """The page of a record in HubSpot's own interface."""
    if at := url_base(portal_id, type_id):
        return f"{at}{record_id}"
    wanted = f'[{{"property":"hs_object_id","operator":"EQ","value":"{record_id}"}}]'
    base = f"https://app.hubspot.com/contacts/{portal_id}"
    return f"{base}/objects/{type_id}/views/all/list?filters={quote(wanted, safe='')}"


def url_base(portal_id: int, type_id: str) -> str:
    """What comes before the id, where the address ends in it; else nothing."""
    if type_id == "0-27":
        return f"https://app.hubspot.com/tasks/{portal_id}/view/all/task/"
    if type_id in LISTED:
        return ""
    return f"https://app.hubspot.com/contacts/{portal_id}/record/{type_id}/"


def around(body: Any, results: list[bytes]) -> bytes:
    """`body`, which ends in an empty list, with that list's elements: written already, in pieces."""
    before = encode(body)
    results[0] = before[:-2] + results[0]
    results.append(before[-2:])
    return b"".join(results)


def scrambled(results: list[T]) -> list[T]:
    """HubSpot's batch results are not in input order, and callers must not rely on it: neither are these.

    https://github.com/HubSpot/hubspot-api-nodejs/issues/190
    """
    odd, even = results[1::2], results[0::2]
    return [*reversed(odd), *even]


@cache
def order(results: int) -> list[int]:
    """Which of so many comes first, second …"""
    return scrambled(list(range(results)))


def batch(
    started: float, finished: float, results: Sequence[Any], errors: Sequence[Any] = ()
) -> dict[str, Any]:
    """The envelope of every batch answer."""
    ended = moments.text(int(finished * 1000))
    body: dict[str, Any] = {
        "completedAt": ended,
        "status": "COMPLETE",
        "startedAt": ended if started == finished else moments.text(int(started * 1000)),
        "results": results,
    }
    if errors:
        body["errors"] = list(errors)
        body["numErrors"] = len(errors)
    return body
