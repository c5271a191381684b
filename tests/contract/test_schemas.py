"""Custom objects: schemas, their records, and what is associated with them.

https://developers.hubspot.com/docs/api-reference/crm-custom-objects-v3/guide; a live account on 2026-09:
https://github.com/scopiousdigital/kalup docs/hubspot.md
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

SCHEMAS = "/crm-object-schemas/v3/schemas"
CAR: dict[str, Any] = {
    "name": "car",
    "labels": {"singular": "Car", "plural": "Cars"},
    "primaryDisplayProperty": "model",
    "requiredProperties": ["vin"],
    "searchableProperties": ["model"],
    "properties": [
        {"name": "vin", "label": "VIN", "hasUniqueValue": True},
        {"name": "model", "label": "Model", "type": "string", "fieldType": "text"},
        {"name": "year", "label": "Year", "type": "number", "fieldType": "number"},
    ],
    "associatedObjects": ["CONTACT", "0-2"],
}
KEYS = [
    "labels",
    "requiredProperties",
    "searchableProperties",
    "primaryDisplayProperty",
    "secondaryDisplayProperties",
    "description",
    "allowsSensitiveProperties",
    "archived",
    "restorable",
    "metaType",
    "id",
    "fullyQualifiedName",
    "createdAt",
    "updatedAt",
    "createdByUserId",
    "updatedByUserId",
    "objectTypeId",
    "properties",
    "associations",
    "name",
]


HERE = {"host": "127.0.0.1:8765"}


def account() -> Caller:
    return Caller(tier="enterprise")


def add(caller: Caller, base: str = SCHEMAS, **changed: Any) -> Heard:
    return caller("POST", base, {**CAR, **changed})


def made(caller: Caller, **changed: Any) -> str:
    heard = add(caller, **changed)
    assert heard.status == 201, heard.text
    return str(heard.json["objectTypeId"])


def record(caller: Caller, kind: str, **properties: str) -> Heard:
    return caller("POST", f"/crm/v3/objects/{kind}", {"properties": properties})


@pytest.mark.parametrize(
    "base",
    [
        SCHEMAS,
        "/crm/v3/schemas",
        "/crm-object-schemas/2026-03/schemas",
        "/crm-object-schemas/2026-09/schemas",
    ],
)
def test_a_schema_is_made_under_every_spelling(base: str) -> None:
    caller = account()
    heard = add(caller, base)
    assert heard.status == 201
    assert list(heard.json) == KEYS
    number = heard.json["id"]
    assert heard.json["objectTypeId"] == f"2-{number}"
    assert heard.json["fullyQualifiedName"] == "p12345678_car"
    assert caller("GET", f"{base}/2-{number}").json == heard.json
    assert caller("GET", f"{base}/p12345678_car").json == heard.json
    assert caller("GET", base).json == {"results": [heard.json]}
    bare = caller("GET", f"{base}/car")
    assert (bare.status, bare.json["message"]) == (400, "Unable to infer object type from: car")


def test_a_new_object_has_hubspots_properties_its_own_and_a_group() -> None:
    caller = account()
    kind = made(caller)
    properties = {one["name"]: one for one in caller("GET", f"/crm/v3/properties/{kind}").json["results"]}
    assert {"hs_object_id", "hs_createdate", "hubspot_owner_id", "vin", "model", "year"} <= set(properties)
    assert properties["hs_createdate"]["hubspotDefined"] is True
    assert {one["groupName"] for one in properties.values()} == {"car_information"}
    groups = caller("GET", f"/crm/v3/properties/{kind}/groups").json["results"]
    assert groups == [
        {"name": "car_information", "label": "Car Information", "displayOrder": 0, "archived": False}
    ]


def test_a_new_object_is_associated_with_activities_and_what_was_named() -> None:
    caller = account()
    kind = made(caller)
    associations = caller("GET", f"{SCHEMAS}/{kind}").json["associations"]
    there = {one["toObjectTypeId"]: one["name"] for one in associations if one["fromObjectTypeId"] == kind}
    assert {"0-1", "0-2", "0-27", "0-46", "0-47", "0-48", "0-49"} <= set(there)
    assert there["0-1"] == "car_to_contact"
    assert list(associations[0]) == [
        "fromObjectTypeId",
        "toObjectTypeId",
        "name",
        "cardinality",
        "inverseCardinality",
        "hasUserEnforcedMaxToObjectIds",
        "hasUserEnforcedMaxFromObjectIds",
        "maxToObjectIds",
        "maxFromObjectIds",
        "id",
        "createdAt",
        "updatedAt",
    ]
    labels = caller("GET", f"/crm/v4/associations/{kind}/contacts/labels").json["results"]
    assert [(one["category"], one["label"]) for one in labels] == [("USER_DEFINED", None)]


def test_the_parts_of_a_schema_can_be_left_out() -> None:
    caller = account()
    kind = made(caller)
    query = "includePropertyDefinitions=false&includeAssociationDefinitions=False&includeAuditMetadata=false"
    body = caller("GET", f"{SCHEMAS}/{kind}?{query}").json
    assert not {"properties", "associations", "createdByUserId", "updatedByUserId"} & set(body)
    inputs = {"inputs": [kind, "contacts"], "includePropertyDefinitions": False}
    results = caller("POST", f"{SCHEMAS}/batch/read", inputs).json["results"]
    assert [one["name"] for one in results] == ["car", "CONTACT"]
    assert "properties" not in results[0]


def test_a_standard_object_has_a_schema() -> None:
    """Recorded: amp-labs/connectors (associations of contacts)."""
    body = Caller()("GET", f"{SCHEMAS}/contacts").json
    assert list(body) == KEYS
    assert (body["metaType"], body["id"], body["fullyQualifiedName"]) == ("HUBSPOT", "1", "CONTACT")
    assert (body["primaryDisplayProperty"], body["objectTypeId"]) == ("firstname", "0-1")
    assert {
        "fromObjectTypeId": "0-1",
        "toObjectTypeId": "0-2",
        "name": "CONTACT_TO_COMPANY_UNLABELED",
        "cardinality": "ONE_TO_MANY",
        "inverseCardinality": "ONE_TO_MANY",
        "hasUserEnforcedMaxToObjectIds": False,
        "hasUserEnforcedMaxFromObjectIds": False,
        "maxToObjectIds": 10000,
        "maxFromObjectIds": 10000,
        "id": "279",
        "createdAt": None,
        "updatedAt": None,
    } in body["associations"]
    refused = account()("PATCH", f"{SCHEMAS}/contacts", {"description": "x"})
    assert refused.status == 400


@pytest.mark.parametrize("tier", ["free", "starter", "professional"])
def test_only_enterprise_defines_objects(tier: str) -> None:
    """Custom object scopes come with Enterprise; the name of the missing one is recorded for reading."""
    caller = Caller(tier=tier)
    heard = add(caller)
    assert (heard.status, heard.json["category"]) == (403, "MISSING_SCOPES")
    assert heard.json["errors"][0]["context"] == {"requiredGranularScopes": ["custom-object-write"]}
    assert caller("GET", "/crm/v3/schemas").json == {"results": []}


def test_schemas_need_their_scopes() -> None:
    caller = account()
    token = caller.emulator.token(scopes=["crm.schemas.contacts.read"])
    assert caller("GET", SCHEMAS, token=token).status == 403
    assert caller("GET", f"{SCHEMAS}/contacts", token=token).status == 200


@pytest.mark.parametrize(
    ("changed", "status", "sub"),
    [
        ({"name": "1car"}, 400, "InboundDbObjectTypeError.OBJECT_TYPE_NAME_FORMAT"),
        ({"name": "c-ar"}, 400, "InboundDbObjectTypeError.OBJECT_TYPE_NAME_FORMAT"),
        ({"name": "c" * 51}, 400, "InboundDbObjectTypeError.OBJECT_TYPE_NAME_FORMAT"),
        (
            {"primaryDisplayProperty": "none"},
            400,
            "ObjectSchemasSandboxesSyncErrorType.INVALID_PRIMARY_DISPLAY_PROPERTY",
        ),
        ({"name": "CAR"}, 409, "InboundDbObjectTypeError.OBJECT_TYPE_ALREADY_EXIST"),
    ],
)
def test_what_a_schema_cannot_be(changed: dict[str, Any], status: int, sub: str) -> None:
    caller = account()
    if status == 409:
        made(caller)
    heard = add(caller, **changed)
    assert (heard.status, heard.json["subCategory"]) == (status, sub)
    assert len(caller("GET", SCHEMAS).json["results"]) == (1 if status == 409 else 0)


def test_2026_09_needs_a_primary_display_property() -> None:
    body = {key: value for key, value in CAR.items() if key != "primaryDisplayProperty"}
    caller = account()
    heard = caller("POST", "/crm-object-schemas/2026-09/schemas", body)
    assert heard.json["subCategory"] == "ObjectSchemaError.PRIMARY_DISPLAY_PROPERTY_REQUIRED"
    assert caller("POST", SCHEMAS, body).status == 201


def test_a_failed_creation_leaves_nothing_behind() -> None:
    caller = account()
    properties = [*CAR["properties"], {"name": "bad", "label": "Bad", "type": "number", "fieldType": "text"}]
    assert add(caller, properties=properties).status == 400
    assert add(caller).status == 201
    assert caller("GET", "/crm/v3/schemas").json["results"][0]["name"] == "car"


def test_an_account_has_ten_custom_objects() -> None:
    caller = account()
    for number in range(10):
        made(caller, name=f"car{number}")
    assert add(caller, name="car10").status == 400


def test_a_schema_changes_in_what_is_sent() -> None:
    caller = account()
    kind = made(caller, description="Cars")
    caller.clock.advance(60)
    heard = caller("PATCH", f"{SCHEMAS}/{kind}", {"labels": {"plural": "Autos"}, "name": "bike"})
    assert heard.status == 200
    assert not {"properties", "associations"} & set(heard.json)
    assert heard.json["labels"] == {"singular": "Car", "plural": "Autos"}
    assert (heard.json["name"], heard.json["description"]) == ("car", "Cars")
    assert heard.json["updatedAt"] == "2026-01-01T09:01:00Z"
    assert caller("PATCH", f"{SCHEMAS}/{kind}", {"clearDescription": True}).json["description"] is None
    for wrong in (
        {"secondaryDisplayProperties": ["year", "vin", "model"]},
        {"secondaryDisplayProperties": ["year", "year"]},
        {"requiredProperties": ["none"]},
        {"allowsSensitiveProperties": False},
    ):
        assert caller("PATCH", f"{SCHEMAS}/{kind}", wrong).status == 400


def test_records_live_under_type_id_and_full_name() -> None:
    caller = account()
    kind = made(caller)
    new = record(caller, kind, vin="W1", model="Golf GTI", year="1984")
    assert new.status == 201
    assert new.json["url"].endswith(f"/record/{kind}/{new.json['id']}")
    path = f"/crm/v3/objects/p12345678_car/{new.json['id']}"
    assert list(caller("GET", path).json["properties"]) == [
        "hs_createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    ]
    by_vin = caller("GET", f"/crm/v3/objects/{kind}/W1?idProperty=vin&properties=model")
    assert by_vin.json["properties"]["model"] == "Golf GTI"
    assert caller("PATCH", path, {"properties": {"year": 1985}}).status == 200
    found = caller("POST", f"/crm/v3/objects/{kind}/search", {"query": "gti", "properties": ["year"]})
    assert [one["properties"]["year"] for one in found.json["results"]] == ["1985"]
    bare = caller("GET", "/crm/v3/objects/car")
    assert (bare.status, bare.json["message"]) == (400, "Unable to infer object type from: car")
    assert caller("GET", "/crm/v3/objects/2-999").json["message"] == "Invalid object or event type id: 2-999"
    upsert = {"inputs": [{"id": "W2", "idProperty": "vin", "properties": {"model": "Polo"}}]}
    heard = caller("POST", f"/crm/objects/2026-09/{kind}/batch/upsert", upsert)
    assert heard.json["results"][0]["new"] is True


@pytest.mark.parametrize("base", ["/crm/v3/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"])
def test_required_properties_are_required_in_every_version(base: str) -> None:
    caller = account()
    kind = made(caller)
    inputs = [{"properties": {"model": "Golf"}, "objectWriteTraceId": "a"}]
    assert caller("POST", f"{base}/{kind}", {"properties": {"model": "Golf"}}).status == 400
    assert caller("POST", f"{base}/{kind}/batch/create", {"inputs": inputs}).json["numErrors"] == 1
    inputs[0]["objectWriteTraceId"] = ""
    assert caller("POST", f"{base}/{kind}/batch/create", {"inputs": inputs}).status == 400
    number = record(caller, kind, vin="W1").json["id"]
    assert caller("PATCH", f"{base}/{kind}/{number}", {"properties": {"model": "x"}}).status == 200
    assert caller("PATCH", f"{base}/{kind}/{number}", {"properties": {"vin": ""}}).status == 400


def test_2026_09_tells_of_each_required_property() -> None:
    """Changelog: codes and words are those of the Create form's fields."""
    caller = account()
    kind, base = made(caller), "/crm/objects/2026-09"
    heard = caller("POST", f"{base}/{kind}", {"properties": {"model": "Golf"}})
    assert heard.json["message"] == "The property values provided are invalid"
    assert heard.json["errors"] == [
        {
            "message": "A value for vin must be provided",
            "code": "MISSING_REQUIRED_PROPERTY",
            "context": {"propertyName": ["vin"]},
        }
    ]
    inputs = [{"properties": {"model": "Golf"}, "objectWriteTraceId": "a"}]
    (entry,) = caller("POST", f"{base}/{kind}/batch/create", {"inputs": inputs}).json["errors"]
    assert entry["errors"] == heard.json["errors"]


@pytest.mark.parametrize("base", ["/crm/v3/objects", "/crm/objects/2026-03"])
def test_earlier_versions_tell_of_required_properties_in_the_context(base: str) -> None:
    """Observed: the words by supaglue-labs/supaglue and in April 2026 by Luigi08001/hubcli."""
    caller = account()
    kind = made(caller)
    heard = caller("POST", f"{base}/{kind}", {"properties": {"model": "Golf"}})
    assert heard.json["message"] == "Error creating car. Some required properties were not set."
    assert heard.json["context"] == {"properties": ["vin"]}
    assert (heard.json["category"], "errors" in heard.json) == ("VALIDATION_ERROR", False)
    inputs = [{"properties": {"model": "Golf"}, "objectWriteTraceId": "a"}]
    (entry,) = caller("POST", f"{base}/{kind}/batch/create", {"inputs": inputs}).json["errors"]
    assert entry["context"] == {"objectWriteTraceId": ["a"], "properties": ["vin"]}
    wrong = caller("POST", f"{base}/{kind}", {"properties": {"nope": "x"}}).json
    assert [one["code"] for one in wrong["errors"]] == ["PROPERTY_DOESNT_EXIST"]


def test_custom_records_are_associated_both_ways() -> None:
    caller = account()
    kind = made(caller)
    car = record(caller, kind, vin="W1").json["id"]
    person = record(caller, "contacts", email="a@example.com").json["id"]
    path = f"/crm/v4/objects/{kind}/{car}/associations"
    assert caller("PUT", f"{path}/default/contacts/{person}").status == 200
    there = caller("GET", f"{path}/contacts").json["results"]
    assert there[0]["toObjectId"] == int(person)
    assert there[0]["associationTypes"][0]["category"] == "USER_DEFINED"
    back = caller("GET", f"/crm/v3/objects/contacts/{person}?associations=p12345678_car").json
    assert back["associations"] == {"p12345678_car": {"results": [{"id": car, "type": "car_to_contact"}]}}
    bare = caller("GET", f"/crm/v3/objects/contacts/{person}?associations=car")
    assert bare.json["message"] == "Unable to infer object type from: car"
    assert caller("PUT", f"{path}/default/deals/1").status == 400


def test_association_definitions_are_made_and_deleted() -> None:
    caller = account()
    kind = made(caller)
    body = {"fromObjectTypeId": kind, "toObjectTypeId": "0-3", "name": "sold_in"}
    heard = caller("POST", f"{SCHEMAS}/{kind}/associations", body)
    assert heard.status == 201
    assert list(heard.json) == [
        "id",
        "fromObjectTypeId",
        "toObjectTypeId",
        "name",
        "createdAt",
        "updatedAt",
    ]
    assert caller("POST", f"{SCHEMAS}/{kind}/associations", body).status == 400
    car = record(caller, kind, vin="W1").json["id"]
    deal = record(caller, "deals", dealname="D").json["id"]
    link = f"/crm/v4/objects/{kind}/{car}/associations"
    assert caller("PUT", f"{link}/default/deals/{deal}").status == 200
    assert caller("DELETE", f"{SCHEMAS}/{kind}/associations/{heard.json['id']}").status == 204
    assert caller("GET", f"{link}/deals").json["results"] == []
    assert caller("PUT", f"{link}/default/deals/{deal}").status == 400
    assert caller("DELETE", f"{SCHEMAS}/{kind}/associations/{heard.json['id']}").status == 404


def test_a_schema_with_records_stays() -> None:
    """Observed: properties and associations do not stop it, a live record does, an archived one does not."""
    caller = account()
    kind = made(caller)
    car = record(caller, kind, vin="W1").json["id"]
    refused = caller("DELETE", f"{SCHEMAS}/{kind}")
    assert refused.status == 400
    assert refused.json["subCategory"] == "ObjectSchemaError.EXISTING_OBJECT_RECORDS"
    assert refused.json["message"] == (
        f"Object type {kind} cannot be deleted until all object records are deleted"
    )
    assert caller("DELETE", f"{SCHEMAS}/{kind}?archived=true").status == 400
    caller("DELETE", f"/crm/v3/objects/{kind}/{car}")
    assert caller("DELETE", f"{SCHEMAS}/{kind}").status == 204
    assert caller("GET", SCHEMAS).json == {"results": []}
    (gone,) = caller("GET", f"{SCHEMAS}?archived=true").json["results"]
    assert (gone["archived"], gone["properties"], gone["associations"]) == (True, [], [])
    assert caller("GET", f"/crm/v3/objects/{kind}").status == 400


@pytest.mark.parametrize("base", [SCHEMAS, "/crm/v3/schemas", "/crm-object-schemas/2026-03/schemas"])
def test_the_former_purge_takes_what_is_archived_and_nothing_else(base: str) -> None:
    """https://github.com/clarkmcc/go-hubspot generated/schemas"""
    caller = account()
    kind = made(caller)
    assert caller("DELETE", f"{base}/{kind}/purge").status == 400
    caller("DELETE", f"{SCHEMAS}/{kind}")
    assert caller("DELETE", f"{base}/{kind}/purge").status == 204
    assert caller("GET", f"{SCHEMAS}?archived=true").json == {"results": []}
    assert caller("DELETE", f"{base}/{kind}/purge").status == 400


def test_a_purged_name_is_free_and_nothing_of_it_comes_back() -> None:
    caller = account()
    kind = made(caller)
    car = record(caller, kind, vin="W1").json["id"]
    caller("DELETE", f"/crm/v3/objects/{kind}/{car}")
    caller("DELETE", f"{SCHEMAS}/{kind}")
    assert caller("DELETE", f"{SCHEMAS}/{kind}?archived=true").status == 204
    assert caller("GET", f"{SCHEMAS}?archived=true").json == {"results": []}
    again = made(caller)
    assert again != kind
    assert caller("GET", f"/crm/v3/objects/{again}?archived=true").json["results"] == []


def test_a_pipeline_gives_a_custom_object_its_properties() -> None:
    caller = account()
    kind = made(caller)
    stages = [{"stageId": "in", "label": "In", "displayOrder": 0, "metadata": {}}]
    pipeline = {"pipelineId": "garage", "label": "Garage", "displayOrder": 0, "stages": stages}
    assert caller("POST", f"/crm/v3/pipelines/{kind}", pipeline).status == 201
    stage = caller("GET", f"/crm/v3/pipelines/{kind}/garage/stages/in").json
    assert stage["metadata"] == {"isClosed": "false", "state": "OPEN"}
    assert caller("GET", f"/crm/v3/properties/{kind}/hs_pipeline_stage").json["hubspotDefined"] is True
    new = record(caller, kind, vin="W1", hs_pipeline_stage="in").json
    assert new["properties"]["hs_pipeline"] == "garage"
    assert record(caller, kind, vin="W2", hs_pipeline_stage="out").status == 400


def test_custom_records_are_not_searched_by_association() -> None:
    """https://developers.hubspot.com/docs/guides/api/crm/search"""
    caller = account()
    kind = made(caller)
    body = {"filters": [{"propertyName": f"associations.{kind}", "operator": "EQ", "value": "1"}]}
    assert caller("POST", "/crm/v3/objects/contacts/search", body).status == 400


def test_the_library_tells_what_is_switched_on() -> None:
    caller = Caller()
    body = caller("GET", "/crm/object-library/2026-03/enablement").json
    assert body["enablementByObjectTypeId"]["0-410"] is True
    assert caller("GET", "/crm/v3/object-library/enablement/0-410").json == {"enablement": True}


def test_a_type_that_is_switched_off_has_no_records() -> None:
    """Guide: services, courses, listings and appointments must be on; the refusal's words are ours."""
    caller = account()
    library = f"/_emulator/accounts/{caller.emulator.identity.portal_id}/library"
    told = caller("PATCH", library, {"services": False, "0-410": False}, token=None, headers=HERE)
    assert told.json == {"0-162": False, "0-410": False, "0-420": True, "0-421": True}
    assert caller("GET", "/crm/object-library/2026-09/enablement/0-162").json == {"enablement": False}
    for method, path in (("GET", "services"), ("POST", "0-162"), ("POST", "course/search")):
        assert caller(method, f"/crm/v3/objects/{path}", {}).status == 400
    assert caller("GET", "/crm/v3/objects/listings").status == 200
    caller.emulator.set_library("service", on=True)
    assert caller("GET", "/crm/v3/objects/services").status == 200
    wrong = caller("PATCH", library, {"contacts": False}, token=None, headers=HERE)
    assert wrong.status == 400
