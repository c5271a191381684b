"""Runs a command whose calls to HubSpot's hosts come to this machine: what `run` and `record` share."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from hubwire.cli.say import note
from hubwire.emulator.reach import certifi, child, environment
from hubwire.emulator.reach.authority import new_authority
from hubwire.emulator.reach.proxy import Address, Policy, Traffic, open_way
from hubwire.errors import ConfigError


def command_options(parser: argparse.ArgumentParser, verb: str) -> None:
    """What to run, and what it may reach."""
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="HOST",
        help="let connections to this host through, too (*.example.com: those below it; *: all)",
    )
    parser.add_argument(
        "--certifi",
        action="append",
        default=[],
        metavar="PYTHON",
        help="add the local authority to this Python's certifi file while the command runs",
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND …", help="what to run")
    parser.set_defaults(verb=verb)


def command_of(args: argparse.Namespace) -> list[str]:
    """The command, found on the PATH; a `ConfigError` when there is none."""
    command: list[str] = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        raise ConfigError(f"nothing to run: hubwire emulator {args.verb} -- COMMAND …")
    if shutil.which(command[0]) is None:
        raise ConfigError(f"{command[0]} is no command that can be run.")
    return command


def run_reaching(args: argparse.Namespace, backend: Address, told: Mapping[str, str]) -> int:
    """Runs the command; its exit code. `told` are variables that it gets besides those of the way."""
    command = command_of(args)
    tidy()
    with ExitStack() as undone:
        folder = Path(undone.enter_context(tempfile.TemporaryDirectory(prefix="hubwire-")))
        authority = new_authority(folder)
        policy = Policy(backend, frozenset(host.lower() for host in args.allow), _refused)
        way = undone.enter_context(open_way(policy, authority.context))
        variables = environment.variables(folder, way, authority.pem, os.environ)
        try:
            for python in args.certifi:
                undone.enter_context(certifi.trusted(python, authority.pem, journals()))
            code = child.run(command, {**variables, **told})
        except certifi.CertifiError as problem:
            raise ConfigError(str(problem)) from None
        except OSError as problem:
            raise ConfigError(f"{command[0]} cannot be run: {problem.strerror or problem}") from None
        _hint(way.traffic, command[0])
    return code


def tidy() -> None:
    """Undoes what a run that was killed left in a certifi file."""
    for path in certifi.clean(journals()):
        note(f"hubwire: an earlier run did not end properly: its authority is taken out of {path} now.")


def journals() -> Path:
    """Where changes to certifi files are noted."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "hubwire" / "certifi"


def _refused(host: str) -> None:
    note(f"hubwire: {host} is not HubSpot's: refused. --allow {host} lets the command reach it.")


def _hint(traffic: Traffic, program: str) -> None:
    if traffic.tunnels and not traffic.sessions:
        python = interpreter(program)
        note(
            "hubwire: the command reached the proxy and did not trust its certificate. If it is a Python "
            f"program that uses certifi, add --certifi {shlex.quote(python) if python else 'and its Python'}."
        )


def interpreter(program: str) -> str | None:
    """The Python that a command is, or that its first line names; None when neither can be told."""
    path = shutil.which(program)
    if path is None:
        return None
    if Path(path).name.startswith("python"):
        return path
    try:
        with open(path, "rb") as file:
            first = file.readline(1000)
    except OSError:
        return None
    named = first.removeprefix(b"#!").split()
    if not first.startswith(b"#!") or not named:
        return None
    words = [word.decode("utf-8", "replace") for word in named]
    if Path(words[0]).name == "env":
        found = [word for word in words[1:] if Path(word).name.startswith("python")]
        return shutil.which(found[0]) if found else None
    return words[0] if Path(words[0]).name.startswith("python") else None
