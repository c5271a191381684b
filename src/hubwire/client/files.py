"""Files that go to HubSpot and come from it: import requests, downloads, rows of exports."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hubwire.client.calls import jobs
from hubwire.client.execute import execute
from hubwire.client.judge import error_of
from hubwire.client.kinds import type_id, unique_properties
from hubwire.client.multipart import Part
from hubwire.client.session import Session
from hubwire.errors import ConfigError, ConnectionFailed, NotFound, Problem
from hubwire.wire.flow import Flow, pause, send
from hubwire.wire.message import Reply, Request

Given = str | Path | tuple[str, bytes]
TRIES = 3


def parts(files: Iterable[Given]) -> list[Part]:
    """Paths, or names with contents, as files of a form."""
    found = []
    for given in files:
        if isinstance(given, tuple):
            name, data = given
        else:
            path = Path(given)
            try:
                name, data = path.name, path.read_bytes()
            except OSError as problem:
                raise ConfigError(f"{path} cannot be read: {problem.strerror}") from None
        found.append(Part("files", data, name, "application/octet-stream"))
    if not found:
        raise ConfigError("an import has at least one file")
    return found


def import_request(
    name: str, file: Part, kind: str, columns: Mapping[str, str | None], operation: str, **fields: Any
) -> dict[str, Any]:
    """What HubSpot has to know of one CSV file of records of one type."""
    try:
        header = next(csv.reader(io.StringIO(file.data[:1_000_000].decode("utf-8-sig"))), [])
    except UnicodeDecodeError:
        raise ConfigError(f"{file.file_name} is not UTF-8, which HubSpot's imports expect") from None
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


def _column(kind: str, column: str, name: str | None) -> dict[str, Any]:
    """A column that is not to be imported is named all the same: HubSpot wants every one."""
    found = {"columnObjectTypeId": type_id(kind), "columnName": column, "propertyName": name}
    if name == "hs_object_id":
        return {**found, "columnType": "HUBSPOT_OBJECT_ID"}
    return {**found, "columnType": "HUBSPOT_ALTERNATE_ID"} if name in unique_properties(kind) else found


def download(session: Session, task: str) -> Flow[bytes]:
    """The file of an export. Its address is asked for anew: it is good for five minutes only."""
    found = yield from execute(jobs.export(session.version, task), session)
    if found.status != "COMPLETE" or not found.result:
        told = {"message": f"export {task} has no file: its status is {found.status or 'not told'}"}
        raise NotFound(Problem(404, told))
    return (yield from fetch(session, found.result))


def fetch(session: Session, url: str) -> Flow[bytes]:
    """What is behind an address that needs no token. None is sent: it is somebody else's server."""
    parts = urlsplit(url)
    # As it came, unlike the queries that are made here: it is signed.
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    request = Request("GET", target).to(f"{parts.scheme}://{parts.netloc}", None)
    for attempt in range(1, TRIES + 1):
        try:
            reply: Reply = yield from send(request, session.timeout)
        except ConnectionFailed:
            if attempt == TRIES:
                raise
        else:
            if reply.status < 300:
                return reply.body
            if reply.status < 500 or attempt == TRIES:
                raise error_of(Problem.read(reply.status, reply.body, reply.headers))
        yield from pause(session.retry.base * attempt)
    raise AssertionError("a loop of attempts ends in one of its own ways")


def rows(data: bytes) -> Iterator[dict[str, str]]:
    """Rows of an exported CSV file, zipped (as HubSpot sends large ones) or not."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                if name.lower().endswith(".csv"):
                    with archive.open(name) as member:
                        yield from csv.DictReader(io.TextIOWrapper(member, "utf-8-sig", newline=""))
        return
    yield from csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))


def written(data: bytes, path: Path) -> Path:
    """A file that is whole or not there."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise ConfigError(f"{path} cannot be written: {problem.strerror}") from None
    return path
