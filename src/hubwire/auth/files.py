"""Files that only their owner may read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hubwire.errors import ConfigError

PRIVATE, OTHERS = 0o600, 0o077


def make_private_folder(folder: Path) -> None:
    """The folder, for its owner only when it has to be made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_private(path: Path) -> None:
    """An empty file that only its owner may read, unless there is a file already."""
    make_private_folder(path.parent)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    except FileExistsError:
        check_private(path)


def check_private(path: Path) -> None:
    """Refuses a file that others may read. Windows has other rights than these."""
    if os.name == "posix" and path.stat().st_mode & OTHERS:
        raise ConfigError(f"{path} holds secrets and others may read it. Close it: chmod 600 {path}")


def read_private(path: Path) -> str | None:
    """The text of a private file; None when there is none."""
    try:
        check_private(path)
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None


def write_private(path: Path, text: str, *, new: bool = False) -> bool:
    """Writes the file in one step. With `new`, a file that is there stays; False says so."""
    make_private_folder(path.parent)
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if not new:
            os.replace(draft, path)
            return True
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
        return True
    finally:
        Path(draft).unlink(missing_ok=True)
