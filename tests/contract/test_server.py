"""The emulator on a socket, and as an ASGI application by itself: decided here, not HubSpot's."""

from __future__ import annotations

import asyncio
import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from hubwire.emulator import Emulator, serve
from hubwire.emulator.asgi import Application, loopback_hosts
from tests.contract.edge import Caller

BOUND = 60
"""Seconds after which a child process that does not end is a failure."""


def asked(app: Application, *, path: str = "/crm/v3/owners", method: str = "GET", **more: Any) -> list[Any]:
    """One request without an event loop: the messages sent."""
    sent: list[Any] = []
    parts = list(more.pop("parts", [b""]))

    async def receive() -> Any:
        if not parts:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", more.pop("host", b"127.0.0.1:1")), *more.pop("headers", [])]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers, **more}
    drive(app(scope, receive, send))
    return sent


def drive(work: Coroutine[Any, Any, None]) -> None:
    with pytest.raises(StopIteration):
        work.send(None)


def app(**options: Any) -> Application:
    return Application(Caller().emulator, **options)


@pytest.mark.parametrize("path", ["/", "//", "/_emulator", "/_emulator/accounts", "//_emulator/accounts"])
def test_the_page_and_the_controls_answer_no_other_machine(path: str) -> None:
    """The page shows the accounts' tokens; an emulator on all interfaces shows it to nobody else."""
    served = app()
    assert asked(served, path=path, client=("192.0.2.7", 5000))[0]["status"] == 403
    assert asked(served, path=path, client=("127.0.0.1", 5000))[0]["status"] == 200
    assert asked(served, path="/crm/v3/owners", client=("192.0.2.7", 5000))[0]["status"] == 401


def test_the_application_needs_no_event_loop_and_tells_its_length() -> None:
    start, body = asked(app())
    headers = dict(start["headers"])
    assert start["status"] == 401
    assert headers[b"content-type"] == b"application/json;charset=utf-8"
    assert headers[b"content-length"] == str(len(body["body"])).encode()


def test_a_body_may_come_in_parts() -> None:
    caller = Caller()
    token = caller.token.encode()
    start, body = asked(
        Application(caller.emulator),
        path="/crm/v3/objects/contacts",
        method="POST",
        headers=[(b"authorization", b"Bearer " + token)],
        parts=[b'{"properties": {"ema', b'il": "ann@', b'example.com"}}'],
    )
    assert start["status"] == 201
    assert b'"email":"ann@example.com"' in body["body"]


def test_an_answer_to_head_has_headers_only() -> None:
    start, body = asked(app(), method="HEAD")
    assert (body["body"], int(dict(start["headers"])[b"content-length"]) > 0) == (b"", True)


def test_no_content_has_neither_type_nor_length() -> None:
    caller = Caller()
    start, body = asked(
        Application(caller.emulator),
        path="/crm/v3/objects/tasks/1234567890",
        method="DELETE",
        headers=[(b"authorization", f"Bearer {caller.token}".encode())],
    )
    # Recorded: NangoHQ/integration-templates, delete-task.test.json, an id that was never there.
    assert (start["status"], body["body"]) == (204, b"")
    assert not {name for name, _ in start["headers"]} & {b"content-type", b"content-length"}


def test_an_enormous_body_is_refused() -> None:
    start, _ = asked(app(), method="POST", parts=[b"x" * (1 << 24)] * 3)
    assert start["status"] == 413


def test_a_caller_who_went_away_gets_nothing() -> None:
    assert asked(app(), parts=[]) == []


def test_the_raw_path_is_what_counts() -> None:
    caller = Caller()
    asked(Application(caller.emulator), path="/crm/v3/objects/a/b", raw_path=b"/crm/v3/objects/a%2Fb")
    asked(Application(caller.emulator), path="/crm/v3/objects/a b")
    assert [one.path for one in caller.emulator.requests] == [
        "/crm/v3/objects/a%2Fb",
        "/crm/v3/objects/a%20b",
    ]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (b"127.0.0.1:8765", 401),
        (b"localhost", 401),
        (b"LOCALHOST:1", 401),
        (b"[::1]:8765", 401),
        (b"api.hubapi.com", 401),
        (b"app.hubspot.com:443", 401),
        (b"evil.example", 403),
        (b"evil.example:8765", 403),
        (b"hubapi.com.evil.example", 403),
        (b"evilhubapi.com", 403),
        (b"127.0.0.1.evil.example", 403),
    ],
)
def test_on_loopback_only_loopback_and_hubspots_names_are_answered(host: bytes, status: int) -> None:
    """A page can point its own name at 127.0.0.1: DNS rebinding."""
    start, _ = asked(app(hosts=loopback_hosts("127.0.0.1")), host=host)
    assert start["status"] == status


def test_bound_to_other_addresses_any_name_is_answered() -> None:
    assert loopback_hosts("0.0.0.0") is None
    start, _ = asked(app(hosts=None), host=b"emulator.internal")
    assert start["status"] == 401


def test_the_lifespan_and_websockets_are_answered_too() -> None:
    sent: list[Any] = []
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}, {"type": "websocket.connect"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async def both() -> None:
        await app()({"type": "lifespan"}, receive, send)
        await app()({"type": "websocket"}, receive, send)

    asyncio.run(both())
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]


@pytest.mark.socket
def test_a_server_in_a_thread_answers_and_goes() -> None:
    emulator = Emulator()
    with serve.running(emulator) as base_url:
        address = urlsplit(base_url)
        assert address.hostname == "127.0.0.1"
        connection = http.client.HTTPConnection(address.netloc, timeout=BOUND)
        for _ in range(2):
            connection.request("GET", "/crm/v3/owners", headers={"Authorization": bearer(emulator)})
            reply = connection.getresponse()
            assert (reply.status, reply.read()[:11]) == (200, b'{"results":')
        assert reply.getheader("server") is None
        connection.request("GET", "/", headers={"Host": "rebound.example"})
        assert connection.getresponse().status == 403
        connection.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((address.hostname, address.port or 0), timeout=BOUND)
    emulator.close()


def bearer(emulator: Emulator) -> str:
    return f"Bearer {emulator.identity.access_token}"


@pytest.mark.socket
def test_a_port_in_use_is_said_plainly() -> None:
    with serve.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(serve.PortInUse, match=f"127.0.0.1:{port} is in use"):
            serve.listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_said_plainly(host: str) -> None:
    with pytest.raises(OSError, match=f"cannot listen on {host}"):
        serve.listen(host, 0)


SERVE = """
import sys
from hubwire.emulator import Emulator, serve
emulator = Emulator(sys.argv[1])
ready = lambda url: print(url, emulator.identity.access_token, flush=True)
serve.serve_forever(emulator, "127.0.0.1", 0, ready)
print("closed", flush=True)
"""


@pytest.mark.socket
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_with_zero_even_while_a_connection_is_open(
    number: signal.Signals, tmp_path: Path
) -> None:
    state = tmp_path / "state.sqlite"
    command = [sys.executable, "-W", "error", "-c", SERVE, str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base_url, token = process.stdout.readline().split()
        connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=BOUND)
        body = b'{"properties": {"email": "kept@example.com"}}'
        connection.request("POST", "/crm/v3/objects/contacts", body, {"Authorization": f"Bearer {token}"})
        assert connection.getresponse().status == 201
        process.send_signal(number)
        out, err = process.communicate(timeout=BOUND)
        connection.close()
    assert (process.returncode, out, err) == (0, "closed\n", "")
    # Nothing but the file itself is left: the log was folded in.
    assert [path.name for path in tmp_path.iterdir()] == ["state.sqlite"]
    again = Caller(state=str(state), identity=None, token=token)
    listed = again("GET", "/crm/v3/objects/contacts").json["results"]
    assert [one["properties"]["email"] for one in listed] == ["kept@example.com"]
    again.emulator.close()
