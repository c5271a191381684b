"""Bodies that differ from one that was read in what records they name: read without taking them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.render import order

BEFORE = re.compile(rb"""\[\s*\{\s*"id"\s*:\s*\Z""")
BETWEEN = re.compile(rb"""\}\s*,\s*\{\s*"id"\s*:\s*""")
AFTER = re.compile(rb"""\s*\}\s*\]""")
QUOTED = re.compile(rb'"([0-9]+)"')
ZERO = ord("0")
Octets = NDArray[np.uint8]


class Alike:
    """Every such body is as long; its ids stand at the same places and have as many digits each."""

    def __init__(self, body: bytes, first: int, digits: int, apart: int, ids: int) -> None:
        """The first id begins at `first`, each of the others `apart` bytes after the one before."""
        self._first, self._strides, self._shape = first, (apart, 1), (ids, digits)
        octets = np.frombuffer(body, np.uint8).copy()
        self._most = np.zeros_like(octets)
        """How much greater a byte may be than in the pattern, whose ids have zeros only."""
        self._digits(octets)[:] = ZERO
        self._digits(self._most)[:] = 9
        self._pattern = octets
        self._powers = 10 ** np.arange(digits - 1, -1, -1)
        self._order = np.array(order(ids))

    @classmethod
    def of(cls, body: bytes, ids: Sequence[str]) -> Alike | None:
        """Others like this body, whose ids are plain numbers; None if it is not regular enough.

        No other text in it has only digits. An id told twice in one object would be one more.
        """
        found = [(match.start(1), match[1]) for match in QUOTED.finditer(body)]
        if not ids or b"\\" in body or [text for _, text in found] != [id_.encode() for id_ in ids]:
            return None
        first, apart = found[0][0], found[1][0] - found[0][0] if len(found) > 1 else len(body)
        regular = all(start == first + apart * place for place, (start, _) in enumerate(found))
        if not regular or {len(id_) for id_ in ids} != {len(ids[0])}:
            return None
        return cls(body, first, len(ids[0]), apart, len(ids))

    def numbers(self, body: bytes) -> NDArray[np.int64] | None:
        """The ids of a body as long, in the order in which a batch is told; None if it is not alike."""
        beyond = np.frombuffer(body, np.uint8) - self._pattern
        if b"\1" in (beyond > self._most).tobytes():
            return None
        digits = self._digits(beyond)
        # No number begins with a zero.
        if b"\0" in digits[:, 0].tobytes():
            return None
        return (digits @ self._powers).take(self._order)

    def _digits(self, octets: Octets) -> Octets:
        return np.ndarray(self._shape, np.uint8, octets, self._first, self._strides)


class Listed:
    """Every such body begins alike and ends alike, and so are its texts set apart from each other."""

    def __init__(self, before: bytes, between: bytes, after: bytes) -> None:
        self._before, self._between, self._after = before, between, after
        self._joint = b'"%b"' % between

    @classmethod
    def of(cls, body: bytes, texts: Sequence[str]) -> Listed | None:
        """Others like this body, of several texts; None if it is not regular enough."""
        quoted = [b'"%b"' % text.encode("utf-8", "replace") for text in texts]
        start = body.find(quoted[0]) if len(quoted) > 1 else -1
        if start < 0 or b"\\" in body:
            return None
        end = start + len(quoted[0])
        # Of the quotes that follow, the third one begins the second text: `"id"` stands between.
        second = body.find(b'"', body.find(b'"', body.find(b'"', end) + 1) + 1)
        before, between = body[:start], body[end:second]
        after = body[start + len(between.join(quoted)) :]
        regular = (
            BEFORE.search(before)
            and BETWEEN.fullmatch(between)
            and AFTER.match(after)
            and (before + after).count(b'"inputs"') == 1
            and body == before + between.join(quoted) + after
        )
        return cls(before, between, after) if regular else None

    def texts(self, body: bytes) -> list[bytes] | None:
        """The texts of a body in small letters, quoted; None if it is not alike or they are not plain."""
        if not (body.startswith(self._before) and body.endswith(self._after)):
            return None
        listed = body[len(self._before) : -len(self._after)]
        # So no quote is within a text, and no text without quotes.
        many = listed.count(self._joint) + 1
        if listed[:1] != b'"' or listed[-1:] != b'"' or listed.count(b'"') != 2 * many + 2 * (many - 1):
            return None
        if b"\\" in listed or not listed.isascii():
            return None
        return listed.lower().split(self._between)
