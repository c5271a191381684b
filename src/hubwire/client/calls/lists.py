"""Lists and who is on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import Listing, flag, inside, many, one, plain
from hubwire.client.records import read_nothing
from hubwire.client.shapes import ListDefinition, Membership, MembershipOf

Body = Mapping[str, Any]


class Found(msgspec.Struct, rename="camel"):
    """One page of a search for lists."""

    lists: list[ListDefinition] = []
    offset: int = 0
    has_more: bool = False


class Changed(msgspec.Struct):
    """The answer of a change of memberships; `recordsIdsAdded` is HubSpot's own spelling."""

    added: list[str] = msgspec.field(name="recordsIdsAdded", default_factory=list)
    also_added: list[str] = msgspec.field(name="recordIdsAdded", default_factory=list)
    removed: list[str] = msgspec.field(name="recordIdsRemoved", default_factory=list)
    missing: list[str] = msgspec.field(name="recordIdsMissing", default_factory=list)


_list, _lists = inside("list", ListDefinition), inside("lists", list[ListDefinition])
_updated = inside("updatedList", ListDefinition)


def create(version: str, body: Body) -> Call[ListDefinition]:
    """A new list."""
    return call("lists.create", version, {}, _list, json=body)


def read(version: str, list_id: str, filters: bool) -> Call[ListDefinition]:
    """One list by id."""
    query = [("includeFilters", flag(filters or None))]
    return call("lists.read", version, {"listId": list_id}, _list, query=query)


def by_name(version: str, type_id: str, name: str, filters: bool) -> Call[ListDefinition]:
    """One list by name."""
    query = [("includeFilters", flag(filters or None))]
    return call("lists.by_name", version, {"objectTypeId": type_id, "listName": name}, _list, query=query)


def read_many(version: str, ids: Sequence[str], filters: bool) -> Call[list[ListDefinition]]:
    """Some lists by id."""
    query = [*(("listIds", one_id) for one_id in ids), ("includeFilters", flag(filters or None))]
    return call("lists.many", version, {}, _lists, query=query)


def search(version: str, body: Body) -> Call[Found]:
    """One page of a search."""
    return call("lists.search", version, {}, one(Found), json=body)


def rename(version: str, list_id: str, name: str) -> Call[ListDefinition]:
    """Another name."""
    return call("lists.rename", version, {"listId": list_id}, _updated, query=[("listName", name)])


def set_filters(version: str, list_id: str, branch: Body) -> Call[ListDefinition]:
    """Other filters of a dynamic list."""
    return call("lists.filters", version, {"listId": list_id}, _updated, json={"filterBranch": branch})


def delete(version: str, list_id: str) -> Call[None]:
    """Deletes a list, and no record."""
    return call("lists.delete", version, {"listId": list_id}, read_nothing)


def restore(version: str, list_id: str) -> Call[None]:
    """Brings a deleted list back."""
    return call("lists.restore", version, {"listId": list_id}, read_nothing)


def members(
    version: str, list_id: str, joined: bool, limit: int, after: str | None
) -> Call[Listing[Membership]]:
    """One page of members, by id or by when they joined."""
    op = "lists.memberships.joined" if joined else "lists.memberships.list"
    query = [("limit", str(limit)), ("after", after)]
    return call(op, version, {"listId": list_id}, many(Membership), query=query)


def change(version: str, list_id: str, plus: Sequence[str], minus: Sequence[str]) -> Call[Changed]:
    """Puts records on a list and takes others off it."""
    places = {"listId": list_id}
    if not minus:
        return call("lists.memberships.add", version, places, one(Changed), json=plus)
    if not plus:
        return call("lists.memberships.remove", version, places, one(Changed), json=minus)
    body = {"recordIdsToAdd": plus, "recordIdsToRemove": minus}
    return call("lists.memberships.change", version, places, one(Changed), json=body)


def add_from(version: str, list_id: str, source: str) -> Call[None]:
    """Puts the members of another list on it."""
    places = {"listId": list_id, "sourceListId": source}
    return call("lists.memberships.add_from", version, places, read_nothing)


def clear(version: str, list_id: str) -> Call[None]:
    """Takes everybody off."""
    return call("lists.memberships.clear", version, {"listId": list_id}, read_nothing)


def of_record(version: str, type_id: str, record_id: str) -> Call[Listing[MembershipOf]]:
    """The lists a record is on."""
    places = {"objectTypeId": type_id, "recordId": record_id}
    return call("lists.records.memberships", version, places, many(MembershipOf))


def of_records(version: str, type_id: str, ids: Sequence[str]) -> Call[dict[str, Any]]:
    """The lists that some records are on."""
    body = {"inputs": [{"objectTypeId": type_id, "recordId": record_id} for record_id in ids]}
    return call("lists.records.batch_read", version, {}, plain, json=body)


def folders(version: str) -> Call[dict[str, Any]]:
    """The tree of folders."""
    return call("lists.folders.list", version, {}, plain)


def create_folder(version: str, body: Body) -> Call[dict[str, Any]]:
    """A new folder."""
    return call("lists.folders.create", version, {}, plain, json=body)


def delete_folder(version: str, folder: str) -> Call[None]:
    """Deletes a folder."""
    return call("lists.folders.delete", version, {"folderId": folder}, read_nothing)


def move(version: str, list_id: str, folder: str) -> Call[None]:
    """Puts a list into a folder."""
    body = {"listId": list_id, "newFolderId": folder}
    return call("lists.folders.move_list", version, {}, read_nothing, json=body)


def history(version: str, list_id: str, start: str, end: str) -> Call[dict[str, Any]]:
    """How a list's size changed, and who edited it."""
    query = [("startDate", start), ("endDate", end)]
    return call("lists.history", version, {"listId": list_id}, plain, query=query)


def conversion(version: str, verb: str, list_id: str, body: Body | None = None) -> Call[Any]:
    """When a dynamic list becomes a static one: `read`, `update` or `delete`."""
    read = read_nothing if verb == "delete" else plain
    return call(f"lists.conversion.{verb}", version, {"listId": list_id}, read, json=body)


def new_ids(version: str, legacy: Sequence[str]) -> Call[dict[str, Any]]:
    """The ids of lists by those that API v1 gave them."""
    return call("lists.idmapping.batch", version, {}, plain, json=legacy)
