"""Single records and lists, with few properties and with very many."""

from __future__ import annotations

from typing import Any

import pytest

from hubwire.client import reading
from hubwire.client.calls.objects import Fields
from hubwire.errors import NotFound
from hubwire.wire.message import Reply, Request
from tests.unit.client.helpers import body, each, reply, run, session

MANY = tuple(f"a_rather_long_property_name_{n}" for n in range(400))
FEW = ("email",)


class Contacts:
    """Pages of contacts, and batches of them in another order."""

    def __init__(self, count: int) -> None:
        self.ids = [str(100 + n) for n in range(count)]
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.requests.append(request)
        assert len(request.url) <= 8_000
        asked = dict(request.query)
        if request.path.endswith("/batch/read"):
            return self.batch(body(request))
        if request.path.endswith("/contacts"):
            return self.page(int(asked.get("after", "0")), int(asked["limit"]), asked)
        return reply(200, self.record(request.path.rsplit("/", 1)[-1], asked))

    def batch(self, asked: Any) -> Reply:
        assert len(asked["inputs"]) <= (50 if asked["propertiesWithHistory"] else 100)
        found = [self.record(row["id"], {}) for row in reversed(asked["inputs"]) if row["id"] in self.ids]
        for one in found:
            one["properties"] = dict.fromkeys(asked["properties"], "x")
        missing = [row["id"] for row in asked["inputs"] if row["id"] not in self.ids]
        errors = (
            [{"category": "OBJECT_NOT_FOUND", "message": "gone", "context": {"ids": missing}}]
            if missing
            else []
        )
        return reply(207 if missing else 200, {"results": found, "errors": errors})

    def page(self, start: int, limit: int, asked: dict[str, str]) -> Reply:
        found = [self.record(one, asked) for one in self.ids[start : start + limit]]
        more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < len(self.ids) else {}
        return reply(200, {"results": found, **more})

    def record(self, record_id: str, asked: dict[str, str]) -> dict[str, Any]:
        found = {"id": record_id, "properties": {"email": f"{record_id}@example.com"}}
        if "associations" in asked:
            found["associations"] = {"companies": {"results": [{"id": "9", "type": "contact_to_company"}]}}
        return found


def test_one_record_is_one_request() -> None:
    contacts = Contacts(1)
    record = run(reading.get(session(), "contacts", "100", Fields(FEW), None), contacts)
    assert record["email"] == "100@example.com"
    assert len(contacts.requests) == 1


def test_a_record_with_very_many_properties_is_read_in_a_batch() -> None:
    contacts = Contacts(1)
    record = run(reading.get(session(), "contacts", "100", Fields(MANY), None), contacts)
    assert set(record.properties) == set(MANY)
    assert len(contacts.requests) == 1
    record = run(reading.get(session(), "contacts", "100", Fields(MANY, (), ("companies",)), None), contacts)
    assert set(record.properties) == set(MANY)
    assert record.associations["companies"][0].id == "9"
    with pytest.raises(NotFound):
        run(reading.get(session(), "contacts", "7", Fields(MANY), None), contacts)


@pytest.mark.parametrize("names", [FEW, MANY])
@pytest.mark.parametrize("limit", [None, 0, 1, 100, 101, 230])
def test_all_pages_are_listed_in_order(names: tuple[str, ...], limit: int | None) -> None:
    contacts = Contacts(250)
    fields = Fields(names, (), ("companies",))
    found = list(each(reading.every(session(), "contacts", fields, limit), contacts))
    assert [record.id for record in found] == contacts.ids[:limit]
    assert all(record.associations["companies"] for record in found)
    if names is MANY and found:
        assert set(found[0].properties) == set(MANY)


@pytest.mark.parametrize("names", [FEW, MANY])
def test_histories_are_listed_fifty_at_a_time(names: tuple[str, ...]) -> None:
    contacts = Contacts(120)
    list(each(reading.every(session(), "contacts", Fields(names, ("email",)), None), contacts))
    pages = [request for request in contacts.requests if request.method == "GET"]
    assert [dict(request.query)["limit"] for request in pages] == ["50", "50", "50"]


def test_a_record_deleted_between_page_and_batch_is_left_out() -> None:
    contacts = Contacts(3)

    def serve(request: Request) -> Reply:
        answer = contacts(request)
        contacts.ids = ["100", "102"]
        return answer

    found = each(reading.every(session(), "contacts", Fields(MANY), None), serve)
    assert [record.id for record in found] == ["100", "102"]


def test_an_empty_page_ends_the_list_whatever_cursor_it_brings() -> None:
    answer = reply(200, {"results": [], "paging": {"next": {"after": "5"}}})
    assert list(each(reading.every(session(), "contacts", Fields(), None), lambda _: answer)) == []


def test_pages_are_read_only_as_far_as_records_are_taken() -> None:
    contacts = Contacts(1_000)
    found = each(reading.every(session(), "contacts", Fields(), None), contacts)
    next(found)
    assert len(contacts.requests) == 1
