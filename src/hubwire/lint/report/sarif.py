"""SARIF 2.1.0, for code scanning services."""

from __future__ import annotations

import json
from typing import Any

from hubwire.lint.finding import Finding, Place, Severity
from hubwire.lint.rule import Rule, all_rules
from hubwire.lint.run import Report

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(report: Report) -> str:
    """The whole report; silenced findings are included as suppressed results."""
    results = [_result(f) for f in (*report.findings, *report.silenced)]
    driver = {
        "name": "hubwire lint",
        "informationUri": "https://hubwire.readthedocs.io/",
        "rules": [_rule(r) for r in all_rules()],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return (
        json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)
        + "\n"
    )


def _rule(rule: Rule) -> dict[str, Any]:
    what, why, instead = (" ".join(part.split()) for part in rule.manual())
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": what.partition(". ")[0].rstrip(".") + "."},
        "fullDescription": {"text": f"{what} {why}"},
        "help": {"text": instead},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.place)],
        "partialFingerprints": {"hubwireFinding/v1": finding.fingerprint},
        "properties": {"confidence": finding.confidence.label, "name": finding.name},
    }
    if finding.related:
        result["relatedLocations"] = [
            {**_location(p), "id": number, "message": {"text": p.note or "related"}}
            for number, p in enumerate(finding.related)
        ]
    if finding.suppressed is not None:
        kind = "external" if finding.suppressed == "baseline" else "inSource"
        result["suppressions"] = [{"kind": kind, "justification": finding.suppressed}]
    return result


def _location(place: Place) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": max(place.end_line, place.line),
        "endColumn": max(place.end_column, 1),
    }
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.path)}, "region": region}}


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path, errors="surrogateescape")
