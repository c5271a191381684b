"""Who calls, and with which rights."""

from __future__ import annotations

from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Asked
from hubwire.emulator.refusals import expired, invalid_authentication, missing_scopes
from hubwire.emulator.scopes import needed

OPEN = ("oauth.", "emulator.")
"""Operations that nobody signs in for: OAuth's own, and the emulator's page."""


def check_token(account: Account, asked: Asked) -> None:
    """Sets the grant. A `hapikey` on account data is no credential since 30 November 2022, and is ignored."""
    if asked.endpoint is None or asked.endpoint.op.startswith(OPEN):
        return
    scheme, _, token = asked.headers.get("authorization", "").strip().partition(" ")
    token = token.strip()
    access = account.tokens.find(token) if scheme.lower() == "bearer" else None
    if access is None:
        raise invalid_authentication()
    if access.expires_at is not None and asked.now >= access.expires_at:
        raise expired(access.expires_at, asked.now)
    asked.grant = account.tokens.grant(token, access)


def check_scopes(account: Account, asked: Asked) -> None:
    """Refuses what the grant does not cover, naming the scopes of the first right that is missing."""
    del account
    if asked.grant is None:
        return
    for any_of in needed(asked):
        if asked.grant.scopes.isdisjoint(any_of):
            raise missing_scopes(any_of)
