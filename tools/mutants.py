"""Which facts of the catalogue no test would miss: `python tools/mutants.py [limits.toml …]`, or `--count`.

Every number is made one larger and every name one letter longer, one at a time, and the contract tests that
touch its table are run; a fact whose change they do not notice is unwitnessed. Nothing on disk is touched: a
process that has read no table yet forks, and its child reads the changed one. A change that the loader itself
refuses counts as noticed. `tools/unwitnessed.json` keeps what was found; `--count` prints how many those are,
and fails when a fact is named there that is no longer in the catalogue.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import re
import signal
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "src" / "hubwire" / "catalogue" / "data"
FOUND = ROOT / "tools" / "unwitnessed.json"
TESTS = {
    "limits.toml": "same_limits quota limits batch_create batch_others bodies search_requests webhooks "
    "schemas labels lists associations_batch imports controls properties pipelines server journal",
    "webhooks.toml": "webhooks journal",
    "pipelines.toml": "pipelines readonly objects_create values",
    "association_types.toml": "association_types associations_single associations_batch "
    "associations_v3 labels",
    "object_types.toml": "types auth objects_create objects_list objects_read objects_update merging "
    "readonly schemas search_requests search_operators legacy_records legacy_contacts webhooks",
}
"""Table → the tests that touch it, those that miss the most first: `test_….py` in one of `FOLDERS`."""
FOLDERS = ("contract", "unit/emulator")
PLAIN = ("source", "grade", "checked", "columns", "rows")
SETTING = re.compile(r"^(\w+) = (.+)$")
WORD = re.compile(r"[A-Za-z0-9_.\-]+")
TEXT = re.compile(r'"([^"]+)"')
AHEAD = ("pytest", "hypothesis", "hubwire.client.registry", "hubwire.emulator.asgi")
"""Imported once, before the first child, with all of the emulator's modules."""


@dataclass(frozen=True)
class Fact:
    """One cell of a row, or one word of a setting of a table."""

    line: int
    start: int
    end: int
    name: str
    """How a person finds it: the row's first cell and the column."""

    def changed(self, lines: Sequence[str]) -> str:
        """The file with the fact made wrong."""
        text = lines[self.line]
        old = text[self.start : self.end]
        number = re.fullmatch(r"[\d_]+", old)
        new = str(int(old.replace("_", "")) + 1) if number else OPPOSITE.get(old, f"{old}x")
        wrong = text[: self.start] + new + text[self.end :]
        return "\n".join([*lines[: self.line], wrong, *lines[self.line + 1 :]])


OPPOSITE = {"true": "false", "false": "true"}


def facts(path: Path) -> Iterator[Fact]:
    """Everything in a file that is a number, a name or a switch."""
    columns: list[str] = []
    inside, section = False, path.stem
    for place, line in enumerate(path.read_text("utf-8").split("\n")):
        if line.startswith("[["):
            section = line.strip("[]")
        setting = SETTING.match(line)
        if line.startswith("columns"):
            columns = line.split('"')[1].split()
        elif line.startswith("rows"):
            inside = True
        elif line == "'''":
            inside = False
        elif inside and line and not line.startswith("#"):
            yield from _cells(place, line, columns)
        elif line.startswith("    ["):
            yield from _items(place, line, section)
        elif setting and setting[1] not in PLAIN:
            if setting[1] in ("id", "name", "types"):
                section = setting[2].strip('"')
            words = list(WORD.finditer(setting[2]))
            for word in words:
                start = setting.start(2)
                told = f"{section}: {setting[1]}" + (f" {word[0]}" if len(words) > 1 else "")
                yield Fact(place, start + word.start(), start + word.end(), told)


def _cells(place: int, line: str, columns: Sequence[str]) -> Iterator[Fact]:
    start = 0
    row = line.split("|")[0].strip()
    for column, cell in zip(columns, line.split("|"), strict=False):
        for word in WORD.finditer(cell):
            told = f"{row}: {column}" + (f" {word[0]}" if len(cell.split()) > 1 else "")
            yield Fact(place, start + word.start(), start + word.end(), told)
        start += len(cell) + 1


def _items(place: int, line: str, section: str) -> Iterator[Fact]:
    texts = list(TEXT.finditer(line))
    for number, text in enumerate(texts):
        yield Fact(place, text.start(1), text.end(1), f"{section}: {texts[0][1]}, {number + 1}: {text[1]}")


@dataclass(frozen=True)
class Trial:
    """How the facts of one file are tried."""

    file: str
    bound: int
    """Seconds that the tests may take."""
    was_read: bool
    """Whether what was imported ahead has read the file, and must be imported anew."""


def tests_of(file: str) -> list[str]:
    known = (
        ROOT / "tests" / folder / f"test_{name}.py" for name in TESTS[file].split() for folder in FOLDERS
    )
    return [str(path) for path in known if path.exists()]


def begun(trial: Trial, text: str) -> int:
    """A child that runs the tests with the file reading like this; its process id."""
    child = os.fork()
    if child:
        return child
    signal.alarm(trial.bound)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    code = 1
    try:
        code = _run(trial, text)
    finally:
        os._exit(code)


def import_ahead() -> set[str]:
    """Imports what every child needs; returns the tables that this read."""
    from hubwire.catalogue import tables

    plain, seen = tables.read, set[str]()

    def read(name: str) -> tables.Row:
        seen.add(f"{name}.toml")
        return plain(name)

    tables.read = read
    for name in AHEAD:
        importlib.import_module(name)
    import hubwire.emulator

    for found in pkgutil.walk_packages(hubwire.emulator.__path__, "hubwire.emulator."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    tables.read = plain
    return seen


def _run(trial: Trial, text: str) -> int:
    if trial.was_read:
        for name in [name for name in sys.modules if name.partition(".")[0] == "hubwire"]:
            del sys.modules[name]
    import pytest

    from hubwire.catalogue import tables

    plain = tables.read

    def read(name: str) -> tables.Row:
        return tomllib.loads(text) if f"{name}.toml" == trial.file else plain(name)

    tables.read = read
    return int(
        pytest.main(
            ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", *tests_of(trial.file)]
        )
    )


def unwitnessed(trial: Trial, several: Sequence[Fact], side_by_side: int) -> list[Fact]:
    """Those of the facts that no test misses when they are wrong."""
    file = trial.file
    lines = (DATA / file).read_text("utf-8").split("\n")
    running: dict[int, Fact] = {}
    found: list[Fact] = []
    waiting = list(reversed(several))
    done = 0
    while waiting or running:
        while waiting and len(running) < side_by_side:
            fact = waiting.pop()
            running[begun(trial, fact.changed(lines))] = fact
        child, status = os.waitpid(-1, 0)
        fact = running.pop(child)
        done += 1
        if status == 0:
            found.append(fact)
            print(f"{file}: {fact.name} is unwitnessed", file=sys.stderr, flush=True)
        if done % 100 == 0:
            print(f"{file}: {done} of {len(several)} facts tried", file=sys.stderr, flush=True)
    return [fact for fact in several if fact in found]


def search(args: argparse.Namespace) -> dict[str, list[str]]:
    """File → names of the unwitnessed facts: of every n-th fact, or of those that were unwitnessed before."""
    before = json.loads(FOUND.read_text("utf-8")) if args.again else {}
    found: dict[str, list[str]] = {}
    seen = import_ahead()
    for file in args.files or list(TESTS):
        several = list(facts(DATA / file))[:: args.every]
        if args.again:
            several = [fact for fact in several if fact.name in before.get(file, ())]
        trial = Trial(file, args.seconds, file in seen)
        child = begun(trial, (DATA / file).read_text("utf-8"))
        if os.waitpid(child, 0)[1]:
            raise SystemExit(f"the tests of {file} fail with nothing changed: {' '.join(tests_of(file))}")
        found[file] = [fact.name for fact in unwitnessed(trial, several, args.jobs)]
        print(f"{file}: {len(found[file])} of {len(several)} facts are unwitnessed")
        for name in found[file]:
            print(f"  {name}")
    return found


def count() -> int:
    """Prints what was found the last time; 1 when it speaks of facts that are gone."""
    known = json.loads(FOUND.read_text("utf-8"))
    gone = []
    for file, names in known.items():
        there = [fact.name for fact in facts(DATA / file)]
        gone += [f"{file}: {name}" for name in names if name not in there]
        print(f"{file}: {len(names)} of {len(there)} facts are unwitnessed")
    for each in gone:
        print(f"{each} is no fact of the catalogue any more: run `make mutants`", file=sys.stderr)
    return 1 if gone else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "files", nargs="*", choices=[*TESTS, []], help="tables (default: all that have tests)"
    )
    parser.add_argument("--count", action="store_true", help="only print what was found the last time")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try every n-th fact only")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many at a time")
    parser.add_argument("--seconds", type=int, default=300, metavar="N", help="longest run of the tests")
    parser.add_argument(
        "--again", action="store_true", help="try only what was unwitnessed the last time, after new tests"
    )
    args = parser.parse_args()
    if args.count:
        raise SystemExit(count())
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    result = search(args)
    if args.every == 1:
        former = json.loads(FOUND.read_text("utf-8")) if FOUND.exists() else {}
        FOUND.write_text(json.dumps({**former, **result}, indent=1, sort_keys=True) + "\n", "utf-8")
