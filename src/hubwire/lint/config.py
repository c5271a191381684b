"""Settings: what to run, on what, and how loud."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from hubwire.lint import patterns as re
from hubwire.lint.finding import Confidence, Finding

PROFILES = ("default", "strict", "audit")
FAIL_ON = ("error", "warning", "info", "never")
_TABLES = ("lint", "per-file-ignores")
_CODE = re.compile(r"(?i)h(?:s\d{0,3})?")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


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
    """SHA-256 of values that are no secrets, in hexadecimal: `printf %s "$VALUE" | sha256sum`."""
    baseline: str = ""
    """File of known findings, relative to `home`."""
    fail_on: str = "info"
    home: str = ""
    """Folder of the settings file, which its patterns are relative to; the run's own folder if empty."""

    def wants(self, code: str, name: str) -> bool:
        """Whether a rule takes part."""
        chosen = not self.select or any(code.startswith(s) or name == s for s in self.select)
        return chosen and not any(code.startswith(s) or name == s for s in self.ignore)

    def names_rule(self, code: str, name: str) -> bool:
        """Whether a rule is selected by itself, and so meant whatever the profile."""
        return code in self.select or name in self.select

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
            any(finding.code.startswith(c) or finding.name == c for c in chosen)
            and self.names(pattern, finding.place.path, base)
            for pattern, chosen in self.per_file_ignores.items()
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
    """Settings of the nearest `hubwire.toml`, `pyproject.toml` or `package.json` that has any.

    Raises ConfigError for a file that cannot be read or says something impossible.
    """
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
    data = _read(path, tomllib.loads, mine=True)
    # Other parts of the toolkit keep tables of their own in the same file.
    own = {k: v for k, v in data.items() if not isinstance(v, dict) or k.replace("_", "-") in _TABLES}
    return _table(data.get("lint", own), f"{path}: lint")


def _pyproject(path: Path) -> dict[str, Any]:
    tool = _read(path, tomllib.loads).get("tool", {})
    ours = tool.get("hubwire", {}) if isinstance(tool, dict) else {}
    return _table(_table(ours, f"{path}: tool.hubwire").get("lint", {}), f"{path}: tool.hubwire.lint")


def _package(path: Path) -> dict[str, Any]:
    ours = _table(_read(path, json.loads).get("hubwire", {}), f"{path}: hubwire")
    return _table(ours.get("lint", ours), f"{path}: hubwire.lint")


def _read(path: Path, parse_text: Callable[[str], Any], *, mine: bool = False) -> dict[str, Any]:
    """What a settings file holds; a broken one that never names us is somebody else's trouble."""
    data = path.read_bytes()
    try:
        read = parse_text(data.decode("utf-8-sig"))
    except ValueError as error:
        if mine or b"hubwire" in data:
            raise ConfigError(f"{path}: {error}") from error
        return {}
    return read if isinstance(read, dict) else {}


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} is not a table of settings")
    return value


def parse(table: dict[str, Any], origin: str) -> Config:
    """A settings table, refused with a sentence when it makes no sense."""
    known = {f.name for f in fields(Config)} - {"home"}
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        where = f"{origin}: {key}"
        if name not in known:
            names = ", ".join(sorted(n.replace("_", "-") for n in known))
            raise ConfigError(f"{origin}: unknown setting {key!r}; known: {names}")
        if name == "per_file_ignores":
            values[name] = {k: codes(_texts(v, f"{where}.{k}")) for k, v in _table(value, where).items()}
        elif name in ("select", "ignore"):
            values[name] = codes(_texts(value, where))
        elif name in ("profile", "fail_on", "baseline"):
            values[name] = _text(value, where)
        else:
            values[name] = _texts(value, where)
    values["secret_allow"] = tuple(d.lower() for d in values.get("secret_allow", ()))
    config = replace(Config(), **values)
    if config.profile not in PROFILES:
        raise ConfigError(f"{origin}: profile is one of {', '.join(PROFILES)}")
    if config.fail_on not in FAIL_ON:
        raise ConfigError(f"{origin}: fail-on is one of {', '.join(FAIL_ON)}")
    if not all(_DIGEST.fullmatch(digest) for digest in config.secret_allow):
        # What stands there instead may be the secret itself: it is not repeated.
        raise ConfigError(f"{origin}: secret-allow holds SHA-256 digests, 64 hexadecimal digits each")
    return config


def codes(wanted: Iterable[str]) -> tuple[str, ...]:
    """Codes, beginnings of codes and names of rules in the spelling of the rules."""
    return tuple(w.upper() if _CODE.fullmatch(w) else w.lower() for w in wanted)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where} is a text, not {value!r}")
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ConfigError(f"{where} is a list of texts")
    return tuple(value)
