"""Lists: create, read, search, rename, change filters, delete, restore.

https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide; shapes as in `hubspot-api-client` 12.0.0
(crm/lists/models).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import moments, refusals, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.search import whole
from hubwire.emulator.list_conversion import Conversions
from hubwire.emulator.list_filters import Branch, root_checked
from hubwire.emulator.list_folders import Folders
from hubwire.emulator.list_operations import enum_conversion
from hubwire.emulator.list_privacy import may_see_filters
from hubwire.emulator.lists import Listed, Lists, no_list
from hubwire.emulator.portal import Portal
from hubwire.emulator.privacy import readable
from hubwire.emulator.shapes import Id, decode

PROCESSING = ("MANUAL", "DYNAMIC", "SNAPSHOT")
NO_BRANCH = (b"", b"null")
UNSET_TOO = "includeObjectsWithNoValueSet"
MOST_FOUND, FOUND = 500, 20
ALWAYS_ADDED = (
    "hs_list_size",
    "hs_last_record_added_at",
    "hs_last_record_removed_at",
    "hs_list_reference_count",
)


class NewList(msgspec.Struct):
    name: str | None = None
    objectTypeId: str | None = None
    processingType: str | None = None
    filterBranch: msgspec.Raw = msgspec.Raw()
    listFolderId: Id | None = None


class NewFilters(msgspec.Struct):
    filterBranch: msgspec.Raw = msgspec.Raw()


class ListSearch(msgspec.Struct):
    query: str | None = None
    listIds: list[Id] | None = None
    offset: Id | None = None
    count: Id | None = None
    processingTypes: list[str] | None = None
    additionalProperties: list[str] | None = None
    objectTypeId: str | None = None
    sort: str | None = None


def lists(portal: Portal, asked: Asked) -> Lists:
    """The account's lists as of the request."""
    known = Lists(portal, int(asked.now * 1000))
    Conversions(known).carry_out()
    return known


def user(asked: Asked) -> str:
    return str(asked.grant.user_id if asked.grant else 0)


def create(portal: Portal, asked: Asked) -> Answer:
    """A new list, answered with 200."""
    sent = decode(asked.body, NewList, "ListCreateRequest")
    names = ("name", "objectTypeId", "processingType")
    if missing := [name for name in names if not getattr(sent, name)]:
        raise refusals.fields_not_set(missing, asked.body)
    if sent.processingType not in PROCESSING:
        raise enum_conversion("processingType", str(sent.processingType), PROCESSING)
    known = lists(portal, asked)
    _free_name(known, str(sent.name))
    now, by = known.now, user(asked)
    text = branch_text(sent.filterBranch)
    new = Listed(
        id=0,
        name=str(sent.name),
        type=portal.kind(str(sent.objectTypeId)).id,
        processing=str(sent.processingType),
        version=1,
        created=now,
        updated=now,
        filtered=now if text else None,
        creator=by,
        updater=by,
        folder=Folders(known).get(str(sent.listFolderId or 0)).id,
        filter=text,
    )
    _filters_fit(new)
    if text:
        accepted(known, new, asked)
    made = known.new(new)
    return render.answer({"list": shown(known, made, asked, filters=True)})


def branch_text(raw: msgspec.Raw) -> str | None:
    """The branch as sent, if one was."""
    data = bytes(raw).strip()
    return None if data in NO_BRANCH else data.decode()


def accepted(known: Lists, one: Listed, asked: Asked) -> None:
    """Refuses filters that could not be evaluated, or that ask for what the caller may not read."""

    def seen(kind: ObjectType, name: str) -> None:
        readable(known.portal, asked, kind, [name])

    branch = root_checked(decode((one.filter or "").encode(), Branch, "PublicOrFilterBranch"))
    known.condition(one, branch, seen)


def _filters_fit(one: Listed) -> None:
    # Texts are ours: HubSpot's are not known.
    if one.processing == "DYNAMIC" and not one.filter:
        raise refusals.validation("A list of processing type DYNAMIC needs a filterBranch")
    if one.processing == "MANUAL" and one.filter:
        raise refusals.validation("A list of processing type MANUAL takes no filterBranch")


def _free_name(known: Lists, name: str, own: int | None = None) -> None:
    holder = known.named(name)
    if holder is not None and holder.id != own:
        raise refusals.validation(f"A list with the name {name} already exists", context={"name": [name]})


def read(portal: Portal, asked: Asked) -> Answer:
    """One list by id; a deleted one too, with `deletedAt`."""
    known = lists(portal, asked)
    one = known.get(asked.places["listId"])
    return render.answer({"list": shown(known, one, asked, filters=asked.flag("includeFilters"))})


def by_name(portal: Portal, asked: Asked) -> Answer:
    """One list by its name, in any letter case."""
    known, name = lists(portal, asked), asked.places["listName"]
    one = known.named(name, portal.kind(asked.places["objectTypeId"]).id)
    if one is None:
        raise no_list(f"List does not exist with name {name}.", name)
    return render.answer({"list": shown(known, one, asked, filters=asked.flag("includeFilters"))})


def many(portal: Portal, asked: Asked) -> Answer:
    """The lists with the ids in `listIds`; those that do not exist are left out."""
    known = lists(portal, asked)
    wanted = [one for one in known.find(asked.many("listIds")) if one.deleted is None]
    filters = asked.flag("includeFilters")
    return render.answer({"lists": [shown(known, one, asked, filters=filters) for one in wanted]})


def rename(portal: Portal, asked: Asked) -> Answer:
    """PUT …/update-list-name?listName="""
    known = lists(portal, asked)
    one, name = known.live(asked.places["listId"]), asked.one("listName")
    if not name:
        raise refusals.validation("listName must be given")
    _free_name(known, name, one.id)
    renamed = known.change(one, user(asked), name=name)
    return render.answer({"updatedList": shown(known, renamed, asked, filters=asked.flag("includeFilters"))})


def update_filters(portal: Portal, asked: Asked) -> Answer:
    """New filters of a dynamic list; its members follow at once."""
    known = lists(portal, asked)
    one = known.live(asked.places["listId"])
    text = branch_text(decode(asked.body, NewFilters, "ListFilterUpdateRequest").filterBranch)
    if text is None:
        raise refusals.attributes_not_set("ListFilterUpdateRequest", ["filterBranch"])
    if one.processing != "DYNAMIC":
        raise refusals.validation("Only lists of processing type DYNAMIC can change their filters")
    accepted(known, replace(one, filter=text), asked)
    changed = known.change(one, user(asked), filter=text, filtered=known.now)
    return render.answer({"updatedList": shown(known, changed, asked, filters=True)})


def delete(portal: Portal, asked: Asked) -> Answer:
    """204; the list stays readable by its id and can be restored for 90 days."""
    known = lists(portal, asked)
    one = known.live(asked.places["listId"])
    known.put(replace(one, deleted=known.now))
    return Answer(204)


def restore(portal: Portal, asked: Asked) -> Answer:
    """204, for a list that was deleted within 90 days; one that was not stays as it is.

    Names are unique: one whose name another list has by now is refused, in words of ours.
    """
    known = lists(portal, asked)
    one = known.get(asked.places["listId"])
    if one.deleted is not None:
        _free_name(known, one.name, one.id)
        known.put(replace(one, deleted=None))
    return Answer(204)


def search(portal: Portal, asked: Asked) -> Answer:
    """Lists by words of their name, by type and by processing type."""
    body = decode(asked.body, ListSearch, "ListSearchRequest")
    known = lists(portal, asked)
    # More are asked for by https://github.com/airbytehq/airbyte source-hubspot, which gets an answer.
    offset, count = whole("offset", body.offset, 0), min(whole("count", body.count, FOUND), MOST_FOUND)
    ids = {str(each) for each in body.listIds or ()}
    kind = portal.kind(body.objectTypeId).id if body.objectTypeId else None
    for given in body.processingTypes or ():
        if given not in PROCESSING:
            raise enum_conversion("processingTypes", given, PROCESSING)
    found = [
        one
        for one in known.all()
        if (body.query or "").casefold() in one.name.casefold()
        and (not ids or str(one.id) in ids)
        and (not body.processingTypes or one.processing in body.processingTypes)
        and kind in (None, one.type)
    ]
    page = found[offset : offset + count]
    wanted = {*ALWAYS_ADDED, *(body.additionalProperties or ())}
    return render.answer(
        {
            "offset": offset + len(page),
            "hasMore": offset + len(page) < len(found),
            "lists": [_found(known, one, wanted) for one in page],
            "total": len(found),
        }
    )


def shown(known: Lists, one: Listed, asked: Asked, *, filters: bool = False) -> dict[str, Any]:
    """A list as HubSpot sends it. Key order as recorded: amp-labs/connectors."""
    body = _core(one)
    body["size"] = known.size(one) if one.deleted is None else 0
    if filters and one.filter and may_see_filters(known.portal, asked, one):
        body["filterBranch"] = _as_shown(msgspec.json.decode(one.filter))
    return body


def _as_shown(node: Any) -> Any:
    """The filters with what every operation on a property says when it is read, if the caller left it out.

    Spec: required of all operations; https://github.com/jackemcpherson/terraform-provider-hubspot reads it.
    """
    match node:
        case {"filterType": "PROPERTY", "operation": {**operation}}:
            return {**node, "operation": {**operation, UNSET_TOO: operation.get(UNSET_TOO, False)}}
        case dict():
            return {name: _as_shown(item) for name, item in node.items()}
        case list():
            return [_as_shown(item) for item in node]
    return node


def _core(one: Listed) -> dict[str, Any]:
    body: dict[str, Any] = {
        "listId": str(one.id),
        "listVersion": one.version,
        "createdAt": moments.text(one.created),
        "updatedAt": moments.text(one.updated),
    }
    if one.filtered is not None:
        body["filtersUpdatedAt"] = moments.text(one.filtered)
    if one.deleted is not None:
        body["deletedAt"] = moments.text(one.deleted)
    return body | {
        "processingStatus": "COMPLETE",
        "createdById": one.creator,
        "updatedById": one.updater,
        "processingType": one.processing,
        "objectTypeId": one.type,
        "name": one.name,
    }


def _found(known: Lists, one: Listed, wanted: set[str]) -> dict[str, Any]:
    """A search result. Properties that are empty are left out."""
    added = {"hs_list_size": str(known.size(one)), "hs_list_reference_count": str(_references(known, one))}
    if (last := known.last_added(one)) is not None:
        added["hs_last_record_added_at"] = str(last)
    if one.removed is not None:
        added["hs_last_record_removed_at"] = str(one.removed)
    return _core(one) | {
        "additionalProperties": {key: value for key, value in added.items() if key in wanted}
    }


def _references(known: Lists, one: Listed) -> int:
    """How many other lists' filters name it."""
    mention = f'"{one.id}"'
    return sum(
        1
        for other in known.all()
        if other.filter and "IN_LIST" in other.filter and mention in other.filter and other.id != one.id
    )


HANDLERS = {
    "lists.create": create,
    "lists.read": read,
    "lists.by_name": by_name,
    "lists.many": many,
    "lists.rename": rename,
    "lists.filters": update_filters,
    "lists.delete": delete,
    "lists.restore": restore,
    "lists.search": search,
}
