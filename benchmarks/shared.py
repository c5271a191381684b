"""Eight processes that share one quota through a store, for a minute of the real clock, over sockets.

The emulator counts; its answers 429 and the moments at which calls left are told by the processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from benchmarks.table import Row
from tests.oracle.server import running

PROCESSES, THREADS = 8, 3
PERMITTED, WINDOW = 190, 10.0
SECONDS = 60
LEAST = 0.95
REDIS = os.environ.get("HUBWIRE_TEST_REDIS", "redis://127.0.0.1:6379")
POSTGRES = os.environ.get("HUBWIRE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
STORES = {"Redis": REDIS, "PostgreSQL": POSTGRES}


def measure(full: bool) -> list[Row]:
    rows = []
    for name, address in STORES.items():
        if not answers(address):
            print(f"({name} does not answer at {address}: left out)", end=" ", flush=True)
            continue
        rows += measured(name, address, SECONDS * (2 if full else 1))
    return rows


def measured(name: str, address: str, seconds: int) -> list[Row]:
    with running("--seed", "empty", "--tier", "professional") as account:
        command = [sys.executable, "-m", "benchmarks.shared", account.base_url, account.access_token]
        children = [
            subprocess.Popen(
                [*command, address, str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(PROCESSES)
        ]
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()  # it is ready
        start = time.time() + WINDOW + 1.0  # what getting ready took is out of the window by then
        for child in children:
            assert child.stdin is not None
            child.stdin.write(f"{start}\n")
            child.stdin.flush()
        told = [
            json.loads(child.communicate(timeout=seconds + 120)[0].splitlines()[-1]) for child in children
        ]
    sent = sorted(moment for each in told for moment in each["left"])
    refused = sum(each["refused"] for each in told)
    count = int(seconds // WINDOW)
    windows = [sum(1 for at in sent if n * WINDOW <= at - sent[0] < (n + 1) * WINDOW) for n in range(count)]
    share = sum(windows) / (PERMITTED * count)
    least = min(len(each["left"]) for each in told)
    return [
        Row(
            f"{PROCESSES} processes over {name}, share of the permitted calls",
            share * 100,
            "%",
            target=f"at least {LEAST:.0%}",
            met=share >= LEAST,
            note=f"calls in each {WINDOW:.0f} s: {windows}; the slowest process made {least}",
        ),
        Row(
            f"{PROCESSES} processes over {name}, answers 429",
            refused,
            "answers",
            target="none",
            met=refused == 0,
        ),
    ]


def answers(address: str) -> bool:
    from hubwire.client.quota import StoreLost
    from hubwire.client.stores import open_store

    try:
        open_store(address).load("hubwire:benchmark")
    except StoreLost:
        return False
    return True


def main(base_url: str, token: str, store: str, seconds: str) -> None:
    import threading

    from hubwire import Hub, Quota
    from hubwire.client.transport import HttpTransport

    class Noting:
        """The ordinary transport, which also notes when each call left."""

        def __init__(self) -> None:
            self.inner = HttpTransport()
            self.left: list[float] = []

        def send(self, request, timeout):
            self.left.append(time.time())
            return self.inner.send(request, timeout)

        def close(self) -> None:
            self.inner.close()

    noting = Noting()
    hub = Hub(token, base_url=base_url, transport=noting, quota=Quota(store=store))
    hub.owners.list()
    noting.left.clear()
    print("ready", flush=True)
    start = float(sys.stdin.readline())
    until = start + float(seconds)

    def work() -> None:
        time.sleep(max(0.0, start - time.time()))
        while time.time() < until:
            hub.request("GET", "/crm/objects/2026-09/contacts", query={"limit": 1})

    threads = [threading.Thread(target=work, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"left": noting.left, "refused": hub.usage.refused_429}))


if __name__ == "__main__":
    main(*sys.argv[1:])
