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


class Sender:
    """Use as a context: it sends inside, and on the way out waits for what is being sent."""

    def __init__(
        self, courier: Courier, now: Callable[[], float], send: Callable[[Post], Posted] = post
    ) -> None:
        self._courier, self._now, self._post = courier, now, send
        self._bell = threading.Event()
        self._stop = threading.Event()
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
                for parcel in self._courier.claim(self._now()):
                    pool.submit(self._send, parcel)
                self._bell.wait(TICK)
                self._bell.clear()

    def _send(self, parcel: Parcel) -> None:
        self._courier.send(parcel, self._now, self._post)
        # There is room for another request now.
        self._bell.set()
