"""An account that may do everything: custom objects and association limits need Enterprise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.oracle.server import Account, running
from tests.oracle.sweep.known import Known
from tests.oracle.sweep.samples import World


@pytest.fixture(scope="session")
def everything() -> Iterator[Account]:
    with running("--seed", "empty", "--limits", "off", "--auto-consent", "--tier", "enterprise") as started:
        yield started


@pytest.fixture(scope="session")
def world(everything: Account) -> World:
    return World(everything)


@pytest.fixture(scope="session")
def known(everything: Account) -> Known:
    return Known(everything)
