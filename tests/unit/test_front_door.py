"""`import hubwire`: everything named, nothing loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

import hubwire

LOADED = """
import sys
{code}
print(*sorted(name for name in ("httpx2", "msgspec", "asyncio", "ssl", "aiohttp") if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("import hubwire", ""),
        ("from hubwire import Conflict, ConfigError", ""),
        ("from hubwire import Hub; Hub('pat-na1-0').contacts", "msgspec"),
        ("from hubwire import AsyncHub; AsyncHub('pat-na1-0').contacts", "msgspec"),
    ],
)
def test_nothing_is_loaded_before_it_is_needed(code: str, loaded: str) -> None:
    run = [sys.executable, "-c", LOADED.format(code=code)]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == loaded


def test_every_name_is_there() -> None:
    for name in hubwire.__all__:
        assert getattr(hubwire, name) is not None
    assert set(hubwire.__all__) <= set(dir(hubwire))
    assert len(hubwire.__all__) <= 40


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        hubwire.nonsense  # noqa: B018 - the point
