"""A search of a million results while others write: complete, and each once. By id, and in another order."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from benchmarks.table import Row
from hubwire import Hub, p
from hubwire.testing.accounts import LocalAccount, local
from hubwire.testing.transport import InProcess
from hubwire.wire.message import Reply, Request, Timeout

MANY, FEW = 1_000_000, 30_000
OFTEN = 10
"""Searches between two writes of the others."""


def measure(full: bool) -> list[Row]:
    records = MANY if full else FEW
    rows = []
    with local(limits=False) as account:
        account.seed(contacts=records)
        for sort in (None, "-lastname"):
            told = read(account, sort)
            order = "by id" if sort is None else "sorted"
            rows.append(
                Row(
                    f"search of {records:,} results {order} while others write",
                    told.seconds,
                    "s CPU",
                    target="every one once",
                    met=not told.missing and not told.twice,
                    note=f"{told.searches:,} searches, {told.writes:,} records written or deleted meanwhile; "
                    f"{len(told.missing)} missing, {told.twice} twice",
                )
            )
    return rows


@dataclass
class Told:
    """What one search brought."""

    searches: int = 0
    writes: int = 0
    twice: int = 0
    seconds: float = 0.0
    missing: set[str] = field(default_factory=set)


class Interrupted(InProcess):
    """A transport: between two searches somebody else creates, renames and deletes records."""

    def __init__(self, account: LocalAccount, told: Told, touched: set[str]) -> None:
        super().__init__(account.emulator.asgi, account.pace)
        self._told, self._touched = told, touched
        self._others = account.hub()
        self._turn = 0
        # Ids are spread evenly over what the search has to read.
        self._victims = iter([record.id for record in self._others.contacts.list(limit=2_000)][::-1])

    def send(self, request: Request, timeout: Timeout) -> Reply:
        if request.path.endswith("/search"):
            self._told.searches += 1
            if self._told.searches % OFTEN == 0:
                self._write()
        return super().send(request, timeout)

    def _write(self) -> None:
        self._turn += 1
        self._others.contacts.create(
            {"email": f"new{self._turn}.{id(self)}@example.com", "lastname": "Miller"}
        )
        for change in ("rename", "delete"):
            victim = next(self._victims, None)
            if victim is None:
                return
            self._touched.add(victim)
            if change == "rename":
                self._others.contacts.update(victim, {"lastname": f"Z{self._turn}"})
            else:
                self._others.contacts.archive(victim)
            self._told.writes += 1
        self._told.writes += 1


def read(account: LocalAccount, sort: str | None) -> Told:
    """Reads everything by searching, and compares with what was there before."""
    told, touched = Told(), set[str]()
    with account.hub() as hub:
        before = {record.id for record in hub.contacts.list()}
    seen: set[str] = set()
    with Hub(
        account.access_token,
        base_url=account.base_url,
        clock=account.pace,
        transport=Interrupted(account, told, touched),
    ) as hub:
        started = time.process_time()
        for record in hub.contacts.where(p.hs_object_id.is_known(), sort=sort, properties=["lastname"]):
            told.twice += record.id in seen
            seen.add(record.id)
        told.seconds = time.process_time() - started
    told.missing = before - touched - seen
    return told
