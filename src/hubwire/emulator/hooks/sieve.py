"""Filters of journal subscriptions: which records an app wants to hear of.

https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/subscriptions/create-filters
Assumed, because the pages do not say: a record must meet every condition of every filter of the subscription,
as it is after the change, and text is compared without regard to letter case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from hubwire.emulator.store import Store

FIRST_ID = 6_000_000
Operator = Literal[
    "EQ", "N_EQ", "LT", "GT", "LTE", "GTE", "CONTAINS", "STARTS_WITH", "ENDS_WITH", "IN", "NOT_IN",
    "IS_EMPTY", "IS_NOT_EMPTY",
]  # fmt: skip
BARE, SEVERAL = ("IS_EMPTY", "IS_NOT_EMPTY"), ("IN", "NOT_IN")


class Condition(msgspec.Struct, omit_defaults=True, rename={"name": "property"}):
    filterType: Literal["CRM_OBJECT_PROPERTY"]
    name: str
    operator: Operator
    value: str | None = None
    values: list[str] | None = None

    def lacks(self) -> str | None:
        """The field that the operator needs and that was not sent."""
        if self.operator in SEVERAL:
            return None if self.values else "values"
        return "value" if self.operator not in BARE and self.value is None else None


class Filter(msgspec.Struct):
    conditions: list[Condition]


@dataclass(frozen=True, slots=True)
class Kept:
    """A filter as it is stored."""

    id: int
    subscription: int
    filter: Filter
    created: int


class Sieve:
    """All filters. Callers hold the emulator's lock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.script("journal_filters")
        self._kept: dict[int, Kept] = {}
        self._refresh()

    def of(self, subscription: int) -> list[Kept]:
        return [kept for kept in self._kept.values() if kept.subscription == subscription]

    def find(self, number: int) -> Kept | None:
        return self._kept.get(number)

    def put(self, subscription: int, wanted: Filter, now: int) -> Kept:
        """One more filter; what a record must meet only grows."""
        ((number,),) = self._store.all(
            "SELECT max(coalesce(max(id), 0), ?) + 1 FROM journal_filters", (FIRST_ID,)
        )
        text = msgspec.json.encode(wanted).decode()
        self._store.run("INSERT INTO journal_filters VALUES (?, ?, ?, ?)", (number, subscription, text, now))
        self._refresh()
        return Kept(number, subscription, wanted, now)

    def drop(self, number: int) -> None:
        self._store.run("DELETE FROM journal_filters WHERE id = ?", (number,))
        self._refresh()

    def tidy(self) -> None:
        """Forgets the filters of subscriptions that are gone."""
        self._store.run(
            "DELETE FROM journal_filters WHERE subscription NOT IN (SELECT id FROM journal_subscriptions)"
        )
        self._refresh()

    def lets_through(self, subscription: int, record: Callable[[], Mapping[str, str]]) -> bool:
        """Whether the record, which is read only if there is a filter, meets all of the subscription's."""
        kept = self.of(subscription)
        if not kept:
            return True
        properties = record()
        return all(meets(one, properties) for each in kept for one in each.filter.conditions)

    def _refresh(self) -> None:
        rows = self._store.all("SELECT id, subscription, body, created FROM journal_filters ORDER BY id")
        self._kept = {
            row[0]: Kept(row[0], row[1], msgspec.json.decode(row[2], type=Filter), row[3]) for row in rows
        }


def meets(condition: Condition, properties: Mapping[str, str]) -> bool:
    """Whether a record with these properties meets one condition; no value meets only the negations."""
    given, wanted = properties.get(condition.name) or "", condition.value or ""
    here, there = given.casefold(), wanted.casefold()
    among = here in [value.casefold() for value in condition.values or []]
    match condition.operator:
        case "IS_EMPTY":
            return not given
        case "IS_NOT_EMPTY":
            return bool(given)
        case "IN":
            return bool(given) and among
        case "NOT_IN":
            return not among
        case "EQ":
            return bool(given) and _same(here, there)
        case "N_EQ":
            return not _same(here, there)
        case "CONTAINS":
            return bool(given) and there in here
        case "STARTS_WITH":
            return bool(given) and here.startswith(there)
        case "ENDS_WITH":
            return bool(given) and here.endswith(there)
        case "LT" | "GT" | "LTE" | "GTE":
            return bool(given) and _ordered(here, there, condition.operator)


def _same(here: str, there: str) -> bool:
    one, other = _number(here), _number(there)
    return here == there if one is None or other is None else one == other


def _ordered(here: str, there: str, operator: str) -> bool:
    one, other = _number(here), _number(there)
    if one is not None and other is not None:
        less, equal = one < other, one == other
    else:
        less, equal = here < there, here == there
    if operator in ("LTE", "GTE") and equal:
        return True
    return less if operator in ("LT", "LTE") else not less and not equal


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
