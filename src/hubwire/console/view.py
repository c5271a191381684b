"""What the pages show of an inbox: texts and numbers, ready to be put into a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from hubwire.webhooks.inbox import DEAD, DISCARDED, DONE, PENDING, PURGED, STATES, UNHANDLED, Selection, Stats

ON_A_PAGE = 50
"""Newest events on one page: at a thousand events a second a sample, and said to be one."""
LONGEST_PAYLOAD = 200_000
REPLAYABLE = frozenset({DONE, DEAD, UNHANDLED, DISCARDED})
DISCARDABLE = frozenset({PENDING, DEAD, UNHANDLED})
WORDS = {
    PENDING: "waiting, or being handled",
    DONE: "handled",
    DEAD: "given up after its last attempt",
    UNHANDLED: "no handler wants it",
    DISCARDED: "set aside by a person",
    PURGED: "its contents were forgotten",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events a list is about, as its address says."""

    state: str = ""
    kind: str = ""
    lane: str = ""
    before: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """Odd values are taken for none."""
        before = query.get("before", "")
        state = query.get("state", "")
        return cls(
            state if state in STATES else "",
            query.get("kind", "").strip()[:100],
            query.get("record", "").strip()[:200],
            int(before) if before.isdecimal() and len(before) < 19 else None,
        )

    @property
    def selection(self) -> Selection:
        return Selection(
            states=[self.state] if self.state else None, kind=self.kind or None, lane=self.lane or None
        )

    @property
    def fields(self) -> dict[str, str]:
        """For links and forms; without the place in the list."""
        told = {"state": self.state, "kind": self.kind, "record": self.lane}
        return {name: value for name, value in told.items() if value}


def tiles(stats: Stats) -> list[tuple[str, int, str]]:
    """Name, count and the state that a click shows."""
    return [
        ("received", stats.received, ""),
        ("pending", stats.pending, PENDING),
        ("retrying", stats.retrying, PENDING),
        ("done", stats.done, DONE),
        ("dead", stats.dead, DEAD),
        ("unhandled", stats.unhandled, UNHANDLED),
        ("discarded", stats.discarded, DISCARDED),
    ]


def moment(milliseconds: int | None) -> str:
    """`2026-09-15 09:00:00.125`, in UTC."""
    if not milliseconds or not 0 < milliseconds < 253_402_300_800_000:
        return ""
    text = datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(sep=" ", timespec="milliseconds")
    return text.removesuffix("+00:00")


def age(then: int | None, now: int) -> str:
    """`4 s`, `12 min`, `3.2 h`, `5.0 d`."""
    if then is None:
        return "–"
    seconds = max(0, now - then) / 1000
    for size, unit in ((86_400, "d"), (3_600, "h")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def payload(raw: bytes) -> str:
    """Indented where it is JSON, as it came where it is not."""
    try:
        text = msgspec.json.format(raw, indent=2).decode("utf-8", "replace") if raw else ""
    except msgspec.DecodeError:
        text = raw.decode("utf-8", "replace")
    return text if len(text) <= LONGEST_PAYLOAD else text[:LONGEST_PAYLOAD] + "\n…"


def numbers(stats: Stats, now: int) -> dict[str, Any]:
    """What the script on the page reads between two looks."""
    return {"received": stats.received, "oldest": age(stats.oldest, now)}
