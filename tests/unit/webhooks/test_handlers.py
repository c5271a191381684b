"""What a handler can ask for: several events at once, a blocked record, the account's own client."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from hubwire.testing.accounts import LocalAccount
from hubwire.webhooks import App, Backoff, Service
from hubwire.webhooks.inbox import Selection
from hubwire.webhooks.service import Trust
from hubwire.webhooks.signature import Secrets
from hubwire.webhooks.worker import Working
from tests.unit.webhooks.senders import NOW, SECRET, URL, body, event, signed
from tests.unit.webhooks.test_service import settled


def service(app: App, tmp_path: Path) -> Service:
    return Service(
        app,
        inbox=tmp_path / "inbox.db",
        trust=Trust(secrets=Secrets(SECRET), public_url=URL),
        working=Working(retention=None),
        clock=lambda: NOW,
    )


def test_several_changes_of_a_record_are_one_call(tmp_path: Path) -> None:
    app, calls = App(), []

    @app.on_object("contact.*", window=0.0)
    def changed(events: Any, context: Any) -> None:
        calls.append((events[0].object_id, [each.value for each in events]))

    async def main() -> None:
        async with service(app, tmp_path) as running:
            events = [*(event(number) for number in (3, 1, 2)), event(4, objectId=2)]
            assert (await running.receiver.receive(signed(body(*events)))).status == 204
            await settled(running, done=4)

    asyncio.run(main())
    assert sorted(calls) == [("1", ["v1", "v2", "v3"]), ("2", ["v4"])]


def test_a_dead_letter_of_a_blocking_handler_holds_its_record_and_no_other(tmp_path: Path) -> None:
    app, seen, broken = App(backoff=Backoff(attempts=1)), [], [True]

    @app.on("contact.*", on_failure="block")
    def strict(told: Any, context: Any) -> None:
        if told.value == "v1" and broken[0]:
            raise OSError("the shop is closed")
        seen.append(told.value)

    async def main() -> None:
        async with service(app, tmp_path) as running:
            events = [event(1), event(2), event(3, objectId=2)]
            await running.receiver.receive(signed(body(*events)))
            await settled(running, done=1)
            assert seen == ["v3"]
            broken[0] = False
            assert running.inbox is not None
            assert await running.inbox.replay(Selection(ids=[1]), int(NOW * 1000)) == 1
            await settled(running, done=3)

    asyncio.run(main())
    assert seen == ["v3", "v1", "v2"]


def test_a_handler_gets_the_client_of_the_events_account(tmp_path: Path, hubspot: LocalAccount) -> None:
    asked, names = [], []

    def hub(portal_id: int) -> Any:
        asked.append(portal_id)
        return hubspot.hub()

    app = App(hub=hub)
    with hubspot.hub() as own:
        number = own.contacts.create({"email": "ada@example.com", "firstname": "Ada"}).id

    @app.on("contact.*")
    def greet(told: Any, context: Any) -> None:
        names.append(context.hub.contacts.get(told.object_id, properties=["firstname"])["firstname"])

    async def main() -> None:
        async with service(app, tmp_path) as running:
            events = [event(1, objectId=int(number)), event(2, objectId=int(number))]
            await running.receiver.receive(signed(body(*events)))
            await settled(running, done=2)

    asyncio.run(main())
    assert (asked, names) == ([62515], ["Ada", "Ada"])


def test_an_async_handler_gets_a_client_that_does_not_block(tmp_path: Path, hubspot: LocalAccount) -> None:
    asked, names = [], []

    def hub(portal_id: int) -> Any:
        asked.append(portal_id)
        return hubspot.async_hub()

    app = App(async_hub=hub)
    with hubspot.hub() as own:
        number = own.contacts.create({"email": "ada@example.com", "firstname": "Ada"}).id

    @app.on("contact.*")
    async def greet(told: Any, context: Any) -> None:
        client = await context.async_hub()
        names.append((await client.contacts.get(told.object_id, properties=["firstname"]))["firstname"])

    async def main() -> None:
        async with service(app, tmp_path) as running:
            events = [event(1, objectId=int(number)), event(2, objectId=int(number))]
            await running.receiver.receive(signed(body(*events)))
            await settled(running, done=2)

    asyncio.run(main())
    assert (asked, names) == ([62515], ["Ada", "Ada"])


@pytest.mark.parametrize("blocking", [True, False])
def test_the_environments_token_is_not_used_for_another_account(
    tmp_path: Path, hubspot: LocalAccount, monkeypatch: pytest.MonkeyPatch, blocking: bool
) -> None:
    app = App(backoff=Backoff(attempts=1))
    hub, async_hub = hubspot.hub(), hubspot.async_hub()
    monkeypatch.setattr("hubwire.Hub", lambda: hub)
    monkeypatch.setattr("hubwire.AsyncHub", lambda: async_hub)

    async def one(told: Any, context: Any) -> None:
        await context.async_hub()

    def other(told: Any, context: Any) -> None:
        assert context.hub

    app.on("*")(other if blocking else one)

    async def main() -> None:
        async with service(app, tmp_path) as running:
            await running.receiver.receive(signed(body(event(1, portalId=999))))
            await settled(running, dead=1)
            assert running.inbox is not None
            entry = await running.inbox.show(1)
            assert entry is not None
            assert "The event is of account 999" in entry.failures[0].error

    asyncio.run(main())


@pytest.mark.parametrize("odd", [b"5", b'{"portalId": "x"}', b'{"portalId": 1}'], ids=repr)
def test_what_cannot_be_read_is_a_dead_letter_again_when_it_is_replayed(tmp_path: Path, odd: bytes) -> None:
    app, seen = App(), []

    @app.on("*")
    async def note(told: Any, context: Any) -> None:
        seen.append(told.value)

    async def main() -> None:
        async with service(app, tmp_path) as running:
            content = b"[" + odd + b"," + body(event(1))[1:]
            await running.receiver.receive(signed(content))
            await settled(running, dead=1, done=1)
            assert running.inbox is not None
            assert await running.inbox.replay(Selection(), int(NOW * 1000)) == 2
            await settled(running, dead=1, done=1, pending=0)
            entry = await running.inbox.show(1)
            assert entry is not None
            assert "no event that can be read" in entry.failures[-1].error

    asyncio.run(main())
    assert seen == ["v1", "v1"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_handler_whose_own_work_was_cancelled_has_failed(tmp_path: Path, at_once: bool) -> None:
    app = App(backoff=Backoff(attempts=1))

    @app.on("contact.*")
    async def waits(told: Any, context: Any) -> None:
        if told.value == "v1":
            if not at_once:
                await asyncio.sleep(0)
            raise asyncio.CancelledError("the other side hung up")

    async def main() -> None:
        async with service(app, tmp_path) as running:
            events = [event(1), event(2), event(3, objectId=2)]
            await running.receiver.receive(signed(body(*events)))
            await settled(running, dead=1, done=2)

    asyncio.run(main())


def test_health_is_told_to_whoever_watches(tmp_path: Path) -> None:
    async def main() -> None:
        running = service(App(), tmp_path)
        assert (await running.health("/readyz")).status == 503
        async with running:
            for path in ("/healthz", "/readyz"):
                answer = await running.health(path)
                assert (answer.status, json.loads(answer.body)) == (200, {"ok": True, "problems": []})
            assert (await running.health("/elsewhere")).status == 404

    asyncio.run(main())
