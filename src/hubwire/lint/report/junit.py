"""JUnit XML: one failed test case a finding, one passed case for a clean run."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from hubwire.lint import patterns as re
from hubwire.lint.run import Report

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def render(report: Report) -> str:
    """The whole report."""
    count = len(report.findings)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites><testsuite name="hubwire lint" tests="{max(count, 1)}" failures="{count}" errors="0">',
    ]
    for finding in report.findings:
        place = finding.place
        name = _attribute(f"{finding.code} {finding.name} {place.path}:{place.line}")
        body = escape(
            _FORBIDDEN.sub("", "\n".join([f"{place.path}:{place.line}:{place.column}", *finding.frame]))
        )
        lines.append(
            f"<testcase classname={_attribute(place.path)} name={name}>"
            f'<failure type="{finding.severity.label}" '
        )
        lines.append(f"message={_attribute(finding.message)}>{body}</failure></testcase>")
    if not count:
        lines.append('<testcase classname="hubwire" name="no findings"/>')
    return "\n".join([*lines, "</testsuite></testsuites>", ""])


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("", text))
