"""A contact's other addresses, by v1.

https://legacydocs.hubspot.com/docs/methods/contacts/add-a-secondary-email-address and its twin, as
https://github.com/HubSpot/hubspot-php and https://github.com/mitodl/mitxpro call it.
"""

from __future__ import annotations

from tests.contract.crm import account, create, value
from tests.contract.edge import Caller, Heard

V1 = "/contacts/v1/secondary-email"


def put(call: Caller, vid: str, email: str, method: str = "PUT") -> Heard:
    return call(method, f"{V1}/{vid}/email/{email}")


def test_an_address_is_added_and_taken_away_without_a_body() -> None:
    call = account()
    vid = create(call, "contacts", email="a@example.com")["id"]
    assert call("GET", f"{V1}/{vid}").json == {"vid": int(vid), "secondaryEmails": []}
    assert put(call, vid, "B@example.com").json == {"vid": int(vid), "secondaryEmails": ["b@example.com"]}
    assert put(call, vid, "c%40example.com").json["secondaryEmails"] == ["b@example.com", "c@example.com"]
    assert put(call, vid, "b@example.com").json["secondaryEmails"] == ["b@example.com", "c@example.com"]
    assert value(call, "contacts", vid, "hs_additional_emails") == "b@example.com;c@example.com"
    assert put(call, vid, "b@example.com", "DELETE").json["secondaryEmails"] == ["c@example.com"]
    assert put(call, vid, "b@example.com", "DELETE").status == 404
    assert call("GET", f"{V1}/{vid}").json["secondaryEmails"] == ["c@example.com"]


def test_the_contact_is_found_by_it_and_nobody_else_can_have_it() -> None:
    call = account()
    vid = create(call, "contacts", email="a@example.com")["id"]
    put(call, vid, "b@example.com")
    by_email = "/crm/v3/objects/contacts/b@example.com?idProperty=email"
    assert call("GET", by_email).json["id"] == vid
    taken = call("POST", "/crm/v3/objects/contacts", {"properties": {"email": "b@example.com"}})
    assert taken.status == 409
    put(call, vid, "b@example.com", "DELETE")
    assert call("GET", by_email).status == 404
    other = create(call, "contacts", email="b@example.com")["id"]
    assert put(call, vid, "b@example.com").json["message"] == f"Contact already exists. Existing ID: {other}"


def test_nobody_and_nonsense_are_refused() -> None:
    call = account()
    vid = create(call, "contacts", email="a@example.com")["id"]
    assert put(call, "12", "b@example.com").status == 404
    assert put(call, vid, "nonsense").status == 400
    assert call("GET", f"{V1}/12").status == 404
    assert put(call, vid, "a@example.com").json["secondaryEmails"] == []
