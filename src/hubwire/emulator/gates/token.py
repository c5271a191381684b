"""Who calls, and with which rights."""

from __future__ import annotations

import hmac

from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Asked, Grant
from hubwire.emulator.library import must_be_on
from hubwire.emulator.refusals import (
    developer_key_needed,
    expired,
    invalid_authentication,
    may_associate,
    missing_scopes,
    no_app,
    no_journal,
)
from hubwire.emulator.scopes import needed

OPEN = ("oauth.", "emulator.", "cards.sample", "origins.ranges")
"""Operations that nobody signs in for: OAuth's own, an example, addresses, and the emulator's page."""

DEVELOPERS = (
    "webhooks.", "calling.", "video.", "cards.", "flags.", "templates.", "occurrences.resolve",
    "origins.hooks.",
)  # fmt: skip
"""Operations on apps, which the developer's key opens too.
hubspot-api-client 12.0.0: `auth_settings` of crm/extensions and crm/timeline"""
KEYED = ("/app-webhooks/", "/meta/network-origins/")
"""Where only the key opens them. HubSpot-public-api-spec-collection, Webhooks (2025-09 and 2026-09), Meta"""
APPS_ONLY = (*DEVELOPERS, "timeline.", "occurrences.", "journal.", "installs.")
"""What a service key, which is no app, cannot have. https://developers.hubspot.com/changelog/service-keys"""
EXAMPLE = "access-token"
"""What examples write for a token: HubSpot takes it for one that expired when 1970 began.
https://github.com/HubSpot/hubspot-api-php/issues/363"""
ASSOCIATING = frozenset(
    {
        "associations.default",
        "associations.label",
        "associations.delete",
        "associations.batch.create",
        "associations.batch.default",
        "associations.batch.archive",
        "associations.batch.labels_archive",
    }
)
"""What changes associations, besides creations that bring some."""
DEVELOPER_SCOPES = ("developers-read", "developers-write")


def check_token(account: Account, asked: Asked) -> None:
    """Sets the grant. A `hapikey` on account data is no credential since 30 November 2022, and is ignored."""
    if asked.endpoint is None or asked.endpoint.op.startswith(OPEN):
        return
    if asked.endpoint.op.startswith(DEVELOPERS) and _developer(account, asked):
        return
    scheme, _, token = asked.headers.get("authorization", "").strip().partition(" ")
    token = token.strip()
    if asked.endpoint.op.startswith(DEVELOPERS) and asked.path.startswith(KEYED):
        raise developer_key_needed()
    access = account.tokens.find(token) if scheme.lower() == "bearer" else None
    if access is None:
        example = scheme.lower() == "bearer" and token == EXAMPLE
        raise expired(0, asked.now) if example else invalid_authentication()
    if access.expires_at is not None and asked.now >= access.expires_at:
        raise expired(access.expires_at, asked.now)
    if access.kind == "private-app" and asked.endpoint.op.startswith("journal."):
        raise no_journal()
    if access.kind == "service-key" and asked.endpoint.op.startswith(APPS_ONLY):
        raise no_app()
    asked.grant = account.tokens.grant(token, access)
    if (app := account.world.apps.find(access.app_id)) is not None and app.user_lacks:
        asked.lacks = frozenset(app.user_lacks)


def _developer(account: Account, asked: Asked) -> bool:
    """Whether the call carries the developer's key, which is good for all apps and for no account's data."""
    key, identity = asked.one("hapikey"), account.identity
    if key is None or not hmac.compare_digest(key.encode(), identity.developer_api_key.encode()):
        return False
    app_id = asked.places.get("appId", "")
    asked.grant = Grant(
        kind="developer-key",
        portal_id=identity.portal_id,
        app_id=int(app_id) if app_id.isdecimal() else 0,
        user_id=identity.user_id,
        scopes=frozenset(DEVELOPER_SCOPES),
    )
    return True


def check_scopes(account: Account, asked: Asked) -> None:
    """Refuses what the grant does not cover, naming the scopes of the first right that is missing."""
    if asked.grant is None:
        return
    if asked.endpoint is not None and asked.endpoint.op.startswith("objects."):
        must_be_on(account.portal.drawer, asked.places.get("objectType", ""))
    for any_of in needed(asked):
        if asked.grant.scopes.isdisjoint(any_of):
            raise missing_scopes(any_of)
    if asked.endpoint is not None and asked.endpoint.op in ASSOCIATING:
        may_associate(asked)
