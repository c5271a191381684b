"""What an import asks for: operations, files, and what each column means.

https://developers.hubspot.com/docs/api-reference/crm-imports-v3/guide
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hubwire.emulator import refusals
from hubwire.emulator.portal import Portal

OPERATIONS = ("CREATE", "UPDATE", "UPSERT")
DATES = ("MONTH_DAY_YEAR", "DAY_MONTH_YEAR", "YEAR_MONTH_DAY")
COLUMNS = (
    "STANDARD", "HUBSPOT_OBJECT_ID", "HUBSPOT_ALTERNATE_ID", "FLEXIBLE_ASSOCIATION_LABEL", "ASSOCIATION_KEYS",
    "EVENT_TIMESTAMP",
)  # fmt: skip
UNBUILT = ("EVENT_TIMESTAMP",)


class ForeignKey(msgspec.Struct):
    associationTypeId: int
    associationCategory: str = "HUBSPOT_DEFINED"


class ColumnMapping(msgspec.Struct):
    """One column; the older names of two fields are taken as well."""

    columnName: str | None = None
    columnObjectTypeId: str | None = None
    columnObjectType: str | None = None
    propertyName: str | None = None
    columnType: str | None = None
    idColumnType: str | None = None
    toColumnObjectTypeId: str | None = None
    toColumnObjectType: str | None = None
    foreignKeyType: ForeignKey | None = None
    associationIdentifierColumn: bool | None = None
    ignored: bool | None = None

    @property
    def type(self) -> str:
        return self.columnObjectTypeId or self.columnObjectType or ""

    @property
    def to_type(self) -> str | None:
        return self.toColumnObjectTypeId or self.toColumnObjectType

    @property
    def kind(self) -> str:
        return self.columnType or self.idColumnType or "STANDARD"

    @property
    def identifies(self) -> bool:
        return self.kind in ("HUBSPOT_OBJECT_ID", "HUBSPOT_ALTERNATE_ID")

    @property
    def names_other(self) -> bool:
        """Whether its cells name a record of another type, or several, to be associated."""
        return self.foreignKeyType is not None or bool(
            self.to_type and self.kind != "FLEXIBLE_ASSOCIATION_LABEL"
        )


class Page(msgspec.Struct):
    hasHeader: bool = True
    columnMappings: list[ColumnMapping] = []


class File(msgspec.Struct):
    fileName: str
    fileFormat: str = "CSV"
    fileImportPage: Page = msgspec.field(default_factory=Page)
    dateFormat: str | None = None


class Request(msgspec.Struct):
    name: str | None = None
    files: list[File] = []
    importOperations: dict[str, str] = {}
    dateFormat: str = "MONTH_DAY_YEAR"
    timeZone: str | None = None
    marketableContactImport: bool | None = None
    createContactListFromImport: bool | None = None


def checked(portal: Portal, request: Request) -> list[str]:
    """Refuses what cannot be imported, in words of ours; returns the ids of the types that are."""
    if not request.name or not request.files:
        missing = [name for name in ("name", "files") if not getattr(request, name)]
        raise refusals.attributes_not_set("PublicImportRequest", missing)
    for given in request.importOperations.values():
        _one_of("importOperations", given, OPERATIONS)
    _one_of("dateFormat", request.dateFormat, DATES)
    found: dict[str, None] = {}
    for file in request.files:
        _one_of("fileFormat", file.fileFormat, ("CSV", "SPREADSHEET"))
        if not file.fileImportPage.columnMappings:
            raise refusals.attributes_not_set("FileImportPage", ["columnMappings"])
        for column in file.fileImportPage.columnMappings:
            _one_of("columnType", column.kind, COLUMNS)
            if column.ignored:
                continue
            if column.type:
                found[portal.kind(column.type).id] = None
            elif column.propertyName:
                raise refusals.attributes_not_set("ColumnMapping", ["columnObjectTypeId"])
    for spelling in request.importOperations:
        portal.kind(spelling)
    return list(found)


def mapped_properties(portal: Portal, request: Request) -> Iterator[tuple[str, str]]:
    """The type id and the name of each property that a column goes to."""
    for file in request.files:
        for column in file.fileImportPage.columnMappings:
            if column.type and column.propertyName and not column.ignored:
                yield portal.kind(column.type).id, column.propertyName


def spreadsheets(request: Request) -> list[str]:
    """Names of the files that are workbooks."""
    return [file.fileName for file in request.files if file.fileFormat == "SPREADSHEET"]


def unbuilt(request: Request) -> str | None:
    """The part of the request that the emulator does not do."""
    columns = [column for file in request.files for column in file.fileImportPage.columnMappings]
    kinds = [column.kind for column in columns if column.kind in UNBUILT]
    return f"columns of type {kinds[0]} in imports" if kinds else None


def _one_of(name: str, given: Any, known: tuple[str, ...]) -> None:
    if given not in known:
        raise refusals.validation(f"{given} is not a known {name}; known are {', '.join(known)}")
