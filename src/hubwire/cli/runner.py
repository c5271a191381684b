"""Runs a prepared push for a person or a script: progress, report, file of refused rows, exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hubwire.cli.explain import explain
from hubwire.cli.progress import progress
from hubwire.cli.say import Terminated, emit, note
from hubwire.cli.summary import summary
from hubwire.errors import HubwireError
from hubwire.mirror.push import Plan, Report, refused

DONE, FAILED, INTERRUPTED, TERMINATED = 0, 1, 130, 143


@dataclass(frozen=True)
class Manner:
    """How to go about it and what counts as done."""

    as_json: bool = False
    dry: bool = False
    refused_path: Path | None = None
    forgive_columns: bool = False
    forgive_rows: bool = False
    base_url: str | None = None
    again: str = "Run the same command again to do the rest: what is done stays done."
    more: Callable[[], dict[str, Any]] | None = None
    """Further entries of the JSON report."""
    finished: Callable[[], None] | None = None
    """Called when the push is through, before anything is said about it."""


def carry_out(plan: Plan, manner: Manner) -> int:
    """Run the push and tell everything about it; returns the exit code."""
    report = plan.report
    for column in report.left_out:
        note(str(column))
    stop: BaseException | None = None
    with progress(quiet=manner.as_json) as steps:
        try:
            plan.run(dry=manner.dry, steps=steps)
        except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 (a fault is raised again, below)
            stop = problem
            report.stopped = explain(problem, manner.base_url)
    if stop is None and manner.finished is not None:
        manner.finished()
    saved = manner.dry or save_refused(plan, manner.refused_path or refused.default_path(plan.table.path))
    if manner.as_json:
        emit(report.as_dict() | (manner.more() if manner.more else {}))
    else:
        print(summary(report), flush=True)
    if stop is not None:
        note(f"hubwire: stopped: {report.stopped}")
        note(f"hubwire: {_so_far(report)} {manner.again}")
        if not isinstance(stop, HubwireError | OSError | KeyboardInterrupt):
            raise stop
        return (TERMINATED if isinstance(stop, Terminated) else INTERRUPTED) if _asked(stop) else FAILED
    return verdict(report, manner) if saved else FAILED


def verdict(report: Report, manner: Manner) -> int:
    """0 if everything the file says is in the account now, but for what the caller forgives; else 1."""
    rows = manner.forgive_rows or not report.refusals
    columns = manner.forgive_columns or not report.left_out
    return DONE if rows and columns and (report.complete or report.dry_run) else FAILED


def _asked(stop: BaseException) -> bool:
    return isinstance(stop, KeyboardInterrupt)


def _so_far(report: Report) -> str:
    if report.dry_run:
        return "Nothing was written."
    done = report.tally
    return (
        f"Up to here {done.created + done.updated:,} rows were written, {done.unchanged:,} needed nothing, "
        f"{done.refused:,} were refused; {report.rows_open:,} are not done, or their answer was not seen."
    )


def save_refused(plan: Plan, path: Path) -> bool:
    """Write the file of refused rows, or remove an old one; False, and the rows on stderr, if that fails."""
    report = plan.report
    if not report.refusals:
        if report.stopped is None:
            refused.remove_stale(path, plan.table)
        return True
    text = refused.text(plan.table, report.refusals)
    try:
        refused.write(path, text)
    except OSError as problem:
        note(f"hubwire: the refused rows could not be written to {path}: {problem.strerror or problem}.")
        note(
            "hubwire: what was written to the account stays written. The refused rows, as that file's "
            "content:"
        )
        note(text)
        note("hubwire: make room or name another file with --report, and run the same command again.")
        return False
    report.refused_file = str(path)
    return True
