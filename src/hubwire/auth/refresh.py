"""Tokens that renew themselves: in time, one at a time per account, and saved before they are used.

What is promised at each point where a program may die is in docs/explain/tokens.md.
"""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from hubwire.auth.grant import Tokens
from hubwire.auth.stores.memory import MemoryStore
from hubwire.auth.stores.store import REVOKED, Kept, Key, Lease, TokenStore
from hubwire.errors import (
    ConnectionFailed,
    Disconnected,
    HubwireError,
    NotConnected,
    Problem,
    RateLimited,
    ServerError,
    TimedOut,
    TokenStoreError,
)
from hubwire.wire.flow import Flow, Wait, do, pause

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
log = logging.getLogger(__name__)
PASSING = (ConnectionFailed, ServerError, RateLimited)
"""What goes wrong with a refresh without saying anything about the grant."""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """When to refresh, and how patiently. All in seconds."""

    margin: float = 180.0
    """Before expiry; at most a quarter of the token's life. No call shall set out with one that is dying."""
    jitter: float = 60.0
    """Up to so much earlier still, so that programs that share a token do not all begin at once."""
    safety: float = 5.0
    """A token with less than this left is waited over rather than used."""
    lease: float = 30.0
    """How long a refresher that died keeps others waiting. Longer than one request may take."""
    pauses: tuple[float, ...] = (0.5, 2.0)
    """Before the second and the third request of a refresh."""
    poll: float = 0.05
    """Between looks whether somebody else's refresh is through; grows to ten times as much."""
    patience: float = 120.0
    """For somebody else's refresh."""
    glance: float = 1.0
    """Between looks whether somebody else's refresh is through, while the old token is good."""
    rest: float = 10.0
    """After a refresh that failed while the token is good a while longer, and between looks whether a
    disconnected account has been connected again."""
    young: float = 60.0
    """A token that was renewed so short a time ago is not renewed again because HubSpot calls it expired:
    that would not help either."""


class Refresher(Protocol):
    """Asks for new tokens, once."""

    def refreshing(self, refresh_token: str, now: float) -> Flow[Tokens]: ...


class NamedRefresher(Refresher, Protocol):
    """The same, of an app that has a name."""

    client_id: str


class StoredTokens:
    """A token source for one account of a store.

    Over all threads, tasks, programs and machines that use the store, one refreshes, under a lease that ends
    by itself; the others go on with the old token while it is good, and wait for the new one when it is not.
    No lock is held while anybody waits for a network or a disk.
    """

    def __init__(
        self,
        refresher: Refresher,
        store: TokenStore,
        key: Key,
        timing: Timing | None = None,
        *,
        base_url: str | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`base_url` is where a hub calls with the tokens when it is told no other place."""
        self._refresher, self._store, self._key = refresher, store, key
        self._timing, self._chance = timing or Timing(), chance
        self.base_url = base_url
        self._lock = threading.Lock()
        self._kept: Kept | None = None
        self._renew_from = 0.0
        self._not_before = 0.0
        self._stale: str | None = None
        self._turn: Future[HubwireError | None] | None = None
        self._process = os.getpid()

    @property
    def tokens(self) -> Tokens | None:
        """The grant as last seen; None before the first call."""
        kept = self._kept
        return None if kept is None else kept.tokens

    @property
    def account(self) -> str | None:
        """The account that the tokens are for, where HubSpot told."""
        return self._key.account or None

    @property
    def quota_key(self) -> str | None:
        """Whose quota is spent: that of the app in the account."""
        return f"{self._key.app} {self._key.account}" if self._key.account else None

    def bearer(self, now: float) -> Flow[str]:
        """An access token that is good at `now`."""
        while True:
            with self._lock:
                ready = self._ready(now)
                if ready is not None:
                    return ready
                if self._process != os.getpid():
                    # After a fork the parent's threads are not here: nobody would end their turn.
                    self._turn, self._process = None, os.getpid()
                turn, mine = self._turn, self._turn is None
                if turn is None:
                    turn = self._turn = _new_turn()
                elif self._usable(now):
                    return self._access()
            if mine:
                yield from self._taking(turn, now)
                with self._lock:
                    if self._usable(now):
                        return self._access()
                now = max(now, self._renewed_at())
            else:
                failure: HubwireError | None = yield Wait(turn)
                if failure is not None:
                    raise failure.with_traceback(None)
                now = max(now, self._renewed_at())

    def forget(self) -> None:
        """What is known of the account is looked up anew at the next call."""
        with self._lock:
            self._kept, self._stale = None, None

    def expired(self, token: str, now: float) -> bool:
        """HubSpot called the token expired: it is not given out again, unless it was renewed so lately
        that another one would fare no better.
        """
        with self._lock:
            kept = self._kept
            if kept is None or kept.disconnected or not kept.tokens.refresh_token:
                return False
            if token == kept.tokens.access_token:
                if kept.tokens.renewed and now - kept.tokens.obtained_at < self._timing.young:
                    return False
                self._stale, self._not_before = token, 0.0
        return True

    def refused(self, token: str) -> bool:
        """HubSpot does not know the token: somebody may have disconnected the account, or connected it anew,
        and the store says so.
        """
        self.forget()
        return True

    # What can be told from memory; the lock is held.

    def _ready(self, now: float) -> str | None:
        """The token that needs no thought: fresh, or good while renewing it has to rest."""
        kept = self._kept
        if kept is None:
            return None
        if kept.disconnected:
            if now < self._not_before:
                raise _disconnected(self._key, kept)
            return None
        rests = now < max(self._renew_from, self._not_before)
        return kept.tokens.access_token if rests and self._usable(now) else None

    def _usable(self, now: float) -> bool:
        kept = self._kept
        if kept is None or kept.disconnected or kept.tokens.access_token in ("", self._stale):
            return False
        return now < kept.tokens.expires_at - min(self._timing.safety, _life(kept.tokens) / 4)

    def _access(self) -> str:
        return "" if self._kept is None else self._kept.tokens.access_token

    def _renewed_at(self) -> float:
        kept = self._kept
        return 0.0 if kept is None else kept.tokens.obtained_at

    # One at a time in this process

    def _taking(self, turn: Future[HubwireError | None], now: float) -> Flow[None]:
        """Renews, and tells those who wait how it went."""
        failure: HubwireError | None = None
        try:
            yield from self._renewing(now)
        except HubwireError as problem:
            if not self._gets_by(problem, now):
                failure = problem
                raise
        finally:
            # Also when the caller gave up: without a failure, the next of those who wait takes its place.
            with self._lock:
                self._turn = None
            turn.set_result(failure)

    def _gets_by(self, problem: HubwireError, now: float) -> bool:
        """Whether the old token does for now, though it could not be renewed."""
        if not isinstance(problem, (*PASSING, TokenStoreError)):
            return False
        with self._lock:
            self._not_before = now + self._timing.rest
            usable = self._usable(now)
        if usable:
            log.warning(
                "%s: the token could not be renewed yet, and is good a while longer: %s", self._key, problem
            )
        return usable

    def _renewing(self, now: float) -> Flow[None]:
        """A newer token: somebody else's from the store, else HubSpot's under the lease."""
        holder = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(6).hex()}"
        waited, poll = 0.0, self._timing.poll
        while True:
            kept = yield from self._looked(now + waited)
            if kept is None:
                return
            lease = yield from do(partial(self._store.acquire, self._key, holder, self._timing.lease))
            if lease is not None:
                yield from self._leased(lease, now + waited)
                return
            with self._lock:
                if self._usable(now + waited):
                    self._not_before = now + waited + self._timing.glance
                    return
            if waited >= self._timing.patience:
                raise TimedOut(
                    f"{self._key}: another program has been refreshing the token for {waited:.0f} s",
                    sent=False,
                )
            yield from pause(poll)
            waited += poll
            poll = min(poll * 1.5, self._timing.poll * 10)

    def _leased(self, lease: Lease, now: float) -> Flow[None]:
        try:
            # Somebody may have saved between the look and the lease.
            kept = yield from self._looked(now)
            if kept is not None:
                yield from self._refreshing(kept, lease, now)
        except BaseException:
            # Not yielded: a flow that is being closed can perform nothing more.
            self._give_back(lease)
            raise
        yield from _surely(partial(self._give_back, lease))

    def _give_back(self, lease: Lease) -> None:
        with suppress(TokenStoreError):  # it ends by itself
            self._store.release(lease)

    def _looked(self, now: float) -> Flow[Kept | None]:
        """What the store holds, if it has to be renewed; None when it is good as it is, and taken over."""
        kept = yield from do(partial(self._store.load, self._key))
        if kept is None:
            raise NotConnected(
                f"account {self._key.account} is not connected to the app {self._key.app}: send somebody of "
                "the account to the consent page first (authorize_url, or hubwire login)"
            )
        with self._lock:
            self._adopt(kept, now)
            if kept.disconnected:
                raise _disconnected(self._key, kept)
            return None if self._ready(now) is not None else kept

    def _adopt(self, kept: Kept, now: float) -> None:
        tokens = kept.tokens
        if kept != self._kept:
            early = min(self._timing.margin + self._timing.jitter * self._chance(), _life(tokens) / 4)
            self._renew_from, self._not_before = tokens.expires_at - early, 0.0
        if kept.disconnected:
            self._not_before = now + self._timing.rest
        if tokens.access_token != self._stale:
            self._stale = None
        self._kept = kept

    # Under the lease

    def _refreshing(self, kept: Kept, lease: Lease, now: float) -> Flow[None]:
        try:
            fresh = yield from self._asked(kept, lease, now)
        except Disconnected as dead:
            yield from self._after_death(kept, dead, now)
            return
        if fresh is not None:
            saved = yield from _surely(partial(self._saved, kept, fresh))
            with self._lock:
                self._adopt(saved, now)

    def _asked(self, kept: Kept, lease: Lease, now: float) -> Flow[Tokens | None]:
        """HubSpot's answer; None when the lease was lost on the way, and somebody else does it."""
        old = kept.tokens
        for seconds in (*self._timing.pauses, None):
            try:
                fresh = yield from self._refresher.refreshing(old.refresh_token, now)
                return msgspec.structs.replace(
                    fresh, scopes=fresh.scopes or old.scopes, hub_id=fresh.hub_id or old.hub_id
                )
            except PASSING:
                if seconds is None:
                    raise
            yield from pause(seconds)
            now += seconds
            again = partial(self._store.acquire, lease.key, lease.holder, self._timing.lease)
            if (yield from do(again)) is None:
                return None
        raise AssertionError("unreachable")

    def _saved(self, kept: Kept, fresh: Tokens) -> Kept:
        """Saves what HubSpot gave. When somebody else was quicker, theirs counts, unless HubSpot refused them
        because of the very token that we had used.
        """
        version = kept.version
        while True:
            saved = self._store.save(self._key, fresh, expected=version)
            if saved is not None:
                return saved
            now_there = self._store.load(self._key)
            if now_there is None:
                raise NotConnected(f"account {self._key.account} was removed while its token was refreshed")
            same = now_there.tokens.refresh_token == kept.tokens.refresh_token
            if now_there.disconnected in (None, REVOKED) or not same:
                return now_there
            version = now_there.version

    def _after_death(self, kept: Kept, dead: Disconnected, now: float) -> Flow[None]:
        """Marks the account, unless it was connected again or refreshed by somebody meanwhile."""
        mark = partial(
            self._store.save,
            self._key,
            kept.tokens,
            expected=kept.version,
            disconnected=dead.code or "BAD_REFRESH_TOKEN",
        )
        marked = yield from _surely(mark)
        if marked is None:
            yield from self._looked(now)
            return
        with self._lock:
            self._adopt(marked, now)
        raise _disconnected(self._key, marked, dead.problem) from dead

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.tokens!r})"


class OAuthTokens(StoredTokens):
    """A token source for a grant you keep yourself: no store, only a function that saves.

    One refresh at a time over all threads, tasks and hubs that share this object. Programs that share an
    account need a store: `OAuthApp(store=…).portal(…)`.
    """

    def __init__(
        self,
        app: NamedRefresher,
        tokens: Tokens,
        save: Callable[[Tokens], None] | None = None,
        *,
        timing: Timing | None = None,
    ) -> None:
        """`save` gets every new grant before it is used; what it raises ends the call that needed it."""
        store, key = _SavingStore(save), Key(app.client_id, str(tokens.hub_id or ""))
        super().__init__(app, store, key, timing)
        self._adopt(store.given(key, tokens), 0.0)


class _SavingStore(MemoryStore):
    def __init__(self, save: Callable[[Tokens], None] | None) -> None:
        super().__init__()
        self._save_elsewhere = save

    def given(self, key: Key, tokens: Tokens) -> Kept:
        kept = self._kept[key] = Kept(tokens, 1)
        return kept

    def save(
        self, key: Key, tokens: Tokens, *, expected: int | None = None, disconnected: str | None = None
    ) -> Kept | None:
        if self._save_elsewhere is not None and disconnected is None:
            try:
                self._save_elsewhere(tokens)
            except Exception as problem:  # whatever the function of somebody else raises
                raise TokenStoreError(f"the new tokens could not be saved: {problem!r}") from problem
        return super().save(key, tokens, expected=expected, disconnected=disconnected)


def _life(tokens: Tokens) -> float:
    """How long the access token lasts in all; HubSpot's half-hour where that is unknown."""
    return max(0.0, tokens.expires_at - tokens.obtained_at) if tokens.obtained_at else 1800.0


def _disconnected(key: Key, kept: Kept, problem: Problem | None = None) -> Disconnected:
    word = kept.disconnected or ""
    said = problem.message if problem is not None else word
    problem = problem or Problem(400, {"status": word, "message": word})
    return Disconnected(
        problem,
        message=f"account {key.account} is disconnected from the app ({said}): nothing can be called for it "
        "until somebody of the account connects it again (authorize_url, or hubwire login)",
    )


def _surely(work: Callable[[], T]) -> Flow[T]:
    """Does the work also when the flow is closed at this very point: what HubSpot gave must not be lost."""
    begun = False

    def tracked() -> T:
        nonlocal begun
        begun = True
        try:
            return work()
        except KeyboardInterrupt:
            begun = False
            raise

    try:
        return (yield from do(tracked))
    except GeneratorExit:
        if not begun:
            work()
        raise


def _new_turn() -> Future[HubwireError | None]:
    from concurrent.futures import Future

    return Future()
