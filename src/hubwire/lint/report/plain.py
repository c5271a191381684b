"""Text for people: place, frame, what it hangs together with, why, fix."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import unicodedata
from collections import Counter

from hubwire.lint.finding import Finding, Place
from hubwire.lint.run import Report

_COLOURS = {"error": "1;31", "warning": "1;33", "info": "1;36", "dim": "2", "bold": "1", "fix": "32"}
_HIDDEN = {"Cc", "Cf", "Zl", "Zp", "Cs"}
"""Kinds of characters that move a cursor or turn a line around instead of showing."""


def render(report: Report, *, colours: bool = False) -> str:
    """The whole report. A rule's reason is told with its first finding."""
    pen = Pen(colours)
    told: set[str] = set()
    parts = []
    for finding in report.findings:
        parts.append(_one(finding, pen, why=finding.code not in told))
        told.add(finding.code)
    return "\n".join([*parts, _summary(report), ""])


def coloured() -> bool:
    """Whether colours reach somebody: https://no-color.org and the usual variables."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    forced = os.environ.get("FORCE_COLOR", "") or os.environ.get("CLICOLOR_FORCE", "")
    return forced not in ("", "0") or (sys.stdout is not None and sys.stdout.isatty())


class Pen:
    """Writes in colours, or not."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, colour: str, text: str) -> str:
        return f"\033[{_COLOURS[colour]}m{text}\033[0m" if self.on and text else text


def visible(text: str) -> str:
    """A text from a repository, harmless to a terminal: what would not show is written as an escape."""
    if text.isprintable():
        return text
    return "".join(
        c if c == "\t" or unicodedata.category(c) not in _HIDDEN or c in "\u200d\ufeff" else _escape(c)
        for c in text
    )


def _escape(character: str) -> str:
    # A half of a pair stands for a byte of a file's name, and is escaped where it is written.
    number = ord(character)
    if 0xD800 <= number <= 0xDFFF:
        return character
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def _one(finding: Finding, pen: Pen, *, why: bool) -> str:
    label = finding.severity.label
    head = f"{pen('bold', _at(finding.place))}: {pen(label, f'{label} {finding.code}')} {finding.name}"
    lines = [f"{head}: {visible(finding.message)}", *_frame(finding, pen)]
    for related in finding.related:
        here = (related.path, related.line) == (finding.place.path, finding.place.line)
        text = f": {visible(related.text)}" if related.text and not here else ""
        lines.append(f"    {_at(related)}: {visible(related.note)}{pen('dim', text)}")
    if why and finding.why:
        lines += _paragraph("why", finding.why, pen, "dim")
    if finding.fix is not None:
        how = "" if not finding.fix.edits else " (--fix)" if finding.fix.safe else " (--unsafe-fixes)"
        lines += _paragraph("fix", f"{finding.fix.summary}{how}", pen, "fix")
    return "\n".join(lines) + "\n"


def _at(place: Place) -> str:
    return visible(f"{place.path}:{place.line}:{place.column}")


def _frame(finding: Finding, pen: Pen) -> list[str]:
    width = len(str(finding.place.line + max(len(finding.frame) - 1, 0)))
    out = []
    for number, text in enumerate(finding.frame, finding.place.line):
        first = number == finding.place.line
        out.append(f"  {'>' if first else ' '} {pen('dim', f'{number:>{width}} |')} {visible(text)}".rstrip())
        if first and finding.mark[1] > 0:
            start, size = finding.mark
            before = text[:start].split("\t")
            lead = "\t".join(" " * _columns(visible(piece)) for piece in before)
            carets = "^" * _columns(visible(text[start : start + size]))
            out.append(f"    {' ' * width} {pen('dim', '|')} {lead}{pen(finding.severity.label, carets)}")
    return out


def _columns(text: str) -> int:
    """How wide a text is on a terminal."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.category(c) in ("Mn", "Me", "Cf") for c in text)


def _paragraph(label: str, text: str, pen: Pen, colour: str) -> list[str]:
    """A label and a text, filled to a terminal's width but never to less than reads well."""
    width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 100))
    if len(label) + len(text) + 6 <= width:
        return [pen(colour, f"    {label}: {text}")]
    filled = textwrap.fill(text, width, initial_indent=f"    {label}: ", subsequent_indent="         ",
                           break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return [pen(colour, line) for line in filled.split("\n")]


def _summary(report: Report) -> str:
    count = Counter(f.severity.label for f in report.findings)
    said = ", ".join(
        f"{count[s]} {s}{'s' if count[s] != 1 and s != 'info' else ''}"
        for s in ("error", "warning", "info")
        if count[s]
    )
    quiet = f", {len(report.silenced)} silenced" if report.silenced else ""
    files = f"{report.files} file{'' if report.files == 1 else 's'}"
    speak = f"{report.marked} speak{'s' if report.marked == 1 else ''} of HubSpot"
    return f"{said or 'no findings'}{quiet} in {files} ({speak})"


def statistics(report: Report) -> str:
    """Findings per rule."""
    count = Counter((f.code, f.name) for f in report.findings)
    rows = "".join(f"{n:>6}  {code}  {name}\n" for (code, name), n in sorted(count.items()))
    return f"{rows}{_summary(report)}\n"
