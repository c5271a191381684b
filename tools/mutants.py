"""Which facts of the catalogue no test would miss: `python tools/mutants.py [limits.toml …]`, or `--count`.

Every number is made one larger and every name one letter longer, one at a time, and the contract tests that
touch its table are run; a fact whose change they do not notice is unwitnessed. Nothing on disk is touched:
pytest collects the tests once, which reads no table, and forks for each fact a child that reads the changed
one. A change that the loader itself refuses counts as noticed. `tools/unwitnessed.json` keeps what was found;
`--count` prints how many those are, and fails when a fact is named there that is no longer in the catalogue.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "src" / "hubwire" / "catalogue" / "data"
FOUND = ROOT / "tools" / "unwitnessed.json"
TESTS = {
    "limits.toml": "same_limits quota limits batch_create batch_others bodies search_requests webhooks "
    "schemas labels lists associations_batch imports controls properties pipelines server journal "
    "app_settings timeline catalogue_limits catalogue_webhooks",
    "webhooks.toml": "webhooks journal catalogue_webhooks",
    "pipelines.toml": "pipelines readonly objects_create values",
    "association_types.toml": "association_types associations_single associations_batch "
    "associations_v3 labels",
    "object_types.toml": "types auth objects_create objects_list objects_read objects_update merging "
    "readonly schemas search_requests search_operators legacy_records legacy_contacts webhooks "
    "catalogue_object_types",
}
"""Table → the tests that touch it, those that miss the most first.

`test_….py` in `tests/contract`, in `tests/unit/emulator` for numbers that are written twice, and in
`tests/unit/catalogue` for what the emulator makes no use of.
"""
BARE = (
    "-pno:cacheprovider", "-pno:xdist", "-pno:terminal", "--assert=plain", "-oaddopts=",
    "--import-mode=importlib",
)  # fmt: skip
PLAIN = ("source", "grade", "checked", "columns", "rows")
SETTING = re.compile(r"^(\w+) = (.+)$")
WORD = re.compile(r"[A-Za-z0-9_.\-]+")
TEXT = re.compile(r'"([^"]+)"')


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


def tests_of(file: str, folder: str) -> list[Path]:
    known = (ROOT / "tests" / folder / f"test_{name}.py" for name in TESTS[file].split())
    return [path for path in known if path.exists()]


class Tables:
    """Stands before the catalogue's reader: knows what was read, and changes what is."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.changed: dict[str, str] = {}

    def stand(self) -> None:
        from hubwire.catalogue import tables

        # Parsed once for all children: a reader of documents changes none.
        parsed = {path: tomllib.loads(path.read_text("utf-8")) for path in DATA.rglob("*.toml")}

        def read(name: str) -> tables.Row:
            file = f"{name}.toml"
            self.seen.add(file)
            return tomllib.loads(self.changed[file]) if file in self.changed else parsed[DATA / file]

        tables.read = read


class Trials:
    """A plugin of pytest: in place of one run of the collected tests, one for each fact, in a child each."""

    def __init__(self, file: str, several: Sequence[Fact], tables: Tables, jobs: int) -> None:
        self.file, self.several, self.tables, self.jobs = file, several, tables, jobs
        self.lines = (DATA / file).read_text("utf-8").split("\n")
        self.sound = False
        """Whether the tests hold with nothing changed."""
        self.found: list[Fact] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Nobody reads why a test failed: the shortest account of it is the quickest."""
        config.option.tbstyle = "native"

    def pytest_sessionstart(self) -> None:
        """Before the first test is collected: what every child would import is imported once."""
        self.tables.stand()
        import hubwire.emulator

        for module in pkgutil.walk_packages(hubwire.emulator.__path__, "hubwire.emulator."):
            importlib.import_module(module.name)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.file in self.tables.seen:
            print(f"{self.file} was read by importing its tests", file=sys.stderr, flush=True)
            return True
        self.sound = os.waitpid(self._begun(session, None), 0)[1] == 0
        running: dict[int, Fact] = {}
        waiting = list(reversed(self.several if self.sound else ()))
        while waiting or running:
            while waiting and len(running) < self.jobs:
                fact = waiting.pop()
                running[self._begun(session, fact)] = fact
            child, status = os.waitpid(-1, 0)
            fact = running.pop(child)
            if status == 0:
                self.found.append(fact)
                print(f"{self.file}: {fact.name} is not missed", file=sys.stderr, flush=True)
            if len(waiting) % 100 == 0:
                print(f"{self.file}: {len(waiting)} facts to go", file=sys.stderr, flush=True)
        return True

    def _begun(self, session: pytest.Session, fact: Fact | None) -> int:
        child = os.fork()
        if child:
            return child
        silence()
        code = 1
        try:
            if fact is not None:
                self.tables.changed[self.file] = fact.changed(self.lines)
                session.items.sort(key=self._order(fact))
            code = _failed(session)
        finally:
            os._exit(code)

    def _order(self, fact: Fact) -> Callable[[pytest.Item], bool]:
        """First the tests whose parameters are words of the fact's line: the likeliest to miss it."""
        words = set(re.findall("[a-z]+", self.lines[fact.line]))
        return lambda item: words.isdisjoint(re.findall("[a-z]+", item.nodeid.partition("[")[2]))


def _failed(session: pytest.Session) -> int:
    """Runs the collected tests up to the first that fails: 1 if there is one."""
    for item, after in zip(session.items, [*session.items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if session.testsfailed:
            return 1
    return 0


def session(file: str, several: Sequence[Fact], tests: Sequence[Path], jobs: int) -> list[Fact] | None:
    """Those of the facts that these tests do not miss; None when they fail with nothing changed.

    The session has a process of its own, as nothing may have read the file before.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        trials = Trials(file, several, Tables(), jobs)
        # Without rewritten assertions: what is imported here already cannot be rewritten.
        pytest.main([*BARE, *map(str, tests)], [trials])
        with os.fdopen(writing, "w") as out:
            json.dump([several.index(fact) for fact in trials.found] if trials.sound else None, out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    os.waitpid(child, 0)
    numbers = json.loads(text or "null")
    return None if numbers is None else [several[number] for number in sorted(numbers)]


def alone(file: str, fact: Fact, tests: Sequence[Path]) -> bool:
    """Whether a session of these tests, begun with the fact changed, fails: some read the file on import."""
    child = os.fork()
    if not child:
        silence()
        tables = Tables()
        tables.changed[file] = fact.changed((DATA / file).read_text("utf-8").split("\n"))
        tables.stand()
        os._exit(int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--assert=plain", *map(str, tests)])))
    return os.waitpid(child, 0)[1] != 0


def silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def search(args: argparse.Namespace) -> dict[str, list[str]]:
    """File → names of the unwitnessed facts: of every n-th fact, or of those that were unwitnessed before."""
    before = json.loads(FOUND.read_text("utf-8")) if args.again else {}
    found: dict[str, list[str]] = {}
    for file in args.files or list(TESTS):
        several = list(facts(DATA / file))[:: args.every]
        if args.again:
            several = [fact for fact in several if fact.name in before.get(file, ())]
        left = session(file, several, tests_of(file, "contract"), args.jobs)
        if left is None:
            raise SystemExit(f"the facts of {file} cannot be tried: its tests fail with nothing changed")
        units = [*tests_of(file, "unit/emulator"), *tests_of(file, "unit/catalogue")]
        left = [fact for fact in left if not units or not alone(file, fact, units)]
        found[file] = [fact.name for fact in left]
        print(f"{file}: {len(left)} of {len(several)} facts are unwitnessed", flush=True)
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
