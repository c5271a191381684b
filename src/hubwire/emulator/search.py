"""Searches: what a body asks for, checked and turned into conditions on columns.

https://developers.hubspot.com/docs/guides/api/crm/search. HubSpot's texts for most refusals here are not
known; those without a source are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import refusals
from hubwire.emulator.columns import Column, as_words, column
from hubwire.emulator.intake import record_id
from hubwire.emulator.portal import Portal
from hubwire.emulator.shapes import Filter, SearchBody, Sort
from hubwire.emulator.validate import as_text
from hubwire.emulator.words import ascii_part, has_token, literals, pattern_of, words_of

MOST_GROUPS, MOST_FILTERS, MOST_IN_ALL, MOST_VALUES = 5, 6, 18, 100
COMPARISONS = {"EQ": "=", "NEQ": "IS NOT", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
LISTS, TOKENS = ("IN", "NOT_IN"), ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")
PRESENCE = ("HAS_PROPERTY", "NOT_HAS_PROPERTY")
ACTIVITIES = ("0-27", "0-46", "0-47", "0-48", "0-49")
NOT_FILTERED = {
    **dict.fromkeys(ACTIVITIES, frozenset({"hs_body_preview_html"})),
    "0-49": frozenset({"hs_body_preview_html", "hs_email_html", "hs_body_preview"}),
}
"""https://developers.hubspot.com/docs/guides/api/crm/search; that such a filter is refused is assumed."""
OPERATORS = (*COMPARISONS, "BETWEEN", *LISTS, *PRESENCE, *TOKENS)


@dataclass(frozen=True, slots=True)
class Values:
    """The value is one of these keys."""

    keys: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The value lies between two keys, each included unless `open`; None leaves that end out."""

    low: Any = None
    high: Any = None
    open_low: bool = False
    open_high: bool = False


@dataclass(frozen=True, slots=True)
class Unset:
    """There is no value."""


@dataclass(frozen=True, slots=True)
class Options:
    """A multi-select has one of these."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A token pattern occurs in the text."""

    pattern: str

    def holds(self, text: str) -> bool:
        return bool(has_token(text, pattern_of(self.pattern)))


@dataclass(frozen=True, slots=True)
class Word:
    """Some word of one of these columns begins so."""

    word: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """The record's id is among those that a query finds."""

    sql: str
    values: tuple[Any, ...]


Test = Values | Range | Unset | Options | Token | Word | Linked


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on a record, told twice: for a scan in SQL, and for the columns of `columnar`."""

    sql: str
    values: tuple[Any, ...]
    test: Test
    column: Column | None = None
    negated: bool = False
    """It holds where `test` does not."""

    def opposite(self, sql: str) -> Term:
        return replace(self, sql=sql, negated=True)


@dataclass(frozen=True, slots=True)
class Order:
    column: Column
    descending: bool = False

    @property
    def sql(self) -> str:
        """Unset values come last either way; equal ones by creation."""
        way = " DESC" if self.descending else ""
        if self.column.sort == "id":
            return f"id{way}"
        nulls = "" if self.descending or self.column.sort == "time" else " NULLS LAST"
        own = [] if self.column.sql == "created" else [f"{self.column.sql}{way}{nulls}"]
        return ", ".join([*own, f"created{way}", f"id{way}"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search: any group whose terms all hold; no group at all finds everything."""

    groups: tuple[tuple[Term, ...], ...]
    order: Order


def wanted(portal: Portal, kind: ObjectType, body: SearchBody) -> Wanted:
    """What the body asks for, or a refusal."""
    groups = [group.filters or [] for group in body.filterGroups or ()]
    if body.filters:
        groups.append(body.filters)
    _limits(groups)
    every = tuple(query_terms(portal, kind, body.query))
    terms = [tuple(term(portal, kind, item) for item in group) for group in groups]
    if not terms or any(not group for group in terms):
        terms = [()]
    found = tuple(dict.fromkeys((*group, *every) for group in terms))
    return Wanted(() if found == ((),) else found, order(portal, kind, body.sorts or []))


def named(body: SearchBody) -> Iterator[str]:
    """The properties that its filters and sorts name."""
    for group in body.filterGroups or ():
        yield from (item.propertyName or "" for item in group.filters or ())
    yield from (item.propertyName or "" for item in body.filters or ())
    for sort in body.sorts or ():
        yield sort.removeprefix("-") if isinstance(sort, str) else sort.propertyName


def _limits(groups: Sequence[Sequence[Filter]]) -> None:
    if len(groups) > MOST_GROUPS:
        raise refusals.validation(f"A search takes at most {MOST_GROUPS} filter groups, not {len(groups)}")
    if any(len(group) > MOST_FILTERS for group in groups):
        raise refusals.validation(f"A filter group takes at most {MOST_FILTERS} filters")
    if sum(map(len, groups)) > MOST_IN_ALL:
        raise refusals.validation(f"A search takes at most {MOST_IN_ALL} filters in all")


def order(portal: Portal, kind: ObjectType, sorts: Sequence[str | Sort]) -> Order:
    """By creation time unless the (only) sort says otherwise."""
    if len(sorts) > 1:
        raise refusals.validation("A search takes only one sort")
    if not sorts:
        return Order(_column(portal, kind, kind.created))
    given = sorts[0]
    if isinstance(given, str):
        descending, name = given.startswith("-"), given.removeprefix("-")
    else:
        direction = (given.direction or "ASCENDING").upper()
        if direction not in ("ASCENDING", "DESCENDING"):
            raise refusals.validation(f"Sort direction {given.direction} is neither ASCENDING nor DESCENDING")
        descending, name = direction == "DESCENDING", given.propertyName
    return Order(_column(portal, kind, name), descending)


def term(portal: Portal, kind: ObjectType, item: Filter) -> Term:
    """One filter as a condition."""
    missing = [name for name in ("propertyName", "operator") if not getattr(item, name)]
    if missing:
        raise refusals.attributes_not_set("Filter", missing)
    name, operator = item.propertyName or "", item.operator or ""
    if operator not in OPERATORS:
        raise refusals.invalid_input_json(
            f'Cannot deserialize value of type `FilterOperator` from String "{operator}": '
            f"not one of the values accepted for Enum class: [{', '.join(OPERATORS)}]"
        )
    if name.startswith("associations."):
        return _associated(portal, kind, name.removeprefix("associations."), operator, item)
    if name in NOT_FILTERED.get(kind.id, ()):
        raise refusals.validation(f'Property "{name}" cannot be used in a filter')
    known = _column(portal, kind, name)
    if operator in PRESENCE:
        if item.value is not None:
            raise refusals.validation(f"{operator} takes no value, but the filter on {name} has one")
        return _presence(known, operator == "HAS_PROPERTY")
    if operator in LISTS:
        return _listed(known, operator, [_text(known, value) for value in _values(name, item)])
    if item.value is None:
        raise refusals.validation(f"The filter on {name} needs a value for {operator}")
    text = _text(known, item.value)
    if operator in TOKENS:
        return _token(known, text, operator == "CONTAINS_TOKEN")
    if operator == "BETWEEN":
        if item.highValue is None:
            raise refusals.validation(f"The filter on {name} needs a highValue for BETWEEN")
        ends = (_key(known, text), _key(known, _text(known, item.highValue)))
        return Term(f"{known.sql} BETWEEN ? AND ?", ends, Range(*ends), known)
    if known.sort == "multi" and operator in ("EQ", "NEQ"):
        return _option(known, [text], operator == "EQ")
    return _compared(known, operator, text)


def query_terms(portal: Portal, kind: ObjectType, query: str | None) -> list[Term]:
    """Every word of `query` begins some word in the type's searched properties (prefix and all: assumed)."""
    if not query or not query.strip():
        return []
    words = words_of(query)
    if not words or not kind.query:
        return [Term("0", (), Values(()), _column(portal, kind, "hs_object_id"))]
    texts = tuple(as_words(name) for name in kind.query)
    searched = ", ".join(f"props->>'{name}'" for name in kind.query)
    terms = []
    for word in words:
        # SQLite's LIKE ignores the case of ASCII letters only; it spares most rows the slower check.
        part = ascii_part(word)
        narrow = f"props LIKE '%{part}%' AND " if part else ""
        sql = f"{narrow}has_word(concat_ws(' ', {searched}), ?)"
        terms.append(Term(sql, (word,), Word(word, texts)))
    return terms


def _column(portal: Portal, kind: ObjectType, name: str) -> Column:
    definition = portal.definitions.get(kind.id, name)
    if definition is None:
        raise refusals.validation(f'Property "{name}" does not exist')
    return column(kind, definition)


def _values(name: str, item: Filter) -> list[Any]:
    if not item.values:
        raise refusals.validation(f"The filter on {name} needs values for {item.operator}")
    if len(item.values) > MOST_VALUES:
        raise refusals.validation(f"The filter on {name} has more than {MOST_VALUES} values")
    return item.values


def _text(known: Column, value: Any) -> str:
    if isinstance(value, dict | list):
        raise refusals.invalid_input_json(
            "Cannot deserialize value of type `java.lang.String`"
            f" from {'Object' if isinstance(value, dict) else 'Array'} value"
        )
    text = as_text(value)
    return text.lower() if known.sort == "exact" and text.lower() in ("true", "false") else text


def _key(known: Column, text: str) -> str | float | int:
    key = known.key(text)
    if key is None:
        raise refusals.validation(f"{text} is not a value that {known.name} can be compared with")
    return key


def _compared(known: Column, operator: str, text: str) -> Term:
    key = _key(known, text)
    sql = f"{known.sql} {COMPARISONS[operator]} ?"
    match operator:
        case "EQ":
            return Term(sql, (key,), Values((key,)), known)
        case "NEQ":
            # Records without a value count as different (contested; so answer two independent emulators).
            return _compared(known, "EQ", text).opposite(sql)
        case "LT" | "LTE":
            return Term(sql, (key,), Range(high=key, open_high=operator == "LT"), known)
    return Term(sql, (key,), Range(low=key, open_low=operator == "GT"), known)


def _presence(known: Column, present: bool) -> Term:
    lacks = Term(f"{known.sql} IS NULL", (), Unset(), known)
    return lacks.opposite(f"{known.sql} IS NOT NULL") if present else lacks


def _listed(known: Column, operator: str, texts: Sequence[str]) -> Term:
    if known.sort == "multi":
        return _option(known, texts, operator == "IN")
    # Strings: only values given in lower case match, unlike with EQ.
    keys = tuple(dict.fromkeys(text if known.sort == "text" else _key(known, text) for text in texts))
    marks = ", ".join("?" * len(keys))
    among = Term(f"{known.sql} IN ({marks})", keys, Values(keys), known)
    if operator == "IN":
        return among
    return among.opposite(f"({known.sql} IS NULL OR {known.sql} NOT IN ({marks}))")


def _option(known: Column, options: Sequence[str], present: bool) -> Term:
    """Membership in a multi-select: any of the options, or none of them."""
    inside = " OR ".join([f"instr(';' || {known.sql} || ';', ?) > 0"] * len(options))
    has = Term(f"({inside})", tuple(f";{option};" for option in options), Options(tuple(options)), known)
    return has if present else has.opposite(f"({known.sql} IS NULL OR NOT ({inside}))")


def _token(known: Column, text: str, present: bool) -> Term:
    if known.sort == "multi":
        return _option(known, [text], present)
    # What SQLite rules out by itself is spared the slower check. The text in `sql` is folded already.
    needed = literals(text) if known.sort == "text" else []
    narrow = "".join(f"instr({known.sql}, '{word}') > 0 AND " for word in needed)
    has = Term(f"({narrow}has_token({known.sql}, ?))", (pattern_of(text),), Token(text), known)
    return has if present else has.opposite(f"NOT coalesce(has_token({known.sql}, ?), 0)")


def _associated(portal: Portal, kind: ObjectType, name: str, operator: str, item: Filter) -> Term:
    other = portal.kind(name)
    if other.id.startswith("2-"):
        raise refusals.validation(f"Records cannot be searched by their associations with {name}")
    if operator == "EQ" and item.value is not None:
        given = [item.value]
    elif operator == "IN" and item.values:
        given = item.values
    else:
        raise refusals.validation(f"associations.{name} takes EQ with a record id, or IN with several")
    ids = tuple(record_id(as_text(value)) for value in given if not isinstance(value, dict | list))
    marks = ", ".join("?" * len(ids))
    edges = (
        f"SELECT to_id FROM {portal.edges.table} WHERE from_type = ? AND from_id IN ({marks}) AND to_type = ?"
    )
    values = (other.id, *ids, kind.id)
    return Term(f"id IN ({edges})", values, Linked(edges, values))
