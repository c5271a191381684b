"""What a rule says about a place in the code."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum


class Severity(IntEnum):
    """How bad the thing is, when it is what it looks like."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """The word used in every report: `error`, `warning`, `info`."""
        return self.name.lower()


class Confidence(IntEnum):
    """How sure the checker is that it looked right."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        """The word used in every report: `high`, `medium`, `low`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one file. Lines and columns count from 1; `end_column` is the first one after it."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    note: str = ""
    text: str = ""
    """What stands there, secrets masked; empty until the finding is finished."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes `start..end` of the file by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that removes the finding. A safe one keeps the behaviour of correct programs."""

    summary: str
    edits: tuple[Edit, ...] = ()
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, with enough around it to act on."""

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    place: Place
    message: str
    fix: Fix | None = None
    related: tuple[Place, ...] = ()
    frame: tuple[str, ...] = ()
    """The source lines of the place, secrets masked."""
    mark: tuple[int, int] = (0, 0)
    """Offset and width of the place on the first of them."""
    why: str = ""
    """Why it is bad, in a sentence or two: the rule's reason."""
    fingerprint: str = ""
    suppressed: str | None = None
    """Why it is silenced (the reason of the comment, or `baseline`); None when it counts."""
    strict: bool = field(default=False)
    """Only the `strict` and `audit` profiles show it."""

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sort key: file, place, code."""
        return (self.place.path, self.place.line, self.place.column, self.code)

    def silenced(self, reason: str) -> Finding:
        """The same finding, kept in the report but not counted."""
        return replace(self, suppressed=reason)
