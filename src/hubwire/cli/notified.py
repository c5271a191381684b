"""Edits records of an emulated account and has the webhooks about them received, verified and handled."""

from __future__ import annotations

import secrets
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubwire import Hub
    from hubwire.emulator import Emulator
    from hubwire.webhooks import App

RECORDS = 20
PROPERTY = "jobtitle"
BOUND = 30.0
"""Seconds in which everything has settled, or something is wrong."""


@dataclass
class Notified:
    """What came of it."""

    edited: int = 0
    received: int = 0
    refused: int = 0
    done: int = 0
    retried: int = 0
    dead: int = 0
    pending: int = 0
    in_order: bool = True

    @property
    def settled(self) -> bool:
        """Whether every edit was handled."""
        return self.done == self.received == self.edited and self.in_order

    def as_dict(self) -> dict[str, Any]:
        """For the JSON report."""
        return {**asdict(self), "settled": self.settled}

    def __str__(self) -> str:
        return (
            f"  webhooks       {self.received:7,}   of {self.edited} edits: signed, verified, "
            f"{self.done} handled in order per record, {self.retried} failed once and retried, "
            f"{self.pending} open"
        )


def notified(hub: Hub, emulator: Emulator) -> Notified:
    """Every record is edited twice; the first event handled fails once, on purpose."""
    from hubwire.webhooks import App, Secrets, Service
    from hubwire.webhooks.serve import running
    from hubwire.webhooks.service import Trust
    from hubwire.webhooks.worker import Working

    told, app = Notified(), App()
    seen: dict[str, list[str]] = {}
    through = threading.Event()
    ids = [record.id for record in hub.contacts.list(limit=RECORDS)]
    told.edited = 2 * len(ids)
    _handlers(app, told, seen, through)
    with tempfile.TemporaryDirectory(prefix="hubwire-demo-") as folder:
        inbox = Path(folder) / "inbox.db"
        service = Service(
            app,
            inbox=inbox,
            trust=Trust(secrets=Secrets(emulator.identity.client_secret)),
            working=Working(workers=4, retention=None),
        )
        with running(service) as url:
            emulator.webhooks(url, f"contact.propertyChange:{PROPERTY}")
            try:
                for round_ in (1, 2):
                    title = f"{round_} {secrets.token_hex(4)}"
                    hub.contacts.batch.update([(one, {PROPERTY: title}) for one in ids])
                if ids:
                    through.wait(BOUND)
            finally:
                with emulator.world.lock:
                    emulator.world.courier.book.clear(emulator.identity.app_id)
        _count(told, inbox)
    told.in_order = all(titles == sorted(titles) for titles in seen.values())
    return told


def _handlers(app: App, told: Notified, seen: dict[str, list[str]], through: threading.Event) -> None:
    from hubwire.webhooks import Retry

    lock = threading.Lock()

    @app.on("contact.propertyChange", property=PROPERTY)
    def retitled(event: Any, context: Any) -> None:
        with lock:
            if not told.retried and context.attempt == 1:
                told.retried = 1
                raise Retry("the demo's own failure", after=0.2)
            seen.setdefault(event.object_id, []).append(event.value)
            if sum(map(len, seen.values())) >= told.edited:
                through.set()


def _count(told: Notified, inbox: Path) -> None:
    from hubwire.webhooks.operating import Office

    stats = Office(str(inbox)).stats()
    told.received, told.refused, told.done, told.dead = stats.received, stats.refused, stats.done, stats.dead
    told.pending = stats.pending + stats.retrying
