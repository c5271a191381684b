"""Baselines: findings somebody has seen and postponed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hubwire.lint.config import PROFILES, Config, ConfigError
from hubwire.lint.run import Report


def write(path: Path, report: Report, profile: str = "default") -> None:
    """Record the findings of a report, and what tells later whether one was looked for."""
    count = Counter(f.fingerprint for f in report.findings)
    about = {f.fingerprint: [f.place.path, f.code, f.name] for f in report.findings}
    told = {
        "version": 1,
        "profile": profile,
        "findings": dict(sorted(count.items())),
        "about": dict(sorted(about.items())),
    }
    path.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def apply(
    path: Path, report: Report, config: Config | None = None, within: Iterable[str] | None = None
) -> None:
    """Silence the findings a baseline knows, as often as it knows them, and count those that are gone.

    Gone is what this run would have found: of a file below one of the paths `within`, by a rule that takes
    part, in a profile that shows as much as the one of the record. Nothing is gone if `within` is None.
    """
    try:
        told = json.loads(path.read_text("utf-8"))
        known = Counter(told["findings"])
        about, profile = told.get("about", {}), told.get("profile", PROFILES[-1])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
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
    if within is not None and _shows(config or Config(), profile):
        below = tuple(within)
        left = (f for f, times in known.items() if times > 0 and isinstance(about, dict))
        report.stale = sum(known[f] for f in left if _sought(about.get(f), config or Config(), below))


def _shows(config: Config, profile: Any) -> bool:
    """Whether a run shows all that one in the profile of the record would."""
    return profile in PROFILES and PROFILES.index(config.profile) >= PROFILES.index(profile)


def _sought(about: Any, config: Config, within: tuple[str, ...]) -> bool:
    """Whether a run looked for a finding, given its path, code and name. Older records lack these."""
    if not isinstance(about, list) or len(about) != 3 or not all(isinstance(each, str) for each in about):
        return False
    path, code, name = about
    below = any(folder in ("", ".", path) or path.startswith(f"{folder}/") for folder in within)
    return below and config.wants(code, name)
