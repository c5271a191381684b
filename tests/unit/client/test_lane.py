"""The line, and the log before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.client.lane import SAMPLES, Lane, Place
from hubwire.client.log import LEASE, MARGIN, WHOLE, Log, Terms


def lane_of(limit: int, window: float = 10.0, *, alone: bool = False) -> Lane:
    return Lane(Log(limit, window, alone=alone))


def lost(lane: Lane, place: Place, now: float) -> None:
    lane.log.land(place.id, now)


def shut_by(lane: Lane, place: Place, now: float, pause: float | None = None) -> float:
    return lane.log.refuse(place.id, now, pause)


def test_the_line_is_served_in_its_order() -> None:
    lane = lane_of(1)
    first, second, third = (lane.join("get") for _ in range(3))
    assert lane.ask(third, 0.0) > 0
    assert lane.ask(first, 0.0) == 0
    lane.answered(first, 0.0, ok=True)
    assert lane.ask(third, 0.0) > lane.ask(second, 0.0) == pytest.approx(10.0 + MARGIN)
    lane.leave(second)
    assert lane.ask(third, 10.0 + MARGIN) == 0


def test_a_call_without_an_answer_counts_from_when_that_was_known() -> None:
    lane = lane_of(1)
    place, other = lane.join("get"), lane.join("get")
    assert lane.ask(place, 0.0) == 0
    lost(lane, place, 5.0)
    assert lane.ask(other, 5.0) == pytest.approx(10.0 + MARGIN)


def test_a_refusal_shuts_the_lane_until_a_call_of_ours_leaves_the_window() -> None:
    lane = lane_of(100)
    mine, refused = lane.join("get"), lane.join("get")
    assert lane.ask(mine, 0.0) == 0
    lane.answered(mine, 0.0, ok=True)
    assert lane.ask(refused, 2.0) == 0
    assert shut_by(lane, refused, 2.0) == pytest.approx(8.0 + MARGIN)
    lane.again(refused)
    assert lane.ask(lane.join("get"), 3.0) == pytest.approx(7.0 + MARGIN)


def test_a_refusal_with_no_call_of_ours_in_the_window_waits_for_all_of_it() -> None:
    lane = lane_of(100)
    refused = lane.join("get")
    assert lane.ask(refused, 0.0) == 0
    assert shut_by(lane, refused, 0.0) == 10.0


def test_a_refusal_may_say_how_long() -> None:
    lane = lane_of(100)
    refused = lane.join("get")
    assert lane.ask(refused, 0.0) == 0
    assert shut_by(lane, refused, 0.0, 3.0) == 3.0


def test_what_others_use_is_left_to_them() -> None:
    lane = lane_of(100)
    place = lane.join("get")
    assert lane.ask(place, 0.0) == 0
    lane.answered(place, 0.1, ok=True)
    lane.log.hear(0.0, 0.1, 190, 9, 10.0)
    assert lane.log.remaining(0.1) == 9
    # Their calls leave the window at the latest when all of it has passed.
    assert lane.log.remaining(10.3) == 190


def test_nobody_is_suspected_while_only_we_call() -> None:
    lane = lane_of(100)
    for number in range(50):
        place = lane.join("get")
        assert lane.ask(place, number * 0.1) == 0
        lane.answered(place, number * 0.1 + 0.05, ok=True)
        lane.log.hear(0.0, number * 0.1 + 0.05, 190, 190 - number - 1, 10.0)
    assert lane.log.remaining(5.0) == 140


def test_fewer_calls_may_be_wanted_than_are_permitted() -> None:
    lane, terms = lane_of(100), Terms(cap=3)
    assert [lane.ask(lane.join("get"), 0.0, terms) == 0 for _ in range(4)] == [True, True, True, False]


def test_the_first_call_goes_alone() -> None:
    lane = lane_of(100, 10.0, alone=True)
    first, second = lane.join("get"), lane.join("get")
    assert lane.ask(first, 0.0) == 0
    assert lane.ask(second, 0.0) > 0
    lane.answered(first, 0.2, ok=True)
    lane.log.alone = False
    assert lane.ask(second, 0.2) == 0


def test_the_first_answers_of_a_kind_count_from_when_they_came() -> None:
    """They may have waited for a connection, which says nothing about how long an answer takes."""
    lane = lane_of(2 * SAMPLES)
    opened = [lane.join("get") for _ in range(2 * SAMPLES)]
    assert all(lane.ask(place, 0.0) == 0 for place in opened)
    for place in opened:
        lane.answered(place, 0.3, ok=True)
    assert lane.log.remaining(10.3) == SAMPLES
    assert lane.log.remaining(10.3 + MARGIN) == 2 * SAMPLES


def test_calls_of_the_background_stand_behind_all_others() -> None:
    lane = lane_of(1)
    job, page = lane.join("get", background=True), lane.join("get")
    assert lane.ask(job, 0.0) > 0
    assert lane.ask(page, 0.0) == 0


def test_calls_of_the_background_leave_room_for_others() -> None:
    lane, terms = lane_of(100), Terms(background=True, headroom=0.1)
    taken = sum(lane.ask(lane.join("get", background=True), 0.0, terms) == 0 for _ in range(100))
    assert taken == 90
    assert lane.ask(lane.join("get"), 0.0) == 0


def test_a_share_of_less_than_one_call_makes_the_window_longer() -> None:
    lane, terms = lane_of(5, 1.0), Terms(share=0.125)
    first, second = lane.join("search"), lane.join("search")
    assert lane.ask(first, 0.0, terms) == 0
    lane.answered(first, 0.0, ok=True, terms=terms)
    assert lane.ask(second, 1.5, terms) == pytest.approx(0.1 + MARGIN)
    assert lane.ask(second, 1.6 + MARGIN, terms) == 0


def test_eight_shares_of_an_eighth_never_take_more_than_the_whole() -> None:
    for limit in (5, 100, 110, 150, 190, 250):
        taken = Terms(share=0.125).room(limit, 0, 0) / Terms(share=0.125).stretch(limit)
        assert taken * 8 <= limit


def test_a_booking_of_a_process_that_died_is_given_up() -> None:
    log = Log(1, 10.0)
    assert log.take("dead", 0, Terms(), 0.0, LEASE) == 0
    assert log.take("mine", 0, Terms(), LEASE - 1, LEASE) > 0
    assert log.take("mine", 0, Terms(), LEASE, LEASE) == 0


def test_bookings_later_than_now_are_of_a_clock_that_was_set_back() -> None:
    log = Log(1, 10.0)
    assert log.take("before", 0, Terms(), 1_000_000.0, LEASE) == 0
    assert log.take("after", 0, Terms(), 5.0, LEASE) == 0


def test_a_booked_call_may_go_however_often_it_asks() -> None:
    log = Log(1, 10.0)
    assert log.take("mine", 0, Terms(), 0.0) == log.take("mine", 0, Terms(), 0.0) == 0
    assert log.used == 1


def test_errors_are_counted_by_the_hour_and_forgotten_after_a_day_of_25_hours() -> None:
    log = Log(1, 10.0)
    log.count(0.0, 10, 1)
    log.count(10.0, 5, 0)
    log.count(23 * 3600, 1, 1)
    assert log.tally == {0: (15, 1), 23: (1, 1)}
    log.count(25 * 3600, 1, 0)
    assert log.tally == {23: (1, 1), 25: (1, 0)}


class Lanes:
    """Two that should not differ: one is entered, the other is joined and then asked."""

    def __init__(self, limit: int) -> None:
        self.entered, self.joined = lane_of(limit), lane_of(limit)
        self.pairs: list[tuple[Place, Place]] = []
        self.waiting: list[tuple[Place, Place]] = []

    def enter(self, now: float, terms: Terms, *, background: bool) -> None:
        one, wait = self.entered.enter("get", terms, now, background=background)
        other = self.joined.join("get", background=background)
        assert wait == self.joined.ask(other, now, terms)
        assert (one.order, one.id, one.booked, one.sent) == (other.order, other.id, other.booked, other.sent)
        (self.waiting if wait else self.pairs).append((one, other))

    def ask(self, now: float) -> None:
        if self.waiting:
            one, other = self.waiting.pop(0)
            wait = self.entered.ask(one, now)
            assert wait == self.joined.ask(other, now)
            (self.waiting if wait else self.pairs).append((one, other))

    def answer(self, now: float, left: int) -> None:
        if self.pairs:
            for lane, place in zip((self.entered, self.joined), self.pairs.pop(0), strict=True):
                lane.answered(place, now, ok=True)
                lane.log.hear(now, now, 10, left, 10.0)

    def leave(self) -> None:
        if self.waiting:
            for lane, place in zip((self.entered, self.joined), self.waiting.pop(), strict=True):
                lane.leave(place)


@given(
    st.integers(1, 5),
    st.lists(
        st.tuples(
            st.sampled_from(["enter", "later", "ask", "answer", "leave"]), st.integers(0, 10), st.booleans()
        ),
        max_size=60,
    ),
)
def test_entering_is_joining_and_asking_at_once(limit: int, steps: list[tuple[str, int, bool]]) -> None:
    lanes, now = Lanes(limit), 0.0
    for what, number, background in steps:
        now += number / 3
        match what:
            case "enter":
                terms = Terms(background=True, headroom=0.1) if background else WHOLE
                lanes.enter(now, terms, background=background)
            case "ask":
                lanes.ask(now)
            case "answer":
                lanes.answer(now, number)
            case "leave":
                lanes.leave()
        assert lanes.entered.log == lanes.joined.log
