"""OAuth's own endpoints: tokens out of codes, and what a token stands for.

https://developers.hubspot.com/docs/api-reference/latest/authentication/oauth-tokens
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import msgspec

from hubwire.emulator.account import OWNER_EMAIL, Account
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.forms import form
from hubwire.emulator.refusals import milliseconds
from hubwire.emulator.scopes import every_scope
from hubwire.emulator.tokens import ACCESS_SECONDS, Access, Code, Installed

HUB_DOMAIN = "hubwire.example"

# `status` values as observed. The text of BAD_REFRESH_TOKEN is documented, those of BAD_CLIENT_ID and
# BAD_AUTH_CODE are reported (https://github.com/HGData/mk-node-hubspot/issues/87), the rest is ours.
PROBLEMS = {
    "BAD_REFRESH_TOKEN": ("invalid_grant", "refresh token is invalid, expired or revoked"),
    "BAD_AUTH_CODE": ("invalid_grant", "missing or unknown auth code"),
    "EXPIRED_AUTH_CODE": ("invalid_grant", "auth code is expired"),
    "BAD_CLIENT_ID": ("invalid_client", "missing or unknown client id"),
    "BAD_CLIENT_SECRET": ("invalid_client", "missing or invalid client secret"),
    "BAD_REDIRECT_URI": ("invalid_request", "missing or mismatched redirect uri"),
    "BAD_GRANT_TYPE": ("unsupported_grant_type", "missing or unknown grant type"),
    "BAD_CODE_VERIFIER": ("invalid_grant", "missing or mismatched code verifier"),
    "BAD_SCOPES": ("invalid_scope", "missing or unknown scopes"),
}


def token(account: Account, asked: Asked) -> Answer:
    """POST …/token: by code, by refresh token, or for the app itself."""
    first_version = asked.path.startswith("/oauth/v1/")
    # https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1
    fields = form(asked, with_query=first_version)
    grant_type = fields.get("grant_type")
    if grant_type not in ("authorization_code", "refresh_token", "client_credentials"):
        return problem("BAD_GRANT_TYPE")
    if grant_type == "client_credentials" and first_version:
        return problem("BAD_GRANT_TYPE")
    wrong = _client_problem(account, fields)
    if wrong:
        return problem(wrong)
    if grant_type == "authorization_code":
        return _by_code(account, asked, fields)
    if grant_type == "refresh_token":
        return _by_refresh(account, asked, fields)
    return _for_app(account, asked, fields)


def introspect(account: Account, asked: Asked) -> Answer:
    """POST …/token/introspect: active and what it stands for, or just not active."""
    fields = form(asked)
    wrong = _client_problem(account, fields)
    if wrong:
        return problem(wrong)
    for each in account.world.accounts.values():
        found = _introspected(each, asked, fields)
        if found is not None:
            return _json(found)
    return _json({"active": False})


def _introspected(account: Account, asked: Asked, fields: dict[str, str]) -> dict[str, Any] | None:
    # The guide's table names the value by its kind; specification and SDKs send `token`.
    word = fields.get("token") or fields.get("access_token") or fields.get("refresh_token") or ""
    access = account.tokens.find(word)
    if access is not None and (access.expires_at is None or access.expires_at > asked.now):
        return _access_facts(account, word, access, asked.now)
    installed = account.tokens.find_refresh(word)
    return None if installed is None else _refresh_facts(account, word, installed)


def revoke(account: Account, asked: Asked) -> Answer:
    """POST …/token/revoke: 200 whether or not there was such a token."""
    fields = form(asked)
    wrong = _client_problem(account, fields)
    if wrong:
        return problem(wrong)
    for each in account.world.accounts.values():
        each.tokens.revoke_refresh(fields.get("token") or fields.get("refresh_token") or "")
    return _json({})


def access_token_info(account: Account, asked: Asked) -> Answer:
    """GET /oauth/v1/access-tokens/{token}."""
    word = asked.places["token"]
    account = account.world.whose(word) or account
    access = account.tokens.find(word)
    if access is None or (access.expires_at is not None and access.expires_at <= asked.now):
        raise Refusal(404, "access token is unknown or expired", category="OBJECT_NOT_FOUND")
    facts = _access_facts(account, word, access, asked.now)
    names = (
        "token", "user", "hub_domain", "scopes", "signed_access_token", "hub_id", "app_id", "expires_in",
        "user_id", "is_private_distribution",
    )  # fmt: skip
    return _json({name: facts[name] for name in names} | {"token_type": "access"})


def refresh_token_info(account: Account, asked: Asked) -> Answer:
    """GET /oauth/v1/refresh-tokens/{token}."""
    account = _of_refresh(account, asked.places["token"])
    installed = account.tokens.find_refresh(asked.places["token"])
    if installed is None:
        raise Refusal(404, "refresh token is unknown or revoked", category="OBJECT_NOT_FOUND")
    facts = _refresh_facts(account, asked.places["token"], installed)
    names = ("token", "user", "hub_domain", "scopes", "hub_id", "client_id", "user_id")
    return _json({name: facts[name] for name in names} | {"token_type": "refresh"})


def refresh_token_delete(account: Account, asked: Asked) -> Answer:
    """DELETE /oauth/v1/refresh-tokens/{token}: the grant ends, access tokens live on until they expire."""
    _of_refresh(account, asked.places["token"]).tokens.revoke_refresh(asked.places["token"])
    return Answer(204)


def problem(status: str) -> Answer:
    """400 with the fields of RFC 6749 and HubSpot's older ones."""
    error, text = PROBLEMS[status]
    return _json({"error": error, "error_description": text, "status": status, "message": text}, 400)


def _client_problem(account: Account, fields: dict[str, str]) -> str | None:
    app = account.world.apps.of_client(fields.get("client_id"))
    if app is None or app.static:
        return "BAD_CLIENT_ID"
    return None if _same(fields.get("client_secret"), app.client_secret) else "BAD_CLIENT_SECRET"


def _of_refresh(account: Account, word: str) -> Account:
    """The account that gave out a refresh token, or just the first."""
    every = account.world.accounts.values()
    return next((each for each in every if each.tokens.find_refresh(word)), account)


def _app_id(account: Account, client_id: str) -> int:
    app = account.world.apps.of_client(client_id)
    return app.app_id if app else 0


def _same(given: str | None, right: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), right.encode())


def _by_code(account: Account, asked: Asked, fields: dict[str, str]) -> Answer:
    word = fields.get("code", "")
    every = account.world.accounts.values()
    account = next((each for each in every if each.tokens.peek_code(word)), account)
    code = account.tokens.peek_code(word)
    if code is None or code.client_id != fields["client_id"]:
        return problem("BAD_AUTH_CODE")
    if code.redirect_uri != fields.get("redirect_uri"):
        return problem("BAD_REDIRECT_URI")
    with account.store.transaction():
        account.tokens.take_code(word)
        if not answers(code, fields.get("code_verifier")):
            return problem("BAD_CODE_VERIFIER")
        if code.expires_at <= asked.now:
            return problem("EXPIRED_AUTH_CODE")
        installed = Installed(code.client_id, _app_id(account, code.client_id), code.scopes)
        refresh = account.tokens.new_refresh(installed)
        return _granted(account, installed, asked.now, refresh)


def answers(code: Code, verifier: str | None) -> bool:
    """Whether the verifier is the one that the page's challenge came from (RFC 7636 section 4.6).

    HubSpot documents `code_verifier` at the token endpoint and no `code_challenge` for ordinary apps: a code
    without a challenge takes any verifier.
    """
    if code.challenge is None:
        return True
    told = verifier or ""
    if code.method == "S256":
        digest = hashlib.sha256(told.encode()).digest()
        told = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return bool(verifier) and hmac.compare_digest(told.encode(), code.challenge.encode())


def _by_refresh(account: Account, asked: Asked, fields: dict[str, str]) -> Answer:
    word = fields.get("refresh_token", "")
    account = _of_refresh(account, word)
    installed = account.tokens.find_refresh(word)
    if installed is None or installed.client_id != fields["client_id"]:
        return problem("BAD_REFRESH_TOKEN")
    # Refresh tokens are not rotated: the same one comes back.
    return _granted(account, installed, asked.now, word)


def _for_app(account: Account, asked: Asked, fields: dict[str, str]) -> Answer:
    scopes = tuple(fields.get("scope", "").split())
    if not scopes or not every_scope().issuperset(scopes):
        return problem("BAD_SCOPES")
    installed = Installed(fields["client_id"], _app_id(account, fields["client_id"]), scopes)
    return _granted(account, installed, asked.now, None)


def _granted(account: Account, installed: Installed, now: float, refresh: str | None) -> Answer:
    identity = account.identity
    app = account.world.apps.find(installed.app_id)
    marketplace = app is not None and app.marketplace
    body: dict[str, Any] = {
        "access_token": account.tokens.new_access(installed, now, marketplace=marketplace)
    }
    if refresh is not None:
        body["refresh_token"] = refresh
    body |= {
        "expires_in": ACCESS_SECONDS,
        "token_type": "bearer",
        "token_use": "access_token" if refresh is not None else "client_credentials",
        "hub_id": identity.portal_id,
        "user_id": identity.user_id,
        "scopes": list(installed.scopes),
    }
    return _json(body)


def _access_facts(account: Account, word: str, access: Access, now: float) -> dict[str, Any]:
    identity = account.identity
    ends = access.expires_at if access.expires_at is not None else now + ACCESS_SECONDS
    return {
        "active": True,
        "token": word,
        "hub_id": identity.portal_id,
        "user_id": access.user_id,
        "client_id": access.client_id,
        "app_id": access.app_id,
        "user": OWNER_EMAIL,
        "hub_domain": HUB_DOMAIN,
        "scopes": list(access.scopes),
        "signed_access_token": {
            "expiresAt": milliseconds(ends),
            "scopes": "",
            "hubId": identity.portal_id,
            "userId": access.user_id,
            "appId": access.app_id,
            "appInstallId": access.app_id,
            "audience": "",
            "installingUserId": access.user_id,
            "signature": "",
            "newSignature": "",
            "scopeToScopeGroupPks": "",
            "trialScopes": "",
            "trialScopeToScopeGroupPks": "",
            "hublet": "na1",
            "isUserLevel": False,
            "isPrivateDistribution": not access.marketplace,
            "isServiceAccount": False,
        },
        "expires_in": max(0, int(ends - now)),
        "is_private_distribution": not access.marketplace,
        "token_use": "access_token",
        "token_type": "Bearer",
    }


def _refresh_facts(account: Account, word: str, installed: Installed) -> dict[str, Any]:
    identity = account.identity
    return {
        "active": True,
        "token": word,
        "hub_id": identity.portal_id,
        "user_id": identity.user_id,
        "client_id": installed.client_id,
        "app_id": installed.app_id,
        "user": OWNER_EMAIL,
        "hub_domain": HUB_DOMAIN,
        "scopes": list(installed.scopes),
        "token_use": "refresh_token",
        "token_type": "Bearer",
    }


def _json(body: dict[str, Any], status: int = 200) -> Answer:
    # RFC 6749 section 5.1: answers that hold tokens are not kept.
    return Answer(status, msgspec.json.encode(body), [("Cache-Control", "no-store")])


ACCOUNT_HANDLERS = {
    "oauth.token": token,
    "oauth.introspect": introspect,
    "oauth.revoke": revoke,
    "oauth.access_token_info": access_token_info,
    "oauth.refresh_token_info": refresh_token_info,
    "oauth.refresh_token_delete": refresh_token_delete,
}
