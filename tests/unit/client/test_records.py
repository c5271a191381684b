"""Records: what HubSpot answers, and what it might."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.client.records import Linked, Page, Record, moment, read_batch, read_page, read_record
from hubwire.errors import UnexpectedAnswer
from hubwire.wire.message import Reply

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
FULL = {
    "id": "12",
    "properties": {"email": "ada@example.com", "phone": None},
    "createdAt": "2026-02-25T16:23:49.023Z",
    "updatedAt": "1970-01-01T00:00:00Z",
    "archived": True,
    "archivedAt": "2026-03-01T00:00:00Z",
    "url": "https://app.hubspot.com/contacts/1/record/0-1/12",
    "associations": {"companies": {"results": [{"id": "9", "type": "contact_to_company"}]}},
    "propertiesWithHistory": {
        "email": [{"value": "ada@example.com", "timestamp": "2026-02-25T16:23:49.023Z", "sourceType": "API"}]
    },
    "something": {"new": True},
}


def record(body: Any) -> Record:
    return read_record(Reply(200, {}, json.dumps(body).encode()))


def test_a_record_tells_all_it_holds() -> None:
    found = record(FULL)
    assert (found.id, found["email"], found["phone"]) == ("12", "ada@example.com", None)
    assert found.created_at == dt.datetime(2026, 2, 25, 16, 23, 49, 23_000, tzinfo=dt.UTC)
    assert found.updated_at == dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    assert found.archived
    assert found.archived_at == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert found.url == FULL["url"]
    assert found.associations == {"companies": (Linked("9", "contact_to_company"),)}
    assert [version.source_type for version in found.history["email"]] == ["API"]
    assert found.to_dict()["properties"] == FULL["properties"]


def test_a_property_may_be_absent_or_empty() -> None:
    found = record(FULL)
    with pytest.raises(KeyError):
        found["nope"]
    assert found.get("nope") is None
    assert found.get("phone", "none") == "none"
    assert found.get("email", "none") == "ada@example.com"
    assert "phone" in found
    assert "nope" not in found


def test_a_record_needs_an_id_and_nothing_else() -> None:
    found = record({"id": 12})
    assert (found.id, found.properties, found.created_at, found.url) == ("12", {}, None, None)
    assert (found.associations, found.history, found.archived) == ({}, {}, False)
    with pytest.raises(UnexpectedAnswer, match="id"):
        record({"properties": {}})


def test_a_record_shows_no_values() -> None:
    assert repr(record(FULL)) == "Record('12', 2 properties)"


def test_values_that_are_no_text_become_text() -> None:
    found = record({"id": "1", "properties": {"a": 5, "b": True, "c": ["x"], "d": None, "e": "e"}})
    assert found.properties == {"a": "5", "b": "true", "c": '["x"]', "d": None, "e": "e"}


@given(st.dictionaries(st.sampled_from([*FULL, "x"]), JSON))
def test_odd_fields_do_not_make_the_rest_unreadable(body: dict[str, Any]) -> None:
    found = record({**body, "id": "1"})
    assert found.id == "1"
    assert isinstance(found.properties, dict)
    assert isinstance(found.associations, dict)
    assert isinstance(found.history, dict)
    _ = found.created_at, found.updated_at, found.archived_at, found.url, found.archived


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-03-12T07:32:59.531Z", "2026-03-12T07:32:59.531000+00:00"),
        ("2026-03-12T07:32:59.531123Z", "2026-03-12T07:32:59.531123+00:00"),
        ("1773300779531", "2026-03-12T07:32:59.531000+00:00"),
        (1773300779531, "2026-03-12T07:32:59.531000+00:00"),
        ("2026-03-12", "2026-03-12T00:00:00+00:00"),
        ("soon", None),
        ("", None),
        (None, None),
        (True, None),
        (10**30, None),
    ],
)
def test_moments_are_read_in_every_form_hubspot_writes(value: Any, found: str | None) -> None:
    read = moment(value)
    assert (read.isoformat() if read else None) == found


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"results": 5}', b"\xff\xfe", b'{"results": [null]}']
)
def test_a_page_that_is_none_is_told_apart(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswer):
        read_page(Reply(200, {}, body))


@pytest.mark.parametrize(
    ("paging", "after"),
    [({"next": {"after": "5", "link": "…"}}, "5"), ({"next": {"after": ""}}, None), ({}, None), (None, None)],
)
def test_the_last_page_has_no_cursor(paging: Any, after: str | None) -> None:
    page: Page = read_page(Reply(200, {}, json.dumps({"results": [], "paging": paging}).encode()))
    assert page.after == after


def test_a_batch_answer_may_be_empty() -> None:
    assert read_batch(Reply(204)).results == []
