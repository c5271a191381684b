"""Property groups and properties: made, changed, archived, or refused where data would be lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hubwire.schema.declared import CustomObject, Objects, Option, Property, words
from hubwire.schema.drafts import Draft, records, said
from hubwire.schema.plans import Action
from hubwire.schema.state import Account, Json, Kind

TRUTH = [Option("true", "Yes"), Option("false", "No")]


def groups(draft: Draft, declared: Objects, kind: Kind) -> None:
    """Groups are made and renamed; one that is not declared stays."""
    for group in declared.groups:
        now = kind.groups.get(group.name)
        what = f"group {declared.name}.{group.name}"
        if now is None:
            body = {"name": group.name, "label": group.label or words(group.name)}
            draft.do("create", what, "properties.groups.create", {"objectType": kind.path}, body)
        elif group.label and now.get("label") != group.label:
            places = {"objectType": kind.path, "groupName": group.name}
            told = f"label {now.get('label')!r} → {group.label!r}"
            draft.do("change", what, "properties.groups.update", places, {"label": group.label}, told)


def compare(draft: Draft, account: Account, declared: Objects, kind: Kind) -> None:
    """Every declared property with what the account has, and what the account has besides."""
    made = isinstance(declared, CustomObject) and kind.schema is None
    for wanted in declared.properties:
        now = kind.properties.get(wanted.name)
        if made:
            # The object is made with it; only its group is missing then.
            if wanted.absent:
                continue
            if wanted.sensitivity:
                _make(draft, declared, kind, wanted)
            elif wanted.group:
                _move(draft, declared, kind, wanted)
            _rules(draft, declared, kind, wanted, {})
        elif wanted.absent:
            _remove(draft, account, declared, kind, wanted, now)
        elif now is None:
            _make(draft, declared, kind, wanted)
            _rules(draft, declared, kind, wanted, {})
        else:
            _change(draft, account, declared, kind, wanted, now)
            _rules(draft, declared, kind, wanted, account.rules(kind, wanted.name) if wanted.rules else {})
    _others(draft, declared, kind)


def _make(draft: Draft, declared: Objects, kind: Kind, wanted: Property) -> None:
    body = new(wanted, wanted.group or main_group(declared, kind))
    what = f"property {declared.name}.{wanted.name}"
    draft.do("create", what, "properties.create", {"objectType": kind.path}, body, _brief(wanted))


def _rules(
    draft: Draft, declared: Objects, kind: Kind, wanted: Property, now: Mapping[str, Sequence[str]]
) -> None:
    """Validation rules are added and changed. They touch no value that is stored; HubSpot removes none."""
    for rule, given in wanted.rules.items():
        arguments = [str(each) for each in given]
        if list(now.get(rule, ["?"])) != arguments:
            places = {"objectType": kind.path, "propertyName": wanted.name, "ruleType": rule}
            body = {"ruleArguments": arguments}
            what = f"rule {rule} of {declared.name}.{wanted.name}"
            action: Action = "change" if rule in now else "create"
            draft.do(action, what, "validations.set", places, body, ", ".join(arguments))
    for rule in sorted(now.keys() - wanted.rules.keys()):
        draft.keep(f"rule {rule} of {declared.name}.{wanted.name} is in the account and not in the schema")


def _others(draft: Draft, declared: Objects, kind: Kind) -> None:
    """What the schema does not speak of. Of HubSpot's own types that may be hundreds: they are counted."""
    names = {each.name for each in declared.properties}
    others = [
        name
        for name, found in kind.properties.items()
        if name not in names and not found.get("hubspotDefined")
    ]
    if isinstance(declared, CustomObject):
        for name in others:
            draft.keep(f"property {declared.name}.{name} is in the account and not in the schema")
    elif others and names:
        count = "1 other property" if len(others) == 1 else f"{len(others):,} other properties"
        draft.keep(f"{count} of {declared.name}, not HubSpot's, not in the schema")


def new(wanted: Property, group: str | None) -> Json:
    """The body of a creation."""
    choices = wanted.choices or (TRUTH if wanted.kind == "bool" and not wanted.formula else [])
    return {
        "name": wanted.name,
        "label": wanted.label or words(wanted.name),
        "type": wanted.kind,
        "fieldType": wanted.form,
        **({"options": _options(choices, [])} if choices or wanted.kind == "enumeration" else {}),
        **said(
            {
                "groupName": group,
                "description": wanted.description,
                "hasUniqueValue": wanted.unique,
                "hidden": wanted.hidden,
                "calculationFormula": wanted.formula,
                "dataSensitivity": wanted.sensitivity,
            }
        ),
    }


def main_group(declared: Objects, kind: Kind) -> str:
    """Where a property goes that names no group: where the account's own properties of the type are."""
    if isinstance(declared, CustomObject):
        wanted = f"{declared.name.lower()}_information"
    else:
        wanted = {"contacts": "contactinformation", "companies": "companyinformation"}.get(
            kind.path, f"{kind.path.rstrip('s').replace('_', '')}information"
        )
    return wanted if wanted in kind.groups else next(iter(kind.groups), wanted)


def _brief(wanted: Property) -> str:
    shown = ", ".join(option.value for option in wanted.choices)
    return f"{wanted.kind}, {wanted.form}{f': {shown}' if shown else ''}"


def _options(choices: Sequence[Option], now: Sequence[Json]) -> list[Json]:
    """All options in their order; what is not said of one stays."""
    before = {str(each.get("value")): each for each in now}
    return [
        {
            **said({"description": before.get(each.value, {}).get("description")}),
            "value": each.value,
            "label": each.label or before.get(each.value, {}).get("label") or words(each.value),
            "displayOrder": place,
            "hidden": bool(before.get(each.value, {}).get("hidden")) if each.hidden is None else each.hidden,
        }
        for place, each in enumerate(choices)
    ]


def _move(draft: Draft, declared: Objects, kind: Kind, wanted: Property) -> None:
    places = {"objectType": kind.path, "propertyName": wanted.name}
    what = f"property {declared.name}.{wanted.name}"
    draft.do(
        "change", what, "properties.update", places, {"groupName": wanted.group}, f"into group {wanted.group}"
    )


def _remove(
    draft: Draft, account: Account, declared: Objects, kind: Kind, wanted: Property, now: Json | None
) -> None:
    what = f"property {declared.name}.{wanted.name}"
    if now is None:
        return
    if now.get("hubspotDefined"):
        draft.refuse(what, "it is HubSpot's own and cannot be archived", "Hide it in HubSpot instead.")
        return
    held = account.holding(kind, wanted.name)
    if held:
        draft.refuse(
            what,
            f"archiving it would lose what {records(held)} in it",
            "Clear the property on those records first, or take `absent` out of the schema.",
        )
        return
    places = {"objectType": kind.path, "propertyName": wanted.name}
    draft.do("remove", what, "properties.archive", places, None, "no record has a value")


def _change(
    draft: Draft, account: Account, declared: Objects, kind: Kind, wanted: Property, now: Json
) -> None:
    what = f"property {declared.name}.{wanted.name}"
    if not _keeps_type(draft, account, kind, what, wanted, now):
        return
    body: Json = {}
    details = []
    for key, value in _simple(wanted).items():
        if (now.get(key) or None) != (value or None):
            body[key] = value
            details.append(f"{key} {now.get(key)!r} → {value!r}")
    if wanted.choices:
        told = _new_options(draft, account, kind, what, wanted, now)
        if told is None:
            return
        if told:
            body["options"] = _options(wanted.choices, now.get("options", ()))
            details += told
    if body:
        places = {"objectType": kind.path, "propertyName": wanted.name}
        draft.do("change", what, "properties.update", places, body, *details)


def _simple(wanted: Property) -> Json:
    """What can be changed without touching any data."""
    return {
        **said(
            {
                "label": wanted.label,
                "fieldType": wanted.field,
                "groupName": wanted.group,
                "hidden": wanted.hidden,
                "calculationFormula": wanted.formula,
            }
        ),
        **({} if wanted.description is None else {"description": wanted.description}),
    }


def _keeps_type(draft: Draft, account: Account, kind: Kind, what: str, wanted: Property, now: Json) -> bool:
    """Whether the values that are stored keep their meaning; refusals are noted."""
    has = now.get("type")
    asked = wanted.type or ("enumeration" if wanted.options else has)
    if asked != has:
        draft.refuse(
            what,
            f"its type is {has}, and changing it to {asked} would lose what does not fit",
            f"Declare a new property ({wanted.name}_2), copy the values, and mark this one `absent`.",
        )
        return False
    unique = bool(now.get("hasUniqueValue"))
    if wanted.unique is not None and wanted.unique != unique:
        draft.refuse(
            what,
            f"HubSpot fixes at creation whether values are unique; these are {'' if unique else 'not '}so",
            f"Declare a new property ({wanted.name}_2), or say unique = {str(unique).lower()}.",
        )
        return False
    level = now.get("dataSensitivity") or "non_sensitive"
    if wanted.sensitivity and wanted.sensitivity != level:
        draft.refuse(
            what,
            f"HubSpot fixes at creation how sensitive values are; these are {level}",
            f"Declare a new property ({wanted.name}_2), copy the values, and mark this one `absent`.",
        )
        return False
    several = now.get("fieldType") == "checkbox"
    if (
        several
        and wanted.field
        and wanted.field != "checkbox"
        and (held := account.holding(kind, wanted.name))
    ):
        draft.refuse(
            what,
            f"{records(held)} values of it, perhaps several each, and a {wanted.field} has room for one",
            'Keep field = "checkbox", or declare a new property.',
        )
        return False
    return True


def _new_options(
    draft: Draft, account: Account, kind: Kind, what: str, wanted: Property, now: Json
) -> list[str] | None:
    """What is different about the options; None when that is refused."""
    have = sorted(now.get("options", ()), key=lambda each: each.get("displayOrder") or 0)
    before = {str(each["value"]): each for each in have}
    after = {each["value"]: each for each in _options(wanted.choices, have)}
    told = [f"option {value} added" for value in after if value not in before]
    refused = False
    for value in before:
        if value in after:
            continue
        held = account.holding(kind, wanted.name, value)
        if held:
            refused = True
            draft.refuse(
                f"{what}, option {value}",
                f"removing it would lose what {records(held)}",
                "Give those records another value first, or keep the option, with hidden = true.",
            )
        told.append(f"option {value} removed, which no record holds")
    for value, each in after.items():
        told += [
            f"option {value}: {key} {before[value].get(key)!r} → {each[key]!r}"
            for key in ("label", "hidden")
            if value in before and (before[value].get(key) or False) != (each[key] or False)
        ]
    kept = [value for value in before if value in after]
    if kept != [value for value in after if value in before]:
        told.append("order of the options")
    return None if refused else told
