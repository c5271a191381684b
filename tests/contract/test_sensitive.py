"""Sensitive properties: seen, searched and written only with the scope for it.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/sensitive-data
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import V3, create
from tests.contract.edge import Caller

PLAIN = ("crm.objects.contacts.read", "crm.objects.contacts.write")
SENSITIVE = (*PLAIN, "crm.objects.contacts.sensitive.read", "crm.objects.contacts.sensitive.write")


@pytest.fixture
def call() -> Caller:
    caller = Caller(tier="enterprise", limits=False)
    body = {"name": "diagnosis", "label": "Diagnosis", "type": "string", "fieldType": "text"}
    heard = caller(
        "POST",
        "/crm/v3/properties/contacts",
        {**body, "groupName": "contactinformation", "dataSensitivity": "sensitive"},
    )
    assert heard.status == 201, heard.text
    return caller


def reads(call: Caller, record_id: str, token: str) -> list[dict[str, Any]]:
    """The record's properties, by every way to read them."""
    asked = {"properties": ["diagnosis", "city"]}
    name = "properties=diagnosis,city&propertiesWithHistory=diagnosis"
    one = call("GET", f"{V3}/contacts/{record_id}?{name}", token=token).json
    assert "diagnosis" not in one.get("propertiesWithHistory", {}) or "diagnosis" in one["properties"]
    listed = call("GET", f"{V3}/contacts?properties=diagnosis,city", token=token).json["results"]
    inputs = {**asked, "inputs": [{"id": record_id}]}
    batch = call("POST", f"{V3}/contacts/batch/read", inputs, token=token).json["results"]
    found = call("POST", f"{V3}/contacts/search", asked, token=token).json["results"]
    return [one["properties"], *(each["properties"] for each in (*listed, *batch, *found))]


def test_without_the_scope_there_is_no_trace_of_the_value(call: Caller) -> None:
    made = create(call, "contacts", diagnosis="Flu", city="Oslo")["id"]
    for scopes, seen in ((PLAIN, None), (SENSITIVE, "Flu")):
        token = call.emulator.token(scopes=scopes)
        shown = reads(call, made, token)
        assert len(shown) == 4
        assert {each["city"] for each in shown} == {"Oslo"}
        assert {each.get("diagnosis") for each in shown} == {seen}
        assert all(("diagnosis" in each) == (seen is not None) for each in shown)


@pytest.mark.parametrize("batch", [False, True])
def test_what_others_may_see_does_not_come_out_when_it_is_asked_for_again(call: Caller, batch: bool) -> None:
    made = create(call, "contacts", diagnosis="Flu", city="Oslo")["id"]
    asked = {"properties": ["diagnosis", "city"], "inputs": [{"id": made}]}

    def read(token: str) -> dict[str, Any]:
        if batch:
            heard = call("POST", f"{V3}/contacts/batch/read", asked, token=token).json["results"][0]
        else:
            heard = call("GET", f"{V3}/contacts/{made}?properties=diagnosis,city", token=token).json
        return dict(heard["properties"])

    doctor, clerk = call.emulator.token(scopes=SENSITIVE), call.emulator.token(scopes=PLAIN)
    for _ in range(3):
        assert read(doctor)["diagnosis"] == "Flu"
        assert "diagnosis" not in read(clerk)
        assert "diagnosis" not in read(clerk)


def test_without_the_scope_nothing_is_found_by_it(call: Caller) -> None:
    token = call.emulator.token(scopes=PLAIN)
    for body in (
        {"filters": [{"propertyName": "diagnosis", "operator": "EQ", "value": "flu"}]},
        {"filterGroups": [{"filters": [{"propertyName": "diagnosis", "operator": "HAS_PROPERTY"}]}]},
        {"sorts": ["-diagnosis"]},
    ):
        assert call("POST", f"{V3}/contacts/search", body, token=token).status == 400
        assert call("POST", f"{V3}/contacts/search", body).status == 200


def test_without_the_scope_it_is_not_written(call: Caller) -> None:
    made = create(call, "contacts")["id"]
    token = call.emulator.token(scopes=PLAIN)
    values = {"properties": {"diagnosis": "Flu"}}
    for method, path, body in (
        ("POST", f"{V3}/contacts", values),
        ("PATCH", f"{V3}/contacts/{made}", values),
        ("POST", f"{V3}/contacts/batch/create", {"inputs": [values]}),
        ("POST", f"{V3}/contacts/batch/update", {"inputs": [{"id": made, **values}]}),
    ):
        heard = call(method, path, body, token=token)
        assert (heard.status, heard.json["category"]) == (403, "MISSING_SCOPES")
        assert "crm.objects.contacts.sensitive.write" in heard.text
    assert (
        call("PATCH", f"{V3}/contacts/{made}", values, token=call.emulator.token(scopes=SENSITIVE)).status
        == 200
    )


def test_without_the_scope_it_is_not_exported(call: Caller) -> None:
    wish = {
        "exportType": "VIEW",
        "exportName": "x",
        "format": "CSV",
        "language": "EN",
        "objectType": "CONTACT",
    }
    body = {**wish, "objectProperties": ["diagnosis"]}
    token = call.emulator.token(scopes=(*PLAIN, "crm.export"))
    assert call("POST", "/crm/v3/exports/export/async", body, token=token).status == 400
    assert call("POST", "/crm/v3/exports/export/async", body).status == 202
