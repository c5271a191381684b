"""One process at a time for one file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, Any

from hubwire.errors import ConfigError


class InUse(ConfigError):
    """Another process has the inbox; `.holder` is what it left for others to find it."""

    def __init__(self, path: Path, holder: dict[str, Any]) -> None:
        self.holder = holder
        who = f" by process {holder['pid']}" if "pid" in holder else ""
        super().__init__(
            f"{path} is in use{who}. A file serves one process: stop that one first, or let several share "
            "an inbox in PostgreSQL (--inbox postgresql://…)."
        )


class FileLock:
    """Held from `take` to `release`, and no longer than the process lives."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".lock")
        self._store = path
        self._file: IO[str] | None = None

    def take(self) -> None:
        """InUse when somebody else has it."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        file = os.fdopen(handle, "r+", encoding="utf-8")
        if not _locked(handle):
            holder = _read(file)
            file.close()
            raise InUse(self._store, holder)
        self._file = file
        self.tell({})

    def tell(self, more: dict[str, Any]) -> None:
        """What others may read who find it taken."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            json.dump({"pid": os.getpid(), **more}, self._file)
            self._file.flush()

    def release(self) -> None:
        if self._file is not None:
            # The file stays: removed, two processes could hold two locks of the same name.
            self._file.close()
            self._file = None


def holder_of(path: Path) -> dict[str, Any]:
    """What whoever has the lock of this file left there; empty when nobody does."""
    lock = FileLock(path)
    if not lock.path.exists():
        return {}
    try:
        lock.take()
    except InUse as taken:
        return taken.holder
    lock.release()
    return {}


def _locked(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:
        return _locked_on_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked_on_windows(handle: int) -> bool:
    import importlib

    # A byte far behind the text: what is locked there cannot be read by others.
    msvcrt = importlib.import_module("msvcrt")
    os.lseek(handle, 1 << 20, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


def _read(file: IO[str]) -> dict[str, Any]:
    try:
        found = json.loads(file.read() or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
