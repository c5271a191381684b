"""HS902: a file the checker could not read to the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.finding import Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule


class FileNotParsed(Rule):
    """A large part of a code file makes no sense to the parser, so the rules saw only some of it.

    Why: silence about such a file is no good news.
    Instead: repair the file, or exclude it if it is a template or a fixture.
    """

    code, name, severity = "HS902", "file-not-parsed", Severity.INFO
    bad: ClassVar = (
        (
            "app.py",
            "# api.hubapi.com\ndef (((:\n  ]]] }} class class import 1 2 3 ((( \n"
            " :::: <<< >>> ??? $$$ %%% @@@ !!!\n",
        ),
        (
            "app.js",
            "// api.hubapi.com\nfunction ((("
            "{ ]]] }}} => => const const let 1 2 ### @@@ ;;; <<< >>> %%% class "
            "class ((( \n",
        ),
    )
    good: ClassVar = (
        ("app.py", "# api.hubapi.com\nprint 'Python 2 is read as far as it goes'\nx = 1\ny = 2\n"),
        ("app.js", "// api.hubapi.com\nconst x = 1;\n"),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """The file, if a fifth of it was lost."""
        size = len(unit.source.text.strip())
        if size and unit.errors > max(40, size // 5):
            lost = round(100 * unit.errors / size)
            yield self.at(
                unit,
                (0, 0),
                f"{min(lost, 100)} % of this file cannot be parsed; the other rules saw the rest",
            )
