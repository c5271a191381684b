"""Forms with files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from hubwire.client.sources import Source


class Part(msgspec.Struct, frozen=True):
    """One field of a form."""

    name: str
    data: bytes | Source
    file_name: str | None = None
    content_type: str | None = None


class Form:
    """The body of a form. It is read as it is sent, and may be sent again.

    Nobody looks for the boundary in the data: it is random, and made anew for every form.
    """

    def __init__(self, parts: Iterable[Part], boundary: str) -> None:
        self._pieces: list[bytes | Source] = []
        for part in parts:
            name = f'form-data; name="{_quoted(part.name)}"'
            if part.file_name is not None:
                name += f'; filename="{_quoted(part.file_name)}"'
            kind = f"\r\ncontent-type: {part.content_type}" if part.content_type else ""
            head = f"--{boundary}\r\ncontent-disposition: {name}{kind}\r\n\r\n".encode()
            self._pieces += [head, part.data, b"\r\n"]
        self._pieces.append(f"--{boundary}--\r\n".encode())
        self.content_type = f"multipart/form-data; boundary={boundary}"

    def __len__(self) -> int:
        return sum(map(len, self._pieces))

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            yield from [piece] if isinstance(piece, bytes) else piece


def _quoted(text: str) -> str:
    """As browsers write names: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html"""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
