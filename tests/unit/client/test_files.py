"""Files on their way: read while they are sent, written while they come, never whole in memory."""

from __future__ import annotations

import asyncio
import csv
import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire import ConfigError
from hubwire.client.files import import_request, parts, rows, saved, stream
from hubwire.client.multipart import Form, Part
from hubwire.client.session import new_session
from hubwire.client.sources import PIECE, opened
from hubwire.client.transport import AsyncHttpTransport, HttpTransport
from hubwire.client.transport_aiohttp import AiohttpTransport
from hubwire.errors import ConnectionFailed
from hubwire.wire.blocking import run
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.listener import serving

LARGE = 24 * 1024 * 1024
LEAST = LARGE // 2
"""What may be in memory meanwhile, libraries that are loaded included."""


def session() -> Any:
    return new_session("pat-na1-0", None, "2026-09", None, None, None, None)


class Once(io.RawIOBase):
    """A file that cannot go back: a pipe, an answer of the network."""

    def __init__(self, data: bytes) -> None:
        self._left = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        return self._left.readinto(into)


def standing(data: bytes) -> IO[bytes]:
    file = io.BytesIO(b"read before" + data)
    file.seek(len(b"read before"))
    return file


GIVEN: dict[str, Callable[[bytes], Any]] = {
    "bytes": lambda data: data,
    "an open file": io.BytesIO,
    "an open file, not at its start": standing,
    "a pipe": Once,
    "a generator": lambda data: (data[at : at + 7] for at in range(0, len(data), 7)),
    "a list": lambda data: [data[:3], b"", data[3:]],
}


@pytest.mark.parametrize("how", GIVEN)
@given(data=st.binary(max_size=100))
def test_whatever_a_file_is_given_as_it_may_be_sent_twice(how: str, data: bytes) -> None:
    name, source = opened(("a.csv", GIVEN[how](data)))
    assert (name, len(source), source.head(5)) == ("a.csv", len(data), data[:5])
    assert [b"".join(source), b"".join(source)] == [data, data]
    source.close()


def test_a_path_and_an_open_file_have_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"Email\n")
    with path.open("rb") as file:
        for given_ in (path, str(path), file):
            name, source = opened(given_)
            assert (name, b"".join(source)) == ("people.csv", b"Email\n")


def test_a_file_that_vanished_is_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"Email\n")
    _, source = opened(path)
    path.unlink()
    with pytest.raises(ConfigError, match="cannot be read"):
        list(source)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (("a.csv", "text"), "give bytes"),
        (("a.csv", io.StringIO("text")), "mode 'rb'"),
        (("a.csv", ["text"]), "comes as str"),
        (("a.csv", 7), "bytes, a file or an iterable"),
        (io.BytesIO(b""), "no name"),
    ],
)
def test_what_is_no_bytes_is_refused(wrong: Any, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        parts([wrong])


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_a_form_is_as_long_as_it_says_and_the_same_each_time(contents: list[bytes]) -> None:
    form = Form([Part("files", data, f"{n}.csv") for n, data in enumerate(contents)], "x1y2")
    sent = b"".join(form)
    assert len(form) == len(sent)
    assert b"".join(form) == sent
    inside = sent.split(b"--x1y2")
    assert [part.partition(b"\r\n\r\n")[2][:-2] for part in inside[1:-1]] == contents


def test_a_header_longer_than_what_is_looked_at_may_end_inside_a_character() -> None:
    [part] = parts([("a.csv", b"Email\n" + ("é" * 700_000).encode())])
    told = import_request("x", part, "contacts", {"Email": "email"}, "CREATE")
    assert len(told["files"][0]["fileImportPage"]["columnMappings"]) == 1


def test_a_file_that_begins_with_no_names_of_columns_is_told() -> None:
    [part] = parts([("a.csv", b"x" * 200_000)])
    before = csv.field_size_limit()
    try:
        for limit in (1 << 20, 1 << 17):
            csv.field_size_limit(limit)
            with pytest.raises(ConfigError, match="names of its columns"):
                import_request("x", part, "contacts", {"Email": "email"}, "CREATE")
    finally:
        csv.field_size_limit(before)


def test_a_file_that_is_no_utf8_is_told() -> None:
    [part] = parts([("a.csv", b"Email,Stra\xdfe\n")])
    with pytest.raises(ConfigError, match="not UTF-8"):
        import_request("x", part, "contacts", {"Email": "email"}, "CREATE")


class Breaking:
    """A transport whose answers break off, with what came before."""

    def __init__(self, *answers: bytes | ConnectionFailed) -> None:
        self._answers = list(answers)

    def send(self, request: Request, timeout: Timeout) -> Reply:
        answer = self._answers.pop(0)
        assert request.into is not None
        if isinstance(answer, ConnectionFailed):
            request.into(b"half of it")
            raise answer
        request.into(answer)
        return Reply(200)


def test_a_download_that_breaks_off_begins_anew() -> None:
    transport, into = Breaking(ConnectionFailed("gone", sent=True), b"short"), io.BytesIO()
    run(stream(session(), "https://files.example.com/a", into), transport.send, lambda _: None)
    assert into.getvalue() == b"short"


def test_a_transport_that_knows_no_streams_will_do() -> None:
    into = io.BytesIO()
    run(stream(session(), "https://files.example.com/a", into), lambda *_: Reply(200, body=b"all"))
    assert into.read() == b"all"


def test_nothing_is_left_where_a_download_did_not_end(tmp_path: Path) -> None:
    def send(request: Request, timeout: Timeout) -> Reply:
        if "example.com" in request.base:
            raise ConnectionFailed("gone", sent=True)
        return Reply(200, body=b'{"status": "COMPLETE", "result": "https://files.example.com/a"}')

    with pytest.raises(ConnectionFailed):
        run(saved(session(), "7", tmp_path / "out.csv"), send, lambda _: None)
    assert list(tmp_path.iterdir()) == []


def zipped(data: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("part.csv", data)
    return into.getvalue()


@pytest.mark.parametrize("form", [lambda data: data, zipped])
def test_rows_of_a_file_zipped_or_not(form: Callable[[bytes], bytes]) -> None:
    file = io.BytesIO(form('\ufeffName,Note\nÅsa,"two\nlines"\n'.encode()))
    assert list(rows(file)) == [{"Name": "Åsa", "Note": "two\nlines"}]
    assert file.closed


class Zeros:
    """A body of zeros that is made while it is sent."""

    def __len__(self) -> int:
        return LARGE

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(LARGE // PIECE):
            yield bytes(PIECE)


def measured(work: Callable[[], Any]) -> int:
    """Bytes that were allocated at most meanwhile."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def exchange(transport: Any, request: Request) -> Any:
    """One request, by a transport of either kind."""
    if not asyncio.iscoroutinefunction(transport.send):
        reply = transport.send(request, Timeout())
        transport.close()
        return reply

    async def story() -> Any:
        reply = await transport.send(request, Timeout())
        await transport.close()
        return reply

    return asyncio.run(story())


@pytest.mark.socket
@pytest.mark.parametrize("kind", [HttpTransport, AsyncHttpTransport, AiohttpTransport])
def test_large_files_pass_through_without_being_held(kind: Callable[[], Any]) -> None:
    counted: list[int] = []

    def work() -> None:
        with serving(LARGE) as (base, received):
            up = Request("POST", "/up", base=base, body=Zeros(), content_type="x/y")
            assert exchange(kind(), up).status == 200
            down = Request("GET", "/down", base=base, into=lambda piece: counted.append(len(piece)))
            assert exchange(kind(), down).body == b""
            assert received == [LARGE]

    assert measured(work) < LEAST
    assert sum(counted) == LARGE


@pytest.mark.socket
@pytest.mark.parametrize("kind", [HttpTransport, AsyncHttpTransport, AiohttpTransport])
def test_a_refusal_is_no_download(kind: Callable[[], Any]) -> None:
    with serving(10) as (base, _):
        request = Request("GET", "/none", base=base, into=lambda piece: pytest.fail("written"))
        reply = exchange(kind(), request)
    assert (reply.status, reply.body) == (404, b"no such thing")


def test_an_import_in_one_process_is_sent_whole() -> None:
    from hubwire.testing.accounts import local

    with local(limits=False) as account, account.hub() as hub:
        started = hub.imports.csv(
            ("people.csv", iter([b"Email\n", b"a@exam", b"ple.com\n"])), "contacts", {"Email": "email"}
        )
        assert hub.imports.wait(started.id).counters["CREATED_OBJECTS"] == 1
        task = hub.exports.start("contacts", ["email"])
        hub.exports.wait(task)
        into = io.BytesIO()
        hub.exports.download(task, to=into)
        assert b"".join(hub.exports.pieces(task)) == into.getvalue() == hub.exports.download(task)
