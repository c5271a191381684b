"""Searches by every property of a type, with every operator and in every order, each of them once.

`python -m benchmarks.sweep --records 1000000 [--state FILE] [--type contacts]`. Values are those of records
drawn from the whole account; every fifth search comes after a write. What is measured is the server's time.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.cold import FEW, MANY, Draw, State
from benchmarks.emulator import MEDIAN_MS, NOW, SLOWEST_MS, Connection, peak, serving, spent
from benchmarks.table import Row, printed

ONE = ("EQ", "NEQ", "LT", "LTE", "GT", "GTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")
OPERATORS = (*ONE, "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY")
PASSES = 2
AGAIN = 5
"""Searches between two writes."""
SLOW = 10
"""So many of the slowest are named."""
Search = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Known:
    """A property, and values of it that some records have."""

    name: str
    type: str
    options: tuple[str, ...]
    values: tuple[str, ...]


def measure(full: bool) -> list[Row]:
    return swept(MANY if full else FEW, None, "contacts")


def swept(records: int, path: str | None, name: str) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        state = State.of(path or str(Path(folder, "state.db")), records, name)
        return list(measured(state, name, records))


def known(connection: Connection, name: str, draw: Draw) -> list[Known]:
    """All properties of the type."""
    found = json.loads(connection.ask("GET", f"/crm/v3/properties/{name}", None))["results"]
    names = [one["name"] for one in found]
    body = {"inputs": [{"id": id_} for id_ in draw.ids(20)], "properties": names}
    read = json.loads(connection.ask("POST", f"/crm/v3/objects/{name}/batch/read", body))["results"]
    return [
        Known(
            one["name"],
            one["type"],
            tuple(option["value"] for option in one["options"]),
            tuple(record["properties"][one["name"]] or "" for record in read),
        )
        for one in found
    ]


def searches(properties: Sequence[Known], random: Random) -> Iterator[Search]:
    """Every property with every operator, in no order."""
    pairs = [(one, operator) for one in properties for operator in OPERATORS]
    random.shuffle(pairs)
    for one, operator in pairs:
        filters = [filter_of(one, operator, random)]
        if random.random() < 0.3:
            filters.append(filter_of(random.choice(properties), random.choice(OPERATORS), random))
        sort = random.choice(["", "", "-"]) + random.choice(properties).name
        body: dict[str, Any] = {"filters": filters, "limit": 100, "sorts": [sort]}
        if random.random() < 0.1:
            body["after"] = "9900"
        if random.random() < 0.1:
            body["query"] = random.choice(["contact", "müller", "example", "anna fjord", "77"])
        yield f"{one.name} {operator} by {sort}", body


def filter_of(one: Known, operator: str, random: Random) -> dict[str, Any]:
    told: dict[str, Any] = {"propertyName": one.name, "operator": operator}
    if operator in ONE:
        told["value"] = value(one, random)
    elif operator == "BETWEEN":
        told |= zip(("value", "highValue"), sorted((value(one, random), value(one, random))), strict=True)
    elif operator in ("IN", "NOT_IN"):
        # Strings are found by values in lower case only.
        told["values"] = [value(one, random).lower() for _ in range(random.randint(1, 5))]
    if "TOKEN" in operator and random.random() < 0.5:
        told["value"] = f"{told['value'].split()[0][:3]}*"
    return told


def value(one: Known, random: Random) -> str:
    """One that a record has, or might have."""
    if found := random.choice(one.values):
        return found
    if one.options:
        return random.choice(one.options)
    moment = int(NOW * 1000) - random.randrange(86_400_000 * 365)
    return {"number": str(random.randrange(99)), "bool": "true", "string": "anna"}.get(one.type, str(moment))


def measured(state: State, name: str, records: int) -> Iterator[Row]:
    draw, random = Draw(records, state.first.__getitem__, "values"), Random(7)
    path = f"/crm/v3/objects/{name}"
    with serving("emulator", state.path) as served, Connection(served.url, state.token) as connection:
        properties = known(connection, name, draw)
        for turn in range(PASSES):
            times: list[tuple[float, str]] = []
            for number, (label, body) in enumerate(searches(properties, random)):
                if number % AGAIN == 0:
                    change = {"inputs": [{"id": draw.id(), "properties": {"phone": f"{turn} {number}"}}]}
                    connection.ask("POST", f"{path}/batch/update", change)
                before = spent(served.process)
                connection.ask("POST", f"{path}/search", body)
                times.append(((spent(served.process) - before) * 1000, label))
            yield from told(sorted(times), f"{name}, {'first' if turn == 0 else 'further'} searches")
        most = peak(served.process)
    yield Row(f"memory, searching {records:,}", most, "MB", target="under 1 GB", met=most < 1_000)


def told(times: Sequence[tuple[float, str]], of: str) -> Iterator[Row]:
    half, slow = median(ms for ms, _ in times), times[int(len(times) * 0.99)][0]
    yield Row(f"{of}, p50", half, "ms CPU", target="under 20 ms", met=half < MEDIAN_MS)
    yield Row(f"{of}, p99", slow, "ms CPU", target="under 100 ms", met=slow < SLOWEST_MS)
    for ms, label in times[-SLOW:]:
        yield Row(f"slow: {label}", ms, "ms CPU")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--records", type=int, default=FEW)
    parser.add_argument("--state", help="a state file to use, or to make and keep")
    parser.add_argument("--type", default="contacts", choices=("contacts", "companies", "deals", "tickets"))
    asked = parser.parse_args(arguments)
    rows = swept(asked.records, asked.state, asked.type)
    print(printed(rows))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
