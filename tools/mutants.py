"""Which facts of the catalogue no test would miss: `python tools/mutants.py [limits.toml …]`, or `--count`.

Every number is made one larger and every name one letter longer, and the contract tests that touch its table
are run; a fact whose change they do not notice is unwitnessed. Many are changed at once, and only where
something fails are they told apart, so a table that nobody vouches for is quickly done. A change that the
loader itself refuses counts as noticed. `tools/unwitnessed.json` keeps what was found; `--count` prints how
many those are, and fails when a fact is named there that is no longer in the catalogue.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "src" / "hubwire" / "catalogue" / "data"
FOUND = ROOT / "tools" / "unwitnessed.json"
TESTS = {
    "limits.toml": "quota limits batch_create batch_others bodies search_requests webhooks schemas labels "
    "lists associations_batch imports controls properties pipelines same_limits",
    "webhooks.toml": "webhooks journal",
    "pipelines.toml": "pipelines readonly objects_create values",
    "association_types.toml": "associations_single associations_batch associations_v3 labels",
    "object_types.toml": "auth objects_create objects_list objects_read objects_update merging readonly "
    "schemas search_requests search_operators legacy_records legacy_contacts webhooks types",
}
"""Table → the tests that touch it: `test_….py` in one of `FOLDERS`."""
FOLDERS = ("contract", "unit/emulator")
PLAIN = ("source", "grade", "checked", "columns", "rows")
SETTING = re.compile(r"^(\w+) = (.+)$")
WORD = re.compile(r"[A-Za-z0-9_.\-]+")


@dataclass(frozen=True)
class Fact:
    """One cell of a row, or one setting of a table."""

    line: int
    start: int
    end: int
    name: str
    """How a person finds it: the row's first cell and the column."""

    def changed(self, text: str) -> str:
        """That line with the fact made wrong."""
        old = text[self.start : self.end]
        number = re.fullmatch(r"[\d_]+", old)
        new = str(int(old.replace("_", "")) + 1) if number else f"{old}x"
        return text[: self.start] + new + text[self.end :]


def facts(path: Path) -> Iterator[Fact]:
    """Everything in a file that is a number or a name."""
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
        elif setting and setting[1] not in PLAIN:
            if setting[1] in ("id", "name"):
                section = setting[2].strip('"')
            for word in list(WORD.finditer(setting[2]))[:1]:
                start = setting.start(2)
                yield Fact(place, start + word.start(), start + word.end(), f"{section}: {setting[1]}")


def _cells(place: int, line: str, columns: Sequence[str]) -> Iterator[Fact]:
    start = 0
    row = line.split("|")[0].strip()
    for column, cell in zip(columns, line.split("|"), strict=False):
        for word in WORD.finditer(cell):
            told = f"{row}: {column}" + (f" {word[0]}" if len(cell.split()) > 1 else "")
            yield Fact(place, start + word.start(), start + word.end(), told)
        start += len(cell) + 1


class Trial:
    """A copy of the package in which facts are changed."""

    def __init__(self, folder: Path, file: str, bound: int) -> None:
        self.file, self.bound, self.runs = file, bound, 0
        self.source = folder / "src"
        if not self.source.exists():
            shutil.copytree(
                ROOT / "src", self.source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
        self.path = self.source / "hubwire" / "catalogue" / "data" / file
        self.lines = (DATA / file).read_text("utf-8").split("\n")
        known = (
            ROOT / "tests" / folder / f"test_{name}.py" for name in TESTS[file].split() for folder in FOLDERS
        )
        self.tests = [str(path) for path in known if path.exists()]

    def notices(self, several: Sequence[Fact]) -> bool:
        """Whether the tests fail with all of these facts changed."""
        lines = list(self.lines)
        for fact in sorted(several, key=lambda each: -each.start):
            lines[fact.line] = fact.changed(lines[fact.line])
        self.path.write_text("\n".join(lines), "utf-8")
        try:
            return self._fails()
        finally:
            self.path.write_text("\n".join(self.lines), "utf-8")

    def _fails(self) -> bool:
        self.runs += 1
        told = {**os.environ, "PYTHONPATH": str(self.source), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *self.tests]
        done = subprocess.run(
            command, cwd=ROOT, env=told, capture_output=True, timeout=self.bound, check=False
        )
        return done.returncode != 0

    def unwitnessed(self, several: Sequence[Fact]) -> Iterator[Fact]:
        """Those of the facts that no test misses when they are wrong."""
        if not several:
            return
        print(f"{self.file}: {len(several)} facts at {several[0].name}", file=sys.stderr, flush=True)
        if not self.notices(several):
            yield from several
        elif len(several) > 1:
            middle = len(several) // 2
            yield from self.unwitnessed(several[:middle])
            yield from self.unwitnessed(several[middle:])


def search(files: Sequence[str], every: int, bound: int, again: bool) -> dict[str, list[str]]:
    """File → names of the unwitnessed facts: of every n-th fact, or of those that were unwitnessed before."""
    before = json.loads(FOUND.read_text("utf-8")) if again else {}
    found: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            trial, several = Trial(Path(folder), file, bound), list(facts(DATA / file))[::every]
            if again:
                several = [fact for fact in several if fact.name in before.get(file, ())]
            if trial.notices([]):
                raise SystemExit(f"the tests of {file} fail with nothing changed: {' '.join(trial.tests)}")
            found[file] = [fact.name for fact in trial.unwitnessed(several)]
            print(f"{file}: {len(found[file])} of {len(several)} facts are unwitnessed ({trial.runs} runs)")
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
    parser.add_argument("--seconds", type=int, default=300, metavar="N", help="longest run of the tests")
    parser.add_argument(
        "--again", action="store_true", help="try only what was unwitnessed the last time, after new tests"
    )
    args = parser.parse_args()
    if args.count:
        raise SystemExit(count())
    result = search(args.files or list(TESTS), args.every, args.seconds, args.again)
    if args.every == 1:
        former = json.loads(FOUND.read_text("utf-8")) if FOUND.exists() else {}
        FOUND.write_text(json.dumps({**former, **result}, indent=1, sort_keys=True) + "\n", "utf-8")
