"""Options and words that the commands about an inbox share."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import re
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hubwire.errors import ConfigError
from hubwire.webhooks.inbox import PARKED, STATES, Selection, Summary
from hubwire.webhooks.stores import DEFAULT

if TYPE_CHECKING:
    from hubwire.webhooks import App

AGE = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd])")
SECRET = re.compile(r"(?i)([?&](?:password|passfile|sslpassword)=)[^&]*")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def inbox_option(parser: argparse.ArgumentParser) -> None:
    """`--inbox`."""
    parser.add_argument(
        "--inbox",
        default=DEFAULT,
        metavar="FILE|URL",
        help=f"file of the inbox, or postgresql://… (default: {DEFAULT})",
    )


def shown(inbox: str) -> str:
    """The address without a password, wherever in it one can stand."""
    parts = urlsplit(inbox)
    user, at, host = parts.netloc.rpartition("@")
    hidden = parts._replace(netloc=f"{user.partition(':')[0]}:…@{host}") if at and ":" in user else parts
    return SECRET.sub(r"\1…", hidden.geturl()) if "://" in inbox else inbox


def json_option(parser: argparse.ArgumentParser, what: str = "print JSON") -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help=what)


def selecting_options(parser: argparse.ArgumentParser, *, states: bool = True) -> None:
    """Which events."""
    if states:
        parser.add_argument("--state", action="append", choices=STATES, help="only those (repeatable)")
    parser.add_argument("--kind", help="contact.creation, or contact.*")
    parser.add_argument("--object", metavar="PORTAL:TYPE:ID", help="those of one record, as 62515:0-1:123")
    parser.add_argument(
        "--since", type=moment, metavar="TIME", help="received since: 2h, 3d, or 2026-11-28T14:00"
    )
    parser.add_argument("--until", type=moment, metavar="TIME", help="received before")


def selection(args: argparse.Namespace, **fixed: Any) -> Selection:
    """What the options say."""
    chosen = {
        "states": tuple(getattr(args, "state", None) or ()) or None,
        "kind": args.kind,
        "lane": args.object,
        "since": args.since,
        "until": args.until,
        **fixed,
    }
    return Selection(**chosen)


def moment(text: str) -> int:
    """A time, for argparse: how long ago, or when (UTC unless it says otherwise)."""
    ago = AGE.fullmatch(text)
    if ago:
        return int((time.time() - float(ago[1]) * UNITS[ago[2]]) * 1000)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: give an age (90s, 30m, 2h, 3d) or a date (2026-11-28T14:00)"
        ) from None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)


def when(millis: int | None) -> str | None:
    """ISO 8601, UTC."""
    if millis is None or millis >= PARKED:
        return None
    return (
        datetime.fromtimestamp(millis / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def as_dict(one: Summary) -> dict[str, Any]:
    """A line of the list, for JSON."""
    told = asdict(one)
    portal, object_type, object_id = (*one.lane.split(":", 2), "", "")[:3]
    told.update(
        portal_id=portal,
        object_type=object_type,
        object_id=object_id,
        occurred=when(one.occurred),
        received=when(one.received),
        due=when(one.due) if one.due else None,
        parked=one.due >= PARKED,
    )
    return told


def table(lines: list[Summary]) -> str:
    """The list, for people."""
    rows = [("ID", "STATE", "RECEIVED", "RECORD", "EVENT", "FAILED", "LAST ERROR")]
    for one in lines:
        what = f"{one.kind} {one.property}" if one.property else one.kind
        state = (
            "parked"
            if one.due >= PARKED
            else "retrying"
            if one.state == "pending" and one.failures
            else one.state
        )
        rows.append(
            (
                str(one.id), state, (when(one.received) or "")[:19], one.lane, what,
                str(one.failures or ""), (one.error or "")[:60],
            )
        )  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def application(target: str) -> App:
    """The `App` that `MODULE:APP` or `FILE.py:APP` names; ConfigError when there is none."""
    from hubwire.webhooks import App

    place, colon, name = target.rpartition(":")
    if not colon:
        place, name = target, "app"
    module = _module(place)
    found = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, App):
        kind = "is not there" if found is None else f"is no App but {type(found).__name__}"
        raise ConfigError(
            f"{target}: {name} {kind}. Write `from hubwire.webhooks import App; {name} = App()`."
        )
    return found


def _module(place: str) -> Any:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    path = Path(place)
    if place.endswith(".py"):
        if not path.is_file():
            raise ConfigError(f"{place}: there is no such file.")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None:
            raise ConfigError(f"{place} cannot be loaded as Python.")
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        return module
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as missing:
        if missing.name and (place == missing.name or place.startswith(f"{missing.name}.")):
            raise ConfigError(
                f"there is no module {place} here ({here}). Give MODULE:APP or FILE.py:APP."
            ) from None
        raise
