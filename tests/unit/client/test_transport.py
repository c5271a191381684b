"""HTTP: what goes out, what comes back, and what is said when nothing does."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from hubwire.client.transport import AsyncHttpTransport, HttpTransport, failed
from hubwire.errors import ConfigError, ConnectionFailed, TimedOut
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.listener import listening

REQUEST = Request("POST", "/crm", (("a", "b,c"),), body=b"{}").to("https://api.test", "secret")


def blocking(handler: Callable[[httpx2.Request], httpx2.Response]) -> Reply:
    with httpx2.Client(transport=httpx2.MockTransport(handler)) as client:
        return HttpTransport(client).send(REQUEST, Timeout())


def with_asyncio(handler: Callable[[httpx2.Request], httpx2.Response]) -> Reply:
    async def story() -> Reply:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(handler)) as client:
            return await AsyncHttpTransport(client).send(REQUEST, Timeout())

    return asyncio.run(story())


@pytest.mark.parametrize("send", [blocking, with_asyncio])
def test_a_request_arrives_as_it_was_meant(send: Callable[..., Reply]) -> None:
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(207, headers={"X-HubSpot-RateLimit-Max": "190"}, content=b"{}")

    reply = send(handler)
    assert (reply.status, reply.body, reply.headers["x-hubspot-ratelimit-max"]) == (207, b"{}", "190")
    assert str(seen[0].url) == "https://api.test/crm?a=b,c"
    assert seen[0].headers["authorization"] == "Bearer secret"
    assert seen[0].headers["user-agent"].startswith("hubwire")
    assert seen[0].extensions["timeout"] == {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": None}


@pytest.mark.parametrize("send", [blocking, with_asyncio])
def test_redirects_are_told_and_not_followed(send: Callable[..., Reply]) -> None:
    assert send(lambda _: httpx2.Response(302, headers={"Location": "https://elsewhere.test/"})).status == 302


@pytest.mark.parametrize("send", [blocking, with_asyncio])
@pytest.mark.parametrize(
    ("fault", "kind", "sent"),
    [
        (httpx2.ConnectError("refused"), ConnectionFailed, False),
        (httpx2.ConnectTimeout("slow"), TimedOut, False),
        (httpx2.PoolTimeout("full"), TimedOut, False),
        (httpx2.ProxyError("no"), ConnectionFailed, False),
        (httpx2.ReadTimeout("slow"), TimedOut, True),
        (httpx2.WriteTimeout("slow"), TimedOut, True),
        (httpx2.ReadError("reset"), ConnectionFailed, True),
        (httpx2.WriteError("reset"), ConnectionFailed, True),
        (httpx2.RemoteProtocolError("closed"), ConnectionFailed, True),
    ],
)
def test_a_failure_says_whether_the_request_may_have_arrived(
    send: Callable[..., Reply], fault: Exception, kind: type[ConnectionFailed], sent: bool
) -> None:
    def handler(_: httpx2.Request) -> Any:
        raise fault

    with pytest.raises(ConnectionFailed) as error:
        send(handler)
    assert type(error.value) is kind
    assert error.value.sent is sent
    assert "https://api.test" in str(error.value)
    assert "secret" not in str(error.value)


def test_an_address_that_is_none_is_a_mistake_of_configuration() -> None:
    assert isinstance(failed(httpx2.UnsupportedProtocol("ftp"), REQUEST, Timeout()), ConfigError)


@pytest.mark.socket
def test_no_server_is_said_with_the_address_and_what_to_check() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        transport = HttpTransport()
        with pytest.raises(ConnectionFailed, match=f"no server answers at {base}.*HUBSPOT_BASE_URL") as error:
            transport.send(Request("GET", "/").to(base, None), Timeout())
        transport.close()
    assert not error.value.sent


def test_closing_what_was_never_opened_is_nothing() -> None:
    HttpTransport().close()
    asyncio.run(AsyncHttpTransport().close())


def heard(prefix: str) -> str:
    """The request line that a server behind a prefix gets."""
    with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}") as (base, lines):
        transport = HttpTransport()
        request = Request("GET", "/crm/a%40b", (("properties", "a,b"), ("q", "ü"))).to(base + prefix, None)
        assert transport.send(request, Timeout()).body == b"{}"
        transport.close()
    return lines[0]


@pytest.mark.socket
def test_a_path_is_sent_as_it_is_encoded_behind_whatever_prefix() -> None:
    assert heard("") == "GET /crm/a%40b?properties=a,b&q=%C3%BC HTTP/1.1"
    assert heard("/hubspot") == "GET /hubspot/crm/a%40b?properties=a,b&q=%C3%BC HTTP/1.1"
