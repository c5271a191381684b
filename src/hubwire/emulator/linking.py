"""Which ways to associate an object type has, and what the account's own limits leave of them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

from hubwire.catalogue.facts import AssociationType, ObjectType
from hubwire.emulator.associations import End
from hubwire.emulator.portal import Portal


def relations_of(portal: Portal, type_id: str) -> list[AssociationType]:
    """Every way to associate that starts at this type; of a custom object also those that lead there."""
    found = [one for kind in portal.kinds() for one in portal.relations.types(type_id, kind.id)]
    if type_id.startswith("2-"):
        others = [kind for kind in portal.kinds() if kind.id != type_id]
        found += [one for kind in others for one in portal.relations.types(kind.id, type_id)]
    return found


def linked_page(
    portal: Portal, end: End, other: ObjectType, limit: int, start: int = 0
) -> tuple[list[dict[str, str]], str | None]:
    """One entry for each type, `{id, type}`, for up to `limit` live records; and the cursor of the next."""
    edges = portal.edges.of(end, other.id, start=start)
    live = portal.table(other).existing({edge.to for edge in edges})
    targets = sorted(live)
    shown = set(targets[:limit])
    entries = [{"id": str(edge.to), "type": edge.type.name} for edge in edges if edge.to in shown]
    return entries, token(other.id, targets[limit]) if len(targets) > limit else None


def token(type_id: str, start: int) -> str:
    """A cursor that looks like HubSpot's: not a number, to be handed back as it is."""
    return base64.b64encode(f"{type_id}-{start}".encode()).decode()


def association_limits(portal: Portal) -> Mapping[str, int]:
    """By category and type id: to how many records the account lets one be associated."""
    return portal.drawer.all("association_limit", "", int)


def beyond_limit(
    portal: Portal, end: End, other: End, types: Iterable[AssociationType]
) -> AssociationType | None:
    """The first way in which associating the two would exceed a limit of the account."""
    limits = association_limits(portal)
    if not limits:
        return None
    default = portal.relations.default(end.type, other.type)
    for kind in (*types, *([default] if default is not None else [])):
        back = portal.relations.type(kind.category, kind.inverse)
        for here, there, one in ((end, other, kind), (other, end, back)):
            most = limits.get(f"{one.category}:{one.id}") if one is not None else None
            if one is None or most is None:
                continue
            held = {edge.to for edge in portal.edges.of(here, there.type) if edge.type is one}
            if there.id not in held and len(held) >= most:
                return one
    return None


def most_linked(portal: Portal, kind: AssociationType) -> tuple[int | None, int | None]:
    """How many records the account lets one record have in that sense, there and back; None: its own
    limit nobody set."""
    limits = association_limits(portal)
    return limits.get(f"{kind.category}:{kind.id}"), limits.get(f"{kind.category}:{kind.inverse}")
