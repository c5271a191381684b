"""Silencing comments: `# hubwire: ignore[HS301] reason` and its `//` twin."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from hubwire.lint import patterns as re
from hubwire.lint.facts import Facts
from hubwire.lint.finding import Finding
from hubwire.lint.secrets import mask
from hubwire.lint.source import Source

_COMMENT = re.compile(
    r"(?:#|//|/\*+|<!--|;|--|^[ \t]*\*)[ \t]*hubwire:[ \t]*(ignore-file|ignore)\b"
    r"(?:\[([\w\s,-]*)\])?[ \t]*([^\r\n]*)",
    re.I | re.M,
)
# What other tools read on the same line is no part of the reason.
_OTHERS = re.compile(
    r"[ \t]*(?:(\*/|-->)|(?:#|//)[ \t]*(?:noqa|type:|nosec|pylint|pragma|fmt:|eslint|@ts-|prettier|biome).*)"
)
_LEAD = re.compile(r"[\s{]*")
_BARE = re.compile(r"[ \t]*(?:$|#|//|/?\*|\{/\*|<!--|;)")


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
    lines: frozenset[int] = frozenset()
    """Lines that findings may begin on: its own, those of statements that end there, or the one below."""
    used: bool = False
    used_codes: set[str] = field(default_factory=set)

    def covers(self, finding: Finding) -> bool:
        """Whether this comment speaks of that finding."""
        if self.codes and not any(speaks(c, finding.code, finding.name) for c in self.codes):
            return False
        first, last = finding.place.line, finding.place.end_line
        return self.whole_file or first in self.lines or first <= self.line <= min(last, first + 2)

    def note(self, finding: Finding) -> None:
        """Remember that it silenced something, and by which of its codes."""
        self.used = True
        self.used_codes |= {c for c in self.codes if speaks(c, finding.code, finding.name)}


def speaks(said: str, code: str, name: str) -> bool:
    """Whether a code, a beginning of one or a name means a rule."""
    return code.startswith(said.upper()) or name == said.lower()


def read_suppressions(source: Source, facts: Facts | None = None) -> list[Suppression]:
    """Every silencing comment of a file; in code, which has facts, only real comments count."""
    if "hubwire:" not in source.text.lower():
        return []
    prose = source.path.lower().endswith((".md", ".markdown", ".rst"))
    out = []
    for match in _COMMENT.finditer(source.text):
        if prose and not match.group().startswith("<!--"):
            continue
        around = None if facts is None else _around(facts.comments, match.start(1))
        if facts is not None and around is None:
            continue
        out.append(_suppression(source, facts, match, around))
    return out


def _suppression(
    source: Source, facts: Facts | None, match: re.Match[str], around: tuple[int, int] | None
) -> Suppression:
    line = source.line_of(match.start(1))
    codes = tuple(c.strip() for c in (match.group(2) or "").split(",") if c.strip())
    end = match.end() if around is None else min(match.end(), around[1])
    reason = source.text[match.start(3) : max(end, match.start(3))]
    others = _OTHERS.search(reason)
    if others is not None:
        end = match.start(3) + (others.end(1) if others.group(1) else others.start())
        reason = reason[: others.start()]
    before = source.text[source.starts[line - 1] : match.start()]
    own = _LEAD.fullmatch(before) is not None and _alone(source, line, end)
    begun = frozenset({_below(source, line)}) if own else _begun(source, facts, line)
    whole = match.group(1).lower() == "ignore-file"
    return Suppression(match.start(), end, line, whole, codes, mask(reason.strip()), own, begun | {line})


def _around(comments: list[tuple[int, int]], offset: int) -> tuple[int, int] | None:
    """The comment that an offset is in."""
    return next(((a, b) for a, b in comments if a <= offset < b), None)


def _alone(source: Source, line: int, end: int) -> bool:
    """Whether no code follows a comment on its line."""
    return _BARE.match(source.text[end : source.line_span(line)[1]].strip(" \t\r}")) is not None


def _below(source: Source, line: int) -> int:
    """The first line below that is neither empty nor a comment."""
    below = line + 1
    while below < len(source.starts) and _BARE.match(source.line(below)):
        below += 1
    return below


def _begun(source: Source, facts: Facts | None, line: int) -> frozenset[int]:
    """Where the calls and assignments begin that end on a line."""
    if facts is None:
        return frozenset()
    start, end = source.line_span(line)
    spans = [(c.start, c.end) for c in facts.calls] + [(a.start, a.value.end) for a in facts.assigns]
    spans = [(a, b) for a, b in spans if a < start < b <= end]
    return frozenset(bisect_right(source.starts, a) for a, _ in spans)


def apply(findings: list[Finding], comments: list[Suppression]) -> list[Finding]:
    """Mark silenced findings and remember which comments did anything."""
    out = []
    for finding in findings:
        silencer = next((c for c in comments if c.covers(finding)), None)
        if silencer is None:
            out.append(finding)
            continue
        silencer.note(finding)
        out.append(finding.silenced(silencer.reason or "hubwire: ignore"))
    return out
