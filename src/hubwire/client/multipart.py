"""Forms with files."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hubwire.errors import ConfigError


class Part(msgspec.Struct, frozen=True):
    """One field of a form."""

    name: str
    data: bytes
    file_name: str | None = None
    content_type: str | None = None


def multipart(parts: Iterable[Part], boundary: str) -> tuple[bytes, str]:
    """The body, and its content type. RFC 7578."""
    pieces: list[bytes] = []
    for part in parts:
        name = f'form-data; name="{_quoted(part.name)}"'
        if part.file_name is not None:
            name += f'; filename="{_quoted(part.file_name)}"'
        kind = f"\r\ncontent-type: {part.content_type}" if part.content_type else ""
        pieces += [f"--{boundary}\r\ncontent-disposition: {name}{kind}\r\n\r\n".encode(), part.data, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    if sum(piece.count(f"--{boundary}".encode()) for piece in pieces) != len(pieces) // 3 + 1:
        raise ConfigError("the data hold the boundary that separates them; send it again")
    return b"".join(pieces), f"multipart/form-data; boundary={boundary}"


def _quoted(text: str) -> str:
    """As browsers write names: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html"""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
