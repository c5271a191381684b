"""Asks an emulator, or a real account, as a foreign client would: text in, text out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from hubwire.emulator import Clock, Emulator, Identity
from tests.contract import live

NINE_IN_LONDON = 1_767_258_000.0
"""1 January 2026, 09:00 UTC: 04:00 in New York, the account's time zone."""

CLIENT = {
    "client_id": "00000000-0000-0000-0000-0000000c11d0",
    "client_secret": "00000000-0000-0000-0000-0000005ec4e7",
}
PLAIN = {"limits": False}.items()
"""Options of an emulator that a real account can do without."""
LOCAL = "http://localhost:3000/oauth/callback"


class Names(dict[str, str]):
    """Headers that came over a network, asked for in any letter case."""

    def __init__(self, told: Iterable[tuple[str, str]]) -> None:
        super().__init__((name.lower(), value) for name, value in told)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


@dataclass
class Heard:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Caller:
    """One account and a token for it; every test makes its own."""

    def __init__(self, *, token: str | None = None, **options: Any) -> None:
        self._live = live.session()
        if self._live:
            if token or not options.items() <= PLAIN:
                live.only_emulated("an account of its own kind")
            self.token = self._live.token
            return
        defaults = {"clock": Clock.at(NINE_IN_LONDON), "identity": Identity.for_tests()}
        self._emulator = Emulator(**{**defaults, **options})
        self.token = token or self._emulator.identity.access_token

    @property
    def emulator(self) -> Emulator:
        if self._live:
            live.only_emulated("the emulator's own controls")
        return self._emulator

    @property
    def portal_id(self) -> int:
        found: int = self("GET", "/account-info/v3/details").json["portalId"]
        return found

    @property
    def clock(self) -> Clock:
        return self.emulator.clock

    def __call__(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        token: str | None = "",
        headers: dict[str, str] | None = None,
    ) -> Heard:
        """`token=None` sends none; a str or bytes body goes as it is, anything else as JSON."""
        sent = {"host": "api.hubapi.com", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.token}"
        raw = body if isinstance(body, bytes) else b""
        if body is not None and not isinstance(body, bytes):
            raw = json.dumps(body).encode()
        if self._live:
            status, told, text = self._live.ask(method.upper(), target, sent, raw)
            return Heard(status, Names(told.items()), text)
        answer = self._emulator.ask(method, target, headers=sent, body=raw)
        return Heard(answer.status, dict(answer.headers), answer.body.decode())

    def form(self, path: str, **fields: str) -> Heard:
        return self("POST", path, urlencode(fields).encode(), token=None)

    def authorize(self, scope: str = "oauth crm.objects.contacts.read", **more: str) -> Heard:
        query = {
            "client_id": CLIENT["client_id"],
            "redirect_uri": LOCAL,
            "scope": scope,
            "state": "s 1",
            **more,
        }
        return self("GET", f"/oauth/authorize?{urlencode(query)}", token=None)

    def code(self, scope: str = "oauth crm.objects.contacts.read") -> str:
        """A code, as an account with automatic consent gives it."""
        self.emulator.account.auto_consent = True
        return sent_back(self.authorize(scope))["code"]

    def tokens(self, scope: str = "oauth crm.objects.contacts.read") -> Any:
        heard = self.form(
            "/oauth/v3/token",
            grant_type="authorization_code",
            code=self.code(scope),
            redirect_uri=LOCAL,
            **CLIENT,
        )
        assert heard.status == 200, heard.text
        return heard.json


def sent_back(heard: Heard) -> dict[str, str]:
    """The parameters a redirect carries."""
    assert heard.status == 302, heard.text
    return dict(parse_qsl(urlsplit(heard.headers["Location"]).query))
