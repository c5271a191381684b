"""Properties, rules, pipelines and object types through the dated paths, as in v3 but for what is said here.

HubSpot-public-api-spec-collection @99893791, PublicApiSpecs/CRM; what a live account did on 2026-09:
https://github.com/scopiousdigital/kalup (docs/hubspot.md)
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

SHOE = {
    "name": "shoe_size",
    "label": "Shoe size",
    "type": "number",
    "fieldType": "number",
    "groupName": "feet",
}
STAGES = [
    {"label": "Asked", "displayOrder": 0, "metadata": {"probability": "0.1"}, "stageId": "asked"},
    {"label": "Sold", "displayOrder": 1, "metadata": {"probability": "1.0"}, "stageId": "sold"},
]
CAR = {
    "name": "car",
    "labels": {"singular": "Car", "plural": "Cars"},
    "properties": [
        {"name": "vin", "label": "VIN", "hasUniqueValue": True},
        {"name": "make", "label": "Make"},
    ],
    "requiredProperties": ["vin"],
    "searchableProperties": ["vin"],
    "primaryDisplayProperty": "vin",
    "associatedObjects": ["CONTACT"],
}


class Area:
    """One area of an Enterprise account in one dated version."""

    def __init__(self, date: str) -> None:
        self.caller, self.date = Caller(limits=False, tier="enterprise"), date

    def __call__(self, method: str, target: str, body: Any = None) -> Heard:
        """`target` begins with the area: `properties/contacts`."""
        area, _, tail = target.partition("/")
        base = f"/{area}/{self.date}" if area.startswith("crm-") else f"/crm/{area}/{self.date}"
        return self.caller(method, f"{base}/{tail}".rstrip("/"), body)


@pytest.fixture(params=["2026-03", "2026-09"])
def area(request: pytest.FixtureRequest) -> Area:
    return Area(request.param)


def test_a_property_is_made_changed_and_archived_with_its_group(area: Area) -> None:
    groups = "properties/contacts/groups"
    made = area("POST", groups, {"name": "feet", "label": "Feet"})
    assert (made.status, made.json["archived"]) == (201, False)
    assert area("PATCH", f"{groups}/feet", {"label": "Shoes"}).json["label"] == "Shoes"
    assert area("GET", f"{groups}/feet").json["displayOrder"] == -1
    assert "feet" in {one["name"] for one in area("GET", groups).json["results"]}
    assert area("POST", "properties/contacts", SHOE).status == 201
    assert area("PATCH", "properties/contacts/shoe_size", {"label": "Size"}).json["label"] == "Size"
    names = {"inputs": [{"name": "shoe_size"}, {"name": "nothing"}]}
    read = area("POST", "properties/contacts/batch/read", names)
    assert (read.status, [one["name"] for one in read.json["results"]]) == (207, ["shoe_size"])
    used = area("DELETE", f"{groups}/feet")
    assert (used.status, "GROUP_WITH_ACTIVE_PROPERTIES" in used.json["message"]) == (400, True)
    assert area("POST", "properties/contacts/batch/archive", names).status == 204
    assert area("GET", "properties/contacts/shoe_size").json["subCategory"] == "PROPERTY_DOESNT_EXIST"
    assert area("GET", "properties/contacts/shoe_size?archived=true").json["archived"] is True
    assert area("DELETE", f"{groups}/feet").status == 204
    assert area("GET", f"{groups}/feet").status == 404


def test_a_property_archived_twice(area: Area) -> None:
    """204 twice on 2026-03, observed by a Terraform provider; 404 the second time on 2026-09, observed."""
    area("POST", "properties/contacts/groups", {"name": "feet", "label": "Feet"})
    area("POST", "properties/contacts", SHOE)
    again = [area("DELETE", "properties/contacts/shoe_size").status for _ in range(2)]
    assert again == {"2026-03": [204, 204], "2026-09": [204, 404]}[area.date]


def test_a_validation_rule_holds_for_writes(area: Area) -> None:
    rules = "property-validations/0-1/city"
    put = area("PUT", f"{rules}/rule-type/MIN_LENGTH", {"ruleArguments": ["3"]})
    assert (put.status, put.text) == (204, "")
    (rule,) = area("GET", rules).json["results"]
    assert rule == area("GET", f"{rules}/rule-type/MIN_LENGTH").json
    assert (rule["ruleType"], rule["ruleArguments"]) == ("MIN_LENGTH", ["3"])
    heard = area("POST", "objects/contacts", {"properties": {"city": "Au"}})
    assert (heard.status, heard.json["errors"][0]["code"]) == (400, "INVALID_MIN_LENGTH")
    assert area("POST", "objects/contacts", {"properties": {"city": "Ulm"}}).status == 201


def test_a_pipeline_is_made_changed_replaced_and_deleted(area: Area) -> None:
    sent = {"pipelineId": "partners", "label": "Partners", "displayOrder": 1, "stages": STAGES}
    made = area("POST", "pipelines/deals", sent)
    assert (made.status, made.json["id"]) == (201, "partners")
    one = "pipelines/deals/partners"
    new = {"label": "Sent", "displayOrder": 5, "metadata": {"probability": "0.4"}}
    stage = area("POST", f"{one}/stages", new).json["id"]
    assert stage.isdecimal()
    changed = area("PATCH", f"{one}/stages/{stage}", {"metadata": {"probability": "0.5"}})
    assert changed.json["metadata"]["probability"] == "0.5"
    assert area("PUT", f"{one}/stages/{stage}", {**new, "label": "Offered"}).json["label"] == "Offered"
    assert area("GET", f"{one}/stages/{stage}").json["metadata"]["probability"] == "0.4"
    actions = [entry["action"] for entry in area("GET", f"{one}/stages/{stage}/audit").json["results"]]
    assert actions == ["UPDATE", "UPDATE", "CREATE"]
    assert area("PATCH", one, {"label": "Resellers"}).json["label"] == "Resellers"
    replaced = area("PUT", one, {"label": "Resellers", "displayOrder": 1, "stages": STAGES})
    assert [left["id"] for left in replaced.json["stages"]] == ["asked", "sold"]
    audit = area("GET", f"{one}/audit").json["results"]
    assert [entry["action"] for entry in audit] == ["UPDATE", "UPDATE", "CREATE"]
    assert audit[0]["identifier"] == f"{area.caller.portal_id}:partners"
    assert area("GET", one).json["label"] == "Resellers"
    assert [left["id"] for left in area("GET", f"{one}/stages").json["results"]] == ["asked", "sold"]
    assert area("DELETE", f"{one}/stages/asked").status == 204
    assert area("DELETE", one).status == 204


def test_stages_with_deals_in_them_stay(area: Area) -> None:
    """On request up to 2026-03; always on 2026-09, where the flags are gone (observed)."""
    sent = {"pipelineId": "partners", "label": "Partners", "displayOrder": 1, "stages": STAGES}
    area("POST", "pipelines/deals", sent)
    deal = {"properties": {"dealname": "D", "pipeline": "partners", "dealstage": "asked"}}
    made = area("POST", "objects/deals", deal).json["id"]
    flag = {"2026-03": "?validateReferencesBeforeDelete=true", "2026-09": ""}[area.date]
    for path in ("pipelines/deals/partners/stages/asked", "pipelines/deals/partners"):
        heard = area("DELETE", path + flag)
        assert (heard.status, heard.json["subCategory"]) == (400, "PipelineError.STAGE_ID_IN_USE")
        assert heard.json["message"] == f"Stage IDs: [asked] are being referenced by object IDs: [{made}]"
        assert heard.json["context"] == {"stageIds": ["[asked]"], "objectIds": [f"[{made}]"]}


def test_a_custom_object_from_its_birth_to_its_purge(area: Area) -> None:
    schemas = "crm-object-schemas/schemas"
    made = area("POST", schemas, CAR)
    assert made.status == 201
    kind, name = made.json["objectTypeId"], made.json["fullyQualifiedName"]
    assert name == f"p{area.caller.portal_id}_car"
    assert [one["name"] for one in area("GET", schemas).json["results"]] == ["car"]
    read = area("POST", f"{schemas}/batch/read", {"inputs": [kind]})
    assert [one["objectTypeId"] for one in read.json["results"]] == [kind]
    patched = area("PATCH", f"{schemas}/{name}", {"secondaryDisplayProperties": ["make"]})
    assert (patched.status, patched.json["secondaryDisplayProperties"]) == (200, ["make"])
    assert "properties" not in patched.json
    link = {"fromObjectTypeId": kind, "toObjectTypeId": "0-5", "name": "car_to_ticket"}
    linked = area("POST", f"{schemas}/{kind}/associations", link)
    assert (linked.status, linked.json["name"]) == (201, "car_to_ticket")
    assert area("DELETE", f"{schemas}/{kind}/associations/{linked.json['id']}").status == 204
    lacking = area("POST", f"objects/{kind}", {"properties": {"make": "Seat"}})
    assert (lacking.status, lacking.json["category"]) == (400, "VALIDATION_ERROR")
    car = area("POST", f"objects/{name}", {"properties": {"vin": "W1"}}).json["id"]
    assert area("GET", f"objects/{kind}/W1?idProperty=vin").json["id"] == car
    assert area("DELETE", f"{schemas}/{kind}").status == 400
    area("DELETE", f"objects/{kind}/{car}")
    assert area("DELETE", f"{schemas}/{kind}").status == 204
    assert area("DELETE", f"{schemas}/{kind}?archived=true").status == 204
    assert area("POST", schemas, CAR).json["objectTypeId"] != kind


def test_only_enterprise_defines_objects(area: Area) -> None:
    small = Caller(limits=False)
    heard = small("POST", f"/crm-object-schemas/{area.date}/schemas", CAR)
    assert 400 <= heard.status < 500
    assert small("GET", f"/crm-object-schemas/{area.date}/schemas").json == {"results": []}


def test_what_an_account_may_still_make_is_told(area: Area) -> None:
    area("POST", "objects/contacts", {"properties": {"firstname": "A"}})
    for name in ("custom-properties", "calculated-properties"):
        body = area("GET", f"limits/{name}").json
        assert {"overallLimit", "overallUsage", "overallPercentage", "byObjectType"} == set(body)
    for name in ("pipelines", "records"):
        body = area("GET", f"limits/{name}").json
        assert set(body) == {"hubspotDefinedObjectTypes", "customObjectTypes"}
        (first, *_) = body["hubspotDefinedObjectTypes"]
        assert {"objectTypeId", "singularLabel", "pluralLabel", "limit", "usage", "percentage"} == set(first)
    assert set(area("GET", "limits/custom-object-types").json) == {"limit", "usage", "percentage"}
    label = {"name": "boss", "label": "Boss", "inverseLabel": "Staff"}
    area("POST", "associations/contacts/companies/labels", label)
    labels = area("GET", "limits/associations/labels?fromObjectTypeId=0-1").json["results"]
    assert [(one["allLabels"], one["usage"]) for one in labels] == [(["Boss"], 1)]
    for tail in ("from", "0-1/to"):
        assert area("GET", f"limits/associations/records/{tail}").json == {"results": []}
    assert area("GET", "limits/associations/records/0-1/0-2").json["limit"] == 10000


def test_the_object_library_tells_what_is_on(area: Area) -> None:
    every = area("GET", "object-library/enablement").json["enablementByObjectTypeId"]
    assert every["0-410"] is True
    assert area("GET", "object-library/enablement/0-410").json == {"enablement": True}
