"""Creating one record."""

from __future__ import annotations

import pytest

from tests.contract.crm import V3, account, create, link, read

NANGO = "https://github.com/NangoHQ/integration-templates/tree/main/integrations/hubspot/tests"


def test_a_contact_comes_back_with_everything_that_is_set_on_it() -> None:
    """Recorded: NangoHQ/integration-templates create-contact.test.json."""
    call = account()
    body = create(
        call,
        "contacts",
        email="test.contact.1741764800@example.com",
        firstname="Test",
        lastname="Contact",
        phone="+1 555-1234",
        company="Test Company",
        website="https://testcompany.com",
    )
    record, now = body["id"], "2026-01-01T09:00:00Z"
    assert list(body) == ["id", "properties", "createdAt", "updatedAt", "archived", "url"]
    assert body["properties"] == {
        "company": "Test Company",
        "createdate": now,
        "email": "test.contact.1741764800@example.com",
        "firstname": "Test",
        "hs_all_contact_vids": record,
        "hs_associated_target_accounts": "0",
        "hs_currently_enrolled_in_prospecting_agent": "false",
        "hs_email_domain": "example.com",
        "hs_full_name_or_email": "Test Contact",
        "hs_is_contact": "true",
        "hs_is_unworked": "true",
        "hs_lifecyclestage_lead_date": "1767258000000",
        "hs_membership_has_accessed_private_content": "0",
        "hs_object_id": record,
        "hs_object_source": "INTEGRATION",
        "hs_object_source_id": "7654321",
        "hs_object_source_label": "INTEGRATION",
        "hs_pipeline": "contacts-lifecycle-pipeline",
        "hs_prospecting_agent_actively_enrolled_count": "0",
        "hs_prospecting_agent_total_enrolled_count": "0",
        "hs_registered_member": "0",
        "hs_searchable_calculated_phone_number": "15551234",
        "hs_sequences_actively_enrolled_count": "0",
        "hs_v2_date_entered_current_stage": now,
        "hs_v2_time_in_current_stage": now,
        "lastmodifieddate": now,
        "lastname": "Contact",
        "lifecyclestage": "lead",
        "num_notes": "0",
        "phone": "+1 555-1234",
        "website": "https://testcompany.com",
    }
    assert list(body["properties"]) == sorted(body["properties"])
    assert (body["createdAt"], body["updatedAt"], body["archived"]) == (now, now, False)
    assert body["url"] == f"https://app.hubspot.com/contacts/12345678/record/0-1/{record}"


def test_a_company_gets_its_website_from_its_domain() -> None:
    """Recorded: NangoHQ/integration-templates create-company.test.json."""
    props = create(account(), "companies", name="Test Company Inc", domain="testcompany.com")["properties"]
    assert props["website"] == "testcompany.com"
    assert props["hs_task_label"] == "Test Company Inc"
    assert props["lifecyclestage"] == "lead"
    assert props["hs_pipeline"] == "companies-lifecycle-pipeline"
    assert props["hs_annual_revenue_currency_code"] == "USD"
    assert props["hs_num_open_deals"] == props["num_associated_contacts"] == "0"
    assert "lastmodifieddate" not in props
    assert props["hs_lastmodifieddate"] == props["createdate"]


def test_two_companies_may_share_a_domain() -> None:
    """Recorded: NangoHQ/integration-templates, create-company and batch-create-companies, one domain."""
    call = account()
    first, second = (create(call, "companies", domain="testcompany.com")["id"] for _ in range(2))
    assert first != second


def test_a_deal_without_pipeline_stays_without() -> None:
    """Recorded: NangoHQ/integration-templates create-deal.test.json (a JSON number in, its digits out)."""
    props = create(account(), "deals", dealname="Test Deal for Validation", amount=10000)["properties"]
    assert props["amount"] == props["amount_in_home_currency"] == props["hs_forecast_amount"] == "10000"
    assert "pipeline" not in props
    assert "dealstage" not in props
    assert props["hs_is_closed_won"] == props["hs_is_closed_lost"] == "false"
    assert props["createdate"] == props["hs_createdate"]
    assert props["hs_projected_amount"] == props["days_to_close"] == "0"


def test_a_ticket_with_only_a_stage_lands_in_pipeline_0() -> None:
    """Recorded: NangoHQ/integration-templates create-ticket.test.json; pipeline `0`: HubSpot's guide."""
    body = create(account(), "tickets", subject="Test support ticket from API", hs_pipeline_stage="1")
    props = body["properties"]
    assert props["hs_pipeline"] == "0"
    assert props["hs_ticket_id"] == body["id"]
    assert props["hs_is_closed"] == "false"
    assert props["hs_last_message_from_visitor"] == "false"
    assert props["hs_helpdesk_sort_timestamp"] == props["createdate"]


def test_a_task_that_is_late_says_so_and_has_a_url_of_its_own() -> None:
    """Recorded: NangoHQ/integration-templates create-task.test.json."""
    call = account()
    body = create(
        call,
        "tasks",
        hs_task_subject="Test task",
        hs_task_status="NOT_STARTED",
        hs_task_priority="MEDIUM",
        hs_timestamp="2024-12-31T23:59:59Z",
    )
    props = body["properties"]
    assert props["hs_timestamp"] == "2024-12-31T23:59:59Z"
    assert props["hs_task_family"] == "SALES"
    assert props["hs_task_for_object_type"] == "OWNER"
    assert props["hs_task_is_completed"] == "0"
    assert props["hs_task_is_overdue"] == "true"
    assert props["hs_createdate"] == props["hs_lastmodifieddate"] == body["createdAt"]
    assert "createdate" not in props
    assert body["url"] == f"https://app.hubspot.com/tasks/{call.portal_id}/view/all/task/{body['id']}"


def test_a_note_has_a_preview_and_coordinates() -> None:
    """Recorded: NangoHQ/integration-templates create-note.test.json."""
    call = account()
    body = create(call, "notes", hs_note_body="<p>Called <b>Ann</b></p>", hs_timestamp=1767258000000)
    props = body["properties"]
    assert props["hs_body_preview"] == "Called Ann"
    assert props["hs_body_preview_is_truncated"] == "false"
    assert props["hs_obj_coords"] == f"0-46-{body['id']}"
    listed = f"/contacts/{call.portal_id}/objects/0-46/views/all/list?filters=%5B%7B%22property%22%3A"
    assert listed in body["url"]


def test_a_moment_is_echoed_as_sent_and_read_as_iso() -> None:
    """Recorded: NangoHQ create-note (echo); reads: HubSpot's properties guide."""
    call = account()
    body = create(call, "notes", hs_note_body="x", hs_timestamp=1767258000123)
    assert body["properties"]["hs_timestamp"] == "1767258000123"
    later = read(call, "notes", body["id"], "properties=hs_timestamp")
    assert later["properties"]["hs_timestamp"] == "2026-01-01T09:00:00.123Z"


def test_the_answer_says_where_the_record_is() -> None:
    """Third party: create answers carry a Location header."""
    call = account()
    heard = call("POST", f"{V3}/contacts", {"properties": {"email": "ann@example.com"}})
    assert heard.headers["Location"].endswith(f"/crm/v3/objects/contacts/{heard.json['id']}")


@pytest.mark.parametrize("spelling", ["contact", "contacts", "CONTACT", "Contacts", "0-1"])
def test_an_object_type_goes_by_plural_singular_and_id(spelling: str) -> None:
    """HubSpot's object APIs guide; letter case: an independent emulator measured it in August 2026."""
    body = create(account(), spelling, email="ann@example.com")
    assert "/record/0-1/" in body["url"]


@pytest.mark.parametrize(
    "path", ["/crm/v3/objects/contacts", "/crm/objects/2026-03/0-1", "/crm/objects/2026-09/contacts"]
)
def test_every_version_creates_alike(path: str) -> None:
    """Spec: HubSpot-public-api-spec-collection, contacts v3, 2026-03 and 2026-09."""
    heard = account()("POST", path, {"properties": {"email": "ann@example.com"}, "associations": []})
    assert heard.status == 201
    assert heard.json["properties"]["email"] == "ann@example.com"


def test_an_unknown_object_type_is_refused_without_a_category() -> None:
    """Recorded: amp-labs/connectors, providers/hubspot/test/search/error-invalid-object.json."""
    heard = account()("POST", f"{V3}/butterflies", {"properties": {}})
    assert heard.status == 400
    assert heard.json["message"] == "Unable to infer object type from: butterflies"
    assert "category" not in heard.json


def test_a_contacts_address_is_taken_once() -> None:
    """Recorded, many: https://github.com/HubSpot/hubspot-api-python/issues/51."""
    call = account()
    first = create(call, "contacts", email="ann@example.com")["id"]
    heard = call("POST", f"{V3}/contacts", {"properties": {"email": "Ann@Example.COM"}})
    assert heard.status == 409
    assert heard.json["message"] == f"Contact already exists. Existing ID: {first}"
    assert heard.json["category"] == "CONFLICT"


def test_contacts_without_an_address_do_not_collide() -> None:
    call = account()
    assert create(call, "contacts", firstname="A")["id"] != create(call, "contacts", firstname="A")["id"]


def test_ids_are_decimal_unique_and_not_in_order_of_creation() -> None:
    """Recorded: NangoHQ search-tickets (a ticket created 59 minutes earlier has the higher id)."""
    call = account()
    ids = [int(create(call, "contacts")["id"]) for _ in range(40)]
    assert len(set(ids)) == 40
    assert ids != sorted(ids)


def test_a_record_can_be_born_with_associations() -> None:
    """HubSpot's contacts guide; ids may be JSON numbers; the answer never shows associations (recorded)."""
    call = account()
    company = create(call, "companies", name="Acme")["id"]
    contact = create(call, "contacts", [link(279, int(company))], email="ann@example.com")
    assert "associations" not in contact
    listed = read(call, "contacts", contact["id"], "associations=companies")["associations"]
    assert listed["companies"]["results"][0]["id"] == company


def test_an_association_with_a_record_that_is_not_there_stops_the_create() -> None:
    """Recorded: 400 `One or more associations are invalid` with context.INVALID_OBJECT_IDS."""
    call = account()
    heard = call("POST", f"{V3}/companies", {"properties": {"name": "A"}, "associations": [link(280, 383)]})
    assert heard.status == 400
    assert heard.json["message"] == "One or more associations are invalid"
    assert heard.json["context"]["INVALID_OBJECT_IDS"] == ["CONTACT=383 is not valid"]
    assert heard.json["category"] == "VALIDATION_ERROR"
    assert call("GET", f"{V3}/companies").json == {"results": []}


def test_an_association_type_of_another_direction_stops_the_create() -> None:
    """Third party, live: `invalid from object type 0-47 for associations to be created. expected: 0-1`."""
    call = account()
    company = create(call, "companies", name="Acme")["id"]
    heard = call("POST", f"{V3}/meetings", {"properties": {}, "associations": [link(279, company)]})
    assert heard.status == 400
    assert heard.json["message"] == (
        "invalid from object type 0-47 for associations to be created. expected: 0-1"
    )


def test_a_body_is_expected() -> None:
    """Recorded."""
    heard = account()("POST", f"{V3}/contacts")
    assert heard.status == 400
    assert heard.json["message"] == "Invalid JSON input: a request body was expected, but none found"
    assert heard.json["category"] == "VALIDATION_ERROR"


def test_a_body_of_the_wrong_shape_is_told_where_it_went_wrong() -> None:
    """Recorded form: rudderlabs/rudder-transformer (Jackson's words, line and column, no category)."""
    heard = account()("POST", f"{V3}/contacts", b'{\n  "properties": [1]\n}')
    assert heard.status == 400
    assert heard.json["message"].startswith(
        "Invalid input JSON on line 2, column 17: Cannot deserialize value of"
    )
    assert heard.json["message"].endswith("from Array value (token `JsonToken.START_ARRAY`)")
    assert "category" not in heard.json


def test_a_property_value_must_be_a_scalar() -> None:
    heard = account()("POST", f"{V3}/contacts", b'{"properties": {"email": {"a": 1}}}')
    assert heard.json["message"] == (
        "Invalid input JSON on line 1, column 26: Cannot deserialize value of type `java.lang.String` "
        "from Object value (token `JsonToken.START_OBJECT`)"
    )


def test_what_an_error_has_nothing_to_say_about_is_left_out() -> None:
    """Recorded: no null members in error envelopes (amp-labs/connectors err-conflict.json)."""
    assert list(account()("POST", f"{V3}/contacts").json) == [
        "status",
        "message",
        "correlationId",
        "category",
    ]
