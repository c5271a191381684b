"""What an upload is read from, a piece at a time and as often as it has to be sent."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from hubwire.errors import ConfigError

PIECE = 256 * 1024

Content = bytes | IO[bytes] | Iterable[bytes]
Given = str | Path | IO[bytes] | tuple[str, Content]
"""A file: its path, an open one that has a name, or a name with what is in it."""


class Source(Protocol):
    """The bytes of one file."""

    def __len__(self) -> int: ...

    def head(self, size: int) -> bytes:
        """What it begins with."""
        ...

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


class PathSource:
    """A file by its path, opened anew each time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as file:
            self._size = file.seek(0, io.SEEK_END)

    def __len__(self) -> int:
        return self._size

    def head(self, size: int) -> bytes:
        """What it begins with."""
        with self._open() as file:
            return file.read(size)

    def __iter__(self) -> Iterator[bytes]:
        with self._open() as file:
            yield from _pieces(file)

    def close(self) -> None:
        """Nothing is open in between."""

    def _open(self) -> IO[bytes]:
        try:
            return self._path.open("rb")
        except OSError as problem:
            raise ConfigError(f"{self._path} cannot be read: {problem.strerror}") from None


class FileSource:
    """An open file, from where it stands to its end."""

    def __init__(self, file: IO[bytes], *, own: bool = False) -> None:
        """`own`: nobody else has it, so it is closed here."""
        self._file, self._start, self._own = file, file.tell(), own
        self._size = file.seek(0, io.SEEK_END) - self._start

    def __len__(self) -> int:
        return self._size

    def head(self, size: int) -> bytes:
        """What it begins with."""
        self._file.seek(self._start)
        return self._file.read(size)

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._start)
        yield from _pieces(self._file)

    def close(self) -> None:
        """Closes the file, if it is nobody else's."""
        if self._own:
            self._file.close()


def opened(given: Given) -> tuple[str, Source]:
    """The name of a file, and where its bytes come from."""
    if isinstance(given, str | Path):
        path = Path(given)
        return path.name, PathSource(path)
    name, content = given if isinstance(given, tuple) else (Path(str(getattr(given, "name", ""))).name, given)
    if not name:
        raise ConfigError("an open file that has no name is given as (name, file)")
    return name, _source(name, content)


def _source(name: str, content: Any) -> Source:
    match content:
        case bytes() | bytearray() | memoryview():
            return FileSource(io.BytesIO(content))
        case str():
            raise ConfigError(f"the content of {name} is text; give bytes: content.encode()")
        case io.TextIOBase():
            raise ConfigError(f"{name} is open as text; open it in mode 'rb'")
    if hasattr(content, "read") and getattr(content, "seekable", bool)():
        return FileSource(content)
    return _spooled(name, content)


def _spooled(name: str, content: Any) -> Source:
    """What can be read once only, and has a length that nobody knows, goes to a file of its own first."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as it may have to be sent again
    try:
        for piece in _pieces(content) if hasattr(content, "read") else _several(name, content):
            kept.write(piece)
        kept.seek(0)
    except BaseException:
        kept.close()
        raise
    return FileSource(kept, own=True)


def _several(name: str, content: Any) -> Iterator[bytes]:
    if not isinstance(content, Iterable):
        raise ConfigError(f"the content of {name} is bytes, a file or an iterable of bytes")
    for piece in content:
        if not isinstance(piece, bytes | bytearray | memoryview):
            raise ConfigError(f"the content of {name} comes as {type(piece).__name__}, not as bytes")
        yield bytes(piece)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece
