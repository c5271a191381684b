"""The short way answers what the long way would, whatever happened in between."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubwire.emulator import Clock, Emulator, Identity, remembered, swift
from hubwire.emulator.exchange import Answer

NOW = 1_767_258_000.0
RECORDS = "/crm/v3/objects/contacts"
SHADE = {
    "name": "shade",
    "label": "Shade",
    "type": "string",
    "fieldType": "text",
    "groupName": "contactinformation",
}


class Pair:
    """Two emulators that are asked the same; the second one always goes the long way."""

    def __init__(self, **options: Any) -> None:
        self.both = [
            Emulator(clock=Clock.at(NOW), identity=Identity.for_tests(), seed="demo", **options)
            for _ in range(2)
        ]
        self.both[1]._lanes.answer = lambda *_: None  # type: ignore[method-assign]  # that is the point
        self.token = self.both[0].identity.access_token
        self.ids = [one["id"] for one in json.loads(self.ask("GET", f"{RECORDS}?limit=8").body)["results"]]

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Answer:
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token or self.token}"}
        short, long = (one.ask(method, path, headers=headers, body=sent) for one in self.both)
        assert (short.status, short.body) == (long.status, long.body)
        assert short.headers == long.headers
        return short

    def do(self, deed: Callable[[Emulator], Any]) -> Any:
        told, _ = (deed(one) for one in self.both)
        return told

    def agree(self) -> None:
        assert self.both[0].requests == self.both[1].requests


def reads(pair: Pair, number: int) -> None:
    """Twice, so that the second one can take the short way."""
    first, second = pair.ids[number % 8], pair.ids[(number + 3) % 8]
    for _ in range(2):
        pair.ask("GET", f"{RECORDS}/{first}")
        pair.ask("GET", f"{RECORDS}/{first}?properties=shade,email")
        pair.ask("GET", f"/crm/objects/2026-03/0-1/{second}")
        pair.ask("POST", f"{RECORDS}/batch/read", {"inputs": [{"id": first}, {"id": second}, {"id": first}]})
        some = {"inputs": [{"id": first}, {"id": int(second)}], "properties": ["shade", "email"]}
        pair.ask("POST", f"{RECORDS}/batch/read", some)
        pair.ask("POST", f"{RECORDS}/batch/read", {"inputs": [{"id": first}, {"id": "1"}]})
        pair.ask("GET", f"{RECORDS}/customer{number % 8 * 10:04}@example.com?idProperty=email")
        pair.ask(
            "GET", f"{RECORDS}/CUSTOMER{number % 8 * 10:04}%40example.com?idProperty=email&properties=shade"
        )


def merge(pair: Pair, number: int) -> None:
    body = {"primaryObjectId": pair.ids[number % 8], "objectIdToMerge": pair.ids[(number + 1) % 8]}
    pair.ask("POST", f"{RECORDS}/merge", body)


DEEDS: dict[str, Callable[[Pair, int], Any]] = {
    "read": reads,
    "update": lambda p, n: p.ask("PATCH", f"{RECORDS}/{p.ids[n % 8]}", {"properties": {"city": f"C{n}"}}),
    "archive": lambda p, n: p.ask("DELETE", f"{RECORDS}/{p.ids[n % 8]}"),
    "merge": merge,
    "define": lambda p, n: p.ask("POST", "/crm/v3/properties/contacts", SHADE),
    "undefine": lambda p, n: p.ask("DELETE", "/crm/v3/properties/contacts/shade"),
    "shade": lambda p, n: p.ask("PATCH", f"{RECORDS}/{p.ids[n % 8]}", {"properties": {"shade": f"s{n}"}}),
    "wait": lambda p, n: p.do(lambda one: one.clock.advance(n)),
    "fault": lambda p, n: p.do(lambda one: one.fault("status", status=500, rate=0.5)),
    "mend": lambda p, n: p.do(lambda one: one.clear_faults()),
    "snapshot": lambda p, n: p.do(lambda one: one.snapshot()),
    "restore": lambda p, n: p.do(lambda one: one.restore() if one.world.copies else None),
    "seed": lambda p, n: p.do(lambda one: one.seed(contacts=2)),
    "stranger": lambda p, n: p.ask("GET", f"{RECORDS}/{p.ids[n % 8]}", token="nobody"),
}  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*DEEDS, *["read"] * 8]), st.integers(0, 40)), max_size=12))
def test_it_tells_the_same_after_anything(deeds: list[tuple[str, int]]) -> None:
    pair = Pair()
    for name, number in deeds:
        DEEDS[name](pair, number)
    reads(pair, 0)
    pair.agree()


def test_a_quota_is_spent_and_ends_it() -> None:
    """The professional tier's private apps have 190 calls in ten seconds."""
    pair = Pair()
    answers = [pair.ask("GET", f"{RECORDS}/{pair.ids[0]}").status for _ in range(200)]
    assert (answers.count(200), answers.count(429)) == (189, 11)
    pair.do(lambda one: one.clock.advance(11))
    assert pair.ask("GET", f"{RECORDS}/{pair.ids[0]}").status == 200


def test_a_token_that_expired_or_lost_its_app_is_refused() -> None:
    pair = Pair()
    token = pair.do(lambda one: one.token(scopes=["crm.objects.contacts.read"], kind="oauth"))
    path = f"{RECORDS}/{pair.ids[0]}"
    assert [pair.ask("GET", path, token=token).status for _ in range(3)] == [200, 200, 200]
    pair.do(lambda one: one.clock.advance(1_801))
    assert pair.ask("GET", path, token=token).status == 401


def test_the_same_path_with_another_token_is_another_matter() -> None:
    pair = Pair()
    path = f"{RECORDS}/{pair.ids[0]}"
    pair.ask("GET", path)
    narrow = pair.do(lambda one: one.token(scopes=["crm.objects.deals.read"]))
    assert pair.ask("GET", path, token=narrow).status == 403
    assert pair.ask("GET", path).status == 200


def test_more_records_than_are_remembered_are_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 1_500)
    pair = Pair()
    for number in range(20):
        reads(pair, number)
    pair.agree()


def short(pair: Pair, method: str, path: str, body: Any = None) -> Answer | None:
    sent = b"" if body is None else json.dumps(body).encode()
    return pair.both[0].short(method, path, "", f"Bearer {pair.token}", sent)


def long(pair: Pair, method: str, path: str, body: Any = None) -> Answer:
    sent = b"" if body is None else json.dumps(body).encode()
    return pair.both[1].ask(method, path, headers={"Authorization": f"Bearer {pair.token}"}, body=sent)


def batch(*ids: Any, **more: Any) -> dict[str, Any]:
    return {"inputs": [{"id": id_} for id_ in ids], **more}


def test_records_that_were_never_read_take_the_short_way_too() -> None:
    pair = Pair()
    first, second, third, fourth = pair.ids[:4]
    pair.ask("GET", f"{RECORDS}/{first}")
    pair.ask("POST", f"{RECORDS}/batch/read", batch(first))
    for method, path, body in [
        ("GET", f"{RECORDS}/{second}", None),
        ("POST", f"{RECORDS}/batch/read", batch(first, third, fourth)),
    ]:
        answer = short(pair, method, path, body)
        assert answer is not None
        assert answer.body == long(pair, method, path, body).body


@pytest.mark.parametrize("id_", ["1", "", "x", "00", " 7", "²", "-1", "9" * 30])
def test_what_is_no_record_goes_the_long_way(id_: str) -> None:
    pair = Pair()
    pair.ask("GET", f"{RECORDS}/{pair.ids[0]}")
    pair.ask("POST", f"{RECORDS}/batch/read", batch(pair.ids[0]))
    assert short(pair, "GET", f"{RECORDS}/{id_}") is None
    assert short(pair, "POST", f"{RECORDS}/batch/read", batch(pair.ids[0], id_)) is None
    assert pair.ask("POST", f"{RECORDS}/batch/read", batch(pair.ids[0], id_)).status == 207


def test_callers_that_ask_for_different_properties_in_turn_keep_their_way() -> None:
    pair, path = Pair(), f"{RECORDS}/batch/read"
    wishes: list[dict[str, Any]] = [{}, {"properties": ["email"]}, {"properties": ["city", "email"]}]
    for wish in wishes:
        pair.ask("POST", path, batch(pair.ids[0], **wish))
    for wish in wishes:
        answer = short(pair, "POST", path, batch(pair.ids[1], **wish))
        assert answer is not None
        assert answer.body == long(pair, "POST", path, batch(pair.ids[1], **wish)).body
    assert short(pair, "POST", path, batch(pair.ids[1], properties=["zip"])) is None


def test_records_take_the_short_way_by_their_addresses_too() -> None:
    pair, query = Pair(), "idProperty=email&properties=email"
    pair.ask("GET", f"{RECORDS}/customer0000@example.com?{query}")

    def short(name: str, asked: str = query) -> Answer | None:
        return pair.both[0].short("GET", f"{RECORDS}/{name}", asked, f"Bearer {pair.token}", b"")

    for name in ("customer0010@example.com", "Customer0010%40example.com"):
        answer = short(name)
        assert answer is not None
        assert answer.body == long(pair, "GET", f"{RECORDS}/{name}?{query}").body
    assert short("nobody@example.com") is None
    assert short(pair.ids[0]) is None
    pair.ask("GET", f"{RECORDS}/{pair.ids[0]}?idProperty=hs_object_id")
    assert short(pair.ids[0], "idProperty=hs_object_id") is None


def test_many_sets_of_properties_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swift, "MOST_SHOWN", 2)
    pair, path = Pair(), f"{RECORDS}/batch/read"
    for name in ("email", "city", "zip", "phone"):
        pair.ask("POST", path, batch(pair.ids[0], properties=[name]))
    assert short(pair, "POST", path, batch(pair.ids[0], properties=["email"])) is None
    assert short(pair, "POST", path, batch(pair.ids[0], properties=["phone"])) is not None


def test_what_asks_for_something_special_goes_the_long_way() -> None:
    pair, path = Pair(), f"{RECORDS}/batch/read"
    id_ = pair.ids[0]
    pair.ask("POST", path, batch(id_))
    for wish in ({"propertiesWithHistory": ["email"]}, {"idProperty": "hs_object_id"}):
        assert short(pair, "POST", path, batch(id_, **wish)) is None
        pair.ask("POST", path, batch(id_, **wish))
    assert short(pair, "POST", path, batch(*[id_] * 101)) is None
