"""The console shows what is in the inbox to whoever has its token, and to nobody else."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Coroutine
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from hubwire.console import Console
from hubwire.console.view import moment
from hubwire.webhooks.inbox import DEAD, Batch, Selection, Settled, Tried
from hubwire.webhooks.inbox_sqlite import SqliteInbox
from hubwire.webhooks.receiver import arrival

TOKEN = "a token of the tests"
NOW = 1_789_462_800.0


class Browser:
    """Sends requests to the application as a browser would; keeps its cookie."""

    def __init__(self, app: Console, host: str = "127.0.0.1:8000") -> None:
        self.app, self.host, self.cookie = app, host, ""

    async def __call__(
        self, method: str, target: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        path, _, query = target.partition("?")
        sent = {"host": self.host, "accept": "text/html", "cookie": self.cookie}
        sent |= {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = urlencode(form or {}).encode()
        messages: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "root_path": "", "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        }  # fmt: skip
        await self.app(scope, receive, send)
        got = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        if "set-cookie" in got:
            self.cookie = got["set-cookie"].partition(";")[0]
        text = b"".join(message.get("body", b"") for message in messages[1:]).decode()
        return messages[0]["status"], got, text

    async def log_in(self, token: str = TOKEN) -> int:
        return (await self("POST", "/login", {"token": token}))[0]


def event(number: int, **more: Any) -> bytes:
    told = {
        "eventId": number, "portalId": 7, "subscriptionType": "contact.creation", "objectId": 50 + number,
        "occurredAt": int(NOW * 1000), **more,
    }  # fmt: skip
    return json.dumps(told).encode()


async def filled(inbox: SqliteInbox) -> None:
    """Three events: one dead, two waiting, of which one says something ugly."""
    raws = [event(1), event(2), event(3, propertyName="<script>alert(1)</script>")]
    arrivals = [arrival(raw) for raw in raws]
    await inbox.put(Batch(int(NOW * 1000), b"digest", 300, arrivals))
    (run,) = await inbox.begin([arrivals[0].lane], int(NOW * 1000), 10)
    failed = Tried("shop.sync", DEAD, 3, int(NOW * 1000), 0.5, "Traceback\nOSError: the shop is closed")
    await inbox.settle([Settled(run.lane, run.token, run.events[0].id, DEAD, tried=[failed])])
    await inbox.refuse({"mismatch": 4})


def looking(
    tmp_path: Path, work: Callable[[Browser, SqliteInbox], Coroutine[Any, Any, None]], **options: Any
) -> None:
    async def main() -> None:
        inbox = SqliteInbox(tmp_path / "inbox.db")
        await inbox.open()
        try:
            await filled(inbox)
            await work(Browser(Console(inbox, TOKEN, now=lambda: NOW, **options)), inbox)
        finally:
            await inbox.close()

    asyncio.run(main())


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found, page
    return found[1]


def test_without_the_token_nothing_is_shown(tmp_path: Path) -> None:
    async def work(browser: Browser, inbox: SqliteInbox) -> None:
        for target in ("/", "/events", "/events/1"):
            status, headers, page = await browser("GET", target)
            assert (status, headers["location"]) == (303, "/login")
            assert "contact" not in page
        assert (await browser("GET", "/", accept="application/json"))[0] == 401
        assert await browser.log_in("another token, as long") == 401
        assert (await browser("GET", "/"))[0] == 303
        assert await browser.log_in() == 303
        assert (await browser("GET", "/"))[0] == 200

    looking(tmp_path, work)


def test_the_list_tells_states_errors_and_refusals_by_reason(tmp_path: Path) -> None:
    async def work(browser: Browser, inbox: SqliteInbox) -> None:
        await browser.log_in()
        _, headers, page = await browser("GET", "/")
        assert "OSError: the shop is closed" in page
        assert re.search(r"mismatch\s*<b>4</b>", page)
        assert page.count('class="open"') == 3
        assert "<script>alert" not in page
        assert "default-src 'none'" in headers["content-security-policy"]
        _, _, dead = await browser("GET", "/?state=dead")
        assert dead.count('class="open"') == 1

    looking(tmp_path, work)


def test_a_gap_of_the_journal_is_told(tmp_path: Path) -> None:
    async def work(browser: Browser, inbox: SqliteInbox) -> None:
        await browser.log_in()
        assert "The journal was not read" not in (await browser("GET", "/"))[2]
        await inbox.note("journal:gaps", json.dumps([[int(NOW * 1000) - 86_400_000, int(NOW * 1000)]]))
        told = moment(int(NOW * 1000))
        assert f"to {told} (UTC)" in (await browser("GET", "/"))[2]

    looking(tmp_path, work)


def test_an_event_is_shown_with_payload_attempts_and_errors_and_replayed(tmp_path: Path) -> None:
    async def work(browser: Browser, inbox: SqliteInbox) -> None:
        await browser.log_in()
        _, _, page = await browser("GET", "/events/1")
        assert '"eventId": 1' in unescape(page)
        assert "shop.sync" in page
        assert "Traceback\nOSError: the shop is closed" in unescape(page)
        status, headers, _ = await browser("POST", "/replay", {"id": "1", "csrf": csrf(page)})
        assert (status, headers["location"]) == (303, "/events/1")
        assert (await inbox.stats()).dead == 0
        assert (await browser("GET", "/events/99"))[0] == 404

    looking(tmp_path, work)


def test_all_dead_letters_are_replayed_or_discarded_at_once(tmp_path: Path) -> None:
    async def work(browser: Browser, inbox: SqliteInbox) -> None:
        await browser.log_in()
        _, _, page = await browser("GET", "/?state=dead")
        _, headers, _ = await browser("POST", "/discard", {"all": "dead", "csrf": csrf(page)})
        assert headers["location"] == "/?state=dead&verb=discard&done=1"
        assert "1 event discarded" in (await browser("GET", headers["location"]))[2]
        assert [each.id for each in await inbox.list(Selection(states=["discarded"]))] == [1]

    looking(tmp_path, work)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"host": "evil.example"}, 421),
        ({"host": "localhost.evil.example:8000"}, 421),
        ({"cookie": "hubwire_console=made.9999999999.up"}, 401),
        ({}, 303),
    ],
)
def test_a_form_of_somebody_elses_does_nothing(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    async def work(browser: Browser, inbox: SqliteInbox) -> None:
        await browser.log_in()
        _, _, page = await browser("GET", "/events/1")
        assert (await browser("POST", "/replay", {"id": "1", "csrf": csrf(page)}, **headers))[0] == status
        assert (await inbox.stats()).dead == (0 if status == 303 else 1)

    looking(tmp_path, work)


def test_a_form_without_the_sessions_own_mark_does_nothing(tmp_path: Path) -> None:
    async def work(browser: Browser, inbox: SqliteInbox) -> None:
        await browser.log_in()
        other = Browser(browser.app)
        await other.log_in()
        _, _, page = await other("GET", "/events/1")
        assert (await browser("POST", "/replay", {"id": "1", "csrf": csrf(page)}))[0] == 403
        assert (await browser("POST", "/replay", {"id": "1"}))[0] == 403
        assert (await inbox.stats()).dead == 1

    looking(tmp_path, work)


def test_a_session_ends_by_itself(tmp_path: Path) -> None:
    times = [NOW]

    async def work(browser: Browser, inbox: SqliteInbox) -> None:
        browser.app = Console(inbox, TOKEN, now=lambda: times[0])
        await browser.log_in()
        assert (await browser("GET", "/"))[0] == 200
        times[0] += 13 * 3600
        assert (await browser("GET", "/"))[0] == 303

    looking(tmp_path, work)


def test_odd_addresses_are_no_errors(tmp_path: Path) -> None:
    async def work(browser: Browser, inbox: SqliteInbox) -> None:
        await browser.log_in()
        for query in ("state=nonsense", "before=-1", f"before={'9' * 40}", "kind=%00", "record=%ff&x=1"):
            assert (await browser("GET", f"/?{query}"))[0] == 200

    looking(tmp_path, work)


def test_a_short_token_is_refused() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        Console(None, "short")  # type: ignore[arg-type]
