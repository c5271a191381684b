"""Property definitions and their groups, read-only.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.portal import Portal
from hubwire.emulator.refusals import nothing_there


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}: every definition, by name; there are no pages."""
    kind = portal.kind(asked.places["objectType"])
    # Nothing here is ever archived, nor of a sensitive kind: those lists are empty.
    none = asked.flag("archived") or asked.one("dataSensitivity", "non_sensitive") != "non_sensitive"
    return _json({"results": [] if none else portal.definitions.as_dicts(kind.id)})


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}/{propertyName}."""
    kind = portal.kind(asked.places["objectType"])
    name = asked.places["propertyName"]
    definition = None if asked.flag("archived") else portal.definitions.as_dict(kind.id, name)
    if definition is None:
        raise nothing_there(
            f'Property "{name}" does not exist',
            context={"propertyName": [name]},
            links={"docs": "https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide"},
            subCategory="PROPERTY_DOESNT_EXIST",
        )
    return _json(definition)


def groups(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}/groups."""
    kind = portal.kind(asked.places["objectType"])
    return _json({"results": portal.definitions.groups(kind.id)})


def group(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}/groups/{groupName}."""
    kind = portal.kind(asked.places["objectType"])
    name = asked.places["groupName"]
    found = next((one for one in portal.definitions.groups(kind.id) if one["name"] == name), None)
    if found is None:
        raise nothing_there(f'Property group "{name}" does not exist', context={"groupName": [name]})
    return _json(found)


def _json(body: dict[str, Any]) -> Answer:
    return Answer(200, msgspec.json.encode(body))


HANDLERS = {
    "properties.list": list_,
    "properties.read": read,
    "properties.groups.list": groups,
    "properties.groups.read": group,
}
