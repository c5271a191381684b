"""Files that go to HubSpot and come from it: import requests, downloads, rows of exports."""

from __future__ import annotations

import codecs
import csv
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from hubwire.client import sources
from hubwire.client.calls import jobs
from hubwire.client.execute import execute
from hubwire.client.judge import error_of
from hubwire.client.kinds import type_id, unique_properties
from hubwire.client.multipart import Part
from hubwire.client.session import Session
from hubwire.client.shapes import Import
from hubwire.client.sources import Given
from hubwire.errors import ConfigError, ConnectionFailed, NotFound, Problem
from hubwire.wire.flow import Flow, do, pause, send
from hubwire.wire.message import Reply, Request

TRIES = 3
LONGEST = 10_000
"""Characters of a column's name, far more than one has."""
HEAD = 1_000_000
"""Bytes among which the names of a CSV file's columns are looked for."""

Target = str | Path | IO[bytes]
Describe = Callable[[list[Part]], Mapping[str, Any]]


def start_import(session: Session, given: Iterable[Given], describe: Describe) -> Flow[Import]:
    """Hands files over, with what `describe` says of them."""
    found = yield from do(lambda: parts(given))
    try:
        told = yield from do(lambda: describe(found))
        boundary = f"hubwire-{session.new_id()}"
        return (yield from execute(jobs.start_import(session.version, told, found, boundary), session))
    finally:
        for part in found:
            if not isinstance(part.data, bytes):
                part.data.close()


def parts(given: Iterable[Given]) -> list[Part]:
    """Files as parts of a form."""
    found = [
        Part("files", source, name, "application/octet-stream") for name, source in map(sources.opened, given)
    ]
    if not found:
        raise ConfigError("an import has at least one file")
    return found


def import_request(
    name: str, file: Part, kind: str, columns: Mapping[str, str | None], operation: str, **fields: Any
) -> dict[str, Any]:
    """What HubSpot has to know of one CSV file of records of one type."""
    try:
        header = next(csv.reader(io.StringIO(_head(file))), [])
    except csv.Error as odd:
        raise ConfigError(f"{file.file_name} does not begin with the names of its columns: {odd}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file.file_name} is not UTF-8, which HubSpot's imports expect") from None
    # The limit of the csv module is the whole process's, and may be another one.
    if any(len(column) > LONGEST for column in header):
        raise ConfigError(
            f"{file.file_name} does not begin with the names of its columns: one has more than {LONGEST:,} "
            "characters"
        )
    strange = [column for column in columns if column not in header]
    if strange:
        raise ConfigError(
            f"{file.file_name} has no column {strange[0]!r}; it has {', '.join(map(repr, header))}"
        )
    return {
        "name": name,
        "importOperations": {type_id(kind): operation},
        "dateFormat": "YEAR_MONTH_DAY",
        "files": [
            {
                "fileName": file.file_name,
                "fileFormat": "CSV",
                "fileImportPage": {
                    "hasHeader": True,
                    "columnMappings": [_column(kind, column, columns.get(column)) for column in header],
                },
            }
        ],
        **fields,
    }


def _head(file: Part) -> str:
    """The beginning of a file; a character at its end that is cut in two is left out."""
    data = file.data[:HEAD] if isinstance(file.data, bytes) else file.data.head(HEAD)
    return codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=len(data) < HEAD)


def _column(kind: str, column: str, name: str | None) -> dict[str, Any]:
    """A column that is not to be imported is named all the same: HubSpot wants every one."""
    found = {"columnObjectTypeId": type_id(kind), "columnName": column, "propertyName": name}
    if name == "hs_object_id":
        return {**found, "columnType": "HUBSPOT_OBJECT_ID"}
    return {**found, "columnType": "HUBSPOT_ALTERNATE_ID"} if name in unique_properties(kind) else found


def download(session: Session, task: str, into: IO[bytes]) -> Flow[None]:
    """Writes the file of an export. Its address is asked for anew: it is good for five minutes only."""
    found = yield from execute(jobs.export(session.version, task), session)
    if found.status != "COMPLETE" or not found.result:
        told = {"message": f"export {task} has no file: its status is {found.status or 'not told'}"}
        raise NotFound(Problem(404, told))
    yield from stream(session, found.result, into)


def fetch(session: Session, url: str) -> Flow[bytes]:
    """What is behind an address that needs no token, whole."""
    into = io.BytesIO()
    yield from stream(session, url, into)
    return into.getvalue()


def stream(session: Session, url: str, into: IO[bytes]) -> Flow[None]:
    """Writes what is behind an address that needs no token. None is sent: it is somebody else's server."""
    parts = urlsplit(url)
    # As it came, unlike the queries that are made here: it is signed.
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    request = Request("GET", target, base=f"{parts.scheme}://{parts.netloc}", into=into.write)
    for attempt in range(1, TRIES + 1):
        into.seek(0)
        into.truncate()
        try:
            reply: Reply = yield from send(request, session.timeout)
        except ConnectionFailed:
            if attempt == TRIES:
                raise
        else:
            if reply.status < 300:
                into.write(reply.body)
                into.seek(0)
                return
            if reply.status < 500 or attempt == TRIES:
                raise error_of(Problem.read(reply.status, reply.body, reply.headers))
        yield from pause(session.retry.base * attempt)
    raise AssertionError("a loop of attempts ends in one of its own ways")


def content(session: Session, task: str) -> Flow[bytes]:
    """The file of an export, whole."""
    into = io.BytesIO()
    yield from download(session, task, into)
    return into.getvalue()


def kept(session: Session, task: str) -> Flow[IO[bytes]]:
    """The file of an export, on disk until it is closed."""
    into = yield from do(tempfile.TemporaryFile)
    try:
        yield from download(session, task, into)
    except BaseException:
        into.close()
        raise
    return into


def saved(session: Session, task: str, to: Target) -> Flow[None]:
    """Writes the file of an export to a path, where nothing is before all of it is, or to an open file."""
    if not isinstance(to, str | Path):
        with (yield from kept(session, task)) as whole:
            yield from do(lambda: shutil.copyfileobj(whole, to, sources.PIECE))
        return
    path = Path(to)
    beside = path.with_name(f".{path.name}.part")
    file = yield from do(lambda: _opened(beside, path))
    try:
        with file:
            yield from download(session, task, file)
        yield from do(lambda: _moved(beside, path))
    finally:
        beside.unlink(missing_ok=True)


def _opened(beside: Path, path: Path) -> IO[bytes]:
    try:
        return beside.open("wb")
    except OSError as problem:
        raise ConfigError(f"{path} cannot be written: {problem.strerror}") from None


def _moved(beside: Path, path: Path) -> None:
    try:
        beside.replace(path)
    except OSError as problem:
        raise ConfigError(f"{path} cannot be written: {problem.strerror}") from None


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, a part at a time."""
    with file:
        while piece := file.read(sources.PIECE):
            yield piece


def rows(file: IO[bytes]) -> Iterator[dict[str, str]]:
    """Rows of an exported CSV file, zipped (as HubSpot sends large ones) or not."""
    with file:
        zipped = file.read(2) == b"PK"
        file.seek(0)
        if not zipped:
            yield from _rows(file)
            return
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.lower().endswith(".csv"):
                    with archive.open(name) as member:
                        yield from _rows(member)


def _rows(file: IO[bytes]) -> Iterator[dict[str, str]]:
    with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        yield from csv.DictReader(text)
