"""Limits tracking. Shapes: HubSpot-public-api-spec-collection @99893791, Limits Tracking.

Which types are listed, limits of properties, pipelines and labels, and scopes: a live account in October
2026, https://github.com/scopiousdigital/kalup docs/hubspot.md
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller

LIMITS = "/crm/v3/limits"
SCHEMA = {
    "name": "car",
    "labels": {"singular": "Car", "plural": "Cars"},
    "primaryDisplayProperty": "hs_object_id",
}


def prop(caller: Caller, name: str, **more: Any) -> None:
    body = {"name": name, "label": name, "type": "number", "fieldType": "number"}
    heard = caller("POST", "/crm/v3/properties/contacts", {**body, "groupName": "contactinformation", **more})
    assert heard.status == 201


def test_custom_properties_are_counted_by_type() -> None:
    caller = Caller()
    prop(caller, "one")
    prop(caller, "two")
    caller("DELETE", "/crm/v3/properties/contacts/two")
    body = caller("GET", f"{LIMITS}/custom-properties").json
    assert {key: body[key] for key in ("overallLimit", "overallUsage", "overallPercentage")} == {
        "overallLimit": 10000,
        "overallUsage": 1,
        "overallPercentage": 0.01,
    }
    assert [one["objectTypeId"] for one in body["byObjectType"]] == ["0-1", "0-2", "0-3", "0-5", "0-8"]
    assert body["byObjectType"][0] == {
        "objectTypeId": "0-1",
        "singularLabel": "Contact",
        "pluralLabel": "Contacts",
        "limit": 1000,
        "usage": 1,
        "percentage": 0.1,
    }


def test_calculated_properties_are_counted() -> None:
    caller = Caller()
    prop(caller, "one")
    prop(caller, "double", calculationFormula="one * 2")
    body = caller("GET", f"{LIMITS}/calculated-properties").json
    assert body["overallUsage"] == 1
    assert body["byObjectType"][0]["usage"] == 1


def test_custom_objects_are_counted_in_enterprise() -> None:
    assert Caller()("GET", f"{LIMITS}/custom-object-types").json["limit"] == 0
    caller = Caller(tier="enterprise")
    caller("POST", "/crm/v3/schemas", SCHEMA)
    body = caller("GET", "/crm/limits/2026-09/custom-object-types").json
    assert body == {"limit": 10, "usage": 1, "percentage": 10.0}


def test_pipelines_count_beyond_the_first() -> None:
    caller = Caller()
    stages = [{"label": "A", "displayOrder": 0, "metadata": {"probability": "0.5"}}]
    pipeline = {"label": "Second", "displayOrder": 1, "stages": stages}
    assert caller("POST", "/crm/v3/pipelines/deals", pipeline).status == 201
    body = caller("GET", f"{LIMITS}/pipelines").json
    rows = {one["objectTypeId"]: (one["limit"], one["usage"]) for one in body["hubspotDefinedObjectTypes"]}
    assert rows == {"0-3": (100, 1), "0-5": (100, 0), "0-123": (50, 0)}
    assert body["customObjectTypes"]["overallLimit"] == 100


def test_records_are_counted() -> None:
    caller = Caller(tier="enterprise")
    kind = caller("POST", "/crm/v3/schemas", SCHEMA).json["objectTypeId"]
    for _ in range(2):
        caller("POST", f"/crm/v3/objects/{kind}", {"properties": {}})
    caller("POST", "/crm/v3/objects/contacts", {"properties": {"firstname": "A"}})
    body = caller("GET", f"{LIMITS}/records").json
    usage = {one["objectTypeId"]: one["usage"] for one in body["hubspotDefinedObjectTypes"]}
    assert (usage["0-1"], usage["0-2"]) == (1, 0)
    assert body["customObjectTypes"]["overallUsage"] == 2
    assert body["customObjectTypes"]["byObjectType"][0]["singularLabel"] == "Car"


def test_labels_are_counted_by_direction() -> None:
    caller = Caller()
    label = {"name": "boss", "label": "Boss", "inverseLabel": "Staff"}
    caller("POST", "/crm/v4/associations/contacts/companies/labels", label)
    results = caller("GET", f"{LIMITS}/associations/labels").json["results"]
    assert [(one["fromObjectType"]["objectTypeId"], one["allLabels"]) for one in results] == [
        ("0-1", ["Boss"]),
        ("0-2", ["Staff"]),
    ]
    assert (results[0]["limit"], results[0]["usage"], results[0]["percentage"]) == (10, 1, 10.0)
    one = caller("GET", f"{LIMITS}/associations/labels?fromObjectTypeId=0-2&toObjectTypeId=0-1").json
    assert len(one["results"]) == 1
    none = caller("GET", f"{LIMITS}/associations/labels?fromObjectTypeId=0-3").json
    assert none == {"results": []}


def test_records_near_and_at_their_limit_are_named() -> None:
    caller = Caller()
    path = "/crm/v4/associations/definitions/configurations/contacts/companies/batch/create"
    limit = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 5}
    caller("POST", path, {"inputs": [limit]})
    people = [
        caller("POST", "/crm/v3/objects/contacts", {"properties": {"firstname": name}}).json["id"]
        for name in ("Near", "Full", "Free")
    ]
    for person, count in zip(people, (4, 5, 3), strict=True):
        for _ in range(count):
            firm = caller("POST", "/crm/v3/objects/companies", {"properties": {"name": "F"}}).json["id"]
            link = f"/crm/v4/objects/contacts/{person}/associations/default/companies/{firm}"
            assert caller("PUT", link).status == 200
    expected = {"hasRecordsAtLimit": True, "hasRecordsNearLimit": True}
    (start,) = caller("GET", f"{LIMITS}/associations/records/from").json["results"]
    assert start == {"objectTypeId": "0-1", "singularLabel": "Contact", "pluralLabel": "Contacts", **expected}
    (to,) = caller("GET", f"{LIMITS}/associations/records/0-1/to").json["results"]
    assert to["objectTypeId"] == "0-2"
    body = caller("GET", f"{LIMITS}/associations/records/0-1/0-2").json
    assert body == {
        "limit": 5,
        "totalRecordsAtLimit": 1,
        "totalRecordsNearLimit": 1,
        "atLimitFromRecordSamples": [{"objectId": int(people[1]), "label": "Full"}],
        "nearLimitFromRecordSamples": [
            {"objectId": int(people[0]), "label": "Near", "usage": 4, "percentage": 80.0}
        ],
    }


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("crm.schemas.contacts.read", "custom-properties", 403),
        ("crm.objects.companies.read", "custom-properties", 200),
        ("crm.objects.companies.read", "associations/labels", 200),
        ("crm.schemas.custom.read", "custom-object-types", 200),
    ],
)
def test_a_right_to_read_records_opens_the_limits(scope: str, path: str, status: int) -> None:
    caller = Caller()
    token = caller.emulator.token(scopes=[scope])
    assert caller("GET", f"{LIMITS}/{path}", token=token).status == status
