"""Shorthand for CRM calls in contract tests."""

from __future__ import annotations

from typing import Any

from tests.contract.edge import Caller

V3 = "/crm/v3/objects"


def account(**options: Any) -> Caller:
    """An empty account without quotas, for tests that are not about them."""
    return Caller(limits=False, **options)


def create(call: Caller, kind: str, links: Any = None, /, **properties: Any) -> dict[str, Any]:
    """A new record, as its creation answers it."""
    body: dict[str, Any] = {"properties": properties}
    if links is not None:
        body["associations"] = links
    heard = call("POST", f"{V3}/{kind}", body)
    assert heard.status == 201, heard.text
    made: dict[str, Any] = heard.json
    return made


def read(call: Caller, kind: str, record_id: str, query: str = "") -> Any:
    heard = call("GET", f"{V3}/{kind}/{record_id}{'?' if query else ''}{query}")
    assert heard.status == 200, heard.text
    return heard.json


def value(call: Caller, kind: str, record_id: str, name: str) -> Any:
    """What a later read shows for one property."""
    return read(call, kind, record_id, f"properties={name}")["properties"][name]


def search(call: Caller, kind: str, **body: Any) -> Any:
    heard = call("POST", f"{V3}/{kind}/search", body)
    assert heard.status == 200, heard.text
    return heard.json


def hits(call: Caller, kind: str, *filters: tuple[Any, ...], **body: Any) -> list[str]:
    """Ids of what a search with one group of `(property, operator, value, highValue)` finds, in order."""
    group = []
    for name, operator, *values in filters:
        item: dict[str, Any] = {"propertyName": name, "operator": operator}
        if operator in ("IN", "NOT_IN"):
            item["values"] = values[0]
        elif values:
            item |= dict(zip(("value", "highValue"), values, strict=False))
        group.append(item)
    found = search(call, kind, filterGroups=[{"filters": group}], limit=200, **body)
    assert found["total"] == len(found["results"])
    return [record["id"] for record in found["results"]]


def link(type_id: int, record_id: Any) -> dict[str, Any]:
    """An association of a create body."""
    return {
        "to": {"id": record_id},
        "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}],
    }


def demo_properties(call: Caller) -> Caller:
    """Adds the demo account's own properties (customer_since, product_interests, vip, external_id …)."""
    from hubwire.emulator.seed import add_properties

    add_properties(call.emulator.account.portal, 0)
    return call


def put_in(call: Caller, kind: str, **values: str) -> str:
    """The id of a new record with what the API only reads, made behind its back."""
    from hubwire.emulator.calculated import Source
    from hubwire.emulator.portal import Create

    portal = call.emulator.account.portal
    applied = portal.apply([Create(portal.kind(kind), values)], at=0, source=Source("SURVEY", ""))
    return str(applied.created[0].id)
