"""Spellings and answers of the first generations that living connectors and recorded exchanges have.

Recorded: https://github.com/HubspotCommunity/hubspot-ruby (spec/fixtures/vcr_cassettes); the log of changes:
https://legacydocs.hubspot.com/docs/methods/tickets/get-ticket-changes, polled by
https://github.com/estuary/connectors (source-hubspot-native).
"""

from __future__ import annotations

import pytest

from tests.contract.crm import account, create
from tests.contract.edge import Caller

DAY = 24 * 60 * 60
OLD_TYPES = [
    ("/contacts/v1", "contacts"),
    ("/contacts/v2", "contacts"),
    ("/companies/v2", "companies"),
    ("/deals/v1", "deals"),
]


@pytest.mark.parametrize(("base", "kind"), OLD_TYPES)
def test_definitions_are_written_under_the_paths_that_begin_with_the_type(base: str, kind: str) -> None:
    """deal_create_property.yml, deal_update_property.yml, deal_delete_property.yml"""
    call = account()
    made = call("POST", f"{base}/groups/", {"name": "ff_group1", "displayName": "Test Group One"})
    assert (made.status, made.json["displayName"], made.json["hubspotDefined"]) == (
        200,
        "Test Group One",
        False,
    )
    changed = call("PUT", f"{base}/groups/named/ff_group1", {"displayName": "Test Group OneA"})
    assert changed.json["displayName"] == "Test Group OneA"
    assert "ff_group1" in [one["name"] for one in call("GET", f"{base}/groups").json]
    sent = {
        "name": "my_new_property",
        "label": "New",
        "groupName": "ff_group1",
        "type": "string",
        "fieldType": "text",
    }
    assert call("POST", f"{base}/properties/", sent).json["name"] == "my_new_property"
    assert call("GET", f"/crm/v3/properties/{kind}/my_new_property").json["groupName"] == "ff_group1"
    at = f"{base}/properties/named/my_new_property"
    assert call("PUT", at, {**sent, "label": "Newer"}).json["label"] == "Newer"
    assert call("GET", at).json["label"] == "Newer"
    assert call("DELETE", at).status == 204
    gone = call("DELETE", at)
    assert (gone.status, gone.json["message"]) == (
        404,
        "Couldn't find a Property with the given name 'my_new_property'",
    )
    assert call("DELETE", f"{base}/groups/named/ff_group1").status == 204


def test_definitions_need_the_right_to_the_schema_of_the_type_in_the_path() -> None:
    call = Caller(limits=False)
    call.token = call.emulator.token(scopes=["crm.schemas.contacts.write"])
    refused = call("POST", "/deals/v1/groups", {"name": "x", "displayName": "X"})
    assert (refused.status, refused.json["errors"][0]["context"]["requiredGranularScopes"]) == (
        403,
        ["crm.schemas.deals.write"],
    )
    assert call("POST", "/contacts/v2/groups", {"name": "x", "displayName": "X"}).status == 200


def test_contacts_v2_lists_the_same_definitions_as_v1() -> None:
    call = account()
    second = call("GET", "/contacts/v2/properties").json
    assert second == call("GET", "/properties/v1/contacts/properties").json
    assert {"createdUserId": None, "optionsAreMutable": None, "isCustomizedDefault": False}.items() <= second[
        0
    ].items()


def test_a_deal_is_made_without_the_associations_that_cannot_be() -> None:
    """destroy_deal.yml: 200, and each failure named."""
    call = account()
    company = int(create(call, "companies", name="Acme")["id"])
    sent = {
        "associations": {"associatedCompanyIds": [company], "associatedVids": [27136]},
        "properties": [{"name": "amount", "value": "30"}],
    }
    made = call("POST", "/deals/v1/deal", sent)
    assert (made.status, made.json["properties"]["amount"]["value"]) == (200, "30")
    assert made.json["associations"]["associatedCompanyIds"] == [company]
    assert made.json["associations"]["associatedVids"] == []
    assert made.json["associationCreateFailures"] == [
        {
            "association": {
                "fromObjectId": made.json["dealId"],
                "toObjectId": 27136,
                "associationCategory": "HUBSPOT_DEFINED",
                "associationTypeId": 3,
                "timestamp": None,
            },
            "failReason": "INVALID_OBJECT_IDS",
            "message": "CONTACT=27136 is not valid",
        }
    ]
    whole = call("POST", "/deals/v1/deal", {"properties": [{"name": "amount", "value": "1"}]})
    assert "associationCreateFailures" not in whole.json


def test_the_answer_to_a_new_contact_tells_more_of_its_identity_than_a_later_one() -> None:
    """Hubspot_Contact_find_with_a_valid_ID_finds_the_contact.yml"""
    call = account()
    sent = {"properties": [{"property": "email", "value": "jeni@example.org"}]}
    made = call("POST", "/contacts/v1/contact", sent).json
    (new,) = made["identity-profiles"]
    assert {key: new[key] for key in ("is-deleted", "is-contact", "pointer-vid", "previous-vid")} == {
        "is-deleted": False,
        "is-contact": False,
        "pointer-vid": 0,
        "previous-vid": 0,
    }
    assert {one["source"] for one in new["identities"]} == {"UNSPECIFIED"}
    (later,) = call("GET", f"/contacts/v1/contact/vid/{made['vid']}/profile").json["identity-profiles"]
    assert "pointer-vid" not in later
    assert "source" not in later["identities"][0]


@pytest.mark.parametrize("path", ["contact/", "contact/createOrUpdate/email/jeni@example.org"])
def test_the_case_of_a_contacts_property_does_not_count(path: str) -> None:
    """Recorded: `associatedCompanyId` comes back as `associatedcompanyid`; the piece of
    https://github.com/activepieces/activepieces sends `firstName`."""
    call = account()
    sent = {
        "properties": [
            {"property": "firstName", "value": "Jeni"},
            {"property": "email", "value": "jeni@example.org"},
        ]
    }
    made = call("POST", f"/contacts/v1/{path}", sent)
    assert made.status == 200
    told = call("GET", f"/contacts/v1/contact/vid/{made.json['vid']}/profile").json["properties"]
    assert told["firstname"]["value"] == "Jeni"
    wrong = call("POST", "/contacts/v1/contact", {"properties": [{"property": "Nosuch", "value": "1"}]})
    assert (wrong.status, wrong.json["validationResults"][0]["error"]) == (400, "PROPERTY_DOESNT_EXIST")


@pytest.mark.parametrize("path", ["lists/recently_updated/contacts/recent", "lists/all/contacts/recent"])
def test_recent_contacts_go_on_after_a_contact_when_the_moment_is_not_given(path: str) -> None:
    """As the node of n8n-io/n8n asks: it would never end if the first page came again."""
    call = account()
    made = []
    for number in range(5):
        made.append(int(create(call, "contacts", email=f"c{number}@example.com")["id"]))
        call.clock.advance(1)
    told, offset = [], ""
    for _ in range(5):
        page = call("GET", f"/contacts/v1/{path}?count=2{offset}").json
        told += [one["vid"] for one in page["contacts"]]
        if not page["has-more"]:
            break
        offset = f"&vidOffset={page['vid-offset']}"
    assert told == made[::-1]


@pytest.mark.parametrize("more", ["", "&propertyMode=value_and_history"])
def test_contacts_are_listed_with_the_moment_of_their_version_when_asked(more: str) -> None:
    """singer-io/tap-hubspot: `includeVersion: True` and the bookmark `versionTimestamp`."""
    call = account()
    made = create(call, "contacts", email="ada@example.com")["id"]
    call.clock.advance(5)
    call("PATCH", f"/crm/v3/objects/contacts/{made}", {"properties": {"firstname": "Ada"}})
    path = "/contacts/v1/lists/all/contacts/all"
    (line,) = call("GET", f"{path}?includeVersion=True{more}").json["contacts"]
    assert line["versionTimestamp"] == line["addedAt"] + 5000
    (bare,) = call("GET", f"{path}?count=1{more}").json["contacts"]
    assert "versionTimestamp" not in bare


def test_the_log_of_changes_tells_what_happened_after_the_last_one_told() -> None:
    call = account()
    first = int(create(call, "tickets", subject="one", hs_pipeline_stage="1")["id"])
    call.clock.advance(1)
    second = int(create(call, "tickets", subject="two", hs_pipeline_stage="1")["id"])
    call.clock.advance(1)
    call("PATCH", f"/crm/v3/objects/tickets/{first}", {"properties": {"subject": "three"}})
    log = call("GET", "/crm-objects/v1/change-log/tickets").json
    assert [(one["changeType"], one["objectId"]) for one in log] == [
        ("CREATED", first),
        ("CREATED", second),
        ("CHANGED", first),
    ]
    assert "subject" in log[2]["changes"]["changedProperties"]
    assert log[2]["changes"]["newAssociations"] == []
    call.clock.advance(1)
    call("DELETE", f"/crm/v3/objects/tickets/{second}")
    last = log[-1]
    after = f"timestamp={last['timestamp']}&changeType={last['changeType']}&objectId={last['objectId']}"
    more = call("GET", f"/crm-objects/v1/change-log/tickets?{after}").json
    assert [(one["changeType"], one["objectId"]) for one in more] == [("DELETED", second)]
    alone = call("GET", f"/crm-objects/v1/change-log/tickets?timestamp={log[1]['timestamp']}").json
    assert [one["changeType"] for one in alone] == ["CHANGED", "DELETED"]
    call.clock.advance(DAY + 2)
    assert call("GET", "/crm-objects/v1/change-log/tickets").json == []
    assert call("GET", "/crm-objects/v1/change-log/products").json == []


def test_a_path_may_begin_with_two_slashes() -> None:
    """https://github.com/hotgluexyz/tap-hubspot-beta joins `https://api.hubapi.com/` and `/crm/…`."""
    call = account()
    made = create(call, "contacts", email="ada@example.com")["id"]
    heard = call("GET", f"//crm/v3/objects/contacts/{made}")
    assert (heard.status, heard.json["properties"]["email"]) == (200, "ada@example.com")
    assert call("GET", "/crm//v3/objects/contacts").status == 501
