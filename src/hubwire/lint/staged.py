"""What the next commit will hold, as git's index knows it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hubwire.lint.collect import LIMIT, normalised, worthwhile

_FILES = ("100644", "100755")
"""Modes of regular files: links and submodules hold no text of their own."""


class Index:
    """Files of git's index by path below a folder, read through one `git cat-file`."""

    def __init__(self, root: Path, reader: subprocess.Popen[bytes]) -> None:
        self._root = root
        self._reader = reader
        self.objects = dict(_entries(_git(root, "ls-files", "--stage", "-z")))
        """Path → name of the object that holds the file."""

    def read(self, path: str) -> bytes | None:
        """The text of a file of the index; None if it holds none of that name."""
        name = self.objects.get(path)
        asked, told = self._reader.stdin, self._reader.stdout
        if name is None or asked is None or told is None:
            return None
        asked.write(f"{name}\n".encode())
        asked.flush()
        head = told.readline().split()
        if len(head) != 3:
            return None
        data = told.read(int(head[2]))
        told.read(1)
        return normalised(data)

    def changed(self, wanted: Iterable[Path]) -> dict[str, bytes]:
        """Path → text of what was added or changed below some files and folders."""
        prefixes = [_relative(path, self._root) for path in wanted]
        listed = _git(self._root, "diff", "--cached", "--name-only", "--no-renames", "--relative",
                      "--diff-filter=AM", "-z")  # fmt: skip
        out = {}
        for raw in listed.split(b"\0"):
            name = os.fsdecode(raw)
            if not any(p in ("", name) or name.startswith(f"{p}/") for p in prefixes):
                continue
            data = self.read(name) if name and (name in prefixes or worthwhile(name)) else None
            if data is not None and (len(data) <= LIMIT or name in prefixes):
                out[name] = data
        return out

    def knows(self, wanted: Path) -> bool:
        """Whether the index holds a file or anything in a folder."""
        name = _relative(wanted, self._root)
        return name in ("", *self.objects) or any(o.startswith(f"{name}/") for o in self.objects)


@contextmanager
def index(root: Path) -> Iterator[Index]:
    """The index of the repository that a folder is in.

    Raises OSError with git's own words when there is none.
    """
    _git(root, "rev-parse", "--git-dir")
    command = ["git", "-C", str(root), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        try:
            yield Index(root, reader)
        finally:
            if reader.stdin is not None:
                reader.stdin.close()


def _entries(listed: bytes) -> Iterator[tuple[str, str]]:
    for entry in listed.split(b"\0"):
        about, _, name = entry.partition(b"\t")
        mode, _, rest = about.decode().partition(" ")
        if mode in _FILES:
            yield os.fsdecode(name), rest.split(" ")[0]


def _git(root: Path, *command: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(root), *command], capture_output=True, check=True, timeout=60)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise OSError(f"--staged: {said or error}") from error
    except subprocess.SubprocessError as error:
        raise OSError(f"--staged: {error}") from error
    return done.stdout


def _relative(path: Path, root: Path) -> str:
    """A path below a folder with forward slashes; the folder itself is nothing. Links are not followed."""
    there = Path(os.path.abspath(path))
    folder = root.resolve()
    if not there.is_relative_to(folder):
        there = path.resolve()
    return "" if there == folder else os.path.relpath(there, folder).replace(os.sep, "/")
