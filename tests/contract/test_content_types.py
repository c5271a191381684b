"""What kind of body a request says it has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller


@pytest.mark.parametrize(
    "kind", ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "text/json"]
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/crm/v3/objects/contacts", {"properties": {}}),
        ("POST", "/crm/objects/2026-09/contacts/batch/read", {"inputs": []}),
        ("PUT", "/crm/lists/2026-03/1/memberships/add", []),
        ("POST", "/companies/v2/companies", {"properties": []}),
    ],
)
def test_a_body_that_says_it_is_no_json_is_refused(kind: str, method: str, path: str, body: Any) -> None:
    """415 from HubSpot: HubSpot/hubspot-local-dev-lib pull 103, dimagi/commcare-hq pull 8643."""
    call = Caller()
    heard = call(method, path, body, headers={"content-type": kind})
    assert (heard.status, "category" in heard.json) == (415, False)
    for right in ("application/json", "application/json; charset=utf-8", "Application/JSON"):
        assert call(method, path, body, headers={"content-type": right}).status != 415


def test_a_read_that_was_answered_is_refused_with_another_kind_of_body() -> None:
    call = Caller()
    path, body = "/crm/v3/objects/contacts/batch/read", {"inputs": [{"id": "1"}]}
    for kind, status in (("application/json", 207), ("text/plain", 415), ("application/json", 207)):
        assert call("POST", path, body, headers={"content-type": kind}).status == status


def test_a_token_is_asked_for_with_a_form() -> None:
    """415: hubspot-net/HubSpot.NET issue 102."""
    heard = Caller()(
        "POST",
        "/oauth/v1/token",
        {"grant_type": "refresh_token"},
        token=None,
        headers={"content-type": "application/json"},
    )
    assert heard.status == 415
