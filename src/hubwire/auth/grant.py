"""What a token endpoint grants, and what its refusals mean.

https://developers.hubspot.com/docs/guides/api/app-management/oauth-tokens
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from hubwire.errors import (
    Disconnected,
    Forbidden,
    HubSpotError,
    NotFound,
    OAuthError,
    Problem,
    RateLimited,
    ServerError,
    Unauthorized,
    UnexpectedAnswer,
)
from hubwire.wire.message import Reply

DEAD = {"BAD_REFRESH_TOKEN", "BAD_HUB"}
"""The grant is gone. Other refusals are mistakes of configuration and must not disconnect anybody."""


NEVER = 253_402_300_799.0
"""`expires_at` of a static token: the last second of the year 9999."""


class Tokens(msgspec.Struct, frozen=True):
    """An account's grant to an app. To be stored as a whole, and kept secret."""

    access_token: str
    refresh_token: str
    expires_at: float
    """Seconds since the epoch. Static tokens have no end: `hubwire.auth.grant.NEVER`."""
    scopes: tuple[str, ...] = ()
    """What was granted, which can be less than was asked for."""
    hub_id: int | None = None
    obtained_at: float = 0.0
    """When the access token was given out, in seconds since the epoch; 0 when that is not known."""
    kind: str = "oauth"
    """`oauth`, or what sort of static token it is: `private-app`, `service-key`, `static-auth`."""
    renewed: bool = False
    """Whether the access token was given out for a refresh token, not for a code."""

    def __repr__(self) -> str:
        return f"Tokens(hub_id={self.hub_id}, expires_at={self.expires_at:.0f}, scopes={len(self.scopes)})"

    def to_dict(self) -> dict[str, Any]:
        """Plain data with both tokens in it, for a store."""
        return msgspec.structs.asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Tokens:
        """What `to_dict` gave."""
        return msgspec.convert(stored, cls)


def read_tokens(reply: Reply, asked_at: float, previous: str = "") -> Tokens:
    """The tokens of an answer; raises what a refusal means. `previous` is the refresh token that was sent."""
    if not 200 <= reply.status < 300:
        raise refusal(reply, refreshing=bool(previous))
    problem = Problem(reply.status, {"message": "the token endpoint's answer holds no tokens"})
    try:
        told = json.loads(reply.body)
        lasts = float(told["expires_in"])
        access_token = told["access_token"]
    except (ValueError, TypeError, KeyError):
        raise UnexpectedAnswer(problem) from None
    if not isinstance(access_token, str) or not access_token or not 0 < lasts < NEVER:
        raise UnexpectedAnswer(problem)
    # Counted from before the request: a slow answer must not make a token look younger.
    refresh_token = str(told.get("refresh_token") or previous)
    return Tokens(
        access_token,
        refresh_token,
        asked_at + lasts,
        _scopes(told),
        _hub(told),
        asked_at,
        renewed=bool(previous),
    )


def refusal(reply: Reply, *, refreshing: bool) -> HubSpotError:
    """The error that a refusal of the token endpoint is."""
    problem = Problem.read(reply.status, reply.body, reply.headers)
    if reply.status == 429:
        return RateLimited(problem)
    if reply.status >= 500:
        return ServerError(problem)
    dead = problem.oauth_code in DEAD or (refreshing and _rfc_code(reply) == "invalid_grant")
    return (Disconnected if dead else OAuthError)(problem)


def unwelcome(reply: Reply) -> HubSpotError:
    """The error that a refusal of any other endpoint is, as far as tokens go."""
    problem = Problem.read(reply.status, reply.body, reply.headers)
    kinds: dict[int, type[HubSpotError]] = {401: Unauthorized, 403: Forbidden, 404: NotFound}
    return kinds[reply.status](problem) if reply.status in kinds else refusal(reply, refreshing=False)


def _rfc_code(reply: Reply) -> str | None:
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    code = told.get("error") if isinstance(told, dict) else None
    return code if isinstance(code, str) else None


def _scopes(told: dict[str, Any]) -> tuple[str, ...]:
    """HubSpot answers a list `scopes`, not the `scope` of RFC 6749; either will do."""
    scopes: Sequence[Any] | str = told.get("scopes") or told.get("scope") or ()
    return tuple(scopes.split()) if isinstance(scopes, str) else tuple(map(str, scopes))


def _hub(told: dict[str, Any]) -> int | None:
    hub_id = told.get("hub_id")
    return hub_id if isinstance(hub_id, int) else None
