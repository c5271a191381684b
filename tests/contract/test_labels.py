"""Association labels and limits that the account sets.

https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide; a live account in October 2026:
https://github.com/scopiousdigital/kalup docs/hubspot.md; recorded: amp-labs/connectors
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

LABELS = "/crm/v4/associations/contacts/companies/labels"
LIMITS = "/crm/v4/associations/definitions/configurations"
MANAGES = {"name": "manager_employee", "label": "Manager", "inverseLabel": "Employee"}


def add(caller: Caller, path: str = LABELS, **changed: Any) -> Heard:
    return caller("POST", path, {**MANAGES, **changed})


def pair(caller: Caller) -> tuple[str, str]:
    person = caller("POST", "/crm/v3/objects/contacts", {"properties": {"firstname": "A"}}).json["id"]
    firm = caller("POST", "/crm/v3/objects/companies", {"properties": {"name": "F"}}).json["id"]
    return person, firm


def spec(number: int) -> dict[str, Any]:
    return {"associationCategory": "USER_DEFINED", "associationTypeId": number}


def test_a_label_is_made_in_both_directions_inverse_first() -> None:
    caller = Caller()
    heard = add(caller)
    assert heard.status == 200
    back, there = heard.json["results"]
    assert (back["label"], there["label"]) == ("Employee", "Manager")
    assert {one["category"] for one in (back, there)} == {"USER_DEFINED"}
    listed = caller("GET", LABELS).json["results"]
    assert there in listed
    assert {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None} in listed
    assert back in caller("GET", "/crm/associations/2026-09/companies/contacts/labels").json["results"]


def test_labelled_records_show_the_label_on_their_side() -> None:
    caller = Caller()
    back, there = add(caller).json["results"]
    person, firm = pair(caller)
    path = f"/crm/v4/objects/contacts/{person}/associations/companies"
    heard = caller("PUT", f"{path}/{firm}", [spec(there["typeId"])])
    assert (heard.status, heard.json["labels"]) == (201, ["Manager"])
    types = caller("GET", path).json["results"][0]["associationTypes"]
    assert {(one["typeId"], one["label"]) for one in types} == {
        (1, "Primary"),
        (279, None),
        (there["typeId"], "Manager"),
    }
    other = caller("GET", f"/crm/v4/objects/companies/{firm}/associations/contacts").json["results"][0]
    assert (back["typeId"], "Employee") in {
        (one["typeId"], one["label"]) for one in other["associationTypes"]
    }
    wrong = caller("PUT", f"{path}/{firm}", [spec(back["typeId"])])
    assert wrong.status == 400


@pytest.mark.parametrize(
    "changed", [{"name": "a-b"}, {"name": "1st"}, {"name": ""}, {"label": None}, {"label": ""}]
)
def test_what_a_label_cannot_be(changed: dict[str, Any]) -> None:
    assert add(Caller(), **changed).status == 400


def test_a_name_is_used_once() -> None:
    caller = Caller()
    add(caller)
    assert add(caller, "/crm/v4/associations/deals/contacts/labels").status == 400


def test_relabelling_without_an_inverse_puts_one_text_on_both_sides() -> None:
    caller = Caller()
    back, there = add(caller).json["results"]
    body = {"associationTypeId": there["typeId"], "label": "Boss", "inverseLabel": "Staff"}
    assert caller("PUT", LABELS, body).status == 204
    reverse = "/crm/v4/associations/companies/contacts/labels"
    labels = {one["typeId"]: one["label"] for one in caller("GET", reverse).json["results"]}
    assert labels[back["typeId"]] == "Staff"
    caller("PUT", LABELS, {"associationTypeId": there["typeId"], "label": "Boss"})
    labels = {one["typeId"]: one["label"] for one in caller("GET", reverse).json["results"]}
    assert labels[back["typeId"]] == "Boss"
    assert caller("PUT", LABELS, {"associationTypeId": 279, "label": "x"}).status == 400
    assert caller("PUT", LABELS, {"associationTypeId": 9999, "label": "x"}).status == 404


def test_a_label_is_deleted_in_both_directions_and_not_while_in_use() -> None:
    """Guide: refused while in use and for HubSpot's own."""
    caller = Caller()
    back, there = add(caller).json["results"]
    person, firm = pair(caller)
    path = f"/crm/v4/objects/contacts/{person}/associations/companies"
    caller("PUT", f"{path}/{firm}", [spec(there["typeId"])])
    used = caller("DELETE", f"{LABELS}/{there['typeId']}")
    assert (used.status, used.json["category"]) == (400, "VALIDATION_ERROR")
    assert caller("DELETE", f"/crm/v4/associations/companies/contacts/labels/{back['typeId']}").status == 400
    caller("PUT", f"{path}/{firm}", [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}])
    assert caller("DELETE", f"{LABELS}/{there['typeId']}").status == 204
    assert back not in caller("GET", "/crm/v4/associations/companies/contacts/labels").json["results"]
    types = caller("GET", path).json["results"][0]["associationTypes"]
    assert {one["typeId"] for one in types} == {1, 279}
    assert caller("DELETE", f"{LABELS}/279").status == 400
    assert caller("DELETE", f"{LABELS}/9999").status == 404


def test_a_pair_has_ten_labels() -> None:
    """Guide to associations: ten per object pair. Status and words are observed, at fifty."""
    caller = Caller()
    for number in range(10):
        assert add(caller, name=f"n{number}").status == 200
    for path in (LABELS, "/crm/associations/2026-03/contacts/companies/labels"):
        heard = add(caller, path, name="n10")
        assert heard.status == 437
        assert "No more than 10 association types are allowed between" in heard.json["message"]
    assert add(caller, "/crm/v4/associations/deals/contacts/labels", name="n10").status == 200


def test_an_account_may_have_a_type_with_a_number_of_hubspots() -> None:
    caller = Caller()
    portal = caller.emulator.account.portal
    portal.drawer.number("relation", 279)
    portal.drawer.put("counter", "", "relation", 279)
    _, there = add(caller).json["results"]
    assert there["typeId"] == 279
    person, firm = pair(caller)
    path = f"/crm/v4/objects/contacts/{person}/associations/companies"
    caller("PUT", f"{path}/{firm}", [spec(279)])
    types = caller("GET", path).json["results"][0]["associationTypes"]
    assert sorted((one["category"], one["typeId"]) for one in types) == [
        ("HUBSPOT_DEFINED", 1),
        ("HUBSPOT_DEFINED", 279),
        ("USER_DEFINED", 279),
    ]


def test_a_label_on_a_new_pair_makes_the_unlabeled_way_too() -> None:
    caller = Caller(tier="enterprise")
    schema = {
        "name": "car",
        "labels": {"singular": "Car", "plural": "Cars"},
        "primaryDisplayProperty": "hs_object_id",
    }
    kind = caller("POST", "/crm/v3/schemas", schema).json["objectTypeId"]
    path = f"/crm/v4/associations/{kind}/deals/labels"
    made = add(caller, path).json["results"]
    listed = caller("GET", path).json["results"]
    assert [one["label"] for one in listed] == [None, "Manager"]
    plain = listed[0]["typeId"]
    refused = caller("DELETE", f"{path}/{plain}")
    assert "Definition with label still exists" in refused.json["message"]
    caller("DELETE", f"{path}/{made[1]['typeId']}")
    assert caller("DELETE", f"{path}/{plain}").status == 204


@pytest.mark.parametrize(
    ("base", "created", "purged"),
    [
        ("/crm/v4/associations", 201, 204),
        ("/crm/associations/2026-03", 201, 200),
        ("/crm/associations/2026-09", 200, 200),
    ],
)
def test_limits_are_set_read_and_purged(base: str, created: int, purged: int) -> None:
    caller = Caller()
    path = f"{base}/definitions/configurations/contacts/companies"
    limit = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 1}
    heard = caller("POST", f"{path}/batch/create", {"inputs": [limit]})
    assert heard.status == created
    assert heard.json["results"] == [
        {"category": "HUBSPOT_DEFINED", "typeId": 279, "userEnforcedMaxToObjectIds": 1}
    ]
    shown = {**heard.json["results"][0], "label": None}
    assert caller("GET", path).json == {"results": [shown]}
    assert caller("GET", f"{base}/definitions/configurations/all").json == {"results": [shown]}
    update = caller("POST", f"{path}/batch/update", {"inputs": [{**limit, "maxToObjectIds": 2}]})
    assert (update.status, update.json["results"][0]["userEnforcedMaxToObjectIds"]) == (200, 2)
    spec_ = {"category": "HUBSPOT_DEFINED", "typeId": 279}
    gone = caller("POST", f"{path}/batch/purge", {"inputs": [spec_]})
    assert gone.status == purged
    assert caller("GET", path).json == {"results": []}


def test_a_limit_on_a_type_of_another_pair_cancels_the_batch() -> None:
    """Recorded: amp-labs/connectors."""
    limit = {"category": "HUBSPOT_DEFINED", "typeId": 5, "maxToObjectIds": 1}
    heard = Caller()("POST", f"{LIMITS}/contacts/deals/batch/update", {"inputs": [limit]})
    assert (heard.status, heard.json["status"]) == (207, "CANCELED")
    assert heard.json["errors"][0]["subCategory"] == "crm.associations.INVALID_ASSOCIATION_TYPE"
    assert (
        heard.json["errors"][0]["message"] == "0-5 is not a valid association type between CONTACT and DEAL"
    )


def test_a_limit_holds_in_both_directions() -> None:
    caller = Caller()
    limit = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 1}
    caller("POST", f"{LIMITS}/contacts/companies/batch/create", {"inputs": [limit]})
    person, first = pair(caller)
    _, second = pair(caller)
    path = f"/crm/v4/objects/contacts/{person}/associations/default/companies"
    assert caller("PUT", f"{path}/{first}").status == 200
    assert caller("PUT", f"{path}/{first}").status == 200
    assert caller("PUT", f"{path}/{second}").status == 400
    reverse = f"/crm/v4/objects/companies/{second}/associations/default/contacts/{person}"
    assert caller("PUT", reverse).status == 400
    body = {"inputs": [{"from": {"id": person}, "to": {"id": second}, "types": []}]}
    heard = caller("POST", "/crm/v4/associations/contacts/companies/batch/create", body)
    assert (heard.status, heard.json["numErrors"]) == (207, 1)


def test_the_report_is_promised_to_a_user() -> None:
    """Copied from a live answer: ballerina-platform/module-ballerinax-hubspot.crm.associations."""
    caller = Caller()
    heard = caller("POST", "/crm/v4/associations/usage/high-usage-report/55555555")
    assert heard.status == 200
    assert heard.json == {
        "enqueueTime": {"value": 1767258000000, "dateOnly": False, "timeZoneShift": 0},
        "userId": 55555555,
        "userEmail": "owner@hubwire.example",
    }
    assert caller("POST", "/crm/v4/associations/usage/high-usage-report/1").status == 404
