"""The emulator as a stranger measures it: ids drawn from the whole account, never asked for before.

`python -m benchmarks.cold --records 1000000 [--state FILE]`; each kind of request is asked in turn of the
emulator and of a bare ASGI app that sends as many bytes, over one connection. A state file that is named is
made if it is not there, and kept.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.emulator import NOW, Connection, Served, peak, serving, spent
from benchmarks.table import Row, printed

FEW, MANY = 100_000, 1_000_000
ROUNDS = 3
LEAST = 0.5
"""Of what the bare app does."""
CONTACTS = "/crm/v3/objects/contacts"
DATED = "/crm/objects/2026-09/contacts"
FIVE = ("city", "company", "email", "lifecyclestage", "phone")
TEN = (*FIVE, "country", "firstname", "hs_full_name_or_email", "jobtitle", "lastname")

Request = tuple[str, str, Any]
"""Method, path with query, body."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request, each time about other records."""

    name: str
    ask: Callable[[Draw], Request]
    times: int = 500
    write_every: int | None = None
    """So many of them come between two writes, which are not counted."""


class Draw:
    """Numbers of records from the whole account, the same in every run."""

    def __init__(self, records: int, first: Callable[[int], str], seed: str) -> None:
        self._records, self._id, self._random = records, first, Random(seed)

    def number(self) -> int:
        return self._random.randrange(self._records)

    def id(self) -> str:
        return self._id(self.number())

    def ids(self, count: int) -> list[str]:
        return [self._id(number) for number in self._random.sample(range(self._records), count)]

    def email(self) -> str:
        return f"contact{self.number()}@example.com"

    def emails(self, count: int) -> list[str]:
        return [f"contact{number}@example.com" for number in self._random.sample(range(self._records), count)]


def cases() -> list[Case]:
    """Reads as clients send them."""
    return [
        Case("get by id", get(()), 2_000),
        Case("get by id, 5 properties", get(FIVE), 2_000),
        Case("get by id, 10 properties", get(TEN), 2_000),
        Case(
            "get by e-mail",
            lambda draw: ("GET", f"{CONTACTS}/{draw.email()}?idProperty=email", None),
            2_000,
        ),
        Case("batch read 100", batch(100)),
        Case("batch read 100, 5 properties", batch(100, FIVE)),
        Case("batch read 100, 10 properties", batch(100, TEN)),
        Case("batch read 100, 2026-09", batch(100, path=DATED)),
        Case("batch read 10", batch(10)),
        Case("get by id, a write every ten", get(()), 2_000, write_every=10),
        Case("batch read 100, a write every ten", batch(100), write_every=10),
        Case("batch read 100 by e-mail", batch_by_email(100)),
        Case("list page of 100", page(100)),
        Case("list page of 100, 10 properties", page(100, TEN)),
    ]


def get(names: Sequence[str]) -> Callable[[Draw], Request]:
    wish = f"?properties={','.join(names)}" if names else ""
    return lambda draw: ("GET", f"{CONTACTS}/{draw.id()}{wish}", None)


def batch(count: int, names: Sequence[str] = (), path: str = CONTACTS) -> Callable[[Draw], Request]:
    wish = {"properties": list(names)} if names else {}
    return lambda draw: (
        "POST",
        f"{path}/batch/read",
        {"inputs": [{"id": id_} for id_ in draw.ids(count)], **wish},
    )


def batch_by_email(count: int) -> Callable[[Draw], Request]:
    return lambda draw: (
        "POST",
        f"{CONTACTS}/batch/read",
        {"idProperty": "email", "inputs": [{"id": email} for email in draw.emails(count)]},
    )


def page(count: int, names: Sequence[str] = ()) -> Callable[[Draw], Request]:
    wish = f"&properties={','.join(names)}" if names else ""
    return lambda draw: ("GET", f"{CONTACTS}?limit={count}&after={draw.id()}{wish}", None)


def measure(full: bool) -> list[Row]:
    return list(compared(MANY if full else FEW, None))


def measured(served: Served, token: str, id_of: Callable[[int], str], records: int, folder: str) -> list[Row]:
    return [against_floor(served, case, token, id_of, records, folder) for case in cases()]


def against_floor(
    served: Served, case: Case, token: str, id_of: Callable[[int], str], records: int, folder: str
) -> Row:
    """The server's time for a request, and what a bare app with as many bytes takes as a share of it."""
    canned = Path(folder, "answer")
    with Connection(served.url, token) as connection:
        canned.write_bytes(connection.ask(*case.ask(Draw(records, id_of, case.name))))
    with serving("bare", str(canned)) as bare:
        # In turn, so that whatever else the machine does meets both.
        pairs = []
        for turn in range(ROUNDS):
            draw = Draw(records, id_of, f"{case.name} {turn}")
            requests = [case.ask(draw) for _ in range(case.times)]
            writes = None if case.write_every is None else (case.write_every, draw)
            pairs.append((cost(served, token, requests, writes), cost(bare, token, requests)))
    ours, floor = (min(times) for times in zip(*pairs, strict=True))
    return Row(
        f"{case.name}, never read before",
        ours,
        "µs CPU",
        target=f"at least {LEAST:.0%} of the bare app",
        met=floor / ours >= LEAST,
        note=f"bare app {floor:.0f} µs: {floor / ours:.0%}",
    )


def cost(
    served: Served, token: str, requests: Sequence[Request], writes: tuple[int, Draw] | None = None
) -> float:
    """Microseconds of the server's own time for one of them."""
    every, draw = writes or (len(requests), None)
    total = 0.0
    with Connection(served.url, token) as connection:
        for start in range(0, len(requests), every):
            if draw is not None:
                change = {"properties": {"jobtitle": f"Number {draw.number()}"}}
                connection.ask("PATCH", f"{CONTACTS}/{draw.id()}", change)
            before = spent(served.process)
            for request in requests[start : start + every]:
                connection.ask(*request)
            total += spent(served.process) - before
    return total / len(requests) * 1e6


@dataclass(frozen=True, slots=True)
class State:
    """A state file with many records of a type."""

    path: str
    token: str
    first: tuple[str, ...]
    """Ids of the first records, of which the others follow."""

    @classmethod
    def of(cls, path: str, records: int, name: str = "contacts") -> State:
        from hubwire.emulator import Clock, Emulator

        new = not os.path.exists(path)
        emulator = Emulator(path, limits=False, clock=Clock.at(NOW))
        if new:
            emulator.seed(**{name: records})
        portal = emulator.account.portal
        type_id = portal.kind(name).id
        ids = tuple(str(portal.number_to_id(type_id, number)) for number in range(records))
        token = emulator.identity.access_token
        emulator.close()
        return cls(path, token, ids)


def compared(records: int, path: str | None) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        state = State.of(path or str(Path(folder, "state.db")), records)
        with serving("emulator", state.path) as served:
            yield from measured(served, state.token, state.first.__getitem__, records, folder)
            most = peak(served.process)
    yield Row(f"memory, serving {records:,}", most, "MB", target="under 1 GB", met=most < 1_000)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cold", description=__doc__)
    parser.add_argument("--records", type=int, default=FEW)
    parser.add_argument("--state", help="a state file to use, or to make and keep")
    asked = parser.parse_args(arguments)
    rows = list(compared(asked.records, asked.state))
    print(printed(rows))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
