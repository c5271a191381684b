"""What HubSpot's refusals say, in all the shapes they have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire import errors
from hubwire.errors import HubSpotError, InvalidProperty, Problem

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
NAMES = ["message", "category", "correlationId", "context", "errors", "status", "error", "policyName"]


def read(body: Any, status: int = 400, **headers: str) -> Problem:
    return Problem.read(status, json.dumps(body).encode(), headers)


def touch(problem: Problem) -> str:
    return f"{problem!r} {problem.properties} {problem.existing_id} {problem.scopes} {problem.context}"


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.integers(100, 599))
def test_any_body_is_a_problem(body: bytes, status: int) -> None:
    problem = Problem.read(status, body, {"retry-after": body.decode("latin-1")})
    assert problem.status == status
    assert problem.message
    assert touch(problem)


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_every_field_may_be_anything(body: dict[str, Any]) -> None:
    assert touch(read(body))


@given(st.text())
def test_any_text_may_follow_the_words_that_announce_a_list(text: str) -> None:
    assert touch(read({"message": f"Property values were not valid: {text}"}))


def test_a_message_nested_beyond_reason_is_only_a_message() -> None:
    problem = read({"message": "Property values were not valid: " + "[" * 100_000})
    assert problem.properties == ()
    assert Problem.read(400, b"[" * 100_000).message


def test_a_page_of_a_proxy_is_told_in_its_words() -> None:
    page = b"<html><head><style>p {}</style></head><body><h1>502 Bad Gateway</h1>cloudflare</body></html>"
    problem = Problem.read(502, page)
    assert problem.message == "502 Bad Gateway cloudflare"
    assert problem.category is None


def test_an_empty_answer_says_its_status() -> None:
    assert Problem.read(504, b"").message == "HTTP 504 without a body"


def test_the_correlation_id_may_be_in_the_headers_only() -> None:
    assert read({}, **{"x-hubspot-correlation-id": "abc"}).correlation_id == "abc"
    assert read({"correlationId": "body"}, **{"x-hubspot-correlation-id": "abc"}).correlation_id == "body"


LISTED = [
    {
        "message": 'Property "x" does not exist',
        "code": "PROPERTY_DOESNT_EXIST",
        "context": {"propertyName": ["x"]},
    }
]
EMBEDDED = [
    {
        "isValid": False,
        "message": 'Property "x" does not exist',
        "error": "PROPERTY_DOESNT_EXIST",
        "name": "x",
    },
    {"isValid": False, "message": "Email address y is invalid", "error": "INVALID_EMAIL", "name": "email"},
]
X = InvalidProperty("x", "PROPERTY_DOESNT_EXIST", 'Property "x" does not exist')
Y = InvalidProperty("email", "INVALID_EMAIL", "Email address y is invalid")


def test_refused_values_are_read_from_inside_the_message() -> None:
    """Recorded in November 2025: the list in the text is longer than `errors`."""
    message = f"Property values were not valid: {json.dumps(EMBEDDED)}"
    assert read({"message": message, "errors": LISTED}).properties == (X, Y)
    assert read({"message": f"{message} And more words."}).properties == (X, Y)


def test_refused_values_are_read_from_the_list_where_the_message_has_none() -> None:
    assert read({"message": "The property values provided are invalid", "errors": LISTED}).properties == (X,)


def test_required_properties_are_read_from_the_context() -> None:
    """Versions before 2026-09; observed by Luigi08001/hubcli in April 2026."""
    message = "Error creating TICKET. Some required properties were not set."
    (one, two) = read({"message": message, "context": {"properties": ["size", "colour"]}}).properties
    assert one == InvalidProperty("size", "MISSING_REQUIRED_PROPERTY", "A value for size must be provided")
    assert two.name == "colour"
    nothing = {"message": "No properties found to update.", "context": {"properties": ["{}"]}}
    assert read(nothing).properties == ()


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Contact already exists. Existing ID: 6001", "category": "CONFLICT"},
        {"message": "Contact already exists", "context": {"existingId": ["6001"]}},
        {"message": "Contact already exists", "context": {"existingId": 6001}},
    ],
)
def test_the_record_in_the_way_is_named(body: dict[str, Any]) -> None:
    assert errors.Conflict(read(body, 409)).existing_id == "6001"


def test_a_conflict_may_name_no_record() -> None:
    assert errors.Conflict(read({"message": "Contact already exists"}, 409)).existing_id is None


@pytest.mark.parametrize(
    "body",
    [
        {
            "context": {
                "requiredGranularScopes": ["a", "b"],
                "links": ["https://developers.hubspot.com/scopes"],
            }
        },
        {
            "errors": [
                {"message": "…", "context": {"requiredGranularScopes": ["a"], "requiredScopes": ["b", "a"]}}
            ]
        },
    ],
)
def test_missing_scopes_are_read_from_both_forms(body: dict[str, Any]) -> None:
    forbidden = errors.Forbidden(read(body, 403))
    assert forbidden.scopes == ("a", "b")
    assert "Needed: a, b" in str(forbidden)


def test_an_error_says_status_category_and_correlation_id() -> None:
    error = errors.NotFound(
        read({"message": "gone", "category": "OBJECT_NOT_FOUND", "correlationId": "c"}, 404)
    )
    assert str(error) == "404 OBJECT_NOT_FOUND: gone (correlation id c)"
    assert (error.status, error.category, error.correlation_id) == (404, "OBJECT_NOT_FOUND", "c")
    assert error.args[0] == "gone"


def test_every_error_has_the_five_attributes() -> None:
    problem = read({})
    for kind in vars(errors).values():
        if not (isinstance(kind, type) and issubclass(kind, errors.HubwireError)):
            continue
        error = kind.__new__(kind)
        if issubclass(kind, HubSpotError):
            error = kind(problem)
        for name in ("status", "category", "correlation_id", "problem", "may_have_written"):
            assert hasattr(error, name), (kind, name)


def test_a_write_that_may_have_happened_keeps_what_is_known() -> None:
    cause = errors.ServerError(read({"message": "oops", "correlationId": "c"}, 502))
    error = errors.MaybeWritten(cause, ["t1"])
    assert (error.trace_ids, error.status, error.correlation_id) == (("t1",), 502, "c")
    assert error.may_have_written
    assert "oops" in str(error)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("-1", 0.0), ("", None), (None, None), ("soon", None)],
)
def test_a_retry_after_is_seconds(value: str | None, seconds: float | None) -> None:
    assert errors.seconds(value) == seconds


def test_a_retry_after_may_be_a_date() -> None:
    assert errors.seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    later = errors.seconds("Fri, 01 Jan 2100 00:00:00 GMT")
    assert later is not None
    assert later > 1e6


@given(st.text())
def test_any_retry_after_is_seconds_or_nothing(value: str) -> None:
    found = errors.seconds(value)
    assert found is None or found >= 0
