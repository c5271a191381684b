"""The transport on aiohttp says the same as the default one."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import aiohttp
import pytest

from hubwire.client.transport_aiohttp import AiohttpTransport, failed
from hubwire.errors import ConfigError, ConnectionFailed, TimedOut
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.listener import listening

pytestmark = pytest.mark.socket
REQUEST = Request("POST", "/crm/a%40b", (("properties", "a,b"), ("q", "ü")), body=b"{}")


def exchange(base: str, timeout: Timeout | None = None) -> Reply:
    async def story() -> Reply:
        transport = AiohttpTransport()
        try:
            return await transport.send(REQUEST.to(f"{base}/prefix", "secret"), timeout or Timeout())
        finally:
            await transport.close()

    return asyncio.run(story())


def test_a_request_arrives_as_it_was_meant() -> None:
    answer = b"HTTP/1.1 207 Multi\r\nX-HubSpot-RateLimit-Max: 190\r\nContent-Length: 2\r\n\r\n{}"
    with listening(answer) as (base, lines):
        reply = exchange(base)
    assert (reply.status, reply.body, reply.headers["x-hubspot-ratelimit-max"]) == (207, b"{}", "190")
    assert lines[0] == "POST /prefix/crm/a%40b?properties=a,b&q=%C3%BC HTTP/1.1"
    assert "authorization: bearer secret" in [line.lower() for line in lines]


def test_redirects_are_told_and_not_followed() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with listening(answer) as (base, _):
        assert exchange(base).status == 302


def test_a_connection_that_breaks_leaves_doubt() -> None:
    with listening(b"") as (base, _), pytest.raises(ConnectionFailed) as error:
        exchange(base)
    assert error.value.sent
    assert "secret" not in str(error.value)


def test_silence_leaves_doubt_too() -> None:
    with listening(None) as (base, _), pytest.raises(TimedOut) as error:
        exchange(base, Timeout(read=0.05))
    assert error.value.sent


def test_no_server_is_said_with_the_address_and_what_to_check() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConnectionFailed, match=f"no server answers at {base}.*HUBSPOT_BASE_URL") as error:
            exchange(base)
    assert not error.value.sent


def test_a_slow_connection_is_no_doubt() -> None:
    error = failed(aiohttp.ConnectionTimeoutError(), REQUEST, Timeout())
    assert isinstance(error, TimedOut)
    assert not error.sent


def test_an_address_that_is_none_is_a_mistake_of_configuration() -> None:
    assert isinstance(failed(aiohttp.InvalidURL("x"), REQUEST, Timeout()), ConfigError)


def test_the_environments_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as (proxy, lines):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "")
        assert exchange("http://hubspot.example").status == 200
    assert lines[0].startswith("POST http://hubspot.example/prefix/crm/a%40b?")


def test_servers_that_the_environment_excepts_are_called_without_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as (base, _):
        assert exchange(base).status == 200


def test_a_password_in_netrc_is_nothing_to_us(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as (base, lines):
        assert exchange(base).status == 200
    assert "authorization: bearer secret" in [line.lower() for line in lines]
