"""What an export asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hubwire.client.calls.objects import Fields
from hubwire.client.identity import identity
from hubwire.client.kinds import type_id
from hubwire.client.queries import Filters, build
from hubwire.client.values import Names, listed
from hubwire.errors import ConfigError

MOST_ASSOCIATED = 4


def export_request(
    kind: str,
    properties: Names,
    filters: Filters | None,
    list_id: str | int | None,
    associated: Iterable[str],
    fields: Mapping[str, Any],
) -> dict[str, Any]:
    """HubSpot's `PublicExportRequest`."""
    if filters is not None and list_id is not None:
        raise ConfigError("an export is of what matches filters, or of a list, not of both")
    names, others = listed(properties), [type_id(other) for other in associated]
    if not names:
        raise ConfigError("an export names at least one property")
    if len(others) > MOST_ASSOCIATED:
        raise ConfigError(f"an export tells associations with {MOST_ASSOCIATED} types at most")
    told = {
        "exportType": "LIST" if list_id is not None else "VIEW",
        "exportName": f"hubwire {kind}",
        "format": "CSV",
        "language": "EN",
        "objectType": type_id(kind),
        "objectProperties": list(names),
        "associatedObjectType": others,
        "exportInternalValuesOptions": ["NAMES", "VALUES"],
        **fields,
    }
    if list_id is not None:
        return {**told, "listId": identity(list_id)}
    groups = build(filters, None, None, Fields()).groups
    search = {"filters": [], "sorts": [], "filterGroups": [{"filters": group} for group in groups]}
    return {**told, "publicCrmSearchRequest": search} if groups else told
