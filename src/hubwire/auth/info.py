"""What a token stands for, as HubSpot tells it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from hubwire.auth.address import BASE_URL, address
from hubwire.auth.grant import unwelcome
from hubwire.catalogue import load
from hubwire.errors import Problem, UnexpectedAnswer
from hubwire.wire.blocking import run
from hubwire.wire.flow import Flow, send
from hubwire.wire.message import Reply, Request, Timeout, Transport
from hubwire.wire.transports import default_transport


class TokenInfo(msgspec.Struct, frozen=True):
    """A token's account, app, user and scopes; None and empty where HubSpot does not say."""

    active: bool
    hub_id: int | None = None
    app_id: int | None = None
    user_id: int | None = None
    client_id: str | None = None
    user: str | None = None
    """Address of whoever let the app in."""
    hub_domain: str | None = None
    """The account's own web domain."""
    scopes: tuple[str, ...] = ()
    expires_in: int | None = None
    """Seconds; None for tokens that do not expire."""
    hublet: str | None = None
    """Data centre: `na1`, `eu1` …"""
    user_level: bool | None = None
    """Whether the token has just its user's rights."""
    private: bool | None = None
    """Whether the app is distributed privately, which decides about its quotas."""


def read_info(reply: Reply) -> TokenInfo:
    """Of any of the endpoints that tell it; their names for things differ."""
    if not 200 <= reply.status < 300:
        raise unwelcome(reply)
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise UnexpectedAnswer(Problem(reply.status, {"message": "the answer tells nothing of the token"}))
    signed = told.get("signed_access_token")
    signed = signed if isinstance(signed, dict) else {}
    scopes = told.get("scopes")
    return TokenInfo(
        active=told.get("active") is not False,
        hub_id=_number(told, "hub_id", "hubId"),
        app_id=_number(told, "app_id", "appId"),
        user_id=_number(told, "user_id", "userId"),
        client_id=_text(told, "client_id"),
        user=_text(told, "user"),
        hub_domain=_text(told, "hub_domain"),
        scopes=tuple(map(str, scopes)) if isinstance(scopes, list) else (),
        expires_in=_number(told, "expires_in"),
        hublet=_text(signed, "hublet"),
        user_level=_flag(signed, "isUserLevel"),
        private=_flag(told, "is_private_distribution"),
    )


def asking_static(token: str, base_url: str) -> Flow[TokenInfo]:
    """About a static token. In no page of HubSpot's, and asked by scanners and connectors of many vendors.

    One of them found the header needed for tokens of eu1: https://docs.gitguardian.com
    """
    path = load.endpoint("oauth.private_token_info").path("v3")
    body = json.dumps({"tokenKey": token}).encode()
    request = Request("POST", path, body=body, base=base_url, bearer=token)
    return read_info((yield from send(request, Timeout())))


def token_info(token: str, base_url: str | None = None, *, transport: Transport | None = None) -> TokenInfo:
    """What a static token stands for (private app, service key, static-auth app)."""
    own = transport or default_transport()
    try:
        return run(asking_static(token.strip(), address(base_url or BASE_URL)), own.send)
    finally:
        if transport is None:
            own.close()


def _number(told: dict[str, Any], *names: str) -> int | None:
    found = (told.get(name) for name in names)
    return next((each for each in found if isinstance(each, int) and not isinstance(each, bool)), None)


def _text(told: dict[str, Any], name: str) -> str | None:
    value = told.get(name)
    return value if isinstance(value, str) and value else None


def _flag(told: dict[str, Any], name: str) -> bool | None:
    value = told.get(name)
    return value if isinstance(value, bool) else None
