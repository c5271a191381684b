"""Finds out which tests vouch for which endpoints: `python tools/witness.py`, or `--check`.

Runs the contract tests, the clients that nobody here wrote, and the recorded answers, each with the emulator
noting what it answered with success, and writes `src/hubwire/emulator/witnesses.json`. `--check` runs the
contract tests only and fails when they no longer ask for something that the file says they do. `make docs`
makes the coverage page from the file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "src" / "hubwire" / "emulator" / "witnesses.json"

GENERATED = (
    "tests/contract/test_anything.py",
    "tests/contract/test_any_definition.py",
    "tests/contract/test_description.py",
    "tests/contract/test_live.py",
)
"""Tests that ask for something else every time: they vouch for no endpoint in particular."""

KINDS = {
    "recorded": ["tests/oracle/test_recorded.py"],
    "contract": ["tests/contract", *(f"--ignore={path}" for path in GENERATED)],
    "clients": [
        "tests/oracle",
        "--ignore=tests/oracle/test_recorded.py",
        "--ignore=tests/oracle/test_client.py",
        "--ignore=tests/oracle/test_schemathesis.py",
    ],
}

Seen = dict[str, list[str]]


def seen(tests: list[str]) -> Seen:
    """Operation → versions that these tests had answered."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "seen.txt"
        path = [str(ROOT / "tools" / "seen"), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
        told = {**os.environ, "HUBWIRE_SEEN": str(notes), "PYTHONPATH": os.pathsep.join(filter(None, path))}
        # The package is there before pytest is, which would rather rewrite its asserts.
        quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *quiet, *tests]
        done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(tests)} did not pass:\n{(done.stdout + done.stderr)[-3000:]}")
        lines = notes.read_text("utf-8").split("\n") if notes.exists() else []
    found: dict[str, set[str]] = {}
    for line in filter(None, lines):
        op, _, version = line.partition(" ")
        if not op.startswith("emulator."):
            found.setdefault(op, set()).add(version)
    return {op: sorted(versions) for op, versions in sorted(found.items())}


def unfounded(claimed: Seen, found: Seen) -> list[str]:
    """What the file says and the tests no longer show."""
    return [
        f"{op} in {version}"
        for op, versions in claimed.items()
        for version in versions
        if version not in found.get(op, ())
    ]


def main(check: bool) -> int:
    if not check:
        former = json.loads(FILE.read_text("utf-8"))
        # Recordings are not part of this repository: without them, what was found with them stays.
        kinds = {kind: seen(tests) or former.get(kind, {}) for kind, tests in KINDS.items()}
        FILE.write_text(json.dumps(kinds, indent=1) + "\n", "utf-8")
        return 0
    claimed = json.loads(FILE.read_text("utf-8"))["contract"]
    gone = unfounded(claimed, seen(KINDS["contract"]))
    for each in gone:
        print(f"no contract test asks for {each} any more: run `make witness docs`", file=sys.stderr)
    return 1 if gone else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when tests are missing")
    raise SystemExit(main(parser.parse_args().check))
