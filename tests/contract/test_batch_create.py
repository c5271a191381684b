"""Creating in batches."""

from __future__ import annotations

from typing import Any

from tests.contract.crm import V3, account, create, link
from tests.contract.edge import Caller, Heard


def send(call: Caller, *inputs: dict[str, Any], kind: str = "contacts") -> Heard:
    return call("POST", f"{V3}/{kind}/batch/create", {"inputs": list(inputs)})


def row(email: str, trace: str | None = None, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"properties": {"email": email, **more}}
    return body if trace is None else {**body, "objectWriteTraceId": trace}


def count(call: Caller) -> int:
    total: int = call("POST", f"{V3}/contacts/search", {}).json["total"]
    return total


def test_a_batch_answers_201_in_an_envelope() -> None:
    """Recorded: amp-labs/connectors success.json, key order completedAt, status, startedAt, results."""
    heard = send(account(), row("ann@example.com"), row("bea@example.com"))
    assert heard.status == 201
    assert list(heard.json) == ["completedAt", "status", "startedAt", "results"]
    assert heard.json["status"] == "COMPLETE"
    assert heard.json["completedAt"] == "2026-01-01T09:00:00Z"
    first = heard.json["results"][0]
    assert first["properties"]["hs_email_domain"] == "example.com"
    assert list(first) == ["id", "properties", "createdAt", "updatedAt", "archived", "url"]


def test_results_are_not_in_input_order() -> None:
    """HubSpot staff: https://github.com/HubSpot/hubspot-api-nodejs/issues/190."""
    for size in (2, 3, 10):
        emails = [f"c{size}.{number}@example.com" for number in range(size)]
        results = send(account(), *map(row, emails)).json["results"]
        answered = [record["properties"]["email"] for record in results]
        assert sorted(answered) == sorted(emails)
        assert answered != emails


def test_a_trace_id_comes_back_with_its_record() -> None:
    """Spec: objectWriteTraceId on SimplePublicObject, v3 and 2026-03."""
    heard = send(account(), row("ann@example.com", "t1"), row("bea@example.com", "t2"))
    traced = {record["objectWriteTraceId"]: record["properties"]["email"] for record in heard.json["results"]}
    assert traced == {"t1": "ann@example.com", "t2": "bea@example.com"}


def test_without_trace_ids_one_duplicate_rejects_all() -> None:
    """Recorded: amp-labs/connectors err-conflict.json."""
    call = account()
    first = create(call, "contacts", email="ann@example.com")["id"]
    heard = send(call, row("bea@example.com"), row("ann@example.com"))
    assert heard.status == 409
    assert heard.json["category"] == "CONFLICT"
    assert heard.json["message"] == f"Contact already exists. Existing ID: {first}"
    assert count(call) == 1


def test_without_trace_ids_bad_values_reject_all_and_are_all_listed() -> None:
    """Recorded: amp-labs/connectors err-many-invalid-properties.json."""
    call = account()
    bad = {"properties": {"first000name": "A", "last000name": "B"}}
    heard = send(call, bad, row("ann@example.com"), bad)
    assert heard.status == 400
    assert [error["context"]["propertyName"][0] for error in heard.json["errors"]] == [
        "first000name",
        "last000name",
        "first000name",
        "last000name",
    ]
    assert count(call) == 0


def test_with_a_trace_id_on_every_input_the_good_ones_are_made() -> None:
    """HubSpot's error handling page (multi-status errors)."""
    call = account()
    first = create(call, "contacts", email="ann@example.com")["id"]
    heard = send(
        call,
        row("ann@example.com", "t1"),
        row("bea@example.com", "t2"),
        row("not-an-email", "t3"),
        row("cem@example.com", "t4"),
    )
    assert heard.status == 207
    assert {record["objectWriteTraceId"] for record in heard.json["results"]} == {"t2", "t4"}
    assert list(heard.json) == ["completedAt", "status", "startedAt", "results", "errors", "numErrors"]
    assert heard.json["numErrors"] == 2
    conflict, invalid = heard.json["errors"]
    assert conflict == {
        "status": "error",
        "category": "CONFLICT",
        "message": f"Contact already exists. Existing ID: {first}",
        "context": {"objectWriteTraceId": ["t1"], "existingId": [first]},
    }
    assert (invalid["category"], invalid["context"]) == ("VALIDATION_ERROR", {"objectWriteTraceId": ["t3"]})
    assert invalid["message"].startswith("Property values were not valid: [{")
    assert count(call) == 3


def test_trace_ids_that_repeat_or_are_missing_do_not_count() -> None:
    """HubSpot's error handling page: a unique id for every input."""
    for traces in (("t1", "t1"), ("t1", None)):
        call = account()
        heard = send(call, row("ann@example.com", traces[0]), row("bad", traces[1]))
        assert heard.status == 400
        assert count(call) == 0


def test_one_address_twice_in_a_batch_is_a_conflict() -> None:
    """Unproved; recorded is a 409 without an id (amp-labs/connectors err-conflict.json)."""
    call = account()
    heard = send(call, row("ann@example.com"), row("ANN@example.com"))
    assert (heard.status, heard.json["message"]) == (409, "Contact already exists")
    partial = send(call, row("ann@example.com", "t1"), row("ANN@example.com", "t2"))
    assert partial.status == 207
    assert [record["objectWriteTraceId"] for record in partial.json["results"]] == ["t1"]


def test_at_most_100_inputs() -> None:
    """Recorded text."""
    call = account()
    assert send(call, *(row(f"c{number}@example.com") for number in range(100))).status == 201
    heard = send(call, *(row(f"d{number}@example.com") for number in range(101)))
    assert heard.status == 400
    assert heard.json["message"] == (
        "The maximum number of inputs supported in a batch is 100. "
        "Please reduce the number of items and try again"
    )
    assert heard.json["category"] == "VALIDATION_ERROR"
    assert count(call) == 100


def test_inputs_may_bring_associations() -> None:
    call = account()
    company = create(call, "companies", name="Acme")["id"]
    heard = send(call, {**row("ann@example.com"), "associations": [link(279, company)]})
    made = heard.json["results"][0]["id"]
    linked = call("GET", f"/crm/v4/objects/contacts/{made}/associations/companies").json["results"]
    assert [entry["toObjectId"] for entry in linked] == [int(company)]


def test_a_bare_array_is_told_what_was_expected() -> None:
    """Recorded form: rudderlabs/rudder-transformer (START_ARRAY when `inputs` was forgotten)."""
    heard = account()("POST", f"{V3}/contacts/batch/create", [row("ann@example.com")])
    assert heard.status == 400
    assert heard.json["message"].startswith(
        "Invalid input JSON on line 1, column 1: Cannot deserialize value of type `BatchInput$Json<"
    )
    assert heard.json["message"].endswith("from Array value (token `JsonToken.START_ARRAY`)")
