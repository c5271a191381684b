"""Whatever happens to programs that share an account, in whatever order, the account is not lost."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hubwire.auth import MemoryStore, OAuthClient, StoredTokens, Tokens
from hubwire.auth.stores.store import Key
from hubwire.errors import ConnectionFailed, Disconnected, HubwireError, ServerError
from hubwire.wire.blocking import run
from hubwire.wire.flow import Do, Effect, Pause, Send, Wait
from hubwire.wire.message import Reply, Request
from tests.unit.client.helpers import reply

KEY = Key("client", "62515")
LIFE = 1800.0
PROGRAMS = 3
DEAD = {"error": "invalid_grant", "status": "BAD_REFRESH_TOKEN", "message": "invalid, expired or revoked"}


class HubSpot:
    """Knows which tokens it gave out. With `rotates`, a refresh token is good once."""

    def __init__(self, rotates: bool) -> None:
        self.rotates, self.now = rotates, 1_000_000.0
        self.refresh_token = "r0"
        self.given: dict[str, float] = {"a0": self.now + LIFE}

    def answer(self, request: Request) -> Reply:
        if f"refresh_token={self.refresh_token}&" not in f"{(request.body or b'').decode()}&":
            return reply(400, DEAD)
        token = f"a{len(self.given)}"
        self.given[token] = self.now + LIFE
        if self.rotates:
            self.refresh_token = f"r{len(self.given)}"
        return reply(200, {"access_token": token, "refresh_token": self.refresh_token, "expires_in": LIFE})


class Program:
    """Asks for tokens, one effect at a time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.born()

    def born(self) -> None:
        """As a new process has it: nothing in memory."""
        client = OAuthClient("client", "sesame", store=self.world.store)
        self.source = StoredTokens(client, self.world.store, KEY, chance=lambda: 0.5)
        self.flow: Generator[Effect, Any, str] | None = None
        self.step: Effect | None = None
        self.asked_at = 0.0

    def begin(self) -> None:
        self.asked_at = self.world.hubspot.now
        self.flow = self.source.bearer(self.asked_at)
        self.go_on(None)

    def go_on(self, answer: Any) -> None:
        """Into the flow, up to its next effect or its end."""
        assert self.flow is not None
        try:
            if isinstance(answer, HubwireError):
                self.step = self.flow.throw(answer)
            else:
                self.step = self.flow.send(answer)
        except StopIteration as stop:
            self.over(stop.value)
        except self.world.bearable:
            self.over(None)

    def over(self, token: str | None) -> None:
        """A call ends: with a token that was good when it began, or for a reason."""
        self.flow = self.step = None
        if token is None:
            assert self.world.troubled
        else:
            assert self.world.hubspot.given[token] > self.asked_at

    def perform(self, weather: str) -> None:
        """The next effect, which the network may spoil."""
        match self.step:
            case Do(work):
                self.go_on(work())
            case Pause(seconds):
                self.world.hubspot.now += seconds
                self.go_on(None)
            case Wait(future):
                self.go_on(future.result(timeout=0))
            case Send(request, _):
                self.send(request, weather)
            case _:
                raise AssertionError(self.step)

    def send(self, request: Request, weather: str) -> None:
        self.world.troubled |= weather != "fair"
        if weather == "unsent":
            self.go_on(ConnectionFailed("no connection", sent=False))
        elif weather == "502":
            self.go_on(reply(502))
        elif weather == "lost":
            self.world.hubspot.answer(request)
            self.go_on(ConnectionFailed("the answer was lost", sent=True))
        else:
            self.go_on(self.world.hubspot.answer(request))


class World:
    def __init__(self, rotates: bool) -> None:
        self.hubspot = HubSpot(rotates)
        self.store = MemoryStore(clock=lambda: self.hubspot.now)
        # Should HubSpot rotate: who is refused for the sake of a quicker one that has not saved yet.
        self.troubled = rotates
        self.bearable = (ConnectionFailed, ServerError, *([Disconnected] if rotates else []))
        self.store.save(KEY, Tokens("a0", "r0", self.hubspot.now + LIFE, (), 62515, self.hubspot.now))
        self.programs = [Program(self) for _ in range(PROGRAMS)]


def acts(*more: str) -> Any:
    """What may happen: who, what, and how the network is."""
    what = st.sampled_from(["go on"] * 6 + ["wait a little", "wait long", *more])
    weather = st.sampled_from(["fair", "fair", "fair", "unsent", "502"] + ["lost"] * ("kill" in more))
    return st.lists(st.tuples(st.integers(0, PROGRAMS - 1), what, weather), min_size=20, max_size=80)


def play(world: World, story: list[tuple[int, str, str]]) -> None:
    for who, what, weather in story:
        program = world.programs[who]
        match what:
            case "go on":
                if program.flow is None:
                    program.begin()
                else:
                    program.perform(weather)
            case "wait a little":
                world.hubspot.now += 20
            case "wait long":
                world.hubspot.now += 700
            case "interrupt":
                if program.flow is not None:
                    program.flow.close()
                    program.flow = None
            case "kill":
                abandoned.append(program.flow)
                program.born()
        kept = world.store.load(KEY)
        assert kept is not None
        if not world.hubspot.rotates:
            assert kept.disconnected is None
            assert kept.tokens.refresh_token == "r0"
        assert kept.tokens.expires_at <= world.hubspot.given[kept.tokens.access_token]
    for program in world.programs:
        while program.flow is not None:
            program.perform("fair")


abandoned: list[Any] = []
"""Flows of killed programs: kept, as collecting one would close it."""


def works(world: World) -> None:
    """A program that starts now gets a token that HubSpot takes, and the next refresh works too."""
    for _ in range(2):
        world.hubspot.now += LIFE
        program = Program(world)
        token = run(
            program.source.bearer(world.hubspot.now),
            lambda request, _: world.hubspot.answer(request),
            lambda seconds: setattr(world.hubspot, "now", world.hubspot.now + seconds),
        )
        assert world.hubspot.given[token] > world.hubspot.now - 31


@settings(max_examples=40)
@given(story=acts("interrupt", "kill"))
def test_no_story_of_killed_and_interrupted_programs_loses_the_account(
    story: list[tuple[int, str, str]],
) -> None:
    world = World(rotates=False)
    play(world, story)
    works(world)
    abandoned.clear()


@settings(max_examples=40)
@given(story=acts("interrupt"))
def test_should_hubspot_rotate_refresh_tokens_interrupted_programs_do_not_lose_the_account(
    story: list[tuple[int, str, str]],
) -> None:
    """Nobody is killed and no answer lost on the network: then nobody could do anything."""
    world = World(rotates=True)
    play(world, story)
    works(world)
