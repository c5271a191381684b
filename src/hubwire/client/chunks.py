"""Cuts a stream of inputs into chunks for batch calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from hubwire.client.outcomes import Outcome, Row
from hubwire.errors import ConfigError, Preflight

PUT_OFF = 1_000
"""Rows that may wait for a later chunk because their key is in this one."""


class Chunk(msgspec.Struct):
    """Rows for one call, and what was refused before it could be sent."""

    rows: list[Row]
    refused: list[Outcome]


def cut(inputs: Iterable[Any], prepare: Callable[[int, Any], Row], size: int) -> Iterator[Chunk]:
    """Chunks of up to `size` rows, no two with one key; rows of one key keep their order over the chunks."""
    numbered = enumerate(inputs)
    waiting: deque[Row] = deque()
    exhausted = False
    while not exhausted or waiting:
        chunk = Chunk([], [])
        keys: set[str] = set()
        waiting = deque(row for row in waiting if not _take(row, chunk, keys, size))
        while len(chunk.rows) < size and len(waiting) < PUT_OFF:
            index, given = next(numbered, (-1, None))
            if index < 0:
                exhausted = True
                break
            try:
                row = prepare(index, given)
            except (ConfigError, Preflight) as error:
                chunk.refused.append(Outcome(index=index, input=given, error=error))
                if len(chunk.refused) >= size:
                    break
                continue
            if not _take(row, chunk, keys, size):
                waiting.append(row)
        if chunk.rows or chunk.refused:
            yield chunk


def _take(row: Row, chunk: Chunk, keys: set[str], size: int) -> bool:
    if len(chunk.rows) >= size or (row.key is not None and row.key in keys):
        # Its later namesakes must not overtake it.
        if row.key is not None:
            keys.add(row.key)
        return False
    if row.key is not None:
        keys.add(row.key)
    chunk.rows.append(row)
    return True
