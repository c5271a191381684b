"""Threads for blocking handlers. A handler that never returns costs one thread, and not the way out.

`ThreadPoolExecutor` waits for its threads when the interpreter ends: with a handler that hangs, for ever.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

Job = tuple[Callable[[], Any], "Future[Any]"]


class Threads:
    """As many as run at once, made when needed and kept."""

    def __init__(self, name: str = "hubwire-handler") -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0
        self._made = 0

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        """Runs it at once, on a thread of its own or one that is idle."""
        future: Future[Any] = Future()
        with self._lock:
            if self._idle:
                self._idle -= 1
            else:
                self._made += 1
                threading.Thread(target=self._run, name=f"{self._name}-{self._made}", daemon=True).start()
        self._jobs.put((call, future))
        return future

    def close(self) -> None:
        """Ends those that are idle; who still runs ends when it returns, or with the process."""
        with self._lock:
            made = self._made
        for _ in range(made):
            self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            call, future = job
            if future.set_running_or_notify_cancel():
                try:
                    result = call()
                except BaseException as problem:  # noqa: BLE001  # the handler's, SystemExit included
                    future.set_exception(problem)
                else:
                    future.set_result(result)
            del job, call, future
            with self._lock:
                self._idle += 1
