"""From a request to its answer, and nothing after it: `receive` returns when the events are on disk."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets as randomness
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from hubwire.webhooks import events
from hubwire.webhooks.delivery import Answer, Delivery, told
from hubwire.webhooks.inbox import Arrival, Batch, Inbox, StoreError
from hubwire.webhooks.metrics import Metrics
from hubwire.webhooks.signature import VERSIONS, Refused, Secrets, Verified, verify

log = logging.getLogger("hubwire.webhooks")

REASONS = {
    "unsigned": "the request carries no signature",
    "version": "the signature is of a version that is not accepted here",
    "timestamp": "the request says no time, or not in milliseconds",
    "stale": "the request is more than five minutes old, or from the future",
    "mismatch": "the signature does not belong to this request and this client secret",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken in. HubSpot waits five seconds, and tries again later."""

    body: int = 1 << 20
    """Bytes of a request: HubSpot's hundred events are about 40,000."""
    waiting: int = 64
    """Requests that are being stored at a time; who comes then is told to come again."""
    reading: float = 3.0
    """Seconds in which a request has to be complete."""
    storing: float = 3.0
    """Seconds in which it has to be on disk."""


class Mouth:
    """How much may be said of refusals: whoever floods the receiver must not fill the log as well."""

    BURST, PER_SECOND = 100.0, 5.0

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._left, self._at = clock, self.BURST, clock()
        self.silent = 0
        """Lines that were not written since the last one that was."""

    def open(self) -> bool:
        """Whether another line may be written."""
        now = self._clock()
        self._left = min(self.BURST, self._left + max(0.0, now - self._at) * self.PER_SECOND)
        self._at = now
        if self._left < 1:
            self.silent += 1
            return False
        self._left -= 1
        return True


class Malformed(Exception):
    """The body is not what HubSpot sends."""


class Receiver:
    """`receive` is the whole of it. Without a secret there is no receiver: `Secrets` refuses to be made."""

    def __init__(
        self,
        inbox: Inbox,
        secrets: Secrets,
        *,
        versions: Collection[str] = VERSIONS,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        metrics: Metrics | None = None,
    ) -> None:
        self._inbox, self._secrets, self._versions = inbox, secrets, versions
        self.limits = limits or Limits()
        self._clock = clock
        self._metrics = metrics or Metrics()
        self._storing = 0
        self._refusals: Counter[str] = Counter()
        self._noting: asyncio.Task[None] | None = None
        self._mouth = Mouth(clock)
        self.failing: str | None = None
        """Why the last request could not be stored; None when it could."""

    async def receive(self, delivery: Delivery) -> Answer:
        """Verifies, parses and stores; never raises for what a request contains."""
        begun = time.monotonic()
        answer = await self._received(delivery)
        self._metrics.answered(time.monotonic() - begun, answer.status)
        return answer

    async def _received(self, delivery: Delivery) -> Answer:
        if delivery.method != "POST":
            return told(405, "HubSpot posts", allow="POST")
        if len(delivery.body) > self.limits.body:
            return self.too_large()
        if self._storing >= self.limits.waiting:
            return self.busy("too many requests are being stored", "overload")
        now = self._clock()
        verdict = verify(delivery, self._secrets, now=now, versions=self._versions)
        if isinstance(verdict, Refused):
            return self._refuse(401, verdict.reason, REASONS[verdict.reason], delivery)
        try:
            arrivals = parse(delivery.body)
        except Malformed as problem:
            return self._refuse(400, "malformed", str(problem), delivery)
        return await self._store(delivery, verdict, arrivals, int(now * 1000))

    async def _store(
        self, delivery: Delivery, verdict: Verified, arrivals: list[Arrival], now: int
    ) -> Answer:
        digest = hashlib.sha256(verdict.signature).digest()[:16]
        self._storing += 1
        try:
            async with asyncio.timeout(self.limits.storing):
                put = await self._inbox.put(Batch(now, digest, len(delivery.body), arrivals))
        except TimeoutError:
            # It may be stored after all: HubSpot's repetition is known by its keys then.
            self.failing = "the inbox did not answer in time"
            return self.busy(self.failing, "slow")
        except StoreError as problem:
            log.error("webhooks: a request could not be stored: %s", problem)
            self.failing = str(problem)
            return self.busy("the events could not be stored", "storage")
        finally:
            self._storing -= 1
        self.failing = None
        newest = max((one.occurred for one in arrivals), default=0)
        self._metrics.stored(put.accepted, put.duplicates, max(0, now - newest) / 1000 if newest else None)
        return Answer(204)

    def too_large(self) -> Answer:
        """For an adapter that stopped reading."""
        return self._refuse(413, "too_large", f"more than {self.limits.body} bytes")

    def too_slow(self) -> Answer:
        """For an adapter that stopped waiting."""
        return self._refuse(408, "too_slow", f"not complete within {self.limits.reading:g} seconds")

    def cut_off(self) -> Answer:
        """For an adapter whose client went away."""
        return self._refuse(400, "cut_off", "the connection ended before the request did")

    def busy(self, why: str, reason: str) -> Answer:
        """HubSpot tries again after any 5xx; nothing is lost."""
        self._count(reason)
        return told(503, why, retry_after="5")

    async def close(self) -> None:
        """Notes what is not noted yet."""
        if self._noting is not None:
            await self._noting

    def _refuse(self, status: int, reason: str, text: str, delivery: Delivery | None = None) -> Answer:
        number = randomness.token_hex(6)
        if self._mouth.open():
            if self._mouth.silent:
                log.warning("webhooks: refused %d more, too fast to be told one by one", self._mouth.silent)
                self._mouth.silent = 0
            size = f" of {len(delivery.body)} bytes" if delivery else ""
            log.warning("webhooks: refused request %s%s: %s", number, size, text)
        self._count(reason)
        return told(status, text, x_request_id=number)

    def _count(self, reason: str) -> None:
        self._metrics.refused(reason)
        self._refusals[reason] += 1
        if self._noting is None or self._noting.done():
            self._noting = asyncio.ensure_future(self._note())

    async def _note(self) -> None:
        # A flood of forgeries is one write after the other and never two at a time.
        while self._refusals:
            reasons, self._refusals = dict(self._refusals), Counter()
            try:
                await self._inbox.refuse(reasons)
            except StoreError as problem:
                log.error("webhooks: refusals could not be counted: %s", problem)
                return


def parse(body: bytes) -> list[Arrival]:
    """The events of a body; Malformed when it is no array of JSON. An element that is no event is kept."""
    try:
        # Read whole once, so that nothing is stored which a handler cannot read later.
        msgspec.json.decode(body)
        elements = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as problem:
        raise Malformed(f"not a JSON array of events: {problem}") from None
    return [arrival(bytes(element)) for element in elements]


_encode = msgspec.json.Encoder().encode


def arrival(raw: bytes) -> Arrival:
    """One event, or what came in its place."""
    try:
        event = events.read(raw)
    except (msgspec.MsgspecError, UnicodeError) as problem:
        return _unreadable(raw, str(problem))
    kind = event.kind
    if kind == events.UNREADABLE:
        return _unreadable(raw, "it has no subscriptionType")
    occurred = event.occurred_at
    # The time is in front: what comes in one after the other stands side by side in the index of the keys.
    key = occurred.to_bytes(6, "big") + blake2b(_encode(event.identity), digest_size=16).digest()
    return Arrival(key, event.lane, kind, event.property, occurred, raw, None, event)


def _unreadable(raw: bytes, problem: str) -> Arrival:
    key = blake2b(raw, digest_size=16, person=b"unreadable").digest()
    lane = f"0:{events.UNREADABLE}:{key.hex()}"
    return Arrival(
        key, lane, events.UNREADABLE, None, 0, raw, f"This is no event that can be read: {problem}"
    )
