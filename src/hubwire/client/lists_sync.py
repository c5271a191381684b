# Generated from lists.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002

"""Lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hubwire.catalogue import load
from hubwire.client import memberships
from hubwire.client.calls import lists, shaped
from hubwire.client.family_sync import Family
from hubwire.client.identity import identity
from hubwire.client.kinds import type_id
from hubwire.client.shapes import ListDefinition, Membership, MembershipChange, MembershipOf


class Lists(Family):
    """Lists of records (segments): who is on them, by hand or by filters."""

    def create(
        self,
        name: str,
        kind: str,
        *,
        filters: Mapping[str, Any] | None = None,
        processing: str | None = None,
        **fields: Any,
    ) -> ListDefinition:
        """A new list: `DYNAMIC` where there are filters (HubSpot's `filterBranch`), else `MANUAL`."""
        given = {
            **fields,
            "name": name,
            "objectTypeId": type_id(kind),
            "processingType": processing or ("DYNAMIC" if filters else "MANUAL"),
            **({"filterBranch": filters} if filters else {}),
        }
        return self._do(lists.create(self._version, shaped.body(None, given)))

    def get(self, id: str | int, *, filters: bool = False) -> ListDefinition:
        """One list, also a deleted one."""
        return self._do(lists.read(self._version, identity(id), filters))

    def named(self, name: str, kind: str, *, filters: bool = False) -> ListDefinition:
        """The list of that name. `NotFound` when there is none."""
        return self._do(lists.by_name(self._version, type_id(kind), name, filters))

    def read_many(self, ids: Iterable[str | int], *, filters: bool = False) -> list[ListDefinition]:
        """Those of these ids that there are."""
        return self._do(lists.read_many(self._version, [*map(identity, ids)], filters))

    def search(
        self,
        query: str | None = None,
        *,
        kind: str | None = None,
        processing: Iterable[str] = (),
        ids: Iterable[str | int] = (),
        **fields: Any,
    ) -> Iterator[ListDefinition]:
        """All lists that match: by words of the name, by type of record, by how they are kept."""
        body = shaped.body(None, fields) | {
            "query": query or "",
            "processingTypes": list(processing),
            "listIds": [*map(identity, ids)],
        }
        if kind is not None:
            body["objectTypeId"] = type_id(kind)
        return self._driver.each(memberships.search(self._session, body))

    def rename(self, id: str | int, name: str) -> ListDefinition:
        """Another name."""
        return self._do(lists.rename(self._version, identity(id), name))

    def set_filters(self, id: str | int, filters: Mapping[str, Any]) -> ListDefinition:
        """Other filters of a dynamic list."""
        return self._do(lists.set_filters(self._version, identity(id), filters))

    def delete(self, id: str | int) -> None:
        """Deletes a list and none of its records; `restore` brings it back within 90 days."""
        self._do(lists.delete(self._version, identity(id)))

    def restore(self, id: str | int) -> None:
        """Brings a deleted list back."""
        self._do(lists.restore(self._version, identity(id)))

    def members(self, id: str | int, *, by_join_time: bool = False) -> Iterator[Membership]:
        """All records on it, page by page, by id or by when they joined."""
        size = load.endpoint("lists.memberships.list").limit or 100
        known = identity(id)
        return self._every(lambda after: lists.members(self._version, known, by_join_time, size, after))

    def add(self, id: str | int, records: Iterable[str | int]) -> MembershipChange:
        """Puts records on a list that is kept by hand; any number of them."""
        return self._driver.run(memberships.change(self._session, identity(id), records, ()))

    def remove(self, id: str | int, records: Iterable[str | int]) -> MembershipChange:
        """Takes records off it."""
        return self._driver.run(memberships.change(self._session, identity(id), (), records))

    def change(
        self, id: str | int, *, add: Iterable[str | int] = (), remove: Iterable[str | int] = ()
    ) -> MembershipChange:
        """Both at once."""
        return self._driver.run(memberships.change(self._session, identity(id), add, remove))

    def add_from(self, id: str | int, source: str | int) -> None:
        """Puts the members of another list on it."""
        self._do(lists.add_from(self._version, identity(id), identity(source)))

    def clear(self, id: str | int) -> None:
        """Takes everybody off it."""
        self._do(lists.clear(self._version, identity(id)))

    def of_record(self, kind: str, id: str | int) -> list[MembershipOf]:
        """The lists that a record is on."""
        return self._do(lists.of_record(self._version, type_id(kind), identity(id))).results

    def of_records(self, kind: str, ids: Iterable[str | int]) -> dict[str, list[MembershipOf]]:
        """The same of many records, by record id."""
        return self._driver.run(memberships.of_records(self._session, type_id(kind), ids))

    def new_ids(self, legacy: Iterable[str | int]) -> dict[str, str]:
        """Ids of lists by the ids that API v1 gave them; those without one are left out."""
        return self._driver.run(memberships.new_ids(self._session, legacy))

    def history(self, id: str | int, start: str, end: str) -> dict[str, Any]:
        """How its size changed between two days, and who edited it: HubSpot's answer as it is."""
        return self._do(lists.history(self._version, identity(id), start, end))

    def conversion(self, id: str | int) -> dict[str, Any]:
        """When a dynamic list is to become a static one: HubSpot's answer as it is."""
        found: dict[str, Any] = self._do(lists.conversion(self._version, "read", identity(id)))
        return found

    def convert(self, id: str | int, when: Mapping[str, Any]) -> dict[str, Any]:
        """Has it become a static one, in HubSpot's words:

        `{"conversionType": "CONVERSION_DATE", "year": 2027, "month": 1, "day": 1}`.
        """
        call = lists.conversion(self._version, "update", identity(id), shaped.body(when))
        found: dict[str, Any] = self._do(call)
        return found

    def keep(self, id: str | int) -> None:
        """Has it stay dynamic after all."""
        self._do(lists.conversion(self._version, "delete", identity(id)))

    def folders(self) -> dict[str, Any]:
        """The tree of folders: HubSpot's answer as it is."""
        return self._do(lists.folders(self._version))

    def create_folder(self, name: str, *, parent: str | int | None = None) -> dict[str, Any]:
        """A new folder."""
        body = {"name": name, **({} if parent is None else {"parentFolderId": identity(parent)})}
        return self._do(lists.create_folder(self._version, body))

    def delete_folder(self, folder: str | int) -> None:
        """Deletes an empty folder."""
        self._do(lists.delete_folder(self._version, identity(folder)))

    def move(self, id: str | int, folder: str | int) -> None:
        """Puts a list into a folder; folder 0 is the top."""
        self._do(lists.move(self._version, identity(id), identity(folder)))
