"""OAuth: https://developers.hubspot.com/docs/guides/apps/authentication/working-with-oauth"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from hubwire.emulator import Clock
from tests.contract.edge import CLIENT, LOCAL, NINE_IN_LONDON, Caller, Heard, sent_back

TOKEN_PATHS = ("/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-03/token", "/oauth/2026-09/token")
REFUSED = "Couldn’t complete the connection"


def nonce(heard: Heard) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', heard.text)
    assert found, heard.text
    return found[1]


def exchange(caller: Caller, path: str = "/oauth/v3/token", **changed: str) -> Heard:
    fields = {"grant_type": "authorization_code", "redirect_uri": LOCAL, **CLIENT, **changed}
    return caller.form(path, **{name: value for name, value in fields.items() if value})


# The page


@pytest.mark.emulated
def test_the_page_shows_app_account_and_scopes_and_asks() -> None:
    heard = Caller().authorize(
        "oauth crm.objects.contacts.read", optional_scope="crm.objects.line_items.write"
    )
    assert heard.status == 200
    for word in ("12345678", "View contacts", "crm.objects.contacts.read", "Connect app", "Cancel"):
        assert word in heard.text
    assert "Create, edit and delete line items" in heard.text
    assert '<form method="post" action="/oauth/authorize">' in heard.text
    assert "<script" not in heard.text


def test_nobody_may_frame_or_keep_the_page() -> None:
    headers = Caller().authorize().headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.emulated
def test_consent_sends_the_browser_back_with_code_and_state() -> None:
    caller = Caller()
    heard = caller.form("/oauth/authorize", nonce=nonce(caller.authorize()), decision="allow")
    back = sent_back(heard)
    assert heard.headers["Location"].startswith(f"{LOCAL}?code=")
    assert back["state"] == "s 1"
    assert exchange(caller, code=back["code"]).status == 200


@pytest.mark.emulated
def test_refusing_sends_the_browser_back_with_the_error() -> None:
    caller = Caller()
    back = sent_back(caller.form("/oauth/authorize", nonce=nonce(caller.authorize()), decision="deny"))
    assert back["error"] == "access_denied"
    assert back["error_description"]
    assert back["state"] == "s 1"
    assert "code" not in back


@pytest.mark.emulated
def test_a_form_counts_once() -> None:
    caller = Caller()
    word = nonce(caller.authorize())
    assert caller.form("/oauth/authorize", nonce=word, decision="allow").status == 302
    again = caller.form("/oauth/authorize", nonce=word, decision="allow")
    assert (again.status, "Location" in again.headers) == (400, False)


@pytest.mark.parametrize("fields", [{}, {"nonce": ""}, {"nonce": "guess"}])
def test_a_form_that_was_never_shown_connects_nothing(fields: dict[str, str]) -> None:
    heard = Caller().form("/oauth/authorize", decision="allow", redirect_uri=LOCAL, **fields)
    assert (heard.status, "Location" in heard.headers) == (400, False)


def test_automatic_consent_answers_with_the_redirect() -> None:
    back = sent_back(Caller(auto_consent=True).authorize())
    assert (sorted(back), back["state"]) == (["code", "state"], "s 1")


def test_a_redirect_keeps_its_own_query() -> None:
    caller = Caller(auto_consent=True)
    heard = caller.authorize(redirect_uri=f"{LOCAL}?tenant=7")
    assert heard.headers["Location"].startswith(f"{LOCAL}?tenant=7&code=")


def test_the_account_may_be_named_in_the_path() -> None:
    caller = Caller(auto_consent=True)
    query = urlencode({"client_id": CLIENT["client_id"], "redirect_uri": LOCAL, "scope": "oauth"})
    assert caller("GET", f"/oauth/12345678/authorize?{query}", token=None).status == 302
    assert caller("GET", f"/oauth/999/authorize?{query}", token=None).status == 400


def test_spaces_in_scopes_arrive_in_either_encoding() -> None:
    """The official Python and Node clients send %20, urlencode and URLSearchParams a plus."""
    caller = Caller(auto_consent=True)
    start = f"/oauth/authorize?client_id={CLIENT['client_id']}&redirect_uri={quote(LOCAL, safe='')}&scope="
    for scope in ("oauth%20tickets", "oauth+tickets"):
        code = sent_back(caller("GET", start + scope, token=None))["code"]
        assert exchange(caller, code=code).json["scopes"] == ["oauth", "tickets"]


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost",
        "http://localhost:1",
        "http://127.0.0.1:8000/any/path",
        "http://[::1]:9/cb",
        "https://localhost:3000/cb",
    ],
)
def test_any_loopback_redirect_will_do(uri: str) -> None:
    heard = Caller(auto_consent=True).authorize(redirect_uri=uri)
    assert heard.status == 302
    assert heard.headers["Location"].startswith(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://evil.example/cb",
        "http://localhost.evil.example/cb",
        "http://localhost@evil.example/cb",
        "http://evil.example\\@localhost/cb",
        "http://evil.example#@localhost/cb",
        "http://localhost:3000/cb#fragment",
        "http://localhost:3000/cb\r\nSet-Cookie: a=b",
        "//evil.example/cb",
        "javascript:alert(1)",
        "ftp://localhost/cb",
        "http://2130706433/cb",
        "http://localhosť/cb",
    ],
)
def test_no_other_redirect_is_followed(uri: str) -> None:
    heard = Caller(auto_consent=True).authorize(redirect_uri=uri)
    assert heard.status == 400
    assert "Location" not in heard.headers
    # https://github.com/n8n-io/n8n/issues/23581
    assert "doesn&#x27;t match the app&#x27;s registered redirect URL" in heard.text


def test_a_registered_https_redirect_will_do() -> None:
    caller = Caller(auto_consent=True)
    caller.emulator.register_redirect("https://app.example.com/cb")
    assert caller.authorize(redirect_uri="https://app.example.com/cb").status == 302
    assert caller.authorize(redirect_uri="https://app.example.com/cb/more").status == 400


@pytest.mark.parametrize(
    "uri", ["http://app.example.com/cb", "https://10.0.0.1/cb", "https://intranet/cb", "https://a.example/#x"]
)
def test_only_https_with_a_domain_name_is_registered(uri: str) -> None:
    with pytest.raises(ValueError, match="https with a domain name"):
        Caller().emulator.register_redirect(uri)


def test_a_wrong_client_gets_a_page_and_no_redirect() -> None:
    heard = Caller(auto_consent=True).authorize(client_id="nobody")
    assert (heard.status, "Location" in heard.headers) == (400, False)
    assert REFUSED in heard.text
    assert "An invalid app client_id was provided." in heard.text


@pytest.mark.parametrize("scope", ["", "crm.objects.contacts.reed"])
def test_unknown_or_missing_scopes_get_a_page(scope: str) -> None:
    """https://github.com/SocialiteProviders/Providers/issues/1188"""
    heard = Caller(auto_consent=True).authorize(scope)
    assert heard.status == 400
    assert "An invalid scope name was provided." in heard.text


def test_optional_scopes_the_account_lacks_are_dropped_silently() -> None:
    caller = Caller(auto_consent=True)
    code = sent_back(caller.authorize("oauth", optional_scope="tickets nonsense"))["code"]
    assert exchange(caller, code=code).json["scopes"] == ["oauth", "tickets"]


def test_what_a_caller_sends_is_text_on_the_page_never_markup() -> None:
    heard = Caller().authorize(redirect_uri="http://evil.example/<script>alert(1)</script>")
    assert "<script" not in heard.text


# Tokens


@pytest.mark.parametrize("path", TOKEN_PATHS)
def test_every_version_turns_a_code_into_tokens(path: str) -> None:
    caller = Caller()
    heard = exchange(caller, path, code=caller.code())
    assert heard.status == 200
    body = heard.json
    assert body["access_token"].startswith("C")
    assert len(body["access_token"]) <= 512
    assert body["refresh_token"].startswith("na1-")
    assert {name: body[name] for name in body if not name.endswith("_token")} == {
        "expires_in": 1800,
        "token_type": "bearer",
        "token_use": "access_token",
        "hub_id": 12345678,
        "user_id": 55555555,
        "scopes": ["oauth", "crm.objects.contacts.read"],
    }
    assert caller("GET", "/crm/v3/objects/contacts", token=body["access_token"]).status == 200


@pytest.mark.parametrize("path", TOKEN_PATHS)
def test_the_refresh_token_stays_the_same(path: str) -> None:
    """Observed on v1 and 2026-03, September 2026."""
    caller = Caller()
    first = caller.tokens()
    caller.clock.advance(3600)
    again = caller.form(path, grant_type="refresh_token", refresh_token=first["refresh_token"], **CLIENT).json
    assert again["refresh_token"] == first["refresh_token"]
    assert again["access_token"] != first["access_token"]
    assert again["scopes"] == ["oauth", "crm.objects.contacts.read"]
    assert caller("GET", "/crm/v3/objects/contacts", token=again["access_token"]).status == 200


def test_a_dead_refresh_token_is_refused_as_documented() -> None:
    heard = Caller().form("/oauth/v3/token", grant_type="refresh_token", refresh_token="na1-gone", **CLIENT)
    assert heard.status == 400
    assert heard.text == (
        '{"error":"invalid_grant","error_description":"refresh token is invalid, expired or revoked",'
        '"status":"BAD_REFRESH_TOKEN","message":"refresh token is invalid, expired or revoked"}'
    )


def test_a_code_is_good_once() -> None:
    caller = Caller()
    code = caller.code()
    assert exchange(caller, code=code).status == 200
    heard = exchange(caller, code=code)
    assert (heard.status, heard.json["status"], heard.json["error"]) == (
        400,
        "BAD_AUTH_CODE",
        "invalid_grant",
    )


def test_a_code_grows_old() -> None:
    caller = Caller()
    code = caller.code()
    caller.clock.advance(601)
    assert exchange(caller, code=code).json["status"] == "EXPIRED_AUTH_CODE"


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_id": "nobody"}, "BAD_CLIENT_ID", "invalid_client"),
        ({"client_id": ""}, "BAD_CLIENT_ID", "invalid_client"),
        ({"client_secret": "wrong"}, "BAD_CLIENT_SECRET", "invalid_client"),
        ({"client_secret": ""}, "BAD_CLIENT_SECRET", "invalid_client"),
        ({"redirect_uri": f"{LOCAL}/other"}, "BAD_REDIRECT_URI", "invalid_request"),
        ({"redirect_uri": ""}, "BAD_REDIRECT_URI", "invalid_request"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE", "unsupported_grant_type"),
        ({"grant_type": ""}, "BAD_GRANT_TYPE", "unsupported_grant_type"),
        ({"code": "unknown"}, "BAD_AUTH_CODE", "invalid_grant"),
        ({"code": ""}, "BAD_AUTH_CODE", "invalid_grant"),
    ],
)
@pytest.mark.parametrize("path", ["/oauth/v1/token", "/oauth/2026-09/token"])
def test_each_fault_of_a_token_request_has_its_status(
    path: str, changed: dict[str, str], status: str, error: str
) -> None:
    caller = Caller()
    code = caller.code()
    heard = exchange(caller, path, **{"code": code, **changed})
    assert heard.status == 400
    assert list(heard.json) == ["error", "error_description", "status", "message"]
    assert (heard.json["status"], heard.json["error"]) == (status, error)
    # A fault of the request does not use the code up.
    assert exchange(caller, path, code=code).status == 200


def test_the_first_version_takes_parameters_from_the_url_too() -> None:
    caller = Caller()
    query = urlencode(
        {"grant_type": "authorization_code", "code": caller.code(), "redirect_uri": LOCAL, **CLIENT}
    )
    assert caller("POST", f"/oauth/v3/token?{query}", b"", token=None).json["status"] == "BAD_GRANT_TYPE"
    assert caller("POST", f"/oauth/v1/token?{query}", b"", token=None).status == 200


def test_an_app_gets_a_token_for_itself_without_a_refresh_token() -> None:
    fields = {"grant_type": "client_credentials", "scope": "developer.webhooks_journal.read", **CLIENT}
    caller = Caller()
    body = caller.form("/oauth/2026-09/token", **fields).json
    assert body["token_use"] == "client_credentials"
    assert "refresh_token" not in body
    assert body["scopes"] == ["developer.webhooks_journal.read"]
    assert caller.form("/oauth/2026-09/token", **{**fields, "scope": ""}).json["status"] == "BAD_SCOPES"
    assert caller.form("/oauth/v1/token", **fields).json["status"] == "BAD_GRANT_TYPE"


def test_introspection_tells_what_an_access_token_stands_for() -> None:
    caller = Caller()
    token = caller.tokens()["access_token"]
    caller.clock.advance(300)
    body = caller.form("/oauth/v3/token/introspect", token=token, **CLIENT).json
    assert list(body) == [
        "active",
        "token",
        "hub_id",
        "user_id",
        "client_id",
        "app_id",
        "user",
        "hub_domain",
        "scopes",
        "signed_access_token",
        "expires_in",
        "is_private_distribution",
        "token_use",
        "token_type",
    ]
    assert (body["active"], body["hub_id"], body["expires_in"]) == (True, 12345678, 1500)
    assert (body["token_use"], body["token_type"]) == ("access_token", "Bearer")
    caller.clock.advance(1500)
    assert caller.form("/oauth/v3/token/introspect", token=token, **CLIENT).json == {"active": False}


def test_introspection_tells_what_a_refresh_token_stands_for() -> None:
    caller = Caller()
    token = caller.tokens()["refresh_token"]
    body = caller.form("/oauth/2026-03/token/introspect", token=token, **CLIENT).json
    assert (body["active"], body["token_use"]) == (True, "refresh_token")
    assert "expires_in" not in body


def test_a_revoked_grant_refreshes_no_more_but_its_access_tokens_live_on() -> None:
    """Observed; https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1"""
    caller = Caller()
    tokens = caller.tokens()
    heard = caller.form("/oauth/2026-09/token/revoke", token=tokens["refresh_token"], **CLIENT)
    assert heard.status == 200
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **CLIENT}
    assert caller.form("/oauth/v1/token", **fields).json["status"] == "BAD_REFRESH_TOKEN"
    body = caller.form("/oauth/v3/token/introspect", token=tokens["refresh_token"], **CLIENT).json
    assert body == {"active": False}
    assert caller("GET", "/crm/v3/objects/contacts", token=tokens["access_token"]).status == 200


def test_the_first_versions_information_calls() -> None:
    caller = Caller()
    tokens = caller.tokens()
    access = caller("GET", f"/oauth/v1/access-tokens/{tokens['access_token']}", token=None)
    assert (access.status, access.json["token_type"], access.json["expires_in"]) == (200, "access", 1800)
    assert (access.json["hub_id"], access.json["app_id"]) == (12345678, 7654321)
    path = f"/oauth/v1/refresh-tokens/{tokens['refresh_token']}"
    refresh = caller("GET", path, token=None)
    assert (refresh.json["token_type"], refresh.json["client_id"]) == ("refresh", CLIENT["client_id"])
    assert caller("DELETE", path, token=None).status == 204
    assert caller("GET", path, token=None).status == 404
    assert caller("GET", "/oauth/v1/access-tokens/nobody", token=None).status == 404


def test_a_restart_honours_what_was_given_out(tmp_path: Path) -> None:
    state = str(tmp_path / "state.sqlite")
    first = Caller(state=state, identity=None)
    identity = first.emulator.identity
    client = {"client_id": identity.client_id, "client_secret": identity.client_secret}
    first.emulator.account.auto_consent = True
    code = sent_back(first.authorize(client_id=identity.client_id))["code"]
    unused = sent_back(first.authorize(client_id=identity.client_id))["code"]
    tokens = first.form(
        "/oauth/v3/token", grant_type="authorization_code", code=code, redirect_uri=LOCAL, **client
    ).json
    static = first.emulator.token(scopes=["crm.objects.contacts.read"])
    first.emulator.close()

    second = Caller(state=state, identity=None, clock=Clock.at(NINE_IN_LONDON + 60))
    assert second.emulator.identity == identity
    for token in (tokens["access_token"], static, identity.access_token):
        assert second("GET", "/crm/v3/objects/contacts", token=token).status == 200
    refreshed = second.form(
        "/oauth/v3/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"], **client
    )
    assert refreshed.status == 200
    for spent, status in ((code, 400), (unused, 200)):
        heard = second.form(
            "/oauth/v3/token", grant_type="authorization_code", code=spent, redirect_uri=LOCAL, **client
        )
        assert heard.status == status
    second.emulator.close()


def test_new_accounts_have_credentials_of_their_own() -> None:
    first, second = (Caller(identity=None).emulator.identity for _ in range(2))
    assert first.access_token.startswith("pat-na1-")
    assert first.access_token != second.access_token
    assert first.client_secret != second.client_secret
