"""One JSON object with `findings`."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hubwire.lint.finding import Finding, Fix, Place
from hubwire.lint.rule import DOCS
from hubwire.lint.run import Report


def render(report: Report) -> str:
    """The whole report."""
    data = {
        "findings": [record(f) for f in report.findings],
        "silenced": [record(f) for f in report.silenced],
        "files": report.files,
        "stale": report.stale,
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def statistics(report: Report) -> str:
    """How many findings each rule has."""
    rules = sorted({(f.code, f.name, f.severity.label) for f in report.findings})
    count = Counter(f.code for f in report.findings)
    rows = [{"code": code, "name": name, "severity": s, "count": count[code]} for code, name, s in rules]
    return json.dumps({"statistics": rows, "files": report.files}, indent=2) + "\n"


def record(finding: Finding) -> dict[str, Any]:
    """A finding as JSON values."""
    place = finding.place
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "message": finding.message,
        "fix": _fix(finding.fix),
        "related": [_place(p) for p in finding.related],
        "fingerprint": finding.fingerprint,
        "suppressed": finding.suppressed,
        "url": f"{DOCS}{finding.code}/",
    }


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    edits = [{"start": e.start, "end": e.end, "text": e.text} for e in fix.edits]
    return {"summary": fix.summary, "safe": fix.safe, "edits": edits}


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "column": place.column, "note": place.note}
