"""The account that is looked at: its credentials, and what HubSpot tells of them."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from hubwire.cli.account import source
from hubwire.cli.explain import explain
from hubwire.errors import HubwireError

if TYPE_CHECKING:
    from hubwire.auth import OAuthClient, TokenInfo, Tokens, TokenSource
    from hubwire.auth.profiles import Profile

T = TypeVar("T")


class Patient:
    """Asked once; what could not be asked is a problem instead of an answer."""

    def __init__(self, args: argparse.Namespace) -> None:
        from hubwire import Hub
        from hubwire.auth.credentials import chosen_profile, where_called
        from hubwire.auth.profiles import profile
        from hubwire.auth.tokens import VARIABLES

        self.source: TokenSource = source(args)
        variable = next((name for name in VARIABLES if os.environ.get(name)), None)
        explicit = args.profile or os.environ.get("HUBWIRE_PROFILE")
        refreshed = None if variable else os.environ.get("HUBSPOT_REFRESH_TOKEN")
        self.name: str | None = explicit or (None if variable or refreshed else chosen_profile())
        self.profile: Profile | None = profile(self.name) if self.name else None
        self.place = f"profile {self.name}" if self.name else variable or "HUBSPOT_REFRESH_TOKEN"
        self.base_url = args.base_url or where_called(self.source)
        self.problems: dict[str, str] = {}
        self.hub = Hub(self.source, base_url=self.base_url)
        self.token: str = self._try("token", lambda: self._bearer()) or ""
        self.info: TokenInfo | None = self._try("token", self._asked) if self.token else None
        known = self.token and "token" not in self.problems
        self.details: dict[str, Any] = (
            self._try("account", self.hub.account.details) if known else None
        ) or {}
        self.usage: dict[str, Any] = (self._try("usage", self.hub.account.usage) if known else None) or {}
        self.hub.close()

    @property
    def oauth(self) -> bool:
        """Whether the token is an OAuth app's."""
        from hubwire.auth.tokens import StaticToken

        return not isinstance(self.source, StaticToken)

    @property
    def app(self) -> OAuthClient:
        """The app of an OAuth token."""
        from hubwire.auth.credentials import app_of
        from hubwire.auth.oauth import OAuthClient

        return app_of(self.profile) if self.profile else OAuthClient(store="env:")

    @property
    def kept(self) -> Tokens | None:
        """The static token as it is stored, with its age; None for one from the environment."""
        from hubwire.auth.credentials import static_token

        if self.profile is None or self.name is None or self.profile.kind != "static":
            return None
        return static_token(self.name, self.profile)

    def _bearer(self) -> str:
        from hubwire.wire.blocking import run
        from hubwire.wire.transports import default_transport

        transport = default_transport()
        try:
            return run(self.source.bearer(time.time()), transport.send)
        finally:
            transport.close()

    def _asked(self) -> TokenInfo:
        from hubwire.auth.info import token_info

        return self.app.introspect(self.token) if self.oauth else token_info(self.token, self.base_url)

    def _try(self, topic: str, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except HubwireError as problem:
            said = explain(problem, self.base_url)
            self.problems[topic] = said.replace("HUBSPOT_ACCESS_TOKEN", self.place)
            return None
