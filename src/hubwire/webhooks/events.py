"""Events as handlers see them, and what tells one from another.

https://developers.hubspot.com/docs/guides/api/app-management/webhooks; nothing here is an Enum: HubSpot adds
kinds and fields without notice, and an unknown one must reach the inbox rather than crash the receiver.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

UNREADABLE = "unreadable"
"""Kind of what is no event: kept as it came, for a person to look at."""


Moment = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
"""Milliseconds, up to the last year that a datetime can hold."""


class Fields(msgspec.Struct, rename="camel", frozen=True, kw_only=True, gc=False):
    """The fields that HubSpot documents, with their types; all others stay in `Event.raw`."""

    subscription_type: str | None = None
    event_type: str | None = None
    """What HubSpot's tables call `subscriptionType`."""
    event_id: int | str | None = None
    subscription_id: int | str | None = None
    portal_id: int
    app_id: int | str | None = None
    occurred_at: Moment = 0
    attempt_number: int = 0
    object_id: int | str | None = None
    object_type_id: str | None = None
    change_source: str | None = None
    change_flag: str | None = None
    source_id: str | None = None
    property_name: str | None = None
    property_value: str | int | float | bool | None = None
    is_sensitive: bool | None = None
    primary_object_id: int | str | None = None
    merged_object_ids: tuple[int | str, ...] = ()
    new_object_id: int | str | None = None
    number_of_properties_moved: int | None = None
    association_type: str | None = None
    association_type_id: int | None = None
    association_category: str | None = None
    association_removed: bool | None = None
    is_primary_association: bool | None = None
    from_object_id: int | str | None = None
    to_object_id: int | str | None = None
    from_object_type_id: str | None = None
    to_object_type_id: str | None = None
    message_id: str | int | None = None
    message_type: str | None = None


class Event(msgspec.Struct, eq=False, gc=False):
    """Something that happened in an account."""

    json: bytes
    """The event as it came, in bytes."""
    _fields: Fields
    kind: str
    """`contact.propertyChange`, `object.creation`, …"""
    _raw: dict[str, Any] | None = None

    @property
    def raw(self) -> dict[str, Any]:
        """The event as it came, unknown fields included."""
        if self._raw is None:
            self._raw = msgspec.json.decode(self.json)
        return self._raw or {}

    @property
    def object_name(self) -> str:
        """What stands before the point: `contact`, `object`, `conversation`."""
        return self.kind.partition(".")[0]

    @property
    def action(self) -> str:
        """What stands behind it: `propertyChange`, `creation`, `merge`."""
        return self.kind.partition(".")[2]

    @property
    def portal_id(self) -> int:
        """The account it happened in."""
        return self._fields.portal_id

    @property
    def app_id(self) -> str | None:
        """The app that is told; conversations' events do not say."""
        return _text(self._fields.app_id)

    @property
    def subscription_id(self) -> str | None:
        """The subscription that asked for it."""
        return _text(self._fields.subscription_id)

    @property
    def event_id(self) -> str | None:
        """HubSpot's number, which is not guaranteed to be unique."""
        return _text(self._fields.event_id)

    @property
    def occurred_at(self) -> int:
        """Milliseconds since 1970."""
        return self._fields.occurred_at

    @property
    def occurred(self) -> datetime:
        """The same, in UTC."""
        return datetime.fromtimestamp(self._fields.occurred_at / 1000, UTC)

    @property
    def attempt_number(self) -> int:
        """How often HubSpot had failed to deliver it, from 0."""
        return self._fields.attempt_number

    @property
    def object_type(self) -> str | None:
        """Object type id, `0-1` for contacts; None where HubSpot tells none (conversations)."""
        return self._fields.object_type_id or self._fields.from_object_type_id or type_id(self.object_name)

    @property
    def object_id(self) -> str | None:
        """The record. Of an association the one it leads from, of a merge the one that was kept."""
        fields = self._fields
        if self.action == "merge" and fields.primary_object_id is not None:
            return _text(fields.primary_object_id)
        return _text(fields.object_id if fields.object_id is not None else fields.from_object_id)

    @property
    def value(self) -> str | None:
        """Its new value; `REDACTED` where the property is sensitive."""
        value = self._fields.property_value
        return ("true" if value else "false") if isinstance(value, bool) else _text(value)

    @property
    def sensitive(self) -> bool:
        """Whether HubSpot hides the value."""
        return bool(self._fields.is_sensitive)

    @property
    def change_source(self) -> str | None:
        """`CRM_UI`, `IMPORT`, `INTEGRATION`, …: an open set."""
        return self._fields.change_source

    @property
    def change_flag(self) -> str | None:
        """`CREATED` or `NEW` where something was made, `DELETED` where it was removed."""
        return self._fields.change_flag

    @property
    def source_id(self) -> str | None:
        """Who did it: `userId:49150885`."""
        return self._fields.source_id

    @property
    def merged_ids(self) -> tuple[str, ...]:
        """Records that are part of another one now."""
        return tuple(str(each) for each in self._fields.merged_object_ids)

    @property
    def new_id(self) -> str | None:
        """The record that a merge resulted in: one of those merged, or a third."""
        return _text(self._fields.new_object_id)

    @property
    def to_id(self) -> str | None:
        """The record at the other end of an association."""
        return _text(self._fields.to_object_id)

    @property
    def to_type(self) -> str | None:
        """Its type: `0-2`."""
        given = self._fields.to_object_type_id
        return given or type_id((self._fields.association_type or "").lower().partition("_to_")[2])

    @property
    def association_type(self) -> str | None:
        """`CONTACT_TO_COMPANY`, in the older format."""
        return self._fields.association_type

    @property
    def association_type_id(self) -> int | None:
        """In the generic format."""
        return self._fields.association_type_id

    @property
    def association_removed(self) -> bool:
        """Whether the two were taken apart."""
        return bool(self._fields.association_removed)

    @property
    def primary_association(self) -> bool:
        """Whether it was the primary one, of which HubSpot tells once more as a plain one."""
        return bool(self._fields.is_primary_association)

    @property
    def message_id(self) -> str | None:
        """Of `conversation.newMessage`."""
        return _text(self._fields.message_id)

    @property
    def message_type(self) -> str | None:
        """`MESSAGE` or `COMMENT`."""
        return self._fields.message_type

    @property
    def identity(self) -> tuple[str | int | float | bool | None, ...]:
        """What tells it from every other event; `eventId` alone does not, and the attempt is no part of it.

        The value belongs to it: two events that differ in nothing else would be two changes.
        """
        fields = self._fields
        return (
            fields.portal_id, fields.app_id, fields.subscription_id, self.kind, fields.object_type_id,
            fields.object_id, fields.from_object_id, fields.to_object_id, fields.event_id,
            fields.occurred_at, fields.property_name, fields.property_value, fields.primary_object_id,
            fields.new_object_id, fields.association_type, fields.association_type_id,
            fields.association_removed, fields.message_id,
        )  # fmt: skip

    @property
    def about(self) -> tuple[str | None, ...]:
        """What decides which handlers want it: events in which it is the same have the same."""
        fields = self._fields
        return self.kind, fields.property_name, fields.object_type_id, fields.from_object_type_id

    @property
    def lane(self) -> str:
        """The record whose events are handled one after the other, whatever the format."""
        fields = self._fields
        named, merge = _about(self.kind)
        about = fields.object_type_id or fields.from_object_type_id or named
        record: Any = fields.object_id if fields.object_id is not None else fields.from_object_id
        if merge and fields.primary_object_id is not None:
            record = fields.primary_object_id
        return f"{fields.portal_id}:{about}:{'' if record is None else record}"

    def __repr__(self) -> str:
        # Without the value: it may be personal data, and a repr ends up in logs.
        what = f"{self.kind}:{self.property}" if self.property else self.kind
        return f"Event({what}, portal {self.portal_id}, object {self.object_type or '-'}/{self.object_id})"

    # The last one: below it, the word means this attribute.
    @property
    def property(self) -> str | None:
        """Name of the property that changed."""
        return self._fields.property_name


_decode = msgspec.json.Decoder(Fields).decode


def read(raw: bytes) -> Event:
    """One element of a delivery. msgspec.MsgspecError when a documented field has another type."""
    fields = _decode(raw)
    return Event(raw, fields, fields.subscription_type or fields.event_type or UNREADABLE)


def unreadable(raw: bytes) -> Event:
    """Stands for what is no event."""
    return Event(raw, Fields(portal_id=0), UNREADABLE)


def of(raw: Mapping[str, Any]) -> Event:
    """An event made by hand, for the tests of a handler."""
    return read(msgspec.json.encode(raw))


@cache
def type_id(name: str) -> str | None:
    """`0-1` for `contact`."""
    from hubwire.catalogue.load import object_type

    if name in ("object", "conversation", "event"):
        return None
    known = object_type(name) if name else None
    return known.id if known else None


@lru_cache(10_000)
def _about(kind: str) -> tuple[str, bool]:
    """What a kind tells of the record: its type, or what stands for it, and whether it is a merge."""
    name, _, action = kind.partition(".")
    return type_id(name) or name, action == "merge"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
