"""What an app may ask about its own place in an account: its static token, and to be put out.

Uninstalling: https://developers.hubspot.com/docs/api-reference/latest/crm/app-uninstalls/uninstall-app
A static token's facts are in no page of HubSpot's: as secret scanners and connectors describe them.
"""

from __future__ import annotations

import msgspec

from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.refusals import invalid_authentication
from hubwire.emulator.tokens import ACCESS_SECONDS, Installed


class _Key(msgspec.Struct):
    tokenKey: str


class _PersonalKey(msgspec.Struct):
    encodedOAuthRefreshToken: str


def static_token(account: Account, asked: Asked) -> Answer:
    """POST /oauth/v2/private-apps/get/access-token-info: whose token it is. Needs no scope and no sign-in."""
    try:
        word = msgspec.json.decode(asked.body, type=_Key).tokenKey
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(400, "The body names no tokenKey.", category="VALIDATION_ERROR") from None
    home = account.world.whose(word)
    access = home.tokens.find(word) if home is not None else None
    if home is None or access is None or access.expires_at is not None:
        raise invalid_authentication()
    facts = {
        "userId": access.user_id,
        "hubId": home.identity.portal_id,
        "appId": access.app_id,
        "scopes": list(access.scopes),
    }
    return Answer(200, msgspec.json.encode(facts))


def personal_key(account: Account, asked: Asked) -> Answer:
    """POST /localdevauth/v1/auth/refresh: a token for half an hour, as HubSpot's command line asks for it.

    A static token stands for the personal access key, which is a person's and no app's.
    """
    try:
        word = msgspec.json.decode(asked.body, type=_PersonalKey).encodedOAuthRefreshToken
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(
            400, "The body names no encodedOAuthRefreshToken.", category="VALIDATION_ERROR"
        ) from None
    home = account.world.whose(word)
    access = home.tokens.find(word) if home is not None else None
    if home is None or access is None or access.expires_at is not None:
        raise invalid_authentication()
    with home.store.transaction():
        installed = Installed(access.client_id, access.app_id, access.scopes)
        token = home.tokens.new_access(installed, asked.now)
    facts = {
        "hubId": home.identity.portal_id,
        "userId": access.user_id,
        "hubName": str(home.identity.portal_id),
        "accountType": home.type,
        "oauthAccessToken": token,
        "expiresAtMillis": int((asked.now + ACCESS_SECONDS) * 1000),
        "encodedOAuthRefreshToken": word,
        "scopeGroups": list(access.scopes),
        "enabledFeatures": {},
    }
    return Answer(200, msgspec.json.encode(facts), [("Cache-Control", "no-store")])


def uninstall(account: Account, asked: Asked) -> Answer:
    """DELETE …/external-install: the calling app leaves the account; none of its tokens works afterwards."""
    grant = asked.grant
    if grant is None or grant.kind != "oauth":
        raise Refusal(403, "Only an app that was let in with OAuth can uninstall itself.", category="BANNED")
    with account.store.transaction():
        gone = account.tokens.uninstall(grant.app_id)
        if not gone:
            # The built-in app stays known here, with the grants it was given gone.
            account.tokens.end_grants(grant.app_id)
            account.tokens.on_install(grant.app_id, False)
    return Answer(204)


ACCOUNT_HANDLERS = {
    "oauth.private_token_info": static_token,
    "oauth.personal_key": personal_key,
    "installs.delete": uninstall,
}
