"""What a write request must pass before anything is written: values, uniqueness, associations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hubwire.catalogue.facts import AssociationType, ObjectType
from hubwire.emulator import refusals
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import Source
from hubwire.emulator.columns import ID
from hubwire.emulator.exchange import Asked, Refusal
from hubwire.emulator.portal import Applied, Change, NewLink, Portal
from hubwire.emulator.records import Record
from hubwire.emulator.required import missing
from hubwire.emulator.rules import Edition
from hubwire.emulator.shapes import AssociationSpec, NewAssociation
from hubwire.emulator.validate import Checked, Problem, check

PINNED = "hs_pinned_engagement_id"
PIPELINED = {"0-3": ("pipeline", "dealstage"), "0-1": (), "0-2": ()}


@dataclass(slots=True)
class Draft:
    """One record as it would be written."""

    checked: Checked
    record: Record | None = None
    """The record it changes; None if it makes a new one."""


def source_of(asked: Asked) -> Source:
    """Every call through the API counts as made by its app."""
    return Source("INTEGRATION", str(asked.grant.app_id if asked.grant else 0))


def user_of(asked: Asked) -> str:
    """The user on whose behalf the app calls."""
    return str(asked.grant.user_id if asked.grant else 0)


def write(portal: Portal, asked: Asked, changes: Sequence[Change]) -> Applied:
    """The one way from a request to the account's data."""
    if not changes:
        return Applied([], [])
    return portal.apply(changes, at=int(asked.now * 1000), source=source_of(asked))


def writable(kind: ObjectType, asked: Asked) -> ObjectType:
    """The type itself, unless HubSpot's API only reads it."""
    if not kind.writable:
        raise refusals.method_not_allowed(asked.method, ["GET"])
    return kind


def record_id(text: str | int) -> int | None:
    """A record id as a number; None for what cannot be one."""
    text = str(text)
    return int(text) if ID.fullmatch(text) else None


def actual(portal: Portal, kind: ObjectType, text: str | int) -> int | None:
    """A record id as a number, that of the merged record for one that was merged away."""
    number = record_id(text)
    return None if number is None else portal.aliases.real(kind.id, number)


def draft(
    portal: Portal,
    kind: ObjectType,
    properties: Mapping[str, Any],
    edition: Edition,
    record: Record | None = None,
) -> Draft:
    """The values of one input, checked as that API version does at that moment."""
    strict = edition.version == "2026-09"
    checked = check(
        portal.definitions.all(kind.id),
        properties,
        stages(portal, kind, properties, record),
        portal.definitions.rules(kind.id),
        normalise=strict,
        at=edition.at,
    )
    if record is None:
        _into_pipeline(portal, kind, checked)
    checked.problems += missing(portal.required, kind, checked, record, strict=strict)
    return Draft(checked, record)


def _into_pipeline(portal: Portal, kind: ObjectType, checked: Checked) -> None:
    """A record that is born with a stage and no pipeline is in the one that has the stage."""
    names = PIPELINED.get(kind.id, ("hs_pipeline", "hs_pipeline_stage"))
    stage = checked.values.get(names[1]) if names else None
    if stage and not checked.values.get(names[0]):
        for pipeline in portal.pipelines.of(kind.id):
            if pipeline.stage(stage):
                checked.values[names[0]] = pipeline.id
                return


def stages(
    portal: Portal, kind: ObjectType, properties: Mapping[str, Any], record: Record | None
) -> dict[str, list[str]]:
    """Options that pipelines give: all pipelines, and the stages of the one the record is in or goes to."""
    names = PIPELINED.get(kind.id, ("hs_pipeline", "hs_pipeline_stage"))
    if not names or not (names[0] in properties or names[1] in properties):
        return {}
    if not (pipelines := portal.pipelines.of(kind.id)):
        return {}
    stored = record.props.get(names[0]) if record else None
    current = str(properties.get(names[0]) or stored or "")
    chosen = [pipeline for pipeline in pipelines if pipeline.id == current] or pipelines
    return {
        names[0]: [pipeline.id for pipeline in pipelines],
        names[1]: [stage.id for pipeline in chosen for stage in pipeline.stages],
    }


def unique_names(portal: Portal, kind: ObjectType) -> list[str]:
    """Properties of which no two live records have the same value."""
    definitions = portal.definitions.all(kind.id)
    names = dict.fromkeys((*kind.unique, *portal.definitions.unique(kind.id)))
    return [name for name in names if name in definitions and name != "hs_object_id"]


def clashes(
    portal: Portal, kind: ObjectType, drafts: Sequence[Draft], free: tuple[str, str] | None = None
) -> dict[int, Refusal]:
    """By position: which drafts want a unique value that another record, or an earlier draft, has.

    `free`: a property and a value of it that no record is known to have.
    """
    refused: dict[int, Refusal] = {}
    if kind.id == "0-1":
        for index, each in enumerate(drafts):
            email = each.checked.values.get("email")
            if email and portal.erased.has(email):
                # https://community.hubspot.com: the text; that it comes as a bad value is assumed
                problem = ("email", "INVALID_EMAIL", "email has been GDPR blacklisted")
                refused[index] = refusals.property_values([problem])
    for name in unique_names(portal, kind):
        wanted = {
            index: value
            for index, each in enumerate(drafts)
            if (value := each.checked.values.get(name)) and not each.checked.problems
        }
        sought = [value for value in wanted.values() if (name, value) != free]
        taken = portal.find(kind, name, sought)
        claimed: dict[str, int] = {}
        for index, value in wanted.items():
            record = drafts[index].record
            holder = taken.get(value)
            if holder is not None and (record is None or record.id != holder):
                refused.setdefault(index, clash(kind, name, value, holder))
            elif claimed.setdefault(value.casefold(), index) != index:
                refused.setdefault(index, clash(kind, name, value, None))
    return refused


def clash(kind: ObjectType, name: str, value: str, holder: int | None) -> Refusal:
    """A contact's address has an answer of its own; other unique values are refused like bad ones."""
    if kind.id == "0-1" and name == "email":
        return refusals.conflict(None if holder is None else str(holder))
    who = "another input" if holder is None else str(holder)
    # Integrations match on "already has that value"; the words around it are ours.
    return refusals.property_values(
        [(name, "CONFLICTING_UNIQUE_VALUE", f"Cannot set {name} to {value}. {who} already has that value.")]
    )


def pinned(portal: Portal, kind: ObjectType, each: Draft, links: Sequence[NewLink] = ()) -> None:
    """Refuses to pin an activity that is not associated with the record, nor is to be.

    https://developers.hubspot.com/docs/guides/api/crm/objects/contacts; the words are ours.
    """
    wanted = each.checked.values.get(PINNED)
    if not wanted:
        return
    number = record_id(wanted)
    held = {link.other.id for link in links}
    if each.record is not None:
        end = End(kind.id, each.record.id)
        activities = (other.id for other in portal.kinds() if other.engagement)
        held.update(edge.to for other in activities for edge in portal.edges.of(end, other))
    if number not in held:
        raise refusals.validation(
            f"Activity {wanted} cannot be pinned: it is not associated with the record",
            context={"propertyName": [PINNED]},
        )


def problems(drafts: Sequence[Draft]) -> list[Problem]:
    """Everything wrong with any of them."""
    return [problem for each in drafts for problem in each.checked.problems]


def by_property(portal: Portal, kind: ObjectType, name: str, values: Sequence[str]) -> dict[str, int]:
    """Value → id, for the `idProperty` of a call. Refuses properties that do not identify."""
    if name == "hs_object_id":
        return {value: number for value in values if (number := record_id(value)) is not None}
    if name not in unique_names(portal, kind):
        # https://github.com/n8n-io/n8n and others paste this text for upserts
        raise refusals.validation(f"Unable to perform update/upsert by non-unique {kind.id} property {name}")
    return portal.find(kind, name, values)


def one_record(
    portal: Portal, kind: ObjectType, given: str, name: str | None, *, archived: bool = False
) -> Record:
    """The record that a path names by id or by `idProperty`; 404 if there is none."""
    number = actual(portal, kind, given) if not name else by_property(portal, kind, name, [given]).get(given)
    found = portal.table(kind).fetch([number], archived=archived) if number is not None else {}
    if number is None or number not in found:
        raise refusals.not_found(given)
    return found[number]


# Associations


def association(portal: Portal, spec: AssociationSpec) -> AssociationType:
    """The type a caller names by category and id."""
    known = portal.relations.type(spec.associationCategory, spec.associationTypeId)
    if known is None:
        raise refusals.validation(
            f"{spec.associationTypeId} is not a valid association type",
            subCategory="crm.associations.INVALID_ASSOCIATION_TYPE",
        )
    return known


def new_links(
    portal: Portal, kind: ObjectType, wanted: Sequence[NewAssociation] | None
) -> tuple[NewLink, ...]:
    """The associations a record is to be born with; the target's type follows from the association type."""
    links: list[NewLink] = []
    missing: list[str] = []
    for item in wanted or ():
        types = tuple(association(portal, spec) for spec in item.types or ())
        if not types:
            raise refusals.validation("Every association needs at least one association type")
        for known in types:
            if known.from_type != kind.id:
                raise refusals.validation(
                    f"invalid from object type {kind.id} for associations to be created."
                    f" expected: {known.from_type}"
                )
        other = portal.kind(types[0].to_type)
        number = actual(portal, other, item.to.id)
        if number is None or not portal.table(other).existing([number]):
            missing.append(f"{other.upper}={item.to.id} is not valid")
        else:
            links.append(NewLink(End(other.id, number), types))
    if missing:
        raise refusals.validation(
            "One or more associations are invalid",
            context={"INVALID_OBJECT_IDS": missing, "objectType": [kind.upper]},
        )
    return tuple(links)
