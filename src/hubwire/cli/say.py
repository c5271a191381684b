"""What is said to the person, on standard error; standard output is for results."""

from __future__ import annotations

import json
import sys
from typing import Any


class Terminated(KeyboardInterrupt):
    """SIGTERM: treated as Ctrl-C is, with another exit code."""


def note(text: str) -> None:
    """A line for the person watching."""
    print(text, file=sys.stderr, flush=True)


def complain(text: str, *, as_json: bool = False) -> None:
    """Why it did not go as asked; with `--json` on standard output too, so that a script finds it where it
    looks.
    """
    print(f"hubwire: {text}", file=sys.stderr, flush=True)
    if as_json:
        emit({"error": text})


def emit(value: Any) -> None:
    """One JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False), flush=True)
