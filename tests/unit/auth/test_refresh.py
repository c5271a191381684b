"""Renewing tokens: in time, once for everybody, saved before use, and dead only when HubSpot says so."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.auth import MemoryStore, OAuthClient, OAuthTokens, StoredTokens, Timing, Tokens
from hubwire.auth.stores.store import Kept, Key, Lease
from hubwire.errors import (
    ConnectionFailed,
    Disconnected,
    HubwireError,
    NotConnected,
    OAuthError,
    RateLimited,
    ServerError,
    TimedOut,
    TokenStoreError,
)
from hubwire.wire import blocking, tasks
from hubwire.wire.flow import Do, Effect, Flow, Send
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.helpers import Serve, VirtualClock, reply, run, script

NOW = 1_000_000.0
KEY = Key("client", "62515")
GRANT = {
    "access_token": "fresh",
    "refresh_token": "again",
    "expires_in": 1800,
    "hub_id": 62515,
    "scopes": ["oauth"],
}
DEAD = {"error": "invalid_grant", "status": "BAD_REFRESH_TOKEN", "message": "invalid, expired or revoked"}


def client() -> OAuthClient:
    return OAuthClient("client", "sesame", "https://app.test/back", store=MemoryStore())


def old(expires_at: float = NOW, refresh_token: str = "again", **more: Any) -> Tokens:
    return Tokens("old", refresh_token, expires_at, ("oauth",), 62515, **more)


def stored(tokens: Tokens | None = None, clock: VirtualClock | None = None, **timing: Any) -> StoredTokens:
    """A source whose jitter is as long as it can be."""
    store = MemoryStore(clock=(clock or VirtualClock()).now)
    store.save(KEY, tokens or old())
    return another(store, **timing)


def another(store: MemoryStore, **timing: Any) -> StoredTokens:
    """As another program has it."""
    return StoredTokens(client(), store, KEY, Timing(**timing), chance=lambda: 1.0)


def store_of(source: StoredTokens) -> MemoryStore:
    assert isinstance(source._store, MemoryStore)
    return source._store


def kept(source: StoredTokens) -> Kept:
    found = source._store.load(KEY)
    assert found is not None
    return found


# When


def test_a_good_token_is_given_out_without_asking() -> None:
    source = stored(old(NOW + 1_000))
    assert run(source.bearer(NOW), script()[0]) == "old"


@pytest.mark.parametrize(("left", "token"), [(241, "old"), (239, "fresh"), (0, "fresh"), (-9_999, "fresh")])
def test_a_token_is_renewed_before_it_expires_by_margin_and_jitter(left: float, token: str) -> None:
    source = stored(old(NOW + left))
    assert run(source.bearer(NOW), script(reply(200, GRANT))[0]) == token
    assert run(source.bearer(NOW), script()[0]) == token


def test_the_margin_of_a_short_lived_token_is_a_quarter_of_its_life() -> None:
    source = stored(old(NOW + 31, obtained_at=NOW - 69))
    assert run(source.bearer(NOW), script()[0]) == "old"
    short = {**GRANT, "expires_in": 20}
    assert run(source.bearer(NOW + 10), script(reply(200, short))[0]) == "fresh"
    assert run(source.bearer(NOW + 24), script()[0]) == "fresh"


def test_programs_that_share_a_token_do_not_all_begin_at_once() -> None:
    moments = set()
    for chance in (0.0, 0.3, 0.9):
        source = StoredTokens(client(), MemoryStore(), KEY, chance=lambda chance=chance: chance)
        source._adopt(Kept(old(NOW + 1_800, obtained_at=NOW), 1), NOW)
        moments.add(source._renew_from)
    assert len(moments) == 3
    assert all(NOW + 1_800 - 240 <= moment <= NOW + 1_800 - 180 for moment in moments)


# Saved before it is used


def driven(flow: Flow[str], step: Effect, serve: Serve) -> str:
    """The flow's result, from a step on."""
    try:
        while True:
            match step:
                case Do(work):
                    step = flow.send(work())
                case Send(request, _):
                    step = flow.send(serve(request))
                case _:
                    raise AssertionError(step)
    except StopIteration as stop:
        token: str = stop.value
        return token


def test_the_new_grant_is_saved_before_it_is_used() -> None:
    source = stored()
    rotated = {**GRANT, "refresh_token": "rotated"}
    assert run(source.bearer(NOW), script(reply(200, rotated))[0]) == "fresh"
    assert kept(source) == Kept(
        Tokens("fresh", "rotated", NOW + 1800, ("oauth",), 62515, NOW, renewed=True), 2
    )
    later = NOW + 1_700
    serve, seen = script(reply(200, GRANT))
    run(source.bearer(later), serve)
    assert b"refresh_token=rotated" in (seen[0].body or b"")


def test_a_grant_keeps_the_scopes_and_the_account_that_an_answer_leaves_out() -> None:
    source = stored()
    bare = {"access_token": "fresh", "expires_in": 1800}
    run(source.bearer(NOW), script(reply(200, bare))[0])
    assert kept(source).tokens == Tokens("fresh", "again", NOW + 1800, ("oauth",), 62515, NOW, renewed=True)


STEPS = 6
"""Effects of a refresh: look, lease, look, send, save, give back."""


@pytest.mark.parametrize("broken_after", range(STEPS))
def test_wherever_a_caller_breaks_off_the_next_one_gets_a_token(broken_after: int) -> None:
    """The flow is closed as an interrupt or a cancelled task closes it."""
    source = stored()
    serve, _ = script(reply(200, {**GRANT, "refresh_token": "rotated"}), reply(200, GRANT))
    flow = source.bearer(NOW)
    step = next(flow)
    for _ in range(broken_after):
        step = flow.send(step.work() if isinstance(step, Do) else serve(step.request))  # type: ignore[union-attr]
    flow.close()
    if broken_after >= 4:
        assert kept(source).tokens.refresh_token == "rotated"
    assert run(source.bearer(NOW), serve) == "fresh"
    assert store_of(source).acquire(KEY, "next", 1) is not None


@pytest.mark.parametrize("dead_after", range(STEPS))
def test_wherever_a_program_is_killed_another_one_gets_a_token(dead_after: int) -> None:
    """Nothing is closed: the flow is never driven on. HubSpot gives the same refresh token each time."""
    clock = VirtualClock()
    source = stored(clock=clock)
    serve, _ = script(reply(200, GRANT), reply(200, GRANT))
    flow = source.bearer(NOW)
    step = next(flow)
    for _ in range(dead_after):
        step = flow.send(step.work() if isinstance(step, Do) else serve(step.request))  # type: ignore[union-attr]
    survivor = another(store_of(source))
    assert run(survivor.bearer(NOW), serve, clock) == "fresh"
    assert sum(clock.pauses) <= 31
    del flow


def test_a_save_that_fails_ends_the_call_when_the_old_token_is_no_good() -> None:
    class Full(MemoryStore):
        def save(self, *args: Any, **more: Any) -> Kept | None:
            if not self.list():
                return super().save(*args, **more)
            raise TokenStoreError("disk full")

    store = Full()
    store.save(KEY, old())
    source = another(store)
    for _ in range(2):
        with pytest.raises(TokenStoreError, match="disk full"):
            run(source.bearer(NOW), script(reply(200, GRANT))[0])
    assert store.acquire(KEY, "next", 1) is not None


# One at a time


CALLERS = 12


def by_threads(source: StoredTokens, serve: Serve) -> list[str]:
    found: list[str] = []
    ready = threading.Barrier(CALLERS)

    def one() -> None:
        ready.wait(timeout=30)
        found.append(blocking.run(source.bearer(NOW), lambda request, _: serve(request)))

    threads = [threading.Thread(target=one) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return found


def by_tasks(source: StoredTokens, serve: Serve) -> list[str]:
    async def transmit(request: Request, _: Timeout) -> Reply:
        for _ in range(5):
            await asyncio.sleep(0)
        return serve(request)

    async def everybody() -> list[str]:
        return list(await asyncio.gather(*(tasks.arun(source.bearer(NOW), transmit) for _ in range(CALLERS))))

    return asyncio.run(everybody())


@pytest.mark.parametrize("crowd", [by_threads, by_tasks])
def test_one_refresh_serves_everybody(crowd: Callable[..., list[str]]) -> None:
    serve, seen = script(reply(200, GRANT))
    assert crowd(stored(), serve) == ["fresh"] * CALLERS
    assert len(seen) == 1


def test_a_refresh_that_fails_fails_for_everybody_who_waited_and_is_not_sent_again_by_each() -> None:
    source = stored()
    first = source.bearer(NOW)
    step = next(first)
    waiting = [source.bearer(NOW) for _ in range(3)]
    futures = [next(flow) for flow in waiting]
    while not isinstance(step, Send):
        assert isinstance(step, Do)
        step = first.send(step.work())
    with pytest.raises(OAuthError):
        first.send(reply(400, {"status": "BAD_CLIENT_SECRET", "error": "invalid_client"}))
    for flow, wait in zip(waiting, futures, strict=True):
        with pytest.raises(OAuthError):
            flow.send(wait.future.result(timeout=0))  # type: ignore[union-attr]


def test_while_one_refreshes_the_others_go_on_with_the_old_token() -> None:
    source = stored(old(NOW + 100))
    run(source.bearer(NOW - 500), script()[0])
    refreshing = source.bearer(NOW)
    next(refreshing)
    assert run(source.bearer(NOW), script()[0]) == "old"
    other = another(store_of(source))
    assert store_of(source).acquire(KEY, "somebody", 30) is not None
    assert run(other.bearer(NOW), script()[0]) == "old"
    # and does not look into the store again with every call
    with pytest.raises(StopIteration) as at_once:
        next(other.bearer(NOW + 0.5))
    assert at_once.value.value == "old"


def test_what_another_program_refreshed_is_taken_over() -> None:
    source = stored(old(NOW + 100))
    other = another(store_of(source))
    run(source.bearer(NOW), script(reply(200, GRANT))[0])
    assert run(other.bearer(NOW), script()[0]) == "fresh"


def test_another_programs_refresh_is_waited_for() -> None:
    clock = VirtualClock()
    source = stored(clock=clock)
    store = store_of(source)
    assert store.acquire(KEY, "somebody", 1_000) is not None

    class Slow(VirtualClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.pauses) == 4:
                store.save(KEY, Tokens("theirs", "again", NOW + 1800, obtained_at=NOW))

    slow = Slow()
    assert run(source.bearer(NOW), script()[0], slow) == "theirs"
    assert slow.pauses == sorted(slow.pauses)
    assert slow.pauses[0] == 0.05


def test_another_programs_refresh_is_not_waited_for_forever() -> None:
    source = stored(clock=VirtualClock())
    store_of(source).acquire(KEY, "somebody", 10_000)
    clock = VirtualClock()
    with pytest.raises(TimedOut, match="another program"):
        run(source.bearer(NOW), script()[0], clock)
    assert 120 <= sum(clock.pauses) < 121


def test_a_lease_that_was_lost_on_the_way_is_not_used() -> None:
    """A machine that slept: the lease ran out, somebody else refreshed meanwhile."""
    clock = VirtualClock()
    source = stored(clock=clock)
    store = store_of(source)

    def serve(request: Request) -> Reply:
        clock.moment += 60
        assert store.acquire(KEY, "somebody", 30) is not None
        store.save(KEY, Tokens("theirs", "again", NOW + 1800, obtained_at=NOW))
        return reply(502)

    assert run(source.bearer(NOW), serve, clock) == "theirs"
    assert kept(source).version == 2


def test_a_late_refresher_uses_what_the_quicker_one_saved() -> None:
    source = stored()

    def serve(request: Request) -> Reply:
        store_of(source).save(KEY, Tokens("theirs", "again", NOW + 1800, obtained_at=NOW))
        return reply(200, GRANT)

    assert run(source.bearer(NOW), serve) == "theirs"


# 401


def test_a_token_that_hubspot_calls_expired_is_renewed_though_it_looks_good() -> None:
    source = stored(old(NOW + 1_000))
    run(source.bearer(NOW), script()[0])
    assert source.expired("old", NOW)
    assert run(source.bearer(NOW), script(reply(200, GRANT))[0]) == "fresh"
    # A late complaint about the token before does not cost another refresh.
    assert source.expired("old", NOW)
    assert run(source.bearer(NOW), script()[0]) == "fresh"


def test_a_new_token_that_hubspot_calls_expired_is_not_renewed_again_and_again() -> None:
    source = stored()
    run(source.bearer(NOW), script(reply(200, GRANT))[0])
    assert not source.expired("fresh", NOW + 59)
    assert run(source.bearer(NOW + 59), script()[0]) == "fresh"
    assert source.expired("fresh", NOW + 61)


def test_a_token_of_a_moment_ago_that_hubspot_calls_expired_is_renewed_once() -> None:
    # HubSpot's clock, or that of an emulator, can be far ahead of ours.
    app = client()
    connected = run(app.exchanging("code", NOW), script(reply(200, GRANT))[0])
    source = stored(connected)
    assert run(source.bearer(NOW), script()[0]) == "fresh"
    assert source.expired("fresh", NOW + 1)
    serve, _ = script(reply(200, {**GRANT, "access_token": "fresher"}))
    assert run(source.bearer(NOW + 1), serve) == "fresher"
    assert not source.expired("fresher", NOW + 2)


def test_a_complaint_is_about_one_token_in_all_programs() -> None:
    source = stored(old(NOW + 1_000))
    other = another(store_of(source))
    for each in (source, other):
        run(each.bearer(NOW), script()[0])
        each.expired("old", NOW)
    run(source.bearer(NOW), script(reply(200, GRANT))[0])
    assert run(other.bearer(NOW), script()[0]) == "fresh"


# Failures


def test_a_refresh_is_asked_for_three_times() -> None:
    clock = VirtualClock()
    serve, _ = script(ConnectionFailed("lost", sent=True), reply(502), reply(200, GRANT))
    assert run(stored().bearer(NOW), serve, clock) == "fresh"
    assert clock.pauses == [0.5, 2.0]
    for last, kind in ((reply(502), ServerError), (reply(429, {}), RateLimited)):
        with pytest.raises(kind):
            run(stored().bearer(NOW), script(last, last, last)[0], VirtualClock())


def test_a_token_that_cannot_be_renewed_yet_is_used_while_it_is_good(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = [reply(502)] * 3
    source = stored(old(NOW + 60))
    assert run(source.bearer(NOW), script(*broken)[0], VirtualClock()) == "old"
    assert "client/62515" in caplog.text
    assert run(source.bearer(NOW + 9), script()[0]) == "old"
    with pytest.raises(ServerError):
        run(source.bearer(NOW + 61), script(*broken)[0], VirtualClock())


def test_a_store_that_is_down_does_not_stop_calls_while_the_token_is_good() -> None:
    class Down(MemoryStore):
        down = False

        def acquire(self, key: Key, holder: str, seconds: float) -> Lease | None:
            if self.down:
                raise TokenStoreError("no connection")
            return super().acquire(key, holder, seconds)

    store = Down()
    store.save(KEY, old(NOW + 60))
    source = another(store)
    store.down = True
    assert run(source.bearer(NOW), script()[0]) == "old"
    with pytest.raises(TokenStoreError):
        run(source.bearer(NOW + 61), script()[0])


def test_an_account_that_was_never_connected_is_told() -> None:
    with pytest.raises(NotConnected, match="account 62515 is not connected"):
        run(another(MemoryStore()).bearer(NOW), script()[0])


# Death


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (DEAD, "BAD_REFRESH_TOKEN"),
        ({"error": "invalid_grant", "error_description": "revoked"}, "invalid_grant"),
        ({"status": "BAD_HUB", "error": "access_denied", "message": "unknown hub id"}, "BAD_HUB"),
    ],
)
def test_a_dead_grant_is_marked_for_everybody_and_asked_for_once(answer: Any, word: str) -> None:
    source = stored()
    with pytest.raises(Disconnected, match="account 62515 is disconnected"):
        run(source.bearer(NOW), script(reply(400, answer))[0])
    assert kept(source) == Kept(old(), 2, word)
    for each in (source, another(store_of(source))):
        with pytest.raises(Disconnected) as error:
            run(each.bearer(NOW + 1), script()[0])
        assert error.value.code == word
    assert not source.expired("old", NOW)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "BAD_CLIENT_SECRET", "error": "invalid_client"},
        {"status": "BAD_CLIENT_ID", "error": "invalid_client"},
        {"status": "BAD_REDIRECT_URI", "error": "invalid_request"},
        {},
    ],
)
def test_a_mistake_of_configuration_disconnects_nobody(answer: Any) -> None:
    source = stored()
    with pytest.raises(OAuthError) as error:
        run(source.bearer(NOW), script(reply(400, answer))[0])
    assert not isinstance(error.value, Disconnected)
    assert kept(source) == Kept(old(), 1)
    assert run(source.bearer(NOW), script(reply(200, GRANT))[0]) == "fresh"


def test_an_account_that_is_connected_again_works_again() -> None:
    source = stored()
    with pytest.raises(Disconnected):
        run(source.bearer(NOW), script(reply(400, DEAD))[0])
    store_of(source).save(KEY, Tokens("new", "new", NOW + 1800, obtained_at=NOW))
    with pytest.raises(Disconnected):
        run(source.bearer(NOW + 9), script()[0])
    assert run(source.bearer(NOW + 11), script()[0]) == "new"


def test_a_refresh_token_that_died_because_somebody_got_the_next_one_disconnects_nobody() -> None:
    """If HubSpot rotated: the first refresher was slow to save, the second was refused for its sake."""
    first = stored()
    store = store_of(first)
    rotated = {**GRANT, "refresh_token": "rotated"}
    flow = first.bearer(NOW)
    step = next(flow)
    while not isinstance(step, Send):
        assert isinstance(step, Do)
        step = flow.send(step.work())
    store._leases.clear()  # it took longer than the lease
    with pytest.raises(Disconnected):
        run(another(store).bearer(NOW), script(reply(400, DEAD))[0])
    assert driven(flow, flow.send(reply(200, rotated)), script()[0]) == "fresh"
    assert kept(first).disconnected is None
    assert kept(first).tokens.refresh_token == "rotated"


def test_an_account_that_was_revoked_during_a_refresh_stays_revoked() -> None:
    source = stored()

    def serve(request: Request) -> Reply:
        store_of(source).save(KEY, old(), disconnected="REVOKED")
        return reply(200, GRANT)

    with pytest.raises(Disconnected, match="REVOKED"):
        run(source.bearer(NOW), serve)
    assert kept(source) == Kept(old(), 2, "REVOKED")


def test_a_death_is_not_marked_over_a_grant_that_came_meanwhile() -> None:
    source = stored()

    def serve(request: Request) -> Reply:
        store_of(source).save(KEY, Tokens("new", "new", NOW + 1800, obtained_at=NOW))
        return reply(400, DEAD)

    assert run(source.bearer(NOW), serve) == "new"
    assert kept(source).disconnected is None


# Without a store


def test_a_grant_that_you_keep_is_handed_to_you_before_it_is_used() -> None:
    saved: list[Tokens] = []

    def save(tokens: Tokens) -> None:
        assert source.tokens == old(NOW + 60)
        saved.append(tokens)

    source = OAuthTokens(client(), old(NOW + 60), save)
    assert run(source.bearer(NOW), script(reply(200, GRANT))[0]) == "fresh"
    assert saved == [source.tokens]
    assert run(source.bearer(NOW), script()[0]) == "fresh"


def test_what_your_function_raises_ends_the_call_and_leaves_the_source_usable() -> None:
    def save(tokens: Tokens) -> None:
        raise OSError("disk full")

    source = OAuthTokens(client(), old(), save)
    for _ in range(2):
        with pytest.raises(TokenStoreError, match="disk full") as error:
            run(source.bearer(NOW), script(reply(200, GRANT))[0])
        assert isinstance(error.value.__cause__, OSError)


# Any interleaving


@given(data=st.data())
def test_however_programs_interleave_there_is_one_refresh_and_everybody_gets_it(data: st.DataObject) -> None:
    """Three programs share an account; each step of each is taken in any order."""
    source = stored(clock=VirtualClock())
    store = store_of(source)
    seen: list[Request] = []

    def serve(request: Request) -> Reply:
        seen.append(request)
        return reply(200, GRANT)

    flows: list[Flow[str]] = [another(store).bearer(NOW) for _ in range(3)]
    steps: dict[int, Effect] = {number: next(flow) for number, flow in enumerate(flows)}
    done: dict[int, str | HubwireError] = {}
    while steps:
        number = data.draw(st.sampled_from(sorted(steps)))
        step = steps[number]
        answer: Any = None
        if isinstance(step, Do):
            answer = step.work()
        elif isinstance(step, Send):
            answer = serve(step.request)
        try:
            steps[number] = flows[number].send(answer)
        except StopIteration as stop:
            done[number] = stop.value
            del steps[number]
    assert done == {0: "fresh", 1: "fresh", 2: "fresh"}
    assert len(seen) == 1
