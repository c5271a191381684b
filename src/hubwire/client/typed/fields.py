"""Properties as attributes of record classes: text in the account, a Python value in the program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, get_args, overload

from hubwire.client.expressions import Property
from hubwire.client.typed import read
from hubwire.client.typed.read import Other
from hubwire.client.values import UNSET, Marker, wire_value
from hubwire.errors import ConfigError

R = TypeVar("R")
"""What reading the attribute gives, if something is stored."""
W = TypeVar("W")
"""What may be assigned to it, besides `CLEAR` and `UNSET`."""
L = TypeVar("L", bound=str)


class Holder(Protocol):
    """What a record class has to offer its fields."""

    def _text(self, name: str) -> str | None: ...

    def _put(self, name: str, text: str | None) -> None: ...


class Field(Property, Generic[R, W]):
    """One property. On the class the attribute is the field itself, which searches can compare:

    hub.records(Deal).search((Deal.amount >= 10_000) & Deal.closedate.is_known(), sort=Deal.amount.desc())
    """

    @overload
    def __get__(self, record: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, record: Holder, owner: type[Any]) -> R | None: ...

    def __get__(self, record: Holder | None, owner: type[Any]) -> Self | R | None:
        if record is None:
            return self
        text = record._text(self.name)
        if not text:
            return None
        try:
            return self.read(text)
        except read.Unreadable:
            return None

    def __set__(self, record: Holder, value: W | Marker) -> None:
        record._put(self.name, None if value is UNSET else self.text(value))

    def read(self, text: str) -> R:
        """The value that a stored text stands for; `Unreadable` when it stands for none."""
        raise NotImplementedError  # an abstract base: every kind of field says

    def text(self, value: W | Marker) -> str:
        """A value in the form that HubSpot stores; `""` for `CLEAR`."""
        if isinstance(value, Marker):
            return ""
        if value is None:
            raise ConfigError(f"property {self.name!r} is not emptied by None: say CLEAR")
        if not self.takes(value):
            raise ConfigError(f"property {self.name!r} takes {self.wants}, not {type(value).__name__}")
        return wire_value(value, self.name)

    wants = "text"

    def takes(self, value: Any) -> bool:
        """Whether a value is of the property's type."""
        return isinstance(value, str)

    def same(self, one: str, other: str) -> bool:
        """Whether two texts stand for one value."""
        if one == other:
            return True
        try:
            return bool(one and other) and self.read(one) == self.read(other)
        except read.Unreadable:
            return False

    def comparable(self, text: str) -> None:
        """`Unreadable` where stored values cannot be compared with this one."""
        self.read(text)

    def _value(self, value: Any) -> str:
        text = super()._value(value)
        try:
            self.comparable(text)
        except read.Unreadable as why:
            raise ConfigError(f"property {self.name!r} cannot be compared with {text!r}: {why}") from None
        return text

    def oddity(self, text: str) -> str | None:
        """What is wrong with a stored text; None when nothing is."""
        try:
            self.read(text)
        except read.Unreadable as why:
            return str(why)
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class Text(Field[str, str]):
    """Text as it is stored."""

    def read(self, text: str) -> str:
        return text


class Number(Field[Decimal, Decimal | int | float]):
    """A number, with exactly the digits that are stored."""

    wants = "a number"

    def read(self, text: str) -> Decimal:
        return read.number(text)

    def takes(self, value: Any) -> bool:
        return isinstance(value, Decimal | int | float) and not isinstance(value, bool)


class Bool(Field[bool, bool]):
    """True or False."""

    wants = "True or False"

    def read(self, text: str) -> bool:
        return read.boolean(text)

    def takes(self, value: Any) -> bool:
        return isinstance(value, bool)


class Date(Field[dt.date, dt.date]):
    """A calendar day."""

    wants = "a date without a time"

    def read(self, text: str) -> dt.date:
        return read.day(text)

    def comparable(self, text: str) -> None:
        read.moment(text)

    def takes(self, value: Any) -> bool:
        return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


class Datetime(Field[dt.datetime, dt.datetime]):
    """A moment; read in UTC, written from any zone."""

    wants = "a datetime"

    def read(self, text: str) -> dt.datetime:
        return read.moment(text)

    def takes(self, value: Any) -> bool:
        return isinstance(value, dt.datetime)


class _Options:
    """The values that a `Literal` lists."""

    name: str

    def __init__(self, name: str, options: Any) -> None:
        self.name, self._literal = name, options

    @cached_property
    def options(self) -> frozenset[str]:
        """The choices that the module knows."""
        return frozenset(get_args(self._literal))

    def known(self, value: str) -> bool:
        """Whether it is a choice; an `Other` is one by declaration."""
        return type(value) is Other or value in self.options

    def chosen(self, value: str) -> Any:
        """The choice, marked when it is none that the module knows."""
        return value if value in self.options else Other(value)

    def refuse(self, value: object) -> ConfigError:
        """What to do about a choice that is none."""
        return ConfigError(
            f"{value!r} is no option of property {self.name!r} in this module; if the account has it, run "
            "`hubwire types` again, or write Other(...)"
        )


class Choice(_Options, Field[L | Other, L | Other]):
    """One of the options of an enumeration; `Other` where the module does not know the option."""

    wants = "one of its options"

    def read(self, text: str) -> L | Other:
        chosen: L | Other = self.chosen(text)
        return chosen

    def text(self, value: L | Other | Marker) -> str:
        text = super().text(value)
        if isinstance(value, str) and not self.known(value):
            raise self.refuse(value)
        return text

    def oddity(self, text: str) -> str | None:
        return None if text in self.options else "no option that the module knows"


class Choices(_Options, Field[tuple[L | Other, ...], Iterable[L | Other]]):
    """Any of the options of an enumeration, in the order in which they are stored."""

    wants = "several of its options"

    def read(self, text: str) -> tuple[L | Other, ...]:
        return tuple(self.chosen(part) for part in read.several(text))

    def text(self, value: Iterable[L | Other] | Marker) -> str:
        if isinstance(value, Iterable) and not isinstance(value, str):
            value = tuple(value)
            for part in value:
                if not isinstance(part, str) or ";" in part or not self.known(part):
                    raise self.refuse(part)
        return super().text(value)

    def takes(self, value: Any) -> bool:
        return isinstance(value, tuple)

    def same(self, one: str, other: str) -> bool:
        return set(read.several(one)) == set(read.several(other))

    def oddity(self, text: str) -> str | None:
        unknown = [part for part in read.several(text) if part not in self.options]
        return f"no option that the module knows: {', '.join(unknown)}" if unknown else None


class ReadOnly(Property, Generic[R]):
    """A property whose value HubSpot sets."""

    def __init__(self, field: Field[R, Any]) -> None:
        super().__init__(field.name)
        self.field = field

    @overload
    def __get__(self, record: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, record: Holder, owner: type[Any]) -> R | None: ...

    def __get__(self, record: Holder | None, owner: type[Any]) -> Self | R | None:
        return self if record is None else self.field.__get__(record, owner)

    def _value(self, value: Any) -> str:
        return self.field._value(value)

    if not TYPE_CHECKING:
        # Type checkers refuse the assignment because there is no such method.
        def __set__(self, record: Holder, value: Any) -> None:
            raise ConfigError(f"property {self.name!r} is set by HubSpot alone")

    def __repr__(self) -> str:
        return f"ReadOnly({self.field!r})"
