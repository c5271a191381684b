"""How much of an account's quota a bulk upsert uses: a minute at the Professional tier, over a socket."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

from benchmarks import fresh
from benchmarks.table import Row
from tests.oracle.server import running

PERMITTED, WINDOW = 190, 10.0
SECONDS = 60
LEAST = 0.98


def measure(full: bool) -> list[Row]:
    seconds = SECONDS * (2 if full else 1)
    with running("--seed", "empty", "--tier", "professional") as account:
        told = fresh.call("benchmarks.quota", account.base_url, account.access_token, str(seconds))
    windows = told["windows"]
    share = sum(windows) / (PERMITTED * len(windows))
    return [
        Row(
            "bulk upsert, share of the permitted calls",
            share * 100,
            "%",
            target=f"at least {LEAST:.0%}",
            met=share >= LEAST,
            note=f"calls in each {WINDOW:.0f} s: {windows}; {told['rows']:,} rows",
        ),
        Row("bulk upsert, answers 429", told["refused"], "answers", target="none", met=told["refused"] == 0),
    ]


def rows(until: float) -> Iterator[dict[str, str]]:
    number = 0
    while time.monotonic() < until:
        number += 1
        yield {"email": f"row{number}@example.com", "firstname": f"First{number}", "lastname": "Upserted"}


def main(base_url: str, token: str, seconds: str) -> None:
    from hubwire import Hub
    from hubwire.client.transport import HttpTransport

    class Noting:
        """The ordinary transport, which also notes when each call left."""

        def __init__(self) -> None:
            self.inner = HttpTransport()
            self.left: list[float] = []

        def send(self, request, timeout):
            self.left.append(time.monotonic())
            return self.inner.send(request, timeout)

        def close(self) -> None:
            self.inner.close()

    noting = Noting()
    done = 0
    with Hub(token, base_url=base_url, transport=noting) as hub:
        start = time.monotonic()
        for outcome in hub.contacts.batch.each.upsert(rows(start + int(seconds)), by="email"):
            done += outcome.ok
        refused = hub.usage.refused_429
    first = noting.left[0]
    count = int(int(seconds) // WINDOW)
    windows = [sum(1 for at in noting.left if 0 <= at - first - n * WINDOW < WINDOW) for n in range(count)]
    print(json.dumps({"windows": windows, "refused": refused, "rows": done}))


if __name__ == "__main__":
    main(*sys.argv[1:])
