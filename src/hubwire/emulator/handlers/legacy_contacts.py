"""Contacts as v1 spells them.

https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/v1; answers recorded in
https://github.com/HubspotCommunity/hubspot-ruby (spec/fixtures/vcr_cassettes/Hubspot_Contact_*, contact_*).
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import legacy, render
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.intake import write
from hubwire.emulator.planner import find
from hubwire.emulator.portal import Archive, Merge, Portal
from hubwire.emulator.privacy import legacy_record
from hubwire.emulator.records import Record
from hubwire.emulator.refusals import validation
from hubwire.emulator.search import wanted
from hubwire.emulator.shapes import SearchBody, decode

PAGE, LARGEST, MOST_AT_ONCE = 20, 100, 1_000
LISTED = ("firstname", "lastname", "company")


class BatchItem(msgspec.Struct):
    """One contact of a batch, by its id or its address."""

    vid: int | str | None = None
    email: str | None = None
    properties: list[legacy.Value] | None = None


def contacts(portal: Portal) -> ObjectType:
    return portal.kind("contacts")


def list_all(portal: Portal, asked: Asked) -> Answer:
    """By ascending vid; `vid-offset` is the last one told."""
    kind = contacts(portal)
    records, more = legacy.after(
        portal, kind, legacy.start(asked, "vidOffset"), legacy.count(asked, "count", PAGE, LARGEST)
    )
    return render.answer(
        {
            "contacts": _lines(portal, asked, records),
            "has-more": more,
            "vid-offset": records[-1].id if records else 0,
        }
    )


def recent(portal: Portal, asked: Asked) -> Answer:
    """The last changed, newest first; the page goes on before `timeOffset` and `vidOffset`.

    Of `vidOffset` alone, as the node of https://github.com/n8n-io/n8n sends it, the page goes on before that
    contact (assumed): from the start again would never end.
    """
    return _backwards(portal, asked, "updated")


def newest(portal: Portal, asked: Asked) -> Answer:
    """The last created, newest first."""
    return _backwards(portal, asked, "created")


def _backwards(portal: Portal, asked: Asked, column: str) -> Answer:
    kind = contacts(portal)
    table, size = portal.table(kind), legacy.count(asked, "count", PAGE, LARGEST)
    moment, vid = legacy.start(asked, "timeOffset"), legacy.start(asked, "vidOffset")
    records: list[Record] = []
    if vid and not moment and (last_told := legacy.live(portal, kind, vid)) is not None:
        moment = getattr(last_told, column)
    if table.made:
        where = f"({column}, id) < (?, ?)" if moment else "1"
        sql = f"SELECT id FROM {{live}} WHERE {where} ORDER BY {column} DESC, id DESC LIMIT ?"
        values = [moment, vid or 10**18] if moment else []
        records = table.in_order([row[0] for row in table.rows(sql, [*values, size + 1])])
    told = records[:size]
    last = told[-1] if told else None
    return render.answer(
        {
            "contacts": _lines(portal, asked, told),
            "has-more": len(records) > size,
            "vid-offset": last.id if last else 0,
            "time-offset": getattr(last, column) if last else 0,
        }
    )


def search(portal: Portal, asked: Asked) -> Answer:
    """The same words search as in v3, under its old envelope."""
    kind, text = contacts(portal), asked.one("q") or ""
    size, offset = legacy.count(asked, "count", PAGE, LARGEST), legacy.start(asked, "offset")
    found = find(portal, kind, wanted(portal, kind, SearchBody(query=text)), offset + size)
    records = portal.table(kind).in_order(found.ids[offset : offset + size])
    more = offset + size < found.total
    return render.answer(
        {
            "query": text,
            "offset": offset + len(records),
            "has-more": more,
            "total": found.total,
            "contacts": [_contact(portal, asked, record, _shown(asked)) for record in records],
        }
    )


def read(portal: Portal, asked: Asked) -> Answer:
    record = legacy.live(portal, contacts(portal), asked.places["id"])
    if record is None:
        raise Refusal(404, "contact does not exist")
    return render.answer(_contact(portal, asked, record, _shown(asked)))


def read_by_email(portal: Portal, asked: Asked) -> Answer:
    """404 names the address that nobody has.

    Recorded: https://github.com/grouparoo/grouparoo, plugins/@grouparoo/hubspot/__tests__/fixtures.
    """
    email = asked.places["email"]
    record = _by_email(portal, email)
    if record is None:
        nobody = [{"message": f"The contact e:{email} does not exist."}]
        known = [("X-HubSpot-NotFound", "true")]
        raise Refusal(
            404, "contact does not exist", errors=nobody, category="OBJECT_NOT_FOUND", headers=known
        )
    return render.answer(_contact(portal, asked, record, _shown(asked)))


def read_many(portal: Portal, asked: Asked) -> Answer:
    """A mapping by vid; unknown ones are left out."""
    kind = contacts(portal)
    given = asked.many("vid")[:LARGEST]
    records = [record for vid in given if (record := legacy.live(portal, kind, vid)) is not None]
    return _by_vid(portal, asked, records)


def read_by_emails(portal: Portal, asked: Asked) -> Answer:
    given = asked.many("email")[:LARGEST]
    records = [record for email in given if (record := _by_email(portal, email)) is not None]
    return _by_vid(portal, asked, records)


def create(portal: Portal, asked: Asked) -> Answer:
    """200 with the whole contact; 409 names the one that has the address."""
    kind, body = contacts(portal), decode(asked.body, legacy.Body, "Contact")
    record = legacy.create(portal, asked, kind, legacy.values_of(body.properties))
    told = _contact(portal, asked, record, legacy.ALL)
    told["identity-profiles"] = [legacy.new_identity(portal, record)]
    return render.answer(told)


def update(portal: Portal, asked: Asked) -> Answer:
    """204, and 404 "resource not found" for nobody."""
    kind, body = contacts(portal), decode(asked.body, legacy.Body, "Contact")
    record = legacy.live(portal, kind, asked.places["id"])
    if record is None:
        raise Refusal(404, "resource not found")
    legacy.update(portal, asked, kind, record, legacy.values_of(body.properties))
    return Answer(204)


def update_by_email(portal: Portal, asked: Asked) -> Answer:
    """204, and 404 for nobody."""
    body = decode(asked.body, legacy.Body, "Contact")
    record = _by_email(portal, asked.places["email"])
    if record is None:
        raise Refusal(404, "contact does not exist")
    legacy.update(portal, asked, contacts(portal), record, legacy.values_of(body.properties))
    return Answer(204)


def by_cookie(portal: Portal, asked: Asked) -> Answer:
    """404: no visitor has a cookie of this account."""
    del portal, asked
    raise Refusal(404, "contact does not exist")


def upsert(portal: Portal, asked: Asked) -> Answer:
    """By the address in the path."""
    body = decode(asked.body, legacy.Body, "Contact")
    vid, new = _put(portal, asked, asked.places["email"], legacy.values_of(body.properties))
    return render.answer({"vid": vid, "isNew": new})


def batch(portal: Portal, asked: Asked) -> Answer:
    """202 without a body. HubSpot does it later, the emulator at once, and refuses all if it refuses one."""
    items = decode(asked.body, list[BatchItem], "Contact")
    if len(items) > MOST_AT_ONCE:
        raise validation(f"A batch has at most {MOST_AT_ONCE} contacts")
    kind = contacts(portal)
    with portal.store.transaction():
        for item in items:
            values = legacy.values_of(item.properties)
            record = legacy.live(portal, kind, item.vid)
            if record is not None:
                legacy.update(portal, asked, kind, record, values)
            elif item.email:
                _put(portal, asked, item.email, values)
            else:
                raise legacy.missing(kind, portal, item.vid or "")
    return Answer(202)


def archive(portal: Portal, asked: Asked) -> Answer:
    kind = contacts(portal)
    record = legacy.live(portal, kind, asked.places["id"])
    if record is None:
        raise Refusal(404, "contact does not exist")
    write(portal, asked, [Archive(kind, [record.id])])
    return render.answer({"vid": record.id, "deleted": True, "reason": "OK"})


class MergeInput(msgspec.Struct, rename="camel"):
    """The contact that goes into the one of the path."""

    vid_to_merge: int | str


def merge(portal: Portal, asked: Asked) -> Answer:
    """200 with one word."""
    kind, sent = contacts(portal), decode(asked.body, MergeInput, "MergeRequest")
    words = "is not a valid contact or is already in the process of being merged"
    primary = legacy.live(portal, kind, asked.places["id"])
    if primary is None:
        raise Refusal(400, f"canonical vid {words}")
    other = legacy.live(portal, kind, sent.vid_to_merge)
    if other is None or other.id == primary.id:
        raise Refusal(400, f"vid to merge {words}")
    write(portal, asked, [Merge(kind, primary, other)])
    return Answer(200, b"SUCCESS", content_type="text/plain;charset=utf-8")


def _put(portal: Portal, asked: Asked, email: str, values: dict[str, Any]) -> tuple[int, bool]:
    kind, record = contacts(portal), _by_email(portal, email)
    if record is not None:
        return legacy.update(portal, asked, kind, record, values).id, False
    return legacy.create(portal, asked, kind, {"email": email, **values}).id, True


def _by_email(portal: Portal, email: str) -> Record | None:
    return legacy.live(portal, contacts(portal), portal.find(contacts(portal), "email", [email]).get(email))


def _by_vid(portal: Portal, asked: Asked, records: list[Record]) -> Answer:
    shown = _shown(asked)
    return render.answer({str(one.id): _contact(portal, asked, one, shown) for one in records})


def _contact(portal: Portal, asked: Asked, record: Record, shown: legacy.Shown) -> dict[str, Any]:
    kind = contacts(portal)
    told = legacy.contact(portal, kind, legacy_record(portal, kind, record), shown)
    if asked.one("formSubmissionMode") == "none":
        del told["form-submissions"]
    return told


def _shown(asked: Asked) -> legacy.Shown:
    names = asked.many("property")
    bare = asked.one("propertyMode") == "value_only"
    return legacy.Shown(frozenset(names) if names else None, None, bare)


def _lines(portal: Portal, asked: Asked, records: list[Record]) -> list[dict[str, Any]]:
    """With `includeVersion` also when each changed, which https://github.com/singer-io/tap-hubspot keeps."""
    lines = _bare_lines(portal, asked, records)
    if asked.flag("includeVersion"):
        for line, record in zip(lines, records, strict=True):
            line["versionTimestamp"] = record.updated
    return lines


def _bare_lines(portal: Portal, asked: Asked, records: list[Record]) -> list[dict[str, Any]]:
    kind, names = contacts(portal), asked.many("property")
    if asked.one("propertyMode") == "value_and_history":
        shown = legacy.Shown(frozenset(names or LISTED) | {kind.modified}, None)
        return [{"addedAt": one.created, **_contact(portal, asked, one, shown)} for one in records]
    chosen = [*(names or LISTED), kind.modified]
    return [legacy.contact_line(portal, kind, legacy_record(portal, kind, one), chosen) for one in records]


LISTS_GONE = (
    "lists", "list_members", "list_one", "list_change", "list_delete", "list_create", "list_recent",
    "list_add", "list_remove",
)  # fmt: skip


def no_lists(portal: Portal, asked: Asked) -> Answer:
    """404: HubSpot took version 1 of lists away on 30 April 2026 (developers.hubspot.com/changelog)."""
    del portal, asked
    raise Refusal(404, "resource not found")


HANDLERS = {
    **{f"legacy.contacts.{name}": no_lists for name in LISTS_GONE},
    "legacy.contacts.by_cookie": by_cookie,
    "legacy.contacts.update_email": update_by_email,
    "legacy.contacts.list": list_all,
    "legacy.contacts.recent": recent,
    "legacy.contacts.newest": newest,
    "legacy.contacts.search": search,
    "legacy.contacts.create": create,
    "legacy.contacts.read": read,
    "legacy.contacts.read_email": read_by_email,
    "legacy.contacts.read_many": read_many,
    "legacy.contacts.read_emails": read_by_emails,
    "legacy.contacts.update": update,
    "legacy.contacts.upsert": upsert,
    "legacy.contacts.batch": batch,
    "legacy.contacts.archive": archive,
    "legacy.contacts.merge": merge,
}
