"""Reading, updating, upserting and archiving in batches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import V3, account, create, demo_properties, value
from tests.contract.edge import Caller, Heard


def batch(call: Caller, verb: str, inputs: list[Any], kind: str = "contacts", **more: Any) -> Heard:
    return call("POST", f"{V3}/{kind}/batch/{verb}", {"inputs": inputs, **more})


def missing(ids: list[str], noun: str = "CONTACT") -> dict[str, Any]:
    """Recorded: amp-labs/connectors err-partial-success.json."""
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": f"Could not get some {noun} objects, they may be deleted or not exist. "
        "Check that ids are valid.",
        "context": {"ids": ids},
    }


def test_read_finds_by_id_and_reports_the_missing_in_one_entry() -> None:
    """207: https://github.com/HubSpot/hubspot-php issue 619; the entry's text as recorded for updates."""
    call = account()
    made = create(call, "contacts", city="Oslo")["id"]
    heard = batch(call, "read", [{"id": made}, {"id": "1"}, {"id": "x"}], properties=["city"])
    assert heard.status == 207
    (found,) = heard.json["results"]
    assert (found["id"], found["properties"]["city"]) == (made, "Oslo")
    assert heard.json["errors"] == [missing(["1", "x"])]
    assert heard.json["numErrors"] == 1


def test_read_of_what_is_there_answers_200_without_errors() -> None:
    call = account()
    made = create(call, "contacts")["id"]
    heard = batch(call, "read", [{"id": made}])
    assert heard.status == 200
    assert list(heard.json) == ["completedAt", "status", "startedAt", "results"]


def test_read_by_a_unique_property() -> None:
    """HubSpot's contacts guide."""
    call = account()
    made = create(call, "contacts", email="ann@example.com")["id"]
    heard = batch(call, "read", [{"id": "ANN@example.com"}, {"id": "no@example.com"}], idProperty="email")
    assert [record["id"] for record in heard.json["results"]] == [made]
    assert heard.json["errors"][0]["context"]["ids"] == ["no@example.com"]


def test_read_of_archived_records_needs_the_flag() -> None:
    """Spec: `archived` of batch/read."""
    call = account()
    made = create(call, "contacts")["id"]
    call("DELETE", f"{V3}/contacts/{made}")
    assert batch(call, "read", [{"id": made}]).status == 207
    heard = call("POST", f"{V3}/contacts/batch/read?archived=true", {"inputs": [{"id": made}]})
    assert (heard.status, heard.json["results"][0]["archived"]) == (200, True)


def test_read_takes_50_with_history_and_100_without() -> None:
    """Recorded text."""
    call = account()
    ids = [{"id": str(number)} for number in range(1, 102)]
    with_history = batch(call, "read", ids[:51], propertiesWithHistory=["email"])
    assert with_history.status == 400
    assert "a batch request for property histories is 50." in with_history.json["message"]
    assert batch(call, "read", ids[:50], propertiesWithHistory=["email"]).status == 207
    assert batch(call, "read", ids[:100]).status == 207
    assert "supported in a batch is 100." in batch(call, "read", ids).json["message"]


def test_read_with_history() -> None:
    call = account()
    made = create(call, "contacts", city="Oslo")["id"]
    heard = batch(call, "read", [{"id": made}], propertiesWithHistory=["city"])
    assert [e["value"] for e in heard.json["results"][0]["propertiesWithHistory"]["city"]] == ["Oslo"]


def test_update_changes_what_exists_and_reports_the_rest() -> None:
    """Recorded: amp-labs/connectors err-partial-success.json."""
    call = account()
    made = create(call, "contacts", firstname="Siena")["id"]
    inputs = [
        {"id": made, "properties": {"firstname": "Siena (updated)"}},
        {"id": "unknownIdentifier888", "properties": {"firstname": "X"}},
    ]
    heard = batch(call, "update", inputs)
    assert heard.status == 207
    assert heard.json["results"][0]["properties"]["firstname"] == "Siena (updated)"
    assert heard.json["errors"] == [missing(["unknownIdentifier888"])]
    assert value(call, "contacts", made, "firstname") == "Siena (updated)"


def test_update_by_a_unique_property() -> None:
    call = account()
    made = create(call, "contacts", email="ann@example.com")["id"]
    change = {"id": "ann@example.com", "idProperty": "email", "properties": {"city": "Oslo"}}
    heard = batch(call, "update", [change])
    assert (heard.status, heard.json["results"][0]["id"]) == (200, made)


def test_update_with_one_bad_value_changes_nothing() -> None:
    """Recorded: property errors reject the whole batch."""
    call = account()
    first, second = create(call, "contacts")["id"], create(call, "contacts")["id"]
    inputs = [
        {"id": first, "properties": {"city": "Oslo"}},
        {"id": second, "properties": {"email": "bad"}},
    ]
    assert batch(call, "update", inputs).status == 400
    assert value(call, "contacts", first, "city") is None


@pytest.mark.parametrize("verb", ["update", "upsert"])
def test_an_id_twice_in_a_batch_is_refused(verb: str) -> None:
    """Recorded: amp-labs/connectors, rudderlabs/rudder-transformer."""
    key = {"idProperty": "hs_object_id"} if verb == "upsert" else {}
    change = {"id": "123456", **key, "properties": {}}
    heard = batch(account(), verb, [change, change])
    assert heard.status == 400
    assert heard.json["message"] == "Duplicate IDs found in batch input: [123456]. IDs must be unique"
    assert heard.json["context"] == {"ids": ["123456"]}
    assert heard.json["category"] == "VALIDATION_ERROR"


def test_an_input_without_id_is_a_shape_error() -> None:
    heard = batch(account(), "update", [{"properties": {}}])
    assert heard.status == 400
    assert "some of required attributes are not set [id]" in heard.json["message"]


def upserted(email: str, trace: str | None = None, **properties: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"id": email, "idProperty": "email", "properties": properties}
    return row if trace is None else {**row, "objectWriteTraceId": trace}


def test_upsert_creates_and_updates_and_says_which() -> None:
    """HubSpot's contacts guide: `new`; the identifying value need not be repeated."""
    call = account()
    made = create(call, "contacts", email="ann@example.com")["id"]
    heard = batch(
        call, "upsert", [upserted("Ann@example.com", city="Oslo"), upserted("bea@example.com", city="Rome")]
    )
    assert heard.status == 200
    by_city = {record["properties"]["city"]: record for record in heard.json["results"]}
    assert (by_city["Oslo"]["id"], by_city["Oslo"]["new"]) == (made, False)
    assert by_city["Rome"]["new"] is True
    assert by_city["Rome"]["properties"]["email"] == "bea@example.com"
    assert list(by_city["Rome"])[-1] == "new"


def test_upsert_twice_leaves_one_record() -> None:
    call = account()
    for _ in range(2):
        assert batch(call, "upsert", [upserted("ann@example.com", city="Oslo")]).status == 200
    assert call("POST", f"{V3}/contacts/search", {}).json["total"] == 1


def test_upsert_by_email_is_never_partial() -> None:
    """HubSpot's contacts guide: partial upserts are not supported with email."""
    call = account()
    heard = batch(call, "upsert", [upserted("ann@example.com", "t1"), upserted("bad", "t2")])
    assert heard.status == 400
    assert call("POST", f"{V3}/contacts/search", {}).json["total"] == 0


def test_upsert_by_another_property_is_partial_with_trace_ids() -> None:
    """Third party, live: the rule of creates."""
    call = demo_properties(account())
    rows = [
        {"id": "A", "idProperty": "external_id", "properties": {"email": "bad"}, "objectWriteTraceId": "t1"},
        {"id": "B", "idProperty": "external_id", "properties": {}, "objectWriteTraceId": "t2"},
    ]
    heard = batch(call, "upsert", rows)
    assert heard.status == 207
    assert [record["objectWriteTraceId"] for record in heard.json["results"]] == ["t2"]
    assert heard.json["results"][0]["new"] is True
    assert heard.json["errors"][0]["context"]["objectWriteTraceId"] == ["t1"]


def test_upsert_needs_a_unique_property() -> None:
    """Third party, live."""
    row = {"id": "D", "idProperty": "dealname", "properties": {}}
    heard = batch(account(), "upsert", [row], kind="deals")
    assert heard.status == 400
    assert heard.json["message"] == "Unable to perform update/upsert by non-unique 0-3 property dealname"


def test_an_update_does_not_name_the_id_as_its_unique_property() -> None:
    """Observed: segmentio/action-destinations, pull 3957."""
    call = account()
    known = create(call, "companies", name="Acme")["id"]
    row = {"id": known, "idProperty": "hs_object_id", "properties": {"name": "Brill"}}
    heard = batch(call, "update", [row], kind="companies")
    assert (heard.status, heard.json["category"]) == (400, "VALIDATION_ERROR")
    said = "Unable to perform update/upsert by non-unique 0-2 property hs_object_id in portal ID"
    assert heard.json["message"] == f"{said} {call.portal_id}"
    del row["idProperty"]
    assert batch(call, "update", [row], kind="companies").status == 200


def test_upsert_by_id_only_updates() -> None:
    """Inferred from rudderlabs/rudder-transformer."""
    call = account()
    row = {"id": "77", "idProperty": "hs_object_id", "properties": {"city": "Oslo"}}
    heard = batch(call, "upsert", [row])
    assert (heard.status, heard.json["errors"]) == (207, [missing(["77"])])
    assert call("GET", f"{V3}/contacts").json == {"results": []}


def test_one_record_by_two_spellings_of_its_key_is_a_duplicate() -> None:
    call = account()
    create(call, "contacts", email="ann@example.com")
    heard = batch(call, "upsert", [upserted("ann@example.com"), upserted("ANN@example.com")])
    assert heard.status == 400
    assert heard.json["message"].startswith("Duplicate IDs found in batch input")


def test_archive_answers_204_and_knows_no_strangers() -> None:
    """Spec; third party: 204 always."""
    call = account()
    made, kept = create(call, "contacts")["id"], create(call, "contacts")["id"]
    heard = batch(call, "archive", [{"id": made}, {"id": "1"}, {"id": "x"}, {"id": made}])
    assert (heard.status, heard.text) == (204, "")
    assert [record["id"] for record in call("GET", f"{V3}/contacts").json["results"]] == [kept]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{V3}/contacts/batch/create", 201),
        (f"{V3}/contacts/batch/update", 200),
        (f"{V3}/contacts/batch/upsert", 200),
        ("/crm/objects/2026-03/contacts/batch/upsert", 200),
        (f"{V3}/contacts/batch/read", 200),
        ("/crm/v3/associations/contacts/companies/batch/create", 201),
    ],
)
@pytest.mark.parametrize("body", [{}, {"inputs": []}, {"id": "a@x.example", "idProperty": "email"}])
def test_a_body_without_the_wrapper_is_a_silent_success(path: str, status: int, body: Any) -> None:
    """Seen live: COMPLETE with empty results, and nothing written.

    https://github.com/rudderlabs/rudder-transformer/pull/5147, HubSpot/hubspot-api-nodejs issues 26 and 85.
    """
    call = account()
    heard = call("POST", path, body)
    assert (heard.status, heard.json["status"], heard.json["results"]) == (status, "COMPLETE", [])
    assert "errors" not in heard.json
    assert call("POST", f"{V3}/contacts/search", {}).json["total"] == 0


@pytest.mark.parametrize("empty", ["", "  "])
def test_upsert_by_nothing_makes_nothing(empty: str) -> None:
    """Assumed: HubSpot's answer is not known."""
    call = account()
    inputs = [{"id": empty, "idProperty": "email", "properties": {"firstname": "A"}}]
    heard = call("POST", f"{V3}/contacts/batch/upsert", {"inputs": inputs})
    assert (heard.status, heard.json["category"]) == (400, "VALIDATION_ERROR")
    assert call("POST", f"{V3}/contacts/search", {}).json["total"] == 0
