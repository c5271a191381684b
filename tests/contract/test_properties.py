"""Property definitions written through the API.

Live accounts: https://github.com/scopiousdigital/kalup docs/hubspot.md (2026-09),
https://github.com/jackemcpherson/terraform-provider-hubspot (2026-03). Recorded answers:
NangoHQ/integration-templates create-property.test.json; amp-labs/connectors providers/hubspot/test/custom.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

BASE = "/crm/v3/properties/contacts"
SINCE = {
    "name": "size_of_shoe",
    "label": "Size of shoe",
    "type": "number",
    "fieldType": "number",
    "groupName": "contactinformation",
}


def add(caller: Caller, base: str = BASE, **changed: Any) -> Heard:
    return caller("POST", base, {**SINCE, **changed})


def test_a_created_property_is_answered_as_recorded() -> None:
    caller = Caller()
    heard = add(caller)
    assert heard.status == 201
    assert heard.headers["Location"].endswith("/crm/v3/properties/contacts/size_of_shoe")
    assert list(heard.json) == [
        "updatedAt",
        "createdAt",
        "name",
        "label",
        "type",
        "fieldType",
        "description",
        "groupName",
        "options",
        "createdUserId",
        "updatedUserId",
        "displayOrder",
        "calculated",
        "externalOptions",
        "archived",
        "hasUniqueValue",
        "hidden",
        "modificationMetadata",
        "formField",
        "dataSensitivity",
    ]
    assert heard.json["createdAt"] == heard.json["updatedAt"] == "2026-01-01T09:00:00Z"
    assert (heard.json["displayOrder"], heard.json["formField"]) == (-1, False)
    assert heard.json["modificationMetadata"] == {
        "archivable": True,
        "readOnlyDefinition": False,
        "readOnlyValue": False,
    }
    assert caller("GET", f"{BASE}/size_of_shoe").json == heard.json
    listed = caller("GET", BASE).json["results"]
    assert heard.json in listed


def test_records_take_the_new_property_at_once() -> None:
    caller = Caller()
    body = {"properties": {"size_of_shoe": 43}}
    assert caller("POST", "/crm/v3/objects/contacts", body).status == 400
    add(caller)
    made = caller("POST", "/crm/v3/objects/contacts", body)
    assert made.status == 201
    assert made.json["properties"]["size_of_shoe"] == "43"
    bad = caller("POST", "/crm/v3/objects/contacts", {"properties": {"size_of_shoe": "big"}})
    assert bad.json["errors"][0]["code"] == "INVALID_INTEGER"
    found = caller(
        "POST",
        "/crm/v3/objects/contacts/search",
        {"filters": [{"propertyName": "size_of_shoe", "operator": "GT", "value": "40"}]},
    )
    assert found.json["total"] == 1


@pytest.mark.parametrize("field", ["name", "label", "type", "fieldType", "groupName"])
def test_a_property_needs_five_fields(field: str) -> None:
    heard = Caller()("POST", BASE, {key: value for key, value in SINCE.items() if key != field})
    assert heard.status == 400
    assert f"some of required attributes are not set [{field}]" in heard.json["message"]


def test_a_name_that_lives_is_taken() -> None:
    """Observed on 2026-09; the batch entry of the same refusal is recorded."""
    caller = Caller()
    add(caller)
    for name in ("size_of_shoe", "email"):
        heard = add(caller, name=name)
        assert heard.status == 409
        assert heard.json["category"] == "OBJECT_ALREADY_EXISTS"
        assert heard.json["subCategory"] == "Properties.PROPERTY_WITH_NAME_EXISTS"
        assert heard.json["message"] == f"A property named '{name}' already exists."


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "number", "fieldType": "text"},
        {"type": "string", "fieldType": "checkbox"},
        {"type": "json", "fieldType": "text"},
        {"type": "string", "fieldType": "calculation_rollup"},
        {"type": "number", "fieldType": "calculation_equation"},
        {"type": "enumeration", "fieldType": "select"},
        {"groupName": "no_such_group"},
        {"name": "Shoe"},
        {"name": "1shoe"},
        {"name": "shoe'); drop"},
        {"dataSensitivity": "secret"},
        {"currencyPropertyName": "currency"},
        {"numberDisplayHint": ""},
        {"externalOptions": True, "type": "enumeration", "fieldType": "select"},
        {
            "type": "enumeration",
            "fieldType": "select",
            "options": [{"label": "A", "value": "a"}, {"label": "B", "value": "a"}],
        },
    ],
)
def test_what_does_not_go_together_is_refused(changed: dict[str, Any]) -> None:
    caller = Caller()
    heard = add(caller, **changed)
    assert (heard.status, heard.json["category"]) == (400, "VALIDATION_ERROR")
    assert caller("GET", f"{BASE}/{changed.get('name', 'size_of_shoe')}").status == 404


def test_a_truth_value_needs_exactly_its_two_options() -> None:
    caller = Caller()
    truth = {"type": "bool", "fieldType": "booleancheckbox"}
    heard = add(caller, **truth)
    assert (heard.status, heard.json["subCategory"]) == (
        400,
        "PropertyValidationError.INVALID_BOOLEAN_OPTION",
    )
    options = [{"label": "Yes", "value": "true"}, {"label": "No", "value": "false"}]
    made = add(caller, **truth, options=options)
    assert made.status == 201
    assert made.json["options"][0] == {
        "label": "Yes",
        "value": "true",
        "displayOrder": -1,
        "hidden": False,
    }


def test_a_change_replaces_what_it_names() -> None:
    caller = Caller()
    choice = {"type": "enumeration", "fieldType": "select"}
    options = [{"label": word.upper(), "value": word, "displayOrder": 1} for word in ("a", "b")]
    add(caller, **choice, options=options, description="Shoes", hasUniqueValue=False)
    caller.clock.advance(60)
    kept = caller("PATCH", f"{BASE}/size_of_shoe", {"label": "Shoe", "hasUniqueValue": True})
    assert kept.status == 200
    assert (kept.json["label"], kept.json["description"], kept.json["hasUniqueValue"]) == (
        "Shoe",
        "Shoes",
        False,
    )
    assert [one["value"] for one in kept.json["options"]] == ["a", "b"]
    assert kept.json["updatedAt"] == "2026-01-01T09:01:00Z"
    assert kept.json["createdAt"] == "2026-01-01T09:00:00Z"
    fewer = caller("PATCH", f"{BASE}/size_of_shoe", {"options": [{"label": "C", "value": "c"}]})
    assert [one["value"] for one in fewer.json["options"]] == ["c"]
    refused = caller("POST", "/crm/v3/objects/contacts", {"properties": {"size_of_shoe": "a"}})
    assert refused.json["errors"][0]["message"] == "a was not one of the allowed options: [c]"
    assert caller("PATCH", f"{BASE}/nothing", {"label": "x"}).status == 404


def test_hubspots_own_definitions_are_read_only_but_for_their_choices() -> None:
    caller = Caller()
    assert caller("PATCH", f"{BASE}/firstname", {"label": "Given name"}).status == 400
    assert caller("DELETE", f"{BASE}/firstname").status == 400
    options = [{"label": "New", "value": "NEW"}]
    heard = caller("PATCH", f"{BASE}/hs_lead_status", {"options": options})
    assert heard.status == 200
    assert heard.json["hubspotDefined"] is True
    body = {"properties": {"hs_lead_status": "OPEN"}}
    assert caller("POST", "/crm/v3/objects/contacts", body).status == 400


def test_an_archived_property_is_a_tombstone_until_its_name_is_used_again() -> None:
    """A creation under the name brings the values back, with the definition it posts."""
    caller = Caller()
    add(caller)
    made = caller("POST", "/crm/v3/objects/contacts", {"properties": {"size_of_shoe": "43"}}).json["id"]
    caller.clock.advance(60)
    assert caller("DELETE", f"{BASE}/size_of_shoe").status == 204
    assert caller("GET", f"{BASE}/size_of_shoe").status == 404
    tomb = caller("GET", f"{BASE}/size_of_shoe?archived=true").json
    assert (tomb["archived"], tomb["archivedAt"]) == (True, "2026-01-01T09:01:00Z")
    assert [one["name"] for one in caller("GET", f"{BASE}?archived=true").json["results"]] == ["size_of_shoe"]
    shown = caller("GET", f"/crm/v3/objects/contacts/{made}?properties=size_of_shoe").json["properties"]
    assert "size_of_shoe" not in shown
    again = add(caller, type="string", fieldType="text")
    assert again.status == 201
    assert (again.json["createdAt"], again.json["type"]) == ("2026-01-01T09:00:00Z", "string")
    shown = caller("GET", f"/crm/v3/objects/contacts/{made}?properties=size_of_shoe").json["properties"]
    assert shown["size_of_shoe"] == "43"
    assert caller("GET", f"{BASE}?archived=true").json["results"] == []


@pytest.mark.parametrize(
    ("base", "status"),
    [
        ("/crm/v3/properties/contacts", 204),
        ("/crm/properties/2026-03/contacts", 204),
        ("/crm/properties/2026-09/contacts", 404),
    ],
)
def test_archiving_what_is_not_there(base: str, status: int) -> None:
    """204 and again 204 on 2026-03, 404 on 2026-09: both observed."""
    caller = Caller()
    add(caller, base)
    assert caller("DELETE", f"{base}/size_of_shoe").status == 204
    assert caller("DELETE", f"{base}/size_of_shoe").status == status
    assert caller("DELETE", f"{base}/never_was").status == status


def test_a_property_that_a_formula_reads_is_not_archived() -> None:
    caller = Caller()
    add(caller)
    made = add(caller, name="double_size", calculationFormula="2 * size_of_shoe")
    assert made.status == 201
    assert (made.json["calculated"], made.json["fieldType"]) == (True, "calculation_equation")
    assert made.json["modificationMetadata"]["readOnlyValue"] is True
    heard = caller("DELETE", f"{BASE}/size_of_shoe")
    assert heard.status == 400
    assert heard.json["subCategory"] == "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
    assert heard.json["message"] == (
        "Property: size_of_shoe of object type 0-1 is currently used in 1 places and cannot be deleted"
    )
    assert heard.json["errors"][0]["context"]["parentName"] == ["0-1/double_size"]
    caller("DELETE", f"{BASE}/double_size")
    assert caller("DELETE", f"{BASE}/size_of_shoe").status == 204


def test_a_calculated_value_cannot_be_set() -> None:
    caller = Caller()
    add(caller)
    add(caller, name="double_size", calculationFormula="2 * size_of_shoe")
    heard = caller("POST", "/crm/v3/objects/contacts", {"properties": {"double_size": "2"}})
    assert heard.json["errors"][0] == {
        "message": '"double_size" is a calculated property; its value cannot be set.',
        "code": "READ_ONLY_VALUE",
        "context": {"propertyName": ["double_size"]},
    }


def test_a_formula_over_an_unknown_property_is_404() -> None:
    assert add(Caller(), calculationFormula="2 * no_such_thing").status == 404


def test_an_object_type_has_ten_unique_properties() -> None:
    """https://developers.hubspot.com/docs/guides/api/crm/properties"""
    caller = Caller()
    unique = {"type": "string", "fieldType": "text", "hasUniqueValue": True}
    for number in range(10):
        assert add(caller, name=f"key{number}", **unique).status == 201
    assert add(caller, name="key10", **unique).status == 400
    caller("DELETE", f"{BASE}/key0")
    assert add(caller, name="key10", **unique).status == 201
    body = {"properties": {"key10": "K"}}
    assert caller("POST", "/crm/v3/objects/contacts", body).status == 201
    clash = caller("POST", "/crm/v3/objects/contacts", body)
    assert clash.status == 400
    assert "already has that value" in clash.json["message"]
    assert caller("GET", "/crm/v3/objects/contacts/K?idProperty=key10").status == 200


def test_sensitive_properties_are_enterprises_and_read_apart() -> None:
    """Refusals observed on 2026-09; that the feature comes with the tier is assumed."""
    assert (
        add(Caller(), dataSensitivity="sensitive")
        .json["subCategory"]
        .endswith("PORTAL_NOT_ENABLED_FOR_SENSITIVE_DATA")
    )
    caller = Caller(tier="enterprise")
    bare = caller.emulator.token(scopes=["crm.schemas.contacts.write"])
    refused = caller("POST", BASE, {**SINCE, "dataSensitivity": "sensitive"}, token=bare)
    assert (refused.status, refused.json["message"]) == (
        403,
        "Missing required scope for: sensitive-data-property-create",
    )
    made = add(caller, dataSensitivity="sensitive")
    assert (made.status, made.json["dataSensitivity"]) == (201, "sensitive")
    # The guide's example of a sensitive property asks for none of it.
    assert caller("GET", f"{BASE}/size_of_shoe").json == made.json
    assert caller("GET", f"{BASE}/size_of_shoe?dataSensitivity=non_sensitive").status == 404
    assert made.json not in caller("GET", BASE).json["results"]
    assert caller("GET", f"{BASE}/size_of_shoe?dataSensitivity=sensitive").json == made.json
    assert caller("GET", f"{BASE}?dataSensitivity=sensitive").json == {"results": [made.json]}
    assert caller("GET", f"{BASE}/email?dataSensitivity=sensitive").status == 404


@pytest.mark.parametrize(
    ("base", "status"), [("/crm/v3/properties/contacts", 201), ("/crm/properties/2026-09/contacts", 200)]
)
def test_a_batch_of_properties_is_created(base: str, status: int) -> None:
    """Recorded: amp-labs/connectors; 2026-09's status is its specification's."""
    caller = Caller()
    heard = caller(
        "POST", f"{base}/batch/create", {"inputs": [SINCE, {**SINCE, "name": "age__c", "label": "Age"}]}
    )
    assert heard.status == status
    assert [one["name"] for one in heard.json["results"]] == ["size_of_shoe", "age__c"]
    assert not {"createdAt", "updatedAt", "archived"} & set(heard.json["results"][0])
    again = caller("POST", f"{base}/batch/create", {"inputs": [{**SINCE, "name": "age__c"}]})
    assert again.status == 207
    assert again.json["results"] == []
    assert again.json["numErrors"] == 1
    assert again.json["errors"] == [
        {
            "status": "error",
            "category": "OBJECT_ALREADY_EXISTS",
            "subCategory": "Properties.PROPERTY_WITH_NAME_EXISTS",
            "message": "A property named 'age__c' already exists.",
            "context": {"name": ["age__c"]},
        }
    ]


def test_a_batch_of_properties_is_read_and_archived() -> None:
    caller = Caller()
    add(caller)
    inputs = [{"name": "email"}, {"name": "size_of_shoe"}, {"name": "nothing"}]
    heard = caller("POST", f"{BASE}/batch/read", {"archived": False, "inputs": inputs})
    assert heard.status == 207
    assert [one["name"] for one in heard.json["results"]] == ["email", "size_of_shoe"]
    assert heard.json["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert caller("POST", f"{BASE}/batch/read", {"inputs": inputs[:2]}).status == 200
    assert caller("POST", f"{BASE}/batch/archive", {"inputs": inputs}).status == 204
    assert caller("GET", f"{BASE}/size_of_shoe").status == 404
    assert caller("GET", f"{BASE}/email").status == 200
    dead = caller("POST", f"{BASE}/batch/read", {"archived": True, "inputs": [{"name": "size_of_shoe"}]})
    assert dead.json["results"][0]["archived"] is True
    many = {"inputs": [{"name": f"p{n}"} for n in range(101)]}
    assert caller("POST", f"{BASE}/batch/archive", many).status == 400


def test_writing_definitions_needs_the_schema_scope() -> None:
    caller = Caller()
    token = caller.emulator.token(scopes=["crm.objects.contacts.write", "crm.objects.contacts.read"])
    heard = caller("POST", BASE, SINCE, token=token)
    assert heard.status == 403
    assert heard.json["errors"][0]["context"]["requiredGranularScopes"] == ["crm.schemas.contacts.write"]
    assert caller("GET", BASE, token=token).status == 200


def test_groups_are_made_changed_and_taken_away() -> None:
    """The refusal of a group in use holds its own body as text, and a name is free at once: observed live."""
    caller = Caller()
    group = {"name": "shoes", "label": "Shoes"}
    made = caller("POST", f"{BASE}/groups", group)
    assert made.status == 201
    assert made.json == {"name": "shoes", "label": "Shoes", "displayOrder": -1, "archived": False}
    taken = caller("POST", f"{BASE}/groups", group)
    assert (taken.status, taken.json["subCategory"]) == (409, "PropertyGroupError.GROUP_ALREADY_EXISTS")
    changed = caller("PATCH", f"{BASE}/groups/shoes", {"label": "Footwear", "displayOrder": 3})
    assert (changed.status, changed.json["label"], changed.json["displayOrder"]) == (200, "Footwear", 3)
    add(caller, groupName="shoes")
    refused = caller("DELETE", f"{BASE}/groups/shoes")
    assert refused.status == 400
    inner = json.loads(refused.json["message"])
    assert inner["message"] == "Can't delete a group with active properties"
    assert inner["subCategory"] == "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"
    assert inner["category"] == "VALIDATION_ERROR"
    caller("DELETE", f"{BASE}/size_of_shoe")
    assert caller("DELETE", f"{BASE}/groups/shoes").status == 204
    assert caller("GET", f"{BASE}/groups/shoes").status == 404
    assert "shoes" not in [one["name"] for one in caller("GET", f"{BASE}/groups").json["results"]]
    assert add(caller, groupName="shoes").status == 400
    again = caller("POST", f"{BASE}/groups", {**group, "label": "Fresh"})
    assert (again.status, again.json["label"]) == (201, "Fresh")


def test_definitions_of_one_type_are_no_other_types() -> None:
    caller = Caller()
    add(caller)
    assert caller("GET", "/crm/v3/properties/companies/size_of_shoe").status == 404


def test_an_archived_name_may_come_back_as_another_type() -> None:
    """Observed: the property is retyped in place; searches then compare by the new type."""
    caller = Caller()
    unique = {"type": "string", "fieldType": "text", "hasUniqueValue": True}
    add(caller, **unique)
    for value in ("9", "10"):
        caller("POST", "/crm/v3/objects/contacts", {"properties": {"size_of_shoe": value}})
    caller("DELETE", f"{BASE}/size_of_shoe")
    assert add(caller, hasUniqueValue=True).status == 201
    filters = [{"propertyName": "size_of_shoe", "operator": "GT", "value": "9.5"}]
    search = {"filters": filters, "sorts": ["size_of_shoe"]}
    assert caller("POST", "/crm/v3/objects/contacts/search", search).json["total"] == 1
    clash = caller("POST", "/crm/v3/objects/contacts", {"properties": {"size_of_shoe": "10.0"}})
    assert clash.status == 400
