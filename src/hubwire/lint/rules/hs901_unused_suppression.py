"""HS901: a silencing comment with nothing to silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.finding import Finding, Fix, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, all_rules, replacement, suggestion
from hubwire.lint.suppress import Suppression, speaks


class UnusedSuppression(Rule):
    """A `hubwire: ignore` comment silences nothing.

    Why: it will silence the next mistake at this place, which nobody has looked at.
    Instead: remove the comment, or correct the code in its brackets.
    """

    code, name, severity = "HS901", "unused-suppression", Severity.INFO
    fixes = "safe"
    reads = "text"
    bad: ClassVar = (
        ("app.py", "import hubspot\nx = 1  # hubwire: ignore[HS101] not a key\n"),
        ("app.js", "// hubwire: ignore[HS301]\nconst hubspot = 1;\n"),
    )
    good: ClassVar = (
        ("app.py", 'HUBSPOT_API_KEY = "{uuid}"  # hubwire: ignore[HS101] revoked in 2020\n'),
        ("app.js", "// hubwire: the word ignore alone says nothing\nconst hubspot = 1;\n"),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Nothing by itself: the run knows which comments were used."""
        yield from ()

    def unused(self, unit: Unit, comment: Suppression) -> Iterator[Finding]:
        """What is useless about one comment: codes of no rule, codes without findings, or all of it."""
        known = [(r.code, r.name) for r in all_rules()]
        span = (comment.start, comment.end)
        unknown = [c for c in comment.codes if not any(speaks(c, *rule) for rule in known)]
        idle = [c for c in comment.codes if c not in comment.used_codes and c not in unknown]
        if unknown:
            yield self.at(
                unit, span, f"no rule is called {', '.join(unknown)}", fix=suggestion("correct the code")
            )
        elif comment.codes and comment.used and idle:
            message = f"this comment silences nothing for {', '.join(idle)}"
            yield self.at(unit, span, message, fix=self._without(unit, comment, idle))
        # A file-wide comment without codes is a statement about the file.
        elif not comment.used and (comment.codes or not comment.whole_file):
            named = f" for {', '.join(comment.codes)}" if comment.codes else ""
            yield self.at(
                unit, span, f"this comment silences nothing{named}", fix=self._removed(unit, comment)
            )

    def _removed(self, unit: Unit, comment: Suppression) -> Fix:
        text = unit.source.text
        start, end = comment.start, comment.end
        while start > 0 and text[start - 1] in " \t":
            start -= 1
        if text[start - 1 : start] == "{" and text[end : end + 1] == "}":
            start, end = start - 1, end + 1
            while start > 0 and text[start - 1] in " \t":
                start -= 1
        line_end = re.compile(r"[ \t]*\r?\n").match(text, end)
        if comment.own_line and line_end is not None:
            end = line_end.end()
        return replacement("remove the comment", (start, end), "", safe=True)

    def _without(self, unit: Unit, comment: Suppression, idle: list[str]) -> Fix:
        kept = ", ".join(c for c in comment.codes if c not in idle)
        text = unit.source.text
        opened, closed = (text.index(bracket, comment.start) for bracket in "[]")
        return replacement(f"name only {kept}", (opened + 1, closed), kept, safe=True)
