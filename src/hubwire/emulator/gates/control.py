"""Who may turn the emulator's own knobs: programs on this machine, and no web page."""

from __future__ import annotations

from urllib.parse import urlsplit

from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Asked, Refusal

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN = ("emulator.home", "emulator.journal_file", "emulator.exports.file")


def check_origin(account: Account, asked: Asked) -> None:
    """Refuses `/_emulator/` to other names than loopback's and to pages of other origins.

    A browser names the page's origin on every write. That the caller is on this machine the server has seen.
    """
    del account
    op = asked.endpoint.op if asked.endpoint else ""
    if not op.startswith("emulator.") or op in OPEN:
        return
    host = asked.headers.get("host")
    if host is not None and _name(f"//{host}") not in LOOPBACK:
        raise _stranger(f"the name {host}")
    origin = asked.headers.get("origin")
    if origin is not None and (host is None or origin not in (f"http://{host}", f"https://{host}")):
        raise _stranger(f"the origin {origin}")
    if asked.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise _stranger("a page of another origin")


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _stranger(what: str) -> Refusal:
    return Refusal(
        403,
        f"hubwire emulator: its controls answer programs on this machine only, not {what}.",
        category="FORBIDDEN_BY_EMULATOR",
    )
