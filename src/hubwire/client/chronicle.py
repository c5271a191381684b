"""Reads the journal from one place to its end."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from hubwire.client.calls import apps
from hubwire.client.execute import execute
from hubwire.client.files import fetch
from hubwire.client.session import Session
from hubwire.client.shapes import JournalFile
from hubwire.errors import Problem, UnexpectedAnswer
from hubwire.wire.flow import Emit, Flow

PIECES = 100


class Told(NamedTuple):
    """One event of the journal."""

    event: dict[str, Any]
    offset: str | None
    """Where to go on once this event is dealt with: None within a piece, which is only known as a whole."""


def only(found: list[JournalFile]) -> JournalFile | None:
    """The one there is, if any."""
    return found[0] if found else None


def content(session: Session, file: JournalFile) -> Flow[dict[str, Any]]:
    """A piece, from where it is kept."""
    data = yield from fetch(session, file.url)
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except msgspec.DecodeError as fault:
        told = {"message": f"the journal's piece {file.current_offset} is not JSON ({fault})"}
        raise UnexpectedAnswer(Problem(200, told)) from None


def events(session: Session, after: str | None, portal: int | None) -> Flow[None]:
    """Emits all events; ends where nothing newer is."""
    while True:
        where = "earliest" if after is None else "next"
        call = apps.journal(session.version, where, after, PIECES, portal)
        pieces = yield from execute(call, session)
        for piece in pieces:
            told = (yield from content(session, piece)).get("journalEvents") or []
            offsets = [None] * (len(told) - 1) + [piece.current_offset]
            yield Emit([Told(event, offset) for event, offset in zip(told, offsets, strict=False)])
            after = piece.current_offset
        if not pieces:
            return
