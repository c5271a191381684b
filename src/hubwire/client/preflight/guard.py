"""Stands before the writes of one hub: knows the account's schema, and learns from HubSpot's refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hubwire.client.outcomes import Row
from hubwire.client.preflight.check import check
from hubwire.client.preflight.reading import read_shape
from hubwire.client.preflight.shape import Shape
from hubwire.client.session import Session
from hubwire.client.validation import Conditional, Deed, Validation
from hubwire.errors import HubwireError, Invalid, Preflight
from hubwire.wire.flow import Flow

DOUBT = 30.0
"""Seconds after which the schema is read again before anything is refused: an option may have been added."""
BASED_ON = re.compile(r"based on \[([^\],]+)\]")
STALE = {"PROPERTY_DOESNT_EXIST", "INVALID_OPTION", "READ_ONLY_VALUE"}
"""Refusals of HubSpot's that say that what is known here is out of date."""


class Guard:
    """One for each hub."""

    def __init__(self, session: Session, validation: Validation) -> None:
        self._session, self._validation = session, validation
        self._shapes: dict[str, Shape] = {}

    def shape(self, kind: str, *, older: float | None = None) -> Flow[Shape]:
        """What is known of a type, read anew when it is older than that."""
        known = self._shapes.get(kind)
        limit = self._validation.max_age if older is None else min(older, self._validation.max_age)
        if known is None or self._session.now() - known.read_at > limit:
            known = self._shapes[kind] = yield from read_shape(self._session, kind, self._validation)
        return known

    def passed(self, kind: str, sent: Mapping[str, str], deed: Deed) -> Flow[None]:
        """Raises `Preflight` if HubSpot would refuse these values."""
        shape = yield from self.shape(kind)
        problems = check(shape, sent, deed, self._session.version)
        if problems:
            fresh = yield from self.shape(kind, older=DOUBT)
            problems = problems if fresh is shape else check(fresh, sent, deed, self._session.version)
        if problems:
            raise Preflight.of(problems)

    def row(self, shape: Shape, row: Row, deed: Deed) -> Row:
        """The row, if HubSpot would take its values."""
        problems = check(shape, row.values, deed, self._session.version)
        if problems:
            raise Preflight.of(problems, row=row.index)
        return row

    def learn(self, kind: str, error: HubwireError | None, sent: Mapping[str, str]) -> None:
        """A refusal of HubSpot's that was not foreseen."""
        shape = self._shapes.get(kind)
        if shape is None or not isinstance(error, Invalid) or isinstance(error, Preflight):
            return
        for refused in error.properties:
            if refused.code in STALE:
                self._shapes.pop(kind, None)
            elif refused.code == "MISSING_REQUIRED_PROPERTY":
                shape.form.add(refused.name)
            elif refused.code == "MISSING_CONDITIONAL_REQUIRED_PROPERTY":
                based = BASED_ON.search(refused.message)
                value = sent.get(based[1]) if based else None
                if based and value:
                    shape.conditions.append(Conditional(refused.name, based[1], (value,)))

    def forget(self) -> None:
        """Everything is read anew when it is next needed."""
        self._shapes.clear()


def guard_of(session: Session) -> Guard:
    """The session's guard."""
    if session.guard is None:
        session.guard = Guard(session, session.validation or Validation())
    guard: Guard = session.guard
    return guard
