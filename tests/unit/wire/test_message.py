"""Requests as they are shown and as they are sent."""

from __future__ import annotations

from hubwire.wire.flow import Send
from hubwire.wire.message import Reply, Request, Timeout, form


def test_a_bearer_token_is_never_shown() -> None:
    request = Request("GET", "/crm").to("https://api.test", "secret-token")
    assert "secret-token" not in repr(request)
    assert "secret-token" not in repr(Send(request, Timeout()))
    assert ("authorization", "Bearer secret-token") in request.all_headers()


def test_bodies_are_shown_by_size_only() -> None:
    assert (
        repr(Request("POST", "/crm", body=b'{"email":"ada@example.com"}')) == "Request(POST /crm, 27 bytes)"
    )
    assert repr(Reply(200, {}, b"secret")) == "Reply(200, 6 bytes)"


def test_commas_stay_commas_and_the_rest_is_encoded() -> None:
    request = Request("GET", "/crm", (("properties", "a,b"), ("q", "ü &"), ("after", "")))
    assert request.target == "/crm?properties=a,b&q=%C3%BC+%26&after="
    assert Request("GET", "/crm").to("https://api.test", None).url == "https://api.test/crm"


def test_a_body_brings_its_content_type() -> None:
    assert Request("GET", "/").all_headers() == [("accept", "application/json")]
    assert ("content-type", "application/json") in Request("POST", "/", body=b"{}").all_headers()


def test_a_form_leaves_out_what_is_none() -> None:
    assert form({"a": "1 2", "b": None, "c": "ü"}) == b"a=1+2&c=%C3%BC"
