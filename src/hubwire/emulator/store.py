"""The SQLite file (or memory) under an emulator: opening, transactions, nothing about HubSpot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import apsw

APPLICATION_ID = 0x48574952
"""`HWIR` in the file's header: tells our files from other SQLite files."""
SCHEMA = 2
"""Grows with every change of the tables' meaning. No migrations exist yet, so only this number opens."""

TEMPORARY = (
    "SELECT type, name FROM sqlite_temp_master"
    " WHERE type IN ('trigger', 'table') AND name NOT LIKE 'sqlite%' ORDER BY type DESC"
)

Row = tuple[Any, ...]


class StateError(Exception):
    """The state file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The content of a store at one moment."""

    connection: apsw.Connection


class Store:
    """One connection. Not locked: whoever shares it between threads holds a lock of their own."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.closed = False
        self._depth = 0
        self.on_rollback: list[Callable[[], None]] = []
        """Called after a transaction was undone, for those who remember what they read inside it."""

    @classmethod
    def open(cls, path: str | Path = ":memory:") -> Store:
        """Opens or creates `path`; refuses files of other programs and of other schema versions."""
        try:
            connection = apsw.Connection(str(path))
        except apsw.Error as error:
            raise StateError(f"{path}: cannot be opened as a state file ({error})") from None
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return cls(connection)

    def run(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Iterator[Row]:
        """The rows of one statement, read as they are asked for. One that returns none has run already."""
        return self._connection.execute(sql, values)

    def all(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first row, if any."""
        cursor = self._connection.execute(sql, values)
        row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement once per row of values."""
        self._connection.executemany(sql, rows)

    def blob(self, table: str, column: str, row: int) -> apsw.Blob:
        """A blob of the main database, to be read a piece at a time."""
        return self._connection.blob_open("main", table, column, row, False)

    def function(
        self, name: str, function: Callable[..., Any], arguments: int, *, deterministic: bool = True
    ) -> None:
        """Makes a function callable from SQL; not for indexes, which must outlive it."""
        self._connection.create_scalar_function(name, function, arguments, deterministic=deterministic)

    def script(self, name: str, **places: str) -> None:
        """Runs `sql/{name}.sql`, its `{places}` filled in."""
        self._connection.execute(_script(name).format(**places))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on disk when it returns. Inside another one it is a part of that."""
        if self._depth:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            for forget in self.on_rollback:
                forget()
            raise
        finally:
            self._depth -= 1

    @contextmanager
    def loading(self) -> Iterator[None]:
        """For transactions that write very much: into the file itself, not into a log first.

        What was in the file is kept beside it until they are done: as safe, but slower where little is
        written. Inside a transaction it changes nothing.
        """
        logged = not self._depth and self._connection.pragma("journal_mode") == "wal"
        if logged:
            self._connection.pragma("journal_mode", "delete")
        try:
            yield
        finally:
            if logged:
                self._connection.pragma("journal_mode", "wal")
                self._connection.pragma("shrink_memory")

    def copy(self) -> Copy:
        """Everything as it is now, held in memory."""
        kept = apsw.Connection(":memory:")
        with kept.backup("main", self._connection, "main") as backup:
            backup.step()
        return Copy(kept)

    def become(self, copy: Copy) -> None:
        """Everything as it was when the copy was made. Whoever remembers what they read must forget it."""
        # Triggers of the connection alone would be left without their tables.
        for kind, name in self.all(TEMPORARY):
            self.run(f"DROP {kind} temp.{name}")
        with self._connection.backup("main", copy.connection, "main") as backup:
            backup.step()
        self.on_rollback.clear()

    def wipe(self) -> None:
        """Nothing at all, as in a new file."""
        empty = Store.open()
        self.become(Copy(empty._connection))
        empty.close()

    def close(self) -> None:
        """Folds the write-ahead log into the file. The store cannot be used afterwards."""
        self._connection.close()
        self.closed = True


def _prepare(connection: apsw.Connection, path: str | Path) -> None:
    # Two emulators on one file would answer from what each remembers of it: one at a time.
    connection.set_busy_timeout(200)
    try:
        connection.pragma("locking_mode", "exclusive")
        application = connection.pragma("application_id")
        version = connection.pragma("user_version")
        empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    except apsw.NotADBError:
        raise StateError(f"{path}: not a state file of the emulator (not an SQLite file)") from None
    except apsw.BusyError:
        raise StateError(f"{path}: in use by another emulator") from None
    except apsw.Error as error:
        raise StateError(f"{path}: cannot be read as a state file ({error})") from None
    if empty and not application and not version:
        _create(connection)
    elif application != APPLICATION_ID:
        raise StateError(f"{path}: an SQLite file, but of another program; name a file that does not exist")
    elif version != SCHEMA:
        age = "a newer" if version > SCHEMA else "an older"
        raise StateError(
            f"{path}: written by {age} hubwire (format {version}, this one reads {SCHEMA}); "
            "use that version, or start with a new file"
        )
    try:
        connection.pragma("journal_mode", "wal")
    except apsw.BusyError:
        raise StateError(f"{path}: in use by another emulator") from None
    # A commit reaches the operating system before it is answered: it survives the death of the process,
    # and after a power cut the file is intact but may lack the last commits.
    connection.pragma("synchronous", 1)
    connection.pragma("temp_store", 2)
    connection.pragma("cache_size", -65_536)
    connection.pragma("mmap_size", 1 << 26)
    connection.create_scalar_function("folded", _folded, 1, deterministic=True)


def _create(connection: apsw.Connection) -> None:
    connection.execute(
        f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA}; COMMIT"
    )


def _folded(*texts: Any) -> Any:
    # SQLite's own lower() knows ASCII only; HubSpot has accented names.
    return texts[0].casefold() if isinstance(texts[0], str) else texts[0]


@cache
def _script(name: str) -> str:
    return files("hubwire.emulator").joinpath("sql", f"{name}.sql").read_text("utf-8")
