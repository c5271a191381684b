"""The thread that delivers while the emulator is served."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hubwire.emulator.hooks.courier import Courier
from hubwire.emulator.hooks.outbox import Parcel
from hubwire.emulator.hooks.poster import Post, Posted, post

TICK = 0.25
"""Seconds between looks at the clock, which somebody may have turned."""
THREADS = 32
GATHERING = 1.0
"""Seconds for which events are held back that shall come out of order: one alone has none."""


class Sender:
    """Use as a context: it sends inside, and on the way out waits for what is being sent."""

    def __init__(
        self,
        courier: Courier,
        now: Callable[[], float],
        send: Callable[[Post], Posted] = post,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._courier, self._now, self._post = courier, now, send
        self._bell = threading.Event()
        self._stop = threading.Event()
        self._wait = wait or self._stop.wait
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Sender:
        self._courier.bell = self._bell.set
        self._thread = threading.Thread(target=self._run, name="hubwire-webhooks", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *gone: object) -> None:
        self._courier.bell = lambda: None
        self._stop.set()
        self._bell.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="hubwire-webhook") as pool:
            while not self._stop.is_set():
                if self._ready():
                    for parcel in self._courier.claim(self._now()):
                        pool.submit(self._send, parcel)
                self._bell.wait(TICK)
                self._bell.clear()

    def _ready(self) -> bool:
        """At once, unless order shall be lost: then when something is due and others had time to join it."""
        if not self._courier.disorder.shuffle:
            return True
        due = self._courier.due(self._now())
        if due:
            self._wait(GATHERING)
        return due

    def _send(self, parcel: Parcel) -> None:
        self._courier.send(parcel, self._now, self._post)
        # There is room for another request now.
        self._bell.set()
