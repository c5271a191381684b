"""The HTTP protocol of a served emulator: reads that a lane answers go out as soon as they are in.

Everything else is an ASGI request as usual. A lane's answer needs no task, no scope and no messages, which
cost more than it does; what is sent is byte for byte what the ASGI application would send.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from hubwire.emulator.asgi import ABORT, may_call
from hubwire.emulator.exchange import Answer

LARGEST = 32 * 1024
"""Bytes of a body that are held here: a batch of a hundred has some three thousand."""
BATCH, JSON = b"/batch/read", b"application/json"

MOST_KNOWN = 1_024
"""Heads of requests that are known together."""
END = b"\r\n"

Short = Callable[[str, str, str, str, bytes, str | None], Answer | None]
"""A lane's answer to method, path, query, authorization, body and host; None for what goes the long way."""


class Head(NamedTuple):
    """What all headers of a request together say, once a parser has read them."""

    method: bytes
    authorization: str
    host: str | None
    length: int
    """Bytes of the body."""


def protocol(short: Short, hosts: frozenset[str] | None) -> type[HttpToolsProtocol]:
    """uvicorn's own with that short way; `hosts` are the names it may be called by, as of `Application`."""
    known: dict[bytes, Head] = {}
    """By the headers as they were sent: a client sends the same ones again and again."""

    class Protocol(HttpToolsProtocol):
        _held: bytes | None = None
        """The body so far of a request that ASGI knows nothing of yet."""
        _early = b""
        """A request so far that the parser knows nothing of yet."""
        _between = True
        """The parser waits for a request to begin."""
        _sent: bytes | None = None
        """What was received of the request that the parser is at; None once it is too much."""
        _last = 0.0
        """When the last answer went out that the parser knows nothing of."""

        def data_received(self, data: bytes) -> None:
            if self._between:
                data, self._early = self._early + data, b""
                if self._at_once(data):
                    return
                self._sent = data
            elif self._sent is not None:
                self._sent = self._sent + data if len(self._sent) <= LARGEST else None
            super().data_received(data)

        def _at_once(self, data: bytes) -> bool:
            """Answers a request whose headers are known to the byte, or waits for the rest of it."""
            start = data.find(END)
            end = data.find(END + END, start)
            head = known.get(data[start:end]) if end > 0 else None
            if head is None or not self._is_free():
                return False
            line = data[:start].split(b" ")
            missing = end + 4 + head.length - len(data)
            if missing < 0 or len(line) != 3 or line[0] != head.method or line[2] != b"HTTP/1.1":
                return False
            if missing:
                self._early = data
                return True
            path, _, query = line[1].decode("latin-1").partition("?")
            answer = short(line[0].decode(), path, query, head.authorization, data[end + 4 :], head.host)
            if answer is None:
                return False
            self._tell(answer)
            self.server_state.total_requests += 1
            # Others begin to wait anew after each answer; here the one who waits looks at the time.
            self._last = self.loop.time()
            if self.timeout_keep_alive_task is None:
                self._wait(self.timeout_keep_alive)
            return True

        def _tell(self, answer: Answer) -> None:
            self.transport.writelines((_head(answer, self.server_state.default_headers), answer.body))

        def _is_free(self) -> bool:
            """Whether nothing else is under way on the connection."""
            return (
                (self.cycle is None or self.cycle.response_complete)
                and not self.flow.write_paused
                and not self.transport.is_closing()
            )

        def _wait(self, seconds: float) -> None:
            self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

        def timeout_keep_alive_handler(self) -> None:
            left = self._last + self.timeout_keep_alive - self.loop.time()
            if self._early or left > 0:
                self._wait(left if left > 0 else self.timeout_keep_alive)
            else:
                super().timeout_keep_alive_handler()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._held, self._between = None, False
            # ASGI has no word for it: a fault may want the connection to break.
            self.scope["extensions"] = {ABORT: {"call": self.transport.abort}}

        def on_headers_complete(self) -> None:
            if self._may_be_short():
                self._held = b""
            else:
                super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            if self._held is None:
                super().on_body(body)
                return
            self._held += body
            if len(self._held) > LARGEST:
                self._hand_on()

        def on_message_complete(self) -> None:
            self._between = True
            if self._held is not None:
                answer = self._short()
                if answer is not None:
                    self._held = None
                    self._tell(answer)
                    self.on_response_complete()
                    return
                self._hand_on()
            super().on_message_complete()

        def shutdown(self) -> None:
            if self._early:
                early, self._early = self._early, b""
                super().data_received(early)
            if self._held is not None:
                # One that is on its way in is answered before the connection ends.
                self._hand_on()
            super().shutdown()

        def _may_be_short(self) -> bool:
            """A read on a connection with nothing else under way, of which nothing special is asked."""
            parser, method = self.parser, self.parser.get_method()
            return (
                (method == b"GET" or (method == b"POST" and self.url.partition(b"?")[0].endswith(BATCH)))
                and self._is_free()
                and not self.expect_100_continue
                and parser.get_http_version() == "1.1"
                and parser.should_keep_alive()
                and not parser.should_upgrade()
            )

        def _short(self) -> Answer | None:
            host, authorization = None, b""
            for name, value in self.headers:
                if name == b"authorization":
                    authorization = value
                elif name == b"content-type" and self._held and not value.startswith(JSON):
                    return None
                elif name == b"host":
                    host = value.decode("latin-1")
            if not authorization or (hosts is not None and not may_call(host, hosts)):
                return None
            path, _, query = self.url.decode("latin-1").partition("?")
            method, caller = self.parser.get_method(), authorization.decode("latin-1")
            answer = short(method.decode("ascii"), path, query, caller, self._held or b"", host)
            if answer is not None:
                self._learn(method, caller, host)
            return answer

        def _learn(self, method: bytes, authorization: str, host: str | None) -> None:
            """Requests with these very headers need no parser from now on."""
            sent, length = self._sent or b"", len(self._held or b"")
            start = sent.find(END)
            end = sent.find(END + END, start)
            # Something before it, or another way to tell the length, makes another size.
            if end > 0 and len(sent) == end + 4 + length:
                if len(known) >= MOST_KNOWN:
                    known.clear()
                known[sent[start:end]] = Head(method, authorization, host, length)

        def _hand_on(self) -> None:
            """Lets ASGI have it after all."""
            held, self._held = self._held, None
            super().on_headers_complete()
            if held:
                super().on_body(held)

    return Protocol


def _head(answer: Answer, first: list[tuple[bytes, bytes]]) -> bytes:
    before = b"".join([b"%b: %b\r\n" % pair for pair in first])
    headers = "".join([f"{_small(name)}: {value}\r\n" for name, value in answer.headers])
    return b"%b%b%bcontent-type: %b\r\ncontent-length: %d\r\n\r\n" % (
        STATUS_LINE[answer.status],
        before,
        headers.encode("latin-1"),
        answer.content_type.encode("latin-1"),
        len(answer.body),
    )


@cache
def _small(name: str) -> str:
    return name.lower()
