"""The HTTP protocol of a served emulator: reads that a lane answers go out as soon as they are in.

Everything else is an ASGI request as usual. A lane's answer needs no task, no scope and no messages, which
cost more than it does; what is sent is byte for byte what the ASGI application would send.
"""

from __future__ import annotations

from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from hubwire.emulator.asgi import ABORT, may_call, told
from hubwire.emulator.exchange import Answer

LARGEST = 32 * 1024
"""Bytes of a body that are held here: a batch of a hundred has some three thousand."""
BATCH, JSON = b"/batch/read", b"application/json"

Short = Callable[[str, str, str, str, bytes], Answer | None]
"""A lane's answer to method, path, query, authorization and body; None for what goes the long way."""


def protocol(short: Short, hosts: frozenset[str] | None) -> type[HttpToolsProtocol]:
    """uvicorn's own with that short way; `hosts` are the names it may be called by, as of `Application`."""

    class Protocol(HttpToolsProtocol):
        _held: bytes | None = None
        """The body so far of a request that ASGI knows nothing of yet."""

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._held = None
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
            if self._held is not None:
                answer = self._short()
                if answer is not None:
                    self._held = None
                    head = _head(answer, self.server_state.default_headers)
                    self.transport.writelines((head, answer.body))
                    self.on_response_complete()
                    return
                self._hand_on()
            super().on_message_complete()

        def shutdown(self) -> None:
            if self._held is not None:
                # One that is on its way in is answered before the connection ends.
                self._hand_on()
            super().shutdown()

        def _may_be_short(self) -> bool:
            """A read on a connection with nothing else under way, of which nothing special is asked."""
            parser, method = self.parser, self.parser.get_method()
            return (
                (method == b"GET" or (method == b"POST" and self.url.endswith(BATCH)))
                and (self.cycle is None or self.cycle.response_complete)
                and not self.expect_100_continue
                and not self.flow.write_paused
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
            method = self.parser.get_method().decode("ascii")
            return short(method, path, query, authorization.decode("latin-1"), self._held or b"")

        def _hand_on(self) -> None:
            """Lets ASGI have it after all."""
            held, self._held = self._held, None
            super().on_headers_complete()
            if held:
                super().on_body(held)

    return Protocol


def _head(answer: Answer, first: list[tuple[bytes, bytes]]) -> bytes:
    parts = [STATUS_LINE[answer.status]]
    for name, value in (*first, *told(answer)):
        parts += (name, b": ", value, b"\r\n")
    parts.append(b"\r\n")
    return b"".join(parts)
