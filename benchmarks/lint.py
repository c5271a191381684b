"""CPU seconds of `hubwire lint` beside others: `python benchmarks/lint.py TREE [--semgrep-rules DIR]`.

Prints the ratio to every peer that is installed. Ratios travel between machines, seconds do not.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def measured(command: list[str], **environment: str) -> tuple[float, float]:
    """CPU and wall seconds of a command, whatever it answers."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    quiet = subprocess.DEVNULL
    subprocess.run(command, stdout=quiet, stderr=quiet, env={**os.environ, **environment}, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - started


def peers(tree: str, rules: str | None) -> dict[str, list[str]]:
    """The installed peers and how to run them."""
    found: dict[str, list[str]] = {}
    if shutil.which("ruff"):
        found["ruff S,B,ASYNC"] = ["ruff", "check", "--isolated", "--no-cache", "--select", "S,B,ASYNC", tree]
    if shutil.which("bandit"):
        found["bandit"] = ["bandit", "-q", "-r", tree]
    if rules and shutil.which("semgrep"):
        found["semgrep"] = ["semgrep", "scan", "--metrics=off", "--config", rules, tree]
    return found


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tree")
    parser.add_argument("--semgrep-rules")
    args = parser.parse_args()
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
