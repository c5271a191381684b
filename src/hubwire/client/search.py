"""Searches of any number of results.

HubSpot pages through 10,000 results of a query and no further. Without a sort of the caller's, results are
asked for by ascending id and every page starts after the last id seen: that has no end, and a record that
stops matching meanwhile moves no other out of sight, as it does when pages are counted from the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.client.calls import objects
from hubwire.client.calls.objects import Fields
from hubwire.client.execute import execute
from hubwire.client.reading import filled
from hubwire.client.records import Page, Record
from hubwire.client.session import Session
from hubwire.client.values import wire_value
from hubwire.errors import ConfigError
from hubwire.wire.flow import Emit, Flow

ID = "hs_object_id"
NAMES = {"property": "propertyName", "high_value": "highValue"}


class Filter(msgspec.Struct, frozen=True):
    """One condition: `Filter("amount", "GTE", 1000)`, `Filter("city", "IN", values=["Bonn", "Ulm"])`."""

    property: str
    operator: str = "EQ"
    value: Any = None
    high_value: Any = None
    values: Sequence[Any] | None = None


Condition = Filter | Mapping[str, Any]
Filters = Condition | Iterable[Condition] | Iterable[Iterable[Condition]]


class Query(msgspec.Struct, frozen=True):
    """A search, before it is known which page of it is wanted."""

    groups: tuple[tuple[dict[str, Any], ...], ...] = ()
    query: str | None = None
    sort: dict[str, str] | None = None
    fields: Fields = Fields()

    def body(self, limit: int, *, beyond: str | None = None, after: str | None = None) -> dict[str, Any]:
        """The request body of one page: from an id on, or from an offset on."""
        groups = self.groups
        if beyond is not None:
            more = {"propertyName": ID, "operator": "GT", "value": beyond}
            groups = tuple((*group, more) for group in groups) or ((more,),)
        body: dict[str, Any] = {
            "limit": limit,
            "sorts": [self.sort or {"propertyName": ID, "direction": "ASCENDING"}],
        }
        if groups:
            body["filterGroups"] = [{"filters": group} for group in groups]
        if self.query:
            body["query"] = self.query
        if self.fields.properties:
            body["properties"] = self.fields.properties
        if after is not None:
            body["after"] = after
        return body

    @property
    def has_room(self) -> bool:
        """Whether every group takes one more filter."""
        limits = load.limits()
        total = sum(len(group) + 1 for group in self.groups)
        return total <= limits.SEARCH_FILTERS and all(
            len(group) < limits.SEARCH_GROUP_FILTERS for group in self.groups
        )


def build(
    filters: Filters | None, query: str | None, sort: str | Mapping[str, str] | None, fields: Fields
) -> Query:
    """The search a caller described; refused where HubSpot would refuse it."""
    groups = tuple(_groups(filters))
    limits = load.limits()
    if len(groups) > limits.SEARCH_GROUPS:
        raise ConfigError(f"a search takes {limits.SEARCH_GROUPS} groups of filters, not {len(groups)}")
    for group in groups:
        if len(group) > limits.SEARCH_GROUP_FILTERS:
            raise ConfigError(
                f"a group of a search takes {limits.SEARCH_GROUP_FILTERS} filters, not {len(group)}"
            )
    if (total := sum(map(len, groups))) > limits.SEARCH_FILTERS:
        raise ConfigError(f"a search takes {limits.SEARCH_FILTERS} filters in all, not {total}")
    return Query(groups, query, _sort(sort), fields)


def results(session: Session, kind: str, query: Query, limit: int | None) -> Flow[None]:
    """Emits all matching records, or the first `limit`."""
    limits = load.limits()
    thin = _thinned(query, limits.SEARCH_BODY)
    beyond: str | None = None
    after: str | None = None
    seen = 0
    while limit is None or seen < limit:
        size = limits.SEARCH_PAGE if limit is None else min(limits.SEARCH_PAGE, limit - seen)
        size = _within(size, after, limits.SEARCH_MAX, query)
        body = thin.body(size, beyond=beyond, after=after)
        page = yield from execute(objects.search(session.version, kind, _checked(body)), session)
        records: list[Record] = page.results
        if thin is not query and records:
            records = yield from filled(session, kind, records, query.fields)
        yield Emit(records)
        seen += len(page.results)
        if page.after is None or not page.results:
            return
        beyond, after = _onward(query, page, beyond, after)


def count(session: Session, kind: str, query: Query) -> Flow[int]:
    """How many records match."""
    thin = msgspec.structs.replace(query, fields=Fields())
    page = yield from execute(objects.search(session.version, kind, _checked(thin.body(1))), session)
    return len(page.results) if page.total is None else page.total


def _onward(query: Query, page: Page, beyond: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Where the next page starts: after an id if possible, else at an offset."""
    if query.sort is None and query.has_room and after is None:
        ids = [
            int(record.id) if record.id.isascii() and record.id.isdigit() else -1 for record in page.results
        ]
        if ids == sorted(set(ids)) and ids[0] > int(beyond or -1):
            return str(ids[-1]), None
    return beyond, page.after


def _within(size: int, after: str | None, most: int, query: Query) -> int:
    """A page size that does not reach past what HubSpot pages through; refused when nothing is left of it."""
    if after is None or not after.isdigit() or int(after) + size <= most:
        return size
    if int(after) < most:
        return most - int(after)
    if query.sort is not None:
        raise ConfigError(
            f"more than {most:,} records match; HubSpot shows only the first {most:,} of a sorted search. "
            f"Leave the sort out to get all of them, or pass limit={most} to be content with these"
        )
    raise ConfigError(
        f"more than {most:,} records match; the filters leave no room for one that reads on from there. "
        "Use at most 5 filters in each group, with one more filter a group at most 18 in all"
    )


def _thinned(query: Query, most: int) -> Query:
    """The query without its properties, where these make the body too long: a batch read gets them then."""
    longest = query.body(200, beyond="9" * 20 if query.has_room else None, after="9999")
    if not query.fields.properties or _length(longest) <= most:
        return query
    return msgspec.structs.replace(query, fields=Fields(properties=(ID,)))


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    most = load.limits().SEARCH_BODY
    if (length := _length(body)) > most:
        raise ConfigError(
            f"the search is {length:,} characters long and HubSpot takes {most:,}: "
            "split long lists of values into several searches"
        )
    return body


def _length(body: dict[str, Any]) -> int:
    return len(msgspec.json.encode(body).decode())


def _sort(sort: str | Mapping[str, str] | None) -> dict[str, str] | None:
    """`"createdate"`, `"-createdate"`, or HubSpot's own form."""
    if sort is None or not isinstance(sort, str):
        return None if sort is None else dict(sort)
    direction = "DESCENDING" if sort.startswith("-") else "ASCENDING"
    return {"propertyName": sort.removeprefix("-"), "direction": direction}


def _groups(filters: Filters | None) -> Iterable[tuple[dict[str, Any], ...]]:
    entries: list[Any] = [filters] if isinstance(filters, Filter | Mapping) else list(filters or ())
    if any(
        isinstance(entry, Filter) or (isinstance(entry, Mapping) and "filters" not in entry)
        for entry in entries
    ):
        entries = [entries]
    for entry in entries:
        conditions = entry["filters"] if isinstance(entry, Mapping) else entry
        yield tuple(_condition(condition) for condition in conditions)


def _condition(condition: Any) -> dict[str, Any]:
    if isinstance(condition, Filter):
        condition = {
            name: value for name, value in msgspec.structs.asdict(condition).items() if value is not None
        }
    if not isinstance(condition, Mapping):
        raise ConfigError(
            f"a filter is a Filter or a mapping with propertyName, operator and value, not {condition!r}"
        )
    named: dict[str, Any] = {NAMES.get(str(name), str(name)): value for name, value in condition.items()}
    if "propertyName" not in named:
        raise ConfigError(f"a filter names a property: {condition!r}")
    named.setdefault("operator", "EQ")
    for name in ("value", "highValue"):
        if name in named:
            named[name] = wire_value(named[name], named["propertyName"])
    if "values" in named:
        named["values"] = [wire_value(value, named["propertyName"]) for value in named["values"]]
    return named
