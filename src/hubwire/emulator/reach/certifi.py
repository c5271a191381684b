"""Adds the local authority to a Python's certifi file for the time of a run, and takes it out again.

`requests.Session.send` with a prepared request, and whatever else asks certifi for its file, sees no
variable. What was added is noted in a journal first, and the journal is locked as long as the run lives: the
next start finds journals that nobody holds any more and cleans up after them.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

BEGIN, END = "# hubwire emulator {}: begins", "# hubwire emulator {}: ends"
WHERE = "import certifi; print(certifi.where())"
SECONDS = 60


class CertifiError(Exception):
    """The file cannot be found or changed; the message says why and what to do."""


@contextlib.contextmanager
def trusted(python: str, pem: str, journals: Path) -> Iterator[Path]:
    """`pem` is in that Python's certifi file inside the block; gives the file."""
    path = bundle_of(python)
    mark = uuid.uuid4().hex
    with _journal(journals, mark) as journal:
        journal.write(f"{path}\n")
        journal.flush()
        os.fsync(journal.fileno())
        block = f"\n{BEGIN.format(mark)}\n{pem.rstrip()}\n{END.format(mark)}\n"
        with _alone(journals):
            _rewrite(path, path.read_text("utf-8") + block)
        try:
            yield path
        finally:
            with _alone(journals):
                _take_out(path, mark)


def clean(journals: Path) -> list[Path]:
    """Undoes what runs left behind that ended without doing it themselves; gives the files mended."""
    mended = []
    for found in sorted(journals.glob("*.journal")) if sys.platform != "win32" else ():
        with contextlib.suppress(FileNotFoundError), found.open("r+", encoding="utf-8") as journal:
            if not _lock(journal, wait=False):
                continue
            named = journal.readline().rstrip("\n")
            with _alone(journals):
                if named and _take_out(Path(named), found.stem):
                    mended.append(Path(named))
            found.unlink(missing_ok=True)
    return mended


def bundle_of(python: str) -> Path:
    """The certifi file of a Python, links resolved."""
    if sys.platform == "win32":
        raise CertifiError("--certifi needs file locks that Windows does not have: set SSL_CERT_FILE there.")
    try:
        asked = subprocess.run(
            [python, "-c", WHERE], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise CertifiError(f"--certifi {python}: it does not run ({problem}).") from None
    path = asked.stdout.strip()
    if asked.returncode or not path:
        raise CertifiError(f"--certifi {python}: that Python has no certifi, so there is nothing to add to.")
    return Path(path).resolve()


@contextlib.contextmanager
def _journal(journals: Path, mark: str) -> Iterator[IO[str]]:
    journals.mkdir(parents=True, exist_ok=True)
    path = journals / f"{mark}.journal"
    # Locked under another name first: a start at the same time must not take it for an orphan.
    early = path.with_suffix(".new")
    with early.open("w", encoding="utf-8") as file:
        _lock(file)
        early.rename(path)
        yield file
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(journals: Path) -> Iterator[None]:
    """One change at a time, of whichever file."""
    with (journals / "lock").open("w") as file:
        _lock(file)
        yield


def _lock(file: IO[str], *, wait: bool = True) -> bool:
    """Whether the lock could be had. It goes with the process, however that ends."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _take_out(path: Path, mark: str) -> bool:
    """Whether the block with that mark was there; the rest of the file stays to the byte."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return False
    begins, ends = re.escape(BEGIN.format(mark)), re.escape(END.format(mark))
    without = re.sub(rf"\n{begins}\n.*?\n{ends}\n", "", text, flags=re.DOTALL)
    if without == text:
        return False
    _rewrite(path, without)
    return True


def _rewrite(path: Path, text: str) -> None:
    """A new file in its place: whole at any moment, and other names of the old one stay as they are.

    Installers link files of several environments to one copy.
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as new:
            new.write(text)
        shutil.copymode(path, new.name)
        os.replace(new.name, path)
    except OSError as problem:
        raise CertifiError(
            f"{path} cannot be changed ({problem.strerror}): give a Python of your own."
        ) from None
