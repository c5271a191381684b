"""Workflow commands that GitHub shows beside the changed lines."""

from __future__ import annotations

from hubwire.lint import patterns as re
from hubwire.lint.finding import Severity
from hubwire.lint.run import Report

_KIND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def render(report: Report) -> str:
    """One command a finding."""
    lines = []
    for finding in report.findings:
        place = finding.place
        where = f"file={_property(place.path)},line={place.line},col={place.column},endLine={place.end_line}"
        title = _property(f"{finding.code} {finding.name}")
        lines.append(f"::{_KIND[finding.severity]} {where},title={title}::{_data(finding.message)}")
    return "".join(line + "\n" for line in lines)


def _data(text: str) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return _CONTROL.sub("", text)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
