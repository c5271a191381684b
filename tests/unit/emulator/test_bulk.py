"""Records made by the million are those that are made one by one, in this version and in the next ones."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hubwire.emulator import Clock, Emulator, Identity, crowd, indexes, planner
from hubwire.emulator.bulk import filling
from hubwire.emulator.bulk.dice import Dices
from hubwire.emulator.portal import Archive, Portal

NOW = 1_767_258_000.0
TYPES = ("companies", "contacts", "deals", "tickets")
LEARNT = {f"{what} {name}" for name in TYPES for what in ("columns of", "written since, of")}
Seed = Mapping[str, int]


def emulator(path: str | Path = ":memory:") -> Emulator:
    return Emulator(str(path), limits=False, clock=Clock.at(NOW), identity=Identity.for_tests())


def stored(portal: Portal) -> dict[str, Any]:
    """All records, associations, numbers of records, and columns as they are kept."""
    store, found = portal.store, dict[str, Any]()
    for name in TYPES:
        table = portal.table(portal.kind(name))
        if table.made:
            found[name] = [*table.each()]
            found[f"indexes of {name}"] = sorted(table.indexes)
        if table.made and table.keeps_columns:
            found[f"columns of {name}"] = store.all(
                f"SELECT * FROM columns_{table.suffix} ORDER BY name, sort"
            )
            found[f"written since, of {name}"] = table.noted()
    found["associations"] = store.all(f"SELECT * FROM {portal.edges.table}")
    found["numbers"] = store.all(f"SELECT type, next, live FROM kinds_{portal.portal_id}")
    return found


def one_by_one(portal: Portal, numbers: Seed, now: float) -> None:
    crowd.gather(portal, numbers, now)
    planner.keep_columns(portal)


def in_bulk(portal: Portal, numbers: Seed, now: float) -> None:
    filling.fill(portal, numbers, now)
    planner.keep_columns(portal)


@pytest.fixture
def low() -> Any:
    """Few records count as many here."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (indexes, planner):
            patch.setattr(module, "FEW", 20)
        patch.setattr(planner, "KEPT", 30)
        patch.setattr(filling, "CHUNK", 17)
        yield


SEEDS: list[list[Seed]] = [
    [{"contacts": 45}],
    [{"companies": 33}],
    [{"deals": 40}],
    [{"tickets": 50}],
    [{"companies": 31, "contacts": 100, "deals": 61, "tickets": 37}],
    [{"contacts": 40, "tickets": 90}],
    [{"companies": 3}, {"contacts": 40}, {"deals": 35, "companies": 1}],
    [{"contacts": 5, "companies": 7}, {"contacts": 64, "companies": 12, "deals": 33, "tickets": 12}],
    [{"companies": 40, "deals": 0}, {"companies": 40}],
]


def both(
    seeds: Sequence[Seed], between: Callable[[Portal], None] = lambda portal: None
) -> list[dict[str, Any]]:
    """What is stored after these seeds, made the one way and the other."""
    found = []
    for add in (one_by_one, in_bulk):
        on = emulator()
        portal = on.account.portal
        for seed in seeds:
            add(portal, seed, NOW)
            between(portal)
        found.append(stored(portal))
        if len(seeds) > 1:
            # Columns learn of what was written later in an order of their own.
            found[-1] = {what: has for what, has in found[-1].items() if what not in LEARNT}
        on.close()
    return found


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize("seeds", SEEDS, ids=str)
def test_many_are_made_as_few_are(seeds: list[Seed]) -> None:
    by_one, by_many = both(seeds)
    assert by_many.keys() == by_one.keys()
    for what, expected in by_one.items():
        assert by_many[what] == expected, what


@pytest.mark.usefixtures("low")
def test_those_that_are_gone_are_associated_with_nothing() -> None:
    def archive(portal: Portal) -> None:
        for name in ("companies", "contacts"):
            kind = portal.kind(name)
            ids = portal.table(kind).ids(0, -1)[::3]
            portal.apply([Archive(kind, ids)], at=int(NOW * 1000), source=crowd.SOURCE)

    seeds = [{"companies": 9, "contacts": 31}, {"companies": 4, "contacts": 40, "deals": 60, "tickets": 50}]
    by_one, by_many = both(seeds, archive)
    assert by_many == by_one
    assert len(by_one["associations"]) > 300


@pytest.mark.usefixtures("low")
def test_pipelines_of_the_account_say_what_a_deal_is_worth() -> None:
    def prepared(add: Callable[[Portal, Seed, float], None]) -> list[Any]:
        on = emulator()
        headers = {"Authorization": f"Bearer {on.identity.access_token}"}
        path = "/crm/v3/pipelines/deals/default/stages/appointmentscheduled"
        body = json.dumps({"metadata": {"isClosed": "true", "probability": "1.0"}}).encode()
        assert on.ask("PATCH", path, headers=headers, body=body).status == 200
        portal = on.account.portal
        add(portal, {"deals": 60}, NOW)
        return [record.props for record in portal.table(portal.kind("deals")).page(0, 100)]

    deals = prepared(in_bulk)
    assert deals == prepared(one_by_one)
    assert "appointmentscheduled" in {one["dealstage"] for one in deals if one["hs_is_closed_won"] == "true"}


@pytest.mark.usefixtures("low")
def test_a_formula_of_the_account_is_worked_out_for_each_of_them() -> None:
    on = emulator()
    assert filling.plain(on.account.portal)
    headers = {"Authorization": f"Bearer {on.identity.access_token}"}
    body = {
        "name": "double", "label": "Double", "type": "number", "fieldType": "calculation_equation",
        "groupName": "dealinformation", "calculationFormula": "amount * 2",
    }  # fmt: skip
    made = on.ask("POST", "/crm/v3/properties/deals", headers=headers, body=json.dumps(body).encode())
    assert made.status == 201, made.body
    assert not filling.plain(on.account.portal)
    on.seed(deals=60)
    portal = on.account.portal
    deals = [record.props for record in portal.table(portal.kind("deals")).page(0, 100)]
    assert [float(deal["double"]) for deal in deals] == [float(deal["amount"]) * 2 for deal in deals]


def test_dice_of_many_are_the_dice_of_each() -> None:
    seeds = np.arange(0, 90_000, 1_001)
    many, single = Dices(seeds), [crowd.Dice(seed) for seed in seeds.tolist()]
    for limit in (364 * 86_400_000, 10, 28, 28, 7, 20, 14, 6, 318, 3, 2, 1, 1 << 39, 5):
        assert many.below(limit).tolist() == [one.below(limit) for one in single]
    assert many.between(-120, 120).tolist() == [one.between(-120, 120) for one in single]


def test_numbers_that_there_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot seed -1 deals"):
        filling.fill(emulator().account.portal, {"contacts": 6_000, "deals": -1}, NOW)


ANSWERS = {
    "contacts=150": "46b611365988b9a336f5f6d19c97f4861f17eedd",
    "contacts=6000": "c5eb171192dee45d9f1bdc283a6373040e86cf78",
    "contacts=21000": "37c4380a2d524b3b89ff91e1563791369840cdff",
    "companies=300 contacts=5000 deals=500 tickets=300": "d0985aafb5f2bd910393acad052a81fcbc56254a",
    "companies=20500 deals=20100": "8e03a25b0867dd41d6f275e32efbc54c2ba445a0",
}
"""The last 40 digits of the SHA-256 of what is stored and answered. Whoever changes these changes all seeded
accounts: say so."""


def answered(on: Emulator) -> str:
    """Everything that is stored of the records, and some answers."""
    told, portal = sha256(), on.account.portal
    for name in TYPES:
        table = portal.table(portal.kind(name))
        for row in table.each():
            told.update(repr(row).encode())
    told.update(repr(portal.store.all(f"SELECT * FROM {portal.edges.table}")).encode())
    headers = {"Authorization": f"Bearer {on.identity.access_token}"}

    def ask(method: str, path: str, body: Any = None) -> None:
        sent = b"" if body is None else json.dumps(body).encode()
        answer = on.ask(method, f"/crm/v3/objects/{path}", headers=headers, body=sent)
        assert answer.status == 200, answer.body
        told.update(answer.body)

    for name in TYPES:
        ask("GET", f"{name}?limit=100&associations=companies,contacts&properties=hs_object_source")
        for body in (
            {"limit": 100, "sorts": ["createdate"]},
            {"query": "cedar", "limit": 100},
            {
                "limit": 50,
                "filters": [{"propertyName": "hs_object_source", "operator": "EQ", "value": "IMPORT"}],
            },
        ):
            ask("POST", f"{name}/search", {**body, "properties": ["hs_object_source"]})
    return told.hexdigest()[-40:]


@pytest.mark.parametrize("seed", ANSWERS)
def test_an_account_of_one_number_is_seeded_alike_in_every_version(seed: str) -> None:
    on = emulator()
    numbers: dict[str, Any] = {
        name: int(number) for name, number in (part.split("=") for part in seed.split())
    }
    on.seed(**numbers)
    assert answered(on) == ANSWERS[seed]
    on.close()


KILLED = """
import os, signal, sys
from hubwire.emulator import Clock, Emulator, Identity
from hubwire.emulator.bulk import filling

on = Emulator(sys.argv[1], clock=Clock.at(1_767_258_000.0), identity=Identity.for_tests())
on.account.portal.store._connection.pragma("cache_size", 10)  # so that much of it is in the file already
whole, wanted = filling.{step}, int(sys.argv[2])


def killed(*given, **named):
    global wanted
    wanted -= 1
    if wanted < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*given, **named)


filling.{step} = killed
on.seed(companies=2_000, contacts=6_000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize(("step", "times"), [("_documents", 1), ("_associate", 0), ("_keep_columns", 0)])
def test_a_seed_that_is_killed_leaves_what_there_was(tmp_path: Path, step: str, times: int) -> None:
    path = tmp_path / "state.db"
    with_few = emulator(path)
    with_few.seed(contacts=7, companies=3)
    before = stored(with_few.account.portal)
    with_few.close()
    size = path.stat().st_size
    source = KILLED.format(step=step)
    if step == "_keep_columns":
        source = source.replace(
            "on.seed(", "from hubwire.emulator import planner\nplanner.KEPT = 10\non.seed(deals=20, "
        )
    ended = subprocess.run([sys.executable, "-c", source, str(path), str(times)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert path.stat().st_size > size
    again = emulator(path)
    assert stored(again.account.portal) == before
    again.seed(contacts=6_000)
    assert again.account.portal.table(again.account.portal.kind("contacts")).state()[0] == 6_007
    again.close()
    assert [each.name for each in tmp_path.iterdir()] == ["state.db"]
