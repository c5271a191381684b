"""How much of its limits the account uses.

Shapes: HubSpot-public-api-spec-collection @99893791, PublicApiSpecs/CRM/Limits Tracking. Limits of
pipelines, labels and properties as a live account showed them in October 2026
(https://github.com/scopiousdigital/kalup, docs/hubspot.md); those of records and calculated properties are
assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hubwire.catalogue import load
from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import linking, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.schema_bodies import label
from hubwire.emulator.portal import Portal
from hubwire.emulator.schemas import primary_display

LISTED = ("0-1", "0-2", "0-3", "0-5", "0-8")
PIPELINES = {"0-3": 100, "0-5": 100, "0-123": 50}
CUSTOM_PIPELINES = 100
PER_TYPE, PROPERTIES, CALCULATED = 1_000, 10_000, 200
RECORDS, CUSTOM_RECORDS = 15_000_000, 1_500_000
LINKS, NEAR = 10_000, 0.8
SAMPLES = 20

Usage = tuple[ObjectType, int, int]
"""Type, limit, usage."""


def custom_properties(portal: Portal, asked: Asked) -> Answer:
    """GET …/custom-properties: definitions the account added."""
    usage = [(kind, PER_TYPE, _own_properties(portal, kind)) for kind in _listed(portal)]
    return render.answer(_overall(portal, PROPERTIES, usage, limits=True))


def calculated_properties(portal: Portal, asked: Asked) -> Answer:
    """GET …/calculated-properties."""
    usage = [(kind, 0, _own_properties(portal, kind, calculated=True)) for kind in _listed(portal)]
    return render.answer(_overall(portal, CALCULATED, usage, limits=False))


def custom_object_types(portal: Portal, asked: Asked) -> Answer:
    """GET …/custom-object-types: none but in Enterprise."""
    most = load.limits().CUSTOM_OBJECT_TYPES if portal.tier == "enterprise" else 0
    used = len(portal.schemas.all())
    return render.answer({"limit": most, "usage": used, "percentage": _percent(used, most)})


def pipelines(portal: Portal, asked: Asked) -> Answer:
    """GET …/pipelines: beyond those a new account has."""

    def added(kind: ObjectType) -> int:
        born = {one.id for one in load.pipelines(kind.id)}
        return sum(one.id not in born for one in portal.pipelines.of(kind.id))

    hubspots = [
        (portal.kind(type_id), most, added(portal.kind(type_id))) for type_id, most in PIPELINES.items()
    ]
    own = [(kind, 0, added(kind)) for kind in _custom(portal)]
    return render.answer(_both(portal, hubspots, CUSTOM_PIPELINES, own))


def records(portal: Portal, asked: Asked) -> Answer:
    """GET …/records: live ones."""

    def live(kind: ObjectType) -> int:
        return portal.table(kind).state()[0]

    hubspots = [(kind, RECORDS, live(kind)) for kind in load.object_types()]
    own = [(kind, 0, live(kind)) for kind in _custom(portal)]
    return render.answer(_both(portal, hubspots, CUSTOM_RECORDS, own))


def labels(portal: Portal, asked: Asked) -> Answer:
    """GET …/associations/labels: the pairs that have some, each direction apart."""
    wanted = [asked.one("fromObjectTypeId"), asked.one("toObjectTypeId")]
    ends = [portal.kind(one).id if one else None for one in wanted]
    found: dict[tuple[str, str], list[str]] = {}
    for own in portal.relations.own():
        pair = (own.from_type, own.to_type)
        if own.label is not None and all(end in (None, one) for end, one in zip(ends, pair, strict=True)):
            found.setdefault(pair, []).append(own.label)
    most = load.limits().ASSOCIATION_LABELS
    results = [
        {
            "fromObjectType": _named(portal, portal.kind(pair[0])),
            "toObjectType": _named(portal, portal.kind(pair[1])),
            "allLabels": texts,
            "limit": most,
            "usage": len(texts),
            "percentage": _percent(len(texts), most),
        }
        for pair, texts in found.items()
    ]
    return render.answer({"results": results})


def records_from(portal: Portal, asked: Asked) -> Answer:
    """GET …/associations/records/from: types some of whose records have many associations."""
    return _types(portal, ((start, used, most) for start, _, _, used, most in _crowded(portal)))


def records_to(portal: Portal, asked: Asked) -> Answer:
    """GET …/associations/records/{fromObjectTypeId}/to: with which types."""
    kind = portal.kind(asked.places["fromObjectType"])
    crowded = _crowded(portal)
    return _types(portal, ((to, used, most) for start, to, _, used, most in crowded if start == kind.id))


def records_between(portal: Portal, asked: Asked) -> Answer:
    """GET …/associations/records/{from}/{to}: how many, and some of them."""
    kind, other = portal.kind(asked.places["fromObjectType"]), portal.kind(asked.places["toObjectType"])
    crowded = [row[2:] for row in _crowded(portal) if row[:2] == (kind.id, other.id)]
    full = [(number, used) for number, used, most in crowded if used >= most]
    near = [row for row in crowded if row[1] < row[2]]
    body = {
        "limit": min((most for _, _, most in crowded), default=LINKS),
        "totalRecordsAtLimit": len(full),
        "totalRecordsNearLimit": len(near),
        "atLimitFromRecordSamples": [
            {"objectId": number, "label": _label(portal, kind, number)} for number, _ in full[:SAMPLES]
        ],
        "nearLimitFromRecordSamples": [
            {
                "objectId": number,
                "label": _label(portal, kind, number),
                "usage": used,
                "percentage": _percent(used, most),
            }
            for number, used, most in near[:SAMPLES]
        ],
    }
    return render.answer(body)


def _crowded(portal: Portal) -> list[tuple[str, str, int, int, int]]:
    """From type, to type, record, associations and limit of records that use most of a limit."""
    limits = linking.association_limits(portal)
    least = min([LINKS, *limits.values()]) * NEAR
    rows = portal.store.all(
        f"SELECT from_type, to_type, from_id, category, type_id, count(*) FROM {portal.edges.table}"
        " GROUP BY from_type, to_type, from_id, category, type_id HAVING count(*) >= ?",
        (least,),
    )
    known = {kind.id for kind in portal.kinds()}
    found: dict[tuple[str, str, int], tuple[int, int]] = {}
    for start, to, number, category, type_id, used in rows:
        most = limits.get(f"{category}:{type_id}", LINKS)
        key = (start, to, number)
        if {start, to} <= known and used >= NEAR * most and used / most > _share(found.get(key)):
            found[key] = (used, most)
    return [(*key, *value) for key, value in found.items()]


def _share(known: tuple[int, int] | None) -> float:
    return known[0] / known[1] if known else 0.0


def _types(portal: Portal, rows: Iterable[tuple[str, int, int]]) -> Answer:
    found: dict[str, dict[str, bool]] = {}
    for type_id, used, most in rows:
        flags = found.setdefault(type_id, {"hasRecordsAtLimit": False, "hasRecordsNearLimit": False})
        flags["hasRecordsAtLimit" if used >= most else "hasRecordsNearLimit"] = True
    results = [{**_named(portal, portal.kind(type_id)), **flags} for type_id, flags in found.items()]
    return render.answer({"results": results})


def _label(portal: Portal, kind: ObjectType, number: int) -> str:
    record = portal.table(kind).fetch([number]).get(number)
    name = primary_display(kind, portal.schemas.get(kind.id))
    return (record.props.get(name) if record else None) or str(number)


def _own_properties(portal: Portal, kind: ObjectType, *, calculated: bool = False) -> int:
    hubspots = portal.definitions.built_in(kind.id)
    own = portal.definitions.own(kind.id).values()
    return sum(
        one.archived is None
        and one.name not in hubspots
        and not one.hubspots
        and (one.calculated or not calculated)
        for one in own
    )


def _listed(portal: Portal) -> list[ObjectType]:
    return [*map(portal.kind, LISTED), *_custom(portal)]


def _custom(portal: Portal) -> list[ObjectType]:
    return [portal.kind(own.type_id) for own in portal.schemas.all()]


def _overall(portal: Portal, most: int, usage: list[Usage], *, limits: bool) -> dict[str, Any]:
    total = sum(used for _, _, used in usage)
    return {
        "overallLimit": most,
        "overallUsage": total,
        "overallPercentage": _percent(total, most),
        "byObjectType": [
            _of_type(portal, *one) if limits else {**_named(portal, one[0]), "usage": one[2]} for one in usage
        ],
    }


def _both(portal: Portal, hubspots: list[Usage], most: int, own: list[Usage]) -> dict[str, Any]:
    return {
        "hubspotDefinedObjectTypes": [_of_type(portal, *one) for one in hubspots],
        "customObjectTypes": _overall(portal, most, own, limits=False),
    }


def _of_type(portal: Portal, kind: ObjectType, most: int, used: int) -> dict[str, Any]:
    return {**_named(portal, kind), "limit": most, "usage": used, "percentage": _percent(used, most)}


def _named(portal: Portal, kind: ObjectType) -> dict[str, Any]:
    own = portal.schemas.get(kind.id)
    return {
        "objectTypeId": kind.id,
        "singularLabel": own.singular if own else label(kind.singular),
        "pluralLabel": own.plural if own else label(kind.name),
    }


def _percent(used: int, most: int) -> float:
    return round(100 * used / most, 2) if most else 0.0


HANDLERS = {
    "limits.custom_properties": custom_properties,
    "limits.calculated_properties": calculated_properties,
    "limits.custom_object_types": custom_object_types,
    "limits.pipelines": pipelines,
    "limits.records": records,
    "limits.labels": labels,
    "limits.records_from": records_from,
    "limits.records_to": records_to,
    "limits.records_between": records_between,
}
