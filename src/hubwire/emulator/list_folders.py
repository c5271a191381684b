"""Folders of lists: a tree whose root has the id 0."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hubwire.emulator import refusals
from hubwire.emulator.lists import Listed, Lists

ROOT = 0


@dataclass(frozen=True, slots=True)
class Folder:
    """Times in epoch milliseconds."""

    id: int
    parent: int
    name: str
    created: int
    updated: int
    contents: int
    """When what is in it last changed."""
    user: int


COLUMNS = "id, parent, name, created, updated, contents, user"


class Folders:
    """Reads and writes the folders of one account as of one moment."""

    def __init__(self, lists: Lists) -> None:
        self.lists, self.store, self.now = lists, lists.store, lists.now
        self.table = f"list_folders_{lists.portal.portal_id}"

    def get(self, folder_id: str) -> Folder:
        """404 for one there is not; the root is always there."""
        number = int(folder_id) if folder_id.isascii() and folder_id.isdigit() else -1
        found = next((one for one in self.all() if one.id == number), None)
        if found is None and number != ROOT:
            # HubSpot's own words are not known.
            raise refusals.nothing_there(
                f"Folder does not exist with ID {folder_id}.", context={"folderId": [folder_id]}
            )
        return found or Folder(ROOT, ROOT, "", 0, 0, 0, 0)

    def all(self) -> list[Folder]:
        rows = self.store.all(f"SELECT {COLUMNS} FROM {self.table} ORDER BY id")
        return [Folder(*row) for row in rows]

    def new(self, name: str, parent: Folder, user: int) -> Folder:
        self._free(name, parent.id)
        with self.store.transaction():
            ((number,),) = self.store.all(f"SELECT coalesce(max(id), 0) + 1 FROM {self.table}")
            made = Folder(int(number), parent.id, name, self.now, self.now, self.now, user)
            self._put(made)
            self._changed(parent.id)
        return made

    def rename(self, one: Folder, name: str) -> Folder:
        self._own(one)
        self._free(name, one.parent, but=one.id)
        return self._put(replace(one, name=name, updated=self.now))

    def move(self, one: Folder, parent: Folder) -> Folder:
        """Refused into itself or into one that lies in it."""
        self._own(one)
        above = {each.id: each.parent for each in self.all()}
        place = parent.id
        while place != ROOT:
            if place == one.id:
                raise refusals.validation(f"Folder {one.id} cannot be moved into itself")
            place = above[place]
        self._free(one.name, parent.id, but=one.id)
        with self.store.transaction():
            moved = self._put(replace(one, parent=parent.id, updated=self.now))
            self._changed(one.parent)
            self._changed(parent.id)
        return moved

    def delete(self, one: Folder) -> None:
        """Refused while anything is in it."""
        self._own(one)
        if self.lists_in(one.id) or any(each.parent == one.id for each in self.all()):
            raise refusals.validation(f"Folder {one.id} is not empty")
        with self.store.transaction():
            self.store.run(f"DELETE FROM {self.table} WHERE id = ?", (one.id,))
            self._changed(one.parent)

    def put_list(self, one: Listed, into: Folder) -> None:
        """Moves a list; that makes no new version of it."""
        with self.store.transaction():
            self.lists.put(replace(one, folder=into.id))
            self._changed(one.folder)
            self._changed(into.id)

    def lists_in(self, folder: int) -> list[int]:
        return [one.id for one in self.lists.all() if one.folder == folder]

    def _own(self, one: Folder) -> None:
        if one.id == ROOT:
            raise refusals.validation("The root folder cannot be changed")

    def _free(self, name: str, parent: int, but: int | None = None) -> None:
        if any(
            one.parent == parent and one.name.casefold() == name.casefold() and one.id != but
            for one in self.all()
        ):
            raise refusals.validation(f"A folder with the name {name} already exists there")

    def _put(self, one: Folder) -> Folder:
        sql = f"INSERT OR REPLACE INTO {self.table} ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
        self.store.run(sql, (one.id, one.parent, one.name, one.created, one.updated, one.contents, one.user))
        return one

    def _changed(self, folder: int) -> None:
        self.store.run(f"UPDATE {self.table} SET contents = ? WHERE id = ?", (self.now, folder))
