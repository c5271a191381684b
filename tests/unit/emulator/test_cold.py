"""Reads of records that nobody read before, told from columns, are as those told from the store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import pytest

from hubwire.emulator import Clock, Emulator, Identity, indexes, planner
from hubwire.emulator.columnar import addresses, bodies, ready, table
from hubwire.emulator.columns import column
from hubwire.emulator.exchange import Answer

START, COUNT = 1_767_258_000.0, 60
RECORDS, DATED = "/crm/v3/objects/contacts", "/crm/objects/2026-09/contacts"
OWN = {"label": "Own", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
PLAIN = ("crm.objects.contacts.read", "crm.objects.contacts.write")
SENSITIVE = (*PLAIN, "crm.objects.contacts.sensitive.read", "crm.objects.contacts.sensitive.write")


class Blind(dict[str, Any]):
    """Columns that nobody finds."""

    def get(self, key: str, default: Any = None) -> Any:
        del key
        return default

    def __contains__(self, key: object) -> bool:
        return False


class Both:
    """Two accounts that are asked the same; the second one reads records from the store, the long way."""

    def __init__(self) -> None:
        self.quick, self.long = (
            Emulator(tier="enterprise", limits=False, clock=Clock.at(START), identity=Identity.for_tests())
            for _ in range(2)
        )
        self.token = self.quick.identity.access_token
        for one in (self.quick, self.long):
            one.seed(contacts=COUNT)
        portal = self.quick.account.portal
        self.long.account.portal.columns = Blind()
        self.long._lanes.answer = lambda *_: None  # type: ignore[method-assign]  # that is the point
        planner.columns(portal, portal.kind("contacts"))
        self.ids = [str(portal.number_to_id("0-1", number)) for number in range(COUNT)]
        self.short = 0
        """How many answers took the short way."""
        answer = self.quick._lanes.answer

        def counted(*asked: Any) -> Answer | None:
            told = answer(*asked)
            self.short += told is not None
            return told

        self.quick._lanes.answer = counted  # type: ignore[method-assign, assignment]  # it only counts

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Answer:
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token or self.token}"}
        quick, long = (one.ask(method, path, headers=headers, body=sent) for one in (self.quick, self.long))
        assert (quick.status, quick.body) == (long.status, long.body)
        assert quick.headers == long.headers
        return quick

    def batch(
        self, ids: Sequence[Any], *, path: str = RECORDS, token: str | None = None, **more: Any
    ) -> Answer:
        return self.ask("POST", f"{path}/batch/read", {"inputs": [{"id": id_} for id_ in ids], **more}, token)

    def by_email(self, emails: Sequence[Any], **more: Any) -> Answer:
        return self.batch(emails, idProperty="email", **more)

    def took_short(self, deed: Callable[[], Any]) -> bool:
        before = self.short
        deed()
        return self.short > before


def email(number: int) -> str:
    return f"contact{number}@example.com"


@pytest.fixture(params=[3, 1_000], ids=["many values", "few values"])
def both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """Few records count as many here."""
    monkeypatch.setattr(indexes, "FEW", 5)
    monkeypatch.setattr(planner, "FEW", 5)
    monkeypatch.setattr(table, "BEHIND", 12)
    monkeypatch.setattr(ready, "MANY", request.param)
    monkeypatch.setattr(ready, "MANY_MOMENTS", request.param)
    both = Both()
    yield both
    both.quick.close()
    both.long.close()


WISHES: list[dict[str, Any]] = [
    {},
    {"properties": []},
    {"properties": ["email"]},
    {"properties": ["phone", "city", "lifecyclestage", "lastname", "jobtitle"]},
    {"properties": ["hs_full_name_or_email", "nobody_defined_this", "hs_v2_date_entered_lead", "createdate"]},
    {"properties": ["lastname"], "propertiesWithHistory": []},
    {"properties": ["lastname"], "propertiesWithHistory": ["email"]},
    {"propertiesWithHistory": None, "idProperty": None},
    {"idProperty": ""},
    {"idProperty": "hs_object_id"},
]


@pytest.mark.parametrize("path", [RECORDS, DATED])
def test_batches_of_every_wish(both: Both, path: str) -> None:
    random = Random(0)
    for wish in WISHES:
        for _ in range(5):
            both.batch(random.sample(both.ids, 7), path=path, **wish)
    assert both.short > 20


def test_the_third_batch_and_those_after_it_are_not_taken_apart(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = 0
    numbers = bodies.Alike.numbers

    def counted(self: bodies.Alike, body: bytes) -> Any:
        nonlocal read
        found = numbers(self, body)
        read += found is not None
        return found

    monkeypatch.setattr(bodies.Alike, "numbers", counted)
    for start in range(0, 42, 6):
        both.batch(both.ids[start : start + 6], properties=["city"])
    assert read == 4
    assert both.batch(both.ids[:6], properties=["city"]).status == 200


def test_one_length_and_other_words(both: Both) -> None:
    for names in (["city"], ["fax1"], ["city"], ["city"], ["city"], ["fax2"], ["zip1"]):
        both.batch(both.ids[:4], properties=names)


@pytest.mark.parametrize("odd", ["00", "0", "9" * 12, "", "x", "1.5", "1e5", "-7", " 7", "²", "9" * 30])
def test_what_is_no_id_among_ids(both: Both, odd: str) -> None:
    for _ in range(4):
        both.batch(both.ids[:5])
    width = len(both.ids[0])
    for text in (odd, odd.rjust(width, "0"), odd.ljust(width, "0"), f"{odd}{both.ids[9]}"[:width]):
        both.batch([*both.ids[:4], text])
        both.batch([text, *both.ids[5:9]])


def test_ids_as_numbers_twice_and_in_odd_spelling(both: Both) -> None:
    for _ in range(4):
        both.batch(both.ids[:4])
    first, second = both.ids[:2]
    both.batch([int(id_) for id_ in both.ids[:4]])
    assert both.batch([first, second, first, second]).status == 200
    for body in (
        f'{{"inputs":[{{"id":"{first}"}},{{"id":"{second}"}}]}}',
        f'{{"inputs":[{{"id":"{first}","id":"{second}"}}]}}',
        f'{{"inputs":[{{"id":"{first}","id":"2e11"}}]}}',
        f'{{"inputs":[{{"id":"{first}"}}],"inputs":[{{"id":"{second}"}}]}}',
        f'{{"inputs":[{{"id":"\\u00{ord(first[0]):02x}{first[1:]}"}}]}}',
        f'{{"inputs":[{{"id":"{first}"}}],"more":"{second}"}}',
        f'{{"inputs":[{{"id":"{first}"}}],"properties":["{second}"]}}',
        f'{{"inputs":[{{"id":"{first}","why":"{second}"}}]}}',
        f'{{"inputs":[{{"id":"{first}"}}] , "properties":["city","city"]}}',
        '{"inputs":[]}',
        '{"inputs":null}',
        "[]",
        "{",
    ):
        for _ in range(4):
            both.ask("POST", f"{RECORDS}/batch/read", body.encode())
            both.ask("POST", f"{RECORDS}/batch/read", body.replace(first, both.ids[7]).encode())


def test_missing_archived_and_merged_ones(both: Both) -> None:
    for _ in range(4):
        both.batch(both.ids[:5])
        both.by_email([email(number) for number in range(5)])
    gone = both.ids[0]
    both.ask("DELETE", f"{RECORDS}/{gone}")
    assert both.batch(both.ids[:5]).status == 207
    assert both.by_email([email(number) for number in range(5)]).status == 207
    both.batch(both.ids[:5], properties=["city"])
    both.ask("POST", f"{RECORDS}/batch/read?archived=true", {"inputs": [{"id": gone}, {"id": both.ids[1]}]})
    both.ask("POST", f"{RECORDS}/merge", {"primaryObjectId": both.ids[2], "objectIdToMerge": both.ids[3]})
    for ids in (both.ids[1:5], both.ids[2:4], both.ids[2:3]):
        assert both.batch(ids).status == 200
    for id_ in both.ids[:4]:
        both.ask("GET", f"{RECORDS}/{id_}")
    for numbers in ([1, 2, 4], [1, 3], [2, 3, 4]):
        both.by_email([email(number) for number in numbers])
    assert both.batch([*both.ids[4:8], "1"]).status == 207


def test_after_every_write_they_tell_what_was_written(both: Both) -> None:
    random = Random(1)
    for turn in range(40):
        some = random.sample(range(COUNT), 6)
        change = {"city": f"C{turn}", "lastname": random.choice(["Ng", "ß", 'q"\\', "", "Ö" * 40])}
        both.ask("PATCH", f"{RECORDS}/{both.ids[some[0]]}", {"properties": change})
        both.batch([both.ids[number] for number in some])
        both.batch([both.ids[number] for number in some[1:]], properties=["city", "lastname"])
        both.by_email([email(number) for number in some])
        both.ask("GET", f"{RECORDS}/{both.ids[some[0]]}")
        if turn % 9 == 8:
            both.ask("POST", f"{RECORDS}/search", {"sorts": ["city"], "limit": 3})
    assert both.short > 80


def test_a_write_of_records_leaves_the_short_way_open(both: Both) -> None:
    both.batch(both.ids[:5])
    both.ask("PATCH", f"{RECORDS}/{both.ids[0]}", {"properties": {"city": "Oslo"}})
    both.ask("POST", f"{RECORDS}/batch/create", {"inputs": [{"properties": {"email": "new@example.com"}}]})
    assert both.took_short(lambda: both.batch(both.ids[:5]))
    both.ask("POST", "/crm/v3/properties/contacts", {**OWN, "name": "own"})
    assert not both.took_short(lambda: both.batch(both.ids[:5]))


def test_addresses_in_every_spelling(both: Both) -> None:
    for start in range(0, 20, 5):
        both.by_email([email(number) for number in range(start, start + 5)])
    assert both.took_short(lambda: both.by_email([email(number) for number in range(30, 37)]))
    several = [email(31), email(32)]
    for texts in (
        [email(31).upper(), email(32)],
        [email(31), email(31).upper()],
        [email(31), email(31)],
        [email(31)],
        [*several, "nobody@example.com"],
        [*several, ""],
        [*several, "ä@example.com"],
        [*several, 'a"b@example.com'],
        [*several, "a\\nb@example.com"],
        [*several, email(33) + "\0"],
        [*several, "null"],
        [*several, '"}, {"id": "'],
        [*several, "x" * 300],
        [*several, 7],
    ):
        both.by_email(texts)
        both.by_email(texts, properties=["city"])
    both.by_email([email(number) for number in range(COUNT)])
    both.batch([*several] * 60, idProperty="email")


def test_addresses_that_change_hands(both: Both) -> None:
    def reads() -> None:
        both.by_email([email(1), email(2), email(3)])
        both.by_email([email(4), email(5), "other@example.com"])
        both.by_email([email(1), "other@example.com"])

    for _ in range(3):
        reads()
    both.ask("PATCH", f"{RECORDS}/{both.ids[1]}", {"properties": {"email": "other@example.com"}})
    reads()
    both.ask("POST", RECORDS, {"properties": {"email": email(1)}})
    reads()
    both.ask("PATCH", f"{RECORDS}/{both.ids[2]}", {"properties": {"email": ""}})
    reads()
    both.ask("DELETE", f"{RECORDS}/{both.ids[3]}")
    both.ask("POST", RECORDS, {"properties": {"email": email(3)}})
    reads()
    for number in range(20):
        both.ask("PATCH", f"{RECORDS}/{both.ids[10 + number]}", {"properties": {"city": "Oslo"}})
    both.ask("POST", f"{RECORDS}/search", {"sorts": ["email"], "limit": 3})
    reads()
    both.ask("POST", f"{RECORDS}/merge", {"primaryObjectId": both.ids[4], "objectIdToMerge": both.ids[5]})
    reads()


@pytest.mark.parametrize(
    "before", ['{"idProperty": "email", "inputs": [', '{"inputs" :\n[ ', '{"properties":["city"],"inputs":[']
)
def test_bodies_as_others_write_them(both: Both, before: str) -> None:
    between = "," if "properties" in before else " , "
    after = "]}" if "idProperty" in before else '] , "idProperty":"email"}'
    for start in range(0, 50, 10):
        texts = (f'{{ "id" : "{email(number)}" }}' for number in range(start, start + 6))
        both.ask("POST", f"{RECORDS}/batch/read", (before + between.join(texts) + after).encode())
    twice = f'{{"inputs":[{{"id":"{email(1)}"}},{{"id":"{email(2)}"}}],"idProperty":"email","inputs":[]}}'
    for _ in range(4):
        both.ask("POST", f"{RECORDS}/batch/read", twice.encode())


def test_sensitive_properties_stay_hidden(both: Both) -> None:
    secret = {**OWN, "name": "secret", "dataSensitivity": "sensitive"}
    assert both.ask("POST", "/crm/v3/properties/contacts", secret).status == 201
    wide, narrow = (
        [one.token(scopes=scopes) for one in (both.quick, both.long)] for scopes in (SENSITIVE, PLAIN)
    )
    assert (wide[0], narrow[0]) == (wide[1], narrow[1])
    for id_ in both.ids[:8]:
        both.ask("PATCH", f"{RECORDS}/{id_}", {"properties": {"secret": f"s{id_}"}}, wide[0])
    for _ in range(4):
        seen = both.batch(both.ids[:8], token=wide[0], properties=["secret", "city"])
        unseen = both.batch(both.ids[:8], token=narrow[0], properties=["secret", "city"])
    assert b'"secret":"s' in seen.body
    assert b"secret" not in unseen.body


def test_a_place_for_each_of_many() -> None:
    import numpy as np

    random = np.random.default_rng(3)
    for many in (1, 2, 3, 50, 3_000):
        mixed = random.integers(0, 1 << 63, many, np.uint64) * np.uint64(2)
        rows = np.arange(many, dtype=np.int32)
        assert addresses.Places(mixed, rows).find(mixed).tolist() == rows.tolist()


LISTS = [
    "",
    "limit=7",
    "limit=7&properties=city,nobody",
    "properties=city&limit=3&archived=false",
    "limit=60",
]


def follow(both: Both, query: str, first: str = "") -> None:
    """All pages of a list, from the link of each to the next."""
    target = f"{RECORDS}?{query}{first}"
    for _ in range(COUNT):
        page = json.loads(both.ask("GET", target).body)
        if "paging" not in page:
            return
        target = page["paging"]["next"]["link"].removeprefix("http://127.0.0.1")


@pytest.mark.parametrize("query", LISTS)
def test_pages_of_a_list(both: Both, query: str) -> None:
    for _ in range(2):
        follow(both, query)
    assert both.short > 0 or query == "limit=60"
    both.ask("DELETE", f"{RECORDS}/{sorted(both.ids)[20]}")
    follow(both, query)
    both.ask("PATCH", f"{RECORDS}/{sorted(both.ids)[30]}", {"properties": {"city": "Oslo"}})
    both.ask("POST", RECORDS, {"properties": {"email": "late@example.com"}})
    follow(both, query)
    for number in range(14):
        both.ask("PATCH", f"{RECORDS}/{both.ids[number]}", {"properties": {"city": f"C{number}"}})
    both.ask("POST", f"{RECORDS}/search", {"sorts": ["city"], "limit": 3})
    follow(both, query)


def test_cursors_as_nobody_gave_them(both: Both) -> None:
    for _ in range(2):
        follow(both, "limit=5")
    between = int(sorted(both.ids)[7])
    ids = [f"{between}", f"{between + 1}", f"{between - 1}", f"0{between}"]
    for cursor in (*ids, "", "0", "1", "9" * 18, "9" * 19, "x", "-1", "%31", "1&after=2", "1&%61fter=2"):
        both.ask("GET", f"{RECORDS}?limit=5&after={cursor}")
        both.ask("GET", f"{RECORDS}?after={cursor}&limit=5")
    for query in ("limit=5&%61fter=3", "limit=5&archived=true", "limit=5&associations=companies", "limit=0",
                  "limit=5&propertiesWithHistory=city", "limit=101", "limit=5&hapikey=x"):  # fmt: skip
        for _ in range(2):
            both.ask("GET", f"{RECORDS}?{query}")
            both.ask("GET", f"{RECORDS}?{query}&after={between}")


def test_links_lead_to_the_host_that_was_called(both: Both) -> None:
    headers = {"Authorization": f"Bearer {both.token}"}
    for host in ("127.0.0.1:8765", "localhost:1", "127.0.0.1:8765", "api.hubapi.com", "localhost:1"):
        quick, long = (
            one.ask("GET", f"{RECORDS}?limit=4", headers={**headers, "Host": host})
            for one in (both.quick, both.long)
        )
        assert quick.body == long.body
        assert f"://{host}/".encode() in quick.body


def test_addresses_of_the_dead_and_of_newcomers(both: Both) -> None:
    """When all columns have followed, those who were written meanwhile are found as the others are."""
    both.by_email([email(1), email(2)])
    both.ask("DELETE", f"{RECORDS}/{both.ids[3]}")
    for address in (email(3), "late@example.com"):
        both.ask("POST", RECORDS, {"properties": {"email": address}})
    for number in range(10, 24):
        both.ask("PATCH", f"{RECORDS}/{both.ids[number]}", {"properties": {"city": "Oslo"}})
    both.ask("POST", f"{RECORDS}/search", {"sorts": ["email"], "limit": 3})
    both.by_email([email(3), "late@example.com", email(4)])
    portal = both.quick.account.portal
    columns = portal.columns["0-1"]
    wanted = column(portal.kind("contacts"), portal.definitions.all("0-1")["email"])
    texts = [json.dumps(address).encode() for address in (email(3), "late@example.com", email(4))]
    found = columns.addressed(wanted, texts, [2, 0, 1])
    if columns.ready.records.dtype["email"].kind == "S":
        assert found[1]["email"].tolist() == [texts[2], texts[0], texts[1]]
        assert columns.rows.ids[found[0]].tolist()[0] == int(both.ids[4])
    else:
        assert found is None
    assert columns.addressed(wanted, [*texts, b'"nobody@example.com"'], [0, 1, 2, 3]) is None
    assert columns.addressed(wanted, [texts[0], texts[0]], [0, 1]) is None
