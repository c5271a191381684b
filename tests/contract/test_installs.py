"""An app that uninstalls itself, and what a static token stands for.

https://developers.hubspot.com/docs/api-reference/latest/crm/app-uninstalls/uninstall-app
"""

from __future__ import annotations

import pytest

from tests.contract.edge import CLIENT, Caller

INFO = "/oauth/v2/private-apps/get/access-token-info"
OUT = "/appinstalls/2026-09/external-install"


def test_a_static_token_tells_account_app_and_scopes_to_whoever_has_it() -> None:
    caller = Caller()
    heard = caller("POST", INFO, {"tokenKey": caller.token}, token=None)
    assert heard.status == 200
    assert (heard.json["hubId"], heard.json["appId"], heard.json["userId"]) == (12345678, 7654321, 55555555)
    assert "crm.objects.contacts.read" in heard.json["scopes"]


@pytest.mark.parametrize(
    ("body", "status"), [({"tokenKey": "pat-na1-unknown"}, 401), ({}, 400), ([], 400), (b"[" * 9000, 400)]
)
def test_an_unknown_static_token_is_refused(body: object, status: int) -> None:
    assert Caller()("POST", INFO, body, token=None).status == status


def test_an_oauth_token_is_no_static_one() -> None:
    caller = Caller()
    assert caller("POST", INFO, {"tokenKey": caller.tokens()["access_token"]}, token=None).status == 401


@pytest.mark.parametrize("out", [OUT, OUT.replace("2026-09", "2026-03"), OUT.replace("2026-09", "v3")])
def test_an_app_that_uninstalls_itself_has_no_tokens_left(out: str) -> None:
    caller = Caller()
    given = caller.tokens()
    heard = caller("DELETE", out, token=given["access_token"])
    assert (heard.status, heard.text) == (204, "")
    assert caller("GET", "/account-info/v3/details", token=given["access_token"]).status == 401
    again = caller.form(
        "/oauth/v3/token", grant_type="refresh_token", refresh_token=given["refresh_token"], **CLIENT
    )
    assert (again.status, again.json["status"]) == (400, "BAD_REFRESH_TOKEN")
    assert caller("GET", "/account-info/v3/details").status == 200


def test_a_static_token_uninstalls_nothing() -> None:
    caller = Caller()
    assert caller("DELETE", OUT).status == 403
    assert caller("GET", "/account-info/v3/details").status == 200
