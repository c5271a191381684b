"""Where tokens come from. Loaded by name when touched: a static token needs nothing of OAuth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubwire.auth.grant import Tokens as Tokens
    from hubwire.auth.oauth import OAuthApp as OAuthApp
    from hubwire.auth.refresh import OAuthTokens as OAuthTokens
    from hubwire.auth.tokens import StaticToken as StaticToken
    from hubwire.auth.tokens import TokenSource as TokenSource

__all__ = ["OAuthApp", "OAuthTokens", "StaticToken", "TokenSource", "Tokens"]

_HOMES = {
    "OAuthApp": "oauth",
    "OAuthTokens": "refresh",
    "StaticToken": "tokens",
    "TokenSource": "tokens",
    "Tokens": "grant",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"hubwire.auth.{_HOMES[name]}"), name)
