"""The developer's apps: one is built in, more can be added. Any account of the emulator may let them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from hubwire.emulator.identity import Identity
from hubwire.emulator.shelf import Shelf

Kind = Literal["private-app", "oauth", "marketplace", "service-key"]
STATIC = ("private-app", "service-key")
"""Kinds whose token does not expire, and which no consent page lets in."""
BUILT_IN = "hubwire demo app"


@dataclass(frozen=True, slots=True)
class App:
    """One app and its credentials. Its `repr` shows no secret."""

    app_id: int
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    kind: Kind = "oauth"
    scopes: tuple[str, ...] = ()
    """Scopes it is set up with; none: it may ask for any."""
    redirects: frozenset[str] = frozenset()
    """Registered redirect URLs, besides any on loopback."""
    user_lacks: tuple[str, ...] = ()
    """Of a user-level app: permissions that its user does not have, as `Edit Associations`."""

    @property
    def static(self) -> bool:
        return self.kind in STATIC

    @property
    def marketplace(self) -> bool:
        return self.kind == "marketplace"


class Apps:
    """By app id and by client id; the built-in one comes first."""

    def __init__(self, shelf: Shelf, identity: Identity) -> None:
        self._shelf = shelf
        built_in = App(
            identity.app_id,
            BUILT_IN,
            identity.client_id,
            identity.client_secret,
            redirects=frozenset(shelf.all("redirect", bool)),
        )
        self._by_id = {identity.app_id: built_in}
        self._by_id.update((app.app_id, app) for app in shelf.all("app", App).values())

    def __iter__(self) -> Iterator[App]:
        return iter(self._by_id.values())

    @property
    def built_in(self) -> App:
        return next(iter(self._by_id.values()))

    def find(self, app_id: int) -> App | None:
        return self._by_id.get(app_id)

    def of_client(self, client_id: str | None) -> App | None:
        """The app with that client id."""
        return next((app for app in self if app.client_id == client_id), None)

    def put(self, app: App) -> None:
        """Keeps an app, new or changed."""
        if app.app_id == self.built_in.app_id:
            for uri in app.redirects:
                self._shelf.put("redirect", uri, True)
        else:
            self._shelf.put("app", str(app.app_id), app)
        self._by_id[app.app_id] = app

    def register_redirect(self, uri: str) -> None:
        """Lets authorizations of the built-in app return to `uri`."""
        self.put(replace(self.built_in, redirects=self.built_in.redirects | {uri}))
