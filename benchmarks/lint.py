"""CPU seconds of `hubwire lint` beside others: `python benchmarks/lint.py TREE [--semgrep-rules DIR]`.

Prints the ratio to every peer that is installed. Ratios travel between machines, seconds do not.
`--python` compares with ruff on the Python files of TREE that speak of HubSpot, `--without OTHER` on a tree
that does not.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hubwire.lint.markers import marked


def measured(command: list[str], **environment: str) -> tuple[float, float]:
    """CPU and wall seconds of a command, whatever it answers."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    quiet = subprocess.DEVNULL
    # What is installed is compiled once, not anew in every run.
    around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, stdout=quiet, stderr=quiet, env={**around, **environment}, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - started


def peers(tree: str, rules: str | None) -> dict[str, list[str]]:
    """The installed peers and how to run them."""
    found: dict[str, list[str]] = {}
    # Beside the interpreter too, where no environment was activated.
    ruff = shutil.which("ruff", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if ruff:
        found["ruff S,B,ASYNC"] = [ruff, "check", "--isolated", "--no-cache", "--select", "S,B,ASYNC", tree]
    if shutil.which("bandit"):
        found["bandit"] = ["bandit", "-q", "-r", tree]
    if rules and shutil.which("semgrep"):
        found["semgrep"] = ["semgrep", "scan", "--metrics=off", "--config", rules, tree]
    return found


def alternately(tree: str, rounds: int) -> tuple[float, float]:
    """Median CPU seconds of one process of ours and of ruff over a tree, taken in turn."""
    ours = [sys.executable, "-m", "hubwire.lint", "--fail-on", "never", "--no-cache", "--jobs", "1", tree]
    theirs = peers(tree, None).get("ruff S,B,ASYNC")
    if theirs is None:
        raise SystemExit("ruff is not installed, and nothing was measured: pip install ruff")
    pairs = [(measured(ours)[0], measured(theirs)[0]) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def against_ruff(name: str, tree: str, most: float, rounds: int) -> None:
    """Print the ratio to ruff on a tree beside the most it should be."""
    ours, theirs = alternately(tree, rounds)
    print(f"{name:20} {ours:7.2f} CPU s   {ours / theirs:.2f} x ruff S,B,ASYNC (at most {most})")


def speaking(tree: str, home: str) -> str:
    """A copy of the Python files of a tree that speak of HubSpot."""
    for path in Path(tree).rglob("*.py"):
        if path.is_file() and not path.is_symlink() and marked(path.read_bytes()):
            copy = Path(home, path.relative_to(tree))
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return home


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tree")
    parser.add_argument("--semgrep-rules")
    parser.add_argument("--python", action="store_true", help="compare with ruff on HubSpot Python only")
    parser.add_argument("--without", metavar="TREE", help="compare with ruff on a tree without HubSpot code")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    # Loads, and so compiles, all that there is.
    measured([sys.executable, "-m", "hubwire.lint", "--explain", "HS301"])
    if args.python:
        with tempfile.TemporaryDirectory() as home:
            against_ruff("HubSpot Python", speaking(args.tree, home), 5, args.rounds)
    if args.without:
        against_ruff("without HubSpot", args.without, 0.5, args.rounds)
    if args.python or args.without:
        return
    lint = [sys.executable, "-m", "hubwire.lint", "--fail-on", "never"]
    with tempfile.TemporaryDirectory() as home:
        rows = {"cold, one process": measured([*lint, "--no-cache", "--jobs", "1", args.tree])}
        rows["cold, all cores"] = measured([*lint, "--no-cache", args.tree])
        measured([*lint, args.tree], XDG_CACHE_HOME=home)
        rows["warm"] = measured([*lint, args.tree], XDG_CACHE_HOME=home)
    files = (p for p in Path(args.tree).rglob("*.py") if p.is_file())
    one = next((p for p in files if "hubspot" in p.read_text("utf-8", "replace").lower()), None)
    if one is not None:
        rows["one file"] = measured([*lint, "--no-cache", str(one)])
    others = {name: measured(command) for name, command in peers(args.tree, args.semgrep_rules).items()}
    for name, (cpu, wall) in (rows | others).items():
        ratios = "  ".join(f"{cpu / other[0]:.2f} x {peer}" for peer, other in others.items() if name in rows)
        print(f"{name:20} {cpu:7.2f} CPU s {wall:7.2f} s   {ratios}")
    print(f"largest process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
