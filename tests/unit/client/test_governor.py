"""What the headers of HubSpot's answers teach."""

from __future__ import annotations

from typing import Any

from hubwire.client.governor import ASSOCIATIONS, BURST, FREE, SEARCH, Governor, Quota

PRIVATE = {
    "x-hubspot-ratelimit-daily": "625000",
    "x-hubspot-ratelimit-daily-remaining": "624999",
    "x-hubspot-ratelimit-interval-milliseconds": "10000",
    "x-hubspot-ratelimit-max": "190",
    "x-hubspot-ratelimit-remaining": "189",
}
OAUTH = {name: value for name, value in PRIVATE.items() if "daily" not in name} | {
    "x-hubspot-ratelimit-max": "110",
    "x-hubspot-ratelimit-remaining": "109",
}


def spend(governor: Governor, lane: str, now: float, headers: dict[str, str], status: int = 200) -> None:
    place = governor.join(lane, "kind")
    assert governor.ask(lane, place, now) == 0
    governor.sent(lane, place, now)
    governor.answered(lane, place, now, status, headers)


def open_calls(governor: Governor, lane: str, now: float, most: int = 300) -> int:
    """How many calls may leave at once."""
    return sum(governor.ask(lane, governor.join(lane, "kind"), now) == 0 for _ in range(most))


def test_nothing_is_claimed_before_anything_is_known() -> None:
    usage = Governor().usage(0.0)
    assert (usage.calls, usage.calls_by_lane, usage.refused_429) == (0, {}, 0)
    assert (usage.burst_max, usage.burst_remaining, usage.daily_remaining) == (None, None, None)


def test_the_window_grows_to_what_the_headers_say() -> None:
    governor = Governor()
    assert open_calls(Governor(), BURST, 0.0) == 1
    spend(governor, BURST, 0.0, PRIVATE)
    usage = governor.usage(0.0)
    assert (usage.burst_max, usage.burst_remaining) == (190, 189)
    assert (usage.daily_max, usage.daily_remaining) == (625_000, 624_999)
    assert open_calls(governor, BURST, 0.0) == 189


def test_answers_without_headers_leave_the_lowest_tier() -> None:
    governor = Governor()
    spend(governor, BURST, 0.0, {})
    assert open_calls(governor, BURST, 0.0) == 99


def test_odd_headers_teach_nothing() -> None:
    governor = Governor()
    spend(governor, BURST, 0.0, PRIVATE | {"x-hubspot-ratelimit-max": "lots"})
    assert governor.usage(0.0).burst_max is None


def test_an_oauth_app_is_told_nothing_of_the_day() -> None:
    governor = Governor()
    spend(governor, BURST, 0.0, OAUTH)
    usage = governor.usage(0.0)
    assert (usage.burst_max, usage.daily_max, usage.daily_remaining) == (110, None, None)


def test_searches_have_five_a_second_and_use_the_day() -> None:
    governor = Governor()
    spend(governor, BURST, 0.0, PRIVATE)
    assert open_calls(governor, SEARCH, 0.0) == 5
    governor = Governor()
    spend(governor, BURST, 0.0, PRIVATE)
    spend(governor, SEARCH, 0.0, {})
    assert governor.usage(0.0).daily_remaining == 624_998
    assert governor.usage(0.0).calls_by_lane == {BURST: 1, SEARCH: 1}


def test_association_batches_have_a_window_of_their_own_that_goes_with_the_tier() -> None:
    governor = Governor()
    assert open_calls(Governor(), ASSOCIATIONS, 0.0) == 100
    spend(governor, BURST, 0.0, PRIVATE)
    assert open_calls(governor, ASSOCIATIONS, 0.0) == 150


def test_free_calls_are_counted_and_never_wait() -> None:
    governor = Governor()
    for _ in range(500):
        spend(governor, FREE, 0.0, {})
    assert governor.usage(0.0).calls == 500


def test_fewer_calls_may_be_wanted() -> None:
    governor = Governor(Quota(burst=20, search=2))
    spend(governor, BURST, 0.0, PRIVATE)
    assert open_calls(governor, BURST, 0.0) == 19
    assert open_calls(governor, SEARCH, 0.0) == 2


def test_refusals_are_counted_and_shut_the_lane() -> None:
    governor = Governor()
    spend(governor, BURST, 0.0, PRIVATE)
    place = governor.join(BURST, "kind")
    assert governor.ask(BURST, place, 1.0) == 0
    governor.answered(BURST, place, 1.0, 429, {})
    governor.refused(BURST, place, 1.0, None)
    governor.again(BURST, place)
    assert governor.ask(BURST, place, 1.0) > 8
    usage: Any = governor.usage(1.0)
    assert (usage.refused_429, usage.retries, usage.calls) == (1, 1, 2)


def test_the_days_end_is_remembered() -> None:
    governor = Governor()
    governor.refused_today()
    assert governor.usage(0.0).daily_remaining == 0
