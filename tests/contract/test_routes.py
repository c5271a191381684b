"""Paths, methods, versions, and how every refusal looks. Paths: HubSpot-public-api-spec-collection @99893791.

Statuses of the emulator's own (501, 405) are decided here: whatever is not served says so.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from hubwire.emulator import Emulator, answer
from hubwire.emulator.exchange import Answer, Asked
from tests.contract.edge import Caller

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.mark.parametrize(
    "path",
    [
        "/crm/v3/objects/contacts",
        "/crm/v3/objects/contacts/",
        "/crm/v4/objects/contacts",
        "/crm/objects/2025-09/contacts",
        "/crm/objects/2026-03/contacts",
        "/crm/objects/2026-09/contacts",
        "/crm/objects/2026-09/0-1",
        "/crm/objects/2026-09/Contact",
        "/crm/v3/owners",
        "/crm/v3/owners/",
        "/crm/owners/2026-03",
        "/crm/owners/2026-09/",
        "/crm/v3/properties/contacts",
        "/crm/properties/2026-03/contacts/",
        "/crm/v3/pipelines/deals",
        "/crm/pipelines/2026-09/deals",
        "/account-info/v3/details",
        "/account-info/2026-03/details",
    ],
)
def test_every_spelling_of_a_path_is_served(path: str) -> None:
    assert Caller()("GET", path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/crm-object-schemas/2025-09/schemas",
        "/crm/imports/2025-09",
        "/crm/limits/2025-09/records",
        "/crm/lists/2025-09/folders",
        "/crm/object-library/2025-09/enablement",
        "/crm/owners/2025-09",
        "/crm/pipelines/2025-09/deals",
        "/crm/properties/2025-09/contacts",
        "/crm/property-validations/2025-09/0-1",
        "/settings/currencies/2025-09/codes",
        "/account-info/2025-09/details",
    ],
)
def test_the_first_dated_version_has_what_the_next_one_has(path: str) -> None:
    caller = Caller(tier="enterprise")
    first, next_ = caller("GET", path), caller("GET", path.replace("2025-09", "2026-03"))
    assert (first.status, first.text) == (200, next_.text)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/cms/v3/blogs/posts", "cms.blogs.posts.list"),
        ("GET", "/cms/blogs/2026-03/posts/7", "cms.blogs.posts.read"),
        ("GET", "/cms/blogs/2026-09/posts/7", "cms.blogs.posts.read"),
        ("POST", "/files/v3/files", "files.create"),
        ("POST", "/marketing/v3/forms", "marketing.forms.create"),
        ("GET", "/conversations/v3/conversations/threads", "conversations.threads.list"),
    ],
)
def test_the_rest_of_hubspot_is_known_by_name_and_not_served(method: str, path: str, operation: str) -> None:
    """HubSpot-public-api-spec-collection @99893791: the refusal says which of HubSpot's calls it is."""
    for token in ("", None):
        heard = Caller()(method, path, {"name": "x"}, token=token)
        assert heard.status == 501
        assert heard.json["context"]["operation"] == [operation]
        assert "HubSpot has this call" in heard.json["message"]


def test_a_method_that_a_path_does_not_have_is_refused_wherever_the_path_is_known() -> None:
    caller = Caller()
    heard = caller("DELETE", "/marketing/v3/forms")
    assert (heard.status, heard.headers["Allow"]) == (405, "GET, POST")
    assert caller("PATCH", "/cms/v3/blogs/posts", {}).status == 405


def test_places_are_percent_decoded_once() -> None:
    caller = Caller()
    assert caller("GET", "/crm/v3/properties/contacts/%65mail").json["name"] == "email"
    heard = caller("GET", "/crm/v3/objects/contacts/a%2Fb%2520")
    assert heard.json["context"] == {"id": ["a/b%20"]}


def test_a_word_that_is_also_an_action_is_an_id_where_it_stands_for_one() -> None:
    heard = Caller()("GET", "/crm/v3/objects/contacts/search")
    assert (heard.status, heard.json["context"]) == (404, {"id": ["search"]})


@pytest.mark.parametrize(
    "path", ["/nothing", "/crm/v3/objects", "/crm/v3/objects//1", "/crm/v9/objects/contacts", "/cms/v3/pages"]
)
def test_an_unknown_path_is_answered_loudly(path: str) -> None:
    heard = Caller()("GET", path)
    assert heard.status == 501
    assert f"GET {path} is not served" in heard.json["message"]
    assert heard.json["category"] == "NOT_SERVED_BY_EMULATOR"


def test_a_call_hubspot_has_and_the_emulator_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "all_handlers", lambda: ({}, {}))
    heard = Caller()("POST", "/crm/v3/pipelines/deals", {"label": "Mine"})
    assert heard.status == 501
    assert heard.json["context"]["operation"] == ["pipelines.create"]
    assert "open an issue" in heard.json["message"]


@pytest.mark.parametrize("version", ["2026-09-beta", "2027-03", "2025-03"])
def test_a_version_that_is_not_served_is_named_with_those_that_are(version: str) -> None:
    heard = Caller()("GET", f"/crm/objects/{version}/contacts")
    assert heard.status == 501
    assert f"v3, 2026-03, 2026-09, not {version}" in heard.json["message"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/crm/v3/owners", "GET"),
        ("PUT", "/crm/v3/objects/contacts/batch/read", "POST"),
        ("OPTIONS", "/crm/v3/owners/1", "GET"),
        ("TRACE", "/properties/v2/contacts/groups", "GET, POST"),
    ],
)
def test_a_known_path_names_the_methods_it_has(method: str, path: str, allowed: str) -> None:
    heard = Caller()(method, path)
    assert (heard.status, heard.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/marketing/v3/emails"),
        ("POST", "/marketing/v3/emails/clone"),
        ("PATCH", "/marketing/v3/emails/1"),
        ("DELETE", "/automation/v4/flows/1"),
        ("POST", "/forms/v2/forms"),
    ],
)
def test_a_method_that_hubspot_has_and_the_emulator_has_not_is_not_served(method: str, path: str) -> None:
    """github.com/NangoHQ/integration-templates, integrations/hubspot: they do work at HubSpot."""
    heard = Caller()(method, path, {} if method != "DELETE" else None)
    assert (heard.status, heard.json["category"]) == (501, "NOT_SERVED_BY_EMULATOR")
    assert f"{method} {path} is not served" in heard.json["message"]


def test_head_is_answered_like_get() -> None:
    assert Caller()("HEAD", "/crm/v3/owners").status == 200


def test_long_urls_pass_and_much_longer_ones_do_not() -> None:
    """https://github.com/PostHog/posthog/pull/31617: 5,116 characters pass, about 16,200 do not."""
    caller = Caller()
    assert caller("GET", "/crm/v3/objects/contacts?properties=" + "a" * 5_100).status == 200
    heard = caller("GET", "/crm/v3/objects/contacts?properties=" + "a" * 16_300)
    assert heard.status == 414


@pytest.mark.parametrize("body", [None, b"", b" \n"])
def test_a_write_without_a_body_is_refused(body: bytes | None) -> None:
    heard = Caller()("POST", "/crm/v3/objects/contacts", body)
    assert heard.status == 400
    assert heard.json["message"] == "Invalid JSON input: a request body was expected, but none found"
    assert heard.json["category"] == "VALIDATION_ERROR"


def test_an_unknown_object_type_has_its_text_and_no_category() -> None:
    """Recorded: amp-labs/connectors, providers/hubspot/test/search/error-invalid-object.json."""
    heard = Caller()("GET", "/crm/v3/objects/widgets")
    assert heard.status == 400
    assert heard.json == {
        "status": "error",
        "message": "Unable to infer object type from: widgets",
        "correlationId": heard.headers["X-HubSpot-Correlation-Id"],
    }


def test_every_answer_carries_its_correlation_id() -> None:
    caller = Caller()
    ids = [caller("GET", "/crm/v3/owners").headers["X-HubSpot-Correlation-Id"] for _ in range(50)]
    assert all(UUID7.fullmatch(one) for one in ids)
    assert len(set(ids)) == 50
    assert ids == sorted(ids)
    heard = caller("GET", "/crm/v3/objects/contacts/1")
    assert heard.json["correlationId"] == heard.headers["X-HubSpot-Correlation-Id"]


def test_two_emulators_alike_answer_alike() -> None:
    def story() -> list[Any]:
        caller = Caller()
        tokens = caller.tokens()
        return [tokens, caller("GET", "/crm/v3/objects/contacts/1").headers]

    assert story() == story()


def test_a_fault_of_the_emulator_is_answered_like_hubspots_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault(portal: Any, asked: Asked) -> Answer:
        raise ZeroDivisionError("secret detail")

    of_portal, of_account = answer.all_handlers()
    monkeypatch.setattr(answer, "all_handlers", lambda: ({**of_portal, "owners.list": fault}, of_account))
    caller = Caller()
    assert caller.emulator
    heard = caller("GET", "/crm/v3/owners")
    assert heard.status == 500
    assert (heard.json["message"], heard.json["category"]) == (
        "There was an error processing the request.",
        "INTERNAL_ERROR",
    )
    assert "secret detail" not in heard.text
    assert "secret detail" in capsys.readouterr().err


def test_requests_are_remembered_with_operation_and_status() -> None:
    caller = Caller()
    caller("GET", "/crm/v3/owners?limit=2")
    caller("GET", "/nowhere", token=None)
    assert [(one.method, one.path, one.op, one.status) for one in caller.emulator.requests] == [
        ("GET", "/crm/v3/owners", "owners.list", 200),
        ("GET", "/nowhere", None, 501),
    ]


def test_the_front_page_tells_how_to_connect_and_what_was_asked() -> None:
    caller = Caller()
    caller("GET", "/crm/v3/objects/contacts/1")
    heard = caller("GET", "/", token=None, headers={"host": "127.0.0.1:8765"})
    assert heard.status == 200
    for word in (
        "http://127.0.0.1:8765",
        "12345678",
        "hubspot-api-client",
        "@hubspot/api-client",
        "hubspot-sdk",
    ):
        assert word in heard.text
    assert "/crm/v3/objects/contacts/1" in heard.text
    assert "404" in heard.text
    assert "<script" not in heard.text


def test_an_emulator_on_a_frozen_clock_never_looks_at_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    def wall() -> float:
        raise AssertionError("looked at the wall clock")

    monkeypatch.setattr("time.time", wall)
    caller = Caller()
    body = {"properties": {"email": "ann@example.com"}}
    assert caller("POST", "/crm/v3/objects/contacts", body).status == 201
    assert caller("GET", "/account-info/v3/details").status == 200


def test_an_unknown_tier_or_seed_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="platinum"):
        Emulator(tier="platinum")
    with pytest.raises(ValueError, match="rich"):
        Emulator(seed="rich")
