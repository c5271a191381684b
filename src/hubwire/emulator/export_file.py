"""What an export asks for, and the file it makes.

https://developers.hubspot.com/docs/api-reference/crm-exports-v3/guide. Names of columns beyond the
properties' own are assumed.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.emulator import old_workbook, refusals, spreadsheet
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.jobs import Job, Worked
from hubwire.emulator.lists import Lists
from hubwire.emulator.planner import find
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import Record
from hubwire.emulator.search import wanted
from hubwire.emulator.shapes import Filter, FilterGroup, Id, SearchBody, Sort

FORMATS, TYPES, INTERNAL = ("CSV", "XLS", "XLSX"), ("VIEW", "LIST"), ("NAMES", "VALUES")
MOST_ASSOCIATED, MOST_LINKS, CHUNK = 4, 1_000, 500
ZIPPED_FROM_BYTES, ZIPPED_FROM_ROWS = 2_000_000, 1_000_000


BOOKS: dict[str, Callable[[Iterable[list[str]]], bytes]] = {
    "XLS": old_workbook.written,
    "XLSX": spreadsheet.written,
}


class ExportFilter(Filter):
    property: str | None = None
    """The guide's name for `propertyName`."""


class ExportSort(msgspec.Struct):
    propertyName: str
    order: str | None = None
    direction: str | None = None


class ExportGroup(msgspec.Struct):
    filters: list[ExportFilter] | None = None


class ExportSearch(msgspec.Struct):
    query: str | None = None
    filters: list[ExportFilter] | None = None
    filterGroups: list[ExportGroup] | None = None
    sorts: list[str | ExportSort] | None = None


class Request(msgspec.Struct):
    exportType: str | None = None
    exportName: str | None = None
    format: str | None = None
    language: str | None = None
    objectType: str | None = None
    objectProperties: list[str] | None = None
    associatedObjectType: str | list[str] | None = None
    exportInternalValuesOptions: list[str] | None = None
    overrideAssociatedObjectsPerDefinitionPerRowLimit: bool | None = None
    listId: Id | None = None
    publicCrmSearchRequest: ExportSearch | None = None

    @property
    def associated(self) -> list[str]:
        given = self.associatedObjectType or []
        return [given] if isinstance(given, str) else given


def checked(portal: Portal, request: Request, now: int) -> ObjectType:
    """Refuses what cannot be exported, in words of ours; returns the type that is."""
    names = ("exportType", "exportName", "format", "objectType", "objectProperties")
    if missing := [name for name in names if not getattr(request, name)]:
        raise refusals.attributes_not_set("PublicExportRequest", missing)
    for name, given, known in (
        ("exportType", str(request.exportType), TYPES),
        ("format", str(request.format).upper(), FORMATS),
        *(
            ("exportInternalValuesOptions", each, INTERNAL)
            for each in request.exportInternalValuesOptions or ()
        ),
    ):
        if given not in known:
            raise refusals.validation(f"{given} is not a known {name}; known are {', '.join(known)}")
    kind = portal.kind(str(request.objectType))
    if len(request.associated) > MOST_ASSOCIATED:
        raise refusals.validation(f"An export takes at most {MOST_ASSOCIATED} associated object types")
    for other in request.associated:
        portal.kind(other)
    if str(request.format).upper() == "XLS" and _width(request) > old_workbook.COLUMNS:
        raise refusals.validation(f"An XLS file has at most {old_workbook.COLUMNS} columns")
    for name in request.objectProperties or ():
        if portal.definitions.get(kind.id, name) is None:
            raise refusals.validation(f'Property "{name}" does not exist')
    if request.exportType == "LIST":
        if request.listId is None:
            raise refusals.attributes_not_set("PublicExportListRequest", ["listId"])
        if Lists(portal, now).live(str(request.listId)).type != kind.id:
            raise refusals.validation(f"The list {request.listId} is not of objects of type {kind.id}")
    else:
        wanted(portal, kind, search_body(request))
    return kind


def _width(request: Request) -> int:
    return 1 + len(request.objectProperties or ()) + len(request.associated)


def search_body(request: Request) -> SearchBody:
    """The search of a VIEW as a search of records."""
    asked = request.publicCrmSearchRequest or ExportSearch()
    groups = [asked.filters] if asked.filters else []
    groups += [group.filters for group in asked.filterGroups or () if group.filters]
    for item in (item for group in groups for item in group):
        item.propertyName = item.propertyName or item.property
    sorts: list[str | Sort] = [
        each if isinstance(each, str) else Sort(each.propertyName, _direction(each))
        for each in asked.sorts or ()
    ]
    body = [FilterGroup(list(group)) for group in groups]
    return SearchBody(filterGroups=body, sorts=sorts, query=asked.query)


def _direction(sort: ExportSort) -> str:
    given = (sort.order or sort.direction or "ASC").upper()
    return "DESCENDING" if given.startswith("DES") else "ASCENDING"


def work(portal: Portal, job: Job, payload: bytes, at: int) -> Worked:
    """The file as of when the export is done."""
    del payload
    request = msgspec.convert(job.asked["sent"], Request)
    kind = portal.kind(str(request.objectType))
    ids = _ids(portal, kind, request, at)
    rows = chain(
        [_header(portal, kind, request)],
        (_row(portal, kind, request, record) for record in _records(portal, kind, ids)),
    )
    if (form := str(request.format).upper()) in BOOKS:
        return Worked({"recordCount": len(ids), "zipped": False, "book": True}, BOOKS[form](rows))
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    data = text.getvalue().encode()
    zipped = len(data) > ZIPPED_FROM_BYTES or len(ids) > ZIPPED_FROM_ROWS
    if zipped:
        data = _zip(f"{job.id}.csv", data)
    return Worked({"recordCount": len(ids), "zipped": zipped}, data)


def _zip(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # With a date of its own, so that the same export is the same file.
        archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _ids(portal: Portal, kind: ObjectType, request: Request, at: int) -> list[int]:
    if request.exportType == "LIST":
        lists = Lists(portal, at)
        rows = lists.page(lists.live(str(request.listId)), "1 ORDER BY record", (), -1)
        return [record for record, _ in rows]
    live = portal.table(kind).state()[0]
    return find(portal, kind, wanted(portal, kind, search_body(request)), live).ids


def _records(portal: Portal, kind: ObjectType, ids: Sequence[int]) -> Iterator[Record]:
    for start in range(0, len(ids), CHUNK):
        yield from portal.table(kind).in_order(ids[start : start + CHUNK])


def _header(portal: Portal, kind: ObjectType, request: Request) -> list[str]:
    """Labels, or internal names if those are asked for."""
    internal = "NAMES" in (request.exportInternalValuesOptions or ())
    definitions = portal.definitions.all(kind.id)
    names = [name if internal else definitions[name].label for name in request.objectProperties or ()]
    others = [portal.kind(other).singular.replace("_", " ").title() for other in request.associated]
    return ["Record ID", *names, *(f"Associated {other} IDs" for other in others)]


def _row(portal: Portal, kind: ObjectType, request: Request, record: Record) -> list[str]:
    internal = "VALUES" in (request.exportInternalValuesOptions or ())
    definitions, constants = portal.definitions.all(kind.id), CONSTANTS.get(kind.id, {})
    cells = [str(record.id)]
    for name in request.objectProperties or ():
        stored = record.props.get(name, constants.get(name, ""))
        if name == "hs_object_id":
            stored = str(record.id)
        cells.append(stored if internal else _labelled(definitions[name], stored))
    return cells + [_linked(portal, kind, record, other, request) for other in request.associated]


def _labelled(definition: Property, stored: str) -> str:
    labels = {option.value: option.label for option in definition.options}
    if definition.type != "enumeration" or not labels:
        return stored
    return ";".join(labels.get(part, part) for part in stored.split(";"))


def _linked(portal: Portal, kind: ObjectType, record: Record, other: str, request: Request) -> str:
    target = portal.kind(other)
    edges: dict[int, Any] = {edge.to: edge for edge in portal.edges.of(End(kind.id, record.id), target.id)}
    there = sorted(portal.table(target).existing(edges))
    limited = there if request.overrideAssociatedObjectsPerDefinitionPerRowLimit else there[:MOST_LINKS]
    return ";".join(str(number) for number in limited)
