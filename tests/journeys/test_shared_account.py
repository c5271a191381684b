"""Many programs share an account: one refresh, no failed call, and nobody who is killed loses it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hubwire import OAuthApp
from hubwire.auth import StoredTokens, Timing
from hubwire.emulator.exchange import Answer
from hubwire.testing.accounts import Account
from hubwire.wire.blocking import run
from hubwire.wire.transports import default_transport
from tests.journeys.sharing import app_of, opened
from tests.services import REDIS, address
from tests.unit.auth.stores import KEY, SEALED, redis_prefix

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.socket,
    pytest.mark.hubspot(auto_consent=True, limits=False),
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent"),
]
Start = Callable[..., "subprocess.Popen[str]"]


class Watch:
    """Sees every request that the account gets, and may do something at the refreshes."""

    def __init__(self, account: Account) -> None:
        self.refreshes = self.calls = 0
        self.refused: list[int] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self._receive = account.emulator.receive
        account.emulator.receive = self.receive  # type: ignore[method-assign]

    def receive(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        refresh = b"grant_type=refresh_token" in body
        if refresh:
            self.refreshes += 1
            self.before()
        answer = self._receive(method, path, query, headers, body)
        if refresh:
            self.after()
        else:
            self.calls += 1
        if answer.status >= 400:
            self.refused.append(answer.status)
        return answer


@pytest.fixture(params=SEALED)
def told(request: pytest.FixtureRequest, tmp_path: Path, hubspot_server: Account) -> Iterator[dict[str, Any]]:
    """What a program is told; the account is connected already."""
    kind = request.param
    with ExitStack() as places:
        if kind == "redis":
            place, prefix = REDIS, places.enter_context(redis_prefix())
        elif kind == "postgres":
            place, prefix = places.enter_context(address(kind, tmp_path)), ""
        else:
            place, prefix = str(tmp_path / "tokens.sqlite"), ""
        identity = hubspot_server.identity
        yield {
            "kind": kind,
            "place": place,
            "prefix": prefix,
            "key": KEY,
            "client_id": identity.client_id,
            "client_secret": identity.client_secret,
            "base_url": hubspot_server.base_url,
            "account": identity.portal_id,
            "lease": 0.3,
        }


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts programs that end with the test."""
    running: list[subprocess.Popen[str]] = []

    def started(told: dict[str, Any], **more: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.journeys.sharing", json.dumps({**told, **more})]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        running.append(subprocess.Popen(command, cwd=ROOT, text=True, **pipes))  # type: ignore[call-overload]
        return running[-1]

    yield started
    for process in running:
        process.kill()
        process.communicate()


def connect(told: dict[str, Any]) -> OAuthApp:
    """The account, connected to the app the way every account is."""
    from hubwire.cli.browser import consent

    app = app_of(told, opened(told))
    leaving = app.depart()
    code = consent(leaving.url, app.redirect_uri, leaving.state)
    app.callback({"code": code, "state": leaving.state}, leaving.set_cookie)
    return app


@pytest.mark.parametrize("left", [4.0, -1.0], ids=["about to expire", "expired"])
def test_50_tasks_20_threads_and_8_processes_cost_one_refresh_and_no_failed_call(
    left: float, told: dict[str, Any], hubspot_server: Account, start: Start
) -> None:
    app = connect(told)
    key = app.key(told["account"])
    kept = app.store.load(key)
    assert kept is not None
    # HubSpot's clock and the programs' idea of the expiry agree.
    hubspot_server.clock.advance(1800 - left)
    began = time.time() + left - 1800
    old = msgspec.structs.replace(kept.tokens, obtained_at=began, expires_at=began + 1800)
    app.store.delete(key)
    app.store.save(key, old)
    watch = Watch(hubspot_server)
    crowds = [(50, 0), (0, 20), *[(0, 1)] * 6]
    programs = [start(told, do="call", tasks=tasks, threads=threads) for tasks, threads in crowds]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    ended = [program.communicate(timeout=100) for program in programs]
    assert [program.returncode for program in programs] == [0] * 8, ended
    counts = [json.loads(out.splitlines()[-1]) for out, _ in ended]
    assert watch.refreshes == 1
    assert [count["failed"] for count in counts] == [0] * 8, ended
    assert watch.refused == []
    assert watch.calls >= sum(tasks + threads for tasks, threads in crowds) * 3
    now_kept = app.store.load(key)
    assert now_kept is not None
    assert (now_kept.version, now_kept.disconnected) == (2, None)
    app.close()


def usable(told: dict[str, Any], account: Account) -> None:
    """Another program finds the account, gets a token for it, and the account takes it."""
    store = opened(told)
    app = app_of(told, store)
    kept = store.load(app.key(told["account"]))
    assert kept is not None
    assert kept.disconnected is None
    source = StoredTokens(app, store, app.key(told["account"]), Timing(young=0.0))
    transport = default_transport()
    now = time.time()
    source.expired(run(source.bearer(now), transport.send), now)
    run(source.bearer(now), transport.send)
    transport.close()
    assert app.portal(told["account"]).account.details()["portalId"] == account.identity.portal_id
    app.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_program_that_is_killed_while_it_refreshes_leaves_a_usable_account(
    when: str, told: dict[str, Any], hubspot_server: Account, start: Start
) -> None:
    """At the very moment that HubSpot has the request, and at the one that the answer is on its way."""
    connect(told).close()
    watch = Watch(hubspot_server)
    program = start(told, do="refresh")

    def kill() -> None:
        setattr(watch, when, lambda: None)
        program.kill()
        program.wait()

    setattr(watch, when, kill)
    program.wait(timeout=60)
    usable(told, hubspot_server)


KILLS = int(os.environ.get("HUBWIRE_TEST_KILLS", "4"))
"""Rounds of two programs each."""


def test_programs_that_are_killed_in_a_loop_never_lose_the_account(
    told: dict[str, Any], hubspot_server: Account, start: Start
) -> None:
    connect(told).close()
    watch = Watch(hubspot_server)
    chance = random.Random(4)
    refreshed = 0
    for _ in range(KILLS):
        programs = [start(told, do="refresh") for _ in range(2)]
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
        moment = chance.uniform(0.0, 0.15)
        while watch.refreshes == refreshed and all(program.poll() is None for program in programs):
            time.sleep(0.005)
        time.sleep(moment)  # not waited for: it chooses where the kill falls
        for program in programs:
            assert program.poll() is None, program.communicate()
            program.kill()
            program.wait()
        usable(told, hubspot_server)
        refreshed = watch.refreshes
    assert refreshed >= 2 * KILLS
    assert watch.refused == []
