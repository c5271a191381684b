"""The authorize page is answered as a browser would answer it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from hubwire.cli.browser import consent
from hubwire.errors import ConfigError

APP = "http://localhost:3000/cb"
FORM = """<form method="post" action="/say"><input type="hidden" name="nonce" value="n1">
<button name="decision" value="allow">Yes</button><button name="decision" value="deny">No</button></form>"""


class Page(BaseHTTPRequestHandler):
    """Answers GET with `page`, and the form with a redirect to `target`."""

    page, target, posted = FORM, f"{APP}?code=c1&state=s1", dict[str, list[str]]()

    def do_GET(self) -> None:
        if self.page:
            self.answer(200, self.page.encode())
        else:
            self.answer(302, b"")

    def do_POST(self) -> None:
        type(self).posted = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.answer(302 if self.path == "/say" else 404, b"")

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.target)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv(
        "http_proxy", "http://127.0.0.1:9"
    )  # a page on this machine is not asked for through a proxy
    yield f"http://127.0.0.1:{httpd.server_port}/oauth/authorize?state=s1"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def test_the_form_is_sent_with_its_first_button_and_the_code_comes_back(server: str) -> None:
    assert consent(server, APP, "s1") == "c1"
    assert Page.posted == {"nonce": ["n1"], "decision": ["allow"]}


def test_an_account_that_redirects_at_once_is_fine(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Page, "page", "")
    assert consent(server, APP, "s1") == "c1"


@pytest.mark.parametrize(
    ("page", "target", "said"),
    [
        (FORM, f"{APP}?code=c1&state=s2", "its state differs"),
        (FORM, f"{APP}?error=access_denied&error_description=No&state=s1", "The app was not let in: No"),
        (FORM, "https://elsewhere.example/?code=c1&state=s1", "did not let the app in (HTTP 302)"),
        ("<p>nothing</p>", APP, "shows no form"),
    ],
)
def test_anything_else_is_no_consent(
    server: str, monkeypatch: pytest.MonkeyPatch, page: str, target: str, said: str
) -> None:
    monkeypatch.setattr(Page, "page", page)
    monkeypatch.setattr(Page, "target", target)
    with pytest.raises(ConfigError) as refused:
        consent(server, APP, "s1")
    assert said in str(refused.value)
