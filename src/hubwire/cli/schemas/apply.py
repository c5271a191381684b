"""Bring the account to what the file declares. If anything is refused, nothing is done.

It can be interrupted and run again: what is done stays done, and a second run does the rest. Applied twice,
the second run changes nothing.

Exit codes: 0 the account is as the file declares it; 1 something is refused or failed; 2 it could not start
as asked; 130 interrupted.
"""

from __future__ import annotations

import argparse

from hubwire.cli.account import account_options, connected
from hubwire.cli.progress import progress
from hubwire.cli.say import Terminated, emit, note
from hubwire.cli.schema_file import file_option

NAME = "apply"
HELP = "bring the account to what the file declares"
DONE, FAILED, INTERRUPTED, TERMINATED = 0, 1, 130, 143


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    file_option(parser)
    parser.add_argument("--json", action="store_true", help="print what was done as one JSON object")
    account_options(parser)


def run(args: argparse.Namespace) -> int:
    """Plan, then make every change."""
    from hubwire.schema import Change, load, plan
    from hubwire.schema.plans import Stopped

    schema = load(args.file)
    with connected(args) as hub:
        found = plan(hub, schema)
        if found.refused or found.empty:
            _tell(args, found.as_dict() | {"done": []}, str(found))
            if found.refused:
                note("hubwire: nothing was changed, because something is refused.")
            return FAILED if found.refused else DONE
        done: list[Change] = []
        error: str | None = None
        code = DONE
        with progress(quiet=args.json) as steps:
            steps.begin(len(found.changes))

            def step(change: Change) -> None:
                steps.step(change.what)
                done.append(change)

            try:
                found.apply(hub, step)
            except Stopped as stop:
                done, error, code = list(stop.done), str(stop), FAILED
            except KeyboardInterrupt as stop:
                done = done[:-1]
                error = "interrupted: the change that was under way may or may not be made. Apply again."
                code = TERMINATED if isinstance(stop, Terminated) else INTERRUPTED
    report = found.as_dict() | {"done": [each.as_dict() for each in done]}
    told = [str(each) for each in done]
    _tell(args, report | ({"error": error} if error else {}), "\n".join([*told, "", f"{len(done)} done."]))
    if error:
        note(f"hubwire: {error}")
    return code


def _tell(args: argparse.Namespace, report: dict[str, object], text: str) -> None:
    if args.json:
        emit(report)
    else:
        print(text, flush=True)
