"""Which column goes to which property of which object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hubwire.catalogue.load import object_type
from hubwire.mirror.push.faults import BadInput
from hubwire.mirror.push.fields import Field, tidy
from hubwire.mirror.push.layout import Fields, Layout, LeftOut, Side, Target, close, match
from hubwire.mirror.push.table import Table, likely_delimiter, wrong_delimiter

DEFAULT_KEYS = {"contacts": "email", "companies": "domain"}
"""What a record of the type is found by when nothing else is said."""

REFUSED_COLUMNS = ("line", "reason")
"""The two columns that a file of refused rows has at its end: they are skipped when that file is pushed
again.
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asked for, unresolved."""

    object: str
    key: str | None = None
    maps: tuple[str, ...] = ()
    """``column=property``, ``column=object.property``, or ``column=`` to drop a column."""
    associate: tuple[str, ...] = ()
    """``object:key property`` of associated objects."""


@dataclass
class _Resolver:
    table: Table
    wish: Wish
    definitions: Callable[[str], Fields]
    found: dict[str, dict[str, Target]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def column(self, name: str) -> int:
        """Position of a column that the caller named, its letter case forgiven when that is unambiguous."""
        columns = self.table.columns
        if name in columns:
            return columns.index(name)
        loose = [index for index, column in enumerate(columns) if column.casefold() == name.casefold()]
        if len(loose) == 1:
            return loose[0]
        raise BadInput(
            f"{self.table.path} has no column {name!r}{close(name, columns)}. Nothing was written."
        )

    def assigned(self) -> dict[int, str]:
        """What `--map` says about each column it names."""
        said: dict[int, str] = {}
        for entry in self.wish.maps:
            name, equals, target = entry.rpartition("=")
            if not equals or not name.strip():
                raise BadInput(
                    f"--map {entry!r} should read 'column=property' (or 'column=' to leave it out)."
                )
            index = self.column(name.strip())
            if index in said:
                raise BadInput(f"--map names column {self.table.columns[index]!r} twice. Keep one of them.")
            said[index] = target.strip()
        return said

    def split(self, name: str) -> tuple[str, str]:
        """Object type and property that a (possibly dotted) name means."""
        prefix, dot, rest = name.partition(".")
        if dot and rest.strip() and (known := object_type(prefix.strip())) is not None:
            return known.name, rest.strip()
        return self.wish.object, name

    def key(self, object_: str) -> str | None:
        """The property that tells records of a type apart, as asked for or by default."""
        wanted = self.wish.key if object_ == self.wish.object else association_keys(self.wish).get(object_)
        return wanted or DEFAULT_KEYS.get(object_)

    def writable(self, object_: str, found: Field) -> bool:
        """Whether a column of that property has a use: it is written, or it is the key."""
        key = self.key(object_)
        return not found.read_only or (key is not None and match(key, self.definitions(object_)) is found)

    def put(self, index: int, object_: str, found: Field) -> None:
        side = self.found.setdefault(object_, {})
        column = self.table.columns[index]
        if (other := side.get(found.name)) is not None:
            raise BadInput(
                f"Columns {other.column!r} and {column!r} both mean {object_} property {found.name!r}. "
                f"Leave one out with --map '{column}='. Nothing was written."
            )
        side[found.name] = Target(index, column, found)

    def named(self, index: int, target: str) -> None:
        """Obey `--map` for one column, or refuse: whoever names a property means it."""
        object_, name = self.split(target)
        fields = self.definitions(object_)
        found, said = match(name, fields), f"--map '{self.table.columns[index]}={target}'"
        if found is None:
            raise BadInput(
                f"{said}: the account's {object_} have no property {name!r}{close(name, [*fields])}. "
                "Nothing was written."
            )
        if not self.writable(object_, found):
            raise BadInput(
                f"{said}: HubSpot sets {found.name!r} itself, it cannot be written. Nothing was written."
            )
        self.put(index, object_, found)

    def guessed(self, index: int) -> None:
        """Find what an unmapped column means by its own name; what cannot be found is left out, and said."""
        column = self.table.columns[index]
        if not column:
            if self.table.used[index]:
                self.left_out.append(LeftOut(f"(column {index + 1})", "it has no name in line 1"))
            return
        object_, name = self.split(column)
        fields = self.definitions(object_)
        found = match(name, fields)
        if found is None:
            of, whose = ("", "") if object_ == self.wish.object else (f"{object_}.", f" of {object_}")
            hint = f"map it with --map '{column}={of}PROPERTY' or create it"
            reason = f"the account has no such property{whose}{close(name, [*fields])}; {hint}"
            self.left_out.append(LeftOut(column, reason))
        elif not self.writable(object_, found):
            self.left_out.append(LeftOut(column, f"HubSpot sets {found.name!r} itself, it cannot be written"))
        else:
            self.put(index, object_, found)

    def side(self, object_: str) -> Side:
        """The side of one object type, its key checked to be there."""
        wanted = self.key(object_)
        if wanted is None:
            how = "--key PROPERTY" if object_ == self.wish.object else f"--associate {object_}:PROPERTY"
            raise BadInput(f"Say which property tells {object_} apart: {how}. Nothing was written.")
        fields, found = self.definitions(object_), self.found.get(object_, {})
        key = match(wanted, fields)
        if key is None:
            raise BadInput(
                f"The account's {object_} have no property {wanted!r}{close(wanted, [*fields])}, so it "
                "cannot be their key. Nothing was written."
            )
        if key.name not in found:
            main = object_ == self.wish.object
            raise BadInput(
                missing_key(self.table, key, object_) if main else keyless(object_, key, [*found.values()])
            )
        written = [target for target in found.values() if not target.field.read_only]
        order = sorted(written, key=lambda target: target.index)
        return Side(object_, key, found[key.name].index, tuple(order))


def resolve(table: Table, wish: Wish, definitions: Callable[[str], Fields]) -> Layout:
    """Settle the header; what cannot be as asked raises `BadInput`."""
    resolver = _Resolver(table, wish, definitions)
    said, ours = resolver.assigned(), refused_columns(table)
    for index, target in said.items():
        if target:
            resolver.named(index, target)
    for index, column in enumerate(table.columns):
        if index not in said and (index not in ours or match(column, definitions(wish.object))):
            resolver.guessed(index)
    for name in association_keys(wish):
        if name not in resolver.found:
            raise BadInput(
                f"--associate {name}: no column is about {name}. Call columns '{name}.PROPERTY' or map them "
                f"with --map 'column={name}.PROPERTY'. Nothing was written."
            )
    others = [name for name in resolver.found if name != wish.object]
    main = resolver.side(wish.object)
    return Layout(main, tuple(map(resolver.side, others)), tuple(resolver.left_out))


def refused_columns(table: Table) -> frozenset[int]:
    """Positions of the last two columns if this is a file of refused rows."""
    size = len(table.columns)
    return (
        frozenset({size - 2, size - 1}) if size > 2 and table.columns[-2:] == REFUSED_COLUMNS else frozenset()
    )


def association_keys(wish: Wish) -> dict[str, str]:
    """Object type → key property out of `--associate companies:domain`."""
    keys: dict[str, str] = {}
    for entry in wish.associate:
        name, _, key = entry.partition(":")
        known = object_type(name.strip())
        if known is None or not key.strip():
            raise BadInput(f"--associate {entry!r} should read 'object:key', for example 'companies:domain'.")
        keys[known.name] = key.strip()
    return keys


def missing_key(table: Table, key: Field, object_: str) -> str:
    """What to say when no column is the key: another delimiter, a similar name, or only what there is."""
    for name in table.columns:
        other = likely_delimiter(name, table.delimiter)
        parts = {part.strip(' "').casefold() for part in name.split(other)} if other else set()
        if other and {key.name.casefold(), tidy(key.label).casefold()} & parts:
            return wrong_delimiter(table.path, table.delimiter, other)
    near = close(key.name, table.columns, aliases=(key.label,))
    columns = ", ".join(map(repr, table.columns[:20])) + (", …" if len(table.columns) > 20 else "")
    return (
        f"{table.path} has no column for {key.name!r}, the key of {object_}{near}. Its columns are: "
        f"{columns}. Name one with --map 'column={key.name}', or another key with --key. Nothing was written."
    )


def keyless(object_: str, key: Field, found: list[Target]) -> str:
    columns = ", ".join(repr(target.column) for target in found)
    return (
        f"Columns about {object_} ({columns}), but none for {key.name!r}, which tells {object_} apart: map "
        f"one with "
        f"--map 'column={object_}.{key.name}', name another key with --associate {object_}:PROPERTY, or "
        f"leave the "
        f"columns out with --map 'column='. Nothing was written."
    )
