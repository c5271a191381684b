"""Emulators the witnesses share: one without limits, and one with them for what counts calls."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.oracle.server import Account, running


@pytest.fixture(scope="session")
def account() -> Iterator[Account]:
    with running("--seed", "empty", "--limits", "off", "--auto-consent") as started:
        yield started


@pytest.fixture(scope="session")
def limited() -> Iterator[Account]:
    with running("--seed", "empty", "--tier", "free") as started:
        yield started


@pytest.fixture(scope="session")
def word() -> Callable[[str], str]:
    """Names nobody has used: records of different tests share one account."""
    numbers = itertools.count(1)
    return lambda stem: f"{stem}{next(numbers)}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/oracle/" in str(item.path):
            item.add_marker(pytest.mark.oracle)
            item.add_marker(pytest.mark.socket)
