"""Shapes of answers: what is kept, what is not, and how two are compared."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.emulator import Emulator
from hubwire.emulator.reach.recording import Exchange, Recording
from hubwire.emulator.reach.replay import BadFile, Replay, entries_of
from hubwire.emulator.reach.shape import differences, kind_of, merge, shape_of

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("2026-01-01T09:00:00.000Z", "moment"),
        ("2026-01-01", "moment"),
        ("00000000-0000-0000-0000-000000000000", "uuid"),
        ("12", "digits"),
        ("1.50", "digits"),
        ("true", "boolean text"),
        ("ada@example.com", "email"),
        ("https://app.hubspot.com/contacts/1", "url"),
        ("", "empty"),
        ("Ada", "text"),
        (1, "number"),
        (1.5, "number"),
        (True, "boolean"),
        (None, "null"),
    ],
)
def test_a_value_is_told_by_its_kind(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


@given(DOCUMENTS)
def test_a_document_does_not_differ_from_its_own_shape(document: Any) -> None:
    assert list(differences(shape_of(document), shape_of(document))) == []


@given(DOCUMENTS, DOCUMENTS)
def test_both_fit_what_they_were_merged_to(one: Any, other: Any) -> None:
    if type(one) is type(other) and not isinstance(one, dict | list):
        merged = merge(shape_of(one), shape_of(other))
        assert list(differences(merged, shape_of(one))) == []
        assert list(differences(merged, shape_of(other))) == []


def test_elements_of_a_list_are_merged_and_names_that_some_lack_are_marked() -> None:
    assert shape_of([{"a": 1, "b": None}, {"a": "x"}]) == [{"a": "number|text", "b?": "null"}]


@pytest.mark.parametrize(
    ("recorded", "ours", "told"),
    [
        ({"id": "1"}, {}, ["id: missing"]),
        ({}, {"id": "1"}, ["id: not recorded"]),
        ({"id": "1"}, {"id": 1}, ["id: number, recorded digits"]),
        ({"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": "x"}]}}, ["a.b[].c: text, recorded number"]),
        ({"a": []}, {"a": {}}, ["a: object, recorded list"]),
        ({"a": []}, {"a": [1]}, []),
        ({"a": None}, {"a": "x"}, []),
        ([{"a": 1}, {}], [{}], []),
    ],
)
def test_differences_name_the_place(recorded: Any, ours: Any, told: list[str]) -> None:
    assert list(differences(shape_of(recorded), shape_of(ours))) == told


SECRETS = (
    "ada@example.com",
    "Lovelace",
    "pat-na1-secret",
    "770001",
    "de305d54-75b4-431b-adb2-eb6b9e546014",
    "Bearer",
    "favourite colour",
)


def test_no_value_and_no_token_is_kept() -> None:
    recording = Recording()
    body = {"properties": {"email": SECRETS[0], "lastname": SECRETS[1], SECRETS[6]: "x"}}
    answer = {"id": SECRETS[3], "properties": body["properties"], "correlationId": SECRETS[4], SECRETS[0]: 1}
    for exchange in (
        Exchange(
            "POST", "/crm/v3/objects/contacts", json.dumps(body).encode(), 201, json.dumps(answer).encode()
        ),
        Exchange("GET", f"/crm/v3/objects/contacts/{SECRETS[3]}?properties={SECRETS[1]}", b"", 200, b"{}"),
        Exchange("GET", f"/no/such/{SECRETS[0]}/{SECRETS[1]}?hapikey={SECRETS[2]}", b"", 404, b"<html>"),
        Exchange("POST", "/oauth/v1/token", f"refresh_token={SECRETS[2]}".encode(), 200, b"{}"),
        Exchange("GET", f"/oauth/v1/access-tokens/{SECRETS[2]}", b"", 200, b"{}"),
    ):
        recording.add(exchange)
    text = recording.text()
    assert [secret for secret in SECRETS if secret in text] == []
    first, second, third, *_ = entries_of(text)
    assert (first["op"], first["version"], first["places"]) == (
        "objects.create",
        "v3",
        {"objectType": "contacts"},
    )
    assert first["gives"] == {"1": "/id", "2": "/properties/lastname"}
    assert second["places"] == {"objectType": "contacts", "id": "@1"}
    assert third["route"] == "/{text}/{text}/{email}/{text}"


def asked(emulator: Emulator, method: str, target: str, body: Any = None) -> Exchange:
    sent = json.dumps(body).encode() if body is not None else b""
    headers = {"authorization": f"Bearer {emulator.identity.access_token}"}
    answer = emulator.ask(method, target, headers=headers, body=sent)
    return Exchange(method, target, sent, answer.status, answer.body)


@pytest.fixture
def recorded() -> Recording:
    """A record made, read, found, changed, missed and archived."""
    emulator, recording = Emulator(limits=False), Recording()
    made = asked(emulator, "POST", "/crm/v3/objects/contacts", {"properties": {"email": "ada@example.com"}})
    record_id = json.loads(made.answer)["id"]
    search = {
        "filterGroups": [
            {"filters": [{"propertyName": "email", "operator": "EQ", "value": "ada@example.com"}]}
        ],
        "limit": 5,
    }
    for exchange in (
        made,
        asked(emulator, "GET", f"/crm/objects/2026-09/0-1/{record_id}?properties=email,phone"),
        asked(emulator, "POST", "/crm/v3/objects/contacts/search", search),
        asked(emulator, "PATCH", f"/crm/v3/objects/contacts/{record_id}", {"properties": {"phone": "1"}}),
        asked(emulator, "GET", "/crm/v3/objects/contacts/1"),
        asked(emulator, "DELETE", f"/crm/v3/objects/contacts/{record_id}"),
    ):
        recording.add(exchange)
    emulator.close()
    return recording


@pytest.fixture
def second() -> Emulator:
    return Emulator(limits=False)


def test_an_emulator_does_not_differ_from_another(recorded: Recording, second: Emulator) -> None:
    verdicts = list(Replay(second, second.identity.access_token).grade(recorded.text()))
    assert [verdict.differences for verdict in verdicts] == [[]] * 6
    assert [verdict.unasked for verdict in verdicts] == [""] * 6
    assert [seen.status for seen in second.requests] == [201, 200, 200, 200, 404, 204]


def test_what_differs_is_named(recorded: Recording, second: Emulator) -> None:
    file = json.loads(recorded.text())
    made, read, _, changed, *_ = file["entries"]
    made["answer"]["portalId"] = "number"
    made["answer"]["archived"] = "text"
    read["answer"]["properties"].pop("email")
    changed["status"] = 204
    verdicts = list(Replay(second, second.identity.access_token).grade(json.dumps(file)))
    assert sorted(verdicts[0].differences) == ["archived: boolean, recorded text", "portalId: missing"]
    assert verdicts[1].differences == ["properties.email: not recorded"]
    assert verdicts[3].differences == ["status: 200, recorded 204"]


def test_what_is_not_known_or_not_built_differs_and_what_cannot_be_asked_is_said(second: Emulator) -> None:
    recording = Recording()
    recording.add(Exchange("GET", "/crm/v3/objects/contacts/4711", b"", 200, b'{"id": "4711"}'))
    recording.add(Exchange("GET", "/no/such/route", b"", 200, b"{}"))
    of_record, unknown = Replay(second, second.identity.access_token).grade(recording.text())
    assert (of_record.differences, of_record.unasked) == ([], "id: no recorded answer gave it")
    assert unknown.differences == ["no such route is known"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "other", "entries": []}', '{"format": "hubwire shapes 1"}']
)
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(BadFile):
        entries_of(text)
