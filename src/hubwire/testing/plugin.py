"""The pytest plugin. Nothing else of hubwire is imported before a test asks for one of its fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hubwire.testing.accounts import Account, LocalAccount


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "hubspot(tier=..., limits=..., seed=..., auto_consent=...): "
        "options of the account that the `hubspot` and `hubspot_server` fixtures open",
    )


@pytest.fixture
def hubspot(request: pytest.FixtureRequest) -> Iterator[LocalAccount]:
    """A fresh HubSpot account in this process: `hubspot.hub()` talks to it, `hubspot.clock` is its time."""
    with _accounts().local(**_options(request)) as account:
        yield account


@pytest.fixture
def hubspot_server(request: pytest.FixtureRequest) -> Iterator[Account]:
    """A fresh HubSpot account on a port of 127.0.0.1, for clients of any kind: `hubspot_server.base_url`."""
    with _accounts().served(**_options(request)) as account:
        yield account


def _accounts() -> ModuleType:
    try:
        from hubwire.testing import accounts
    except ImportError as missing:
        pytest.fail(
            f"hubwire's fixtures need {missing.name}: pip install 'hubwire[testing]'",
            pytrace=False,
        )
    return accounts


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    marker = request.node.get_closest_marker("hubspot")
    return dict(marker.kwargs) if marker else {}
