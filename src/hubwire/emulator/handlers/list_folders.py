"""Folders of lists.

https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide; shapes as in `hubspot-api-client` 12.0.0
(crm/lists/models/public_list_folder.py) and `hubspot-sdk` (types/crm/public_list_folder.py: ids are text).
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import moments, refusals, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.lists import lists, user
from hubwire.emulator.list_folders import ROOT, Folder, Folders
from hubwire.emulator.portal import Portal
from hubwire.emulator.shapes import Id, decode


class NewFolder(msgspec.Struct):
    name: str | None = None
    parentFolderId: Id | None = None


class Move(msgspec.Struct):
    listId: Id | None = None
    newFolderId: Id | None = None


def folders(portal: Portal, asked: Asked) -> Folders:
    return Folders(lists(portal, asked))


def read(portal: Portal, asked: Asked) -> Answer:
    """The folder of `folderId`, the root unless told, with everything below it."""
    known = folders(portal, asked)
    return _answer(known, known.get(asked.one("folderId") or str(ROOT)))


def create(portal: Portal, asked: Asked) -> Answer:
    """Answered with 200, like the creation of a list."""
    sent = decode(asked.body, NewFolder, "ListFolderCreateRequest")
    if not sent.name:
        raise refusals.fields_not_set(["name"], asked.body)
    known = folders(portal, asked)
    parent = known.get(str(sent.parentFolderId or ROOT))
    return _answer(known, known.new(sent.name, parent, int(user(asked))))


def delete(portal: Portal, asked: Asked) -> Answer:
    """204, for an empty folder."""
    known = folders(portal, asked)
    known.delete(known.get(asked.places["folderId"]))
    return Answer(204)


def move(portal: Portal, asked: Asked) -> Answer:
    known = folders(portal, asked)
    one, parent = (known.get(asked.places[name]) for name in ("folderId", "newParentFolderId"))
    return _answer(known, known.move(one, parent))


def rename(portal: Portal, asked: Asked) -> Answer:
    """PUT …/rename?newFolderName="""
    known, name = folders(portal, asked), asked.one("newFolderName")
    if not name:
        raise refusals.validation("newFolderName must be given")
    return _answer(known, known.rename(known.get(asked.places["folderId"]), name))


def move_list(portal: Portal, asked: Asked) -> Answer:
    """Puts a list into a folder; 204."""
    sent = decode(asked.body, Move, "ListMoveRequest")
    if missing := [name for name in ("listId", "newFolderId") if getattr(sent, name) is None]:
        raise refusals.attributes_not_set("ListMoveRequest", missing)
    known = folders(portal, asked)
    one = known.lists.live(str(sent.listId))
    known.put_list(one, known.get(str(sent.newFolderId)))
    return Answer(204)


def _answer(known: Folders, one: Folder) -> Answer:
    return render.answer({"folder": _shown(known, one)})


def _shown(known: Folders, one: Folder) -> dict[str, Any]:
    """With the folders below. The root has no name and no times."""
    below = [each for each in known.all() if each.parent == one.id and each.id != one.id]
    body: dict[str, Any] = {
        "id": str(one.id),
        "parentFolderId": str(one.parent),
        "childLists": known.lists_in(one.id),
        "childNodes": [_shown(known, each) for each in below],
    }
    if one.id == ROOT:
        return body
    return body | {
        "name": one.name,
        "userId": one.user,
        "createdAt": moments.text(one.created),
        "updatedAt": moments.text(one.updated),
        "updatedContentsAt": moments.text(one.contents),
    }


HANDLERS = {
    "lists.folders.list": read,
    "lists.folders.create": create,
    "lists.folders.delete": delete,
    "lists.folders.move": move,
    "lists.folders.rename": rename,
    "lists.folders.move_list": move_list,
}
