"""Custom objects themselves: made whole, changed in what is not their name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hubwire.schema.declared import CustomObject, Schema, words
from hubwire.schema.drafts import Draft, said
from hubwire.schema.properties import new
from hubwire.schema.state import Account, Ref

ROLES = {
    "primary": "primaryDisplayProperty",
    "secondary": "secondaryDisplayProperties",
    "searchable": "searchableProperties",
    "required": "requiredProperties",
}


def create(draft: Draft, account: Account, schema: Schema, own: CustomObject) -> None:
    """The object with all its properties in one call, which HubSpot carries out whole or not at all."""
    if own.absent or account.custom(own.name).schema is not None:
        return
    declared = {each.name.lower() for each in schema.custom}
    others = [account.type_id(each, declared) for each in own.associations]
    # A group can only be made once the object is there: properties go into it afterwards.
    # So can sensitive properties: HubSpot takes them for an object that permits them.
    properties = [new(each, None) for each in own.properties if not each.absent and not each.sensitivity]
    body = {
        "name": own.name,
        "labels": {
            "singular": own.singular or words(own.name),
            "plural": own.plural or own.singular or words(own.name),
        },
        "properties": properties,
        "associatedObjects": [each for each in others if not isinstance(each, Ref)],
        **said({"description": own.description, **_roles(own)}),
        **({"allowsSensitiveProperties": True} if any(each.sensitivity for each in own.properties) else {}),
    }
    body.setdefault("primaryDisplayProperty", properties[0]["name"] if properties else "hs_object_id")
    details = [f"{len(properties)} propert{'y' if len(properties) == 1 else 'ies'}"]
    if body["associatedObjects"]:
        named = [
            name for name, each in zip(own.associations, others, strict=True) if not isinstance(each, Ref)
        ]
        details.append(f"associated with {', '.join(named)}")
    draft.do("create", f"custom object {own.name}", "schemas.create", {}, body, *details)


def change(draft: Draft, account: Account, own: CustomObject) -> None:
    """Labels, description and the parts that properties play."""
    now = account.custom(own.name).schema
    if own.absent:
        _remove(draft, account, own)
        return
    if now is None:
        return
    body: dict[str, Any] = {}
    details = []
    labels = said({"singular": own.singular, "plural": own.plural})
    before = now.get("labels") or {}
    if any(before.get(name) != value for name, value in labels.items()):
        body["labels"] = {**before, **labels}
        details.append(f"labels {_shown(before.values())} → {_shown(body['labels'].values())}")
    if own.description is not None and own.description != (now.get("description") or ""):
        body |= {"description": own.description} if own.description else {"clearDescription": True}
        details.append("description")
    for name, wanted in _roles(own).items():
        have = now.get(name)
        same = sorted(have or ()) == sorted(wanted) if name in UNORDERED else have == wanted
        if not same:
            body[name] = wanted
            details.append(f"{name}: {_listed(have)} → {_listed(wanted)}")
    if body:
        places = {"objectType": str(now["objectTypeId"])}
        draft.do("change", f"custom object {own.name}", "schemas.update", places, body, *details)


def _remove(draft: Draft, account: Account, own: CustomObject) -> None:
    kind, what = account.custom(own.name), f"custom object {own.name}"
    if kind.schema is None:
        return
    count = account.existing(kind)
    if count:
        draft.refuse(
            what,
            f"archiving it would lose its {count:,} record{'' if count == 1 else 's'}",
            "Archive those first, or take `absent` out of the schema.",
        )
        return
    places = {"objectType": str(kind.schema["objectTypeId"])}
    draft.do("remove", what, "schemas.delete", places, None, "it has no record")


UNORDERED = ("searchableProperties", "requiredProperties")


def _roles(own: CustomObject) -> dict[str, Any]:
    found = {
        "primary": own.primary,
        "secondary": list(own.secondary),
        "searchable": list(own.searchable),
        "required": list(own.required),
    }
    return {ROLES[role]: value for role, value in found.items() if value}


def extra(draft: Draft, account: Account, schema: Schema) -> None:
    """Custom objects that the schema does not declare."""
    declared = {each.name.lower() for each in schema.custom}
    for name, found in account.schemas().items():
        if name not in declared:
            draft.keep(f"custom object {found['name']} is in the account and not in the schema")


def _shown(labels: Any) -> str:
    return " / ".join(str(each) for each in labels)


def _listed(names: str | Sequence[str] | None) -> str:
    return names if isinstance(names, str) else ", ".join(names or ()) or "none"
