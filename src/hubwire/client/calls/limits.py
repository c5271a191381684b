"""How much of what an account may hold is used."""

from __future__ import annotations

from typing import Any

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import plain


def of(version: str, what: str) -> Call[dict[str, Any]]:
    """One of the reports that take no parameter: `custom_properties`, `pipelines`, …"""
    return call(f"limits.{what}", version, {}, plain)


def labels(version: str, from_type: str | None, to_type: str | None) -> Call[dict[str, Any]]:
    """Association labels."""
    query = [("fromObjectTypeId", from_type), ("toObjectTypeId", to_type)]
    return call("limits.labels", version, {}, plain, query=query)


def associations(version: str, from_type: str, to_type: str | None) -> Call[dict[str, Any]]:
    """Records near the limit of what they may be associated with."""
    if to_type is None:
        return call("limits.records_to", version, {"fromObjectType": from_type}, plain)
    places = {"fromObjectType": from_type, "toObjectType": to_type}
    return call("limits.records_between", version, places, plain)
