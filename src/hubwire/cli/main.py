"""The `hubwire` command: finds the subcommands, runs one, and turns what goes wrong into a message and an
exit code.

Exit codes: 0 done; 1 the job ran and something of it failed or was refused; 2 it could not start as asked
(usage, configuration, bad input), nothing was written; 130 interrupted, 143 told to terminate.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import shutil
import signal
import sys
import textwrap
from collections.abc import Sequence
from types import FrameType, ModuleType

from hubwire.cli import commands
from hubwire.cli.say import Terminated, complain
from hubwire.errors import ConfigError, HubwireError

DONE, FAILED, MISUSED, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


def modules(package: ModuleType = commands, *, only: str = "") -> list[ModuleType]:
    """One module per command: `NAME`, `HELP`, `configure(parser)` and `run(args) -> exit code`.

    `only` one, if a module is called so: each loads what its own command needs.
    """
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    if only in names:
        names = [only]
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


def parser(only: str = "") -> argparse.ArgumentParser:
    """The whole command line, as `--help` shows it, or what one command needs of it."""
    root = argparse.ArgumentParser(
        prog="hubwire",
        description="HubSpot's CRM from the command line, and a local HubSpot to try things on.",
        epilog="Help on one command: hubwire COMMAND --help",
    )
    root.add_argument("--version", action="version", version=f"hubwire {version()}")
    _add(root, modules(only=only), required=True)
    return root


def _add(parent: argparse.ArgumentParser, found: list[ModuleType], *, required: bool) -> None:
    subparsers = parent.add_subparsers(metavar="COMMAND", required=required)
    for module in found:
        sub = subparsers.add_parser(
            module.NAME,
            help=module.HELP,
            description=_paragraphs(module.__doc__ or ""),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(sub)
        sub.set_defaults(run=module.run)
        within: ModuleType | None = getattr(module, "COMMANDS", None)
        if within is not None:
            _add(sub, modules(within), required=False)


def _paragraphs(text: str) -> str:
    """A docstring as help: every paragraph filled to the terminal's width."""
    width = min(shutil.get_terminal_size().columns, 100) - 2
    return "\n\n".join(textwrap.fill(" ".join(each.split()), width) for each in text.split("\n\n"))


def version() -> str:
    """The installed version."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("hubwire")
    except PackageNotFoundError:
        return "(not installed)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; every way it can end becomes an exit code here."""
    argv = sys.argv[1:] if argv is None else argv
    as_json = False
    previous = signal.signal(signal.SIGTERM, _terminate)
    try:
        args = parser(only=argv[0] if argv else "").parse_args(argv)
        as_json = bool(getattr(args, "json", False))
        code: int = args.run(args)
        # It may have been closed before the start, or by a server that spoke on it.
        if sys.stdout and not sys.stdout.closed:
            sys.stdout.flush()
    except KeyboardInterrupt as stop:
        terminated = isinstance(stop, Terminated)
        complain("terminated." if terminated else "interrupted.", as_json=as_json)
        return TERMINATED if terminated else INTERRUPTED
    except ConfigError as problem:
        complain(str(problem), as_json=as_json)
        return MISUSED
    except HubwireError as problem:
        complain(str(problem), as_json=as_json)
        return FAILED
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] == "hubwire":
            raise
        complain(f"{missing.name} is not installed: pip install 'hubwire[emulator]'", as_json=as_json)
        return MISUSED
    except BrokenPipeError:
        # Whoever read our output has gone (`hubwire … | head`). Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as problem:
        complain(f"{problem.filename or 'the system'}: {problem.strerror or problem}", as_json=as_json)
        return FAILED
    finally:
        signal.signal(signal.SIGTERM, previous)
    return code


def _terminate(signum: int, frame: FrameType | None) -> None:
    raise Terminated
