"""Make the webhook settings and subscriptions of an app in HubSpot match what the handlers declare.

Wanted is what the handlers of MODULE:APP listen to, and what `app.subscribe(…)` adds. What HubSpot has beyond
that is switched off, or removed with --delete. Apps of HubSpot's developer projects have no REST for this:
write their file with --hsmeta, and upload it with HubSpot's own command.

Legacy public apps: HUBSPOT_DEVELOPER_API_KEY. Otherwise HUBSPOT_ACCESS_TOKEN.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubwire.cli.inboxes import application, json_option
from hubwire.cli.say import emit, note
from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire import Hub
    from hubwire.webhooks.subscriptions import Subscription
    from hubwire.webhooks.sync import Api, Plan, Settings, Step

NAME = "sync"
HELP = "make HubSpot's subscriptions match the handlers"
VERSIONS = ("v3", "2026-03", "2026-09")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "app",
        metavar="MODULE:APP",
        nargs="?",
        default="app:app",
        help="the handlers (default: app in app.py, here)",
    )
    parser.add_argument("--app", dest="app_id", type=number, metavar="ID", help="the app's id in HubSpot")
    parser.add_argument("--target", metavar="URL", help="where HubSpot shall post to (default: as it is)")
    parser.add_argument(
        "--concurrency", type=number, default=None, metavar="N",
        help="requests that HubSpot may have in flight for one account (default: as it is, or 10)",
    )  # fmt: skip
    parser.add_argument("--delete", action="store_true", help="remove what is not declared")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument(
        "--hsmeta", type=Path, metavar="FILE", help="write the file of a project; call nobody"
    )
    parser.add_argument(
        "--api-version", choices=VERSIONS, default=VERSIONS[-1],
        help=f"of HubSpot's paths (default: {VERSIONS[-1]})",
    )  # fmt: skip
    json_option(parser)


def number(text: str) -> int:
    """A whole number, for argparse."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Compare, and change what differs."""
    from hubwire.webhooks.declared import declared

    wanted, open_ends = declared(application(args.app))
    for line in open_ends:
        note(f"hubwire: {line}")
    if not wanted:
        raise ConfigError(
            f"{args.app} declares no subscription: write @app.on(\"contact.creation\") or "
            "app.subscribe(\"contact.creation\"). Nothing was changed."
        )  # fmt: skip
    if args.hsmeta:
        return _write(args, wanted)
    if not args.app_id:
        raise ConfigError("which app? Give --app ID, as its page in HubSpot shows it, or --hsmeta FILE.")
    return _sync(args, wanted)


def _write(args: argparse.Namespace, wanted: list[Subscription]) -> int:
    from hubwire.webhooks import hsmeta
    from hubwire.webhooks.sync import CONCURRENCY, Settings

    if not args.target:
        raise ConfigError("a project's file says where to post to: give --target URL.")
    text = hsmeta.text(wanted, Settings(args.target, args.concurrency or CONCURRENCY))
    same = args.hsmeta.is_file() and args.hsmeta.read_text("utf-8") == text
    if not same and not args.dry_run:
        args.hsmeta.write_text(text, "utf-8")
    if args.json:
        emit({"file": str(args.hsmeta), "subscriptions": [str(each) for each in wanted], "changed": not same})
    else:
        does = "is as it should be" if same else "would be written" if args.dry_run else "written"
        note(f"{args.hsmeta} {does}: {len(wanted)} subscriptions.")
    return 0


def _sync(args: argparse.Namespace, wanted: list[Subscription]) -> int:
    from hubwire.webhooks.sync import Api, carry_out, look

    key = os.environ.get("HUBSPOT_DEVELOPER_API_KEY", "").strip() or None
    with _hub(key, args.api_version) as hub:
        api = Api(hub, args.app_id, developer_key=key)
        planned = look(api, wanted, _settings(args, api), delete=args.delete)
        done: list[Step] = []

        def tell(step: Step) -> None:
            done.append(step)
            if not args.json:
                print(step, flush=True)

        try:
            if not args.dry_run:
                carry_out(api, planned, tell)
        except BaseException:
            left = len(planned.changes) - len(done)
            note(f"hubwire: {len(done)} of {len(planned.changes)} changes were made, {left} are open. "
                 "Run the same command again to do the rest.")  # fmt: skip
            raise
    _report(args, planned)
    return 0


def _hub(key: str | None, version: str) -> Hub:
    from hubwire import Hub
    from hubwire.auth.nobody import NoToken

    if key:
        return Hub(NoToken(), version=version)
    try:
        return Hub(version=version)
    except ConfigError as nothing:
        raise ConfigError(
            "no developer API key: set HUBSPOT_DEVELOPER_API_KEY, as the app's developer account "
            f"shows it. Without one a token has to do, and there is {nothing}"
        ) from None


def _settings(args: argparse.Namespace, api: Api) -> Settings | None:
    from hubwire.webhooks.sync import CONCURRENCY, Settings

    if not args.target and not args.concurrency:
        return None
    there = api.settings()
    target = args.target or (there.target if there else None)
    if target is None:
        raise ConfigError("the app has no settings yet: say where HubSpot shall post to with --target URL.")
    return Settings(target, args.concurrency or (there.concurrency if there else CONCURRENCY))


def _report(args: argparse.Namespace, planned: Plan) -> None:
    told: dict[str, Any] = {
        "app": args.app_id,
        "dry_run": args.dry_run,
        "changes": [step.as_dict() for step in planned.changes],
        "kept": len(planned.steps) - len(planned.changes),
    }
    if args.json:
        emit(told)
        return
    if args.dry_run:
        for step in planned.changes:
            print(step)
    what = "would be changed" if args.dry_run else "changed"
    note(f"{len(planned.changes)} {what}, {told['kept']} as they should be.")
