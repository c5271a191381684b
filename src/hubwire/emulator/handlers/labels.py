"""Association labels of one account: create, relabel, delete.

https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide; what a live account did in
October 2026: https://github.com/scopiousdigital/kalup (docs/hubspot.md). The guide's ten labels a pair are
the limit here, the status and the words of the refusal are observed ones, for fifty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import refusals, removal, render
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.handlers.associations import pair_kinds
from hubwire.emulator.portal import Portal
from hubwire.emulator.relations import OWN, OwnRelation
from hubwire.emulator.shapes import decode

NAME = re.compile(r"[^\W\d][^\W-]*(?:[^\W-]*)")
LONGEST = 50


class NewLabel(msgspec.Struct, rename="camel"):
    label: str
    name: str
    inverse_label: str | None = None


class LabelChange(msgspec.Struct, rename="camel"):
    label: str
    association_type_id: int
    inverse_label: str | None = None


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/labels: a label in both directions, and the unlabeled way where the pair has none."""
    kind, other = pair_kinds(portal, asked)
    sent = decode(asked.body, NewLabel, "PublicAssociationDefinitionCreateRequest")
    at = int(asked.now * 1000)
    with portal.store.transaction():
        _free_name(portal, sent.name)
        plain = portal.relations.default(kind.id, other.id)
        if not sent.label:
            # An empty label makes the unlabeled way alone.
            if plain is not None:
                raise refusals.validation(
                    f"{kind.upper} and {other.upper} are associated without a label already"
                )
            pair = portal.relations.define(kind.id, other.id, sent.name, (None, None), at)
            return _answer(pair)
        _room(portal, kind, other)
        if plain is None:
            name = f"{portal.short_name(kind.id)}_to_{portal.short_name(other.id)}"
            portal.relations.define(kind.id, other.id, name, (None, None), at)
        labels = (sent.label, sent.inverse_label or sent.label)
        return _answer(portal.relations.define(kind.id, other.id, sent.name, labels, at))


def update(portal: Portal, asked: Asked) -> Answer:
    """PUT …/labels: new texts; without `inverseLabel` the label stands on both sides."""
    kind, other = pair_kinds(portal, asked)
    sent = decode(asked.body, LabelChange, "PublicAssociationDefinitionUpdateRequest")
    own = _own(portal, kind, other, sent.association_type_id)
    if not sent.label or own.unlabeled:
        raise refusals.validation(f"Association type {own.id} has no label, and labels are not empty")
    with portal.store.transaction():
        portal.relations.relabel(own, sent.label, sent.inverse_label or sent.label)
    return Answer(204)


def delete(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/labels/{associationTypeId}: in both directions, and not while records have it."""
    kind, other = pair_kinds(portal, asked)
    text = asked.places["associationTypeId"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    own = _own(portal, kind, other, number)
    if own.unlabeled and _labels(portal, kind, other):
        raise refusals.validation(
            "Definition with label still exists;"
            f" Cannot delete unlabeled type with associationTypeId {own.id}"
        )
    if portal.edges.uses(own):
        # The guide says that it is refused; the words are ours.
        raise refusals.validation(
            f"Association type {own.id} is in use: take it away from the records first",
            context={"associationTypeId": [str(own.id)]},
        )
    removal.drop_relation(portal, own)
    return Answer(204)


def _own(portal: Portal, kind: ObjectType, other: ObjectType, number: int) -> OwnRelation:
    own = portal.relations.get(number)
    if own is not None and (own.from_type, own.to_type) == (kind.id, other.id):
        return own
    if any(known.id == number for known in load.association_types(kind.id, other.id)):
        raise refusals.validation(f"Association type {number} is defined by HubSpot and cannot be changed")
    raise refusals.nothing_there(
        f"No association type {number} exists between {kind.upper} and {other.upper}",
        context={"associationTypeId": [str(number)]},
    )


def _labels(portal: Portal, kind: ObjectType, other: ObjectType) -> list[OwnRelation]:
    """The labels of the pair, each once."""
    pair = {(kind.id, other.id), (other.id, kind.id)}
    own = [one for one in portal.relations.own() if (one.from_type, one.to_type) in pair]
    return [one for one in own if not one.unlabeled and one.id <= one.inverse]


def _free_name(portal: Portal, name: str) -> None:
    if not NAME.fullmatch(name) or len(name) > LONGEST * 2:
        raise refusals.validation(
            f"Association name {name} is not valid: it has no hyphen and does not start with a digit"
        )
    if any(one.name == name for one in portal.relations.own()):
        raise refusals.validation(f"An association definition named {name} already exists")


def _room(portal: Portal, kind: ObjectType, other: ObjectType) -> None:
    most = load.limits().ASSOCIATION_LABELS
    if len(_labels(portal, kind, other)) >= most:
        # Observed status: 437, which no standard knows.
        raise Refusal(
            437,
            f"No more than {most} association types are allowed between {kind.upper} and {other.upper}",
            category="VALIDATION_ERROR",
        )


def _answer(pair: Sequence[OwnRelation]) -> Answer:
    there, back = pair
    shown = [there] if there.id == back.id else [back, there]
    results: list[dict[str, Any]] = [{"category": OWN, "typeId": one.id, "label": one.label} for one in shown]
    return render.answer({"results": results})


HANDLERS = {
    "associations.labels.create": create,
    "associations.labels.update": update,
    "associations.labels.delete": delete,
}
