"""Which objects can be associated, and the labels of associations."""

from __future__ import annotations

import re

from hubwire.catalogue import load
from hubwire.schema.declared import CustomObject, Label, Schema
from hubwire.schema.drafts import Draft
from hubwire.schema.state import Account, Ref

OWN = "USER_DEFINED"


def objects(draft: Draft, account: Account, schema: Schema, own: CustomObject) -> None:
    """Associations that an object was not made with. Those that are not declared stay."""
    kind = account.custom(own.name)
    declared = {each.name.lower() for each in schema.custom}
    wanted = {name: account.type_id(name, declared) for name in own.associations}
    for type_id in sorted(kind.associated - {kind.type_id, *wanted.values()}):
        named = load.object_type(type_id)
        # Two objects are associated once, whichever of them says so; every custom object has the activities.
        said = any(own.name.lower() in map(str.lower, each.associations) for each in schema.custom)
        if not (named.engagement if named else said):
            shown = named.name if named else type_id
            draft.keep(f"association {own.name} – {shown} is in the account and not in the schema")
    for name, other in wanted.items():
        new = kind.schema is None
        if (new and not isinstance(other, Ref)) or other in kind.associated:
            continue
        # Two new objects that name each other are associated once.
        back = schema.find(name) if isinstance(other, Ref) else None
        known = f"association {name} – {own.name}"
        if back is not None and any(each.what == known for each in draft.changes):
            continue
        body = {
            "fromObjectTypeId": kind.type_id,
            "toObjectTypeId": other,
            "name": f"{own.name}_to_{re.sub(r'[^A-Za-z0-9]+', '_', name)}",
        }
        what = f"association {own.name} – {name}"
        draft.do("create", what, "schemas.associations.create", {"objectType": kind.path}, body)


def labels(draft: Draft, account: Account, schema: Schema) -> None:
    """Labels are told by their text; a new text is a new label."""
    declared = {each.name.lower() for each in schema.custom}
    seen: dict[tuple[str, str], set[str]] = {}
    for label in schema.labels:
        start, end = account.type_id(label.from_, declared), account.type_id(label.to, declared)
        seen.setdefault((start, end), set()).add(label.label)
        seen.setdefault((end, start), set()).add(label.inverse or label.label)
        _compare(draft, account, label, (start, end))
    for (start, end), texts in seen.items():
        if start > end and (end, start) in seen:
            continue
        for known in account.labels(start, end):
            if known.get("category") == OWN and known.get("label") and known["label"] not in texts:
                draft.keep(f"label {start} → {end}: {known['label']} is in the account and not in the schema")


def _compare(draft: Draft, account: Account, label: Label, pair: tuple[str, str]) -> None:
    start, end = pair
    what = f"label {label.from_} → {label.to}: {label.label}"
    inverse = label.inverse or label.label
    now = [each for each in account.labels(start, end) if each.get("label") == label.label]
    # Of a custom object that is made in the same plan, paths know the name already.
    places = {"fromObjectType": _path(account, start), "toObjectType": _path(account, end)}
    if not now:
        body = {"name": label.name or _name(label), "label": label.label}
        if label.inverse:
            body["inverseLabel"] = label.inverse
        told = [f"{inverse} from the other side"] if label.inverse else []
        draft.do("create", what, "associations.labels.create", places, body, *told)
        return
    back = {each.get("label") for each in account.labels(end, start)}
    if label.inverse and inverse not in back and now[0].get("category") == OWN:
        body = {"associationTypeId": now[0]["typeId"], "label": label.label, "inverseLabel": inverse}
        draft.do("change", what, "associations.labels.update", places, body, f"{inverse} from the other side")


def _path(account: Account, type_id: str) -> str:
    return account.path(type_id) if isinstance(type_id, Ref) else type_id


def _name(label: Label) -> str:
    text = re.sub(r"\W+", "_", f"{label.label}_{label.from_}_{label.to}".lower()).strip("_")
    return text if not text[:1].isdigit() else f"label_{text}"
