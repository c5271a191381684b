"""What a developer has set up for an app, beside its webhooks: documents by kind, kept with the app."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from hubwire.emulator import moments, refusals
from hubwire.emulator.account import Account
from hubwire.emulator.apps import App
from hubwire.emulator.exchange import Asked
from hubwire.emulator.shelf import Shelf

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)


def app_of(account: Account, asked: Asked) -> App:
    """The app that the path names; a token is good for its own app only."""
    text, grant = asked.places["appId"], asked.grant
    app = account.world.apps.find(int(text)) if text.isascii() and text.isdigit() else None
    if app is None or (grant and grant.kind != "developer-key" and grant.app_id != app.app_id):
        raise refusals.nothing_there(f"No app found with ID {text}", context={"appId": [text]})
    return app


class Papers:
    """The documents of one app. Every change is one transaction."""

    def __init__(self, account: Account, app: App) -> None:
        self._store = account.store
        self._shelf = Shelf(account.store, f"app {app.app_id}/")

    def all(self, kind: str, into: type[T]) -> dict[str, T]:
        """Those of a kind, by key, in the order of their keys."""
        return dict(sorted(self._shelf.all(kind, into).items(), key=lambda one: (len(one[0]), one[0])))

    def find(self, kind: str, into: type[T], key: str = "") -> T | None:
        return self._shelf.all(kind, into).get(key)

    def put(self, kind: str, value: object, key: str = "") -> None:
        with self._store.transaction():
            self._shelf.put(kind, key, value)

    def drop(self, kind: str, key: str = "") -> None:
        with self._store.transaction():
            self._shelf.drop(kind, key)

    def number(self, kind: str, first: int) -> str:
        """A number nobody had before, for a new document of that kind."""
        with self._store.transaction():
            last = self._shelf.all("numbers", int).get(kind, first - 1) + 1
            self._shelf.put("numbers", kind, last)
        return str(last)


def changed(before: S, sent: msgspec.Struct) -> S:
    """`before` with what a patch says; what it leaves out stays."""
    told = {name: value for name in sent.__struct_fields__ if (value := getattr(sent, name)) is not None}
    return msgspec.structs.replace(before, **told)


def stamped(value: S, asked: Asked) -> S:
    """`value`, which has both times, as of now."""
    now = moments.text(int(asked.now * 1000))
    return msgspec.structs.replace(value, created_at=getattr(value, "created_at", "") or now, updated_at=now)


def url(name: str, text: str) -> str:
    """`text`, if it is a web address; `name` is whose it is."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise refusals.validation(f"{name} must be a URL, but was {text}")
    return text
