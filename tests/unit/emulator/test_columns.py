"""Columns follow every write, and outlive the process that made them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hubwire.emulator import Clock, Emulator, Identity, indexes, planner
from hubwire.emulator.columnar import table

START = 1_767_258_000


@pytest.fixture(autouse=True)
def _low() -> Iterator[None]:
    """Few records count as many here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexes, "FEW", 5)
        patch.setattr(planner, "FEW", 5)
        patch.setattr(planner, "KEPT", 5)
        patch.setattr(table, "BEHIND", 40)
        patch.setattr(table, "CHUNK", 7)
        yield


def emulator(path: str = ":memory:") -> Emulator:
    return Emulator(path, limits=False, clock=Clock.at(START), identity=Identity.for_tests())


def ask(on: Emulator, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {on.identity.access_token}"}
    sent = b"" if body is None else json.dumps(body).encode()
    answer = on.ask(method, f"/crm/v3/objects/contacts{path}", headers=headers, body=sent)
    assert answer.status < 300, answer.body
    return json.loads(answer.body) if answer.body else None


def found(on: Emulator, sort: str, *filters: dict[str, Any]) -> list[str]:
    body = {"filters": list(filters), "sorts": [sort], "limit": 200}
    page = ask(on, "POST", "/search", body)
    assert page["total"] == len(page["results"])
    return [result["id"] for result in page["results"]]


def by_scan(on: Emulator, *asked: Any) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "FEW", 1_000_000)
        on.account.portal.memo.clear()
        answer = found(on, *asked)
    on.account.portal.memo.clear()
    return answer


def write(on: Emulator, random: Random, ids: list[str]) -> None:
    """One write of some kind."""
    what = random.randrange(6)
    values = {
        "lastname": random.choice(["Ng", "Ó", "abc", "Zed", ""]),
        "annualrevenue": random.choice(["1", "10", "9.5", ""]),
        "city": random.choice(["Oslo", ""]),
    }
    if what < 2 or len(ids) < 9:
        rows = [{"properties": {k: v for k, v in values.items() if v}} for _ in range(random.randint(1, 9))]
        if random.random() < 0.3:
            on.seed(contacts=2)  # which were born long ago
        ids += [made["id"] for made in ask(on, "POST", "/batch/create", {"inputs": rows})["results"]]
    elif what < 4:
        some = random.sample(ids, 3)
        ask(on, "POST", "/batch/update", {"inputs": [{"id": id_, "properties": values} for id_ in some]})
    elif what == 4:
        ask(on, "DELETE", f"/{ids.pop(random.randrange(len(ids)))}")
    else:
        one, other = (ids.pop(random.randrange(len(ids))) for _ in range(2))
        merge = {"primaryObjectId": one, "objectIdToMerge": other}
        ids.append(ask(on, "POST", "/merge", merge)["id"])


SEARCHES = [
    ("lastname", {"propertyName": "annualrevenue", "operator": "GTE", "value": "9"}),
    ("-annualrevenue", {"propertyName": "lastname", "operator": "NEQ", "value": "ng"}),
    ("createdate", {"propertyName": "city", "operator": "NOT_HAS_PROPERTY"}),
    ("-createdate", {"propertyName": "hs_is_contact", "operator": "EQ", "value": "true"}),
    ("-lastmodifieddate", {"propertyName": "hs_object_id", "operator": "GT", "value": "1"}),
    ("hs_object_id", {"propertyName": "fax", "operator": "NOT_HAS_PROPERTY"}),
]


@pytest.mark.parametrize("number", range(6))
def test_after_any_writes_they_say_what_the_records_say(number: int) -> None:
    on, random, ids = emulator(), Random(number), list[str]()
    for turn in range(60):
        write(on, random, ids)
        if random.random() < 0.5:
            on.clock.advance(random.random())
        if turn % 5 == 4:
            search = random.choice(SEARCHES)
            assert found(on, *search) == by_scan(on, *search)
    for search in SEARCHES:
        assert found(on, *search) == by_scan(on, *search)
    on.close()


def test_a_write_that_is_undone_does_not_show() -> None:
    on, ids = emulator(), list[str]()
    random = Random(1)
    for _ in range(4):
        write(on, random, ids)
    before = found(on, *SEARCHES[5])
    portal = on.account.portal

    def undone() -> None:
        with portal.store.transaction():
            write(on, random, [])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert found(on, *SEARCHES[5]) == before
    on.close()


def test_they_are_kept_with_the_state_and_learn_what_was_written_since(tmp_path: Path) -> None:
    path, random, ids = str(tmp_path / "state.db"), Random(2), list[str]()
    on = emulator(path)
    for _ in range(6):
        write(on, random, ids)
    found(on, *SEARCHES[0])
    on.close()
    on = emulator(path)
    assert "0-1" in on.account.portal.columns
    for _ in range(6):  # written before anybody searches, and never kept: as after kill -9
        write(on, random, ids)
    on.account.portal.store._connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "_read_all", None)
        on = emulator(path)
        answers = [found(on, *search) for search in SEARCHES]
    assert answers == [by_scan(on, *search) for search in SEARCHES]
    on.close()


def test_properties_that_are_alike_in_all_records_take_no_room(tmp_path: Path) -> None:
    path = str(tmp_path / "state.db")
    on = emulator(path)
    on.seed(contacts=40)
    unset = {"propertyName": "fax", "operator": "NOT_HAS_PROPERTY"}
    constant = {"propertyName": "hs_is_contact", "operator": "EQ", "value": "true"}
    assert len(found(on, "fax", unset)) == len(found(on, "-num_notes", constant)) == 40
    known = on.account.portal.columns["0-1"]._columns
    alike = [known[key] for key in (("fax", "text"), ("hs_is_contact", "exact"), ("num_notes", "number"))]
    assert all(each.is_uniform for each in alike)
    first = found(on, "createdate", constant)[0]
    ask(on, "PATCH", f"/{first}", {"properties": {"fax": "1"}})
    assert found(on, "fax", {"propertyName": "fax", "operator": "EQ", "value": "1"}) == [first]
    assert found(on, "fax", unset) == by_scan(on, "fax", unset)
    assert [each.is_uniform for each in alike] == [False, True, True]
    on.close()
    on = emulator(path)
    kept = {name for name, _ in on.account.portal.columns["0-1"]._columns}
    assert "fax" in kept
    assert not kept & {"hs_is_contact", "num_notes"}
    assert found(on, "-fax", unset) == by_scan(on, "-fax", unset)
    on.close()


def test_what_is_kept_is_not_written_again_until_it_is_otherwise(tmp_path: Path) -> None:
    path = str(tmp_path / "state.db")
    on = emulator(path)
    on.seed(contacts=40)
    on.close()

    def written(*searches: Any, more: bool = False) -> bool:
        on, kept = emulator(path), list[Any]()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(table, "keep", lambda *given: kept.append(given))
            for search in searches:
                found(on, *search)
            if more:
                ask(on, "POST", "", {"properties": {"city": "Oslo"}})
            on.close()
        return bool(kept)

    assert not written()
    assert not written(("createdate", {"propertyName": "city", "operator": "NEQ", "value": "x"}))
    assert written(more=True)
    assert written()  # what was noted then is still not in what is kept
    on = emulator(path)
    on.close()
    assert not written()


def test_columns_read_back_are_those_that_were_kept(tmp_path: Path) -> None:
    path = str(tmp_path / "state.db")
    on = emulator(path)
    on.seed(contacts=60, companies=20, deals=30)
    known = dict(on.account.portal.columns)
    on.close()
    on = emulator(path)
    assert on.account.portal.columns.keys() == known.keys() == {"0-1", "0-2", "0-3"}
    for kind, columns in on.account.portal.columns.items():
        before = known[kind]
        assert columns.ready.records.tobytes() == before.ready.records[: len(columns.ready.records)].tobytes()
        assert columns._columns.keys() == before._columns.keys()
        for key, each in columns._columns.items():
            other = before._columns[key]
            values = [
                [one.text(code) if code >= 0 else None for code in one.codes.tolist()]
                for one in (each, other)
            ]
            assert values[0] == values[1], key
    on.close()


@pytest.mark.parametrize("behind", [40, 10_000])
@pytest.mark.parametrize("kept", [5, 501], ids=["columns are kept already", "none are"])
def test_many_beside_the_records_that_there_were_are_found_with_them(
    tmp_path: Path, behind: int, kept: int
) -> None:
    path = str(tmp_path / "state.db")
    vip = {"propertyName": "vip", "operator": "EQ", "value": "true"}
    known = {"propertyName": "external_id", "operator": "HAS_PROPERTY"}
    new = {"propertyName": "hs_object_source", "operator": "EQ", "value": "IMPORT"}
    old = {"propertyName": "hs_object_source", "operator": "NEQ", "value": "IMPORT"}
    searches: list[tuple[Any, ...]] = [
        ("external_id", known, vip),
        ("-createdate", new),
        ("hubspot_owner_id", old, vip),
        ("email", {"propertyName": "city", "operator": "EQ", "value": "osaka"}),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "BEHIND", behind)
        patch.setattr(planner, "KEPT", kept)
        on = emulator(path)
        on.seed("demo")
        ids = found(on, "createdate", known, vip)
        contacts = on.account.portal.table(on.account.portal.kind("contacts"))
        assert contacts.keeps_columns == (kept == 5)
        assert on.account.portal.columns  # which know nothing of those that come now
        patch.setattr(planner, "KEPT", 5)
        on.seed(contacts=100)
        assert contacts.keeps_columns
        for turn in range(2):
            for search in searches:
                assert found(on, *search) == by_scan(on, *search), search
            assert len(found(on, "createdate", new)) == 100
            assert found(on, "createdate", known, vip) == ids
            one = ask(on, "GET", f"/{ids[0]}?properties=external_id,vip")
            assert one["properties"]["external_id"].startswith("P-")
            on.close()
            if not turn:
                on = emulator(path)
