"""Look at the account and its token, the token store and its keys, legacy credentials, and the code, and say
what is wrong or will be: scopes, hublet, daily usage, a token older than six months, and everything here that
stops or loses support on a day that HubSpot has named.

Exit codes: 0 nothing fails (warnings may be there); 1 something fails; 2 there is no account to look at.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from hubwire.cli.account import account_options
from hubwire.cli.say import emit
from hubwire.errors import ConfigError

NAME = "doctor"
HELP = "say what is wrong with account, token and code, or will be"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="code to look through (default: the project here)"
    )
    account_options(parser)
    parser.add_argument("--json", action="store_true", help="print the findings as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Check everything that can be checked."""
    import msgspec

    from hubwire.cli.checkup.account import account
    from hubwire.cli.checkup.code import code
    from hubwire.cli.checkup.finding import Finding, lines, verdict
    from hubwire.cli.checkup.legacy import legacy
    from hubwire.cli.checkup.patient import Patient
    from hubwire.cli.checkup.storage import storage

    missing = [str(path) for path in args.paths if not path.exists()]
    if missing:
        raise ConfigError(f"no such file or folder: {', '.join(missing)}")
    found: list[Finding] = []
    patient = None
    try:
        patient = Patient(args)
    except ConfigError as problem:
        found.append(Finding("token", "fail", str(problem)))
    if patient is not None:
        found += [*account(patient), *storage(patient)]
    found += [*legacy(patient, datetime.now(UTC).date()), *code(args.paths)]
    if args.json:
        emit({"ok": not verdict(found), "findings": msgspec.to_builtins(found)})
    else:
        print("\n".join(lines(found)))
    return 2 if patient is None else verdict(found)
