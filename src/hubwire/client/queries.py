"""What a search asks for, before it is known which page of it is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.client.calls.objects import Fields
from hubwire.client.expressions import OPPOSITES, Expression, Filter
from hubwire.client.values import wire_value
from hubwire.errors import ConfigError

ID = "hs_object_id"
NAMES = {"property": "propertyName", "high_value": "highValue"}
HIDDEN = {
    "hs_body_preview_html": "calls conversations emails meetings notes tasks",
    "hs_email_html": "emails",
    "hs_body_preview": "emails",
}
"""Properties that no search looks at, and of which types: https://developers.hubspot.com/docs/guides/api/crm/search"""

ORDERED = "order what has come by the others yourself"
MOST_VALUES, LONGEST_LIST = 100, 1_500
"""Values of one list, and their characters: of the 3,000 of a search, half."""

TAKES: dict[str, frozenset[str]] = {
    **dict.fromkeys(OPPOSITES, frozenset({"value"})),
    **dict.fromkeys(("IN", "NOT_IN"), frozenset({"values"})),
    **dict.fromkeys(("HAS_PROPERTY", "NOT_HAS_PROPERTY"), frozenset[str]()),
    "BETWEEN": frozenset({"value", "highValue"}),
}
"""What the operators of a search have beside the property."""

Condition = Filter | Mapping[str, Any]
Filters = Expression | Condition | Iterable[Condition] | Iterable[Iterable[Condition]]
Terms = tuple[dict[str, Any], ...]
"""Filters that all have to match, as they go over the wire."""


class Query(msgspec.Struct, frozen=True):
    """A search."""

    groups: tuple[Terms, ...] = ()
    query: str | None = None
    sort: dict[str, str] | None = None
    fields: Fields = Fields()

    def body(
        self, limit: int, *, after: str | None = None, sort: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """The request body of one page, by ascending id where no order was asked for."""
        body: dict[str, Any] = {"limit": limit, "sorts": [sort or self.sort or ascending(ID)]}
        if self.groups:
            body["filterGroups"] = [{"filters": group} for group in self.groups]
        if self.query:
            body["query"] = self.query
        if self.fields.properties:
            body["properties"] = self.fields.properties
        if after is not None:
            body["after"] = after
        return body

    def narrowed(self, *more: dict[str, Any]) -> Query:
        """The same, with filters that have to match as well."""
        groups = tuple((*group, *more) for group in self.groups) or (more,)
        return msgspec.structs.replace(self, groups=groups)

    def room(self) -> int:
        """How many more filters every group takes."""
        limits = load.limits()
        groups = self.groups or ((),)
        left = min(limits.SEARCH_GROUP_FILTERS - len(group) for group in groups)
        return min(left, (limits.SEARCH_FILTERS - sum(map(len, groups))) // len(groups))

    @property
    def by_id(self) -> bool:
        """Whether results are wanted by id, one way or the other."""
        return self.sort is None or self.sort.get("propertyName") == ID

    @property
    def descending(self) -> bool:
        """Whether the largest are wanted first."""
        return (self.sort or {}).get("direction", "").upper().startswith("DESC")

    def parts(self) -> tuple[Query, ...]:
        """Itself; or several whose results together are its own.

        A list of values that is too long for one search is cut; groups that leave no room for one more filter
        in each are taken one by one, if that makes room.
        """
        lists = [_shorter(group) for group in self.groups]
        if any(len(cut) > 1 for cut in lists):
            return tuple(msgspec.structs.replace(self, groups=(group,)) for cut in lists for group in cut)
        if self.room() > 0:
            return (self,)
        alone = tuple(msgspec.structs.replace(self, groups=(group,)) for group in self.groups)
        return alone if all(part.room() > 0 for part in alone) else (self,)


def term(name: str, operator: str, value: str | None = None) -> dict[str, Any]:
    """One filter as it goes over the wire."""
    found = {"propertyName": name, "operator": operator}
    return found if value is None else {**found, "value": value}


def ascending(name: str) -> dict[str, str]:
    """A sort by one property."""
    return {"propertyName": name, "direction": "ASCENDING"}


def build(
    filters: Filters | None, query: str | None, sort: str | Mapping[str, str] | None, fields: Fields
) -> Query:
    """The search a caller described; refused where HubSpot would refuse it."""
    groups = tuple(_groups(filters))
    limits = load.limits()
    if len(groups) > limits.SEARCH_GROUPS:
        groups = _factored(groups)
    if len(groups) > limits.SEARCH_GROUPS:
        raise ConfigError(
            f"a search takes {limits.SEARCH_GROUPS} groups of filters (what `|` separates), not {len(groups)}"
        )
    for group in groups:
        if len(group) > limits.SEARCH_GROUP_FILTERS:
            raise ConfigError(
                f"a group of a search (what `&` joins) takes {limits.SEARCH_GROUP_FILTERS} filters, "
                f"not {len(group)}"
            )
    if (total := sum(map(len, groups))) > limits.SEARCH_FILTERS:
        raise ConfigError(f"a search takes {limits.SEARCH_FILTERS} filters in all, not {total}")
    return Query(groups, query, _sort(sort), fields)


def fitting(query: Query, kind: str) -> Query:
    """The same; refused where this type of records cannot be searched so."""
    for item in (item for group in query.groups for item in group):
        name = str(item["propertyName"])
        if kind in HIDDEN.get(name, "").split():
            raise ConfigError(f"HubSpot does not search {kind} by {name!r}")
        if name.startswith("associations.") and load.object_type(kind) is None:
            raise ConfigError(f"HubSpot does not search custom objects by {name!r}")
    return query


def thinned(query: Query) -> Query:
    """The query without its properties, where these make the body too long: a batch read gets them then."""
    if (
        not query.fields.properties
        or length(query.body(200, after="9999")) + 200 <= load.limits().SEARCH_BODY
    ):
        return query
    return msgspec.structs.replace(query, fields=Fields(properties=(ID,)))


def checked(body: dict[str, Any]) -> dict[str, Any]:
    """The body, if it is not too long for HubSpot."""
    most = load.limits().SEARCH_BODY
    if (characters := length(body)) > most:
        raise ConfigError(
            f"the search is {characters:,} characters long and HubSpot takes {most:,}: "
            "split long lists of values into several searches"
        )
    return body


def length(body: dict[str, Any]) -> int:
    """Characters of a body."""
    return len(msgspec.json.encode(body).decode())


def _sort(sort: str | Mapping[str, str] | Sequence[Any] | None) -> dict[str, str] | None:
    """`"createdate"`, `"-createdate"`, or HubSpot's own form, which may be in a list as it is there."""
    if sort is None:
        return None
    if isinstance(sort, list | tuple):
        if len(sort) != 1:
            raise ConfigError(f"HubSpot sorts by one property, not by {len(sort)}: {ORDERED}")
        sort = sort[0]
    if isinstance(sort, str):
        if "," in sort:
            raise ConfigError(f"HubSpot sorts by one property, not by {sort!r}: {ORDERED}")
        direction = "DESCENDING" if sort.startswith("-") else "ASCENDING"
        sort = {"propertyName": sort.removeprefix("-"), "direction": direction}
    if not isinstance(sort, Mapping) or not sort.get("propertyName"):
        raise ConfigError(f"a sort names a property, 'amount', '-amount' or p.amount.desc(), not {sort!r}")
    if sort.get("direction", "ASCENDING") not in ("ASCENDING", "DESCENDING"):
        raise ConfigError(f"a sort is ASCENDING or DESCENDING, not {sort['direction']!r}")
    return dict(sort)


def _groups(filters: Filters | None) -> Iterable[Terms]:
    if isinstance(filters, Expression):
        yield from (tuple(map(_condition, group)) for group in filters.groups())
        return
    entries: list[Any] = [filters] if isinstance(filters, Filter | Mapping) else list(filters or ())
    if any(isinstance(entry, Expression) for entry in entries):
        raise ConfigError("expressions are combined with & and |, not put into a list")
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
    _complete(named)
    for name in ("value", "highValue"):
        if name in named:
            named[name] = wire_value(named[name], named["propertyName"])
    if "values" in named:
        named["values"] = [wire_value(value, named["propertyName"]) for value in named["values"]]
    return named


def _complete(named: Mapping[str, Any]) -> None:
    """Refuses a filter that has not what its operator takes."""
    operator, name = named["operator"], named["propertyName"]
    if operator not in TAKES:
        raise ConfigError(f"no operator {operator!r} (of {name!r}): there are {', '.join(TAKES)}")
    takes = TAKES[operator]
    has = {field for field in ("value", "highValue", "values") if named.get(field) is not None}
    if has != takes:
        wanted = " and ".join(sorted(takes, reverse=True)) or "no value"
        raise ConfigError(f"{operator} of {name!r} takes {wanted}, not {', '.join(sorted(has)) or 'nothing'}")
    if isinstance(named.get("values"), str) or ("values" in takes and not named["values"]):
        raise ConfigError(f"{operator} of {name!r} takes a list of values, not {named['values']!r}")


def _shorter(group: Terms) -> list[Terms]:
    """The group, or copies of it with parts of its longest list of values each."""
    longest = max(
        (item for item in group if item["operator"] == "IN"),
        key=lambda item: sum(len(value) + 3 for value in item["values"]),
        default=None,
    )
    if longest is None or _fits(longest["values"]):
        return [group]
    cut: list[list[str]] = [[]]
    for value in longest["values"]:
        if cut[-1] and not _fits([*cut[-1], value]):
            cut.append([])
        cut[-1].append(value)
    place = group.index(longest)
    return [(*group[:place], {**longest, "values": part}, *group[place + 1 :]) for part in cut]


def _fits(values: list[str]) -> bool:
    """Room is left for the other filters and the properties of a search."""
    return len(values) <= MOST_VALUES and sum(len(value) + 3 for value in values) <= LONGEST_LIST


def _factored(groups: tuple[Terms, ...]) -> tuple[Terms, ...]:
    """Groups that differ in the value of one property only, as one group with a list of values."""
    merged: list[Terms] = []
    for group in groups:
        for place, other in enumerate(merged):
            if (both := _one_of_two(other, group)) is not None:
                merged[place] = both
                break
        else:
            merged.append(group)
    return tuple(merged) if len(merged) == len(groups) else _factored(tuple(merged))


def _one_of_two(left: Terms, right: Terms) -> Terms | None:
    shared = [item for item in left if item in right]
    own = [[item for item in group if item not in shared] for group in (left, right)]
    if len(left) != len(right) or len(own[0]) != 1 or len(own[1]) != 1:
        return None
    one, two = own[0][0], own[1][0]
    name = one["propertyName"]
    if two["propertyName"] != name or not {one["operator"], two["operator"]} <= {"EQ", "IN"}:
        return None
    values = dict.fromkeys(value for item in (one, two) for value in item.get("values", [item.get("value")]))
    return (*shared, {"propertyName": name, "operator": "IN", "values": list(values)})
