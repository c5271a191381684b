"""Push a CSV file of customers into an account that is emulated on this machine, and show what came of it.

The account is started for the occasion, an app is connected to it through the authorization-code flow, and
the file is pushed by e-mail address, its companies by domain. Then some records are edited, and the webhooks
about it are received, verified and handled. Interrupted and started again with the same
file, it goes on with the same account: until it has finished, that is kept under ~/.cache/hubwire
(XDG_CACHE_HOME), or in --state FILE.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import secrets
import shlex
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubwire.cli import browser
from hubwire.cli.commands.push import check_report, mapping_options
from hubwire.cli.notified import Notified, notified
from hubwire.cli.opening import TIERS, StateInUse, opened
from hubwire.cli.runner import Manner, carry_out
from hubwire.cli.say import note
from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire import Hub
    from hubwire.emulator import Emulator

NAME = "demo"
HELP = "push a file into a local account and show what came of it"

DEMOS = 9
"""Demos with one file that may run side by side."""
REDIRECT = "http://localhost:3000/oauth-callback"
SCOPES = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.schemas.contacts.read",
    "crm.schemas.companies.read",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file",
        metavar="FILE.csv",
        nargs="?",
        type=Path,
        help="file of contacts (default: 5,000 rows that come along)",
    )
    parser.add_argument(
        "--keep", action="store_true", help="leave the account running until Ctrl-C, to look at it"
    )
    parser.add_argument(
        "--tier", choices=TIERS, default="professional", help="subscription (default: professional)"
    )
    parser.add_argument("--state", metavar="FILE", help="keep the account in this file, also afterwards")
    parser.add_argument(
        "--key", default="email", metavar="PROPERTY", help="property that tells contacts apart"
    )
    mapping_options(parser)
    parser.add_argument("--report", metavar="PATH", type=Path, help="file for refused rows")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Show the whole thing once."""
    with contextlib.ExitStack() as stack:
        path = args.file or stack.enter_context(as_file(files("hubwire.cli") / "data" / "customers.csv"))
        return Demo(args, path, stack).run()


@dataclass
class Demo:
    """One run: the account, the app, the push, and what is left behind."""

    args: argparse.Namespace
    path: Path
    stack: contextlib.ExitStack
    ended: threading.Event = field(default_factory=threading.Event)
    notify: Callable[[], Notified | None] = lambda: None
    """Edits records and has the webhooks about them handled, once the push is through."""

    def run(self) -> int:
        """Everything in order."""
        from hubwire.mirror.push import open_table

        args = self.args
        if args.report:
            check_report(args.report, self.path)
        # What is wrong with the file is said before anything is started.
        open_table(self.path, args.delimiter)
        emulator, state = self._open()
        with contextlib.closing(emulator):
            code = self._serve(emulator, state)
        if not args.state and done_mark(state).exists():
            forget(state)
        return code

    def _open(self) -> tuple[Emulator, Path]:
        """The account, new or that of a demo with this file which was interrupted."""
        # An account that is there already is not sown again.
        options = {"seed": "demo", "tier": self.args.tier}
        if self.args.state:
            return opened(self.args.state, **options), Path(self.args.state)
        for state in states_for(self.path):
            try:
                emulator = opened(str(state), **options)
                if done_mark(state).exists():
                    emulator.close()
                    forget(state)
                    emulator = opened(str(state), **options)
            except StateInUse:
                continue
            return emulator, state
        raise ConfigError(
            f"{DEMOS} demos with that file are running. Give this one a --state FILE of its own."
        )

    def _serve(self, emulator: Emulator, state: Path) -> int:
        from hubwire.emulator import serve

        with serve.running(emulator) as base_url:
            if not self.args.json:
                note(f"Account {emulator.identity.portal_id} is emulated at {base_url} and kept in {state}.")
            code, finished = self._push(emulator, base_url, state.parent)
            if finished and not self.args.state:
                done_mark(state).touch()
            if finished and self.args.keep:
                if not self.args.json:
                    print(pointers(emulator, base_url, self.path), flush=True)
                while not self.ended.wait(1.0):
                    pass
        return code

    def _push(self, emulator: Emulator, base_url: str, state_directory: Path) -> tuple[int, bool]:
        from hubwire.mirror.push import Wish, prepare

        args = self.args
        manner = Manner(
            as_json=args.json,
            refused_path=args.report or (None if args.file else here("hubwire-demo.refused.csv")),
            # The rows and columns that cannot be written are a part of the show.
            forgive_columns=True,
            forgive_rows=True,
            base_url=base_url,
            more=lambda: self._more(emulator, base_url),
            finished=self._end_by_signal if args.keep else None,
        )
        with connect(emulator, base_url) as hub:
            plan = prepare(
                hub,
                self.path,
                Wish("contacts", args.key, tuple(args.map), tuple(args.associate)),
                delimiter=args.delimiter,
                clear_empty=args.clear_empty,
                journal_directory=state_directory,
            )
            self.notify = lambda: notified(hub, emulator) if plan.finished else None
            code = carry_out(plan, manner)
            told = None if args.json else self.notify()
            if told is not None:
                print(told, flush=True)
        return code, plan.finished

    def _more(self, emulator: Emulator, base_url: str) -> dict[str, Any]:
        """Further entries of the JSON report."""
        told = self.notify()
        more: dict[str, Any] = {"webhooks": told.as_dict()} if told is not None else {}
        return more | ({"emulator": emulator.identity.as_dict(base_url)} if self.args.keep else {})

    def _end_by_signal(self) -> None:
        """From here on Ctrl-C is the ordinary end: whoever has read the report may be quick."""
        for number in (signal.SIGINT, signal.SIGTERM):
            former = signal.signal(number, lambda *_: self.ended.set())
            self.stack.callback(signal.signal, number, former)


@contextlib.contextmanager
def connect(emulator: Emulator, base_url: str) -> Iterator[Hub]:
    """A hub for an OAuth app that was let into the account the way every app is."""
    from hubwire import Hub, OAuthApp, OAuthTokens

    identity = emulator.identity
    app = OAuthApp(identity.client_id, identity.client_secret, REDIRECT, SCOPES, base_url=base_url)
    state = secrets.token_urlsafe(16)
    code = browser.consent(app.authorize_url(state, base=base_url), REDIRECT, state)
    with Hub(OAuthTokens(app, app.exchange(code)), base_url=base_url) as hub:
        yield hub


def states_for(path: Path) -> list[Path]:
    """Where the account of a demo with this file may be kept until it has finished; each serves one."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    directory = cache_directory()
    return [directory / f"hubwire-demo-{digest}-{number}.db" for number in range(1, DEMOS + 1)]


def cache_directory() -> Path:
    """The user's own, or the temporary one when nothing can be written there."""
    # https://specifications.freedesktop.org/basedir-spec/latest/
    base = os.environ.get("XDG_CACHE_HOME", "")
    directory = (Path(base) if base else Path.home() / ".cache") / "hubwire"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if os.access(directory, os.W_OK):
            return directory
    except OSError:
        pass
    return Path(tempfile.gettempdir())


def done_mark(state: Path) -> Path:
    """A file that says: the demo with this account has finished, the next one starts afresh."""
    return state.with_name(state.name + ".done")


def forget(state: Path) -> None:
    """Remove an account's file and what stands beside it."""
    for name in ("", "-wal", "-shm", ".done"):
        state.with_name(state.name + name).unlink(missing_ok=True)


def here(name: str) -> Path:
    """A file in the working directory, or in the temporary one when nothing can be written there."""
    directory = Path.cwd() if os.access(Path.cwd(), os.W_OK) else Path(tempfile.gettempdir())
    return directory / name


def pointers(emulator: Emulator, base_url: str, path: Path) -> str:
    """How to go on: look at the account, push to it again, push to a real one."""
    push = f"hubwire push {shlex.quote(str(path))} --object contacts --key email"
    token = emulator.identity.access_token
    return f"""
The account goes on running until Ctrl-C.

  look at it            {base_url}
  push to it again      HUBSPOT_BASE_URL={base_url} HUBSPOT_ACCESS_TOKEN={token} {push}
  push to a real one    HUBSPOT_ACCESS_TOKEN=YOUR_TOKEN {push}
"""
