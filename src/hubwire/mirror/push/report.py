"""The account of a push: what became of every row, and what it cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubwire.mirror.push.layout import LeftOut
from hubwire.mirror.push.parts import Unusable
from hubwire.mirror.push.rounds import Verdict
from hubwire.mirror.push.states import State
from hubwire.mirror.push.table import Row

if TYPE_CHECKING:
    from hubwire.client.plan import Plan


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row of which something was not written."""

    line: int
    object: str
    key: str
    reason: str
    cells: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {"line": self.line, "object": self.object, "key": self.key, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes, or would change."""

    line: int
    object: str
    key: str
    action: str
    properties: dict[str, tuple[str | None, str]]
    """Property → (before, after)."""

    def as_dict(self) -> dict[str, Any]:
        changes = {name: {"from": old, "to": new} for name, (old, new) in self.properties.items()}
        return {
            "line": self.line,
            "object": self.object,
            "key": self.key,
            "action": self.action,
            "properties": changes,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that was read back otherwise than it was written."""

    object: str
    id: str
    key: str
    property: str
    written: str | None
    found: str | None

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass
class Tally:
    """Rows (or records) by what became of them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    def add(self, action: str) -> None:
        setattr(self, action, getattr(self, action) + 1)

    @property
    def settled(self) -> int:
        return self.created + self.updated + self.unchanged + self.refused

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("created", "updated", "unchanged", "refused")}

    @classmethod
    def of(cls, states: Iterable[State]) -> Tally:
        """Records by the most that was done to them."""
        tally = cls()
        for state in states:
            if len(state.ids) == 1:
                tally.add(state.action)
            elif state.ids or state.refused:
                tally.refused += 1
        return tally


@dataclass
class Associated:
    """What became of one associated object type: its records, and the rows that could not have one."""

    object: str
    key: str
    records: Tally = field(default_factory=Tally)
    rows_refused: int = 0
    """Rows written without this association, each of them among the refusals."""
    links_made: int = 0
    links_there: int = 0


@dataclass
class Usage:
    """What the push cost, and what is left of the quota."""

    calls: int = 0
    batches: int = 0
    refused_429: int = 0
    retries: int = 0
    burst_remaining: int | None = None
    burst_max: int | None = None
    daily_remaining: int | None = None

    def as_dict(self) -> dict[str, Any]:
        left = {"burst": self.burst_remaining, "burst_of": self.burst_max, "daily": self.daily_remaining}
        return {
            "calls": self.calls,
            "batches": self.batches,
            "quota_left": left,
            "refused_429": self.refused_429,
            "retries": self.retries,
        }


@dataclass
class Report:
    """Grows while a push runs, so that it is true whenever the push ends, by itself or not."""

    file: str
    object: str
    key: str
    columns: dict[str, str]
    left_out: tuple[LeftOut, ...]
    rows_in: int
    portal_id: int | None = None
    dry_run: bool = False
    tally: Tally = field(default_factory=Tally)
    associated: dict[str, Associated] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    """Kept only by a dry run."""
    verified: int = 0
    """Records read back and found as written."""
    differences: list[Difference] = field(default_factory=list)
    links_missing: int = 0
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    forecast: Plan | None = None
    """Of a dry run: what the push will take."""
    stopped: str | None = None
    """Why the push ended before its end."""
    refused_file: str | None = None

    @property
    def rows_open(self) -> int:
        """Rows that were not sent, or whose answer was not seen."""
        return self.rows_in - self.tally.settled

    @property
    def complete(self) -> bool:
        """Whether the push came to its end and the account was found to be as the file says."""
        return not (self.stopped or self.rows_open or self.differences or self.links_missing)

    def take(self, verdict: Verdict, object_: str) -> None:
        """Note what became of a row's part."""
        main = object_ == self.object
        if main:
            self.tally.add(verdict.action)
        part = verdict.part
        if verdict.reason is not None:
            if not main:
                self.associated[object_].rows_refused += 1
            self.refuse(part.row, object_, part.spelled, verdict.reason)
        elif self.dry_run and verdict.action != "unchanged":
            properties = {name: (verdict.before.get(name), value) for name, value in verdict.changes.items()}
            self.changes.append(Change(part.row.line, object_, part.spelled, verdict.action, properties))

    def unusable(self, object_: str, part: Unusable) -> None:
        """Note a row that could not be sent."""
        if object_ == self.object:
            self.tally.refused += 1
        else:
            self.associated[object_].rows_refused += 1
        self.refuse(part.row, object_, "", part.reason)

    def refuse(self, row: Row, object_: str, key: str, reason: str) -> None:
        """Note a refusal; for associated objects, say that the row itself was written."""
        if object_ != self.object:
            done = "would be" if self.dry_run else "was"
            reason = f"{reason} (the row itself {done} written, without its {object_})"
        self.refusals.append(Refusal(row.line, object_, key, reason, row.cells))

    def as_dict(self) -> dict[str, Any]:
        """Everything, in plain values."""
        return {
            "file": self.file,
            "object": self.object,
            "key": self.key,
            "portal_id": self.portal_id,
            "dry_run": self.dry_run,
            "complete": self.complete,
            "stopped": self.stopped,
            "rows": self.rows_in,
            **self.tally.as_dict(),
            "not_done": self.rows_open,
            **{
                name: {"key": each.key, **each.records.as_dict(), "rows_refused": each.rows_refused}
                for name, each in self.associated.items()
            },
            "associations": {
                name: {"made": each.links_made, "already_there": each.links_there}
                for name, each in self.associated.items()
            },
            "columns": self.columns,
            "not_written": [{"column": each.column, "reason": each.reason} for each in self.left_out],
            "refusals": [each.as_dict() for each in sorted(self.refusals, key=lambda each: each.line)],
            "refused_file": self.refused_file,
            "changes": [each.as_dict() for each in sorted(self.changes, key=lambda each: each.line)],
            "verified": self.verified,
            "differences": [each.as_dict() for each in self.differences],
            "associations_missing": self.links_missing,
            **self.usage.as_dict(),
            "seconds": round(self.seconds, 3),
            "plan": None if self.forecast is None else self.forecast.as_dict(),
        }
