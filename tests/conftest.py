"""Properties are tried the same way in every run: no wall clock decides, and no chance."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from hubwire.client.registry import registry

settings.register_profile(
    "steady", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _windows_of_its_own() -> None:
    """Hubs of one token share a quota, those of two tests must not."""
    registry.clear()
