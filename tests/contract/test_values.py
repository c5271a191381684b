"""Which property values are stored, in which form, and how the others are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.crm import V3, account, create, demo_properties, value


def refused(kind: str, **properties: Any) -> list[dict[str, Any]]:
    """The `errors` of a create, after checking that the message tells the same."""
    heard = demo_properties(account())("POST", f"{V3}/{kind}", {"properties": properties})
    assert heard.status == 400, heard.text
    assert heard.json["category"] == "VALIDATION_ERROR"
    lead, _, embedded = heard.json["message"].partition("Property values were not valid: ")
    assert lead == ""
    told = [(entry["name"], entry["error"], entry["message"]) for entry in json.loads(embedded)]
    errors: list[dict[str, Any]] = heard.json["errors"]
    assert told == [(e["context"]["propertyName"][0], e["code"], e["message"]) for e in errors]
    assert all(entry["isValid"] is False for entry in json.loads(embedded))
    return errors


@pytest.mark.parametrize(
    ("name", "sent", "code", "message"),
    [
        ("no_such", "1", "PROPERTY_DOESNT_EXIST", 'Property "no_such" does not exist'),
        ("email", "not-an-email", "INVALID_EMAIL", "Email address not-an-email is invalid"),
        ("email", "a b@example.com", "INVALID_EMAIL", "Email address a b@example.com is invalid"),
        (
            "loyalty_tier",
            "iron",
            "INVALID_OPTION",
            "iron was not one of the allowed options: [bronze, silver, gold, platinum]",
        ),
        ("vip", "tYES", "INVALID_OPTION", "tYES was not one of the allowed options: [true, false]"),
        (
            "hs_full_name_or_email",
            "x",
            "READ_ONLY_VALUE",
            '"hs_full_name_or_email" is a calculated property; its value cannot be set.',
        ),
    ],
)
def test_bad_values_are_refused_with_code_and_message(name: str, sent: str, code: str, message: str) -> None:
    """Recorded: amp-labs/connectors err-many-invalid-properties.json; HubSpot's error handling page."""
    (error,) = refused("contacts", **{name: sent})
    assert error == {"message": message, "code": code, "context": {"propertyName": [name]}}


def test_a_number_must_be_one() -> None:
    """HubSpot's docs: INVALID_INTEGER, `… was not a valid number`."""
    (error,) = refused("companies", annual_spend="discount")
    assert (error["code"], error["message"]) == ("INVALID_INTEGER", "discount was not a valid number")


@pytest.mark.parametrize(
    "sent", ["soon", "2026-02-30", "2026-01-01T09:00:00Z", "1767258000000", "12/31/2025"]
)
def test_a_date_must_be_midnight_utc(sent: str) -> None:
    """HubSpot's properties guide: a date is midnight UTC. INVALID_DATE: third party."""
    (error,) = refused("contacts", customer_since=sent)
    assert error["code"] == "INVALID_DATE"


def test_a_moment_that_is_none_is_no_valid_long() -> None:
    """Recorded: github.com/grouparoo/grouparoo, plugins/@grouparoo/hubspot/__tests__/fixtures (v1)."""
    (error,) = refused("contacts", closedate="asd000")
    assert (error["code"], error["message"]) == ("INVALID_LONG", "asd000 was not a valid long.")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("vip", "true "),
        ("customer_since", " 2026-01-01"),
        ("closedate", "2026-01-01T09:00:00Z\u00a0"),
        ("lifecyclestage", " customer"),
        ("product_interests", "training;software "),
    ],
)
def test_only_texts_may_have_whitespace_around_them(name: str, sent: str) -> None:
    """HubSpot's changelog, breaking-change-enhanced-validations-for-non-string-properties, April 2025."""
    (error,) = refused("contacts", **{name: sent})
    assert error["code"] == "LEADING_TRAILING_WHITESPACE"
    assert error["message"] == f'"{sent}" includes leading or trailing whitespace.'
    assert (
        account()("POST", f"{V3}/contacts", {"properties": {"firstname": " Ann "}}).json["properties"][
            "firstname"
        ]
        == " Ann "
    )


def test_every_problem_is_listed() -> None:
    """Recorded: amp-labs/connectors err-many-invalid-properties.json."""
    errors = refused("contacts", email="bad", first000name="x", vip="perhaps")
    assert [error["code"] for error in errors] == ["INVALID_EMAIL", "PROPERTY_DOESNT_EXIST", "INVALID_OPTION"]


def test_nothing_is_stored_when_one_value_is_bad() -> None:
    call = account()
    call("POST", f"{V3}/contacts", {"properties": {"email": "ann@example.com", "no_such": "1"}})
    assert call("GET", f"{V3}/contacts").json == {"results": []}


@pytest.mark.parametrize(
    ("name", "sent", "stored"),
    [
        ("firstname", 5, "5"),
        ("firstname", True, "true"),
        ("email", " Ann@Example.COM ", "ann@example.com"),
        ("email", "zoë@exämple.de", "zoë@exämple.de"),
        ("vip", True, "true"),
        ("vip", "false", "false"),
        ("customer_since", "2026-01-01", "2026-01-01"),
        ("customer_since", "1767225600000", "2026-01-01"),
        ("customer_since", 1767225600000, "2026-01-01"),
        ("customer_since", "2026-01-01T00:00:00.000Z", "2026-01-01"),
        ("product_interests", "training;software", "training;software"),
        ("product_interests", "training;software;training", "training;software"),
        ("lifecyclestage", "customer", "customer"),
    ],
)
def test_values_are_stored_as_strings_in_one_form(name: str, sent: Any, stored: str) -> None:
    """HubSpot's properties guide; numbers keep their digits (recorded: NangoHQ create-deal)."""
    call = demo_properties(account())
    made = create(call, "contacts", **{name: sent})["id"]
    assert value(call, "contacts", made, name) == stored


@pytest.mark.parametrize(("raw", "stored"), [("5000.00", "5000.00"), ("1e3", "1e3"), ('"-0.5"', "-0.5")])
def test_numbers_keep_the_digits_they_were_sent_with(raw: str, stored: str) -> None:
    """Recorded: NangoHQ (`5000.00` stays)."""
    call = account()
    heard = call("POST", f"{V3}/deals", f'{{"properties": {{"amount": {raw}}}}}'.encode())
    assert heard.json["properties"]["amount"] == stored


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-03-12T10:00:00Z", "2026-03-12T10:00:00Z"),
        ("2026-03-12T10:00:00.5Z", "2026-03-12T10:00:00.500Z"),
        ("2026-03-12T12:00:00+02:00", "2026-03-12T10:00:00Z"),
        ("1773309600000", "2026-03-12T10:00:00Z"),
        ("2026-03-12", "2026-03-12T00:00:00Z"),
    ],
)
def test_moments_are_read_in_utc(sent: str, stored: str) -> None:
    """HubSpot's properties guide: ISO 8601 or epoch milliseconds."""
    call = account()
    made = create(call, "deals", closedate=sent)["id"]
    assert value(call, "deals", made, "closedate") == stored


def test_one_bad_option_among_good_ones_is_named() -> None:
    (error,) = refused("contacts", product_interests="training;knitting")
    assert error["message"] == (
        "knitting was not one of the allowed options: [software, hardware, support, training, consulting]"
    )


def test_a_leading_semicolon_adds_to_the_stored_options() -> None:
    """HubSpot's properties guide."""
    call = demo_properties(account())
    made = create(call, "contacts", product_interests=";software")["id"]
    path = f"{V3}/contacts/{made}"
    assert value(call, "contacts", made, "product_interests") == "software"
    call("PATCH", path, {"properties": {"product_interests": ";training;software"}})
    assert value(call, "contacts", made, "product_interests") == "software;training"
    call("PATCH", path, {"properties": {"product_interests": "support"}})
    assert value(call, "contacts", made, "product_interests") == "support"


def test_a_stage_must_be_one_of_the_pipelines() -> None:
    """Inferred: INVALID_OPTION with the stage ids."""
    (error,) = refused("deals", dealstage="nope")
    assert error["code"] == "INVALID_OPTION"
    assert "appointmentscheduled, qualifiedtobuy" in error["message"]


def test_a_string_has_at_most_65536_characters() -> None:
    """HubSpot's properties guide; the refusal's text is assumed."""
    call = account()
    create(call, "contacts", firstname="x" * 65_536)
    heard = call("POST", f"{V3}/contacts", {"properties": {"firstname": "x" * 65_537}})
    assert heard.status == 400


@pytest.mark.parametrize(
    "text", ["Zoë", "李雷", "a\u0000b", 'quo"te', "back\\slash", "emoji 🎉", "line\nbreak"]
)
def test_any_text_comes_back_as_it_went_in(text: str) -> None:
    call = account()
    made = create(call, "contacts", firstname=text)["id"]
    assert value(call, "contacts", made, "firstname") == text
