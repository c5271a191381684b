"""What 2026-09 asks of writes, and earlier versions do not.

https://developers.hubspot.com/changelog (write validation, 2026-08-11)
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller

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
    caller.emulator.account.portal.required.form("0-1", ["firstname"])
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
    caller.emulator.account.portal.required.condition("0-1", "city", on="country", values=["Germany"])
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
