"""An account's own definitions as a schema, which changes nothing when it is planned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from hubwire.catalogue import load
from hubwire.errors import ConfigError
from hubwire.schema.declared import (
    FIELDS,
    CustomObject,
    Group,
    Label,
    Option,
    Pipeline,
    Property,
    Schema,
    Stage,
    StandardObject,
    words,
)
from hubwire.schema.state import NAMES, Account, Json, Kind

if TYPE_CHECKING:
    from hubwire import Hub

STANDARD = ("contacts", "companies", "deals", "tickets")
"""Standard object types that are looked at unless others are named."""
PIPELINED = ("0-3", "0-5")


def pull(hub: Hub, objects: Sequence[str] | None = None) -> Schema:
    """What the account defined: custom objects whole; of standard ones its own properties, and pipelines.

    Without `objects`: every custom object, and contacts, companies, deals and tickets.
    """
    account = Account(hub)
    spellings = _spellings(account)
    names = list(objects) if objects is not None else [*STANDARD, *dict.fromkeys(spellings.values())]
    custom, standard = [], []
    for name in names:
        known, own = load.object_type(name), spellings.get(name.lower())
        if own is not None:
            custom.append((own, account.custom(own)))
        elif known is not None:
            standard.append((known.name, account.standard(name)))
        else:
            raise ConfigError(f"the account has no object type {name!r}")
    shown = {kind.type_id: name for name, kind in (*custom, *standard)}
    return Schema(
        custom=tuple(_custom(name, kind, account) for name, kind in custom),
        standard=tuple(each for name, kind in standard if (each := _standard(name, kind)) is not None),
        labels=tuple(_labels(account, shown)),
    )


def _spellings(account: Account) -> dict[str, str]:
    """Names of the custom objects, by whatever they can be named."""
    try:
        schemas = account.schemas().values()
    except ConfigError:
        return {}  # a subscription without custom objects
    return {str(each.get(key, "")).lower(): str(each["name"]) for each in schemas for key in NAMES}


def _custom(name: str, kind: Kind, account: Account) -> CustomObject:
    now = kind.schema or {}
    labels = now.get("labels") or {}
    own = _properties(kind, main=f"{name.lower()}_information")
    roles = {each.name for each in own}
    return CustomObject(
        name=name,
        singular=str(labels.get("singular") or ""),
        plural=str(labels.get("plural") or ""),
        description=now.get("description") or None,
        primary=str(now.get("primaryDisplayProperty") or ""),
        secondary=tuple(now.get("secondaryDisplayProperties") or ()),
        searchable=tuple(each for each in now.get("searchableProperties") or () if each in roles),
        required=tuple(now.get("requiredProperties") or ()),
        associations=tuple(_associations(kind, account)),
        groups=tuple(_groups(kind, own)),
        properties=own,
        pipelines=tuple(map(_pipeline, _ordered(kind.pipelines.values()))),
    )


def _standard(name: str, kind: Kind) -> StandardObject | None:
    own = _properties(kind, main=None)
    pipelines = tuple(map(_pipeline, _ordered(kind.pipelines.values()))) if kind.type_id in PIPELINED else ()
    if not own and not pipelines:
        return None
    return StandardObject(name, tuple(_groups(kind, own)), own, pipelines)


def _associations(kind: Kind, account: Account) -> Iterator[str]:
    """Without the activities, which every custom object has."""
    own = {str(each["objectTypeId"]): str(each["name"]) for each in account.schemas().values()}
    for type_id in sorted(kind.associated - {kind.type_id}):
        known = load.object_type(type_id)
        if type_id in own:
            yield own[type_id]
        elif known is not None and not known.engagement:
            taken = known.name.lower() in (each.lower() for each in own.values())
            yield type_id if taken else known.name


def _groups(kind: Kind, own: Sequence[Property]) -> Iterator[Group]:
    used = {each.group for each in own}
    known = dict(load.property_groups(kind.type_id)) if load.object_type(kind.type_id) else {}
    for name, group in kind.groups.items():
        if name in used and name not in known:
            yield Group(name, str(group.get("label") or ""))


def _properties(kind: Kind, main: str | None) -> tuple[Property, ...]:
    return tuple(
        _property(each, main)
        for name, each in sorted(kind.properties.items())
        if not each.get("hubspotDefined") and not each.get("externalOptions")
    )


def _property(now: Json, main: str | None) -> Property:
    kind, form = str(now.get("type")), str(now.get("fieldType"))
    options = sorted(now.get("options", ()), key=lambda each: each.get("displayOrder") or 0)
    group = str(now.get("groupName") or "")
    return Property(
        name=str(now["name"]),
        type=kind,
        label=str(now.get("label") or ""),
        field="" if form == FIELDS.get(kind, ("",))[0] else form,
        group="" if group == main else group,
        description=now.get("description") or None,
        options=tuple(_option(each) for each in options) if kind == "enumeration" else (),
        unique=True if now.get("hasUniqueValue") else None,
        hidden=True if now.get("hidden") else None,
        formula=str(now.get("calculationFormula") or ""),
    )


def _option(now: Json) -> Option:
    return Option(str(now["value"]), str(now.get("label") or ""), True if now.get("hidden") else None)


def _ordered(found: Iterable[Json]) -> list[Json]:
    return sorted(found, key=lambda each: (each.get("displayOrder") or 0, str(each.get("id"))))


def _pipeline(now: Json) -> Pipeline:
    stages = _ordered(each for each in now.get("stages", ()) if not each.get("archived"))
    return Pipeline(str(now["id"]), str(now.get("label") or ""), tuple(map(_stage, stages)))


def _stage(now: Json) -> Stage:
    metadata: dict[str, Any] = now.get("metadata") or {}
    chance = metadata.get("probability")
    state = metadata.get("ticketState") or metadata.get("state")
    return Stage(
        str(now["id"]),
        str(now.get("label") or words(str(now["id"]))),
        probability=None if chance is None else float(chance),
        closed=None if chance is not None or state is None else state == "CLOSED",
    )


def _labels(account: Account, shown: dict[str, str]) -> Iterator[Label]:
    """The account's own labels between the objects shown, each once."""
    ids = list(shown)
    for place, start in enumerate(ids):
        for end in ids[place:]:
            if not account_links(account, start, end):
                continue
            back = {
                int(each["typeId"]): str(each["label"])
                for each in account.labels(end, start)
                if each.get("category") == "USER_DEFINED" and each.get("label")
            }
            told: set[int] = set()
            for each in account.labels(start, end):
                number = int(each.get("typeId", 0))
                if each.get("category") != "USER_DEFINED" or not each.get("label") or number in told:
                    continue
                # HubSpot numbers the two directions of a label one after the other.
                other = next((near for near in (number + 1, number - 1) if near in back), number)
                told |= {number, other} if start == end else {number}
                inverse = back.get(other, "")
                label = str(each["label"])
                yield Label(shown[start], shown[end], label, "" if inverse == label else inverse)


def account_links(account: Account, start: str, end: str) -> bool:
    """Whether the two can be associated at all."""
    own = any(each.startswith("2-") for each in (start, end))
    return own or bool(load.association_types(start, end))
