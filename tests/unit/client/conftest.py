"""The places in which processes can share what they know of a quota."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hubwire.client.quota import QuotaStore
from hubwire.client.stores import open_store
from tests.services import PLACES, address


@pytest.fixture(params=PLACES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with address(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def store(where: str) -> Iterator[QuotaStore]:
    opened = open_store(where)
    yield opened
    opened.close()
