"""Searches that run behind the writes. https://developers.hubspot.com/docs/guides/api/crm/search:
"it may take a few moments for it to appear in search results"; here as long as `index_lag` says.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hubwire.emulator import Clock, Emulator, Identity
from tests.contract.crm import V3, account, create, hits, link, read, search
from tests.contract.edge import Caller

CITY = ("city", "EQ", "Oslo")


def lagging(seconds: float = 10) -> Caller:
    return account(index_lag=seconds)


def test_a_new_record_is_found_only_when_the_lag_is_over() -> None:
    call = lagging()
    made = create(call, "contacts", email="a@example.com", city="Oslo")["id"]
    assert read(call, "contacts", made)["id"] == made
    assert search(call, "contacts")["total"] == 0
    call.clock.advance(9.9)
    assert hits(call, "contacts", CITY) == []
    call.clock.advance(0.1)
    assert hits(call, "contacts", CITY) == [made]


def test_a_changed_record_is_found_and_told_as_it_was() -> None:
    call = lagging()
    made = create(call, "contacts", city="Oslo")["id"]
    call.clock.advance(60)
    call("PATCH", f"{V3}/contacts/{made}", {"properties": {"city": "Bergen"}})
    (found,) = search(call, "contacts", properties=["city"])["results"]
    assert found["properties"]["city"] == "Oslo"
    assert hits(call, "contacts", ("city", "EQ", "Bergen")) == []
    call.clock.advance(10)
    assert hits(call, "contacts", ("city", "EQ", "Bergen")) == [made]
    assert hits(call, "contacts", CITY) == []


def test_of_two_changes_each_shows_in_its_own_time() -> None:
    call = lagging()
    made = create(call, "contacts", city="Oslo")["id"]
    for city in ("Bergen", "Bodø"):
        call.clock.advance(4)
        call("PATCH", f"{V3}/contacts/{made}", {"properties": {"city": city}})
    seen = []
    for seconds in (1, 1, 4, 4):
        call.clock.advance(seconds)
        seen += [
            found["properties"]["city"] for found in search(call, "contacts", properties=["city"])["results"]
        ]
    assert seen == ["Oslo", "Bergen", "Bodø"]


def test_an_archived_record_is_found_until_the_index_has_caught_up() -> None:
    call = lagging()
    made = create(call, "contacts", city="Oslo")["id"]
    call.clock.advance(60)
    call("DELETE", f"{V3}/contacts/{made}")
    assert hits(call, "contacts", CITY) == [made]
    call.clock.advance(10)
    assert search(call, "contacts")["total"] == 0


def test_a_record_born_and_archived_within_the_lag_is_never_found() -> None:
    call = lagging()
    made = create(call, "contacts", city="Oslo")["id"]
    call.clock.advance(1)
    call("DELETE", f"{V3}/contacts/{made}")
    totals = []
    for seconds in (1, 8, 1, 10):
        call.clock.advance(seconds)
        totals.append(search(call, "contacts")["total"])
    # At 10 seconds its birth is indexed, at 11 its end.
    assert totals == [0, 1, 0, 0]


def test_sorts_filters_query_and_pages_work_on_what_the_index_has() -> None:
    call = lagging()
    old = [create(call, "companies", name=f"Firm {n}")["id"] for n in "cab"]
    call.clock.advance(60)
    create(call, "companies", name="Firm aa")
    call("PATCH", f"{V3}/companies/{old[0]}", {"properties": {"name": "Zeta"}})
    sorts = [{"propertyName": "name", "direction": "ASCENDING"}]
    page = search(call, "companies", query="firm", sorts=sorts, limit=2)
    assert (page["total"], [one["id"] for one in page["results"]]) == (3, [old[1], old[2]])
    page = search(
        call, "companies", query="firm", sorts=sorts, limit=2, after=page["paging"]["next"]["after"]
    )
    assert [one["id"] for one in page["results"]] == [old[0]]


def test_an_association_is_searched_at_once() -> None:
    call = lagging()
    company = create(call, "companies", name="Firm")["id"]
    made = create(call, "contacts", [link(1, company)])["id"]
    call.clock.advance(10)
    assert hits(call, "contacts", ("associations.company", "EQ", company)) == [made]


def test_a_refused_batch_leaves_nothing_behind_in_the_index() -> None:
    call = lagging()
    heard = call(
        "POST",
        f"{V3}/contacts/batch/create",
        {"inputs": [{"properties": {"city": "Oslo"}}, {"properties": {"nope": "1"}}]},
    )
    assert heard.status == 400
    call.clock.advance(60)
    assert search(call, "contacts")["total"] == 0


def test_reading_listing_and_upserting_never_lag() -> None:
    call = lagging()
    made = create(call, "contacts", email="a@example.com")["id"]
    listed = call("GET", f"{V3}/contacts").json["results"]
    assert [one["id"] for one in listed] == [made]
    heard = call(
        "POST",
        f"{V3}/contacts/batch/upsert",
        {"inputs": [{"id": "a@example.com", "idProperty": "email", "properties": {"city": "Oslo"}}]},
    )
    assert [one["new"] for one in heard.json["results"]] == [False]


def test_without_a_lag_searches_know_everything_at_once() -> None:
    call = account()
    made = create(call, "contacts", city="Oslo")["id"]
    assert hits(call, "contacts", CITY) == [made]


def test_seeded_records_are_indexed() -> None:
    call = account(index_lag=3600, seed="demo")
    # The demo account has 500 contacts.
    assert search(call, "contacts")["total"] == 500


def test_records_of_an_earlier_run_are_indexed_and_their_changes_lag(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    first = Caller(state=state, index_lag=10)
    made = create(first, "contacts", city="Oslo")["id"]
    first.emulator.close()
    again = Caller(state=state, index_lag=10)
    assert hits(again, "contacts", CITY) == [made]
    again("PATCH", f"{V3}/contacts/{made}", {"properties": {"city": "Bergen"}})
    assert hits(again, "contacts", CITY) == [made]
    again.emulator.close()


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_a_lag_is_a_number_of_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="number of seconds"):
        Emulator(index_lag=seconds, clock=Clock.at(0), identity=Identity.for_tests())


def test_what_a_snapshot_brings_back_is_indexed() -> None:
    call = lagging()
    kept = create(call, "contacts", city="Oslo")["id"]
    call.emulator.snapshot("one")
    call.clock.advance(60)
    call("PATCH", f"{V3}/contacts/{kept}", {"properties": {"city": "Bergen"}})
    create(call, "companies", name="Firm")
    call.emulator.restore("one")
    assert hits(call, "contacts", CITY) == [kept]
    call("PATCH", f"{V3}/contacts/{kept}", {"properties": {"city": "Bergen"}})
    create(call, "companies", name="Firm")
    assert hits(call, "contacts", CITY) == [kept]
    assert search(call, "companies")["total"] == 0
    call.clock.advance(10)
    assert search(call, "companies")["total"] == 1


def test_after_a_reset_new_records_lag_as_before() -> None:
    call = lagging()
    create(call, "contacts", city="Oslo")
    call.emulator.reset()
    made = create(call, "contacts", city="Oslo")["id"]
    assert search(call, "contacts")["total"] == 0
    call.clock.advance(10)
    assert hits(call, "contacts", CITY) == [made]
