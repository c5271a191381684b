"""Searches written as Python: `(p.amount >= 10_000) & ~p.dealstage.is_in("closedlost")`.

An expression becomes HubSpot's groups of filters: groups of which one has to match, of filters that all have
to. https://developers.hubspot.com/docs/guides/api/crm/search
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import msgspec

from hubwire.client.kinds import singular, type_id
from hubwire.client.values import wire_value
from hubwire.errors import ConfigError

MOST_GROUPS = 500
"""Groups that an expression may pass through on its way to fewer."""

OPPOSITES = {
    "EQ": "NEQ",
    "LT": "GTE",
    "LTE": "GT",
    "IN": "NOT_IN",
    "HAS_PROPERTY": "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN": "NOT_CONTAINS_TOKEN",
}
OPPOSITES |= {opposite: operator for operator, opposite in OPPOSITES.items()}
NEEDS_A_VALUE = {"LT", "LTE", "GT", "GTE"}
"""Comparisons that a record without a value never passes."""


class Filter(msgspec.Struct, frozen=True):
    """One condition: `Filter("amount", "GTE", 1000)`, `Filter("city", "IN", values=["Bonn", "Ulm"])`."""

    property: str
    operator: str = "EQ"
    value: Any = None
    high_value: Any = None
    values: Sequence[Any] | None = None

    def __post_init__(self) -> None:
        if self.values is not None:
            msgspec.structs.force_setattr(self, "values", tuple(self.values))


Group = tuple[Filter, ...]


class Expression:
    """What records have to be like. Combine with `&`, `|` and `~`, each comparison in parentheses."""

    __slots__ = ()

    def groups(self) -> tuple[Group, ...]:
        """Groups of which one has to match, of filters that all have to."""
        raise TypeError(f"{type(self).__name__} has no groups of its own")

    def __and__(self, other: Expression) -> Expression:
        return _Both(self, _expression(other))

    def __or__(self, other: Expression) -> Expression:
        return _Either(self, _expression(other))

    def __invert__(self) -> Expression:
        return _Not(self)

    def _opposite(self) -> Expression:
        raise TypeError(f"{type(self).__name__} has no opposite")

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "an expression is not true or false: combine with &, | and ~ instead of and, or and not, and put "
            "comparisons in parentheses"
        )

    def __repr__(self) -> str:
        return " | ".join(" & ".join(map(_shown, group)) or "everything" for group in self.groups())


class _Not(Expression):
    __slots__ = ("inner",)

    def __init__(self, inner: Expression) -> None:
        # At once, so that what has no opposite is refused where it is written.
        self.inner, _ = inner, inner._opposite()

    def groups(self) -> tuple[Group, ...]:
        return self.inner._opposite().groups()

    def _opposite(self) -> Expression:
        return self.inner


class _Leaf(Expression):
    __slots__ = ("filter",)

    def __init__(self, only: Filter) -> None:
        self.filter = only

    def groups(self) -> tuple[Group, ...]:
        return ((self.filter,),)

    def _opposite(self) -> Expression:
        only = self.filter
        if only.property.startswith("associations."):
            raise ConfigError(
                "HubSpot can search for records that are associated with one, not for the others"
            )
        unset = _Leaf(Filter(only.property, "NOT_HAS_PROPERTY"))
        if only.operator == "BETWEEN":
            below = _Leaf(Filter(only.property, "LT", only.value))
            above = _Leaf(Filter(only.property, "GT", only.high_value))
            return below | above | unset
        opposite = _Leaf(msgspec.structs.replace(only, operator=OPPOSITES[only.operator]))
        # All other records: those without a value are neither less nor more.
        return opposite | unset if only.operator in NEEDS_A_VALUE else opposite


class _Both(Expression):
    __slots__ = ("left", "right")

    def __init__(self, left: Expression, right: Expression) -> None:
        self.left, self.right = left, right

    def groups(self) -> tuple[Group, ...]:
        left, right = self.left.groups(), self.right.groups()
        if len(left) * len(right) > MOST_GROUPS:
            raise ConfigError(
                "the expression has too many alternatives for one search: search in several steps"
            )
        return tuple(dict.fromkeys(_tightened((*one, *other)) for one in left for other in right))

    def _opposite(self) -> Expression:
        return ~self.left | ~self.right


class _Either(Expression):
    __slots__ = ("left", "right")

    def __init__(self, left: Expression, right: Expression) -> None:
        self.left, self.right = left, right

    def groups(self) -> tuple[Group, ...]:
        return tuple(dict.fromkeys((*self.left.groups(), *self.right.groups())))

    def _opposite(self) -> Expression:
        return ~self.left & ~self.right


class Property:
    """A property, to be compared: `p.amount >= 10_000`.

    Of the comparisons, a record without a value passes `!=` only.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, value: Any) -> Expression:  # type: ignore[override]  # an expression, not a truth
        """Has this value. Texts compare in any letter case; None is for no value at all."""
        return self.is_unknown() if value is None else self._compared("EQ", value)

    def __ne__(self, value: Any) -> Expression:  # type: ignore[override]  # as above
        return self.is_known() if value is None else self._compared("NEQ", value)

    def __lt__(self, value: Any) -> Expression:
        return self._compared("LT", value)

    def __le__(self, value: Any) -> Expression:
        return self._compared("LTE", value)

    def __gt__(self, value: Any) -> Expression:
        return self._compared("GT", value)

    def __ge__(self, value: Any) -> Expression:
        return self._compared("GTE", value)

    def between(self, low: Any, high: Any) -> Expression:
        """From one value to another, both included."""
        return _Leaf(Filter(self.name, "BETWEEN", self._value(low), self._value(high)))

    def is_in(self, *values: Any) -> Expression:
        """Has one of these values, given one by one or as one list."""
        return _Leaf(Filter(self.name, "IN", values=self._values(values)))

    def not_in(self, *values: Any) -> Expression:
        """Has none of these values."""
        return _Leaf(Filter(self.name, "NOT_IN", values=self._values(values)))

    def is_known(self) -> Expression:
        """Has a value."""
        return _Leaf(Filter(self.name, "HAS_PROPERTY"))

    def is_unknown(self) -> Expression:
        """Has no value."""
        return _Leaf(Filter(self.name, "NOT_HAS_PROPERTY"))

    def contains_token(self, token: str) -> Expression:
        """Contains a word; `*` stands for the rest of one: `p.email.contains_token("*@example.com")`."""
        return _Leaf(Filter(self.name, "CONTAINS_TOKEN", self._wire(token)))

    def asc(self) -> str:
        """Sorts by it, smallest first."""
        return self.name

    def desc(self) -> str:
        """Sorts by it, largest first."""
        return f"-{self.name}"

    def _compared(self, operator: str, value: Any) -> Expression:
        return _Leaf(Filter(self.name, operator, self._value(value)))

    def _values(self, values: tuple[Any, ...]) -> tuple[str, ...]:
        if len(values) == 1 and isinstance(values[0], Iterable) and not isinstance(values[0], str):
            values = tuple(values[0])
        if not values:
            raise ConfigError(f"a list of values for {self.name!r} is empty, and nothing can be in it")
        return tuple(dict.fromkeys(map(self._value, values)))

    def _value(self, value: Any) -> str:
        """What the property is compared with; typed fields refuse what is of another type."""
        return self._wire(value)

    def _wire(self, value: Any) -> str:
        if isinstance(value, list | tuple | set | frozenset | Expression | Property):
            raise ConfigError(
                f"{self.name!r} is compared with one value, not with {type(value).__name__}; "
                "for several there are is_in and not_in"
            )
        text = wire_value(value, self.name)
        if not text:
            raise ConfigError(f"{self.name!r} without a value is p.{self.name}.is_unknown()")
        return text

    def __repr__(self) -> str:
        return f"p.{self.name}" if self.name.isidentifier() else f"p[{self.name!r}]"


class Properties:
    """Any property by its name: `p.amount`, `p["amount"]`. What is compared becomes a search."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Property:
        if name.startswith("__"):
            raise AttributeError(name)
        return Property(name)

    def __getitem__(self, name: str) -> Property:
        return Property(name)

    def linked_to(self, kind: str, *ids: Any) -> Expression:
        """Is associated with one of these records: `p.linked_to("companies", 12)`. Not for custom objects."""
        if type_id(kind).startswith("2-") or not singular(kind):
            raise ConfigError(
                f"HubSpot cannot search by associations with {kind!r}: it can with standard types only. "
                "Read them from the other side: hub.associations.linked"
            )
        values = Property("hs_object_id")._values(ids)
        name = f"associations.{singular(kind)}"
        only = Filter(name, "EQ", values[0]) if len(values) == 1 else Filter(name, "IN", values=values)
        return _Leaf(only)

    def __repr__(self) -> str:
        return "p"


p = Properties()
"""Any property of a record by its name, for searches: `p.amount >= 10_000`, `p["amount"].is_known()`."""


def _expression(other: Any) -> Expression:
    if not isinstance(other, Expression):
        raise TypeError(
            f"{other!r} is not an expression: put comparisons in parentheses, (p.a == 1) & (p.b == 2)"
        )
    return other


def _tightened(group: Group) -> Group:
    """The same group, lower and upper bound of a property as one filter: HubSpot counts filters."""
    kept = list(dict.fromkeys(group))
    for low in [one for one in kept if one.operator == "GTE"]:
        high = next((one for one in kept if one.operator == "LTE" and one.property == low.property), None)
        if high is not None and low in kept:
            kept[kept.index(low)] = Filter(low.property, "BETWEEN", low.value, high.value)
            kept.remove(high)
    return tuple(kept)


def _shown(only: Filter) -> str:
    values = [text for text in (only.value, only.high_value) if text is not None] + list(only.values or ())
    return " ".join([only.property, only.operator, *map(repr, values)])
