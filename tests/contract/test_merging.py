"""Merging records and erasing people.

Since January 2025 a merge makes a new record: https://developers.hubspot.com/changelog; permanent deletion:
https://developers.hubspot.com/docs/guides/api/crm/objects/contacts
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import V3, account, create, read, value
from tests.contract.edge import Caller, Heard

CONTACTS = "/crm/v3/objects/contacts"


def new(caller: Caller, kind: str = "contacts", **properties: str) -> str:
    heard = caller("POST", f"/crm/v3/objects/{kind}", {"properties": properties})
    assert heard.status == 201, heard.text
    return str(heard.json["id"])


def merge(caller: Caller, primary: Any, other: Any, kind: str = "contacts") -> Heard:
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    return caller("POST", f"/crm/v3/objects/{kind}/merge", body)


def test_a_merge_makes_a_new_record_to_which_both_ids_lead() -> None:
    caller = Caller()
    first = new(caller, email="a@example.com", firstname="Ann")
    second = new(caller, email="b@example.com", firstname="Bea", lastname="Bee")
    heard = merge(caller, first, second)
    assert heard.status == 200
    made = heard.json["id"]
    assert made not in (first, second)
    assert heard.json["properties"]["hs_merged_object_ids"] == f"{first};{second}"
    for number in (first, second, made):
        read = caller("GET", f"{CONTACTS}/{number}?properties=firstname,lastname,email,hs_additional_emails")
        assert read.json["id"] == made
        shown = read.json["properties"]
        assert (shown["firstname"], shown["lastname"], shown["email"]) == ("Ann", "Bee", "a@example.com")
        assert shown["hs_additional_emails"] == "b@example.com"
    for asked, there in (("", {made}), ("archived=true", set())):
        listed = {one["id"] for one in caller("GET", f"{CONTACTS}?limit=100&{asked}").json["results"]}
        assert listed & {first, second, made} == there
    body = {"inputs": [{"id": first}]}
    assert caller("POST", f"{CONTACTS}/batch/read", body).json["results"][0]["id"] == made
    assert caller("PATCH", f"{CONTACTS}/{second}", {"properties": {"firstname": "Cy"}}).json["id"] == made


def test_merging_again_leads_all_earlier_ids_on() -> None:
    caller = Caller()
    ids = [new(caller, firstname=name) for name in "abc"]
    once = merge(caller, ids[0], ids[1]).json["id"]
    twice = merge(caller, ids[2], int(ids[1])).json
    assert {caller("GET", f"{CONTACTS}/{one}").json["id"] for one in (*ids, once)} == {twice["id"]}
    assert twice["properties"]["hs_merged_object_ids"].split(";") == [ids[2], ids[0], ids[1], once]


def test_associations_of_both_stay_and_the_primarys_company_is_primary() -> None:
    caller = Caller()
    first, second = new(caller, firstname="a"), new(caller, firstname="b")
    firms = [new(caller, "companies", name=name) for name in "xy"]
    for person, firm in zip((first, second), firms, strict=True):
        caller("PUT", f"/crm/v4/objects/contacts/{person}/associations/default/companies/{firm}")
    made = merge(caller, second, first).json["id"]
    linked = caller("GET", f"/crm/v4/objects/contacts/{first}/associations/companies").json["results"]
    labels = {
        str(one["toObjectId"]): sorted(kind["typeId"] for kind in one["associationTypes"]) for one in linked
    }
    assert labels == {firms[1]: [1, 279], firms[0]: [279]}
    back = caller("GET", f"/crm/v4/objects/companies/{firms[0]}/associations/contacts").json["results"]
    assert [one["toObjectId"] for one in back] == [int(made)]


@pytest.mark.parametrize("kind", ["companies", "deals", "tickets"])
def test_other_types_merge_too(kind: str) -> None:
    caller = Caller()
    name = {"companies": "name", "deals": "dealname", "tickets": "subject"}[kind]
    first, second = (new(caller, kind, **{name: word}) for word in "ab")
    made = merge(caller, first, second, kind)
    assert made.status == 200
    assert caller("GET", f"/crm/v3/objects/{kind}/{second}").json["id"] == made.json["id"]


def test_a_record_is_merged_with_another_that_exists() -> None:
    caller = Caller()
    person = new(caller, firstname="a")
    assert merge(caller, person, person).status == 400
    assert merge(caller, person, "1").status == 404
    assert merge(caller, "1", person).status == 404
    assert caller("POST", f"{CONTACTS}/merge", {"primaryObjectId": person}).status == 400
    assert merge(caller, "1", "2", "products").status == 405


def test_the_history_of_the_primary_stays() -> None:
    caller = Caller()
    first, second = new(caller, firstname="a"), new(caller, firstname="b")
    caller("PATCH", f"{CONTACTS}/{first}", {"properties": {"firstname": "c"}})
    made = merge(caller, first, second).json["id"]
    told = caller("GET", f"{CONTACTS}/{made}?propertiesWithHistory=firstname").json["propertiesWithHistory"]
    assert [one["value"] for one in told["firstname"]] == ["c", "a"]


@pytest.mark.parametrize("archived", [False, True])
def test_an_erased_contact_is_gone_and_its_address_blocked(archived: bool) -> None:
    caller = Caller()
    person = new(caller, email="a@example.com")
    firm = new(caller, "companies", name="F")
    caller("PUT", f"/crm/v4/objects/contacts/{person}/associations/default/companies/{firm}")
    if archived:
        caller("DELETE", f"{CONTACTS}/{person}")
    heard = caller("POST", f"{CONTACTS}/gdpr-delete", {"objectId": person})
    assert (heard.status, heard.text) == (204, "")
    for query in ("", "?archived=true"):
        assert caller("GET", f"{CONTACTS}/{person}{query}").status == 404
        assert caller("GET", f"{CONTACTS}{query}").json["results"] == []
    linked = caller("GET", f"/crm/v4/objects/companies/{firm}/associations/contacts").json
    assert linked == {"results": []}
    again = caller("POST", CONTACTS, {"properties": {"email": "A@example.com"}})
    assert again.status == 400
    assert "email has been GDPR blacklisted" in again.json["message"]


def test_an_unknown_address_is_blocked_all_the_same() -> None:
    caller = Caller()
    body = {"objectId": "nobody@example.com", "idProperty": "email"}
    assert caller("POST", f"{CONTACTS}/gdpr-delete", body).status == 204
    assert caller("POST", CONTACTS, {"properties": {"email": "nobody@example.com"}}).status == 400
    assert caller("POST", f"{CONTACTS}/gdpr-delete", {"objectId": "1"}).status == 404


def test_a_contact_is_erased_by_its_address() -> None:
    caller = Caller()
    person = new(caller, email="a@example.com")
    body = {"objectId": "a@example.com", "idProperty": "email"}
    assert caller("POST", f"{CONTACTS}/gdpr-delete", body).status == 204
    assert caller("GET", f"{CONTACTS}/{person}").status == 404
    search = caller("POST", f"{CONTACTS}/search", {})
    assert search.json["total"] == 0


def test_only_2026_09_erases_other_types() -> None:
    """Its specification has {objectType} where earlier ones say contacts."""
    caller = Caller()
    firm = new(caller, "companies", name="F")
    assert caller("POST", "/crm/v3/objects/companies/gdpr-delete", {"objectId": firm}).status == 405
    assert caller("POST", "/crm/objects/2026-09/companies/gdpr-delete", {"objectId": firm}).status == 204
    assert caller("GET", f"/crm/v3/objects/companies/{firm}").status == 404


def test_a_merged_contact_has_both_addresses() -> None:
    """Knowledge base: the other contact's address becomes a secondary one, which identifies it as well."""
    call = account()
    one = create(call, "contacts", email="one@example.com")["id"]
    other = create(call, "contacts", email="Two@example.com")["id"]
    both = {"primaryObjectId": one, "objectIdToMerge": other}
    made = call("POST", f"{V3}/contacts/merge", both).json["id"]
    assert value(call, "contacts", made, "hs_additional_emails") == "two@example.com"
    assert read(call, "contacts", "TWO@example.com", "idProperty=email")["id"] == made
    again = call("POST", f"{V3}/contacts", {"properties": {"email": "two@example.com"}})
    assert (again.status, again.json["message"]) == (409, f"Contact already exists. Existing ID: {made}")
    third = create(call, "contacts", email="three@example.com")["id"]
    last = call("POST", f"{V3}/contacts/merge", {"primaryObjectId": third, "objectIdToMerge": made}).json[
        "id"
    ]
    for address in ("one@example.com", "two@example.com", "three@example.com"):
        assert read(call, "contacts", address, "idProperty=email")["id"] == last
    call("DELETE", f"{V3}/contacts/{last}")
    assert call("POST", f"{V3}/contacts", {"properties": {"email": "two@example.com"}}).status == 201


def test_an_erased_contact_blocks_all_its_addresses() -> None:
    call = account()
    one, other = (create(call, "contacts", email=f"{n}@example.com")["id"] for n in ("one", "two"))
    call("POST", f"{V3}/contacts/merge", {"primaryObjectId": one, "objectIdToMerge": other})
    erased = {"objectId": "two@example.com", "idProperty": "email"}
    assert call("POST", f"{V3}/contacts/gdpr-delete", erased).status == 204
    for address in ("one@example.com", "two@example.com"):
        assert call("POST", f"{V3}/contacts", {"properties": {"email": address}}).status == 400


def test_an_old_id_is_good_for_a_single_update_and_for_none_in_a_batch() -> None:
    """Guide: `hs_merged_object_ids` are taken by PATCH and not by batch/update."""
    call = account()
    one, other = create(call, "companies")["id"], create(call, "companies")["id"]
    merged_into = call("POST", f"{V3}/companies/merge", {"primaryObjectId": one, "objectIdToMerge": other})
    change = {"properties": {"city": "Oslo"}}
    assert call("PATCH", f"{V3}/companies/{other}", change).json["id"] == merged_into.json["id"]
    heard = call("POST", f"{V3}/companies/batch/update", {"inputs": [{"id": one, **change}]})
    assert (heard.status, heard.json["results"]) == (207, [])
    assert heard.json["errors"][0]["context"] == {"ids": [one]}
