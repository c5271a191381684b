"""Records read from the store straight into the shape that is sent: no dictionary of all their properties.

What a read tells of most records, and most of what a busy emulator does. `render.seen` tells the same the
long way, and history besides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import moments, render
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.columns import column
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import CLEARED, blank

if TYPE_CHECKING:
    # NumPy is loaded only for accounts with many records.
    import numpy as np
    from numpy.typing import NDArray

    from hubwire.emulator.columnar.bodies import Alike, Listed
    from hubwire.emulator.columnar.telling import Telling

MOST = 64
"""Sets of properties, and searches, that are remembered together."""

_encode = msgspec.json.Encoder().encode


class Told(msgspec.Struct):
    """A live record as a read shows it. Key order as recorded."""

    id: str
    properties: Any
    createdAt: str
    updatedAt: str
    archived: bool
    url: str


def told(portal: Portal, kind: ObjectType, ids: Sequence[int], view: render.View) -> list[bytes] | None:
    """The records in that order with commas between them, in pieces; None if that is not how to read them."""
    telling = _telling(portal, kind, tuple(view.names))
    return (
        None
        if telling is None or not ids
        else telling.several(ids, lambda some: fetched(portal, kind, some, view))
    )


def numbered(
    portal: Portal, kind: ObjectType, ids: NDArray[np.int64], view: render.View
) -> list[bytes] | None:
    """The same for many at once; None where some do not live or are named twice."""
    telling = _telling(portal, kind, tuple(view.names))
    return None if telling is None else telling.numbered(ids, lambda some: fetched(portal, kind, some, view))


def page(
    portal: Portal, kind: ObjectType, start: int, limit: int, view: render.View
) -> tuple[list[bytes], int] | None:
    """So many records from id `start` on, as `told` tells them, and where the next page starts.

    None if there is no next page.
    """
    telling = _telling(portal, kind, tuple(view.names))
    found = (
        None
        if telling is None
        else telling.page(start, limit, lambda some: fetched(portal, kind, some, view))
    )
    if found is not None:
        return found
    ids = portal.table(kind).ids(start, limit + 1)
    if len(ids) <= limit:
        return None
    ids.pop()
    pieces = told(portal, kind, ids, view)
    if pieces is None:
        shown = fetched(portal, kind, ids, view)
        pieces = [b",".join([bytes(shown[id_]) for id_ in ids])]
    return pieces, ids[-1] + 1


def addressed(
    portal: Portal, kind: ObjectType, name: str, texts: Sequence[bytes], view: render.View
) -> list[bytes] | None:
    """The records of a batch that have these texts in a property that identifies.

    Texts are as `Listed` gives them. None where columns do not tell all of them, or one is named twice.
    """
    telling = _telling(portal, kind, tuple(view.names))
    if telling is None:
        return None
    wanted = column(kind, portal.definitions.all(kind.id)[name])
    return telling.addressed(
        wanted,
        texts,
        render.order(len(texts)),
        lambda some: portal.find(kind, name, some),
        lambda some: fetched(portal, kind, some, view),
    )


def alike(body: bytes, ids: Sequence[str]) -> Alike | None:
    """What reads further bodies that have other ids, for types that have columns."""
    from hubwire.emulator.columnar.bodies import Alike

    return Alike.of(body, ids)


def listed(body: bytes, texts: Sequence[str]) -> Listed | None:
    """The same for other texts."""
    from hubwire.emulator.columnar.bodies import Listed

    return Listed.of(body, texts)


def told_one(portal: Portal, kind: ObjectType, id_: int, view: render.View) -> bytes | None:
    """The same for one."""
    telling = _telling(portal, kind, tuple(view.names))
    return None if telling is None else telling.one(id_)


def _telling(portal: Portal, kind: ObjectType, names: tuple[str, ...]) -> Telling | None:
    """From columns, where there are any."""
    columns = portal.columns.get(kind.id)
    if columns is None:
        return None
    key = ("telling", kind.id, names)
    known: Telling | None = portal.memo.get(key)
    if known is None or not known.current(columns):
        from hubwire.emulator.columnar.telling import Telling

        url = render.url_base(portal.portal_id, kind.id)
        definitions = portal.definitions.all(kind.id)
        known = Telling.of(columns, kind, definitions, names, url) if url else None
        if len(portal.memo) >= MOST:
            portal.memo.clear()
        portal.memo[key] = known
    return known


def fetched(
    portal: Portal, kind: ObjectType, ids: Sequence[int], view: render.View
) -> dict[int, msgspec.Raw]:
    """Those of the ids that live, by id. The view must not ask for history."""
    names, remembered = tuple(view.names), portal.table(kind).remembered
    known = remembered.told(names)
    found = {id_: raw for id_ in ids if (raw := known.get(str(id_))) is not None}
    if len(found) < len(ids):
        missing = [id_ for id_ in ids if id_ not in found]
        found |= remembered.keep(names, _each(portal, kind, missing, names))
    return found


def _each(portal: Portal, kind: ObjectType, ids: Sequence[int], names: tuple[str, ...]) -> dict[int, bytes]:
    """Those of the ids that live, from columns where there are any."""

    def read(some: Sequence[int]) -> dict[int, bytes]:
        return _read(portal, kind, some, names)

    telling = _telling(portal, kind, names)
    told = None if telling is None else telling.each(ids, read)
    return read(ids) if told is None else told


def _read(portal: Portal, kind: ObjectType, ids: Sequence[int], names: tuple[str, ...]) -> dict[int, bytes]:
    decode, times = _reader(kind.id, names, kind.created, kind.modified)
    at = render.url_base(portal.portal_id, kind.id)
    told = {}
    for id_, created, updated, props in portal.table(kind).raw(ids):
        properties = decode(blank(props) if CLEARED in props else props)
        # Both are properties too, written as they are told here.
        born, changed = times(properties)
        url = f"{at}{id_}" if at else render.url(portal.portal_id, kind.id, id_)
        told[id_] = _encode(
            Told(
                str(id_),
                properties,
                born or moments.text(created),
                changed or moments.text(updated),
                False,
                url,
            )
        )
    return told


@lru_cache(maxsize=512)
def _reader(
    type_id: str, names: tuple[str, ...], created: str, modified: str
) -> tuple[Callable[[str | bytes], Any], Callable[[Any], tuple[str | None, str | None]]]:
    """Reads only those properties of a stored document, which are sent in this order; and tells the two."""
    constants = CONSTANTS.get(type_id, {})
    fields = [(f"p{place}", str | None, constants.get(name)) for place, name in enumerate(names)]
    # Names of properties need not be names in Python.
    renamed = {f"p{place}": name for place, name in enumerate(names)}
    shape = msgspec.defstruct("Properties", fields, rename=renamed, gc=False)
    times = attrgetter(f"p{names.index(created)}", f"p{names.index(modified)}")
    return msgspec.json.Decoder(shape).decode, times
