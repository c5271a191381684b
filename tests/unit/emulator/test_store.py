"""The state file: what it opens, what it refuses, and what survives."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from hubwire.emulator import Emulator
from hubwire.emulator.calculated import Source
from hubwire.emulator.portal import Archive, Create, Portal
from hubwire.emulator.store import StateError, Store

SOURCE = Source("INTEGRATION", "1")


def opened(path: Path, portal_id: int = 1) -> Portal:
    return Portal(Store.open(path), portal_id)


def names(portal: Portal) -> list[str]:
    page = portal.table(portal.kind("companies")).page(0, 100)
    return sorted(record.props["name"] for record in page)


def add(portal: Portal, *wanted: str) -> None:
    kind = portal.kind("companies")
    portal.apply([Create(kind, {"name": name}) for name in wanted], at=1_767_258_000_000, source=SOURCE)


def test_records_are_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    portal = opened(path)
    add(portal, "Acme", "Birch")
    portal.store.close()
    again = opened(path)
    assert names(again) == ["Acme", "Birch"]
    add(again, "Cedar")
    assert names(again) == ["Acme", "Birch", "Cedar"]
    again.store.close()


def test_two_accounts_share_a_file_and_nothing_else(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "state.db")
    first, second = Portal(store, 1), Portal(store, 2)
    add(first, "Acme")
    add(second, "Birch")
    assert (names(first), names(second)) == (["Acme"], ["Birch"])
    store.close()


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither in the file nor in what the account remembers of it."""
    portal = opened(tmp_path / "state.db")
    companies = portal.kind("companies")

    class Unencodable(dict[str, str]):
        def values(self):  # type: ignore[no-untyped-def]
            raise RuntimeError("in the middle of it")

    changes = [Create(companies, {"name": "Acme"}), Create(companies, Unencodable())]
    with pytest.raises(RuntimeError):
        portal.apply(changes, at=0, source=SOURCE)
    assert names(portal) == []
    assert not portal.table(companies).made
    add(portal, "Birch")
    assert names(portal) == ["Birch"]
    portal.store.close()


def test_ids_are_never_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    seen: set[int] = set()
    for _ in range(3):
        portal = opened(path)
        add(portal, *"abcdefghijklmnopqrstuvwxyz")
        page = portal.table(portal.kind("companies")).page(0, 100)
        assert len(page) == 26
        assert not seen & {record.id for record in page}
        seen |= {record.id for record in page}
        portal.apply([Archive(portal.kind("companies"), [r.id for r in page])], at=0, source=SOURCE)
        portal.store.close()


def test_the_same_account_gives_the_same_ids() -> None:
    ids = []
    for _ in range(2):
        portal = Portal(Store.open(), 42)
        add(portal, "Acme", "Birch", "Cedar")
        ids.append([record.id for record in portal.table(portal.kind("companies")).page(0, 10)])
    assert ids[0] == ids[1]
    other = Portal(Store.open(), 43)
    add(other, "Acme")
    assert other.table(other.kind("companies")).page(0, 1)[0].id not in ids[0]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to have a header " * 40)
    with pytest.raises(StateError, match="not an SQLite file"):
        Store.open(path)
    assert path.read_text().startswith("not a database")


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StateError, match="of another program"):
        Store.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("version", "age"), [(99, "a newer"), (0, "an older")])
def test_another_format_is_refused_by_name(tmp_path: Path, version: int, age: str) -> None:
    path = tmp_path / "state.db"
    portal = opened(path)
    portal.store.close()
    changed = sqlite3.connect(path)
    changed.execute(f"PRAGMA user_version = {version}")
    changed.commit()
    changed.close()
    with pytest.raises(StateError, match=f"written by {age} hubwire"):
        Store.open(path)


def test_a_file_in_use_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    portal = opened(path)
    add(portal, "Acme")
    with pytest.raises(StateError, match="in use by another emulator"):
        Store.open(path)
    add(portal, "Birch")
    portal.store.close()
    assert names(opened(path)) == ["Acme", "Birch"]


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be opened"):
        Store.open(tmp_path / "no" / "state.db")


def test_an_emulator_that_is_closed_twice_is_closed() -> None:
    emulator = Emulator()
    emulator.close()
    emulator.close()
