"""Software that talks to HubSpot: client, emulator, push.

    from hubwire import Hub

    with Hub() as hub:                     # the token comes from HUBSPOT_ACCESS_TOKEN
        ada = hub.contacts.get("ada@example.com", by="email", properties=["firstname"])

Names are loaded when first touched: `import hubwire` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubwire.auth import OAuthTokens as OAuthTokens
    from hubwire.auth import Tokens as Tokens
    from hubwire.client.app import OAuthApp as OAuthApp
    from hubwire.client.expressions import Filter as Filter
    from hubwire.client.expressions import p as p
    from hubwire.client.hub import AsyncHub as AsyncHub
    from hubwire.client.hub_sync import Hub as Hub
    from hubwire.client.outcomes import Change as Change
    from hubwire.client.outcomes import Link as Link
    from hubwire.client.outcomes import NewRecord as NewRecord
    from hubwire.client.outcomes import Outcome as Outcome
    from hubwire.client.outcomes import Outcomes as Outcomes
    from hubwire.client.quota import Quota as Quota
    from hubwire.client.quota import Usage as Usage
    from hubwire.client.records import Record as Record
    from hubwire.client.session import Retry as Retry
    from hubwire.client.validation import Validation as Validation
    from hubwire.client.values import CLEAR as CLEAR
    from hubwire.client.values import UNSET as UNSET
    from hubwire.errors import ConfigError as ConfigError
    from hubwire.errors import Conflict as Conflict
    from hubwire.errors import ConnectionFailed as ConnectionFailed
    from hubwire.errors import DailyLimitReached as DailyLimitReached
    from hubwire.errors import Disconnected as Disconnected
    from hubwire.errors import Forbidden as Forbidden
    from hubwire.errors import HubSpotError as HubSpotError
    from hubwire.errors import HubwireError as HubwireError
    from hubwire.errors import Invalid as Invalid
    from hubwire.errors import MaybeWritten as MaybeWritten
    from hubwire.errors import NotFound as NotFound
    from hubwire.errors import Preflight as Preflight
    from hubwire.errors import RateLimited as RateLimited
    from hubwire.errors import ServerError as ServerError
    from hubwire.errors import TimedOut as TimedOut
    from hubwire.errors import TokenExpired as TokenExpired
    from hubwire.errors import Unauthorized as Unauthorized
    from hubwire.errors import UnexpectedAnswer as UnexpectedAnswer

_HOMES = {
    "hubwire.auth": ("OAuthTokens", "Tokens"),
    "hubwire.client.app": ("OAuthApp",),
    "hubwire.client.expressions": ("Filter", "p"),
    "hubwire.client.quota": ("Quota", "Usage"),
    "hubwire.client.hub": ("AsyncHub",),
    "hubwire.client.hub_sync": ("Hub",),
    "hubwire.client.outcomes": ("Change", "Link", "NewRecord", "Outcome", "Outcomes"),
    "hubwire.client.records": ("Record",),
    "hubwire.client.session": ("Retry",),
    "hubwire.client.validation": ("Validation",),
    "hubwire.client.values": ("CLEAR", "UNSET"),
    "hubwire.errors": (
        "ConfigError",
        "Conflict",
        "ConnectionFailed",
        "DailyLimitReached",
        "Disconnected",
        "Forbidden",
        "HubSpotError",
        "HubwireError",
        "Invalid",
        "MaybeWritten",
        "NotFound",
        "Preflight",
        "RateLimited",
        "ServerError",
        "TimedOut",
        "TokenExpired",
        "Unauthorized",
        "UnexpectedAnswer",
    ),
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
