"""What the headers of HubSpot's answers teach, and what may be spent."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from hubwire import Hub
from hubwire.client.governor import ENOUGH, PROBE, Governor
from hubwire.client.quota import Quota, StoreLost, without_secret
from hubwire.client.registry import registry
from hubwire.client.shared import AWAY, TRIES
from hubwire.client.windows import ASSOCIATIONS, BURST, FREE, SEARCH
from hubwire.errors import AssociationDaySpent, ConfigError, ErrorBudgetSpent, FloorReached
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.crowd import Clock, DictStore, Stamped, process

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
    governor.answered(lane, place, now, status, headers)


def open_calls(governor: Governor, lane: str, now: float, most: int = 300) -> int:
    """How many calls may leave at once."""
    places = [governor.join(lane, "kind") for _ in range(most)]
    waiting = [place for place in places if governor.ask(lane, place, now) > 0]
    for place in waiting:
        governor.leave(lane, place, now)
    return most - len(waiting)


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
    governor.refused_today(BURST, 0.0)
    assert governor.usage(0.0).daily_remaining == 0


def test_calls_of_the_day_are_left_over() -> None:
    governor = Governor(Quota(floor=600_000))
    spend(governor, BURST, 0.0, PRIVATE | {"x-hubspot-ratelimit-daily-remaining": "600002"})
    spend(governor, SEARCH, 0.0, {})
    assert governor.ask(BURST, governor.join(BURST, "kind"), 0.0) == 0
    with pytest.raises(FloorReached) as kept:
        governor.ask(BURST, governor.join(BURST, "kind"), 0.0)
    assert (kept.value.left, kept.value.floor) == (600_001, 600_000)
    spend(governor, FREE, 0.0, {})


def test_below_the_floor_a_call_now_and_then_finds_out_whether_a_new_day_has_begun() -> None:
    governor = Governor(Quota(floor=600_000))
    spend(governor, BURST, 0.0, PRIVATE | {"x-hubspot-ratelimit-daily-remaining": "600000"})
    place = governor.join(BURST, "kind")
    with pytest.raises(FloorReached):
        governor.ask(BURST, place, PROBE - 1)
    spend(governor, BURST, PROBE, PRIVATE | {"x-hubspot-ratelimit-daily-remaining": "600000"})
    with pytest.raises(FloorReached):
        governor.ask(BURST, place, PROBE + 1)
    spend(governor, BURST, 2 * PROBE, PRIVATE | {"x-hubspot-ratelimit-daily-remaining": "624999"})
    assert governor.ask(BURST, place, 2 * PROBE) == 0


def test_an_app_that_is_told_nothing_of_the_day_keeps_no_floor() -> None:
    governor = Governor(Quota(floor=600_000))
    spend(governor, BURST, 0.0, OAUTH)
    spend(governor, BURST, 0.0, OAUTH)


def fail(governor: Governor, calls: int, errors: int, now: float = 0.0) -> None:
    for number in range(calls):
        spend(governor, FREE, now, {}, 404 if number < errors else 200)


def test_too_many_errors_are_warned_of_once_an_hour() -> None:
    governor = Governor()
    fail(governor, ENOUGH, int(ENOUGH * 0.03) - 1)
    assert governor.error_warning(0.0) is None
    fail(governor, 5, 5)
    assert governor.error_warning(1.0) == (ENOUGH + 5, int(ENOUGH * 0.03) + 4)
    assert governor.error_warning(2.0) is None
    assert governor.error_warning(3600.0) is not None


def test_a_few_errors_of_a_few_calls_are_nothing() -> None:
    governor = Governor(Quota(brake_errors=0.045))
    fail(governor, 10, 10)
    assert governor.error_warning(0.0) is None
    spend(governor, BURST, 0.0, PRIVATE)


def test_too_many_errors_stop_the_calls_when_asked_to() -> None:
    governor = Governor(Quota(brake_errors=0.045))
    fail(governor, ENOUGH, ENOUGH // 10)
    with pytest.raises(ErrorBudgetSpent) as spent:
        governor.ask(BURST, governor.join(BURST, "kind"), 0.0)
    assert (spent.value.requests, spent.value.errors) == (ENOUGH, ENOUGH // 10)
    assert governor.usage(0.0).error_share == pytest.approx(0.1)


def test_errors_of_other_processes_count() -> None:
    clock, kept = Clock(), DictStore()
    one, other = (process(Stamped(kept, clock), Quota(brake_errors=0.045), clock) for _ in range(2))
    fail(one, ENOUGH, ENOUGH // 10, clock.now)
    spend(Governor(Quota(), one.windows), BURST, clock.now, PRIVATE)
    spend(other, BURST, clock.now, PRIVATE)
    with pytest.raises(ErrorBudgetSpent):
        other.ask(BURST, other.join(BURST, "kind"), clock.now)


class Losing(DictStore):
    """A store that can be lost."""

    lost = False

    def load(self, key: str) -> tuple[float, str, bytes | None]:
        if self.lost:
            raise StoreLost("gone")
        return super().load(key)


def test_while_a_store_is_lost_a_process_keeps_to_its_share(caplog: pytest.LogCaptureFixture) -> None:
    clock, kept = Clock(), Losing()
    governor = process(Stamped(kept, clock), Quota(share=0.25), clock)
    spend(
        governor,
        BURST,
        clock.now,
        PRIVATE | {"x-hubspot-ratelimit-max": "200", "x-hubspot-ratelimit-remaining": "199"},
    )
    kept.lost = True
    clock.now += 100
    assert open_calls(governor, SEARCH, clock.now, most=1) == 1
    assert open_calls(governor, BURST, clock.now) == 50
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    kept.lost = False
    clock.now += AWAY + 100
    assert open_calls(governor, BURST, clock.now) == 200


def test_a_store_that_never_answered_is_a_mistake_and_nothing_is_sent() -> None:
    clock, kept = Clock(), Losing()
    kept.lost = True
    governor = process(Stamped(kept, clock), Quota(), clock)
    with pytest.raises(ConfigError, match="Nothing was sent"):
        governor.ask(BURST, governor.join(BURST, "kind"), clock.now)


def test_a_store_in_which_others_are_always_faster_counts_as_lost() -> None:
    class Contended(DictStore):
        tries = 0

        def swap(self, key: str, version: str, log: bytes) -> bool:
            self.tries += 1
            return False

    clock, kept = Clock(), Contended()
    governor = process(Stamped(kept, clock), Quota(), clock)
    assert governor.ask(BURST, governor.join(BURST, "kind"), clock.now) == 0
    assert kept.tries == TRIES


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": 0},
        {"share": 1.5},
        {"floor": -1},
        {"burst": 0},
        {"width": 0},
        {"headroom": 1},
        {"priority": "high"},
    ],
)
def test_a_quota_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Quota(**wrong)


def quota_of_a_hub() -> Quota:
    with Hub("token", transport=Counting()) as hub:
        return hub._session.governor.quota


def test_a_quota_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert quota_of_a_hub() == Quota()
    monkeypatch.setenv("HUBWIRE_QUOTA_SHARE", "0.25")
    monkeypatch.setenv("HUBWIRE_QUOTA_FLOOR", "50000")
    monkeypatch.setenv("HUBWIRE_QUOTA_PRIORITY", "background")
    monkeypatch.setenv("HUBWIRE_QUOTA_WIDTH", "")
    assert quota_of_a_hub() == Quota(share=0.25, floor=50_000, priority="background")
    with Hub("token", transport=Counting(), quota=Quota(burst=5)) as hub:
        assert hub._session.governor.quota == Quota(burst=5)
    monkeypatch.setenv("HUBWIRE_QUOTA_FLOOR", "lots")
    with pytest.raises(ConfigError, match="floor"):
        quota_of_a_hub()
    monkeypatch.delenv("HUBWIRE_QUOTA_FLOOR")
    monkeypatch.setenv("HUBWIRE_QUOTA_FLOR", "5")
    with pytest.raises(ConfigError, match="flor"):
        quota_of_a_hub()


def test_a_quota_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file, inner = tmp_path / "hubwire.toml", tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    file.write_text("[quota]\nshare = 0.5\nfloor = 50_000\n")
    (inner / "hubwire.toml").write_text("[lint]\n")
    assert quota_of_a_hub() == Quota(share=0.5, floor=50_000)
    monkeypatch.setenv("HUBWIRE_QUOTA_FLOOR", "7")
    assert quota_of_a_hub() == Quota(share=0.5, floor=7)
    other = tmp_path / "other.toml"
    other.write_text("[quota]\nsearch = 2\n")
    monkeypatch.setenv("HUBWIRE_CONFIG", str(other))
    assert quota_of_a_hub() == Quota(search=2, floor=7)
    for wrong in ("[quota", "quota = 5", "[quota]\nshare = 2"):
        other.write_text(wrong)
        with pytest.raises(ConfigError):
            quota_of_a_hub()


def test_no_password_of_a_store_is_shown() -> None:
    assert "secret" not in repr(Quota(store="redis://me:secret@cache:6379/0?password=secret"))
    assert without_secret("redis://me:secret@cache:6379/0?password=secret") == "redis://cache:6379/0"


class Counting:
    """Answers everything, and knows how many requests were under way before the first was answered."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.flying = self.most = 0

    def send(self, request: Request, timeout: Timeout) -> Reply:
        with self.lock:
            self.flying += 1
            self.most = max(self.most, self.flying)
        with self.lock:
            self.flying -= 1
        return Reply(200, PRIVATE, b"{}")

    def close(self) -> None:
        return


def in_threads(count: int, work: Any) -> None:
    barrier = threading.Barrier(count)

    def start() -> None:
        barrier.wait(10)
        work()

    threads = [threading.Thread(target=start) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_threads_that_make_a_hubs_first_calls_at_once_get_one_quota() -> None:
    for _ in range(20):
        registry.clear()
        counting = Counting()
        hub = Hub("token", transport=counting)
        seen: list[Governor] = []
        in_threads(8, lambda hub=hub, seen=seen: seen.append(hub._session.governor))
        assert len(set(map(id, seen))) == 1
        in_threads(8, lambda hub=hub: hub.request("GET", "/crm/v3/objects/contacts"))
        assert hub.usage.calls == 8


def test_hubs_of_one_token_spend_one_quota_and_others_another() -> None:
    one, same, other = (Hub(token, transport=Counting()) for token in ("token", "token", "other"))
    assert one._session.governor.windows is same._session.governor.windows
    assert one._session.governor.windows is not other._session.governor.windows
    elsewhere = Hub("token", transport=Counting(), base_url="http://127.0.0.1:1")
    assert one._session.governor.windows is not elsewhere._session.governor.windows


def test_a_hub_made_for_every_call_does_not_begin_with_all_unused() -> None:
    for _ in range(3):
        Hub("token", transport=Counting()).request("GET", "/crm/v3/objects/contacts")
    hub = Hub("token", transport=Counting())
    assert hub._session.governor.windows.lanes[BURST].log.used == 3


def test_a_hub_on_other_terms_spends_the_same_quota_and_counts_for_itself() -> None:
    hub = Hub("token", transport=Counting())
    job = hub.with_quota(priority="background", floor=50_000)
    job.request("GET", "/crm/v3/objects/contacts")
    assert job._session.governor.windows is hub._session.governor.windows
    assert (job.usage.calls, hub.usage.calls) == (1, 0)
    assert job._session.governor.quota == Quota(priority="background", floor=50_000)
    assert hub._session.governor.quota == Quota()
    with pytest.raises(ConfigError, match="speed"):
        hub.with_quota(speed=3)


DAY = 24 * 3600.0
ASSOCIATIONS_A_DAY = 500_000  # https://developers.hubspot.com/docs/guides/crm/associations/associate-records


def with_associations(governor: Governor, calls: int, now: float) -> Governor:
    """As if so many association calls had been answered."""
    governor.windows.lanes[ASSOCIATIONS].log.count(now, calls, 0)
    return governor


def test_the_day_of_the_associations_api_is_kept_apart_from_the_others() -> None:
    governor = with_associations(Governor(), ASSOCIATIONS_A_DAY - 1, 0.0)
    spend(governor, ASSOCIATIONS, 1.0, PRIVATE)
    with pytest.raises(AssociationDaySpent, match="500,000"):
        governor.ask(ASSOCIATIONS, governor.join(ASSOCIATIONS, "kind"), 2.0)
    spend(governor, BURST, 2.0, PRIVATE)
    spend(governor, SEARCH, 2.0, {})
    assert governor.usage(2.0).associations_today == ASSOCIATIONS_A_DAY
    assert governor.usage(2.0).daily_remaining == 624_998


def test_calls_under_way_are_of_the_day_too() -> None:
    governor = with_associations(Governor(), ASSOCIATIONS_A_DAY - 2, 0.0)
    with pytest.raises(AssociationDaySpent):
        open_calls(governor, ASSOCIATIONS, 1.0, most=3)


def test_the_add_on_gives_more_associations_a_day() -> None:
    governor = Governor()
    spend(governor, BURST, 0.0, PRIVATE | {"x-hubspot-ratelimit-max": "250"})
    with_associations(governor, 999_999, 0.0)
    spend(governor, ASSOCIATIONS, 1.0, {})
    with pytest.raises(AssociationDaySpent, match="1,000,000"):
        governor.enter(ASSOCIATIONS, "kind", 2.0)


def test_a_new_day_of_associations_is_found_by_one_call_now_and_then() -> None:
    governor = Governor()
    governor.refused_today(ASSOCIATIONS, 0.0)
    for now in (1.0, PROBE - 1):
        with pytest.raises(AssociationDaySpent):
            governor.enter(ASSOCIATIONS, "kind", now)
    place, wait = governor.enter(ASSOCIATIONS, "kind", PROBE + 1)
    assert wait == 0
    with pytest.raises(AssociationDaySpent):
        governor.enter(ASSOCIATIONS, "kind", PROBE + 2)
    governor.answered(ASSOCIATIONS, place, PROBE + 3, 200, {})
    assert governor.enter(ASSOCIATIONS, "kind", PROBE + 4)[1] == 0


def test_an_answer_from_before_the_refusal_opens_no_new_day() -> None:
    governor = Governor()
    place, _ = governor.enter(ASSOCIATIONS, "kind", 0.0)
    governor.refused_today(ASSOCIATIONS, 1.0)
    governor.answered(ASSOCIATIONS, place, 2.0, 200, {})
    with pytest.raises(AssociationDaySpent):
        governor.enter(ASSOCIATIONS, "kind", 3.0)


def test_associations_of_more_than_a_day_ago_count_no_more() -> None:
    governor = with_associations(Governor(), ASSOCIATIONS_A_DAY, 0.0)
    with pytest.raises(AssociationDaySpent):
        governor.enter(ASSOCIATIONS, "kind", DAY - 1)
    assert governor.enter(ASSOCIATIONS, "kind", DAY + 3600.0)[1] == 0


def test_processes_that_share_a_store_share_the_day_of_associations() -> None:
    clock, kept = Clock(), DictStore()
    one, other = (process(Stamped(kept, clock), Quota(), clock) for _ in range(2))
    with_associations(one, ASSOCIATIONS_A_DAY - 2, clock.now)

    def full(log: Any, moment: float) -> None:
        log.count(moment, ASSOCIATIONS_A_DAY - 2, 0)
        log.changed = True

    one.windows.apply(one.windows.lanes[ASSOCIATIONS], clock.now, full)
    spend(one, ASSOCIATIONS, clock.now, {})
    spend(other, ASSOCIATIONS, clock.now, {})
    with pytest.raises(AssociationDaySpent):
        other.ask(ASSOCIATIONS, other.join(ASSOCIATIONS, "kind"), clock.now)
