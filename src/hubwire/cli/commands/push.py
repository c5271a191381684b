"""Get the rows of a CSV file into a HubSpot account: create, update, associate, read back, account for all.

The account is the one that the token in HUBSPOT_ACCESS_TOKEN belongs to. Columns are matched to properties by
name, then by label. Columns called company.PROPERTY belong to the row's company, which is found by its domain
and associated.

It can be interrupted and run again: what is done stays done, and nothing is created twice. While companies
are created, a journal stands beside the file (.FILE.csv.ACCOUNT.hubwire-journal); it goes when the push is
through.

Exit codes: 0 everything is in the account; 1 some of it is not; 2 it could not start, nothing was written;
130 interrupted.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from hubwire.cli.account import account_options, connected
from hubwire.cli.explain import explain
from hubwire.cli.runner import FAILED, Manner, carry_out
from hubwire.cli.say import complain
from hubwire.errors import ConfigError, HubwireError

NAME = "push"
HELP = "get the rows of a CSV file into a HubSpot account"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", metavar="FILE.csv", type=Path, help="UTF-8 CSV file whose first line names the columns"
    )
    parser.add_argument(
        "--object", default="contacts", metavar="TYPE", help="what the rows are (default: contacts)"
    )
    parser.add_argument(
        "--key",
        metavar="PROPERTY",
        help="property that tells them apart (default: email; domain for companies)",
    )
    mapping_options(parser)
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would change, and write nothing; the exit code is that of the push it foresees",
    )
    parser.add_argument(
        "--skip-unknown", action="store_true", help="do not count columns that cannot be written as a failure"
    )
    parser.add_argument(
        "--report",
        metavar="PATH",
        type=Path,
        help="file for refused rows (default: FILE.refused.csv beside FILE.csv)",
    )
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    account_options(parser)


def mapping_options(parser: argparse.ArgumentParser) -> None:
    """Options that say how the file is read."""
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=PROPERTY",
        help="write a column to a property (object.property for an associated object; nothing: leave it out)",
    )
    parser.add_argument(
        "--associate",
        action="append",
        default=[],
        metavar="OBJECT:PROPERTY",
        help="property that tells associated objects apart (default: companies:domain)",
    )
    parser.add_argument(
        "--delimiter", default=",", help="what stands between the columns: ';', tab, '|' (default: ',')"
    )
    parser.add_argument("--clear-empty", action="store_true", help="an empty cell clears the property")


def run(args: argparse.Namespace) -> int:
    """Push one file."""
    from hubwire.mirror.push import Wish, open_table, prepare

    check_report(args.report, args.file)
    open_table(args.file, args.delimiter)  # what is wrong with the file itself is said first
    base_url = args.base_url or os.environ.get("HUBSPOT_BASE_URL") or None
    wish = Wish(args.object, args.key, tuple(args.map), tuple(args.associate))
    with connected(args) as hub:
        try:
            plan = prepare(hub, args.file, wish, delimiter=args.delimiter, clear_empty=args.clear_empty)
        except ConfigError:
            raise
        except HubwireError as problem:
            complain(f"{explain(problem, base_url)} Nothing was written.", as_json=args.json)
            return FAILED
        return carry_out(
            plan,
            Manner(
                as_json=args.json,
                dry=args.dry_run,
                refused_path=args.report,
                forgive_columns=args.skip_unknown,
                base_url=base_url,
            ),
        )


def check_report(report: Path | None, file: Path) -> None:
    """Refuse to write the refused rows over the rows."""
    if report is not None and report.exists() and file.exists() and report.samefile(file):
        raise ConfigError(f"--report {report} is the input itself. Name another file.")
