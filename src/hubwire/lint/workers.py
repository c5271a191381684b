"""Work shared between processes, all of which end with the one that asked."""

from __future__ import annotations

import multiprocessing.process
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 2.0
"""Seconds that a process has for ending by itself."""


def side_by_side(jobs: int, work: Callable[..., T], parts: Sequence[tuple[Any, ...]]) -> list[T]:
    """The results of one call a part, in order; nothing is left running when this is interrupted."""
    others = multiprocessing.active_children()
    with ProcessPoolExecutor(jobs, initializer=_obey) as pool:
        try:
            return [each.result() for each in [pool.submit(work, *part) for part in parts]]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _end([c for c in multiprocessing.active_children() if c not in others])
            raise


def _end(children: list[multiprocessing.process.BaseProcess]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        child.join(PATIENCE)
        if child.is_alive():
            child.kill()
            child.join()


def _obey() -> None:
    """Leave it to the asking process what an interruption means, and end when told to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
