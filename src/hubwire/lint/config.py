"""Settings: what to run, on what, and how loud."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from hubwire.lint.finding import Confidence, Finding

PROFILES = ("default", "strict", "audit")


class ConfigError(Exception):
    """The settings cannot be read or say something impossible."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a run can be told. Names are those of the settings file, with `_` for `-`."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    profile: str = "default"
    verifier_functions: tuple[str, ...] = ()
    retry_helpers: tuple[str, ...] = ()
    throttle_helpers: tuple[str, ...] = ()
    secret_allow: tuple[str, ...] = ()
    """SHA-256 of values that are no secrets (`hubwire lint --format json` shows the digest as `secret`)."""
    baseline: str = ""
    fail_on: str = "info"
    home: str = ""
    """Folder of the settings file, which its patterns are relative to; the run's own folder if empty."""

    def wants(self, code: str, name: str) -> bool:
        """Whether a rule takes part."""
        chosen = not self.select or any(code.startswith(s) or name == s for s in self.select)
        return chosen and not any(code.startswith(s) or name == s for s in self.ignore)

    def shows(self, finding: Finding) -> bool:
        """Whether the profile lets a finding through."""
        if self.profile == "audit":
            return True
        if self.profile == "strict":
            return finding.confidence > Confidence.LOW
        return finding.confidence >= Confidence.MEDIUM and not finding.strict

    def ignores(self, finding: Finding, base: str = "") -> bool:
        """Whether `per-file-ignores` silences it; its path is relative to `base`."""
        return any(
            any(finding.code.startswith(c) for c in codes) and self.names(pattern, finding.place.path, base)
            for pattern, codes in self.per_file_ignores.items()
        )

    def excludes(self, path: str, base: str = "") -> bool:
        """Whether `exclude` leaves a file out; its path is relative to `base`."""
        return any(self.names(pattern, path, base) for pattern in self.exclude)

    def names(self, pattern: str, path: str, base: str = "") -> bool:
        """Whether a pattern of the settings speaks of a file: of it, or of a folder that it is in."""
        if self.home and base:
            path = os.path.relpath(os.path.join(base, path), self.home).replace(os.sep, "/")
        pattern = pattern.removeprefix("./").rstrip("/")
        if fnmatch(path, pattern) or fnmatch(path, f"{pattern}/*"):
            return True
        # A name alone is meant wherever it stands.
        return "/" not in pattern and any(fnmatch(part, pattern) for part in path.split("/"))


def load(start: Path) -> Config:
    """Settings of the nearest `hubwire.toml`, `pyproject.toml` or `package.json` that has any."""
    start = start.resolve()
    for folder in [start if start.is_dir() else start.parent, *start.parents]:
        for name, reader in (
            ("hubwire.toml", _toml),
            ("pyproject.toml", _pyproject),
            ("package.json", _package),
        ):
            path = folder / name
            if path.is_file() and (table := reader(path)):
                return replace(parse(table, str(path)), home=str(folder))
        if (folder / ".git").exists():
            break
    return Config()


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    # Profiles of accounts stand in the same file.
    own = {key: value for key, value in data.items() if key != "profiles"}
    table = data.get("lint", own)
    return table if isinstance(table, dict) else {}


def _pyproject(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    table = data.get("tool", {}).get("hubwire", {}).get("lint", {})
    return table if isinstance(table, dict) else {}


def _package(path: Path) -> dict[str, Any]:
    import json

    try:
        data = json.loads(path.read_text("utf-8"))
    except ValueError:
        return {}
    table = data.get("hubwire", {}) if isinstance(data, dict) else {}
    table = table.get("lint", table) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else {}


def parse(table: dict[str, Any], origin: str) -> Config:
    """A settings table, refused with a sentence when it makes no sense."""
    known = {f.name for f in fields(Config)} - {"home"}
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in known:
            raise ConfigError(f"{origin}: unknown setting {key!r}; known: {', '.join(sorted(known))}")
        if name == "per_file_ignores":
            values[name] = {k: tuple(v) for k, v in value.items()}
        elif isinstance(value, list):
            values[name] = tuple(str(v) for v in value)
        else:
            values[name] = value
    config = replace(Config(), **values)
    if config.profile not in PROFILES:
        raise ConfigError(f"{origin}: profile is one of {', '.join(PROFILES)}")
    return config
