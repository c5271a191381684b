"""What earlier runs found, kept by content. Findings only: they are masked, sources are not kept."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from hubwire.lint.config import Config
from hubwire.lint.finding import Confidence, Edit, Finding, Fix, Place, Severity


@cache
def version() -> str:
    """Changes with the checker itself, so that a new version forgets what an old one thought."""
    digest = hashlib.blake2b(digest_size=16)
    here = Path(__file__).parent
    for path in sorted([*here.rglob("*.py"), *(here.parent / "catalogue").rglob("*.toml")]):
        stat = path.stat()
        digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()


class Cache:
    """Remembers the report of a set of files. Lives outside the repository."""

    def __init__(self, root: Path, config: Config) -> None:
        told = f"{root}\0{config!r}".encode("utf-8", "surrogateescape")
        home = _home()
        name = hashlib.blake2b(told, digest_size=12).hexdigest()
        self.path = home / "hubwire" / "lint" / f"{name}.json" if home is not None else None
        self.stats: dict[str, list[Any]] = {}
        self.results: dict[str, dict[str, Any]] = {}
        self._load()

    def _load(self) -> None:
        if self.path is None:
            return
        try:
            data = json.loads(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return
        if isinstance(data, dict) and data.get("version") == version():
            stats, results = data.get("stats"), data.get("results")
            if isinstance(stats, dict) and isinstance(results, dict):
                self.stats, self.results = stats, results

    def digest(self, path: str, data: bytes | None = None) -> str | None:
        """Content hash of a file, known by its size and time; None if it must be read."""
        stat = os.stat(path)
        known = self.stats.get(path)
        if isinstance(known, list) and known[:2] == [stat.st_size, stat.st_mtime_ns]:
            return str(known[-1])
        if data is None:
            return None
        found = hashlib.blake2b(data, digest_size=12).hexdigest()
        self.stats[path] = [stat.st_size, stat.st_mtime_ns, found]
        return found

    def note(self, path: str, digest: str) -> None:
        """Remember a verdict about a file instead of its hash."""
        stat = os.stat(path)
        self.stats[path] = [stat.st_size, stat.st_mtime_ns, digest]

    def get(self, key: str) -> list[Finding] | None:
        """Findings of the files with this key, if what else they hang on has not changed."""
        try:
            record = self.results[key]
            if any(_state(path) != state for path, state in record["beyond"].items()):
                return None
            return [_finding(r) for r in record["findings"]]
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def put(self, key: str, findings: list[Finding], beyond: Iterable[str] = ()) -> None:
        """Keep findings, and only those: earlier states of the same files are dropped.

        `beyond` are files and folders outside the key that the findings hang on.
        """
        states = {path: _state(path) for path in beyond}
        self.results = {key: {"beyond": states, "findings": [asdict(f) for f in findings]}}

    def save(self) -> None:
        """Write to disk; a cache that cannot be written is no error."""
        if self.path is None:
            return
        data = {"version": version(), "stats": self.stats, "results": self.results}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part = self.path.with_suffix(f".{os.getpid()}.part")
            part.write_text(json.dumps(data, separators=(",", ":")), "utf-8")
            part.replace(self.path)
        except OSError:
            return


def _home() -> Path | None:
    """Where the user keeps caches; None for a user without a folder, such as a container's."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        return Path(named)
    try:
        return Path.home() / ".cache"
    except RuntimeError:
        return None


def _state(path: str) -> list[int]:
    """Changes with a file or with what a folder holds; nothing for what is not there."""
    try:
        stat = os.stat(path)
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns]


def _finding(record: dict[str, Any]) -> Finding:
    fix = record["fix"]
    made = None
    if fix is not None:
        made = Fix(fix["summary"], tuple(Edit(**e) for e in fix["edits"]), fix["safe"])
    values = dict(record)
    values["severity"] = Severity(record["severity"])
    values["confidence"] = Confidence(record["confidence"])
    values["place"] = Place(**record["place"])
    values["related"] = tuple(Place(**p) for p in record["related"])
    values["frame"] = tuple(record["frame"])
    values["mark"] = tuple(record["mark"])
    values["fix"] = made
    return Finding(**values)
