"""One request, one reply, and how long to wait for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec

PLAIN = re.compile(r"[A-Za-z0-9_.,~-]*").fullmatch


ACCEPT = ("accept", "application/json")


class Body(Protocol):
    """What is read while it is sent, perhaps more than once: files."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...


class Timeout(msgspec.Struct, frozen=True, gc=False):
    """Seconds."""

    connect: float = 5.0
    read: float = 30.0
    """The longest silence while sending or waiting for the answer."""


class Request(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """What is to be sent."""

    method: str
    path: str
    """Percent-encoded, from the first slash."""
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | Body | None = None
    content_type: str = "application/json"
    bearer: str | None = None
    base: str = ""
    """Scheme and host, and what else stands before the path."""
    into: Callable[[bytes], object] | None = None
    """Takes the body of a success as it comes. A transport that cannot do that leaves it in the reply."""

    @property
    def target(self) -> str:
        """Path and query as they go into the request line. Commas stay commas: long lists stay short."""
        if not self.query:
            return self.path
        if all(PLAIN(name) and PLAIN(value) for name, value in self.query):
            # What needs no encoding is most of what is ever sent, and `urlencode` looks at every character.
            return f"{self.path}?{'&'.join([f'{name}={value}' for name, value in self.query])}"
        return f"{self.path}?{urlencode(self.query, safe=',')}"

    @property
    def url(self) -> str:
        return self.base + self.target

    def to(self, base: str, bearer: str | None) -> Request:
        """The same request, addressed and signed."""
        return msgspec.structs.replace(self, base=base, bearer=bearer)

    def all_headers(self) -> list[tuple[str, str]]:
        """Headers with those that follow from body and bearer."""
        return [ACCEPT, *self.own_headers()]

    def own_headers(self) -> list[tuple[str, str]]:
        """Those that not every request has."""
        headers = list(self.headers)
        if self.bearer:
            headers.append(("authorization", f"Bearer {self.bearer}"))
        if self.body is not None:
            headers.append(("content-type", self.content_type))
            if not isinstance(self.body, bytes):
                headers.append(("content-length", str(len(self.body))))
        return headers

    def __repr__(self) -> str:
        size = f", {len(self.body)} bytes" if self.body is not None else ""
        return f"Request({self.method} {self.base}{self.path}{size})"


class Reply(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    headers: Mapping[str, str] = {}
    """To be looked up by names in lower case."""
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Reply({self.status}, {len(self.body)} bytes)"


class Transport(Protocol):
    """Sends one request; returns the reply, whatever its status, or raises `ConnectionFailed`."""

    def send(self, request: Request, timeout: Timeout) -> Reply: ...

    def close(self) -> None: ...


class AsyncTransport(Protocol):
    """The same for asyncio."""

    async def send(self, request: Request, timeout: Timeout) -> Reply: ...  # noqa: ASYNC109 - not a deadline

    async def close(self) -> None: ...


def form(fields: Mapping[str, Any]) -> bytes:
    """`application/x-www-form-urlencoded`, fields of None left out."""
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()
