"""Sizes that keep the code readable. An exception is listed here with its reason, or it is not one."""

from __future__ import annotations

import re
import statistics

import pytest

from tests.architecture.source import PACKAGE, ROOT, functions, modules

LONGEST_FILE, MEDIAN_FILE = 500, 150
LONGEST_FUNCTION, LONG_SHARE = 50, 0.02
MOST_PARAMETERS = 8
HUB = re.compile(r"client/hub\.py:\d+ __init__$")
IGNORES_PER_LINE = 1 / 1000

LONG_FILES: dict[str, str] = {}
"""Path below src/hubwire → why it is not split."""


def sizes() -> dict[str, int]:
    return {str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines()) for path in modules()}


def test_no_file_is_longer_than_its_budget() -> None:
    long = {name: lines for name, lines in sizes().items() if lines > LONGEST_FILE}
    assert set(long) == set(LONG_FILES), long


def test_the_median_file_is_short() -> None:
    assert statistics.median(lines for lines in sizes().values() if lines) <= MEDIAN_FILE


def test_few_functions_are_long() -> None:
    every = list(functions())
    long = [function for function in every if function.lines > LONGEST_FUNCTION]
    assert len(long) <= LONG_SHARE * len(every), long


def test_no_function_takes_many_parameters() -> None:
    many = [function for function in functions() if function.parameters > MOST_PARAMETERS]
    # A hub is where everything that can be set is set, each by its own name.
    assert [function for function in many if not HUB.search(function.where)] == []


def test_type_checking_is_rarely_switched_off() -> None:
    ignores, total = [], 0
    for path in modules():
        lines = path.read_text("utf-8").splitlines()
        total += len(lines)
        ignores += [
            f"{path.relative_to(ROOT)}:{n}" for n, line in enumerate(lines, 1) if "# type: ignore" in line
        ]
    # One is allowed while the package is small.
    assert len(ignores) <= max(1, total * IGNORES_PER_LINE), ignores


def test_every_switched_off_check_names_its_code_and_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if "# type: ignore" in line and not _excused(line)
    ]
    assert bare == []


def _excused(line: str) -> bool:
    """`# type: ignore[code]  # reason`: the code in brackets, and words after it."""
    after = line.split("# type: ignore", 1)[1]
    return after.startswith("[") and len(after.split("]", 1)[1].strip(" #")) > 0


@pytest.mark.parametrize(
    ("line", "excused"),
    [
        ("x = y  # type: ignore", False),
        ("x = y  # type: ignore[attr-defined]", False),
        ("x = y  # type: ignore[attr-defined]  # the stubs lack it", True),
    ],
)
def test_an_excuse_is_a_code_and_a_reason(line: str, excused: bool) -> None:
    assert _excused(line) is excused
