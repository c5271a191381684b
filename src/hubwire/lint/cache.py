"""What earlier runs found, kept by content. Findings only: they are masked, sources are not kept."""

from __future__ import annotations

import hashlib
import json
import os
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
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        stat = path.stat()
        digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()


class Cache:
    """Remembers the report of a set of files. Lives outside the repository."""

    def __init__(self, root: Path, config: Config) -> None:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        name = hashlib.blake2b(f"{root}\0{config!r}".encode(), digest_size=12).hexdigest()
        self.path = home / "hubwire" / "lint" / f"{name}.json"
        self.stats: dict[str, list[Any]] = {}
        self.results: dict[str, list[dict[str, Any]]] = {}
        self._load()

    def _load(self) -> None:
        try:
            data = json.loads(self.path.read_bytes())
        except (OSError, ValueError):
            return
        if isinstance(data, dict) and data.get("version") == version():
            self.stats = data["stats"]
            self.results = data["results"]

    def digest(self, path: str, data: bytes | None = None) -> str | None:
        """Content hash of a file, from its size and time when they have not changed; None if it must be "
        "read."""
        stat = os.stat(path)
        known = self.stats.get(path)
        if known is not None and known[0] == stat.st_size and known[1] == stat.st_mtime_ns:
            return str(known[2])
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
        """Findings of the files with this key."""
        records = self.results.get(key)
        return None if records is None else [_finding(r) for r in records]

    def put(self, key: str, findings: list[Finding]) -> None:
        """Keep findings, and only those: earlier states of the same files are dropped."""
        self.results = {key: [asdict(f) for f in findings]}

    def save(self) -> None:
        """Write to disk; a cache that cannot be written is no error."""
        data = {"version": version(), "stats": self.stats, "results": self.results}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part = self.path.with_suffix(f".{os.getpid()}.part")
            part.write_text(json.dumps(data, separators=(",", ":")), "utf-8")
            part.replace(self.path)
        except OSError:
            return


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
    values["fix"] = made
    return Finding(**values)
