"""Baselines: findings somebody has seen and postponed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from hubwire.lint.config import ConfigError
from hubwire.lint.run import Report


def write(path: Path, report: Report) -> None:
    """Record the findings of a report."""
    count = Counter(f.fingerprint for f in report.findings)
    path.write_text(
        json.dumps({"version": 1, "findings": dict(sorted(count.items()))}, indent=1) + "\n", "utf-8"
    )


def apply(path: Path, report: Report) -> None:
    """Silence the findings a baseline knows, as often as it knows them."""
    try:
        known = Counter(json.loads(path.read_text("utf-8"))["findings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path} is no baseline: {error}") from error
    if not all(isinstance(times, int) for times in known.values()):
        raise ConfigError(f"{path} is no baseline: it counts findings by fingerprint")
    kept = []
    for finding in report.findings:
        if known[finding.fingerprint] > 0:
            known[finding.fingerprint] -= 1
            report.silenced.append(finding.silenced("baseline"))
        else:
            kept.append(finding)
    report.findings = kept
