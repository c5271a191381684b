"""What the commands about an inbox say of it, and do beside its owner."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hubwire.cli.inboxes import shown
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
