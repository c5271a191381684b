"""Lets an app into an account as a person with a browser would: open the page, press its button, follow to
the code.
"""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPMessage
from typing import IO

from hubwire.errors import ConfigError

TIMEOUT = 30.0


@dataclass
class Form(HTMLParser):
    """The first form of a page: where it goes, its hidden fields, its first button."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    button: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser for every tag."""
        has = {name: value or "" for name, value in attrs}
        name, value = has.get("name", ""), has.get("value", "")
        if tag == "form" and not self.action:
            self.action = has.get("action", "")
        elif tag == "input" and name and has.get("type") == "hidden":
            self.fields[name] = value
        elif tag == "button" and name and self.button is None:
            self.button = (name, value)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect to the caller: the app's own address need not be served by anybody."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def consent(authorize_url: str, redirect_uri: str, state: str) -> str:
    """Say yes on the authorize page; returns the code with which the account sends the browser back to the
    app.
    """
    status, location, page = _open(authorize_url)
    if status == 200:
        form = Form()
        form.feed(page)
        if not form.action or form.button is None:
            raise ConfigError(f"{_origin(authorize_url)} shows no form to allow the app with.")
        pressed = {**form.fields, form.button[0]: form.button[1]}
        status, location, page = _open(urllib.parse.urljoin(authorize_url, form.action), pressed)
    if location is None or not location.startswith(redirect_uri):
        raise ConfigError(f"{_origin(authorize_url)} did not let the app in (HTTP {status}).")
    given = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    if given.get("state") != state:
        raise ConfigError("The answer to the authorization belongs to another request (its state differs).")
    if "code" not in given:
        raise ConfigError(f"The app was not let in: {given.get('error_description') or given.get('error')}.")
    return given["code"]


def _open(url: str, form: dict[str, str] | None = None) -> tuple[int, str | None, str]:
    """Status, where it redirects to, and the page."""
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    # No proxy: the account is on this machine.
    opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data=body), timeout=TIMEOUT) as answer:
            return answer.status, None, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers.get("Location"), answer.read().decode(errors="replace")


def _origin(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
