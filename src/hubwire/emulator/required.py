"""Which properties a record must have: those a custom object requires, and since 2026-09 the account's own.

https://developers.hubspot.com/changelog (write validation of 2026-09). Which properties the Create form
requires, and under which conditions others, is the account's own setting: a new account has none. What every
activity must have holds in all accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator.drawer import Drawer
from hubwire.emulator.records import Record
from hubwire.emulator.refusals import NOT_SET, SOME_NOT_SET
from hubwire.emulator.schemas import OwnSchema
from hubwire.emulator.validate import Checked, Problem

# https://developers.hubspot.com/docs/guides/crm/using-object-apis: what an activity needs. The guide asks
# for properties of other types too (deals dealname, dealstage, pipeline; tickets subject,
# hs_pipeline_stage). A deal without stage was recorded before 2026-09 (NangoHQ/integration-templates,
# create-deal). Of 2026-09 the changelog says only that the Create form is enforced, and what a form
# requires is the account's own: so nothing is asked of them here until an account's rules say so.
# Assumed; `Emulator.require` sets the rules.
ACTIVITIES: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("0-27", "0-46", "0-47", "0-48", "0-116"), ("hs_timestamp",)),
    "0-18": ("hs_timestamp", "hs_communication_channel_type"),
    "0-49": ("hs_timestamp", "hs_email_direction"),
}


class Condition(msgspec.Struct, forbid_unknown_fields=True):
    """`name` is required while `on` has one of these values."""

    name: str
    on: str
    values: list[str]


class Rules(msgspec.Struct, forbid_unknown_fields=True):
    """What an account requires of one type: on its Create form, and under conditions on every write."""

    form: list[str] = []
    conditions: list[Condition] = []


class Required:
    """Reads are from memory; `put` sets what an admin sets in HubSpot."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer

    def put(self, type_id: str, rules: Rules) -> None:
        """From now on these, and no others."""
        self._drawer.put("required", "", type_id, rules.form)
        self._drawer.drop_all("condition", type_id)
        for number, rule in enumerate(rules.conditions):
            self._drawer.put("condition", type_id, str(number), rule)

    def of_schema(self, type_id: str) -> Sequence[str]:
        """What a custom object requires of its records, in every version."""
        if not type_id.startswith("2-"):
            return ()
        own = self._drawer.all("schema", "", OwnSchema).get(type_id)
        return own.required_properties if own is not None else ()

    def called(self, kind: ObjectType) -> str:
        """How refusals before 2026-09 call the type: `car`, `TICKET`."""
        own = self._drawer.all("schema", "", OwnSchema).get(kind.id)
        return own.name if own is not None else kind.upper

    def of_form(self, type_id: str) -> Sequence[str]:
        return self._drawer.all("required", "", list[str]).get(type_id, ())

    def conditions(self, type_id: str) -> list[Condition]:
        return list(self._drawer.all("condition", type_id, Condition).values())


def missing(
    required: Required, kind: ObjectType, checked: Checked, record: Record | None, *, strict: bool
) -> Iterator[Problem]:
    """What a write leaves without a value that must have one; `strict` as of 2026-09."""
    always = list(required.of_schema(kind.id))
    if strict and record is None:
        always += (*ACTIVITIES.get(kind.id, ()), *required.of_form(kind.id))
    conditions = required.conditions(kind.id) if strict else []
    if not always and not conditions:
        return
    stored: Mapping[str, str | None] = record.props if record is not None else {}
    after = {**stored, **checked.values}
    wrong = {name for name, _, _ in checked.problems}
    for name in dict.fromkeys(always):
        # An update is asked only about what it clears.
        if name not in wrong and not after.get(name) and (record is None or name in checked.values):
            if strict:
                yield name, "MISSING_REQUIRED_PROPERTY", f"A value for {name} must be provided"
            else:
                doing = "creating" if record is None else "updating"
                yield name, NOT_SET, f"Error {doing} {required.called(kind)}. {SOME_NOT_SET}"
    for rule in conditions:
        met = after.get(rule.on) in rule.values
        if met and rule.name not in wrong and not after.get(rule.name):
            text = f"{rule.name} is required because of a conditional property rule based on [{rule.on}]"
            yield rule.name, "MISSING_CONDITIONAL_REQUIRED_PROPERTY", text
