"""Where tokens come from. Loaded by name when touched: a static token needs nothing of OAuth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubwire.auth.consent import Connected as Connected
    from hubwire.auth.consent import Departure as Departure
    from hubwire.auth.credentials import profile_source as profile_source
    from hubwire.auth.grant import Tokens as Tokens
    from hubwire.auth.info import TokenInfo as TokenInfo
    from hubwire.auth.info import token_info as token_info
    from hubwire.auth.keys import Keys as Keys
    from hubwire.auth.keys import new_key as new_key
    from hubwire.auth.oauth import OAuthClient as OAuthClient
    from hubwire.auth.oauth import SunsetWarning as SunsetWarning
    from hubwire.auth.refresh import OAuthTokens as OAuthTokens
    from hubwire.auth.refresh import StoredTokens as StoredTokens
    from hubwire.auth.refresh import Timing as Timing
    from hubwire.auth.scopes import Scopes as Scopes
    from hubwire.auth.stores.environment import EnvironmentStore as EnvironmentStore
    from hubwire.auth.stores.memory import MemoryStore as MemoryStore
    from hubwire.auth.stores.opening import open_store as open_store
    from hubwire.auth.stores.postgres import PostgresStore as PostgresStore
    from hubwire.auth.stores.redis import RedisStore as RedisStore
    from hubwire.auth.stores.sqlite import SqliteStore as SqliteStore
    from hubwire.auth.stores.store import Kept as Kept
    from hubwire.auth.stores.store import Key as Key
    from hubwire.auth.stores.store import Lease as Lease
    from hubwire.auth.stores.store import Listed as Listed
    from hubwire.auth.stores.store import TokenStore as TokenStore
    from hubwire.auth.tokens import StaticToken as StaticToken
    from hubwire.auth.tokens import TokenSource as TokenSource
    from hubwire.auth.web import asgi_routes as asgi_routes
    from hubwire.auth.web import wsgi_routes as wsgi_routes

_HOMES = {
    "credentials": ("profile_source",),
    "consent": ("Connected", "Departure"),
    "grant": ("Tokens",),
    "info": ("TokenInfo", "token_info"),
    "keys": ("Keys", "new_key"),
    "oauth": ("OAuthClient", "SunsetWarning"),
    "refresh": ("OAuthTokens", "StoredTokens", "Timing"),
    "scopes": ("Scopes",),
    "stores.environment": ("EnvironmentStore",),
    "stores.memory": ("MemoryStore",),
    "stores.opening": ("open_store",),
    "stores.postgres": ("PostgresStore",),
    "stores.redis": ("RedisStore",),
    "stores.sqlite": ("SqliteStore",),
    "stores.store": ("Kept", "Key", "Lease", "Listed", "TokenStore"),
    "tokens": ("StaticToken", "TokenSource"),
    "web": ("asgi_routes", "wsgi_routes"),
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"hubwire.auth.{_WHERE[name]}"), name)
