"""The emulator on an account with many contacts, beside a bare ASGI app that answers the same bytes.

`python -m benchmarks.emulator --records 1000000`; the same server (uvicorn) carries both, one connection
asks.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from benchmarks.table import Row, printed

NOW = 1_767_258_000.0
FEW, MANY = 100_000, 1_000_000
MEDIAN_MS, SLOWEST_MS = 20.0, 100.0
DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Ask:
    """One kind of request; `body(n)` is that of the n-th."""

    name: str
    method: str
    path: Callable[[int], str]
    body: Callable[[int], Any]
    times: int = 300
    share: float | None = None
    """Of what the bare app does: the least that is wanted."""


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    process: int


def measure(full: bool) -> list[Row]:
    return compared(MANY if full else FEW)


def compared(records: int) -> list[Row]:
    """Seeds an account, then asks the emulator and the bare app in turn."""
    with tempfile.TemporaryDirectory() as folder:
        state = str(Path(folder, "state.db"))
        started = time.process_time()
        token, ids = seeded(state, records)
        took = time.process_time() - started
        met = took / records * MANY < 60
        rows = [Row(f"seeding {records:,} contacts", took, "s CPU", target="1 M under 60 s", met=met)]
        most = peak(os.getpid())
        rows.append(Row(f"memory, seeding {records:,}", most, "MB", target="under 1 GB", met=most < 1_000))
        rows += opened(state, records)
        with serving("emulator", state) as served:
            rows += [against_floor(served, ask, token, folder) for ask in throughput(ids)]
            rows += slowest(served, token, records)
            most = peak(served.process)
    rows.append(Row(f"memory, serving {records:,}", most, "MB", target="under 1 GB", met=most < 1_000))
    return [*rows, fresh_account()]


def opened(state: str, records: int) -> list[Row]:
    """What it takes to open a state file that was closed, and to close it again unchanged."""
    from hubwire.emulator import Clock, Emulator

    started = time.process_time()
    emulator = Emulator(state, limits=False, clock=Clock.at(NOW))
    between = time.process_time()
    emulator.close()
    closing = time.process_time() - between
    return [
        Row(f"opening a state of {records:,}", between - started, "s CPU"),
        Row(f"closing a state of {records:,}", closing * 1000, "ms CPU"),
    ]


def fresh_account() -> Row:
    """What a test waits for an account of its own, in the same process."""
    from hubwire.testing.accounts import local

    times = []
    for _ in range(30):
        started = time.process_time()
        with local():
            times.append((time.process_time() - started) * 1000)
    took = median(times)
    return Row("a fresh account in process", took, "ms CPU", target="under 5 ms", met=took < 5)


def seeded(state: str, records: int) -> tuple[str, list[str]]:
    """A state file with so many contacts; the account's token and some ids."""
    from hubwire.emulator import Clock, Emulator

    emulator = Emulator(state, limits=False, clock=Clock.at(NOW))
    emulator.seed(contacts=records)
    portal = emulator.account.portal
    ids = [str(portal.number_to_id("0-1", n * (records // 500))) for n in range(500)]
    token = emulator.identity.access_token
    emulator.close()
    return token, ids


def throughput(ids: Sequence[str]) -> list[Ask]:
    """What a busy client does most."""
    base = "/crm/v3/objects/contacts"

    def rows(n: int) -> Any:
        return {
            "inputs": [
                {"properties": {"email": f"new{n}.{k}@bench.example", "firstname": "Ann", "city": "Oslo"}}
                for k in range(100)
            ]
        }

    def some(size: int, *names: str) -> Callable[[int], Any]:
        wish = {"properties": list(names)} if names else {}
        return lambda n: {"inputs": [{"id": ids[(n * 7 + k) % len(ids)]} for k in range(size)], **wish}

    dated, three = "/crm/objects/2026-09/contacts", ("email", "firstname", "city")
    return [
        Ask("get by id", "GET", lambda n: f"{base}/{ids[n % len(ids)]}", lambda n: None, 3_000, 0.5),
        Ask("batch read 100", "POST", lambda n: f"{base}/batch/read", some(100), 1_500, 0.5),
        Ask(
            "batch read 100, 2026-09", "POST", lambda n: f"{dated}/batch/read", some(100, *three), 1_500, 0.5
        ),
        Ask("batch read 5", "POST", lambda n: f"{base}/batch/read", some(5, *three), 1_500, 0.5),
        Ask("batch create 100", "POST", lambda n: f"{base}/batch/create", rows, 150),
        Ask("search email EQ", "POST", lambda n: f"{base}/search", lambda n: email(n * 7), 1_000),
    ]


def email(n: int) -> Any:
    return only("email", "EQ", value=f"contact{n}@example.com")


def only(name: str, operator: str, **more: Any) -> dict[str, Any]:
    """A search with one filter, 100 results a page."""
    operands = {key: more.pop(key) for key in ("value", "values", "highValue") if key in more}
    return {"filters": [{"propertyName": name, "operator": operator, **operands}], "limit": 100, **more}


def searches() -> dict[str, dict[str, Any]]:
    """Filters and sorts of every kind, words and token patterns, the costliest among them."""
    year_ago = int(NOW * 1000) - 365 * DAY
    stage = {"name": "lifecyclestage", "operator": "EQ", "value": "lead"}
    half = {"name": "lastmodifieddate", "operator": "GTE", "value": str(year_ago + 250 * DAY)}
    return {
        "stage EQ": only(**stage),
        "stage EQ, last page": only(**stage, after="9900"),
        "stage EQ by lastname": only(**stage, sorts=["lastname"]),
        "stage NEQ, last page": only("lifecyclestage", "NEQ", value="lead", after="9900"),
        "stage IN two": only("lifecyclestage", "IN", values=["lead", "customer"]),
        "modified since": only(**half),
        "modified since, last page": only(**half, after="9900"),
        "modified since, newest first": only(**half, sorts=["-lastmodifieddate"]),
        "modified BETWEEN": only(
            "lastmodifieddate", "BETWEEN", value=str(year_ago), highValue=str(year_ago + 99 * DAY)
        ),
        "created before": only("createdate", "LT", value=str(year_ago + 180 * DAY)),
        "id keyset": only("hs_object_id", "GT", value="1", sorts=["hs_object_id"]),
        "city IN two, by firstname": only("city", "IN", values=["osaka", "boston"], sorts=["firstname"]),
        "a range by another property, last page": only(**half, sorts=["-city"], after="9900"),
        "either of two large groups, by email": {
            "filterGroups": [
                {"filters": [{"propertyName": "lifecyclestage", "operator": "EQ", "value": "lead"}]},
                {"filters": [{"propertyName": "city", "operator": "EQ", "value": "Osaka"}]},
            ],
            "limit": 100,
            "sorts": ["email"],
        },
        "query": {"query": "contact777", "limit": 100},
        "query of two words": {"query": "müller fjord", "limit": 100, "sorts": ["-lastname"]},
        "email CONTAINS_TOKEN a few": only("email", "CONTAINS_TOKEN", value="contact77*"),
        "phone CONTAINS_TOKEN": only("phone", "CONTAINS_TOKEN", value="0042"),
        "company NOT_CONTAINS_TOKEN": only("company", "NOT_CONTAINS_TOKEN", value="fjord", sorts=["phone"]),
        "email HAS_PROPERTY": only("email", "HAS_PROPERTY"),
        "lastname EQ by email": only("lastname", "EQ", value="müller", sorts=["email"]),
        "no filter, newest change first": {"limit": 100, "sorts": ["-lastmodifieddate"]},
    }


def slowest(served: Served, token: str, records: int) -> list[Row]:
    """The server's time for each, asked anew: totals are not remembered between them."""
    times: list[tuple[float, str]] = []
    with Connection(served.url, token) as connection:
        for label, body in searches().items():
            for turn in range(5):
                connection.ask("POST", "/crm/v3/objects/contacts/batch/create", touch(label, turn))
                before = spent(served.process)
                connection.ask("POST", "/crm/v3/objects/contacts/search", body)
                times.append(((spent(served.process) - before) * 1000, label))
    times.sort()
    half, (worst, name) = median(ms for ms, _ in times), times[int(len(times) * 0.99)]
    of = f"searches of {records:,}"
    return [
        Row(f"{of}, p50", half, "ms CPU", target="under 20 ms", met=half < MEDIAN_MS),
        Row(f"{of}, p99", worst, "ms CPU", target="under 100 ms", met=worst < SLOWEST_MS, note=name),
    ]


def touch(label: str, turn: int) -> Any:
    """A write, after which nothing remembered is good any more."""
    return {"inputs": [{"properties": {"firstname": f"{label} {turn}"}}]}


def against_floor(served: Served, ask: Ask, token: str, folder: str) -> Row:
    """The server's time for a request, and that of a bare app with the same bytes as a share of it."""
    canned = Path(folder, "answer")
    with Connection(served.url, token) as connection:
        canned.write_bytes(connection.ask(ask.method, ask.path(0), ask.body(0)))
    rounds = range(1 if ask.share is None else 3)
    with serving("bare", str(canned)) as bare_app:
        # In turn, so that whatever else the machine does meets both.
        pairs = [(cost(served, ask, token, turn), cost(bare_app, ask, token, turn)) for turn in rounds]
    ours, floor = (min(times) for times in zip(*pairs, strict=True))
    return Row(
        ask.name,
        ours,
        "µs CPU",
        target="" if ask.share is None else f"at least {ask.share:.0%} of the bare app",
        met=ask.share is None or floor / ours >= ask.share,
        note=f"bare app {floor:.0f} µs: {floor / ours:.0%}",
    )


def cost(served: Served, ask: Ask, token: str, turn: int) -> float:
    """Microseconds of the server's own time for one of many requests."""
    # The bare app's answer is that to the very first.
    first = 1 + turn * ask.times
    asked = [(ask.path(n), ask.body(n)) for n in range(first, first + ask.times)]
    with Connection(served.url, token) as connection:
        before = spent(served.process)
        for path, body in asked:
            connection.ask(ask.method, path, body)
        return (spent(served.process) - before) / ask.times * 1e6


def spent(process: int) -> float:
    """Seconds of processor time that a server has had: it answers in its main thread."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def peak(process: int) -> float:
    """The most memory that it ever had, in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


class Connection:
    """One kept-open connection."""

    def __init__(self, url: str, token: str) -> None:
        self._http = http.client.HTTPConnection(urlsplit(url).netloc)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, method: str, path: str, body: Any) -> bytes:
        sent = None if body is None else json.dumps(body).encode()
        self._http.request(method, path, sent, self._headers)
        answer = self._http.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:500]!r}")
        return text


@contextmanager
def serving(what: str, path: str) -> Iterator[Served]:
    """A process with the emulator on a state file, or with the bare app on a canned answer."""
    command = [sys.executable, "-m", "benchmarks.emulator", "--serve", what, path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Served(process.stdout.readline().strip(), process.pid)
        finally:
            process.terminate()


def serve(what: str, path: str) -> None:
    if what == "emulator":
        from hubwire.emulator import Clock, Emulator, serve

        emulator = Emulator(path, limits=False, clock=Clock.at(NOW + 60))
        serve.serve_forever(emulator, port=0, ready=lambda url: print(url, flush=True))
        return
    import socket

    import uvicorn

    # With the protocol named asyncio switches Nagle's algorithm off; else every answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        bare(Path(path).read_bytes()), log_level="error", lifespan="off", access_log=False
    )
    uvicorn.Server(config).run(sockets=[listener])


def bare(answer: bytes) -> Any:
    """The floor: reads the request, sends the bytes."""
    headers = [(b"content-type", b"application/json;charset=utf-8"), (b"content-length", b"%d" % len(answer))]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.emulator", description=__doc__)
    parser.add_argument("--records", type=int, default=FEW)
    parser.add_argument("--serve", nargs=2, metavar=("WHAT", "PATH"), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.serve:
        serve(*asked.serve)
        return 0
    rows = compared(asked.records)
    print(printed(rows))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
