"""Bodies of `multipart/form-data`, as browsers and HTTP libraries write them (RFC 7578)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from hubwire.emulator.exchange import Asked

BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^\s;,]+))', re.IGNORECASE)
PARAMETER = re.compile(
    r'(?<![\w*])(filename\*|filename|name)=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Part:
    """One field; `filename` is None for those that are no files."""

    name: str
    filename: str | None
    body: bytes


def parts(asked: Asked) -> list[Part] | None:
    """The fields in their order; None for a body of another kind, or one that breaks off."""
    kind = asked.headers.get("content-type", "")
    match = BOUNDARY.search(kind)
    if not kind.lower().startswith("multipart/form-data") or match is None:
        return None
    mark = b"--" + (match[1] or match[2]).encode("latin-1", "replace")
    pieces = (b"\r\n" + asked.body).split(b"\r\n" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        return None
    found = [_part(piece) for piece in pieces[1:-1]]
    return [part for part in found if part is not None]


def _part(piece: bytes) -> Part | None:
    head, blank, body = piece.partition(b"\r\n\r\n")
    if not blank:
        return None
    for line in head.decode("utf-8", "replace").splitlines():
        title, _, value = line.partition(":")
        if title.strip().lower() == "content-disposition":
            given = {
                match[1].lower(): _plain(match[2] or match[3] or "") for match in PARAMETER.finditer(value)
            }
            name = given.get("filename*")
            filename = unquote(name.rpartition("''")[2]) if name else given.get("filename")
            return Part(given.get("name", ""), filename, body)
    return None


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).replace("%22", '"')
