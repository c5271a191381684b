"""Where tokens come from."""

from hubwire.auth.grant import Tokens
from hubwire.auth.oauth import OAuthApp
from hubwire.auth.refresh import OAuthTokens
from hubwire.auth.tokens import StaticToken, TokenSource

__all__ = ["OAuthApp", "OAuthTokens", "StaticToken", "TokenSource", "Tokens"]
