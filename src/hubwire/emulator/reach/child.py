"""Runs a command to its end and passes on the signals that were meant for it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

PASSED = tuple(
    found
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT")
    if (found := getattr(signal, name, None)) is not None
)
KEYS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGQUIT", "SIGWINCH") if hasattr(signal, name))
"""Sent by the terminal to every process in the foreground, the child included."""


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """The child's exit code; 128 and the number when a signal ended it, as shells say it. OSError when it
    cannot be started.
    """
    with _Passing() as passing:
        passing.child = subprocess.Popen(command, env=dict(environment))
        passing.catch_up()
        code = passing.child.wait()
    return code if code >= 0 else 128 - code


class _Passing(contextlib.AbstractContextManager["_Passing"]):
    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._former = {number: signal.signal(number, self._pass) for number in PASSED}

    def __exit__(self, *problem: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def catch_up(self) -> None:
        """Signals that came while the child was being started."""
        for number in self._early:
            self._pass(number, None)

    def _pass(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.child is None:
            self._early.append(number)
        elif number not in KEYS or not _in_foreground():
            self.child.send_signal(number)


def _in_foreground() -> bool:
    """Whether a terminal sends its keys to this process and its child alike."""
    if sys.platform == "win32":
        return True
    for stream in (0, 1, 2):
        with contextlib.suppress(OSError):
            return os.tcgetpgrp(stream) == os.getpgrp()
    return False
