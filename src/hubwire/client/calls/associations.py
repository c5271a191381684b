"""Associations, one pair and many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import Listing, many, plain
from hubwire.client.definitions import AssociationLimit
from hubwire.client.outcomes import Link, LinkType
from hubwire.client.records import Paging, cursor, decode, read_nothing
from hubwire.wire.message import Reply


class _Type(msgspec.Struct):
    category: str = ""
    type_id: int = msgspec.field(name="typeId", default=0)
    label: str | None = None


class _To(msgspec.Struct):
    to: Any = msgspec.field(name="toObjectId", default="")
    types: list[_Type] = msgspec.field(name="associationTypes", default_factory=list)


class _Links(msgspec.Struct):
    results: list[_To] = []
    paging: Paging | None = None


class LinkPage(msgspec.Struct):
    """One page of what a record is associated with."""

    links: list[Link]
    after: str | None = None


class _End(msgspec.Struct):
    id: Any = ""


class Linked(msgspec.Struct):
    """One result of a batch call: a pair, or a record with what it is associated with."""

    source: _End | None = msgspec.field(name="from", default=None)
    target: msgspec.Raw = msgspec.field(name="to", default_factory=msgspec.Raw)
    from_id: Any = msgspec.field(name="fromObjectId", default=None)
    to_id: Any = msgspec.field(name="toObjectId", default=None)
    paging: Paging | None = None

    def pair(self) -> tuple[str, str]:
        """The two records, in either of HubSpot's two forms."""
        if self.source is None:
            return str(self.from_id), str(self.to_id)
        end = msgspec.json.decode(self.target, type=_End) if self.target else _End()
        return str(self.source.id), str(end.id)

    @property
    def source_id(self) -> str:
        """The record whose associations these are."""
        return str(self.source.id) if self.source is not None else ""

    def links(self) -> tuple[Link, ...]:
        """What the record is associated with."""
        return tuple(map(_link, msgspec.json.decode(self.target, type=list[_To]))) if self.target else ()

    @property
    def after(self) -> str | None:
        """Where its next page starts."""
        return cursor(self.paging)


class LinkedBatch(msgspec.Struct):
    """The answer of a batch call."""

    results: list[Linked] = []
    errors: list[dict[str, Any]] = []


_links = msgspec.json.Decoder(_Links)
_batch = msgspec.json.Decoder(LinkedBatch)
_labels = msgspec.json.Decoder(type=dict[str, list[_Type]])


def page(version: str, kind: str, record_id: str, to: str, limit: int, after: str | None) -> Call[LinkPage]:
    """One page of the records of one type that a record is associated with."""
    places = {"objectType": kind, "id": record_id, "toObjectType": to}
    return call(
        "associations.list", version, places, _read_page, query=[("limit", str(limit)), ("after", after)]
    )


def link(
    version: str, from_end: tuple[str, str], to_end: tuple[str, str], specs: Sequence[Mapping[str, Any]]
) -> Call[None]:
    """Associates two records: without a label, or with exactly the labels given."""
    places = _places(from_end, to_end)
    if not specs:
        return call("associations.default", version, places, read_nothing)
    return call("associations.label", version, places, read_nothing, json=specs)


def unlink(version: str, from_end: tuple[str, str], to_end: tuple[str, str]) -> Call[None]:
    """Removes every association of the pair."""
    return call("associations.delete", version, _places(from_end, to_end), read_nothing)


def batch(
    version: str, verb: str, kinds: tuple[str, str], inputs: Sequence[Mapping[str, Any]]
) -> Call[LinkedBatch]:
    """`create`, `default`, `read`, `archive` or `labels_archive`."""
    places = {"fromObjectType": kinds[0], "toObjectType": kinds[1]}
    return call(f"associations.batch.{verb}", version, places, _read_batch, json={"inputs": inputs})


def labels(version: str, kinds: tuple[str, str]) -> Call[tuple[LinkType, ...]]:
    """The association types between two object types, the account's own included."""
    places = {"fromObjectType": kinds[0], "toObjectType": kinds[1]}
    return call("associations.labels.list", version, places, _read_labels)


def _places(from_end: tuple[str, str], to_end: tuple[str, str]) -> dict[str, str]:
    return {
        "objectType": from_end[0],
        "id": from_end[1],
        "toObjectType": to_end[0],
        "toId": to_end[1],
    }


def _link(entry: _To) -> Link:
    return Link(str(entry.to), tuple(map(_type, entry.types)))


def _type(entry: _Type) -> LinkType:
    return LinkType(entry.category, entry.type_id, entry.label)


def _read_page(reply: Reply) -> LinkPage:
    found = decode(reply, _links)
    return LinkPage(list(map(_link, found.results)), cursor(found.paging))


def _read_batch(reply: Reply) -> LinkedBatch:
    return decode(reply, _batch) if reply.body.strip() else LinkedBatch()


def _read_labels(reply: Reply) -> tuple[LinkType, ...]:
    return tuple(map(_type, decode(reply, _labels).get("results", [])))


def create_label(version: str, kinds: tuple[str, str], body: Mapping[str, Any]) -> Call[tuple[LinkType, ...]]:
    """A new label: both directions of it."""
    return call("associations.labels.create", version, _pair(kinds), _read_labels, json=body)


def update_label(version: str, kinds: tuple[str, str], body: Mapping[str, Any]) -> Call[None]:
    """Other words for a label."""
    return call("associations.labels.update", version, _pair(kinds), read_nothing, json=body)


def delete_label(version: str, kinds: tuple[str, str], type_id: int) -> Call[None]:
    """Deletes a label."""
    places = {**_pair(kinds), "associationTypeId": str(type_id)}
    return call("associations.labels.delete", version, places, read_nothing)


def limits(version: str, kinds: tuple[str, str] | None) -> Call[Listing[AssociationLimit]]:
    """Limits the account has set: all, or those of a pair of object types."""
    if kinds is None:
        return call("associations.limits.list", version, {}, many(AssociationLimit))
    return call("associations.limits.of_pair", version, _pair(kinds), many(AssociationLimit))


def write_limits(
    version: str, verb: str, kinds: tuple[str, str], inputs: Sequence[Mapping[str, Any]]
) -> Call[LinkedBatch]:
    """`create`, `update` or `purge` limits."""
    return call(f"associations.limits.{verb}", version, _pair(kinds), _read_batch, json={"inputs": inputs})


def usage_report(version: str, user: str) -> Call[dict[str, Any]]:
    """Has HubSpot mail a user which records come near their limits."""
    return call("associations.usage_report", version, {"userId": user}, plain)


def _pair(kinds: tuple[str, str]) -> dict[str, str]:
    return {"fromObjectType": kinds[0], "toObjectType": kinds[1]}
