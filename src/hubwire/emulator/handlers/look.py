"""Pages to look at an account's records: by type, and one with its history and associations. No script."""

from __future__ import annotations

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import moments, render
from hubwire.emulator.account import Account
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.forms import page
from hubwire.emulator.intake import actual, record_id
from hubwire.emulator.pages.look import Linked, Listed, Place, Told, Version, listing
from hubwire.emulator.pages.look import record as record_page
from hubwire.emulator.planner import find
from hubwire.emulator.planner import records as found_records
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import Record
from hubwire.emulator.refusals import nothing_there
from hubwire.emulator.search import wanted
from hubwire.emulator.shapes import SearchBody

SHOWN, COLUMNS, MOST_LINKED = 50, 5, 200
NAMES = (
    "name",
    "dealname",
    "subject",
    "hs_title",
    "hs_note_body",
    "hs_task_subject",
    "hs_call_title",
    "email",
)


def records(account: Account, asked: Asked) -> Answer:
    """GET /_emulator/look/{portalId}/{objectType}: by id, fifty a page, or the first that `q` finds."""
    portal, kind = _place(account, asked)
    sought = (asked.one("q") or "").strip()
    start = record_id(asked.one("after") or "0") or 0
    if sought:
        total, found = _sought(portal, kind, sought)
    else:
        total, found = portal.table(kind).state()[0], portal.table(kind).page(start, SHOWN + 1)
    columns = list(dict.fromkeys([*kind.query, *kind.defaults]))[:COLUMNS]
    told = Listed(
        place=Place(portal.portal_id, kind.name),
        total=total,
        columns=columns,
        rows=[(one.id, [one.props.get(name) for name in columns]) for one in found[:SHOWN]],
        begins=start == 0,
        after=found[SHOWN].id if len(found) > SHOWN else None,
        sought=sought,
    )
    return page(listing(told))


def _sought(portal: Portal, kind: ObjectType, text: str) -> tuple[int, list[Record]]:
    """The record of that id, or what a search for the words finds; how many that are in all."""
    number = actual(portal, kind, text) if record_id(text) is not None else None
    if number is not None and (hit := portal.table(kind).fetch([number])):
        return 1, list(hit.values())
    hits = find(portal, kind, wanted(portal, kind, SearchBody(query=text)), SHOWN)
    return hits.total, list(found_records(portal, kind, hits.ids[:SHOWN]))


def record(account: Account, asked: Asked) -> Answer:
    """GET /_emulator/look/{portalId}/{objectType}/{id}: a live record, or an archived one."""
    portal, kind = _place(account, asked)
    number = actual(portal, kind, asked.places["id"])
    ids = [] if number is None else [number]
    table = portal.table(kind)
    found = next(iter({**table.fetch(ids, archived=True), **table.fetch(ids)}.values()), None)
    if found is None:
        raise nothing_there(f"There is no record {asked.places['id']} of {kind.name} here")
    facts = {
        "Object type": f"{kind.name} ({kind.id})",
        "Id": str(found.id),
        "Created": moments.text(found.created),
        "Updated": moments.text(found.updated),
        **({"Archived": moments.text(found.archived)} if found.archived else {}),
        "URL in answers": render.url(portal.portal_id, kind.id, found.id),
    }
    told = Told(
        Place(portal.portal_id, kind.name), found.id, name_of(found), facts,
        _properties(portal, kind, found), _linked(portal, kind, found),
    )  # fmt: skip
    return page(record_page(told))


def name_of(found: Record) -> str:
    """What a person would call it."""
    person = " ".join(found.props[part] for part in ("firstname", "lastname") if part in found.props)
    return person or next((found.props[name] for name in NAMES if name in found.props), f"Record {found.id}")


def _place(account: Account, asked: Asked) -> tuple[Portal, ObjectType]:
    given = record_id(asked.places["portalId"])
    known = account.world.accounts.get(given) if given is not None else None
    if known is None:
        raise nothing_there(f"There is no account {asked.places['portalId']} here")
    return known.portal, known.portal.kind(asked.places["objectType"])


def _properties(portal: Portal, kind: ObjectType, found: Record) -> dict[str, list[Version]]:
    constants = CONSTANTS.get(kind.id, {})
    names = sorted({*constants, *found.props})
    versions = portal.history.versions(kind.id, found, names, constants)
    return {
        name: [
            Version(
                entry["value"],
                entry["timestamp"],
                " ".join(part for part in (entry["sourceType"], entry["sourceId"]) if part),
            )
            for entry in entries
        ]
        for name, entries in versions.items()
        if entries
    }


def _linked(portal: Portal, kind: ObjectType, found: Record) -> list[Linked]:
    told: list[Linked] = []
    for other in portal.kinds():
        labels: dict[int, list[str]] = {}
        for edge in portal.edges.of(End(kind.id, found.id), other.id, limit=MOST_LINKED):
            labels.setdefault(edge.to, []).append(edge.type.label or "unlabeled")
        for one in portal.table(other).in_order(list(labels)):
            told.append(Linked(other.name, one.id, name_of(one), ", ".join(labels[one.id])))
    return told


ACCOUNT_HANDLERS = {"emulator.look.records": records, "emulator.look.record": record}
