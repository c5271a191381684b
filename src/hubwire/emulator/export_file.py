"""What an export asks for, and the file it makes.

https://developers.hubspot.com/docs/api-reference/crm-exports-v3/guide
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import old_workbook, refusals, spreadsheet
from hubwire.emulator.export_cells import Cells, Wish
from hubwire.emulator.jobs import Job, Worked
from hubwire.emulator.lists import Lists
from hubwire.emulator.planner import find
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import Record
from hubwire.emulator.search import wanted
from hubwire.emulator.shapes import Filter, FilterGroup, Id, SearchBody, Sort

FORMATS, TYPES, INTERNAL = ("CSV", "XLS", "XLSX"), ("VIEW", "LIST"), ("NAMES", "VALUES")
MOST_ASSOCIATED, CHUNK = 4, 500
ZIPPED_FROM_BYTES = 2_000_000
MOST_ROWS = {"CSV": 1_000_000, "XLSX": 1_000_000, "XLS": 65_535}
"""In one file; more come in several, zipped."""
LANGUAGES = (
    "AF_ZA", "AR_EG", "BG", "BN", "CA_ES", "CS", "DA_DK", "DE", "EL_GR", "EN", "EN_GB", "ES", "ES_MX",
    "ET_EE", "FI", "FR", "FR_CA", "HE_IL", "HI_IN", "HR", "HU", "ID", "IT", "JA", "KO_KR",
    "LT_LT", "MS", "NL", "NO", "PL", "PT", "PT_BR", "PT_PT", "RO", "RU", "SK_SK", "SL", "SV", "TH", "TL",
    "TR", "UK", "VI_VN", "ZH_CN", "ZH_HK", "ZH_TW",
)  # fmt: skip
"""The spec's, and the guide's PT. Names of columns are in English whichever is asked for."""


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
    includePrimaryDisplayPropertyForAssociatedObjects: bool | None = None
    includeLabeledAssociations: bool | None = None
    overrideAssociatedObjectsPerDefinitionPerRowLimit: bool | None = None
    listId: Id | None = None
    publicCrmSearchRequest: ExportSearch | None = None

    @property
    def associated(self) -> list[str]:
        given = self.associatedObjectType or []
        return [given] if isinstance(given, str) else given

    @property
    def form(self) -> str:
        return str(self.format).upper()


def checked(portal: Portal, request: Request, now: int) -> ObjectType:
    """Refuses what cannot be exported, in words of ours; returns the type that is."""
    names = ("exportType", "exportName", "format", "objectType", "objectProperties")
    if missing := [name for name in names if not getattr(request, name)]:
        raise refusals.attributes_not_set("PublicExportRequest", missing)
    for name, given, known in (
        ("exportType", str(request.exportType), TYPES),
        ("format", request.form, FORMATS),
        *([("language", request.language.upper(), LANGUAGES)] if request.language else []),
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
    if request.form == "XLS" and _width(request) > old_workbook.COLUMNS:
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
    return 1 + len(request.objectProperties or ()) + 2 * len(request.associated)


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
    cells = Cells(portal, kind, asked_for(request), job.asked.get("zone", "UTC"))
    most, form = MOST_ROWS[request.form], BOOKS.get(request.form, _csv)
    files = [
        form(chain([cells.header()], map(cells.row, _records(portal, kind, ids[start : start + most]))))
        for start in range(0, len(ids) or 1, most)
    ]
    zipped = len(files) > 1 or (request.form == "CSV" and len(files[0]) > ZIPPED_FROM_BYTES)
    result = {"recordCount": len(ids), "zipped": zipped, "book": request.form in BOOKS}
    return Worked(result, _zip(job, request, files) if zipped else files[0])


def asked_for(request: Request) -> Wish:
    """What the columns are to be. One associated type comes with the names of its records unless told
    otherwise (guide)."""
    internal, named = (
        request.exportInternalValuesOptions or (),
        request.includePrimaryDisplayPropertyForAssociatedObjects,
    )
    return Wish(
        properties=request.objectProperties or [],
        associated=request.associated,
        internal_names="NAMES" in internal,
        internal_values="VALUES" in internal,
        named=len(request.associated) == 1 if named is None else named,
        labelled=bool(request.includeLabeledAssociations),
        every_link=bool(request.overrideAssociatedObjectsPerDefinitionPerRowLimit),
    )


def _csv(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _zip(job: Job, request: Request, files: Sequence[bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(files, 1):
            name = f"{job.id}{f'-{number}' if len(files) > 1 else ''}.{request.form.lower()}"
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
