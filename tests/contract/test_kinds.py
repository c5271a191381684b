"""What single object types have of their own."""

from __future__ import annotations

import pytest

from tests.contract.crm import V3, account, create, link, value

BASES = [V3, "/crm/objects/2026-03", "/crm/objects/2026-09"]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    "name",
    ["deal_splits", "deal_split", "partner_clients", "partner_client", "partner_services", "CONTRACTS"],
)
def test_types_of_the_specification_that_no_guide_tells_of(base: str, name: str) -> None:
    """HubSpot-public-api-spec-collection, PublicApiSpecs/CRM."""
    call = account()
    assert call("GET", f"{base}/{name}").json == {"results": []}
    assert call("POST", f"{base}/{name}/search", {}).json == {"total": 0, "results": []}


def test_contracts_are_only_read() -> None:
    assert account()("POST", f"{V3}/contracts", {"properties": {}}).status == 405


def test_a_user_is_created_with_its_user_id_and_address() -> None:
    """Guide: a users record needs hs_internal_user_id and hs_email."""
    call = account()
    made = create(call, "users", hs_internal_user_id="55555555", hs_email="a@example.com")
    assert value(call, "users", made["id"], "hs_internal_user_id") == "55555555"


@pytest.mark.parametrize(
    ("sent", "amount"),
    [
        ({"quantity": "2", "price": "9.99"}, "19.98"),
        ({"quantity": "3", "price": "10", "discount": "1.50"}, "25.5"),
        ({"quantity": "2", "price": "10", "hs_discount_percentage": "25"}, "15"),
        ({"quantity": "2"}, None),
    ],
)
def test_a_line_item_knows_its_net_price(sent: dict[str, str], amount: str | None) -> None:
    call = account()
    made = create(call, "line_items", **sent)
    assert made["properties"].get("amount") == amount
    call("PATCH", f"{V3}/line_items/{made['id']}", {"properties": {"price": "100", "quantity": "1"}})
    assert value(call, "line_items", made["id"], "hs_pre_discount_amount") == "100"


def test_a_deal_knows_what_its_stage_makes_of_its_amount() -> None:
    call = account()
    made = create(call, "deals", amount="250", dealstage="contractsent")
    assert made["properties"]["hs_projected_amount"] == "225"
    assert made["properties"]["hs_closed_amount"] == "0"
    call("PATCH", f"{V3}/deals/{made['id']}", {"properties": {"dealstage": "closedwon"}})
    assert value(call, "deals", made["id"], "hs_closed_amount") == "250"
    call("PATCH", f"{V3}/deals/{made['id']}", {"properties": {"dealstage": "closedlost"}})
    assert value(call, "deals", made["id"], "hs_closed_amount") == "0"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("calls", "hs_body_preview_html"),
        ("emails", "hs_body_preview"),
        ("emails", "hs_body_preview_html"),
        ("emails", "hs_email_html"),
        ("meetings", "hs_body_preview_html"),
        ("notes", "hs_body_preview_html"),
        ("tasks", "hs_body_preview_html"),
    ],
)
def test_some_texts_of_activities_are_not_filtered_by(kind: str, name: str) -> None:
    """https://developers.hubspot.com/docs/guides/api/crm/search names them; the words are ours."""
    body = {"filters": [{"propertyName": name, "operator": "HAS_PROPERTY"}]}
    heard = account()("POST", f"{V3}/{kind}/search", body)
    assert (heard.status, heard.json["category"]) == (400, "VALIDATION_ERROR")
    assert name in heard.json["message"]


def test_an_upsert_shows_the_value_it_went_by() -> None:
    call = account()
    create(call, "contacts", email="ann@example.com")
    item = {"id": "ann@example.com", "idProperty": "email", "properties": {"city": "Oslo"}}
    heard = call("POST", f"{V3}/contacts/batch/upsert", {"inputs": [item]})
    (result,) = heard.json["results"]
    assert (result["new"], result["properties"]["email"]) == (False, "ann@example.com")


def test_the_old_way_to_associate_a_pair_is_in_2026_03_too() -> None:
    """The schemas guide of 2026-03 shows the PUT."""
    call = account()
    contact, company = create(call, "contacts")["id"], create(call, "companies")["id"]
    path = f"/crm/objects/2026-03/contacts/{contact}/associations/companies/{company}"
    assert call("PUT", f"{path}/contact_to_company_unlabeled").status == 200
    assert call("GET", f"{path.rpartition('/')[0]}").json["results"][0]["toObjectId"] == int(company)
    assert call("DELETE", f"{path}/279").status == 204
    assert call("GET", f"{path.rpartition('/')[0]}").json["results"] == []


def test_only_an_associated_activity_is_pinned() -> None:
    """Guide: it must be associated already, or in the same request."""
    call = account()
    note = create(call, "notes", hs_note_body="x")["id"]
    values = {"hs_pinned_engagement_id": note}
    refused = call("POST", f"{V3}/contacts", {"properties": values})
    assert (refused.status, refused.json["category"]) == (400, "VALIDATION_ERROR")
    made = create(call, "contacts", [link(201, note)], **values)["id"]
    assert value(call, "contacts", made, "hs_pinned_engagement_id") == note
    later = create(call, "contacts")["id"]
    assert call("PATCH", f"{V3}/contacts/{later}", {"properties": values}).status == 400
    call("PUT", f"/crm/v4/objects/notes/{note}/associations/default/contacts/{later}")
    assert call("PATCH", f"{V3}/contacts/{later}", {"properties": values}).status == 200
