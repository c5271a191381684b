"""A disk that can be cut off: it remembers what was synced, and which writes were not yet.

SQLite's own files go through it by way of apsw, whose connection is dressed up as one of `sqlite3`.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any

import apsw

_names = itertools.count()


class Disk:
    """`moments` are what a cut would have left, each taken just before something was synced."""

    def __init__(self, about: Callable[[], Any]) -> None:
        """`about` is asked at every moment what should be true of it."""
        self.vfs = f"powercut-{next(_names)}"
        self._about = about
        self._synced: dict[str, bytes] = {}
        self._unsynced: dict[str, list[tuple[int, bytes]]] = {}
        self.moments: list[tuple[dict[str, bytes], dict[str, list[tuple[int, bytes]]], Any]] = []
        self._registered = _Vfs(self)

    def wrote(self, name: str, offset: int, data: bytes) -> None:
        self._unsynced.setdefault(name, []).append((offset, data))

    def cut(self, name: str, size: int) -> None:
        """A file that is made shorter: at once, which is the worse case."""
        self._synced[name] = self._synced.get(name, b"")[:size]

    def syncs(self, name: str) -> None:
        left = {each: list(writes) for each, writes in self._unsynced.items()}
        self.moments.append((dict(self._synced), left, self._about()))
        self._synced[name] = _applied(self._synced.get(name, b""), self._unsynced.pop(name, []))

    def gone(self, name: str) -> None:
        self._synced.pop(name, None)
        self._unsynced.pop(name, None)


def restore(moment: Any, folder: Path, chance: Random | None) -> Any:
    """Writes what is left into a folder: all that was synced, and by chance some of what was not."""
    synced, unsynced, about = moment
    for name in {*synced, *unsynced}:
        if name.endswith("-shm"):
            continue
        writes = [each for each in unsynced.get(name, []) if chance is not None and chance.random() < 0.5]
        (folder / name).write_bytes(_applied(synced.get(name, b""), writes))
    return about


def _applied(content: bytes, writes: Iterable[tuple[int, bytes]]) -> bytes:
    image = bytearray(content)
    for offset, data in writes:
        image.extend(b"\0" * (offset + len(data) - len(image)))
        image[offset : offset + len(data)] = data
    return bytes(image)


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(disk.vfs, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # SQLite's name
        return _File(self.disk, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        super().xDelete(name, sync)
        self.disk.gone(os.path.basename(name))


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._name = os.path.basename(name.filename() if isinstance(name, apsw.URIFilename) else name or "")
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._disk.wrote(self._name, offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._disk.cut(self._name, size)

    def xSync(self, flags: int) -> None:
        self._disk.syncs(self._name)
        super().xSync(flags)


class Connection:
    """What `Writer` uses of `sqlite3.Connection`."""

    def __init__(self, path: str, disk: Disk, pragmas: str = "") -> None:
        self._db = apsw.Connection(path, vfs=disk.vfs)
        self._pragmas = pragmas

    def execute(self, sql: str, values: Any = ()) -> Any:
        return _Result(self._db, self._db.execute(sql, values))

    def executemany(self, sql: str, rows: Iterable[Any]) -> Any:
        return _Result(self._db, self._db.executemany(sql, list(rows)))

    def executescript(self, script: str) -> None:
        self._db.execute(script)
        if self._pragmas:
            self._db.execute(self._pragmas)

    @property
    def in_transaction(self) -> bool:
        return bool(self._db.in_transaction)

    def close(self) -> None:
        self._db.close()


class _Result:
    def __init__(self, db: apsw.Connection, cursor: Any) -> None:
        self._rows = list(cursor)
        self.rowcount = db.changes()

    def fetchall(self) -> list[Any]:
        return self._rows
