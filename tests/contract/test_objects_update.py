"""Changing and archiving one record."""

from __future__ import annotations

import pytest

from tests.contract.crm import V3, account, create, demo_properties, link, read, value


def test_an_update_answers_what_was_sent_the_always_three_and_a_few_calculated() -> None:
    """Recorded: NangoHQ/integration-templates update-contact.test.json."""
    call = account()
    made = create(call, "contacts", email="ann@example.com", firstname="Ann", city="Oslo")["id"]
    call.clock.advance(1.5)
    heard = call(
        "PATCH", f"{V3}/contacts/{made}", {"properties": {"firstname": "Updated", "lastname": "Contact"}}
    )
    assert heard.status == 200
    assert heard.json["properties"] == {
        "createdate": "2026-01-01T09:00:00Z",
        "firstname": "Updated",
        "hs_is_unworked": "true",
        "hs_object_id": made,
        "hs_object_source": "INTEGRATION",
        "hs_object_source_id": "7654321",
        "hs_object_source_label": "INTEGRATION",
        "hs_pipeline": "contacts-lifecycle-pipeline",
        "hs_v2_date_entered_current_stage": "2026-01-01T09:00:00Z",
        "hs_v2_time_in_current_stage": "2026-01-01T09:00:00Z",
        "lastmodifieddate": "2026-01-01T09:00:01.500Z",
        "lastname": "Contact",
        "lifecyclestage": "lead",
    }
    assert heard.json["updatedAt"] == "2026-01-01T09:00:01.500Z"
    assert heard.json["createdAt"] == "2026-01-01T09:00:00Z"


def test_calculated_values_follow() -> None:
    call = account()
    made = create(call, "contacts", email="ann@example.com")["id"]
    call("PATCH", f"{V3}/contacts/{made}", {"properties": {"firstname": "Ann", "email": "ann@other.example"}})
    assert value(call, "contacts", made, "hs_full_name_or_email") == "Ann"
    assert value(call, "contacts", made, "hs_email_domain") == "other.example"


def test_a_write_that_changes_nothing_keeps_the_modification_time() -> None:
    """Recorded: NangoHQ batch-update-companies; third party, live July 2026."""
    call = account()
    made = create(call, "contacts", firstname="Ann")["id"]
    call.clock.advance(60)
    heard = call("PATCH", f"{V3}/contacts/{made}", {"properties": {"firstname": "Ann"}})
    assert heard.json["updatedAt"] == "2026-01-01T09:00:00Z"


RECORDED = "github.com/grouparoo/grouparoo, plugins/@grouparoo/hubspot/__tests__/fixtures"


@pytest.mark.parametrize("nothing", ["", None])
def test_a_cleared_property_is_told_as_an_empty_string_and_one_never_set_as_null(nothing: str | None) -> None:
    """Recorded for updates and searches (February 2022, RECORDED); taken to be alike in the other reads."""
    call = account()
    made = create(
        call, "contacts", email="ann@example.com", firstname="Ann", closedate="2026-05-01T00:00:00Z"
    )["id"]
    told = {"firstname": "", "closedate": "", "lastname": None}
    heard = call(
        "PATCH",
        f"{V3}/contacts/{made}",
        {"properties": dict.fromkeys(("firstname", "closedate"), nothing)},
    )
    assert (heard.json["properties"]["firstname"], heard.json["properties"]["closedate"]) == ("", "")
    asked = f"properties={','.join(told)}"
    found = {"query": "ann@example.com", "properties": [*told]}
    for answered in (
        call("GET", f"{V3}/contacts/{made}?{asked}").json,
        call("GET", f"{V3}/contacts?{asked}").json["results"][0],
        call("POST", f"{V3}/contacts/batch/read", {"properties": [*told], "inputs": [{"id": made}]}).json[
            "results"
        ][0],
        call("POST", f"{V3}/contacts/search", found).json["results"][0],
    ):
        assert {name: answered["properties"][name] for name in told} == told
    assert call("DELETE", f"{V3}/contacts/{made}").status == 204
    gone = call("GET", f"{V3}/contacts/{made}?archived=true&{asked}").json
    assert {name: gone["properties"][name] for name in told} == told


def test_a_cleared_property_has_no_value_for_a_search() -> None:
    call = account()
    made = create(call, "contacts", firstname="Ann", closedate="2026-05-01T00:00:00Z")["id"]
    call("PATCH", f"{V3}/contacts/{made}", {"properties": {"firstname": "", "closedate": ""}})
    for name in ("firstname", "closedate"):
        for operator, total in (("HAS_PROPERTY", 0), ("NOT_HAS_PROPERTY", 1)):
            sought = {"filters": [{"propertyName": name, "operator": operator}]}
            assert call("POST", f"{V3}/contacts/search", sought).json["total"] == total


@pytest.mark.parametrize("name", ["email", "firstname"])
def test_an_update_that_sends_the_address_answers_its_domain(name: str) -> None:
    """RECORDED for batches."""
    call = account()
    made = create(call, "contacts", email="ann@example.com")["id"]
    sent = {"email": "ann@example.org", "firstname": "Ann"}[name]
    body = {"inputs": [{"id": made, "properties": {name: sent}}]}
    told = call("POST", f"{V3}/contacts/batch/update", body).json["results"][0]["properties"]
    assert told.get("hs_email_domain") == ("example.org" if name == "email" else None)


def test_clearing_what_was_never_set_changes_nothing() -> None:
    call = account()
    made = create(call, "contacts", firstname="Ann")
    call.clock.advance(60)
    heard = call("PATCH", f"{V3}/contacts/{made['id']}", {"properties": {"lastname": ""}})
    assert (heard.json["properties"]["lastname"], heard.json["updatedAt"]) == ("", made["updatedAt"])
    assert value(call, "contacts", made["id"], "lastname") is None


def test_a_cleared_property_can_be_set_again() -> None:
    call = account()
    made = create(call, "contacts", firstname="Ann")["id"]
    for name in ("", "Bea"):
        call("PATCH", f"{V3}/contacts/{made}", {"properties": {"firstname": name}})
        assert value(call, "contacts", made, "firstname") == name


def test_a_record_can_be_changed_by_a_unique_property() -> None:
    """HubSpot's contacts guide: PATCH …?idProperty=email."""
    call = account()
    made = create(call, "contacts", email="ann@example.com")["id"]
    heard = call("PATCH", f"{V3}/contacts/ann@example.com?idProperty=email", {"properties": {"city": "Oslo"}})
    assert (heard.status, heard.json["id"]) == (200, made)


def test_an_address_in_use_cannot_be_taken_over() -> None:
    """Inferred: 409 as on create."""
    call = account()
    first = create(call, "contacts", email="ann@example.com")["id"]
    second = create(call, "contacts", email="bea@example.com")["id"]
    heard = call("PATCH", f"{V3}/contacts/{second}", {"properties": {"email": "ann@example.com"}})
    assert heard.status == 409
    assert heard.json["message"] == f"Contact already exists. Existing ID: {first}"
    own = call("PATCH", f"{V3}/contacts/{first}", {"properties": {"email": "ann@example.com"}})
    assert own.status == 200


def test_a_unique_value_in_use_is_refused() -> None:
    """Third party: two integrations match on CONFLICTING_UNIQUE_VALUE and `already has that value`."""
    call = demo_properties(account())
    holder = create(call, "companies", external_id="C-1")["id"]
    heard = call("POST", f"{V3}/companies", {"properties": {"external_id": "C-1"}})
    assert heard.status == 400
    assert heard.json["category"] == "VALIDATION_ERROR"
    assert heard.json["errors"][0]["code"] == "CONFLICTING_UNIQUE_VALUE"
    assert f"{holder} already has that value" in heard.json["errors"][0]["message"]


def test_the_lifecycle_only_moves_forward_unless_cleared_first() -> None:
    """HubSpot's guide. That a step back is dropped silently is assumed."""
    call = account()
    made = create(call, "contacts", lifecyclestage="customer")["id"]
    path = f"{V3}/contacts/{made}"
    heard = call("PATCH", path, {"properties": {"lifecyclestage": "lead"}})
    assert (heard.status, value(call, "contacts", made, "lifecyclestage")) == (200, "customer")
    call("PATCH", path, {"properties": {"lifecyclestage": ""}})
    call("PATCH", path, {"properties": {"lifecyclestage": "lead"}})
    assert value(call, "contacts", made, "lifecyclestage") == "lead"


def test_a_stage_change_restarts_its_clock() -> None:
    call = account()
    made = create(call, "deals", dealname="D", dealstage="qualifiedtobuy")["id"]
    call.clock.advance(3600)
    heard = call("PATCH", f"{V3}/deals/{made}", {"properties": {"dealstage": "closedwon"}})
    assert heard.json["properties"]["hs_v2_date_entered_current_stage"] == "2026-01-01T10:00:00Z"
    assert value(call, "deals", made, "hs_is_closed_won") == "true"


def test_a_missing_record_cannot_be_changed() -> None:
    heard = account()("PATCH", f"{V3}/contacts/1", {"properties": {}})
    assert (heard.status, heard.json["message"]) == (404, "resource not found")


def test_archiving_answers_204_whatever_the_id() -> None:
    """Recorded: NangoHQ delete-task.test.json (a made-up id); third party: twice."""
    call = account()
    made = create(call, "tasks")["id"]
    for target in (made, made, "1234567890", "abc"):
        heard = call("DELETE", f"{V3}/tasks/{target}")
        assert (heard.status, heard.text) == (204, "")


def test_an_archived_record_is_gone_from_reads_lists_searches_and_associations() -> None:
    """HubSpot's guides; third party live: read again with archived=true."""
    call = account()
    company = create(call, "companies", name="Acme")["id"]
    made = create(call, "contacts", [link(279, company)], email="ann@example.com")["id"]
    call("DELETE", f"{V3}/contacts/{made}")
    assert call("GET", f"{V3}/contacts/{made}").status == 404
    assert call("GET", f"{V3}/contacts").json == {"results": []}
    assert call("POST", f"{V3}/contacts/search", {}).json == {"total": 0, "results": []}
    assert call("GET", f"/crm/v4/objects/companies/{company}/associations/contacts").json == {"results": []}
    assert "associations" not in read(call, "companies", company, "associations=contacts")
    assert read(call, "contacts", made, "archived=true")["archived"] is True
    assert call("PATCH", f"{V3}/contacts/{made}", {"properties": {}}).status == 404


def test_the_address_of_an_archived_contact_is_free_again() -> None:
    """Inferred: a re-created contact gets a new record."""
    call = account()
    made = create(call, "contacts", email="ann@example.com")["id"]
    call("DELETE", f"{V3}/contacts/{made}")
    assert create(call, "contacts", email="ann@example.com")["id"] != made


@pytest.mark.parametrize("base", [V3, "/crm/objects/2026-03", "/crm/objects/2026-09"])
def test_an_update_names_at_least_one_property(base: str) -> None:
    """Recorded: segmentio/action-destinations, HubSpot's upsertContact tests."""
    call = account()
    made = create(call, "contacts", email="ann@example.com")["id"]
    for body in ({}, {"properties": {}}):
        for path in (made, "ann@example.com?idProperty=email"):
            heard = call("PATCH", f"{base}/contacts/{path}", body)
            assert heard.status == 400
            assert heard.json["message"] == "No properties found to update, please provide at least one."
            assert heard.json["context"] == {"properties": ["{}"]}
            assert heard.json["category"] == "VALIDATION_ERROR"
    assert call("PATCH", f"{base}/contacts/77", {"properties": {}}).status == 404
