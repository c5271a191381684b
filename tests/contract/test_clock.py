"""The emulator's clock: everything that depends on time follows it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from hubwire.emulator import Clock, Emulator

HERE = {"host": "127.0.0.1"}


def test_a_clock_that_was_set_moves_only_when_told() -> None:
    clock = Clock.at(100.0)
    assert (clock.now(), clock.frozen) == (100.0, True)
    assert clock.advance(1.5) == 101.5
    clock.reach(101.0)
    assert clock.now() == 101.5
    clock.reach(200.0)
    assert clock.now() == 200.0


def test_no_clock_goes_back() -> None:
    with pytest.raises(ValueError, match="only moves on"):
        Clock.at(0).advance(-1)


def test_a_running_clock_can_be_advanced_and_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000.0)
    monkeypatch.setattr(time, "monotonic", lambda: 50.0)
    clock = Clock()
    assert (clock.now(), clock.frozen) == (1_000.0, False)
    monkeypatch.setattr(time, "monotonic", lambda: 53.0)
    assert clock.advance(10) == 1_013.0
    clock.reach(1_020.0)
    assert clock.now() == 1_020.0
    assert clock.freeze() == 1_020.0
    monkeypatch.setattr(time, "monotonic", lambda: 99.0)
    assert clock.now() == 1_020.0


def test_setting_the_computers_clock_back_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    before = clock.now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert clock.now() >= before


def test_an_emulator_without_a_clock_runs_in_real_time() -> None:
    emulator = Emulator()
    assert not emulator.clock.frozen
    emulator.close()


@pytest.mark.parametrize("killed", [False, True])
def test_a_restart_does_not_take_the_clock_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, killed: bool
) -> None:
    """Retries, tokens and records would lie in its future."""
    monkeypatch.setattr(time, "time", lambda: 1_767_258_000.0)
    monkeypatch.setattr(time, "monotonic", lambda: 50.0)
    state = str(tmp_path / "hub.db")
    first = Emulator(state)
    turned = first.ask("POST", "/_emulator/clock", body=b'{"advance": 259200}', headers=HERE)
    assert turned.status == 200
    first.snapshot()
    first.ask("POST", "/_emulator/clock", body=b'{"advance": 60}', headers=HERE)
    first.restore()
    first.world.store.close() if killed else first.close()
    monkeypatch.setattr(time, "time", lambda: 1_767_258_100.0)
    again = Emulator(state)
    assert again.clock.now() == pytest.approx(1_767_258_100.0 + 259_260)
    again.reset()
    again.close()
    third = Emulator(state)
    assert third.clock.now() == pytest.approx(1_767_258_100.0 + 259_260)
    third.close()


def test_a_clock_that_is_given_shows_what_it_was_told_whatever_the_file_says(tmp_path: Path) -> None:
    state = str(tmp_path / "hub.db")
    first = Emulator(state)
    first.clock.advance(3_600)
    first.close()
    again = Emulator(state, clock=Clock.at(100.0))
    assert again.clock.now() == 100.0
    again.close()
