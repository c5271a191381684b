"""Where the contract tests are run: the emulator in this process, or with `--target live` a real account."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import live


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--target", choices=("emulator", "live"), default="emulator", help="what is asked")
    parser.addoption(
        "--stamp", default="live-validated.json", metavar="FILE", help="where --target live notes what held"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--target", "emulator") == "live":
        live.LIVE[:] = [live.Live.from_environment()]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if live.session() is None:
        return
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        if live.MORNING in inspect.getsource(item.function):
            item.add_marker(pytest.mark.skip(reason="not for a real account: it knows the emulator's clock"))
        elif item.get_closest_marker("emulated"):
            item.add_marker(pytest.mark.skip(reason="not for a real account: it knows the emulator's own"))


@pytest.fixture(autouse=True)
def _what_was_made_is_archived() -> Iterator[None]:
    yield from live.begun()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    session = live.session()
    if session and report.when == "call" and report.passed:
        session.stamp(item.nodeid)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    held = live.session()
    if held and held.validated:
        path = Path(session.config.getoption("--stamp"))
        former = json.loads(path.read_text("utf-8")) if path.exists() else {}
        path.write_text(json.dumps({**former, **held.validated}, indent=1, sort_keys=True) + "\n", "utf-8")
