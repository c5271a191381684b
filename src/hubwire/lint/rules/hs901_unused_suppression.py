"""HS901: a silencing comment with nothing to silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.finding import Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, replacement
from hubwire.lint.suppress import Suppression


class UnusedSuppression(Rule):
    """A `hubwire: ignore` comment silences nothing.

    Why: it will silence the next mistake at this place, which nobody has looked at.
    Instead: remove the comment, or correct the code in its brackets.
    """

    code, name, severity = "HS901", "unused-suppression", Severity.INFO
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

    def unused(self, unit: Unit, comment: Suppression) -> Finding:
        """The finding about one comment."""
        named = f" for {', '.join(comment.codes)}" if comment.codes else ""
        start = comment.start
        while start > 0 and unit.source.text[start - 1] in " \t":
            start -= 1
        end = comment.end
        if comment.own_line and unit.source.text[end : end + 1] == "\n":
            end += 1
        fix = replacement("remove the comment", (start, end), "", safe=True)
        return self.at(unit, (comment.start, comment.end), f"this comment silences nothing{named}", fix=fix)
