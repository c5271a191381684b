"""An OAuth app and the hubs of the accounts that are connected to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from hubwire.auth.consent import Connected, Departure, depart, returning
from hubwire.auth.oauth import OAuthClient
from hubwire.client.hub import AsyncHub
from hubwire.client.hub_sync import Hub

Cookies = str | Mapping[str, str] | None


class OAuthApp(OAuthClient):
    """An OAuth app: connects accounts, keeps their tokens, and gives a hub for each.

    Accounts share nothing but the store: each has its tokens, connections, quota and errors.
    """

    @cached_property
    def _hubs(self) -> dict[str, Hub]:
        return {}

    @cached_property
    def _async_hubs(self) -> dict[str, AsyncHub]:
        return {}

    def portal(self, portal_id: int | str, **options: Any) -> Hub:
        """The account's hub: the same every time, so that its quota is counted once. With options (those of
        `Hub`) a new one, for you to close.
        """
        source = self.tokens(portal_id)
        if options:
            return Hub(source, **{"base_url": self.base_url, **options})
        key = self.key(portal_id).account
        return self._hubs.setdefault(key, Hub(source, base_url=self.base_url))

    def async_portal(self, portal_id: int | str, **options: Any) -> AsyncHub:
        """The same for asyncio."""
        source = self.tokens(portal_id)
        if options:
            return AsyncHub(source, **{"base_url": self.base_url, **options})
        key = self.key(portal_id).account
        return self._async_hubs.setdefault(key, AsyncHub(source, base_url=self.base_url))

    def depart(
        self,
        *,
        cookies: Cookies = None,
        portal_id: int | str | None = None,
        conditional: Iterable[str] = (),
        return_to: str = "/",
    ) -> Departure:
        """The way to the consent page: an address, and the cookie that binds the return to this browser.
        `cookies` are those of the request, so that a browser can have two connections under way.
        """
        return depart(
            self, cookies=cookies, portal_id=portal_id, conditional=conditional, return_to=return_to
        )

    def callback(self, query: str | Mapping[str, str], cookies: Cookies) -> Connected:
        """The connection that a return from the consent page makes; its tokens are saved by then.

        `query` is the query string, the whole address or the parameters; `cookies` the `Cookie` header, or
        names and values. Raises `StateMismatch` and `ConsentDenied`.
        """
        return self.perform(returning(self, query, cookies))

    async def acallback(self, query: str | Mapping[str, str], cookies: Cookies) -> Connected:
        """The same for asyncio."""
        return await self.aperform(returning(self, query, cookies))

    def close(self) -> None:
        """Closes the hubs that `portal` gave out, and the store."""
        while self._hubs:
            self._hubs.popitem()[1].close()
        self.store.close()

    async def aclose(self) -> None:
        """The same for those of `async_portal`."""
        while self._async_hubs:
            await self._async_hubs.popitem()[1].aclose()
        self.store.close()
