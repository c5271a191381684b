"""The adapters that are no ASGI: the same requests, the same answers."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from hubwire.webhooks import App, Service
from hubwire.webhooks.adapters.asgi import asgi
from hubwire.webhooks.adapters.aws_lambda import aws_lambda
from hubwire.webhooks.adapters.wsgi import wsgi
from hubwire.webhooks.inbox_sqlite import viewing
from hubwire.webhooks.service import Trust
from hubwire.webhooks.signature import Secrets
from hubwire.webhooks.worker import Working
from tests.unit.webhooks.senders import NOW, SECRET, body, event, signature

PATH = "/hooks/a%2Fb"
ORIGIN = "https://hooks.example.com"
QUERY = "tenant=1"
URL = f"{ORIGIN}/hooks/a/b?{QUERY}"
"""What is signed: with the escape decoded."""
CONTENT = body(event(1), event(2))
Caller = Callable[[dict[str, str], bytes], tuple[int, dict[str, str]]]


def service(tmp_path: Path) -> Service:
    trust = Trust(secrets=Secrets(SECRET), public_url=ORIGIN)
    return Service(
        App(), inbox=tmp_path / "inbox.db", trust=trust, working=Working(workers=0), clock=lambda: NOW
    )


def by_wsgi(running: Service) -> Caller:
    application = wsgi(running)

    def call(headers: dict[str, str], content: bytes) -> tuple[int, dict[str, str]]:
        told: list[Any] = []
        environ = {
            "REQUEST_METHOD": "POST", "wsgi.url_scheme": "http", "RAW_URI": f"{PATH}?{QUERY}",
            "PATH_INFO": "/hooks/a/b", "QUERY_STRING": QUERY, "REMOTE_ADDR": "10.0.0.1",
            "CONTENT_LENGTH": str(len(content)), "wsgi.input": io.BytesIO(content),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
            **({"CONTENT_LENGTH": headers["content-length"]} if "content-length" in headers else {}),
        }  # fmt: skip
        list(application(environ, lambda status, sent: told.append((status, sent))))
        return int(told[0][0].split()[0]), dict(told[0][1])

    return call


def by_lambda(running: Service) -> Caller:
    handler = aws_lambda(running)

    def call(headers: dict[str, str], content: bytes) -> tuple[int, dict[str, str]]:
        answer = handler(
            {
                "rawPath": PATH,
                "rawQueryString": QUERY,
                "headers": headers,
                "requestContext": {"http": {"method": "POST", "sourceIp": "10.0.0.1"}},
                "body": base64.b64encode(content).decode(),
                "isBase64Encoded": True,
            },
            None,
        )
        return answer["statusCode"], answer["headers"]

    return call


@pytest.fixture(params=[by_wsgi, by_lambda])
def call(request: pytest.FixtureRequest, tmp_path: Path) -> Caller:
    made: Caller = request.param(service(tmp_path))
    return made


def test_what_is_signed_is_stored_and_what_is_not_is_refused(call: Caller, tmp_path: Path) -> None:
    good = signature(CONTENT, url=URL)
    assert call(good, CONTENT)[0] == 204
    assert call(good, CONTENT)[0] == 204
    assert call(good, CONTENT + b" ")[0] == 401
    assert call({}, CONTENT)[0] == 401
    with viewing(tmp_path / "inbox.db") as view:
        stats = view.stats()
    assert (stats.received, stats.duplicates, stats.replayed) == (2, 2, 1)


def test_more_than_is_taken_in_is_refused(call: Caller) -> None:
    assert call(signature(CONTENT, url=URL), b"x" * (1 << 20) + b"x")[0] == 413


@pytest.mark.parametrize("length", ["", "abc", "-5", "９" * 3, "9" * 400])
def test_a_length_that_is_none_is_no_error(tmp_path: Path, length: str) -> None:
    call = by_wsgi(service(tmp_path))
    assert call({"content-length": length}, b"")[0] in (400, 401)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"body": "no base64 at all!", "isBase64Encoded": True},
        {"body": "\ud800", "requestContext": {"http": {"method": "POST"}}},
        {"httpMethod": "GET", "headers": None, "requestContext": None},
    ],
)
def test_a_function_that_is_called_with_anything_answers(tmp_path: Path, event: dict[str, Any]) -> None:
    answer = aws_lambda(service(tmp_path))(event, None)
    assert answer["statusCode"] in (401, 405)


def test_a_load_balancers_event_is_read_too(tmp_path: Path) -> None:
    event = {
        "httpMethod": "POST",
        "path": PATH,
        "queryStringParameters": {"tenant": "1"},
        "headers": {name.title(): value for name, value in signature(CONTENT, url=URL).items()},
        "body": CONTENT.decode(),
        "isBase64Encoded": False,
    }
    assert aws_lambda(service(tmp_path))(event, None)["statusCode"] == 204


def test_mounted_in_starlette_it_is_called_with_a_slash_at_the_end(tmp_path: Path) -> None:
    url = f"{ORIGIN}/hubspot/"
    receiving = Service(
        App(), inbox=tmp_path / "inbox.db", working=Working(workers=0), clock=lambda: NOW,
        trust=Trust(secrets=Secrets(SECRET), public_url=url),
    )  # fmt: skip
    mounted = Starlette(routes=[Mount("/hubspot", asgi(receiving))])

    async def main() -> list[int]:
        async with receiving, httpx2.AsyncClient(transport=httpx2.ASGITransport(mounted)) as client:
            signs = signature(CONTENT, url=url)
            return [
                (await client.post(f"http://here{path}", content=CONTENT, headers=signs)).status_code
                for path in ("/hubspot/", "/hubspot")
            ]

    assert asyncio.run(main()) == [204, 307]
