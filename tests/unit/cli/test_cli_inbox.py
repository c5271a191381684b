"""What the commands about an inbox say of it, and do beside its owner."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hubwire.cli.inboxes import shown
from hubwire.cli.main import main
from hubwire.webhooks import App, Service
from hubwire.webhooks.delivery import Delivery
from hubwire.webhooks.inbox import Selection
from hubwire.webhooks.operating import Office
from hubwire.webhooks.service import Trust
from hubwire.webhooks.signature import Secrets
from hubwire.webhooks.worker import Working
from tests.unit.webhooks.senders import NOW, SECRET, URL, body, event, signature


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("inbox.db", "inbox.db"),
        ("postgresql://db/app?schema=a", "postgresql://db/app?schema=a"),
        ("postgresql://me@db/app", "postgresql://me@db/app"),
        ("postgresql://me:sesame@db:5432/app?schema=a", "postgresql://me:…@db:5432/app?schema=a"),
        ("postgresql://me:ses@me@db/app", "postgresql://me:…@db/app"),
        ("postgresql://db/app?user=me&password=sesame", "postgresql://db/app?user=me&password=…"),
        ("postgresql://db/app?password=sesame&schema=a", "postgresql://db/app?password=…&schema=a"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, told: str) -> None:
    assert shown(address) == told


@pytest.mark.socket
@pytest.mark.parametrize("scheme", ["", "sqlite://"])
def test_an_inbox_is_changed_through_the_process_that_has_it(tmp_path: Path, scheme: str) -> None:
    address = f"{scheme}{tmp_path}/inbox.db"
    service = Service(
        App(), inbox=address, working=Working(workers=0), trust=Trust(secrets=Secrets(SECRET)),
        clock=lambda: NOW,
    )  # fmt: skip
    content = body(event(1), event(2))

    async def beside() -> int:
        async with service:
            delivery = Delivery("POST", URL, signature(content, url=URL), content)
            assert (await service.receiver.receive(delivery)).status == 204
            return await asyncio.to_thread(Office(address).change, "discard", Selection(ids=(1,)))

    assert asyncio.run(beside()) == 1
    assert Office(address).stats().discarded == 1


def test_of_named_events_it_is_said_how_many_could_not_be_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = str(tmp_path / "inbox.db")
    content = body(event(1), event(2))

    async def filled() -> None:
        service = Service(
            App(), inbox=address, working=Working(workers=0), trust=Trust(secrets=Secrets(SECRET)),
            clock=lambda: NOW,
        )  # fmt: skip
        async with service:
            await service.receiver.receive(Delivery("POST", URL, signature(content, url=URL), content))

    asyncio.run(filled())
    assert main(["webhooks", "discard", "1", "2", "2", "--inbox", address]) == 0
    assert capsys.readouterr().err == "2 events discarded.\n"
    assert main(["webhooks", "discard", "2", "77", "--inbox", address]) == 0
    assert "0 events discarded.\n2 of those named cannot be discarded" in capsys.readouterr().err


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_nothing_that_is_said_of_an_inbox_has_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    class Broken:
        """Starts, and finds that it cannot work; has no events."""

        def __init__(self, *given: object, **options: object) -> None: ...

        async def __aenter__(self) -> None: ...

        async def __aexit__(self, *gone: object) -> None: ...

        def live(self) -> list[str]:
            return ["the worker has ended"]

        def show(self, number: int) -> None: ...

    address = "postgresql://someone:sesame@127.0.0.1:1/nothing"
    (tmp_path / "working.py").write_text("from hubwire.webhooks import App\napp = App()\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hubwire.webhooks.service.Service", Broken)
    monkeypatch.setattr("hubwire.webhooks.operating.Office", Broken)
    assert main(["webhooks", "work", "working.py:app", "--inbox", address, *more]) != 0
    assert main(["webhooks", "show", "17", "--inbox", address, *more]) != 0
    told = "".join(capsys.readouterr())
    assert told.count("127.0.0.1:1/nothing") >= 3
    assert "sesame" not in told
