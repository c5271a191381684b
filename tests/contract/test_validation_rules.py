"""Validation rules of properties, and what they refuse of records.

Rules and arguments:
https://developers.hubspot.com/docs/api-reference/latest/crm/properties/property-validations; that they hold
for the API: https://developers.hubspot.com/changelog (2023-07-24). Only INVALID_ALPHA is known.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller

BASE = "/crm/v3/property-validations/0-1"
RECORDS = "/crm/v3/objects/contacts"


def put(caller: Caller, name: str, rule: str, *arguments: str, **more: Any) -> int:
    body = {"ruleArguments": list(arguments), **more}
    return caller("PUT", f"{BASE}/{name}/rule-type/{rule}", body).status


def test_a_rule_is_set_and_read() -> None:
    caller = Caller()
    assert put(caller, "city", "MAX_LENGTH", "5") == 204
    assert put(caller, "city", "MAX_LENGTH", "6") == 204
    assert put(caller, "city", "FORMAT", "UPPER", shouldApplyNormalization=True) == 204
    rules = [
        {"ruleType": "MAX_LENGTH", "ruleArguments": ["6"], "shouldApplyNormalization": False},
        {"ruleType": "FORMAT", "ruleArguments": ["UPPER"], "shouldApplyNormalization": True},
    ]
    assert caller("GET", f"{BASE}/city").json == {"results": rules}
    assert caller("GET", f"{BASE}/city/rule-type/FORMAT").json == rules[1]
    assert caller("GET", "/crm/property-validations/2026-09/0-1").json == {
        "results": [{"propertyName": "city", "propertyValidationRules": rules}]
    }
    assert caller("GET", f"{BASE}/city/rule-type/URL").status == 404
    assert caller("GET", f"{BASE}/nothing").status == 404
    assert caller("GET", f"{BASE}/email").json == {"results": []}


@pytest.mark.parametrize(
    ("rule", "arguments"),
    [
        ("NO_SUCH_RULE", []),
        ("MAX_LENGTH", []),
        ("MAX_LENGTH", ["10001"]),
        ("MAX_LENGTH", ["x"]),
        ("DECIMAL", ["21"]),
        ("FORMAT", ["SHOUTED"]),
        ("ALPHANUMERIC", ["ALPHA_ONLY", "NUMERIC_ONLY"]),
        ("DAYS_OF_WEEK", ["FRIYAY"]),
        ("EMAIL_ALLOWED_DOMAINS", ["a.example"] * 21),
        ("REGEX", ["("]),
        ("REGEX", ["(?=U)lm"]),
        ("REGEX", ["(?<!U)lm"]),
        ("REGEX", [r"(.)\1"]),
        ("AFTER_DURATION", ["soon"]),
        ("MIN_NUMBER", ["1"]),
        ("START_DATE", ["0"]),
        ("MIN_LENGTH", ["0"]),
    ],
)
def test_arguments_must_fit_the_rule(rule: str, arguments: list[str]) -> None:
    caller = Caller()
    assert put(caller, "city", rule, *arguments) == 400
    assert caller("GET", BASE).json == {"results": []}


@pytest.mark.parametrize(
    ("type_", "field", "rule", "argument", "status"),
    [
        ("date", "date", "AFTER_DURATION", "P1Y", 204),
        ("date", "date", "AFTER_DATETIME_DURATION", "P1Y", 400),
        ("datetime", "date", "BEFORE_DURATION", "P1Y", 400),
        ("datetime", "date", "BEFORE_DATETIME_DURATION", "P1Y", 204),
        ("date", "date", "START_DATETIME", "0", 400),
        ("datetime", "date", "END_DATE", "0", 400),
        ("datetime", "date", "DAYS_OF_WEEK", "MONDAY", 204),
        ("string", "textarea", "REGEX", "^U", 204),
        ("string", "phonenumber", "REGEX", "^U", 400),
        ("string", "phonenumber", "MIN_LENGTH", "1", 204),
        ("string", "textarea", "WHITESPACE", "TRIM", 400),
        ("string", "text", "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE", "us", 400),
        ("number", "number", "MAX_LENGTH", "3", 400),
    ],
)
def test_a_rule_is_for_some_types_and_fields(
    type_: str, field: str, rule: str, argument: str, status: int
) -> None:
    """The guide's table: the types of property, and the fields of text, that each rule is for."""
    caller = Caller()
    body = {"name": "held", "label": "Held", "groupName": "contactinformation"}
    made = caller("POST", "/crm/v3/properties/contacts", {**body, "type": type_, "fieldType": field})
    assert made.status == 201
    assert put(caller, "held", rule, argument) == status
    assert len(caller("GET", f"{BASE}/held").json["results"]) == (status == 204)


def test_letters_only_is_refused_as_hubspot_does() -> None:
    caller = Caller()
    put(caller, "city", "ALPHANUMERIC", "ALPHA_ONLY")
    heard = caller("POST", RECORDS, {"properties": {"city": "Ulm2"}})
    assert heard.status == 400
    assert heard.json["errors"] == [
        {"message": "Enter only letters", "code": "INVALID_ALPHA", "context": {"propertyName": ["city"]}}
    ]
    assert caller("POST", RECORDS, {"properties": {"city": "Zürich"}}).status == 201
    assert caller("POST", RECORDS, {"properties": {"city": ""}}).status == 201


@pytest.mark.parametrize(
    ("name", "rule", "arguments", "good", "bad"),
    [
        ("city", "ALPHANUMERIC", ["ALPHANUMERIC"], "Ulm2", "Ulm-2"),
        ("city", "ALPHANUMERIC", ["NUMERIC_ONLY"], "22", "2a"),
        ("city", "MIN_LENGTH", ["3"], "Ulm", "Ul"),
        ("city", "MAX_LENGTH", ["3"], "Ulm", "Ulms"),
        ("city", "REGEX", ["^U", "Begin with U"], "Ulm", "Bonn"),
        ("city", "SPECIAL_CHARACTERS", ["NOT_ALLOWED"], "Ulm am See", "Ulm!"),
        ("city", "WHITESPACE", ["TRIM"], "U lm", "Ulm "),
        ("city", "WHITESPACE", ["ALL"], "Ulm", "U lm"),
        ("city", "FORMAT", ["LOWER"], "ulm", "Ulm"),
        ("city", "FORMAT", ["CAPITALIZATION"], "Bad Ems", "bad Ems"),
        ("website", "URL", [], "https://a.example.com/x", "not a url"),
        (
            "website",
            "URL_ALLOWED_DOMAINS",
            ["example.com"],
            "https://a.example.com/x",
            "https://b.example.org",
        ),
        ("website", "DOMAIN", [], "a.example.com", "https://a.example.com"),
        ("city", "EMAIL", [], "ann@example.com", "ann@"),
        ("email", "EMAIL_BLOCKED_DOMAINS", ["example.org"], "ann@example.com", "ann@example.org"),
        ("email", "EMAIL_ALLOWED_DOMAINS", ["example.com"], "ann@example.com", "ann@example.org"),
        ("phone", "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE", [], "+49 731 123456", "0731 123456"),
        ("shoe", "MIN_NUMBER", ["10"], "10", "9.5"),
        ("shoe", "MAX_NUMBER", ["50"], "50", "50.5"),
        ("shoe", "DECIMAL", ["1"], "42.5", "42.55"),
        ("bought", "START_DATE", ["1767225600000"], "2026-01-01", "2025-12-31"),
        ("bought", "END_DATE", ["1767225600000"], "2026-01-01", "2026-01-02"),
        ("bought", "DAYS_OF_WEEK", ["THURSDAY"], "2026-01-01", "2026-01-02"),
    ],
)
def test_each_rule_lets_pass_and_refuses(
    name: str, rule: str, arguments: list[str], good: str, bad: str
) -> None:
    caller = Caller()
    for new, type_ in (("shoe", "number"), ("bought", "date")):
        body = {
            "name": new,
            "label": new,
            "type": type_,
            "fieldType": type_,
            "groupName": "contactinformation",
        }
        assert caller("POST", "/crm/v3/properties/contacts", body).status == 201
    assert put(caller, name, rule, *arguments) == 204
    assert caller("POST", RECORDS, {"properties": {name: good}}).status == 201
    refused = caller("POST", RECORDS, {"properties": {name: bad}})
    assert refused.status == 400
    assert refused.json["errors"][0]["context"] == {"propertyName": [name]}


def test_a_rule_may_put_the_value_in_order_instead() -> None:
    caller = Caller()
    put(caller, "city", "FORMAT", "UPPER", shouldApplyNormalization=True)
    put(caller, "city", "WHITESPACE", "TRIM", shouldApplyNormalization=True)
    made = caller("POST", RECORDS, {"properties": {"city": " Ulm "}})
    read = caller("GET", f"{RECORDS}/{made.json['id']}?properties=city")
    assert read.json["properties"]["city"] == "ULM"


@pytest.mark.parametrize(
    ("rule", "period", "kind", "good", "bad"),
    [
        ("AFTER_DURATION", "P2D", "date", "2026-01-03", "2026-01-02"),
        ("BEFORE_DURATION", "P1M", "date", "2025-12-01", "2025-12-02"),
        ("BEFORE_DURATION", "P18Y", "date", "2008-01-01", "2008-01-02"),
        ("AFTER_DATETIME_DURATION", "PT1H30M", "datetime", "2026-01-01T10:30:00Z", "2026-01-01T10:29:59Z"),
        ("BEFORE_DATETIME_DURATION", "P1W", "datetime", "2025-12-25T09:00:00Z", "2025-12-25T09:00:01Z"),
    ],
)
def test_a_duration_counts_from_now(rule: str, period: str, kind: str, good: str, bad: str) -> None:
    """The guide: a duration after or before the current date or time, as ISO 8601 writes it."""
    caller = Caller()
    definition = {
        "groupName": "contactinformation", "name": "due", "label": "Due", "type": kind, "fieldType": "date",
    }  # fmt: skip
    assert caller("POST", "/crm/v3/properties/contacts", definition).status == 201
    assert put(caller, "due", rule, period) == 204
    contacts = "/crm/v3/objects/contacts"
    assert caller("POST", contacts, {"properties": {"due": good}}).status == 201
    refused = caller("POST", contacts, {"properties": {"due": bad}})
    assert (refused.status, refused.json["category"]) == (400, "VALIDATION_ERROR")
    caller.clock.advance(400 * 86_400)
    later = caller("POST", contacts, {"properties": {"due": bad}})
    assert later.status == (400 if rule.startswith("AFTER") else 201)
