"""Single records and lists. A read that names too many properties for a URL goes through a batch read.

URLs of about 16,000 characters are answered 414; proxies give up earlier.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hubwire.catalogue import load
from hubwire.client.call import Call
from hubwire.client.calls import batches, objects
from hubwire.client.calls.objects import Fields, fields
from hubwire.client.execute import execute
from hubwire.client.identity import identity
from hubwire.client.judge import entry_error
from hubwire.client.records import Page, Record
from hubwire.client.session import Session
from hubwire.errors import NotFound, Problem
from hubwire.wire.flow import Emit, Flow

URL_CHARACTERS = 8_000
SHORT = 500
"""Characters of path and values that cannot become too many, whatever encoding, names and address add."""


__all__ = ("every", "fields", "filled", "get", "identity")


def get(session: Session, kind: str, record_id: str, fields: Fields, by: str | None) -> Flow[Record]:
    """One record."""
    call = objects.read(session.version, kind, record_id, fields, by=by)
    if _fits(call, session):
        return (yield from execute(call, session))
    record = (yield from _batch(session, kind, [record_id], fields, by))[0]
    if fields.associations:
        # A batch read knows nothing of associations.
        bare = msgspec.structs.replace(fields, properties=("hs_object_id",), history=())
        short = yield from execute(objects.read(session.version, kind, record_id, bare, by=by), session)
        record = msgspec.structs.replace(record, _associations=short._associations)
    return record


def every(session: Session, kind: str, fields: Fields, limit: int | None) -> Flow[None]:
    """Emits all records, or the first `limit`, by ascending id."""
    size = load.limits().HISTORY_PAGE if fields.history else load.limits().LIST_PAGE
    longest = objects.page(session.version, kind, fields, size, after="9" * 20)
    long = not _fits(longest, session)
    asked = msgspec.structs.replace(fields, properties=("hs_object_id",), history=()) if long else fields
    left, after = limit, None
    while left is None or left > 0:
        count = size if left is None else min(size, left)
        page: Page = yield from execute(objects.page(session.version, kind, asked, count, after), session)
        records = page.results if left is None else page.results[:left]
        if long and records:
            records = yield from _filled(session, kind, records, fields)
        yield Emit(records)
        left = None if left is None else left - len(page.results)
        after = page.after
        # HubSpot's own pagers stop at an empty page, whatever cursor it brings.
        if after is None or not page.results:
            return


def filled(session: Session, kind: str, records: Sequence[Record], fields: Fields) -> Flow[list[Record]]:
    """The same records with the properties asked for. One deleted in the meantime is left out."""
    return (yield from _filled(session, kind, records, fields))


def _filled(session: Session, kind: str, records: Sequence[Record], fields: Fields) -> Flow[list[Record]]:
    size = load.limits().HISTORY_INPUTS if fields.history else load.limits().BATCH_INPUTS
    found: dict[str, Record] = {}
    for start in range(0, len(records), size):
        ids = [record.id for record in records[start : start + size]]
        answer = yield from execute(batches.read(session.version, kind, ids, fields), session)
        found.update((record.id, record) for record in answer.results)
    return [
        msgspec.structs.replace(found[record.id], _associations=record._associations)
        for record in records
        if record.id in found
    ]


def _batch(
    session: Session, kind: str, ids: Sequence[str], fields: Fields, by: str | None
) -> Flow[list[Record]]:
    answer = yield from execute(batches.read(session.version, kind, ids, fields, by=by), session)
    if answer.results:
        return answer.results
    if answer.errors:
        raise entry_error(answer.errors[0])
    raise NotFound(Problem(404, {"message": "resource not found", "category": "OBJECT_NOT_FOUND"}))


def _fits(call: Call[Page] | Call[Record], session: Session) -> bool:
    request = call.request
    # A character takes twelve at most, encoded.
    plain = len(request.path)
    for _, value in request.query:
        plain += len(value)
    return plain <= SHORT or len(session.base_url) + len(request.target) <= URL_CHARACTERS
