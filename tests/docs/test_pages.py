"""Every code block of the README and the documentation runs, and what the pages mention exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from hubwire.cli.main import main
from tests.docs.blocks import ROOT, Reader, app_names, commands, environment, matches, run

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
TEXTS = {str(page.relative_to(ROOT)): page.read_text("utf-8") for page in PAGES}
GENERATED = "docs/reference/"
RULES = "docs/rules/"
"""The checker's rules: their examples are cases of its own tests, and half of them wrong on purpose."""


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    from hubwire.emulator import Emulator, serve

    emulator = Emulator(seed="demo", tier="enterprise", limits=False, auto_consent=True)
    with serve.running(emulator) as base_url:
        told = environment(base_url, emulator.identity.access_token, tmp_path)
        for name in ("HUBSPOT_BASE_URL", "HUBSPOT_ACCESS_TOKEN"):
            monkeypatch.setenv(name, told[name])
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(str(tmp_path))  # a page may import what it wrote
        made = Reader(tmp_path, told)
        made.names |= app_names(emulator.identity, base_url)
        yield made
    emulator.close()


@pytest.mark.socket
@pytest.mark.parametrize("page", [name for name in TEXTS if not name.startswith((GENERATED, RULES))])
def test_every_block_of_a_page_runs(page: str, reader: Reader) -> None:
    blocks = len(re.findall(r"^```(?:python|console)$", TEXTS[page], re.MULTILINE))
    assert run(ROOT / page, reader) == blocks


@pytest.mark.parametrize("page", [name for name in TEXTS if not name.startswith(RULES)])
def test_a_page_has_blocks_of_known_languages_only(page: str) -> None:
    fences = re.findall(r"^ *```([^\n`]*)$", TEXTS[page], re.MULTILINE)
    assert len(fences) % 2 == 0
    assert set(fences[::2]) <= {"python", "console", "text", "csv", "json", "html"}


@pytest.mark.parametrize("page", TEXTS)
def test_links_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", TEXTS[page])
    local = [
        target.partition("#")[0] for target in targets if "://" not in target and not target.startswith("#")
    ]
    assert [target for target in local if not ((ROOT / page).parent / target).exists()] == []


@pytest.mark.parametrize("page", [name for name in TEXTS if not name.startswith(GENERATED)])
def test_paths_in_the_text_exist(page: str) -> None:
    named = re.findall(r"`((?:src|tests|docs|tools|benchmarks|changes|\.ci)/[\w./-]*)`", TEXTS[page])
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", TEXTS)
def test_make_verbs_in_the_text_exist(page: str) -> None:
    verbs = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ )make ([a-z]+)", TEXTS[page]))
    assert named <= verbs


def named_command(line: str) -> str:
    """`hubwire emulator seed --contacts 5` → `emulator seed`: some have commands of their own."""
    found = re.match(
        r"hubwire ((?:emulator|webhooks|auth|schema) [a-z][a-z-]+(?![\w.])|[a-z]+(?![\w.]))", line
    )
    return found[1] if found else ""


def test_commands_and_options_in_the_text_exist(capsys: pytest.CaptureFixture[str]) -> None:
    named = {
        (command, option)
        for text in TEXTS.values()
        for line in re.findall(r"(?:`|\$ )(hubwire [^`\n]+)", text)
        for command in [named_command(line)]
        for option in [None, *re.findall(r"--[a-z-]+", line)]
        if command
    }
    assert named
    helps: dict[str, str] = {}
    for command, option in sorted(named, key=str):
        if command not in helps:
            with pytest.raises(SystemExit) as ended:
                main([*command.split(), "--help"])
            told = capsys.readouterr()
            assert ended.value.code == 0, f"hubwire {command}: {told.err}"
            helps[command] = told.out
        assert option is None or option in helps[command], f"hubwire {command} {option}"


def test_every_page_can_be_reached_from_the_start_page() -> None:
    seen, waiting = set(), [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        for target in re.findall(r"\]\(([^)\s#]+\.md)", page.read_text("utf-8")):
            if "://" not in target:
                waiting.append((page.parent / target).resolve())
    assert {page for page in PAGES if "docs" in page.parts} <= seen


@pytest.mark.parametrize(
    "module", ["hubwire", "hubwire.auth", "hubwire.emulator", "hubwire.schema", "hubwire.testing"]
)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    pages = "".join(text for name, text in TEXTS.items() if name.startswith(GENERATED))
    public = getattr(import_module(module), "__all__", ())
    titled = set(re.findall(r"^## `(?:hubwire[\w.]*\.)?(\w+)`$", pages, re.MULTILINE))
    assert [name for name in public if name not in titled] == []


def test_every_command_is_in_a_guide() -> None:
    from hubwire.cli.main import modules

    guides = "".join(text for name, text in TEXTS.items() if not name.startswith(GENERATED))
    assert [module.NAME for module in modules() if f"hubwire {module.NAME}" not in guides] == []


# What runs the blocks is tested too: a page that shows something else has to fail.


@pytest.mark.parametrize(
    ("shown", "told", "same"),
    [
        ("", "anything", True),
        ("one\nthree", "one\ntwo\nthree\n", True),
        ("three\none", "one\ntwo\nthree\n", False),
        ("5,000 rows in … s", "5,000 rows in 12.4 s\n", True),
        ("4,999 rows", "5,000 rows\n", False),
        ("a.c", "abc", False),
    ],
)
def test_output_is_compared_line_by_line(shown: str, told: str, same: bool) -> None:
    assert matches(shown, told) is same


def test_a_console_block_is_its_commands_and_what_they_say() -> None:
    block = "$ hubwire push a.csv \\\n    --key email\n1 row\n$ echo done\ndone\n"
    assert commands(block) == [("hubwire push a.csv --key email", "1 row"), ("echo done", "done")]


def test_a_block_that_fails_fails_its_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError):
        run(page, Reader(tmp_path, {}))
