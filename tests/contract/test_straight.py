"""Reads that are answered without ASGI: byte for byte what ASGI would have sent, and only where it may be."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from hubwire.emulator import Clock, Emulator, serve
from hubwire.emulator.asgi import Application

RECORDS = "/crm/v3/objects/contacts"
BOUND = 60
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
VARIES = re.compile(rb"(?i)(x-hubspot-correlation-id: |-remaining: |\r\ndate: )[^\r]*")


class Served:
    """An emulator on a socket, and how many requests came to it through ASGI."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator = Emulator(clock=Clock.at(1_767_258_000.0), seed="demo")
        self.passed = 0
        whole = Application.__call__

        async def counted(app: Application, scope: Any, receive: Any, send: Any) -> None:
            self.passed += scope["type"] == "http"
            await whole(app, scope, receive, send)

        monkeypatch.setattr(Application, "__call__", counted)
        bearer = {"Authorization": f"Bearer {self.emulator.identity.access_token}"}
        page = self.emulator.ask("GET", f"{RECORDS}?limit=8", headers=bearer).body
        self.ids = [one["id"] for one in json.loads(page)["results"]]

    def get(self, path: str, *more: str, method: str = "GET", body: bytes = b"") -> bytes:
        token = self.emulator.identity.access_token
        lines = [f"{method} {path} HTTP/1.1", f"Authorization: Bearer {token}", *more]
        if not any(line.lower().startswith("host:") for line in more):
            lines.append("Host: 127.0.0.1")
        if body and not any("chunked" in line for line in more):
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body

    def post(self, *ids: str, wish: dict[str, Any] | None = None) -> bytes:
        body = json.dumps({"inputs": [{"id": id_} for id_ in ids], **(wish or {})}).encode()
        return self.get(f"{RECORDS}/batch/read", method="POST", body=body)


class Line:
    """One connection; answers are read whole."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=BOUND)
        self.left = b""

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.socket.sendall(part)

    def answer(self) -> bytes:
        while b"\r\n\r\n" not in (after := self.left.removeprefix(CONTINUE)):
            self.more()
        self.left = after
        head, _, rest = self.left.partition(b"\r\n\r\n")
        length = int(re.findall(rb"content-length: (\d+)", head)[0])
        while len(rest) < length:
            self.more()
            rest = self.left.partition(b"\r\n\r\n")[2]
        self.left = rest[length:]
        return head + b"\r\n\r\n" + rest[:length]

    def more(self) -> None:
        part = self.socket.recv(65_536)
        assert part, "the connection ended"
        self.left += part

    def ask(self, *parts: bytes) -> bytes:
        self.send(*parts)
        return self.answer()

    def ended(self) -> bool:
        return self.socket.recv(1) == b""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    served = Served(monkeypatch)
    yield served
    served.emulator.close()


@pytest.fixture
def line(served: Served) -> Iterator[Line]:
    with serve.running(served.emulator) as url:
        line = Line(url)
        yield line
        line.socket.close()


pytestmark = pytest.mark.socket


def same(first: bytes, second: bytes) -> bool:
    return VARIES.sub(rb"\1", first) == VARIES.sub(rb"\1", second)


def test_what_is_sent_is_what_asgi_sends(served: Served, line: Line) -> None:
    for request in (
        served.get(f"{RECORDS}/{served.ids[0]}"),
        served.get(f"{RECORDS}/{served.ids[0]}?properties=email,city"),
        served.post(*served.ids),
        served.post(*served.ids, wish={"properties": ["city"]}),
        served.get(f"/crm/objects/2026-03/contacts/{served.ids[0]}"),
    ):
        long, passed = line.ask(request), served.passed
        short = line.ask(request)
        assert (long[:12], served.passed) == (b"HTTP/1.1 200", passed)
        assert same(long, short)
        assert b"\r\ndate: " in short


def test_requests_in_one_packet_are_answered_in_their_order(served: Served, line: Line) -> None:
    reads = [served.get(f"{RECORDS}/{id_}") for id_ in served.ids]
    line.ask(reads[0])
    owners = served.get("/crm/v3/owners")
    # Behind the one that goes the long way the others queue, as they must.
    line.send(b"".join([*reads[:3], owners, *reads[3:]]))
    told = [line.answer() for _ in range(9)]
    assert [served.ids[n].encode() in told[n + (n > 2)] for n in range(8)] == [True] * 8
    assert b'"results"' in told[3]


def test_a_request_may_come_in_pieces(served: Served, line: Line) -> None:
    request = served.post(*served.ids)
    whole = line.ask(request)
    passed = served.passed
    assert same(line.ask(*[request[at : at + 50] for at in range(0, len(request), 50)]), whole)
    assert served.passed == passed


def test_headers_that_are_known_already_are_answered_as_before(served: Served, line: Line) -> None:
    """The second request with the same headers, and all after it, need no parser."""
    paths = [f"{RECORDS}/{id_}{more}" for id_ in served.ids for more in ("", "?properties=city")]
    paths += [f"{RECORDS}?limit=2&after={id_}" for id_ in served.ids[:5]]
    first = [line.ask(served.get(path)) for path in paths]
    passed = served.passed
    assert all(same(line.ask(served.get(path)), told) for path, told in zip(paths, first, strict=True))
    assert served.passed == passed
    for ids in (served.ids[:4], served.ids[4:], served.ids[2:6]):
        head, _, body = served.post(*ids).partition(b"\r\n\r\n")
        whole = line.ask(head + b"\r\n\r\n" + body)
        for cut in (1, len(body) // 2, len(body) - 1):
            line.send(head + b"\r\n\r\n")
            line.send(body[:cut])
            assert same(line.ask(body[cut:]), whole)
    assert served.passed == passed + 1


def test_known_headers_with_another_request_line(served: Served, line: Line) -> None:
    read = served.get(f"{RECORDS}/{served.ids[0]}")
    for _ in range(3):
        line.ask(read)
    assert line.ask(read.replace(b"GET", b"PUT", 1))[:12] == b"HTTP/1.1 405"
    assert line.ask(read)[:12] == b"HTTP/1.1 200"
    assert line.ask(read.replace(b"/crm/", b"/nowhere/", 1))[:12] == b"HTTP/1.1 501"
    line.send(read.replace(b"HTTP/1.1", b"HTTP/1.0", 1))
    assert line.answer()[:12] == b"HTTP/1.1 200"
    assert line.ended()


def test_known_headers_before_more_than_one_request(served: Served, line: Line) -> None:
    batches = [served.post(*served.ids[at : at + 2]) for at in (0, 2, 4)]
    told = [line.ask(batch) for batch in batches]
    line.send(b"".join(batches), batches[0][:-9])
    assert [same(line.answer(), each) for each in told] == [True] * 3
    line.send(batches[0][-9:] + batches[1])
    assert [same(line.answer(), each) for each in told[:2]] == [True] * 2
    line.send(batches[2][:-5])
    line.send(batches[2][-5:] + b"no request\r\n\r\n")
    assert same(line.answer(), told[2])
    assert line.answer()[:12] == b"HTTP/1.1 400"
    assert line.ended()


def test_a_batch_in_chunks_is_a_batch(served: Served, line: Line) -> None:
    whole = line.ask(served.post(*served.ids))
    body = served.post(*served.ids).partition(b"\r\n\r\n")[2]
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    request = served.get(f"{RECORDS}/batch/read", "Transfer-Encoding: chunked", method="POST", body=chunks)
    assert same(line.ask(request), whole)


def test_a_name_from_elsewhere_is_refused_there_too(served: Served, line: Line) -> None:
    path = f"{RECORDS}/{served.ids[0]}"
    line.ask(served.get(path))
    assert line.ask(served.get(path, "Host: evil.example"))[:12] == b"HTTP/1.1 403"
    assert line.ask(served.get(path))[:12] == b"HTTP/1.1 200"


def test_a_body_that_is_too_large_for_a_batch_goes_the_long_way(served: Served, line: Line) -> None:
    line.ask(served.post(*served.ids))
    passed = served.passed
    body = served.post(*served.ids).partition(b"\r\n\r\n")[2]
    request = served.get(f"{RECORDS}/batch/read", method="POST", body=body + b" " * 100_000)
    assert line.ask(request)[:12] == b"HTTP/1.1 200"
    assert served.passed == passed + 1


@pytest.mark.parametrize("more", ["Expect: 100-continue", "Connection: close"])
def test_what_asks_more_of_the_connection_goes_the_long_way(more: str, served: Served, line: Line) -> None:
    path = f"{RECORDS}/{served.ids[0]}"
    line.ask(served.get(path))
    passed = served.passed
    line.send(served.get(path, more))
    assert (line.answer()[:12], served.passed) == (b"HTTP/1.1 200", passed + 1)
    assert line.left == b""


def test_what_the_lane_does_not_know_reaches_asgi_whole(served: Served, line: Line) -> None:
    line.ask(served.post(*served.ids))
    told = line.ask(served.post(served.ids[0], "1"))
    assert (told[:12], b"OBJECT_NOT_FOUND" in told) == (b"HTTP/1.1 207", True)
    line.ask(served.get(f"{RECORDS}/{served.ids[0]}"))
    assert line.ask(served.get(f"{RECORDS}/1"))[:12] == b"HTTP/1.1 404"
    assert line.ask(served.get(f"{RECORDS}/{served.ids[0]}"))[:12] == b"HTTP/1.1 200"


def test_a_fault_befalls_these_reads_as_well(served: Served, line: Line) -> None:
    request = served.get(f"{RECORDS}/{served.ids[0]}")
    line.ask(request)
    served.emulator.fault("drop-before")
    line.send(request)
    with pytest.raises((AssertionError, ConnectionError)):
        line.answer()


def test_when_the_server_stops_what_is_on_its_way_in_is_answered(served: Served) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(serve.running(served.emulator))
        line, idle = Line(url), Line(url)
        request = served.post(*served.ids)
        line.ask(request)
        line.send(request[:-20])
        idle.ask(served.get("/crm/v3/owners"))
        ending = threading.Thread(target=stack.pop_all().close)
        ending.start()
        # Idle connections are closed when the stop begins.
        assert idle.ended()
        assert line.ask(request[-20:])[:12] == b"HTTP/1.1 200"
        assert line.ended()
        line.socket.close()
        idle.socket.close()
        ending.join(BOUND)
        assert not ending.is_alive()
