"""Carries out an import: each row of each file becomes records, and associations between them.

https://developers.hubspot.com/docs/api-reference/crm-imports-v3/guide. A value that cannot be read is left
out and told in the errors; a row without a usable identifier is not imported at all.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import import_values, spreadsheet
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import Source
from hubwire.emulator.import_request import ColumnMapping, File, Request
from hubwire.emulator.intake import clashes, draft, record_id, unique_names
from hubwire.emulator.jobs import DONE, FAILED, Job, Worked
from hubwire.emulator.list_filters import IMPORTED
from hubwire.emulator.lists import Listed, Lists
from hubwire.emulator.portal import Change, Create, Link, Portal, Update
from hubwire.emulator.records import Record
from hubwire.emulator.rules import Edition

Cells = list[tuple[int, ColumnMapping, str]]
COUNTED = (
    "TOTAL_ROWS", "CREATED_OBJECTS", "UPDATED_OBJECTS", "PROPERTY_VALUES_EMITTED", "UNIQUE_OBJECTS_WRITTEN",
    "ERRORS",
)  # fmt: skip
NOT_WRITTEN = ("HUBSPOT_OBJECT_ID", "FLEXIBLE_ASSOCIATION_LABEL", "ASSOCIATION_KEYS")


def work(portal: Portal, job: Job, payload: bytes, at: int) -> Worked:
    """Everything at once, as of when it is done."""
    request = msgspec.convert(job.asked["sent"], Request)
    files: dict[str, bytes] = msgspec.msgpack.decode(payload, type=dict[str, bytes])
    run = Importer(portal, request, job, at)
    for number, file in enumerate(request.files, 1):
        run.file(number, file, files[file.fileName])
    run.associate_files()
    run.associate_alike()
    listed = run.contact_list() if request.createContactListFromImport else []
    run.note_written()
    counters = {name: run.counters[name] for name in COUNTED if run.counters[name]}
    return Worked({"counters": counters, "lists": listed}, None, run.errors, FAILED if run.broken else DONE)


def rows_of(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, each with the line it begins in; blank lines are none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    reader, line = csv.reader(io.StringIO(text, newline="")), 1
    for row in reader:
        if any(row):
            yield line, row
        line = reader.line_num + 1


class Importer:
    """One import while it runs."""

    def __init__(self, portal: Portal, request: Request, job: Job, at: int) -> None:
        self.portal, self.request, self.job, self.at = portal, request, job, at
        self.counters: Counter[str] = Counter()
        self.errors: list[dict[str, Any]] = []
        self.broken = False
        self.operations = {portal.kind(name).id: what for name, what in request.importOperations.items()}
        self.zone = _zone(request.timeZone)
        self.order = request.dateFormat
        self._kinds: dict[str, ObjectType] = {}
        self._written: set[tuple[str, int]] = set()
        self._keys: dict[tuple[str, str], int] = {}
        self._foreign: list[tuple[End, str, ColumnMapping]] = []
        self._alike: list[tuple[End, str, Cells]] = []
        self._row: dict[str, Any] = {}

    def file(self, number: int, file: File, data: bytes) -> None:
        """All rows of one file."""
        columns = file.fileImportPage.columnMappings
        self.order = file.dateFormat or self.request.dateFormat
        self._row = {"rowData": [], "lineNumber": 0, "fileId": self.job.id * 10 + number}
        try:
            rows = self._rows(file, data)
        except spreadsheet.Unreadable:
            self._fail("INVALID_FILE_TYPE", "The file is not an Excel workbook")
            return
        for place, (line, row) in enumerate(rows):
            if place == 0 and file.fileImportPage.hasHeader:
                if len(row) != len(columns):
                    self._fail(
                        "INCORRECT_NUMBER_OF_COLUMNS",
                        f"{len(columns)} of the file's {len(row)} columns are mapped",
                    )
                    return
                columns = in_order_of(row, columns)
                continue
            self._row = {"rowData": row, "lineNumber": line, "fileId": self.job.id * 10 + number}
            self.counters["TOTAL_ROWS"] += 1
            if len(row) != len(columns):
                self.error(
                    "INCORRECT_NUMBER_OF_COLUMNS", f"The row has {len(row)} columns, not {len(columns)}"
                )
                continue
            cells = enumerate(zip(columns, row, strict=True))
            self.row([(n, column, cell) for n, (column, cell) in cells if not column.ignored])

    def _fail(self, kind: str, message: str) -> None:
        """Notes what is wrong with the file at hand as a whole: line 0."""
        self.broken = True
        self.error(kind, message)

    def _rows(self, file: File, data: bytes) -> Iterable[tuple[int, list[str]]]:
        if file.fileFormat == "SPREADSHEET":
            return list(spreadsheet.rows_of(data, self.order))
        return rows_of(data)

    def row(self, cells: Cells) -> None:
        """One record of each type that the columns name, associated with each other."""
        by_type: dict[str, Cells] = {}
        for cell in cells:
            if named := cell[1].type:
                by_type.setdefault(self._kind(named).id, []).append(cell)
        made: list[End] = []
        for type_id, own in by_type.items():
            record = self.record(self._kind(type_id), own)
            if record is not None:
                made.append(End(type_id, record.id))
                self._remember(made[-1], own)
                self._alike += [
                    (made[-1], cell, cells)
                    for _, column, cell in own
                    if column.kind == "ASSOCIATION_KEYS" and cell.strip()
                ]
        for end, other in combinations(made, 2):
            self.apply([Link(end, other, self._labels(cells, end, other))])

    def _kind(self, named: str) -> ObjectType:
        """Of a type as columns name it."""
        known = self._kinds.get(named)
        if known is None:
            known = self._kinds[named] = self.portal.kind(named)
        return known

    def record(self, kind: ObjectType, cells: Cells) -> Record | None:
        """The record that these cells make or change."""
        properties, key = self._values(kind, cells)
        if not properties and key is None:
            return None
        record = self._existing(kind, key) if key else None
        if key and key[0] == "hs_object_id" and record is None:
            self.error("INVALID_OBJECT_ID", f"No record has the id {key[1]}", kind, value=key[1])
            return None
        operation = self.operations.get(kind.id, "UPSERT")
        if operation == "CREATE" and record is not None:
            self.error("CREATE_ONLY_IMPORT", "The record exists already", kind)
            return None
        if operation == "UPDATE" and record is None:
            self.error("UPDATE_ONLY_IMPORT", "The record does not exist", kind)
            return None
        return self._write(kind, properties, record, key, cells)

    def _write(
        self,
        kind: ObjectType,
        properties: dict[str, str],
        record: Record | None,
        key: tuple[str, str] | None,
        cells: Cells,
    ) -> Record | None:
        new = draft(self.portal, kind, properties, Edition("v3", self.at), record)
        for name, code, message in new.checked.problems:
            place = next((n for n, column, _ in cells if column.propertyName == name), None)
            wrong = import_values.TYPES.get(code, "FAILED_VALIDATION")
            self.error(wrong, message, kind, properties[name], place)
        if new.checked.problems:
            bad = {name for name, _, _ in new.checked.problems}
            if key and key[0] in bad:
                return None
            properties = {name: text for name, text in properties.items() if name not in bad}
            new = draft(self.portal, kind, properties, Edition("v3", self.at), record)
        # That no record has this value was looked up just now.
        free = key if record is None and key and new.checked.values.get(key[0]) == key[1] else None
        for refusal in clashes(self.portal, kind, [new], free).values():
            self.error("DUPLICATE_UNIQUE_PROPERTY_VALUE", refusal.message, kind)
            return None
        values = new.checked.values
        self.counters["PROPERTY_VALUES_EMITTED"] += len(values)
        if kind.id == "0-1" and self.request.marketableContactImport is not None:
            # Read-only for everybody else: https://knowledge.hubspot.com/records/marketing-contacts
            values = {**values, "hs_marketable_status": str(self.request.marketableContactImport).lower()}
        if record is None:
            change: Change = Create(kind, {name: text for name, text in values.items() if text})
        else:
            change = Update(kind, record, values)
        done = self.apply([change])
        self.counters["UPDATED_OBJECTS" if record else "CREATED_OBJECTS"] += 1
        self._written.add((kind.id, done.id))
        self.counters["UNIQUE_OBJECTS_WRITTEN"] = len(self._written)
        return done

    def apply(self, changes: Sequence[Change]) -> Record:
        done = self.portal.apply(changes, at=self.at, source=Source("IMPORT", str(self.job.id)))
        return (done.created or done.updated or [Record(0, 0, 0, {})])[0]

    def error(
        self,
        kind: str,
        message: str,
        of: ObjectType | None = None,
        value: str | None = None,
        column: int | None = None,
    ) -> None:
        """Notes what is wrong with the row at hand; columns are counted from 0."""
        found: dict[str, Any] = {"errorType": kind, "errorMessage": message, "sourceData": dict(self._row)}
        if of is not None:
            found |= {"objectType": of.upper, "objectTypeId": of.id}
        if value is not None:
            found |= {"invalidValue": value, "invalidValueToDisplay": value}
        if column is not None:
            found["knownColumnNumber"] = column
        self.errors.append(found)
        self.counters["ERRORS"] += 1

    # Cells

    def _values(self, kind: ObjectType, cells: Cells) -> tuple[dict[str, str], tuple[str, str] | None]:
        """Values to write, and the property and value that tell which record is meant."""
        properties: dict[str, str] = {}
        key: tuple[str, str] | None = None
        definitions = self.portal.definitions.all(kind.id)
        for place, column, cell in cells:
            name = column.propertyName
            if not cell.strip() or column.names_other:
                continue
            what = column.kind
            if what == "HUBSPOT_OBJECT_ID":
                key = ("hs_object_id", cell.strip())
            if not name or what in NOT_WRITTEN:
                continue
            definition = definitions.get(name)
            if definition is None:
                said = f'Property "{name}" does not exist'
                self.error("PROPERTY_DEFINITION_NOT_FOUND", said, kind, cell, place)
                continue
            text = import_values.value(definition, cell, self.order, self.zone)
            if text is None:
                said = f"{cell} is no date of the form {self.order}"
                self.error("COULD_NOT_PARSE_DATE", said, kind, cell, place)
                continue
            properties[name] = text
            if what == "HUBSPOT_ALTERNATE_ID" and key is None:
                key = (name, text)
        if key is None and kind.id == "0-1" and properties.get("email"):
            key = ("email", properties["email"])
        return properties, key

    def _existing(self, kind: ObjectType, key: tuple[str, str]) -> Record | None:
        name, text = key
        number = record_id(text) if name == "hs_object_id" else self.portal.find(kind, name, [text]).get(text)
        return self.portal.table(kind).fetch([number]).get(number) if number is not None else None

    def _labels(self, cells: Cells, end: End, other: End) -> tuple[Any, ...]:
        """Association types named in a label column between the two types."""
        found: dict[int, Any] = {}
        for _, column, cell in cells:
            if column.kind != "FLEXIBLE_ASSOCIATION_LABEL" or not cell.strip() or not column.to_type:
                continue
            here, there = self.portal.kind(column.type).id, self.portal.kind(column.to_type).id
            if {here, there} != {end.type, other.type}:
                continue
            for label in filter(None, map(str.strip, cell.split(";"))):
                known = [t for t in self.portal.relations.types(end.type, other.type) if _is(t.label, label)]
                for one in known:
                    found[one.id] = one
                if not known:
                    self.error("ASSOCIATION_LABEL_NOT_FOUND", f"There is no label {label}", None, label)
        return tuple(found.values())

    # Between files

    def _remember(self, end: End, cells: Cells) -> None:
        for _, column, cell in cells:
            if not cell.strip():
                continue
            if column.names_other:
                self._foreign.append((end, cell, column))
            elif column.identifies or column.associationIdentifierColumn:
                self._keys[end.type, cell.strip().casefold()] = end.id

    def associate_files(self) -> None:
        """Associations by a column that another file has too, or that names records by their id."""
        for end, cell, column in self._foreign:
            to_type, types = self._leading(end, column)
            for text in filter(None, map(str.strip, cell.split(";"))):
                target = self._keys.get((to_type or "", text.casefold()))
                if target is None and to_type is not None:
                    target = self._named(self.portal.kind(to_type), text)
                if target is None or to_type is None:
                    said = f"No record to associate for {text}"
                    self.error("ASSOCIATION_RECORD_NOT_FOUND", said, None, text)
                else:
                    self.apply([Link(end, End(to_type, target), types)])

    def _leading(self, end: End, column: ColumnMapping) -> tuple[str | None, tuple[Any, ...]]:
        """The type that a column's records are of, and the association types; none is the plain one."""
        to_type = self.portal.kind(column.to_type).id if column.to_type else None
        key, relations = column.foreignKeyType, self.portal.relations
        if key is None:
            return to_type, ()
        known = relations.type(key.associationCategory, key.associationTypeId)
        if known is not None and known.from_type != end.type:
            known = relations.type(known.category, known.inverse)
        if known is None or known.from_type != end.type or to_type not in (None, known.to_type):
            return None, ()
        return known.to_type, (known,)

    def associate_alike(self) -> None:
        """Associations between records of one type, which a column names by id or by a unique value."""
        for end, cell, cells in self._alike:
            kind = self.portal.kind(end.type)
            for text in filter(None, map(str.strip, cell.split(";"))):
                target = self._named(kind, text)
                if target is None or target == end.id:
                    self.error(
                        "ASSOCIATION_RECORD_NOT_FOUND", f"No record to associate for {text}", kind, text
                    )
                else:
                    other = End(kind.id, target)
                    self.apply([Link(end, other, self._labels(cells, end, other))])

    def _named(self, kind: ObjectType, text: str) -> int | None:
        """The live record with that id or, failing that, with that value in a property that identifies it."""
        number = record_id(text)
        if number is not None and self.portal.table(kind).existing([number]):
            return number
        domain = ("domain",) if kind.id == "0-2" else ()
        for name in (*unique_names(self.portal, kind), *domain):
            if found := self.portal.find(kind, name, [text]):
                return found[text]
        return None

    def note_written(self) -> None:
        """Keeps which records came of it: lists may filter by that."""
        ids: dict[str, list[int]] = {}
        for type_id, number in sorted(self._written):
            ids.setdefault(type_id, []).append(number)
        for type_id, numbers in ids.items():
            self.portal.drawer.put(IMPORTED, str(self.job.id), type_id, numbers)

    def contact_list(self) -> list[dict[str, str]]:
        """A list of the contacts that were imported."""
        lists = Lists(self.portal, self.at)
        name = self.request.name or ""
        if lists.named(name) is not None:
            name = f"{name} ({self.job.id})"
        made = lists.new(
            Listed(
                0, name, "0-1", "SNAPSHOT", 1, self.at, self.at, None, str(self.job.app), str(self.job.app)
            )
        )
        lists.edit(made, [str(number) for type_id, number in sorted(self._written) if type_id == "0-1"], [])
        return [{"listId": str(made.id), "objectType": "CONTACT"}]


def in_order_of(header: Sequence[str], columns: list[ColumnMapping]) -> list[ColumnMapping]:
    """The mappings as the file's columns stand, if the names tell; as they were sent otherwise."""
    by_name = {(column.columnName or "").strip(): column for column in columns}
    found = [by_name[name.strip()] for name in header if name.strip() in by_name]
    return found if len(found) == len(by_name) == len(columns) else columns


def _is(label: str | None, given: str) -> bool:
    return label is not None and label.casefold() == given.casefold()


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def count_rows(files: Mapping[str, bytes]) -> int:
    """How many lines the largest file has."""
    return max((data.count(b"\n") for data in files.values()), default=0)
