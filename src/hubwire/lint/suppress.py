"""Silencing comments: `# hubwire: ignore[HS301] reason` and its `//` twin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hubwire.lint.finding import Finding
from hubwire.lint.source import Source

_COMMENT = re.compile(
    r"(?:#|//|/\*|<!--|;|--)[ \t]*hubwire:[ \t]*(ignore-file|ignore)\b(?:\[([\w\s,-]*)\])?[ \t]*([^\n]*)",
    re.I,
)


@dataclass(slots=True)
class Suppression:
    """One comment and what it silences."""

    start: int
    end: int
    line: int
    whole_file: bool
    codes: tuple[str, ...]
    reason: str
    own_line: bool
    used: bool = False

    def covers(self, finding: Finding) -> bool:
        """Whether this comment speaks of that finding."""
        if self.codes and not any(
            finding.code.startswith(c.upper()) or finding.name == c.lower() for c in self.codes
        ):
            return False
        if self.whole_file:
            return True
        first, last = finding.place.line, finding.place.end_line
        if first <= self.line <= max(first, min(last, first + 2)):
            return True
        return self.own_line and self.line + 1 == first


def read_suppressions(source: Source, comments: list[tuple[int, int]] | None = None) -> list[Suppression]:
    """Every silencing comment of a file; `comments` are the spans of a parsed file's comments."""
    if "hubwire:" not in source.text.lower():
        return []
    prose = source.path.lower().endswith((".md", ".markdown", ".rst"))
    out = []
    for match in _COMMENT.finditer(source.text):
        if prose and not match.group().startswith("<!--"):
            continue
        if comments is not None and not any(a <= match.start() < b for a, b in comments):
            continue
        line = source.line_of(match.start())
        codes = tuple(c.strip() for c in (match.group(2) or "").split(",") if c.strip())
        reason = match.group(3).strip().removesuffix("*/").removesuffix("-->").strip()
        before = source.text[source.starts[line - 1] : match.start()]
        whole = match.group(1).lower() == "ignore-file"
        out.append(Suppression(match.start(), match.end(), line, whole, codes, reason, not before.strip()))
    return out


def apply(findings: list[Finding], comments: list[Suppression]) -> list[Finding]:
    """Mark silenced findings and remember which comments did anything."""
    out = []
    for finding in findings:
        silencer = next((c for c in comments if c.covers(finding)), None)
        if silencer is None:
            out.append(finding)
            continue
        silencer.used = True
        out.append(finding.silenced(silencer.reason or "hubwire: ignore"))
    return out
