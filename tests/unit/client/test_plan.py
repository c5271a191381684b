"""What a job will take is what it takes."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubwire import AsyncHub, Hub
from hubwire.client.governor import Governor
from hubwire.client.plan import Plan, duration, lanes_of, plan, planning
from hubwire.client.quota import Quota
from hubwire.errors import ConfigError
from tests.unit.client.crowd import Clock, World, oracle_by, process
from tests.unit.client.helpers import VirtualClock, reply, run, script, session
from tests.unit.client.test_governor import PRIVATE
from tests.unit.client.test_watch import AsyncAnswering

TOLD = {name.replace("-", "_"): value for name, value in PRIVATE.items()}


def test_inputs_become_calls_of_lanes() -> None:
    work = {
        "objects.batch.upsert": 12_001,
        "objects.search": 30,
        "associations.batch.create": 4_001,
        "burst": 5,
    }
    assert lanes_of(work) == {"burst": 126, "search": 30, "associations": 3}
    assert lanes_of(7) == {"burst": 7}
    assert lanes_of({"objects.batch.read": 0}) == {"burst": 0}


@pytest.mark.parametrize(
    "wrong", [-1, {"objects.batch.upsert": -5}, {"objects.batch.explode": 1}, {"search": True}]
)
def test_what_makes_no_sense_is_refused(wrong: object) -> None:
    with pytest.raises(ConfigError):
        lanes_of(wrong)  # type: ignore[arg-type]


def test_a_hub_that_knows_nothing_spends_a_call_to_learn_the_limits() -> None:
    serve, seen = script(reply(200, {"portalId": 1}, **TOLD))
    kept = session()
    made: Plan = run(planning(kept, {"objects.batch.upsert": 100_000}), serve)
    assert len(seen) == 1
    assert (made.calls, made.daily_max, made.daily_left, made.learned) == (1_000, 625_000, 624_999, True)
    assert made.day_share == pytest.approx(1_000 / 625_000)
    assert made.fits_today
    # 189 at once, and four more windows and a bit for the other 811.
    assert made.seconds == 50.0
    assert str(made) == "1,000 calls, about 50 s, 0.2% of the day"
    again: Plan = run(planning(kept, 10), serve)
    assert len(seen) == 1
    assert str(again) == "10 calls, less than a second, 0.0% of the day"


def test_a_refusal_tells_the_limits_too() -> None:
    serve, _ = script(reply(403, {"category": "MISSING_SCOPES"}, **TOLD))
    assert run(planning(session(), 10), serve).learned


def test_without_limits_the_lowest_tier_is_taken_and_said() -> None:
    serve, _ = script(reply(200, {}))
    made: Plan = run(planning(session(), 1_000), serve)
    assert (made.learned, made.day_share, made.fits_today) == (False, None, None)
    assert str(made) == "1,000 calls, about 2 min (by the limits of the lowest tier)"


def test_what_is_left_of_the_day_may_not_be_enough() -> None:
    kept = session().spending(floor=600_000)
    serve, _ = script(reply(200, {}, **TOLD))
    made: Plan = run(planning(kept, 30_000), serve)
    assert made.fits_today is False
    assert "more than today's 624,999 that are left, of which 600,000 are kept" in str(made)
    assert made.as_dict()["fits_today"] is False


def test_searches_go_five_a_second_and_a_share_takes_longer() -> None:
    kept = session()
    assert plan(kept, {"search": 50}).seconds == 9.0
    assert plan(kept.spending(share=0.2), {"search": 50}).seconds == 49.0
    assert plan(kept, {"free": 1_000}).seconds == 0.0


@given(calls=st.integers(1, 500), limit=st.sampled_from([40, 100, 190]), seed=st.integers(0, 1_000))
@settings(max_examples=12)
def test_a_job_takes_as_long_as_was_said(calls: int, limit: int, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        oracle_by(clock, patch)
        governor: Governor = process(None, Quota(), clock)
        world = World([governor], clock, limit, 10, Random(seed))
        kept = session()
        kept._governor, kept.now = governor, lambda: clock.now
        world.at(clock.now, "ask", 0, world.join(0))
        world.go_on(0.1)
        world.events.clear()
        world.clock.now += 20.0
        said, start = plan(kept, {"burst": calls}).seconds, clock.now
        before = len(world.arrivals)
        for _ in range(16):
            world.at(clock.now, "ask", 0, world.join(0))
        while len(world.arrivals) - before < calls:
            world.go_on(0.25)
        took = clock.now - start
        # Answers take 50 ms, sixteen at a time. A window holds a call or two less than HubSpot permits, which
        # may take one window more in the end.
        assert said <= took + 0.1
        assert took <= said * 1.05 + calls * 0.055 / 16 + 11.0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "less than a second"), (20, "about 20 s"), (300, "about 5 min"), (6_000, "about 1.7 h")],
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_hubs_plan() -> None:
    class Answering:
        def send(self, request: object, timeout: object) -> object:
            return reply(200, {}, **TOLD)

        def close(self) -> None:
            return

    with Hub("token", transport=Answering(), clock=VirtualClock()) as hub:  # type: ignore[arg-type]
        assert hub.plan(10).calls == 10
        assert hub.contacts.batch.plan("upsert", 1_000).calls == 10

    async def ask() -> int:
        async with AsyncHub("token", transport=AsyncAnswering()) as hub:
            return (await hub.plan({"objects.search": 3})).calls

    assert asyncio.run(ask()) == 3
