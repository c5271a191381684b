"""A search on columns: which rows hold, how many, and the first ones in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np

from hubwire.emulator import moments
from hubwire.emulator.columnar.coded import UNSET
from hubwire.emulator.columnar.table import Columns
from hubwire.emulator.columnar.texts import Flags, Places
from hubwire.emulator.columns import ID, Column, as_words
from hubwire.emulator.search import Linked, Options, Order, Range, Term, Token, Unset, Values, Wanted, Word

BEGIN = re.compile(r"([1-9][0-9]{0,17})\*+", re.ASCII)
LONGEST_ID = 18
Ids = Callable[[str, tuple[Any, ...]], list[int]]
"""The ids that a query finds."""


def found(columns: Columns, wanted: Wanted, need: int, ids: Ids) -> tuple[int, list[int]]:
    """How many records match, and the ids of the first `need`."""
    columns.follow()
    rows = columns.rows
    flags = _any(columns, wanted, ids)
    if rows.dead:
        flags = rows.alive if flags is None else flags & rows.alive
    hits = np.arange(rows.total) if flags is None else np.flatnonzero(flags)
    chosen = _first(columns, hits, wanted.order, need)
    first: list[int] = rows.ids[chosen].tolist()
    return len(hits), first


def _any(columns: Columns, wanted: Wanted, ids: Ids) -> Flags | None:
    if not wanted.groups:
        return None
    groups = (reduce(and_, (_flags(columns, term, ids) for term in group)) for group in wanted.groups)
    return reduce(or_, groups)


def _flags(columns: Columns, term: Term, ids: Ids) -> Flags:
    """The rows for which the term holds."""
    flags = _plain(columns, term, ids)
    return ~flags if term.negated else flags


def _plain(columns: Columns, term: Term, ids: Ids) -> Flags:
    test, column = term.test, term.column
    if isinstance(test, Linked):
        return _listed(columns, ids(test.sql, test.values))
    if isinstance(test, Word):
        return reduce(or_, (columns.of(each).worded("word", test.word) for each in test.columns))
    if column is None:
        raise TypeError(f"a test of no column: {test}")
    if column.sort == "id":
        return _of_ids(columns, test)
    coded = columns.of(column)
    match test:
        case Values(keys):
            return coded.among([_key(column, key) for key in keys])
        case Range(low, high, open_low, open_high):
            left, right = coded.keys.left, coded.keys.right
            start = 0 if low is None else (right if open_low else left)(_key(column, low))
            end = len(coded.keys) if high is None else (left if open_high else right)(_key(column, high))
            return coded.between(start, end)
        case Unset():
            return coded.unset()
        case Options(options):
            return coded.worded("options", ";".join(options))
        case Token(text):
            return coded.worded("token", text)
    raise TypeError(f"not a test of a column: {test}")


def _key(column: Column, key: Any) -> Any:
    return moments.parse(key) if column.sort == "moment" else key


def _listed(columns: Columns, ids: list[int]) -> Flags:
    flags = np.zeros(columns.rows.total, np.bool_)
    flags[columns.rows.of_ids(ids)] = True
    return flags


def _of_ids(columns: Columns, test: Any) -> Flags:
    ids = columns.rows.ids
    match test:
        case Values(keys):
            return _listed(columns, list(keys))
        case Range(low, high, open_low, open_high):
            flags = np.ones(len(ids), np.bool_)
            if low is not None:
                flags &= ids > low if open_low else ids >= low
            if high is not None:
                flags &= ids < high if open_high else ids <= high
            return flags
        case Token(text) if (begin := BEGIN.fullmatch(text)) is not None:
            return _begins(ids, begin[1])
        case Token(text) if not ID.fullmatch(text):
            return columns.of(as_words("hs_object_id")).worded("token", text)
        case Token(text):
            return _listed(columns, [int(text)])
    return np.zeros(len(ids), np.bool_)


def _begins(ids: Places, digits: str) -> Flags:
    """Ids that begin so."""
    flags = np.zeros(len(ids), np.bool_)
    for more in range(LONGEST_ID - len(digits) + 1):
        low = int(digits) * 10**more
        flags |= (ids >= low) & (ids < low + 10**more)
    return flags


def _first(columns: Columns, hits: Places, order: Order, need: int) -> Places:
    """The first `need` of the rows (all for less than 0)."""
    rows = columns.rows
    if order.column.sort == "id":
        return _least(hits, _way(rows.ids[hits], order.descending), need)
    ages = rows.ages
    if order.column.sql == "created":
        if ages is None:
            ordered = hits[::-1] if order.descending else hits
            return ordered if need < 0 else ordered[:need]
        return _least(hits, _way(ages[hits].astype(np.int64), order.descending), need)
    coded = columns.of(order.column)
    codes = coded.codes[hits].astype(np.int64)
    places = hits if ages is None else ages[hits]
    if not order.descending:
        codes[codes == UNSET] = len(coded.keys)
    return _least(hits, _way((codes << 32) | places, order.descending), need)


def _way(keys: Places, descending: bool) -> Places:
    return -keys if descending else keys


def _least(rows: Places, keys: Places, need: int) -> Places:
    """The rows with the least keys, in their order."""
    if 0 <= need < len(keys) // 2:
        near = np.argpartition(keys, need)[:need]
        rows, keys = rows[near], keys[near]
    return rows[np.argsort(keys)][: None if need < 0 else need]
