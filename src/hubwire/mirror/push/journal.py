"""A record of creations that must not happen twice, kept on disk while a push runs.

HubSpot has no idempotency key, and a property such as a company's domain does not stop a second record. So
what is about to be created is written down, and on disk, before it is sent, and what came of it afterwards. A
push that was cut off finds here which creations it cannot know the outcome of, and looks them up instead of
sending them again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from hubwire.mirror.push.faults import BadInput


@dataclass
class Journal:
    """One file of JSON lines; made when the first creation is noted, removed when the push is through."""

    path: Path
    created: dict[tuple[str, str], str] = field(default_factory=dict)
    """(object, key) → id of what earlier runs are known to have created."""
    pending: dict[tuple[str, str], float] = field(default_factory=dict)
    """(object, key) → when it was sent, for creations whose outcome is not known."""
    _file: IO[str] | None = None

    @classmethod
    def of(cls, input_file: Path, portal_id: int, directory: Path | None = None) -> Journal:
        """The journal of pushing that file to that account, with what an earlier run left in it.

        It is kept beside the file, or in the user's state directory when nothing can be written there.
        """
        name = f".{input_file.name}.{portal_id}.hubwire-journal"
        if directory is None and not os.access(input_file.parent, os.W_OK):
            directory = state_directory()
            name = f"{hashlib.sha256(bytes(input_file.resolve())).hexdigest()[:16]}{name}"
        journal = cls((directory or input_file.parent) / name)
        journal._load()
        return journal

    def _load(self) -> None:
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as problem:
            raise BadInput(
                f"The journal of an earlier push, {self.path}, cannot be read ({problem}). It tells which "
                f"creations "
                "are still open. Make it readable; or delete it after checking the account for duplicates."
            ) from None
        for line in lines:
            try:
                self._recall(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                # The line that was being written when the machine stopped: nothing was sent on its account
                # yet.
                continue

    def _recall(self, entry: dict[str, Any]) -> None:
        object_ = str(entry["object"])
        for key in entry.get("sent", ()):
            self.pending[object_, str(key)] = float(entry["at"])
        for key, record_id in entry.get("created", {}).items():
            self.created[object_, key] = str(record_id)
            self.pending.pop((object_, key), None)
        for key in entry.get("not_created", ()):
            self.pending.pop((object_, str(key)), None)

    def sending(self, object_: str, keys: Iterable[str], at: float) -> None:
        """Note creations that are about to be sent. On return the note is on disk."""
        names = list(keys)
        self._write({"object": object_, "at": at, "sent": names}, durable=True)
        self.pending.update({(object_, key): at for key in names})

    def answered(self, object_: str, created: dict[str, str], not_created: Iterable[str]) -> None:
        """Note what came of them. Losing this note costs a look-up, not a duplicate, so it may linger in a
        cache.
        """
        none = list(not_created)
        self._write({"object": object_, "created": created, "not_created": none}, durable=False)
        for key in [*created, *none]:
            self.pending.pop((object_, key), None)
        self.created.update({(object_, key): record_id for key, record_id in created.items()})

    def _write(self, entry: dict[str, Any], *, durable: bool) -> None:
        try:
            fresh = self._file is None
            if self._file is None:
                self._file = self._open()
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()
            if durable:
                os.fsync(self._file.fileno())
                if fresh:
                    _sync_directory(self.path.parent)
        except OSError as problem:
            raise JournalLost(self.path, problem) from None

    def _open(self) -> IO[str]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a", encoding="utf-8")
        if file.tell():
            file.write("\n")  # ends a line that was cut short; blank lines are skipped
        return file

    def close(self, *, done: bool) -> None:
        """Let go of the file; remove it when the push is through: what was open was looked up by then."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if done:
            self.path.unlink(missing_ok=True)


def state_directory() -> Path:
    """Where a user's programs keep what must survive a restart."""
    # https://specifications.freedesktop.org/basedir-spec/latest/
    home = os.environ.get("XDG_STATE_HOME", "")
    base = Path(home) if home else Path.home() / ".local" / "state"
    return base / "hubwire"


class JournalLost(BadInput):
    """The journal cannot be written, so nothing that must not happen twice may be sent."""

    def __init__(self, path: Path, problem: OSError) -> None:
        super().__init__(
            f"{path} cannot be written ({problem.strerror or problem}). Without this journal an interrupted "
            f"push could "
            "create records twice. Move the input to a directory that can be written to, or make room there."
        )


def _sync_directory(path: Path) -> None:
    if os.name != "nt":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
