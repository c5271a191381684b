"""Form bodies, and URLs that a browser is sent to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from hubwire.emulator.exchange import Answer, Asked

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
DOMAIN = re.compile(r"(?!\d+(\.\d+)*$)[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
HTML = "text/html;charset=utf-8"

# A browser reads `\` as `/` and drops tabs and line ends, so such a URL can lead elsewhere than it seems to;
# `@` hides the host behind a user name.
TRICKY = re.compile(r"[\x00-\x20\x7f-\U0010ffff\\@#]")


def form(asked: Asked, *, with_query: bool = False) -> dict[str, str]:
    """The fields of an urlencoded body, the last value of each; `with_query` adds those of the URL."""
    fields = {name: values[-1] for name, values in asked.query.items()} if with_query else {}
    fields.update(parse_qsl(asked.body.decode("utf-8", "replace"), keep_blank_values=True))
    return fields


def loopback(uri: str) -> bool:
    """Whether a redirect stays on this machine: http(s) to a loopback name, any port and path."""
    if TRICKY.search(uri):
        return False
    parts = urlsplit(uri)
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK


def registrable(uri: str) -> bool:
    """Whether an app may register the redirect: https, a domain name, no fragment."""
    if TRICKY.search(uri):
        return False
    parts = urlsplit(uri)
    return parts.scheme == "https" and DOMAIN.fullmatch(parts.hostname or "") is not None


def found(uri: str, fields: Mapping[str, str | None]) -> Answer:
    """302 to `uri` with the fields that have a value added to its query."""
    added = urlencode({name: value for name, value in fields.items() if value is not None})
    joint = "&" if "?" in uri else "?"
    return Answer(302, headers=[("Location", f"{uri}{joint}{added}"), *PRIVATE], content_type=HTML)


def page(html: str, status: int = 200) -> Answer:
    """A page that no other site may frame and no cache keeps."""
    return Answer(status, html.encode(), list(PRIVATE), HTML)


PRIVATE = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
)
