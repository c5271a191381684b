"""What 2026-09 asks of writes, and earlier versions do not.

https://developers.hubspot.com/changelog (write validation, 2026-08-11)
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

OLD = ["/crm/v3/objects", "/crm/objects/2026-03"]
NEW = "/crm/objects/2026-09"
BIRTHDAY = {
    "name": "born_on",
    "label": "Birthday",
    "type": "date",
    "fieldType": "date",
    "groupName": "contactinformation",
}
WARNING = {
    "category": "PROPERTY_VALUE_NORMALIZED",
    "context": {
        "normalizedValue": "631152000000",
        "propertyName": "born_on",
        "rawValue": "1990-01-01T12:30:00Z",
    },
    "message": "born_on was normalized",
}


def account() -> Caller:
    caller = Caller()
    assert caller("POST", "/crm/v3/properties/contacts", BIRTHDAY).status == 201
    return caller


def body(**properties: str) -> dict[str, Any]:
    return {"properties": properties}


def test_a_date_is_put_in_order_with_a_warning() -> None:
    caller = account()
    heard = caller("POST", f"{NEW}/contacts", body(born_on="1990-01-01T12:30:00Z"))
    assert heard.status == 201
    assert heard.json["warnings"] == [WARNING]
    read = caller("GET", f"{NEW}/contacts/{heard.json['id']}?properties=born_on").json
    assert read["properties"]["born_on"] == "1990-01-01"
    assert "warnings" not in read
    again = caller("PATCH", f"{NEW}/contacts/{heard.json['id']}", body(born_on="1990-01-01T12:30:00Z"))
    assert again.json["warnings"] == [WARNING]
    fine = caller("POST", f"{NEW}/contacts", body(born_on="1990-01-01"))
    assert "warnings" not in fine.json
    assert caller("POST", f"{NEW}/contacts", body(born_on="soon")).status == 400


@pytest.mark.parametrize("base", OLD)
def test_earlier_versions_refuse_such_a_date(base: str) -> None:
    heard = account()("POST", f"{base}/contacts", body(born_on="1990-01-01T12:30:00Z"))
    assert heard.json["errors"][0]["code"] == "INVALID_DATE"


def test_properties_of_the_create_form_are_required() -> None:
    caller = account()
    caller.emulator.require("contacts", "firstname")
    heard = caller("POST", f"{NEW}/contacts", body(lastname="B"))
    assert heard.status == 400
    assert heard.json["message"] == "The property values provided are invalid"
    assert heard.json["errors"] == [
        {
            "message": "A value for firstname must be provided",
            "code": "MISSING_REQUIRED_PROPERTY",
            "context": {"propertyName": ["firstname"]},
        }
    ]
    made = caller("POST", f"{NEW}/contacts", body(firstname="A"))
    assert made.status == 201
    assert caller("PATCH", f"{NEW}/contacts/{made.json['id']}", body(firstname="")).status == 200
    for base in OLD:
        assert caller("POST", f"{base}/contacts", body(lastname="B")).status == 201


def test_conditions_of_the_account_hold_on_every_write() -> None:
    caller = account()
    caller.emulator.require("contacts", when=[("city", "country", ["Germany"])])
    heard = caller("POST", f"{NEW}/contacts", body(country="Germany"))
    assert heard.json["errors"] == [
        {
            "message": "city is required because of a conditional property rule based on [country]",
            "code": "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
            "context": {"propertyName": ["city"]},
        }
    ]
    made = caller("POST", f"{NEW}/contacts", body(country="Germany", city="Ulm"))
    assert made.status == 201
    assert caller("PATCH", f"{NEW}/contacts/{made.json['id']}", body(city="")).status == 400
    inputs = {"inputs": [body(country="Germany")]}
    assert caller("POST", f"{NEW}/contacts/batch/create", inputs).status == 400
    assert caller("POST", f"{NEW}/contacts", body(country="France")).status == 201
    for base in OLD:
        assert caller("POST", f"{base}/contacts", body(country="Germany")).status == 201


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("calls", ["hs_timestamp"]),
        ("meetings", ["hs_timestamp"]),
        ("notes", ["hs_timestamp"]),
        ("tasks", ["hs_timestamp"]),
        ("postal_mail", ["hs_timestamp"]),
        ("communications", ["hs_timestamp", "hs_communication_channel_type"]),
        ("emails", ["hs_timestamp", "hs_email_direction"]),
    ],
)
def test_activities_need_what_the_guide_says(kind: str, names: list[str]) -> None:
    """https://developers.hubspot.com/docs/guides/crm/using-object-apis; not enforced before 2026-09."""
    caller = account()
    heard = caller("POST", f"{NEW}/{kind}", body())
    assert heard.json["message"] == "The property values provided are invalid"
    told = [(one["code"], one["context"]["propertyName"]) for one in heard.json["errors"]]
    assert told == [("MISSING_REQUIRED_PROPERTY", [name]) for name in names]
    values = {
        "hs_timestamp": "2026-03-12T10:00:00Z",
        "hs_communication_channel_type": "SMS",
        "hs_email_direction": "EMAIL",
    }
    made = caller("POST", f"{NEW}/{kind}", body(**{name: values[name] for name in names}))
    assert made.status == 201
    assert caller("PATCH", f"{NEW}/{kind}/{made.json['id']}", body(hubspot_owner_id="")).status == 200
    for base in OLD:
        assert caller("POST", f"{base}/{kind}", body()).status == 201


def test_what_is_required_is_set_over_http() -> None:
    caller = account()
    own = f"/_emulator/accounts/{caller.emulator.identity.portal_id}/required"
    rules = {"form": ["firstname"], "conditions": [{"name": "city", "on": "country", "values": ["Germany"]}]}

    def put(kind: str, sent: object) -> Heard:
        return caller("PUT", f"{own}/{kind}", sent, token=None, headers={"host": "localhost"})

    assert put("contact", rules).json == rules
    told = caller("POST", f"{NEW}/contacts", body(country="Germany")).json["errors"]
    assert [one["context"]["propertyName"] for one in told] == [["firstname"], ["city"]]
    for kind, sent in (
        ("contacts", {"form": ["no_such"]}),
        ("widgets", {}),
        ("contacts", {"conditions": [{"name": "city"}]}),
        ("contacts", {"required": ["firstname"]}),
    ):
        assert put(kind, sent).status == 400
    assert put("0-1", {}).json == {"form": [], "conditions": []}
    assert caller("POST", f"{NEW}/contacts", body(country="Germany")).status == 201


def test_a_batch_says_which_of_its_inputs_lack_what_is_required() -> None:
    caller = account()
    caller.emulator.require("contacts", "firstname")
    traced = [
        {"objectWriteTraceId": "a", **body(firstname="A")},
        {"objectWriteTraceId": "b", **body(lastname="B")},
    ]
    heard = caller("POST", f"{NEW}/contacts/batch/create", {"inputs": traced})
    assert heard.status == 207
    assert [one["objectWriteTraceId"] for one in heard.json["results"]] == ["a"]
    assert [one["context"]["objectWriteTraceId"] for one in heard.json["errors"]] == [["b"]]
    upserted = {"id": "new@example.com", "idProperty": "email", **body(lastname="C")}
    assert caller("POST", f"{NEW}/contacts/batch/upsert", {"inputs": [upserted]}).status == 400
    assert caller("POST", "/crm/objects/2026-03/contacts/batch/upsert", {"inputs": [upserted]}).status == 200
    assert caller("POST", f"{NEW}/contacts/batch/upsert", {"inputs": [upserted]}).status == 200


def user_level(caller: Caller) -> str:
    """A token of an app whose user may not edit associations."""
    app = caller.emulator.add_app("Limited", kind="private-app", user_lacks=["Edit Associations"])
    scopes = ("crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.companies.read")
    return caller.emulator.account.static_token(app, (*scopes, "crm.objects.companies.write"))


def test_an_app_associates_only_what_its_user_may() -> None:
    """Changelog: `Missing 'Edit Associations' permission.`; earlier versions ignore it."""
    caller = account()
    token = user_level(caller)
    contact, company = (
        caller("POST", f"{OLD[0]}/{kind}", {"properties": {}}).json["id"]
        for kind in ("contacts", "companies")
    )
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    born = {"properties": {}, "associations": [{"to": {"id": company}, "types": [spec]}]}
    pair = {"from": {"id": contact}, "to": {"id": company}}
    for method, path, sent in (
        ("PUT", f"{NEW}/contacts/{contact}/associations/default/companies/{company}", None),
        ("PUT", f"{NEW}/contacts/{contact}/associations/companies/{company}", [spec]),
        ("DELETE", f"{NEW}/contacts/{contact}/associations/companies/{company}", None),
        ("POST", f"{NEW}/contacts", born),
        ("POST", f"{NEW}/contacts/batch/create", {"inputs": [born]}),
        (
            "POST",
            "/crm/associations/2026-09/contacts/companies/batch/create",
            {"inputs": [{**pair, "types": [spec]}]},
        ),
        (
            "POST",
            "/crm/associations/2026-09/contacts/companies/batch/associate/default",
            {"inputs": [pair]},
        ),
    ):
        heard = caller(method, path, sent, token=token)
        assert (heard.status, heard.json["category"]) == (400, "VALIDATION_ERROR")
        assert heard.json["message"] == "Missing 'Edit Associations' permission."
        assert caller(method, path, sent).status < 300
        assert caller(method, path.replace("2026-09", "2026-03"), sent, token=token).status < 300
    listed = caller("GET", f"{NEW}/contacts/{contact}/associations/companies", token=token)
    assert listed.status == 200
