"""Single records: list, read, create, update, archive.

https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide and recorded answers in
https://github.com/NangoHQ/integration-templates (integrations/hubspot/tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import quick, refusals, render
from hubwire.emulator.associations import End
from hubwire.emulator.columns import ID
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.intake import (
    actual,
    clashes,
    draft,
    new_links,
    one_record,
    pinned,
    writable,
    write,
)
from hubwire.emulator.linking import linked_page
from hubwire.emulator.portal import Archive, Create, Portal, Update
from hubwire.emulator.privacy import hidden, readable, writable_values
from hubwire.emulator.records import Record
from hubwire.emulator.shapes import ObjectInput, decode
from hubwire.emulator.urls import base_url

DEFAULT_PAGE, LARGEST_PAGE, LARGEST_WITH_HISTORY = 10, 100, 50
MOST_LINKED = 100
"""Associated records of one type in one answer; https://github.com/HubSpot/hubspot-api-nodejs/issues/29.
That a page ends between two records is assumed."""
LISTS = frozenset({"properties", "propertiesWithHistory", "associations"})
NO_RECORDS = frozenset({"conversation", "conversations", "0-11"})
"""Types whose records only HubSpot has; https://github.com/singer-io/tap-hubspot asks for links to them."""
USERS = "0-115"


def read(portal: Portal, asked: Asked) -> Answer:
    """One record, by id or by a unique property."""
    kind = portal.kind(asked.places["objectType"])
    history = asked.many("propertiesWithHistory")
    others = association_targets(portal, asked)
    readable(portal, asked, kind, (*asked.many("properties"), *history))
    view = render.View.of(portal, kind, asked.many("properties"), history, hidden(portal, asked, kind))
    name, archived = asked.one("idProperty"), asked.flag("archived")
    if not (history or others or name or archived):
        number = actual(portal, kind, asked.places["id"])
        told = quick.fetched(portal, kind, [number], view) if number is not None else {}
        if number is None or number not in told:
            raise refusals.not_found(asked.places["id"])
        return render.answer(told[number])
    record = one_record(portal, kind, asked.places["id"], name, archived=archived)
    body = render.seen(portal, kind, record, view)
    add_associations(portal, asked, record, others, body)
    return render.answer(body)


def list_page(portal: Portal, asked: Asked) -> Answer:
    """Records by ascending id; the cursor is the id the next page starts from."""
    kind = portal.kind(asked.places["objectType"])
    history = asked.many("propertiesWithHistory")
    archived = asked.flag("archived")
    if archived and kind.id == USERS:
        raise refusals.validation(
            f"Paging through deleted objects is not supported for {kind.id} ({kind.upper})"
        )
    limit = page_size(asked, LARGEST_PAGE)
    if history and limit > LARGEST_WITH_HISTORY:
        raise refusals.too_many_with_history(LARGEST_WITH_HISTORY)
    others = association_targets(portal, asked)
    readable(portal, asked, kind, (*asked.many("properties"), *history))
    view = render.View.of(portal, kind, asked.many("properties"), history, hidden(portal, asked, kind))
    results: Any
    if history or archived or others:
        records = portal.table(kind).page(cursor(asked), limit + 1, archived=archived)
        ids = [record.id for record in records]
        results = []
        for record in records[:limit]:
            body = render.seen(portal, kind, record, view)
            add_associations(portal, asked, record, others, body)
            results.append(body)
    else:
        ids = portal.table(kind).ids(cursor(asked), limit + 1)
        results = _plain(portal, kind, ids[:limit], view)
    page: dict[str, Any] = {"results": results}
    if len(ids) > limit:
        after = str(ids[limit - 1] + 1)
        page["paging"] = {"next": {"after": after, "link": next_link(asked, after)}}
    return render.answer(page)


def _plain(portal: Portal, kind: ObjectType, ids: Sequence[int], view: render.View) -> Any:
    told = quick.told(portal, kind, ids, view)
    if told is not None:
        return msgspec.Raw(b"[%b]" % b"".join(told))
    shown = quick.fetched(portal, kind, ids, view)
    return [shown[id_] for id_ in ids]


def create(portal: Portal, asked: Asked) -> Answer:
    """A new record, answered with everything that is set on it."""
    kind = writable(portal.kind(asked.places["objectType"]), asked)
    sent = decode(asked.body, ObjectInput, "SimplePublicObjectInputForCreate")
    writable_values(portal, asked, kind, sent.values())
    new = draft(portal, kind, sent.values(), asked.edition)
    if new.checked.problems:
        raise refusals.property_values(new.checked.problems)
    if sent.associations:
        refusals.may_associate(asked)
    links = new_links(portal, kind, sent.associations)
    for refusal in clashes(portal, kind, [new]).values():
        raise refusal
    pinned(portal, kind, new, links)
    values = {name: value for name, value in new.checked.values.items() if value}
    record = write(portal, asked, [Create(kind, values, links)]).created[0]
    body = render.warned(render.created(portal, kind, record, new.checked.echo), new.checked)
    return render.answer(body, 201, Location=f"{base_url(asked)}{asked.path.rstrip('/')}/{record.id}")


def update(portal: Portal, asked: Asked) -> Answer:
    """Changes named properties; one that changes nothing leaves the modification time alone."""
    kind = writable(portal.kind(asked.places["objectType"]), asked)
    sent = decode(asked.body, ObjectInput, "SimplePublicObjectInput")
    writable_values(portal, asked, kind, sent.values())
    record = one_record(portal, kind, asked.places["id"], asked.one("idProperty"))
    if not sent.values():
        raise refusals.nothing_to_update()
    change = draft(portal, kind, sent.values(), asked.edition, record)
    if change.checked.problems:
        raise refusals.property_values(change.checked.problems)
    for refusal in clashes(portal, kind, [change]).values():
        raise refusal
    pinned(portal, kind, change)
    changed = write(portal, asked, [Update(kind, record, change.checked.values)]).updated[0]
    body = render.updated(portal, kind, changed, list(sent.values()), change.checked.echo)
    return render.answer(render.warned(body, change.checked))


def archive(portal: Portal, asked: Asked) -> Answer:
    """204 whatever the id: also for one that never existed or is archived already."""
    kind = writable(portal.kind(asked.places["objectType"]), asked)
    number = actual(portal, kind, asked.places["id"])
    if number is not None:
        write(portal, asked, [Archive(kind, [number])])
    return Answer(204)


def association_targets(portal: Portal, asked: Asked) -> list[ObjectType]:
    """The types named in `associations=`; of those without records here nothing is associated."""
    named = (name for name in asked.many("associations") if name.lower() not in NO_RECORDS)
    return [portal.kind(name) for name in named]


def add_associations(
    portal: Portal, asked: Asked, record: Record, others: list[ObjectType], body: dict[str, Any]
) -> None:
    """One entry per association type; nothing at all where nothing is associated."""
    kind = portal.kind(asked.places["objectType"])
    found: dict[str, Any] = {}
    for other in others:
        end = End(kind.id, record.id)
        results, after = linked_page(portal, end, other, MOST_LINKED)
        if results:
            found[other.name] = {"results": results, **rest_of(asked, end, other, after)}
    if found:
        body["associations"] = found


def rest_of(asked: Asked, end: End, other: ObjectType, after: str | None) -> dict[str, Any]:
    """`paging` that leads to the further associations of a record, if there are any."""
    if after is None:
        return {}
    base = "/crm/v3/objects" if asked.version == "v3" else f"/crm/objects/{asked.version}"
    path = f"{base}/{end.type}/{end.id}/associations/{other.id}?after={quote(after, safe='')}"
    return {"paging": {"next": {"after": after, "link": f"{base_url(asked)}{path}"}}}


def page_size(asked: Asked, largest: int, default: int = DEFAULT_PAGE) -> int:
    """`limit`; HubSpot's own words for a bad one are not known."""
    text = asked.one("limit")
    if text is None or text == "":
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise refusals.validation(f"Invalid value for limit: {text}. It must be a number from 1 to {largest}")
    if not 1 <= int(text) <= largest:
        raise refusals.validation(f"The limit {text} is out of range: it must be from 1 to {largest}")
    return int(text)


def cursor(asked: Asked) -> int:
    """`after` as the id to start from."""
    text = asked.one("after") or "0"
    if not ID.fullmatch(text):
        raise refusals.validation(f"Invalid value for after: {text}. It must be a cursor of an earlier page")
    return int(text)


def next_link(asked: Asked, after: str) -> str:
    """The request's own URL with its lists comma-joined and the new cursor last."""
    parts = []
    for name, values in asked.query.items():
        if name == "after" or not values:
            continue
        joined = ",".join(values) if name in LISTS else values[-1]
        parts.append(f"{quote(name, safe='')}={quote(joined, safe='')}")
    parts.append(f"after={quote(after, safe='')}")
    return f"{base_url(asked)}{asked.path}?{'&'.join(parts)}"


HANDLERS = {
    "objects.list": list_page,
    "objects.read": read,
    "objects.create": create,
    "objects.update": update,
    "objects.archive": archive,
}
