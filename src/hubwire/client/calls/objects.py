"""Records, one at a time and a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hubwire.client.call import Call, call, joined
from hubwire.client.records import Page, Record, read_nothing, read_page, read_record
from hubwire.client.values import Names, listed


class Fields(msgspec.Struct, frozen=True):
    """What a read is to return."""

    properties: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()
    archived: bool = False

    def query(self) -> list[tuple[str, str | None]]:
        """As parameters of a GET, comma-joined: the shortest form HubSpot takes."""
        asked: list[tuple[str, str | None]] = []
        if self.properties:
            asked.append(("properties", joined(self.properties)))
        if self.history:
            asked.append(("propertiesWithHistory", joined(self.history)))
        if self.associations:
            asked.append(("associations", joined(self.associations)))
        if self.archived:
            asked.append(("archived", "true"))
        return asked


def fields(
    properties: Names = None, history: Names = None, associations: Names = None, *, archived: bool = False
) -> Fields:
    """What a read is to return, as callers name it."""
    return Fields(
        listed(properties) if properties is not None else (),
        listed(history) if history is not None else (),
        listed(associations) if associations is not None else (),
        archived,
    )


def read(version: str, kind: str, record_id: str, fields: Fields, *, by: str | None = None) -> Call[Record]:
    """One record by id, or by the value of a unique property."""
    query = fields.query()
    if by is not None:
        query.append(("idProperty", by))
    return call("objects.read", version, {"objectType": kind, "id": record_id}, read_record, query=query)


def page(version: str, kind: str, fields: Fields, limit: int, after: str | None = None) -> Call[Page]:
    """One page of all records, by ascending id."""
    query = [("limit", str(limit)), ("after", after), *fields.query()]
    return call("objects.list", version, {"objectType": kind}, read_page, query=query)


def search(version: str, kind: str, body: Mapping[str, Any]) -> Call[Page]:
    """One page of a search."""
    return call("objects.search", version, {"objectType": kind}, read_page, json=body)


def create(
    version: str, kind: str, properties: Mapping[str, str], associations: Sequence[Mapping[str, Any]] = ()
) -> Call[Record]:
    """A new record. The answer holds all its properties, and no associations."""
    body = {"properties": properties, "associations": associations}
    return call("objects.create", version, {"objectType": kind}, read_record, json=body)


def update(
    version: str, kind: str, record_id: str, properties: Mapping[str, str], *, by: str | None = None
) -> Call[Record]:
    """New values for some properties. The answer holds these and a few more."""
    places = {"objectType": kind, "id": record_id}
    query = [("idProperty", by)]
    body = {"properties": properties}
    return call("objects.update", version, places, read_record, query=query, json=body)


def archive(version: str, kind: str, record_id: str) -> Call[None]:
    """Deletes a record; also succeeds where there is none."""
    return call("objects.archive", version, {"objectType": kind, "id": record_id}, read_nothing)


def merge(version: str, kind: str, primary: str, other: str) -> Call[Record]:
    """One record of two; the answer is what became of them."""
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    return call("objects.merge", version, {"objectType": kind}, read_record, json=body)


def gdpr_delete(version: str, kind: str, record_id: str, *, by: str | None = None) -> Call[None]:
    """Deletes a record for good."""
    body = {"objectId": record_id, **({"idProperty": by} if by else {})}
    return call("objects.gdpr_delete", version, {"objectType": kind}, read_nothing, json=body)
