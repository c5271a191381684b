"""GitLab's code quality report."""

from __future__ import annotations

import json

from hubwire.lint.finding import Severity
from hubwire.lint.run import Report

_SEVERITY = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(report: Report) -> str:
    """A JSON array of issues."""
    issues = []
    seen: dict[str, int] = {}
    for finding in report.findings:
        count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
        issues.append(
            {
                "description": f"{finding.name}: {finding.message}",
                "check_name": finding.code,
                "fingerprint": finding.fingerprint if count == 1 else f"{finding.fingerprint}-{count}",
                "severity": _SEVERITY[finding.severity],
                "location": {"path": finding.place.path, "lines": {"begin": finding.place.line}},
            }
        )
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"
