"""The pytest fixtures, run by a pytest of their own with every warning an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BOUND = 100


def run(folder: Path, code: str, *options: str, before: str = "") -> str:
    """What pytest prints about one file of tests, in a folder of no project."""
    (folder / "test_it.py").write_text(code, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    start = f"{before}\nimport sys, pytest\nsys.exit(pytest.main(sys.argv[1:]))"
    command = [sys.executable, "-W", "error", "-c", start, "-p", "no:cacheprovider", "-q", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=BOUND, check=False)
    return done.stdout + done.stderr


def test_a_foreign_project_gets_an_account_without_a_single_warning(tmp_path: Path) -> None:
    code = """
import pytest

@pytest.mark.hubspot(tier="enterprise")
def test_it(hubspot, hubspot_server):
    with hubspot.hub() as hub:
        assert hub.contacts.count() == 0
    assert hubspot.emulator.account.quota.tier.name == "enterprise"
"""
    assert "1 passed" in run(tmp_path, code, "--strict-markers")


def test_projects_without_the_emulator_are_left_in_peace(tmp_path: Path) -> None:
    without = "import sys\nsys.modules['apsw'] = None"
    assert "1 passed" in run(tmp_path, "def test_other(): pass\n", before=without)


def test_a_missing_extra_is_named_where_a_fixture_is_used(tmp_path: Path) -> None:
    without = "import sys\nsys.modules['apsw'] = None"
    said = run(tmp_path, "def test_it(hubspot): pass\n", before=without)
    assert "hubwire's fixtures need apsw: pip install 'hubwire[testing]'" in said
    assert "Traceback" not in said


def test_the_plugin_itself_loads_nothing(tmp_path: Path) -> None:
    code = """
import sys

def test_nothing():
    loaded = {name for name in sys.modules if name.startswith(("hubwire.", "apsw", "uvicorn", "httpx"))}
    assert loaded == {"hubwire.testing", "hubwire.testing.plugin"}
"""
    assert "1 passed" in run(tmp_path, code)
