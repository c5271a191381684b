"""The file that the demo pushes is the one its tool writes, and shows what it is meant to show."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import unicodedata
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[3] / "tools" / "make_demo_csv.py"
RESERVED = re.compile(r"(.+\.)?example\.(com|org|net)")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_demo_csv", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(tool: ModuleType) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(tool.text())))


def test_the_committed_file_is_what_the_tool_writes(tool: ModuleType) -> None:
    assert tool.TARGET.read_text(encoding="utf-8") == tool.text()


def test_it_has_five_thousand_rows_and_every_kind_of_trouble(rows: list[dict[str, str]]) -> None:
    assert len(rows) == 5_000
    emails = [row["Email"] for row in rows if row["Email"]]
    assert len({email.strip().lower() for email in emails}) < len(emails) - 50
    assert any(email != email.lower() for email in emails)
    assert any("@" not in email for email in emails)
    assert any(not row["Email"] for row in rows)
    scripts = {unicodedata.name(row["First Name"][0]).split()[0] for row in rows if row["First Name"]}
    assert len(scripts) >= 10


def test_every_address_is_under_a_name_reserved_for_documentation(rows: list[dict[str, str]]) -> None:
    for row in rows:
        domains = [row["company.domain"], row["Email"].strip().lower().rpartition("@")[2]]
        for domain in filter(None, domains):
            assert RESERVED.fullmatch(domain) or "refused" in domain or domain == "example"
