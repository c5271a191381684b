"""Receiver and worker of one process, and what keeps them together."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hubwire.webhooks.address import Address, Called
from hubwire.webhooks.app import App
from hubwire.webhooks.delivery import Answer, Delivery, told
from hubwire.webhooks.guard import Guard
from hubwire.webhooks.inbox import Inbox, Stats, StoreError
from hubwire.webhooks.metrics import Metrics
from hubwire.webhooks.receiver import Limits, Receiver
from hubwire.webhooks.signature import VERSIONS, Secrets
from hubwire.webhooks.stores import DEFAULT, SqliteStore, Store, store
from hubwire.webhooks.worker import Worker, Working

COUNTED = 10.0
"""Seconds between looks at how much is waiting, for OpenTelemetry."""
LEAST_FREE = 64 << 20
"""Bytes on the inbox's disk below which nothing is taken in: a full disk hits others too."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe, and as what."""

    secrets: Secrets | None = None
    """None: `HUBSPOT_CLIENT_SECRET`."""
    public_url: str | None = None
    """The target URL as it stands in HubSpot; it is what v2 and v3 sign."""
    trusted_proxies: tuple[str, ...] = ()
    """Used where there is no public URL."""
    versions: Collection[str] = VERSIONS


class Service:
    """Receives, and handles in a thread of its own. Start it on the loop that receives, or use `with`."""

    def __init__(
        self,
        app: App,
        *,
        inbox: str | Path | Store = DEFAULT,
        trust: Trust | None = None,
        limits: Limits | None = None,
        working: Working | None = None,
        receiving: bool = True,
        beside: Callable[[Inbox], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`Working(workers=0)` only receives; `receiving=False` only handles. `beside` runs with the inbox as
        long as the service does: a reader of the journal, for instance.
        """
        trust = trust or Trust()
        self._secrets = (trust.secrets or Secrets.from_environment()) if receiving else None
        self._versions, self._limits = trust.versions, limits or Limits()
        self.address = Address(trust.public_url, trust.trusted_proxies)
        self.guard, self.metrics = Guard(), Metrics()
        self._app, self._clock = app, clock
        self._store = store(inbox) if isinstance(inbox, str | Path) else inbox
        self._path = self._store.path if isinstance(self._store, SqliteStore) else None
        self._working = working or Working()
        self.inbox: Inbox | None = None
        self._receiver: Receiver | None = None
        self._worker: Worker | None = None
        self._control: Any = None
        self._starting: asyncio.Lock | None = None
        self._stats: Stats | None = None
        self._beside, self._besides = beside, set[asyncio.Future[None]]()

    async def start(self) -> None:
        """Opens the inbox and begins to handle. Once is enough; a second call does nothing."""
        self._starting = self._starting or asyncio.Lock()
        async with self._starting:
            if self.inbox is not None:
                return
            inbox = self._store.inbox()
            await inbox.open()
            try:
                await self._begin(inbox)
            except BaseException:
                await inbox.close()
                raise
            self.inbox = inbox

    async def _begin(self, inbox: Inbox) -> None:
        if self._secrets is not None:
            self._receiver = Receiver(
                inbox, self._secrets, versions=self._versions, limits=self._limits,
                clock=self._clock, metrics=self.metrics,
            )  # fmt: skip
        if self._path is not None:
            from hubwire.webhooks.control import Control

            self._control = Control(inbox, self._clock)
            await self._control.start()
        if self._working.workers:
            self._worker = Worker(
                self._app, self._store, self._working,
                guard=self.guard, metrics=self.metrics, clock=self._clock,
            )  # fmt: skip
            await asyncio.to_thread(self._worker.start)
        if self._beside is not None:
            self._besides.add(asyncio.ensure_future(self._beside(inbox)))
        if self.metrics.on:
            self.metrics.watch(lambda: self._stats, self._clock)
            self._besides.add(asyncio.ensure_future(self._count(inbox)))

    async def _count(self, inbox: Inbox) -> None:
        """What the gauges show: whoever collects them cannot wait for an inbox."""
        while True:
            with contextlib.suppress(StoreError):
                self._stats = await inbox.stats()
            await asyncio.sleep(COUNTED)

    async def close(self) -> None:
        """Lets running handlers end, then closes the inbox."""
        if self.inbox is None:
            return
        inbox, self.inbox = self.inbox, None
        for running in self._besides:
            running.cancel()
        await asyncio.gather(*self._besides, return_exceptions=True)
        if self._receiver is not None:
            await self._receiver.close()
        if self._worker is not None:
            await asyncio.to_thread(self._worker.stop)
        if self._control is not None:
            await self._control.close()
        await inbox.close()

    async def receive(self, called: Called, method: str, headers: dict[str, str], body: bytes) -> Answer:
        """A request that was read, to its answer."""
        return await self.receiver.receive(Delivery(method, self.address.of(called, headers), headers, body))

    async def read(self, chunks: AsyncIterable[bytes], headers: dict[str, str]) -> bytes | Answer:
        """The body, or why it was not read to its end."""
        limits = self.receiver.limits
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > limits.body:
            return self.receiver.too_large()
        body = bytearray()
        try:
            async with asyncio.timeout(limits.reading):
                async for chunk in chunks:
                    body += chunk
                    if len(body) > limits.body:
                        return self.receiver.too_large()
        except TimeoutError:
            return self.receiver.too_slow()
        except EOFError:
            return self.receiver.cut_off()
        return bytes(body)

    @property
    def receiver(self) -> Receiver:
        """RuntimeError before `start`."""
        if self._receiver is None:
            raise RuntimeError("the service has not been started: await service.start()")
        return self._receiver

    def live(self) -> list[str]:
        """What only a restart of the process mends; empty when it is well."""
        problem = self._worker.problem if self._worker else None
        return [problem] if problem else []

    async def ready(self) -> list[str]:
        """Why no request should be sent here now; empty when one can."""
        problems = self.live()
        if self.inbox is None:
            return [*problems, "the inbox is not open"]
        try:
            self._stats = await self.inbox.stats()
        except StoreError as problem:
            problems.append(str(problem))
        if self._receiver is not None and self._receiver.failing:
            problems.append(self._receiver.failing)
        if self._path is not None and shutil.disk_usage(self._path.absolute().parent).free < LEAST_FREE:
            problems.append("the disk of the inbox is full")
        return problems

    async def health(self, path: str) -> Answer:
        """`/healthz`: does the process have to be restarted? `/readyz`: can it be sent requests?"""
        if path not in ("/healthz", "/readyz"):
            return told(404, "there is nothing here")
        problems = self.live() if path == "/healthz" else await self.ready()
        return Answer(
            503 if problems else 200, msgspec.json.encode({"ok": not problems, "problems": problems})
        )

    async def __aenter__(self) -> Service:
        await self.start()
        return self

    async def __aexit__(self, *gone: object) -> None:
        await self.close()


class Blocking:
    """A service for programs without an event loop: it has one of its own, on a thread."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Once is enough. In servers that fork, only after they have: `receive` does it when it is first
        called.
        """
        with self._lock:
            if self._loop is not None:
                return
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="hubwire-webhooks", daemon=True).start()
            try:
                asyncio.run_coroutine_threadsafe(self.service.start(), loop).result()
            except BaseException:
                loop.call_soon_threadsafe(loop.stop)
                raise
            self._loop = loop

    def receive(
        self, called: Called, method: str, headers: dict[str, str], chunks: Iterable[bytes]
    ) -> Answer:
        """A request to its answer; `chunks` is its body."""
        self.start()
        if self._loop is None:
            raise RuntimeError("the service was closed")
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > self.service.receiver.limits.body:
                break
        work = self.service.receive(called, method, headers, bytes(body))
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self.service.close(), loop).result()
            loop.call_soon_threadsafe(loop.stop)

    def __enter__(self) -> Blocking:
        self.start()
        return self

    def __exit__(self, *gone: object) -> None:
        self.close()
