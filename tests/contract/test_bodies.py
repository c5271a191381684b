"""Bodies that are nearly right: one place in a good body holds something else.

The answer is one of HubSpot's kinds, and a request that was refused has changed nothing.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.crm import V3, account, create, demo_properties, link
from tests.contract.edge import Caller

TRACED = {"properties": {"city": "Oslo"}, "objectWriteTraceId": "t1"}
SPEC = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
KEYED = {"id": "x", "idProperty": "external_id"}
FILTER = {"propertyName": "email", "operator": "EQ", "value": "ann@example.com"}
BETWEEN = {**FILTER, "operator": "BETWEEN", "highValue": "z"}
AMONG = {"propertyName": "product_interests", "operator": "IN", "values": ["software"]}


class Filled:
    """An account with two contacts and a company, and a good body for every call that takes one."""

    def __init__(self) -> None:
        self.call: Caller = demo_properties(account())
        self.company = create(self.call, "companies", name="Acme", external_id="C-1")["id"]
        self.contact = create(self.call, "contacts", [link(279, self.company)], email="ann@example.com")["id"]
        create(self.call, "contacts", email="bea@example.com", vip="true", product_interests="software")
        pairs = {"inputs": [{"from": {"id": self.contact}, "to": {"id": self.company}, "types": SPEC}]}
        one, base = f"{V3}/contacts/{self.contact}", f"{V3}/contacts"
        v4 = "/crm/v4/associations/contacts/companies/batch"
        v3 = "/crm/v3/associations/contacts/companies/batch"
        firm = [link(279, self.company)]
        values = {"email": "cem@example.com", "vip": "true", "customer_since": "2020-01-01"}
        self.good: list[tuple[str, str, Any]] = [
            ("POST", base, {"properties": values, "associations": firm}),
            ("PATCH", one, {"properties": {**values, "product_interests": ";training"}}),
            ("POST", f"{base}/batch/create", {"inputs": [{**TRACED, "associations": firm}]}),
            ("POST", f"{base}/batch/read", {"properties": ["email"], "inputs": [{"id": self.contact}]}),
            ("POST", f"{base}/batch/update", {"inputs": [{"id": self.contact, **TRACED}]}),
            ("POST", f"{base}/batch/upsert", {"inputs": [{**KEYED, **TRACED}]}),
            ("POST", f"{base}/batch/archive", {"inputs": [{"id": "1"}]}),
            (
                "POST",
                f"{base}/search",
                {
                    "filterGroups": [{"filters": [FILTER, BETWEEN]}],
                    "filters": [AMONG],
                    "sorts": [{"propertyName": "email", "direction": "DESCENDING"}],
                    "query": "ann",
                    "properties": ["email"],
                    "limit": 10,
                    "after": "0",
                },
            ),
            ("PUT", f"/crm/v4/objects/contacts/{self.contact}/associations/companies/{self.company}", SPEC),
            ("POST", f"{v4}/create", pairs),
            ("POST", f"{v4}/associate/default", pairs),
            ("POST", f"{v4}/read", {"inputs": [{"id": self.contact, "after": ""}]}),
            ("POST", f"{v4}/archive", {"inputs": [{"from": {"id": "1"}, "to": [{"id": self.company}]}]}),
            ("POST", f"{v4}/labels/archive", pairs),
            ("POST", f"{v3}/create", {"inputs": [{**pairs["inputs"][0], "type": "contact_to_company"}]}),
            ("POST", f"{v3}/archive", {"inputs": [{**pairs["inputs"][0], "type": "contact_to_company"}]}),
        ]  # fmt: skip

    def state(self) -> list[tuple[Any, ...]]:
        portal = self.call.emulator.account.portal
        rows = portal.store.all(f"SELECT * FROM {portal.edges.table}")
        for kind in ("contacts", "companies"):
            table = portal.table(portal.kind(kind))
            rows += portal.store.all(
                f"SELECT * FROM {table.live} UNION SELECT id, created, updated, props FROM {table.gone}"
            )
        return rows


@pytest.fixture(scope="module")
def filled() -> Iterator[Filled]:
    made = Filled()
    yield made
    made.call.emulator.close()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to everything inside a JSON value."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in members:
        yield (*path, key)
        yield from places(inner, (*path, key))


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [
            "", " ", ";", ";;a", "0", "-1", "00012", "9" * 30, "nan", "inf", "1e999", "ann@example.com",
            "email",
            "hs_object_id", "createdate", "lastmodifieddate", "no_such", "a'b", 'a"b', "*", "%", "_", "true",
            "associations.company", "associations.contacts", "HAS_PROPERTY", "CONTAINS_TOKEN", "NOT_IN", "LT",
            "2020-13-45", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00+23:59", "a\u0000b", "\u2028", "ß",
        ]
    ),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
    st.lists(st.one_of(st.none(), st.integers(0, 3), st.text(max_size=3)), max_size=2),
    st.dictionaries(st.sampled_from(["id", "value", "email"]), st.text(max_size=3), max_size=2),
)  # fmt: skip


@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_odd_place_is_never_a_fault_and_a_refusal_changes_nothing(
    filled: Filled, data: st.DataObject
) -> None:
    method, path, good = data.draw(st.sampled_from(filled.good), label="call")
    where = data.draw(st.sampled_from(list(places(good))), label="place")
    odd = data.draw(ODD, label="instead")
    body = copy.deepcopy(good)
    inner = body
    for step in where[:-1]:
        inner = inner[step]
    if isinstance(inner, dict) and data.draw(st.booleans(), label="as a key"):
        inner[str(odd)] = inner.pop(where[-1])
    else:
        inner[where[-1]] = odd
    before = filled.state()
    heard = filled.call(method, path, json.dumps(body).encode())
    assert heard.status < 500, heard.text
    if heard.status >= 400:
        assert heard.json["status"] == "error"
        assert heard.json["message"]
        assert filled.state() == before


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_body_cut_short_or_spoilt_is_a_400(filled: Filled, data: st.DataObject) -> None:
    method, path, good = data.draw(st.sampled_from(filled.good))
    text = json.dumps(good).encode()
    at = data.draw(st.integers(1, len(text) - 1))
    heard = filled.call(method, path, text[:at])
    assert heard.status == 400
    assert heard.json["message"].startswith("Invalid input JSON on line 1, column ")


@pytest.mark.parametrize("body", [b"[" * 50_000, b'{"a":' * 50_000, b"\xff\xfe", b'"\\ud800"', b"1" * 10_000])
def test_hostile_json_is_a_400(filled: Filled, body: bytes) -> None:
    for method, path, _ in filled.good:
        assert filled.call(method, path, body).status == 400


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("POST", "/crm/associations/2025-09/contacts/companies/labels", "label, name"),
        ("PUT", "/crm/associations/2025-09/contacts/companies/labels", "label, associationTypeId"),
        ("PUT", "/crm/associations/v4/contacts/companies/labels", "label, associationTypeId"),
        ("POST", "/crm/objects/v3/projects/merge", "primaryObjectId, objectIdToMerge"),
        ("POST", "/crm/objects/2026-09/contacts/merge", "primaryObjectId, objectIdToMerge"),
        ("POST", "/crm/v3/lists/", "name, objectTypeId, processingType"),
        ("POST", "/crm/lists/2026-03/folders", "name"),
    ],
)
def test_all_that_a_body_lacks_is_named(method: str, path: str, fields: str) -> None:
    """Observed in April 2026: github.com/Luigi08001/hubcli, docs/TESTING/PORTAL-147975758-WRITES.md."""
    heard = account()(method, path, {})
    assert heard.status == 400
    assert heard.json["message"] == (
        f"Invalid input JSON on line 1, column 2. Some required fields were not set: [{fields}]"
    )


def test_a_number_is_taken_where_a_text_is_due() -> None:
    """Assumed: Jackson, whose words HubSpot's errors are in, takes a scalar for a text, and a limit in quotes
    was recorded (NangoHQ, search-tickets), so it is not told otherwise."""
    call = account()
    rows = [{"properties": {"city": "Oslo"}, "objectWriteTraceId": number} for number in range(100)]
    made = call("POST", f"{V3}/contacts/batch/create", {"inputs": rows})
    assert made.status == 201, made.text
    assert {row["objectWriteTraceId"] for row in made.json["results"]} == {str(n) for n in range(100)}
    choices = [
        {"label": 1, "value": 1, "displayOrder": "0", "hidden": "false"},
        {"label": True, "value": 2.5},
    ]
    new = {"name": "size", "label": "Size", "type": "enumeration", "fieldType": "select"}
    body = {**new, "groupName": "contactinformation", "options": choices}
    told = call("POST", "/crm/v3/properties/contacts", body)
    assert told.status == 201, told.text
    assert [one["value"] for one in told.json["options"]] == ["1", "2.5"]
    assert create(call, "contacts", size="2.5")["properties"]["size"] == "2.5"
    wrong = call("POST", "/crm/v3/properties/contacts", {**body, "name": "other", "label": ["Size"]})
    assert wrong.json["message"].startswith("Invalid input JSON on line 1, column ")
    assert "from Array value (token `JsonToken.START_ARRAY`)" in wrong.json["message"]
