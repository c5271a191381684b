"""Work shared between processes, all of which end with the one that asked."""

from __future__ import annotations

import multiprocessing
import multiprocessing.process
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 2.0
"""Seconds that a process has for ending by itself."""
PACE = 0.2
"""Seconds between two looks at how far the others have come."""
_count: Any = None
"""In a process that works for another: the number of things done by all of them."""


def side_by_side(
    jobs: int,
    work: Callable[..., T],
    parts: Sequence[tuple[Any, ...]],
    told: Callable[[int], None] | None = None,
) -> list[T]:
    """The results of one call a part, in order; nothing is left running when this is interrupted.

    `told` hears how many things more were done, as the work says by `advance`.
    """
    others = multiprocessing.active_children()
    count = multiprocessing.Value("q") if told else None
    with ProcessPoolExecutor(jobs, initializer=_obey, initargs=(count,)) as pool:
        try:
            futures = [pool.submit(work, *part) for part in parts]
            if told:
                _watch(futures, count, told)
            return [each.result() for each in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _end([c for c in multiprocessing.active_children() if c not in others])
            raise


def advance() -> None:
    """Count one thing done by a process that works for another."""
    if _count is not None:
        with _count.get_lock():
            _count.value += 1


def _watch(futures: Sequence[Future[Any]], count: Any, told: Callable[[int], None]) -> None:
    """Tell how far the work has come until it is done."""
    done, waiting = 0, set(futures)
    while waiting:
        waiting = wait(waiting, timeout=PACE).not_done
        now = count.value
        if now > done:
            told(now - done)
            done = now


def _end(children: list[multiprocessing.process.BaseProcess]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        child.join(PATIENCE)
        if child.is_alive():
            child.kill()
            child.join()


def _obey(count: Any) -> None:
    """Leave it to the asking process what an interruption means, and end when told to."""
    global _count
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _count = count
