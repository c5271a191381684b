"""Contract tests against a real account: `pytest tests/contract --target live`.

Needs a token of a developer test account or a sandbox in HUBSPOT_LIVE_TOKEN, or HUBSPOT_ACCESS_TOKEN. A call
that would change anything but records that the same test made is not sent, and skips the test; so does a test
that steers the emulator. What a test made is archived after it. What passes is written down as validated.
"""

from __future__ import annotations

import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pytest

MORNING = "2026-01-01"
"""The day on which the emulator of these tests stands still."""
SAFE_ACCOUNTS = ("DEVELOPER_TEST", "SANDBOX")
URL = "https://api.hubapi.com"
RECORDS = re.compile(r"/crm/(?:v3/objects|v4/objects|objects/\d{4}-\d{2})/([^/?]+)(/[^?]*)?$")
PAIRS = re.compile(r"/crm/(?:v[34]/associations|associations/\d{4}-\d{2})/([^/]+)/([^/]+)/batch/(.+)$")
LINK = re.compile(r"/([^/]+)/associations/(?:default/)?([^/]+)/([^/]+)$")
READS = ("/search", "/batch/read")
SPELLINGS = {
    "contact": "contacts", "0-1": "contacts", "company": "companies", "0-2": "companies", "deal": "deals",
    "0-3": "deals", "ticket": "tickets", "0-5": "tickets",
}  # fmt: skip
Mine = set[tuple[str, str]]


def kind(spelling: str) -> str:
    word = unquote(spelling).lower()
    return SPELLINGS.get(word, word)


def objection(method: str, target: str, body: Any, mine: Mine) -> str | None:
    """Why a call must not be sent: it could change what the test did not make."""
    path, _, query = target.partition("?")
    path = path.rstrip("/")
    if method in ("GET", "HEAD") or path.endswith(READS):
        return None
    if "idProperty" in query or "idProperty" in json.dumps(body, default=str):
        return "it names a record by something else than the id it was made with"
    records, pairs = RECORDS.match(path), PAIRS.match(path)
    if records:
        there = _touched(method, kind(records[1]), records[2] or "", body)
    elif pairs:
        there = _ends(kind(pairs[1]), kind(pairs[2]), body)
    else:
        there = None
    if there is None:
        return "it changes something else than records"
    strange = [one for one in there if one not in mine]
    return f"{strange[0][0]} {strange[0][1]} is not of this test's making" if strange else None


def _touched(method: str, here: str, rest: str, body: Any) -> list[tuple[str, str]] | None:
    """The records that a call could change, besides those it makes; None where that cannot be told."""
    inputs = body.get("inputs", []) if isinstance(body, dict) else []
    rows = [row for row in inputs if isinstance(row, dict)] if isinstance(inputs, list) else []
    link = LINK.match(rest)
    if method == "POST" and rest in ("", "/batch/create"):
        return _linked([body] if rest == "" else rows)
    if method == "POST" and rest in ("/batch/update", "/batch/archive"):
        return [(here, str(row.get("id"))) for row in rows]
    if method == "POST" and rest == "/merge" and isinstance(body, dict):
        return [(here, str(body.get(name))) for name in ("primaryObjectId", "objectIdToMerge")]
    if method in ("PUT", "DELETE") and link:
        return [(here, unquote(link[1])), (kind(link[2]), unquote(link[3]))]
    if method in ("PATCH", "DELETE") and rest.count("/") == 1:
        return [(here, unquote(rest[1:]))]
    return None


def _linked(rows: list[Any]) -> list[tuple[str, str]] | None:
    """What new records are associated with: of which type the body does not say."""
    links = [link for row in rows if isinstance(row, dict) for link in row.get("associations") or []]
    return None if links else []


def _ends(here: str, there: str, body: Any) -> list[tuple[str, str]] | None:
    if not isinstance(body, dict) or not isinstance(body.get("inputs"), list):
        return []
    found: list[tuple[str, str]] = []
    for row in body["inputs"]:
        if not isinstance(row, dict):
            continue
        for side, spelling in (("from", here), ("to", there)):
            ends = row.get(side)
            for end in ends if isinstance(ends, list) else [ends]:
                found.append((spelling, str(end.get("id")) if isinstance(end, dict) else str(end)))
    return found


@dataclass
class Live:
    """The account, and what the running test made in it."""

    token: str
    url: str = URL
    mine: Mine = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    """Operations that the running test asked for."""
    validated: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> Live:
        token = os.environ.get("HUBSPOT_LIVE_TOKEN") or os.environ.get("HUBSPOT_ACCESS_TOKEN")
        if not token:
            raise pytest.UsageError("--target live needs a token in HUBSPOT_LIVE_TOKEN")
        made = cls(token)
        status, _, text = made.send("GET", "/account-info/v3/details", made.signed(), b"")
        told = json.loads(text) if status == 200 else {}
        if told.get("accountType") not in SAFE_ACCOUNTS:
            raise pytest.UsageError(
                f"--target live writes to {' and '.join(SAFE_ACCOUNTS)} accounts only; "
                f"this is {told.get('accountType') or f'none (status {status})'}"
            )
        return made

    def signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def ask(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> tuple[int, Any, str]:
        """One call of a test: sent only if it is harmless, noted if it made something."""
        if target == "/" or target.startswith("/_emulator"):
            only_emulated("the emulator's own controls")
        if not target.isascii():
            pytest.skip("not for a real account: HTTP has no such request line")
        body = _json(raw)
        why = objection(method, target, body, self.mine)
        if why:
            pytest.skip(f"not for a real account: {why}")
        sent = {name: value for name, value in headers.items() if name.lower() != "host"}
        if raw:
            sent.setdefault("Content-Type", "application/json")
        answer = self.send(method, target, sent, raw)
        self._note(method, target, answer)
        return answer

    def send(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> tuple[int, Any, str]:
        for wait in (1, 5, 11, 0):
            request = urllib.request.Request(
                self.url + target, data=raw or None, headers=headers, method=method
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as reply:
                    return reply.status, reply.headers, reply.read().decode()
            except urllib.error.HTTPError as refused:
                with refused:
                    status, told, text = refused.code, refused.headers, refused.read().decode()
            if status != 429 or not wait or "DAILY" in text:
                break
            time.sleep(wait)
        return status, told, text

    def clean(self) -> None:
        """Archives what the test made."""
        for spelling, number in sorted(self.mine):
            self.send("DELETE", f"/crm/v3/objects/{spelling}/{number}", self.signed(), b"")
        self.mine.clear()
        self.asked.clear()

    def _note(self, method: str, target: str, answer: tuple[int, Any, str]) -> None:
        from hubwire.emulator.routes import Match, routes

        path = target.partition("?")[0]
        found = routes().find(method, path)
        if isinstance(found, Match):
            self.asked.add(f"{found.endpoint.op} {found.version}")
        records = RECORDS.match(path.rstrip("/"))
        if answer[0] >= 300 or not records or method != "POST":
            return
        body = _json(answer[2].encode())
        if records[2] in (None, "", "/merge") and isinstance(body, dict):
            self.mine.add((kind(records[1]), str(body.get("id"))))
        elif records[2] == "/batch/create" and isinstance(body, dict):
            self.mine.update((kind(records[1]), str(row["id"])) for row in body.get("results", []))

    def stamp(self, name: str) -> None:
        """A test passed."""
        if self.asked:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self.validated[name] = {"at": at, "operations": sorted(self.asked)}


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return None


LIVE: list[Live] = []
"""Empty while the target is the emulator."""


def session() -> Live | None:
    return LIVE[0] if LIVE else None


def only_emulated(what: str) -> Any:
    """Skips a test that needs more than an account can give."""
    pytest.skip(f"not for a real account: it needs {what}", allow_module_level=True)


def begun() -> Iterator[None]:
    """Around each test."""
    yield
    live = session()
    if live:
        live.clean()
