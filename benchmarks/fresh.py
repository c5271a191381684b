"""Runs a piece of work in an interpreter of its own, so that nothing has warmed what is measured."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

LONGEST = 600


def call(module: str, *arguments: str) -> dict[str, Any]:
    """`python -m module arguments`; what it printed as its last line, decoded."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
