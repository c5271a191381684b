"""What a check found."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

State = Literal["ok", "note", "warn", "fail", "skip"]


class Finding(msgspec.Struct, frozen=True):
    """One line of the report."""

    topic: str
    state: State
    said: str
    next: str = ""
    """What to do about it."""
    facts: dict[str, Any] = {}


def verdict(findings: list[Finding]) -> int:
    """The exit code: 1 when something fails."""
    return int(any(finding.state == "fail" for finding in findings))


MARKS = {"ok": "ok  ", "note": "note", "warn": "WARN", "fail": "FAIL", "skip": "skip"}


def lines(findings: list[Finding]) -> list[str]:
    """As a person reads it."""
    told = []
    for finding in findings:
        told.append(f"{MARKS[finding.state]}  {finding.topic:<12} {finding.said}")
        if finding.next:
            told.append(f"{'':<18}→ {finding.next}")
    return told
