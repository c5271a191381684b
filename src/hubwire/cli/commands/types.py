"""Write a Python module from the account's own schema: a class per object type, its properties with their
types, the options of enumerations, and the association labels.

The module is meant to be checked in. In CI, --check compares it with the account and fails where they differ.

Exit codes: 0 written, or nothing differs; 1 --check found a difference; 2 it could not start as asked.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

from hubwire.cli.account import account_options, connected
from hubwire.cli.progress import progress
from hubwire.cli.say import emit, note
from hubwire.errors import ConfigError

NAME = "types"
HELP = "write record classes from the account's own schema"
DONE, DIFFERENT = 0, 1
SHOWN = 40
"""Lines of a difference that are shown."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--out", metavar="FILE.py", type=Path, help="where to write the module (default: standard output)"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit 1 when FILE.py is not what the account gives",
    )
    parser.add_argument(
        "--objects",
        metavar="TYPE,…",
        help="object types to write, or 'all' (default: the common ones and all custom objects)",
    )
    parser.add_argument("--json", action="store_true", help="print what was done as one JSON object")
    account_options(parser)


def run(args: argparse.Namespace) -> int:
    """Read the account; write or compare."""
    from hubwire.types import read_account, source

    if args.check and args.out is None:
        raise ConfigError("--check compares a file with the account: name it with --out FILE.py")
    if args.json and args.out is None:
        raise ConfigError("--json tells of a file: name it with --out FILE.py")
    objects = _listed(args.objects)
    before = _before(args.out)
    with connected(args) as hub, progress(quiet=args.json) as steps:
        begun = False

        def step(what: str, done: int, total: int) -> None:
            nonlocal begun
            if not begun:
                steps.begin(total)
                begun = True
            steps.step(what)

        account = read_account(hub, objects, step)
    for why in account.left_out:
        note(f"hubwire: left out, because it cannot be read: {why}")
    text = source(account)
    counts = {
        "objects": len(account.objects),
        "properties": sum(len(each.properties) for each in account.objects),
        "association_types": sum(map(len, account.links.values())),
        "left_out": list(account.left_out),
    }
    if args.out is None:
        sys.stdout.write(text)
        return DONE
    if args.check:
        return _compare(args, before, text, counts)
    changed = text != before
    if changed:
        _write(args.out, text)
    if args.json:
        emit({"file": str(args.out), "changed": changed, **counts})
    else:
        state = "written" if changed else "unchanged"
        print(f"{args.out}: {state}. {counts['objects']} object types, {counts['properties']:,} properties.")
    return DONE


def _listed(text: str | None) -> list[str] | None:
    if text is None:
        return None
    objects = [each.strip() for each in text.split(",") if each.strip()]
    if not objects:
        raise ConfigError("--objects names no object type: --objects contacts,deals")
    return objects


def _before(path: Path | None) -> str | None:
    if path is None or not path.exists():
        return None
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} cannot be read: {problem}") from None


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a module that stops in the middle would still be imported."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as problem:
        raise ConfigError(f"{path} cannot be written: {problem.strerror or problem}") from None
    finally:
        beside.unlink(missing_ok=True)


def _compare(args: argparse.Namespace, before: str | None, text: str, counts: dict[str, object]) -> int:
    lines = list(
        difflib.unified_diff(
            (before or "").splitlines(), text.splitlines(), str(args.out), "the account", lineterm="", n=1
        )
    )
    if args.json:
        emit({"file": str(args.out), "different": bool(lines), "diff": lines, **counts})
    elif lines:
        print("\n".join(lines[:SHOWN]))
        if len(lines) > SHOWN:
            print(f"… and {len(lines) - SHOWN} more lines")
    if lines:
        what = "does not exist" if before is None else "is not what the account gives"
        note(f"hubwire: {args.out} {what}. Write it anew: hubwire types --out {args.out}")
        return DIFFERENT
    if not args.json:
        print(f"{args.out} is what the account gives.")
    return DONE
