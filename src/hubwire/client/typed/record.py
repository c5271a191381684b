"""Records whose properties are attributes with types, and that know what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self, dataclass_transform

from hubwire.client.records import Record
from hubwire.client.typed.fields import Field, ReadOnly
from hubwire.client.typed.read import Odd
from hubwire.client.values import CLEAR
from hubwire.errors import ConfigError

AnyField = Field[Any, Any] | ReadOnly[Any]


class NotLoaded(ConfigError, AttributeError):
    """A property that was not asked for, or that the account no longer has."""


@dataclass_transform(kw_only_default=True)
class TypedRecord:
    """A record of one type. Made by hand it is new: `hub.records(Deal).save(Deal(dealname="Engine"))`.

    Assigning to an attribute changes nothing in HubSpot; saving sends what was changed, and that alone.
    `CLEAR` empties a property, `UNSET` takes a change back.
    """

    __slots__ = ("_changed", "_properties", "_record", "_whole")

    KIND: ClassVar[str] = ""
    """The object type, as HubSpot's paths name it."""
    FIELDS: ClassVar[Mapping[str, AnyField]] = {}
    """By HubSpot's name of the property."""

    def __init_subclass__(cls, kind: str = "") -> None:
        super().__init_subclass__()
        if kind:
            cls.KIND = kind
        own = {value.name: value for value in vars(cls).values() if isinstance(value, Field | ReadOnly)}
        cls.FIELDS = {**cls.FIELDS, **own}

    def __init__(self, **values: Any) -> None:
        self._record: Record | None = None
        self._properties: dict[str, str | None] = {}
        self._changed: dict[str, str] = {}
        self._whole = True
        for name, value in values.items():
            if not isinstance(getattr(type(self), name, None), Field | ReadOnly):
                raise ConfigError(f"{type(self).__name__} has no property {name!r}")
            setattr(self, name, value)

    @classmethod
    def of(cls, record: Record) -> Self:
        """A record as it was read, with types."""
        typed = cls.__new__(cls)
        typed._record, typed._changed, typed._whole = record, {}, False
        typed._properties = dict(record.properties)
        return typed

    @property
    def id(self) -> str:
        """Unique among the records of its type; empty for one that was not saved yet."""
        return "" if self._record is None else self._record.id

    @property
    def record(self) -> Record | None:
        """The answer that it was last read or saved by: `created_at`, `url`, `associations`, `history`."""
        return self._record

    @property
    def raw(self) -> Mapping[str, str | None]:
        """The stored texts by HubSpot's names, without the changes."""
        return self._properties

    def changes(self) -> dict[str, str]:
        """What saving would send: HubSpot's names, and texts as HubSpot stores them."""
        return dict(self._changed)

    def to_dict(self) -> dict[str, Any]:
        """HubSpot's names and the values as their attributes give them: of what was read and what was set."""
        names = [name for name in self.FIELDS if name in self._properties or name in self._changed]
        return {"id": self.id, **{name: self.FIELDS[name].__get__(self, type(self)) for name in names}}

    def odd(self) -> tuple[Odd, ...]:
        """Stored values that are not of their type. Their attributes are None, or `Other` for a choice."""
        found = []
        for name, text in self._properties.items():
            field = self.FIELDS.get(name)
            if field is not None and text:
                reason = _plain(field).oddity(text)
                if reason is not None:
                    found.append(Odd(name, text, reason))
        return tuple(found)

    def clear(self, *fields: AnyField) -> None:
        """Empties properties: `deal.clear(Deal.amount)` is `deal.amount = CLEAR`."""
        for field in fields:
            if isinstance(field, ReadOnly):
                raise ConfigError(f"property {field.name!r} is set by HubSpot alone")
            field.__set__(self, CLEAR)

    def revert(self) -> None:
        """Takes all changes back."""
        self._changed.clear()

    def _text(self, name: str) -> str | None:
        if name in self._changed:
            return self._changed[name]
        if name in self._properties or self._whole:
            return self._properties.get(name)
        raise NotLoaded(
            f"property {name!r} of {self.KIND} {self.id} is not in the answer it was read from: ask for it "
            "with `properties`. If it was asked for, the account no longer has it: `hubwire types --check`"
        )

    def _put(self, name: str, text: str | None) -> None:
        """A change; None takes it back."""
        self._changed.pop(name, None)
        if text is None:
            return
        known = name in self._properties or self._whole
        if not known or not _plain(self.FIELDS[name]).same(text, self._properties.get(name) or ""):
            self._changed[name] = text

    def _saved(self, record: Record, sent: Mapping[str, str], *, whole: bool | None = None) -> None:
        """The answer to a write. `whole` tells whether it shows all that is stored."""
        self._record = record
        self._whole = self._whole if whole is None else whole
        self._properties |= {name: text or None for name, text in sent.items()}
        self._properties |= record.properties
        for name, text in sent.items():
            # It may have been changed again while the answer was under way.
            if self._changed.get(name) == text:
                del self._changed[name]

    def __repr__(self) -> str:
        changed = f", {len(self._changed)} changed" if self._changed else ""
        return f"{type(self).__name__}({self.id!r}, {len(self._properties)} properties{changed})"


def names(
    fields: Iterable[AnyField | str] | AnyField | str | None, kind: type[TypedRecord]
) -> tuple[str, ...]:
    """The properties to ask for: those named, or all that the class has."""
    if fields is None:
        return tuple(kind.FIELDS)
    if isinstance(fields, str | Field | ReadOnly):
        fields = (fields,)
    return tuple(dict.fromkeys(each if isinstance(each, str) else each.name for each in fields))


def _plain(field: AnyField) -> Field[Any, Any]:
    return field.field if isinstance(field, ReadOnly) else field
