"""Records as HubSpot answers them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from hubwire.errors import Problem, UnexpectedAnswer
from hubwire.wire.message import Reply

T = TypeVar("T")


class Version(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One earlier or present value of a property."""

    value: str | None = None
    timestamp: str | None = None
    source_type: str | None = None
    source_id: str | None = None
    source_label: str | None = None
    updated_by_user_id: int | None = None


class Linked(NamedTuple):
    """A record at the other end of an association, as a read with `associations` tells it."""

    id: str
    type: str
    """Name of the association's definition: `contact_to_company`."""


class Record(msgspec.Struct, eq=False, gc=False):
    """A record of any type. Its properties are decoded when first touched.

    Unknown fields are passed over, and odd ones do not make the rest unreadable.
    """

    _id: Any = msgspec.field(name="id", default="")
    _properties: msgspec.Raw = msgspec.field(name="properties", default_factory=msgspec.Raw)
    _created_at: Any = msgspec.field(name="createdAt", default=None)
    _updated_at: Any = msgspec.field(name="updatedAt", default=None)
    _archived: Any = msgspec.field(name="archived", default=False)
    _archived_at: Any = msgspec.field(name="archivedAt", default=None)
    _url: Any = msgspec.field(name="url", default=None)
    _associations: msgspec.Raw = msgspec.field(name="associations", default_factory=msgspec.Raw)
    _history: msgspec.Raw = msgspec.field(name="propertiesWithHistory", default_factory=msgspec.Raw)
    _new: Any = msgspec.field(name="new", default=None)
    _trace_id: Any = msgspec.field(name="objectWriteTraceId", default=None)
    _decoded: Any = msgspec.field(name="$decoded", default=None)

    @property
    def id(self) -> str:
        """Unique among the records of its type."""
        return self._id if type(self._id) is str else str(self._id)

    @property
    def properties(self) -> Mapping[str, str | None]:
        """Name → value, as text; None where nothing is stored."""
        found: dict[str, str | None] | None = self._decoded
        if found is None:
            found = self._decoded = _texts(self._properties)
            # Lets go of the page that the raw bytes are a part of.
            self._properties = _NOTHING
        return found

    def __getitem__(self, name: str) -> str | None:
        """KeyError for a property that was not asked for, or that the account does not have."""
        return self.properties[name]

    def __contains__(self, name: object) -> bool:
        return name in self.properties

    def get(self, name: str, default: str | None = None) -> str | None:
        """The value, or `default` where the answer does not hold the property or nothing is stored in it."""
        value = self.properties.get(name)
        return default if value is None else value

    @property
    def created_at(self) -> dt.datetime | None:
        """With its time zone; None where the answer has none that can be read."""
        return moment(self._created_at)

    @property
    def updated_at(self) -> dt.datetime | None:
        """The last change of any property."""
        return moment(self._updated_at)

    @property
    def archived(self) -> bool:
        """Whether the record was deleted."""
        return self._archived is True

    @property
    def archived_at(self) -> dt.datetime | None:
        """When the record was deleted."""
        return moment(self._archived_at)

    @property
    def url(self) -> str | None:
        """The record's page in HubSpot."""
        return self._url if isinstance(self._url, str) else None

    @property
    def associations(self) -> dict[str, tuple[Linked, ...]]:
        """By object type, one entry per record and association type; empty unless asked for.

        HubSpot sends the first hundred or so of each type: see `more_associations`.
        """
        return _linked(self._associations)

    @property
    def more_associations(self) -> tuple[str, ...]:
        """Those object types in `associations` of which the record has more than are there. All of them are
        read by `hub.associations.linked`.
        """
        groups = _tolerant(self._associations, dict[str, _Group]) or {}
        return tuple(name for name, group in groups.items() if cursor(group.paging) is not None)

    @property
    def history(self) -> dict[str, tuple[Version, ...]]:
        """By property, newest first; empty unless asked for with `history`."""
        return _tolerant(self._history, dict[str, tuple[Version, ...]]) or {}

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON or a data frame."""
        return {
            "id": self.id,
            "properties": dict(self.properties),
            "createdAt": self._created_at,
            "updatedAt": self._updated_at,
            "archived": self.archived,
        }

    def __repr__(self) -> str:
        return f"Record({self.id!r}, {len(self.properties)} properties)"


class Next(msgspec.Struct, gc=False):
    after: Any = None


class Paging(msgspec.Struct, gc=False):
    next: Next | None = None


class _Group(msgspec.Struct, gc=False):
    """Associations of one type, as they come with a record."""

    paging: Paging | None = None


class Page(msgspec.Struct, gc=False):
    """One page of a list or a search."""

    results: list[Record]
    paging: Paging | None = None
    total: int | None = None

    @property
    def after(self) -> str | None:
        """Where the next page starts; None on the last one."""
        return cursor(self.paging)


class Batch(msgspec.Struct, gc=False):
    """The answer of a batch call; `results` and `errors` together should account for every input."""

    results: list[Record] = []
    errors: list[dict[str, Any]] = []


def cursor(paging: Paging | None) -> str | None:
    """The `after` of the next page; HubSpot's own pagers stop where it is missing or empty."""
    after = paging.next.after if paging is not None and paging.next is not None else None
    return str(after) if after else None


_NOTHING = msgspec.Raw()
_strict_texts = msgspec.json.Decoder(dict[str, str | None])
_record = msgspec.json.Decoder(Record)
_page = msgspec.json.Decoder(Page)
_batch = msgspec.json.Decoder(Batch)
_anything = msgspec.json.Decoder()


def read_record(reply: Reply) -> Record:
    """A single record."""
    record = decode(reply, _record)
    if not record.id:
        raise unexpected(reply, "a record has an id")
    return record


def read_page(reply: Reply) -> Page:
    """A page of a list or a search."""
    return decode(reply, _page)


def read_batch(reply: Reply) -> Batch:
    """A batch answer; 204 answers hold nothing."""
    if not reply.body.strip():
        return Batch()
    return decode(reply, _batch)


def read_nothing(reply: Reply) -> None:
    """The status says it all; but a page of HTML is not HubSpot's, whatever its status."""
    if reply.body.strip():
        decode(reply, _anything)


def decode(reply: Reply, decoder: msgspec.json.Decoder[T]) -> T:
    """The body as what it should be."""
    try:
        return decoder.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise unexpected(reply, str(fault)) from None


def unexpected(reply: Reply, why: str) -> UnexpectedAnswer:
    """A success that cannot be understood."""
    problem = Problem.read(reply.status, reply.body, reply.headers)
    return UnexpectedAnswer(
        problem, message=f"the answer is not one of HubSpot's ({why}): {problem.message[:200]}"
    )


def moment(value: Any) -> dt.datetime | None:
    """A time as HubSpot writes it: ISO 8601, or milliseconds since the epoch."""
    if isinstance(value, str):
        try:
            found = dt.datetime.fromisoformat(value)
        except ValueError:
            return moment(int(value)) if value.isascii() and value.isdigit() else None
        return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return dt.datetime.fromtimestamp(value / 1000, dt.UTC)
        except (OverflowError, ValueError, OSError):
            return None
    return None


def _texts(raw: msgspec.Raw) -> dict[str, str | None]:
    if not raw:
        return {}
    try:
        return _strict_texts.decode(raw)
    except msgspec.ValidationError:
        loose = msgspec.json.decode(raw)
        return {name: _text(value) for name, value in loose.items()} if isinstance(loose, dict) else {}


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _linked(raw: msgspec.Raw) -> dict[str, tuple[Linked, ...]]:
    groups = _tolerant(raw, dict[str, dict[str, Any]]) or {}
    return {
        name: tuple(
            Linked(str(entry.get("id", "")), str(entry.get("type", "")))
            for entry in group.get("results") or ()
            if isinstance(entry, dict)
        )
        for name, group in groups.items()
    }


def _tolerant(raw: msgspec.Raw, kind: type[T]) -> T | None:
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError:
        return None
