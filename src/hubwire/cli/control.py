"""Talks to the controls of an emulator that runs on this machine."""

from __future__ import annotations

import argparse
import http.client
import json
import os
from typing import Any
from urllib.parse import quote, urlsplit

from hubwire.cli.say import emit
from hubwire.errors import ConfigError

DEFAULT = "http://127.0.0.1:8765"
SECONDS = 60
"""Longest wait for an answer: seeding takes its time."""


def control_options(parser: argparse.ArgumentParser) -> None:
    """Which emulator is meant, and how the answer is told."""
    parser.add_argument(
        "--base-url",
        metavar="URL",
        help=f"where the emulator runs (default: HUBSPOT_BASE_URL, else {DEFAULT})",
    )
    parser.add_argument("--json", action="store_true", help="print the answer as one JSON object")


def ask(args: argparse.Namespace, method: str, *path: str, body: Any = None) -> Any:
    """The decoded answer of a control; a `ConfigError` says why there is none."""
    base = args.base_url or os.environ.get("HUBSPOT_BASE_URL") or DEFAULT
    status, text = _send(
        base, method, "/_emulator" + "".join(f"/{quote(part, safe='')}" for part in path), body
    )
    try:
        answer = json.loads(text) if text else {}
    except ValueError:
        raise ConfigError(f"{base} is no emulator of hubwire's: it answered {status} without JSON.") from None
    if status >= 400:
        said = answer.get("message", "") if isinstance(answer, dict) else ""
        raise ConfigError(said.removeprefix("hubwire emulator: ") or f"{base} answered {status}.")
    return answer


def _send(base: str, method: str, path: str, body: Any) -> tuple[int, bytes]:
    parts = urlsplit(base if "://" in base else f"http://{base}")
    try:
        port = parts.port or 80
    except ValueError:
        port = 0
    if parts.scheme != "http" or not parts.hostname or not port:
        raise ConfigError(f"{base} is not where an emulator can run: give http://HOST:PORT.")
    connection = http.client.HTTPConnection(parts.hostname, port, timeout=SECONDS)
    sent = None if body is None else json.dumps(body).encode()
    try:
        connection.request(method, path, sent, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, reply.read()
    except (OSError, http.client.HTTPException) as problem:
        raise ConfigError(
            f"no emulator answers at {base} ({problem}). Start one with: hubwire emulator"
        ) from None
    finally:
        connection.close()


def tell(args: argparse.Namespace, answer: Any, *lines: str) -> int:
    """The answer for a script, or the lines for a person; returns the exit code 0."""
    if args.json:
        emit(answer)
    else:
        for line in lines:
            print(line)
    return 0


def given(**values: Any) -> dict[str, Any]:
    """What was said on the command line: the rest is the emulator's to decide."""
    return {name: value for name, value in values.items() if value is not None and value != []}
