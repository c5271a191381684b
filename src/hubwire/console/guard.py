"""Who may use the console: known hosts, one login token, and forms that came from its own pages.

A console shows customers' data and can run handlers again, so every request passes all of these, in the
order of `GATES`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

COOKIE = "hubwire_console"
HOURS = 12
FIELD = "csrf"
SAFE = frozenset({"GET", "HEAD"})
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # Not `no-referrer`: browsers then send `Origin: null` with the console's own forms.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, repr=False)
class Guard:
    """The login token, and the host names under which the console may be reached."""

    token: str
    hosts: Collection[str] = LOOPBACK
    secure: bool = False
    """Is the console behind https? Its cookie is then sent over nothing else."""
    now: Callable[[], float] = time.time

    def knows(self, token: str) -> bool:
        """Is this the login token?"""
        return hmac.compare_digest(token.strip().encode(), self.token.encode())

    def session(self) -> str:
        """A new cookie: random, dated and signed with the token, so that a new token ends every session."""
        name = f"{secrets.token_hex(16)}.{int(self.now()) + HOURS * 3600}"
        return f"{name}.{self._sign('session', name)}"

    def valid(self, cookie: str) -> bool:
        """Was the cookie given out by us, and not too long ago?"""
        name, _, signature = cookie.rpartition(".")
        good = hmac.compare_digest(signature.encode(), self._sign("session", name).encode())
        expires = name.rpartition(".")[2]
        return good and expires.isdecimal() and int(expires) > self.now()

    def csrf(self, cookie: str) -> str:
        """The mark of the forms that belong to this login cookie."""
        return self._sign("form", cookie)

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.digest(self.token.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hex()

    def __repr__(self) -> str:
        return "Guard(…)"


def known_host(guard: Guard, request: Request) -> Response | None:
    """A name that points at this machine from elsewhere (DNS rebinding) is not ours."""
    host = urlsplit("//" + request.headers.get("host", "")).hostname or ""
    if host in guard.hosts:
        return None
    return PlainTextResponse("This console is not served under that host name.\n", 421)


def own_pages(guard: Guard, request: Request) -> Response | None:
    """A browser says where a form came from; programs say nothing, and have no cookie of a browser's."""
    if request.method in SAFE:
        return None
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    here = request.headers.get("host", "")
    if (origin is None or urlsplit(origin).netloc == here) and site in ("same-origin", "none"):
        return None
    return PlainTextResponse("A page of another site sent this form: nothing was done.\n", 403)


def logged_in(guard: Guard, request: Request) -> Response | None:
    """Everything but the login page and its style needs a session."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    if path == "/login" or path.startswith("/static/"):
        return None
    if guard.valid(request.cookies.get(COOKIE, "")):
        return None
    if request.method in SAFE and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(request.scope.get("root_path", "") + "/login", 303)
    return PlainTextResponse("Log in first.\n", 401)


GATES = (known_host, own_pages, logged_in)


async def own_form(guard: Guard, request: Request) -> bool:
    """Does the form carry the token of this very session?"""
    form = await request.form()
    given, cookie = str(form.get(FIELD, "")), request.cookies.get(COOKIE, "")
    return hmac.compare_digest(given.encode(), guard.csrf(cookie).encode())
