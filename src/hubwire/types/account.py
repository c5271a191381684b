"""Reads an account's schema: custom objects, properties, pipelines, association types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from hubwire.catalogue import load
from hubwire.catalogue.versions import NEWEST
from hubwire.client.outcomes import LinkType
from hubwire.errors import ConfigError, Forbidden, Invalid, NotFound
from hubwire.types.model import AccountTypes, Kind, ObjectTypes

if TYPE_CHECKING:
    from hubwire import Hub
    from hubwire.catalogue.facts import ObjectType

DEFAULT_OBJECTS = (
    "contacts",
    "companies",
    "deals",
    "tickets",
    "products",
    "line_items",
    "quotes",
    "calls",
    "emails",
    "meetings",
    "notes",
    "tasks",
)
"""Standard object types that are read unless others are named; custom objects come with them."""

Step = Callable[[str, int, int], None]
"""Told what is read, how many steps are done, and how many there are."""


def read_account(hub: Hub, objects: Sequence[str] | None = None, step: Step | None = None) -> AccountTypes:
    """The schema of the named object types (`all`: every one), or of the usual ones and all custom objects.

    What was not named and may not be read is left out and told; what was named is an error then.
    """
    own = tuple(_custom(hub, named=objects is not None))
    kinds = tuple(_wanted(objects, own))
    links = [pair for pair in product(kinds, kinds) if _linkable(*pair)]
    total, done = len(kinds) + len(links), 0

    def tell(what: str) -> None:
        nonlocal done
        done += 1
        if step is not None:
            step(what, done, total)

    found, left_out = [], []
    for kind in kinds:
        tell(kind.plural)
        try:
            found.append(_object(hub, kind))
        except (Forbidden, Invalid, NotFound) as refusal:
            if objects is not None and "all" not in objects:
                raise
            left_out.append(f"{kind.name}: {refusal}")
    readable = {each.kind.id for each in found}
    types = {}
    for start, end in links:
        tell(f"{start.plural} to {end.plural}")
        if {start.id, end.id} <= readable and (known := _links(hub, start, end)):
            types[start.id, end.id] = known
    return AccountTypes(tuple(found), types, tuple(left_out))


def _custom(hub: Hub, *, named: bool) -> Iterator[Kind]:
    try:
        answer = hub.request("GET", load.endpoint("schemas.list").path(NEWEST))
    except (Forbidden, NotFound):
        # Custom objects are a feature of one subscription, and a scope of their own.
        return
    for schema in sorted(answer.get("results", []), key=lambda each: str(each.get("name", "")).lower()):
        labels = schema.get("labels") or {}
        name = str(schema.get("name", ""))
        yield Kind(
            name=str(schema.get("fullyQualifiedName") or schema.get("objectTypeId")),
            id=str(schema.get("objectTypeId")),
            singular=str(labels.get("singular") or name),
            plural=str(labels.get("plural") or name),
            custom=True,
        )


def _wanted(objects: Sequence[str] | None, own: Sequence[Kind]) -> Iterator[Kind]:
    if objects is None:
        yield from (_standard(known) for name in DEFAULT_OBJECTS if (known := load.object_type(name)))
        yield from own
        return
    if "all" in objects:
        yield from map(_standard, load.object_types())
        yield from own
        return
    by_spelling = {spelling.lower(): kind for kind in own for spelling in (kind.name, kind.id)}
    by_name = {kind.name.partition("_")[2].lower(): kind for kind in own}
    named = []
    for spelling in objects:
        # An account that made its own `projects` means those; HubSpot's are 0-970.
        kind = by_spelling.get(spelling.lower()) or by_name.get(spelling.lower())
        if kind is None and (known := load.object_type(spelling)) is not None:
            kind = _standard(known)
        if kind is None:
            raise ConfigError(
                f"the account has no object type {spelling!r}; its custom objects are: "
                + (", ".join(each.name for each in own) or "none that this token may see")
            )
        named.append(kind)
    yield from dict.fromkeys(named)


def _standard(known: ObjectType) -> Kind:
    singular, plural = known.singular.replace("_", " "), known.name.replace("_", " ")
    return Kind(known.name, known.id, singular.capitalize(), plural.capitalize())


def _object(hub: Hub, kind: Kind) -> ObjectTypes:
    properties = sorted(hub.properties(kind.name).list(), key=lambda each: each.name)
    try:
        pipelines = hub.pipelines(kind.name).list()
    except (Forbidden, Invalid, NotFound):
        pipelines = []  # most object types have none
    ordered = sorted(pipelines, key=lambda each: (each.display_order or 0, each.id))
    return ObjectTypes(kind, tuple(properties), tuple(ordered))


def _linkable(start: Kind, end: Kind) -> bool:
    """Whether the pair can be associated: of HubSpot's own types the catalogue knows."""
    return start.custom or end.custom or bool(load.association_types(start.id, end.id))


def _links(hub: Hub, start: Kind, end: Kind) -> tuple[LinkType, ...]:
    if _activity(start) or _activity(end):
        # Nobody can add labels to those: HubSpot's own types are all there is.
        known: Iterable[Any] = load.association_types(start.id, end.id)
        if not (start.custom or end.custom):
            return _ordered(LinkType(each.category, each.id, each.label) for each in known)
    path = load.endpoint("associations.labels.list").path(
        NEWEST, fromObjectType=start.name, toObjectType=end.name
    )
    try:
        entries = hub.request("GET", path).get("results", [])
    except (Forbidden, Invalid, NotFound):
        return ()
    return _ordered(
        LinkType(str(each.get("category", "")), int(each.get("typeId", 0)), each.get("label"))
        for each in entries
        if isinstance(each, dict)
    )


def _activity(kind: Kind) -> bool:
    known = None if kind.custom else load.object_type(kind.name)
    return known is not None and known.engagement


def _ordered(types: Iterable[LinkType]) -> tuple[LinkType, ...]:
    return tuple(sorted(set(types), key=lambda each: (each.label is not None, each.category, each.type_id)))
