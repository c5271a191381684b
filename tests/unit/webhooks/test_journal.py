"""The journal is read on from where it was left, and says so where HubSpot has forgotten."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from hubwire.auth.client_credentials import ClientCredentials
from hubwire.errors import ConfigError, HubwireError
from hubwire.testing.accounts import LocalAccount
from hubwire.webhooks import App
from hubwire.webhooks.inbox import Gap, Selection
from hubwire.webhooks.inbox_sqlite import SqliteInbox
from hubwire.webhooks.journal import Poller, forms_of

DAY = 86_400


class Desk:
    """An account whose changes are in the journal, and a reader of it."""

    def __init__(self, hubspot: LocalAccount, inbox: SqliteInbox) -> None:
        self.account, self.inbox = hubspot, inbox
        identity = hubspot.identity
        source = ClientCredentials(
            identity.client_id,
            identity.client_secret,
            [
                "developer.webhooks_journal.read",
                "developer.webhooks_journal.subscriptions.write",
                "crm.objects.contacts.read",
            ],
            base_url=hubspot.base_url,
        )
        self.hub = hubspot.async_hub(source)
        self.gone: list[int] = []

    async def subscribe(self, kind: str, **more: Any) -> None:
        body = {"subscriptionType": kind, **more}
        if kind != "APP_LIFECYCLE_EVENT":
            body["portalId"] = self.account.identity.portal_id
        await self.hub.request("POST", "/webhooks-journal/subscriptions/2026-03", json=body)

    def reader(self, app: App | None = None, **options: Any) -> Poller:
        return Poller(
            self.hub,
            self.inbox,
            clock=self.account.clock.now,
            app=app,
            on_uninstall=self.gone.append,
            **options,
        )

    async def kinds(self) -> list[str]:
        return [each.kind for each in reversed(await self.inbox.list(Selection()))]


def at(hubspot: LocalAccount, tmp_path: Path, work: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        inbox = SqliteInbox(tmp_path / "inbox.db")
        await inbox.open()
        desk = Desk(hubspot, inbox)
        try:
            await work(desk)
        finally:
            await desk.hub.aclose()
            await inbox.close()

    asyncio.run(main())


def contact(hubspot: LocalAccount, number: int) -> str:
    with hubspot.hub() as hub:
        return hub.contacts.create({"email": f"n{number}@example.com"}).id


def test_what_happened_is_read_once_and_later_on_from_there(hubspot: LocalAccount, tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        await desk.subscribe("OBJECT", objectTypeId="0-1", actions=["CREATE"])
        for number in range(3):
            contact(hubspot, number)
        first = await desk.reader().turn()
        assert (first.events, first.new, first.gap) == (3, 3, None)
        contact(hubspot, 3)
        second = await desk.reader().turn()
        assert (second.events, second.new) == (1, 1)
        assert (await desk.reader().turn()).files == 0
        assert await desk.kinds() == ["contact.creation"] * 4

    at(hubspot, tmp_path, work)


def test_a_reader_that_died_before_it_noted_its_place_stores_nothing_twice(
    hubspot: LocalAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(desk: Desk) -> None:
        await desk.subscribe("OBJECT", objectTypeId="0-1", actions=["CREATE"])
        contact(hubspot, 1)

        async def dead(name: str, text: str) -> None:
            raise SystemExit

        with monkeypatch.context() as patch:
            patch.setattr(desk.inbox, "note", dead)
            with pytest.raises(SystemExit):
                await desk.reader().turn()
        again = await desk.reader().turn()
        assert (again.events, again.new) == (1, 0)
        assert (await desk.inbox.stats()).received == 1

    at(hubspot, tmp_path, work)


def test_more_than_three_days_without_a_reader_are_a_gap_that_is_told(
    hubspot: LocalAccount, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(desk: Desk) -> None:
        await desk.subscribe("OBJECT", objectTypeId="0-1", actions=["CREATE"])
        await desk.reader().turn()
        left = int(hubspot.clock.now() * 1000)
        contact(hubspot, 1)
        hubspot.clock.advance(5 * DAY)
        back = int(hubspot.clock.now() * 1000)
        turn = await desk.reader().turn()
        assert turn.gap == Gap(left, back - 3 * DAY * 1000)
        assert "may be missing" in caplog.text
        assert await desk.reader().gaps() == [turn.gap]
        assert (await desk.reader().turn()).gap is None

    at(hubspot, tmp_path, work)


def test_a_gap_is_one_however_often_the_reading_fails(
    hubspot: LocalAccount, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(desk: Desk) -> None:
        await desk.subscribe("OBJECT", objectTypeId="0-1", actions=["CREATE"])
        await desk.reader().turn()
        left = int(hubspot.clock.now() * 1000)
        hubspot.clock.advance(5 * DAY)
        hubspot.fault("status", status=403, path="/webhooks-journal/*", count=2)
        for _ in range(2):
            with pytest.raises(HubwireError):
                await desk.reader().turn()
            hubspot.clock.advance(60)
        turn = await desk.reader().turn()
        assert await desk.reader().gaps() == [turn.gap] == [Gap(left, left + 2 * DAY * 1000 + 120_000)]
        assert caplog.text.count("may be missing") == 1

    at(hubspot, tmp_path, work)


def test_an_uninstalled_app_is_heard_of(hubspot: LocalAccount, tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        await desk.subscribe("APP_LIFECYCLE_EVENT", eventTypeId="4-1916193", actions=["APP_UNINSTALL"])
        uninstall = {"type": "app_lifecycle_event", "action": "APP_UNINSTALL", "portalId": 62515,
                     "occurredAt": "2026-09-15T09:00:00Z", "properties": {"hs_app_id": "7"}}  # fmt: skip
        (pair,) = forms_of(uninstall)
        assert [form["subscriptionType"] for form in pair] == ["app.uninstall"]

    at(hubspot, tmp_path, work)


def test_handlers_of_the_generic_format_get_it(hubspot: LocalAccount, tmp_path: Path) -> None:
    app = App()

    @app.on("object.creation", object_type="0-1")
    def made(event: Any, context: Any) -> None: ...

    async def work(desk: Desk) -> None:
        await desk.subscribe("OBJECT", objectTypeId="0-1", actions=["CREATE"])
        contact(hubspot, 1)
        await desk.reader(app).turn()
        assert await desk.kinds() == ["object.creation"]
        entry = await desk.inbox.show(1)
        assert entry is not None
        assert json.loads(entry.raw)["journal"]["action"] == "CREATE"
        assert entry.source == "journal"

    at(hubspot, tmp_path, work)


def test_one_update_is_an_event_for_every_property() -> None:
    update = {"type": "crmObject", "action": "UPDATE", "portalId": 1, "objectTypeId": "0-3", "objectId": 5,
              "occurredAt": "2026-09-15T09:00:00.250Z",
              "propertyChanges": {"amount": "10", "dealname": "x"}}  # fmt: skip
    told = [pair[0] for pair in forms_of(update)]
    assert [(each["subscriptionType"], each["propertyName"], each["propertyValue"]) for each in told] == [
        ("deal.propertyChange", "amount", "10"),
        ("deal.propertyChange", "dealname", "x"),
    ]
    assert told[0]["occurredAt"] == 1_789_462_800_250


@pytest.mark.parametrize("odd", [{}, {"action": "NEW_KIND", "portalId": 1}, {"action": "CREATE"}])
def test_what_is_not_known_is_kept_as_it_came(odd: dict[str, Any]) -> None:
    assert list(forms_of(odd)) == []


def test_a_reader_begins_where_there_is_something_to_begin() -> None:
    with pytest.raises(ConfigError, match="earliest or the latest"):
        Poller(None, None, clock=float, begin="now")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="needs its client id"):
        ClientCredentials("", "")
