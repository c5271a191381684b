"""Records told from columns are told as from the store, whatever was written meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from hubwire.emulator import Clock, Emulator, Identity, indexes, planner, quick, render
from hubwire.emulator.columnar import ready, table

START = 1_767_258_000
RECORDS, DATED = "/crm/v3/objects/contacts", "/crm/objects/2026-09/contacts"
OWN = [
    ("birthday", "date", "date"),
    ("seen_at", "datetime", "date"),
    ("score", "number", "number"),
    ("likes", "enumeration", "checkbox"),
]
VALUES = {
    "lastname": ["Ng", "NG", 'say "Ó"\\\n', "x" * 90, "Straße", "STRASSE", ""],
    "city": ["Oslo", "oslo", ""],
    "score": ["1", "1.0", "01", "9.5", ""],
    "birthday": ["2001-02-03", "1970-01-01", ""],
    "seen_at": ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678Z", "1600-01-01T00:00:00.001Z", ""],
    "likes": ["tea", "tea;coffee", ""],
}
VIEWS: list[list[str]] = [
    [],
    ["lastname"],
    ["city", "score", "birthday", "seen_at", "likes", "lastname", "fax", "hs_is_contact", "num_notes"],
]


@pytest.fixture(params=[3, 1_000], ids=["many values", "few values"], autouse=True)
def _low(request: pytest.FixtureRequest) -> Iterator[None]:
    """Few records count as many here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexes, "FEW", 5)
        patch.setattr(planner, "FEW", 5)
        patch.setattr(planner, "KEPT", 5)
        patch.setattr(table, "BEHIND", 15)
        patch.setattr(ready, "MANY", request.param)
        patch.setattr(ready, "MANY_MOMENTS", request.param)
        patch.setattr(ready, "MOST", request.param + 20)
        yield


class Account:
    def __init__(self, path: str = ":memory:") -> None:
        self.emulator = Emulator(
            path, limits=False, clock=Clock.at(START), identity=Identity.for_tests(), seed="empty"
        )
        self.ids: list[int] = []

    def define(self) -> None:
        for name, type_, field in OWN:
            options = [{"value": one, "label": one} for one in ("tea", "coffee")] if type_[0] == "e" else []
            body = {"name": name, "label": name, "type": type_, "fieldType": field, "options": options}
            self.ask("POST", "/crm/v3/properties/contacts", {**body, "groupName": "contactinformation"})

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.emulator.identity.access_token}"}
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.emulator.ask(method, path, headers=headers, body=sent)
        assert answer.status < 300, answer.body
        return json.loads(answer.body) if answer.body else None

    def text(self, method: str, path: str, body: Any) -> bytes:
        headers = {"Authorization": f"Bearer {self.emulator.identity.access_token}"}
        sent = b"" if body is None else json.dumps(body).encode()
        return self.emulator.ask(method, path, headers=headers, body=sent).body

    def write(self, random: Random) -> None:
        what = random.randrange(7)
        values = {name: random.choice(among) for name, among in VALUES.items() if random.random() < 0.7}
        if what < 3 or len(self.ids) < 9:
            rows = [{"properties": {k: v for k, v in values.items() if v}} for _ in range(3)]
            rows[0]["properties"]["email"] = f"n{random.random()}@example.com"
            made = self.ask("POST", f"{RECORDS}/batch/create", {"inputs": rows})["results"]
            self.ids += [int(one["id"]) for one in made]
        elif what < 5:
            inputs = [{"id": id_, "properties": values} for id_ in random.sample(self.ids, 3)]
            self.ask("POST", f"{RECORDS}/batch/update", {"inputs": inputs})
        elif what == 5:
            self.ask("DELETE", f"{RECORDS}/{self.ids.pop(random.randrange(len(self.ids)))}")
        else:
            self.ask("POST", f"{RECORDS}/search", {"sorts": [random.choice(list(VALUES))]})
        self.emulator.clock.advance(random.choice((0.5, 1.0, 0.001)))

    def agree(self, random: Random) -> None:
        portal = self.emulator.account.portal
        kind = portal.kind("contacts")
        for names in VIEWS:
            view = render.View.of(portal, kind, names)
            some = random.sample(self.ids, min(7, len(self.ids)))
            records = portal.table(kind).in_order(some)
            long = [msgspec.json.encode(render.seen(portal, kind, record, view)) for record in records]
            assert told(self.emulator, some, view) == b",".join(long)
            singly = [quick.told_one(portal, kind, id_, view) for id_ in some]
            assert all(one in (None, each) for one, each in zip(singly, long, strict=True))


def told(emulator: Emulator, ids: Sequence[int], view: render.View) -> bytes:
    portal = emulator.account.portal
    pieces = quick.told(portal, portal.kind("contacts"), ids, view)
    assert pieces is not None
    return b"".join(pieces)


@pytest.mark.parametrize("number", range(6))
def test_after_any_writes_and_searches(number: int, tmp_path: Path) -> None:
    path, random = str(tmp_path / "state.db"), Random(number)
    account = Account(path)
    account.define()
    for _ in range(12):
        account.write(random)
    planner.columns(account.emulator.account.portal, account.emulator.account.portal.kind("contacts"))
    for _ in range(30):
        account.write(random)
        account.agree(random)
    account.emulator.close()
    again = Account(path)
    again.ids = account.ids
    for _ in range(20):
        again.agree(random)
        again.write(random)
    again.emulator.close()


def test_a_value_that_no_record_had_is_told_once_it_comes() -> None:
    account, random = Account(), Random(0)
    account.emulator.seed(contacts=30)
    portal = account.emulator.account.portal
    kind = portal.kind("contacts")
    view = render.View.of(portal, kind, ["fax"])
    account.ids = [record.id for record in portal.table(kind).page(0, 30)]
    assert b'"fax":null' in told(account.emulator, account.ids, view)
    for id_ in account.ids:
        account.ask("PATCH", f"{RECORDS}/{id_}", {"properties": {"fax": f"+{id_}"}})
    account.ask("POST", f"{RECORDS}/search", {"sorts": ["fax"]})
    assert b'"fax":null' not in told(account.emulator, account.ids, view)
    account.agree(random)


def test_one_that_does_not_live_is_not_told() -> None:
    account = Account()
    account.emulator.seed(contacts=30)
    portal = account.emulator.account.portal
    kind = portal.kind("contacts")
    view = render.View.of(portal, kind, [])
    first, second, *_ = (record.id for record in portal.table(kind).page(0, 30))
    account.ask("DELETE", f"{RECORDS}/{first}")
    assert quick.told(portal, kind, [second, first], view) is None
    assert quick.told_one(portal, kind, first, view) is None
    for absent in (1, first - 1, first + 10_000, 10**14):
        assert quick.told(portal, kind, [second, absent], view) is None
        assert quick.told_one(portal, kind, absent, view) is None
    assert quick.told(portal, kind, [], view) is None


def test_another_definition_is_another_column() -> None:
    account = Account()
    account.define()
    account.emulator.seed(contacts=30)
    portal = account.emulator.account.portal
    kind = portal.kind("contacts")
    account.ids = [record.id for record in portal.table(kind).page(0, 30)]
    account.ask("PATCH", f"{RECORDS}/{account.ids[0]}", {"properties": {"score": "9.50"}})
    account.ask("PATCH", "/crm/v3/properties/contacts/score", {"type": "string", "fieldType": "text"})
    view = render.View.of(portal, kind, ["score"])
    pieces = quick.told(portal, kind, account.ids[:2], view)
    assert pieces is None or b'"score":"9.50"' in b"".join(pieces)


@pytest.mark.parametrize(
    "odd", ['"0{}"', '"{}.0"', '"{}e0"', '" {}"', "{}", "{}.0", '"x"', "null", '"1{:0>15}"']
)
def test_only_plain_ids_take_the_short_way(odd: str) -> None:
    account = Account()
    account.emulator.seed(contacts=30)
    account.ids += [one["id"] for one in account.ask("GET", f"{RECORDS}?limit=9")["results"]]
    first, second = account.ids[:2]

    def short(given: str) -> object:
        body = f'{{"inputs": [{{"id": "{first}"}}, {{"id": {given}}}]}}'.encode()
        bearer = f"Bearer {account.emulator.identity.access_token}"
        return account.emulator.short("POST", f"{RECORDS}/batch/read", "", bearer, body)

    account.ask("POST", f"{RECORDS}/batch/read", {"inputs": [{"id": str(first)}]})
    assert short(f'"{second}"') is not None
    assert short(odd.format(second)) is None


@pytest.mark.parametrize("columns", [True, False])
def test_a_batch_that_is_asked_for_again_is_told_alike(columns: bool) -> None:
    account = Account()
    account.emulator.seed(contacts=30)
    portal = account.emulator.account.portal
    if not columns:
        portal.columns.clear()
    ids = [one["id"] for one in account.ask("GET", f"{RECORDS}?limit=20")["results"]]
    account.ask("PATCH", f"{RECORDS}/{ids[3]}", {"properties": {"firstname": ""}})
    body = {"inputs": [{"id": id_} for id_ in ids]}
    told = [account.ask("POST", f"{RECORDS}/batch/read", body)["results"] for _ in range(4)]
    assert told[1:] == told[:-1]
    assert {one["id"] for one in told[0]} == set(ids)


def test_every_way_to_read_tells_the_same() -> None:
    account = Account()
    account.emulator.seed(contacts=30)
    portal = account.emulator.account.portal
    assert "0-1" in portal.columns
    records = portal.table(portal.kind("contacts")).page(0, 30)
    ids, emails = ([*map(key, records)] for key in (lambda one: str(one.id), lambda one: one.props["email"]))
    account.ask("PATCH", f"{RECORDS}/{ids[3]}", {"properties": {"city": "Oslo"}})
    wish = {"properties": ["city", "email"]}

    def batch(*given: str, **more: Any) -> dict[str, Any]:
        return {"inputs": [{"id": one} for one in given], **more}

    asked: list[tuple[str, str, Any]] = [
        *(("POST", f"{base}/batch/read", batch(*ids[:9], ids[0], **wish)) for base in (RECORDS, DATED)),
        ("POST", f"{RECORDS}/batch/read", batch(ids[4])),
        ("POST", f"{RECORDS}/batch/read", batch(*emails[:9], idProperty="email")),
        ("POST", f"{RECORDS}/batch/read", batch(*ids[:5], "1")),
        ("GET", f"{RECORDS}?limit=7", None),
        ("GET", f"{RECORDS}?limit=7&after={ids[25]}&properties=city", None),
        ("GET", f"{RECORDS}?limit=7&after=9{ids[25]}", None),
        ("POST", f"{RECORDS}/search", {"sorts": ["-email"], "limit": 9, "after": "3", **wish}),
        ("POST", f"{RECORDS}/search", {"query": "nobody"}),
        ("GET", f"{RECORDS}/{ids[7]}?properties=city", None),
        ("GET", f"{RECORDS}/{emails[7]}?idProperty=email", None),
    ]
    short = [account.text(*one) for one in asked * 2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick, "told", lambda *_: None)
        patch.setattr(quick, "told_one", lambda *_: None)
        assert short == [account.text(*one) for one in asked * 2]
