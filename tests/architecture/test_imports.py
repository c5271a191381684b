"""Import rules that import-linter's contracts (pyproject.toml) cannot say."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT, imported, modules

STANDARD = sys.stdlib_module_names | {"__future__"}

THIRD_PARTY = {
    "catalogue": set(),
    "errors.py": set(),
    "wire": {"msgspec"},
    "auth": {"cryptography", "keyring", "msgspec", "psycopg", "redis", "tomlkit"},
    "client": {"aiohttp", "httpx2", "msgspec", "opentelemetry", "psycopg", "redis", "yarl"},
    "mirror": set(),
    "emulator": {"apsw", "cryptography", "msgspec", "numpy", "openpyxl", "uvicorn", "xlrd"},
    "schema": {"msgspec", "tomlkit"},
    "types": set(),
    "lint": {
        "lsprotocol",
        "pygls",
        "tree_sitter",
        "tree_sitter_javascript",
        "tree_sitter_python",
        "tree_sitter_typescript",
    },
    "webhooks": {"asyncpg", "msgspec", "opentelemetry", "pgqueuer", "uvicorn"},
    "console": {"jinja2", "msgspec", "starlette"},
    "testing": {"pytest"},
    "cli": {"msgspec", "rich"},
}
"""Part of the package → the libraries it may import."""

IMPORT_NAMES = {
    "rich": "cli",
    "opentelemetry": "otel",
    "keyring": "keyring",
    "tomlkit": "auth",
    "psycopg": "postgres",
    "redis": "redis",
    "aiohttp": "aiohttp",
    "yarl": "aiohttp",
    "apsw": "emulator",
    "numpy": "emulator",
    "openpyxl": "spreadsheets",
    "xlrd": "spreadsheets",
    "uvicorn": "webhooks",
    "asyncpg": "webhooks-postgres",
    "pgqueuer": "webhooks-postgres",
    "jinja2": "console",
    "starlette": "console",
    "cryptography": "emulator",
    "pytest": "testing",
    "tree_sitter": "lint",
    "tree_sitter_javascript": "lint",
    "tree_sitter_python": "lint",
    "tree_sitter_typescript": "lint",
    "lsprotocol": "lint-server",
    "pygls": "lint-server",
}
"""Library → the extra that brings it. What is not here is a hard dependency."""


def foreign(path: Path) -> Iterator[str]:
    for name, _ in imported(path):
        top = name.partition(".")[0]
        if top and top not in STANDARD and top != "hubwire":
            yield top


def test_each_part_uses_only_the_libraries_it_is_known_for() -> None:
    surprises = {
        str(path.relative_to(PACKAGE)): sorted(extra)
        for path in modules()
        if (extra := set(foreign(path)) - THIRD_PARTY.get(path.relative_to(PACKAGE).parts[0], set()))
    }
    assert surprises == {}


def test_every_library_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for library in {name for path in modules() for name in foreign(path)}:
        declared = extras[IMPORT_NAMES[library]] if library in IMPORT_NAMES else project["dependencies"]
        assert any(line.startswith(library.replace("_", "-")) for line in declared), library


def test_the_hard_dependencies_are_two() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert sorted(line.split(">")[0] for line in project["dependencies"]) == ["httpx2", "msgspec"]


@pytest.mark.parametrize("folder", ["contract", "oracle"])
def test_tests_that_state_hubspots_behaviour_do_not_read_it_from_the_catalogue(folder: str) -> None:
    files = sorted((ROOT / "tests" / folder).rglob("*.py"))
    assert files
    assert [
        f"{path.relative_to(ROOT)}:{line}"
        for path in files
        for name, line in imported(path)
        if name.startswith("hubwire.catalogue")
    ] == []


WITHOUT_HTTP = """
import sys
{code}
heavy = {{"httpx2", "aiohttp", "httpcore2", "apsw", "uvicorn", "rich", "ssl", "sqlite3"}}
print(sorted(set(sys.modules) & heavy))
"""


@pytest.mark.parametrize(
    "code",
    [
        "import hubwire",
        "from hubwire import Hub; hub = Hub('pat-na1-0'); hub.contacts; hub.deals.batch; hub.close()",
    ],
)
def test_a_client_that_sent_nothing_loads_no_http_library(code: str) -> None:
    """Import time is what users of short-lived processes complain of,
    HubSpot/hubspot-api-python issue 317.
    """
    run = [sys.executable, "-c", WITHOUT_HTTP.format(code=code)]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
