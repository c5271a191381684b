"""Text for people: place, frame, why, fix."""

from __future__ import annotations

from collections import Counter

from hubwire.lint.finding import Finding
from hubwire.lint.run import Report


def render(report: Report) -> str:
    """The whole report."""
    parts = [_one(f) for f in report.findings]
    return "\n".join([*parts, _summary(report), ""])


def _one(finding: Finding) -> str:
    place = finding.place
    lines = [
        f"{place.path}:{place.line}:{place.column}: {finding.severity.label} {finding.code} {finding.name}: "
        f"{finding.message}"
    ]
    width = len(str(place.line + len(finding.frame)))
    for number, text in enumerate(finding.frame, place.line):
        mark = ">" if number == place.line else " "
        lines.append(f"  {mark} {number:>{width}} | {text}")
    for related in finding.related:
        lines.append(f"    {related.path}:{related.line}:{related.column}: {related.note}")
    if finding.fix is not None:
        how = "" if not finding.fix.edits else " (--fix)" if finding.fix.safe else " (--unsafe-fixes)"
        lines.append(f"    fix: {finding.fix.summary}{how}")
    return "\n".join(lines) + "\n"


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
