"""Built-in property definitions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.catalogue.load import object_type, object_types, properties, property_groups
from hubwire.catalogue.tables import read, table_rows
from tests.oracle.recorded import FOLDER, load

# https://developers.hubspot.com/docs/guides/api/crm/properties; the calculated kinds as accounts list them.
CALCULATED = {"calculation_equation", "calculation_read_time", "calculation_rollup", "calculation_score"}
FIELD_TYPES = {
    "bool": {"booleancheckbox"},
    "enumeration": {"booleancheckbox", "checkbox", "radio", "select"},
    "date": {"date"},
    "datetime": {"date"},
    "string": {"file", "text", "textarea", "html", "phonenumber"},
    "number": {"number"},
    "phone_number": {"phonenumber"},
    "object_coordinates": {"text"},
}

EVERY = [(kind, prop) for kind in object_types() for prop in properties(kind.id).values()]
RECORDED = (
    ("contact", "contacts"),
    ("compan", "companies"),
    ("deal", "deals"),
    ("ticket", "tickets"),
    ("task", "tasks"),
)


def of(name: str) -> dict[str, Property]:
    kind = object_type(name)
    assert kind is not None
    return dict(properties(kind.id))


@pytest.mark.parametrize(
    ("kind", "least"),
    [("contacts", 300), ("companies", 150), ("deals", 150), ("tickets", 150), ("tasks", 80), ("quotes", 90)],
)
def test_the_main_types_have_the_properties_of_a_new_account(kind: str, least: int) -> None:
    assert len(of(kind)) >= least


@pytest.mark.parametrize("kind", object_types(), ids=lambda kind: kind.name)
def test_no_property_is_defined_twice(kind: ObjectType) -> None:
    rows = [*table_rows(read("properties/common")), *table_rows(read(f"properties/{kind.name}"))]
    assert [name for name, count in Counter(row["name"] for row in rows).items() if count > 1] == []


def test_a_property_has_a_type_with_a_field_that_can_show_it() -> None:
    odd = {
        (kind.name, prop.name, prop.type, prop.field_type)
        for kind, prop in EVERY
        if prop.field_type not in FIELD_TYPES[prop.type] | CALCULATED
    }
    assert odd == set()


def test_a_property_name_is_lower_case_and_its_label_is_not_empty() -> None:
    odd = [
        prop.name for _, prop in EVERY if not re.fullmatch(r"[a-z][a-z0-9_]*", prop.name) or not prop.label
    ]
    assert odd == []


def test_an_enumeration_that_can_be_written_has_options_or_takes_them_from_elsewhere() -> None:
    closed = [
        (kind.name, prop.name)
        for kind, prop in EVERY
        if prop.type == "enumeration" and not (prop.options or prop.external_options or prop.calculated)
    ]
    assert closed == []


def test_only_enumerations_and_truth_values_have_options_and_each_once() -> None:
    for kind, prop in EVERY:
        assert not prop.options or prop.type in ("enumeration", "bool"), (kind.name, prop.name)
        values = [option.value for option in prop.options]
        assert len(values) == len(set(values)), (kind.name, prop.name)
        assert all(option.value and option.label for option in prop.options), (kind.name, prop.name)


@pytest.mark.parametrize("kind", object_types(), ids=lambda kind: kind.name)
def test_options_belong_to_a_property_of_the_same_file(kind: ObjectType) -> None:
    assert set(read(f"properties/{kind.name}").get("options", {})) <= set(properties(kind.id))


def test_a_calculated_value_cannot_be_set() -> None:
    assert [(kind.name, prop.name) for kind, prop in EVERY if prop.calculated and not prop.read_only] == []


def test_a_group_of_a_property_is_a_group_of_its_type() -> None:
    strays = {(kind.name, prop.group) for kind, prop in EVERY if prop.group not in property_groups(kind.id)}
    assert strays == set()


def test_the_main_group_of_a_type_comes_first() -> None:
    firsts = {kind.name: next(iter(property_groups(kind.id))) for kind in object_types()}
    assert firsts["contacts"] == "contactinformation"
    assert firsts["companies"] == "companyinformation"
    assert firsts["deals"] == "dealinformation"
    assert firsts["tickets"] == "ticketinformation"


@pytest.mark.parametrize(
    ("kind", "name", "type_", "field_type"),
    [
        ("contacts", "email", "string", "text"),
        ("contacts", "phone", "string", "phonenumber"),
        ("contacts", "lifecyclestage", "enumeration", "radio"),
        ("contacts", "date_of_birth", "string", "text"),
        ("contacts", "annualrevenue", "string", "text"),
        ("contacts", "hubspot_owner_id", "enumeration", "select"),
        ("contacts", "createdate", "datetime", "date"),
        ("companies", "annualrevenue", "number", "number"),
        ("companies", "numberofemployees", "number", "number"),
        ("deals", "amount", "number", "number"),
        ("deals", "closedate", "datetime", "date"),
        ("deals", "dealstage", "enumeration", "radio"),
        ("tickets", "hs_ticket_category", "enumeration", "checkbox"),
        ("tasks", "hs_task_status", "enumeration", "select"),
        ("notes", "hs_timestamp", "datetime", "date"),
    ],
)
def test_a_well_known_property_has_its_type(kind: str, name: str, type_: str, field_type: str) -> None:
    prop = of(kind)[name]
    assert (prop.type, prop.field_type) == (type_, field_type)


def test_a_multi_select_property_takes_several_values() -> None:
    role = of("contacts")["hs_buying_role"]
    assert role.multiple
    assert not of("contacts")["lifecyclestage"].multiple
    assert [option.value for option in role.options] == [
        "BLOCKER", "BUDGET_HOLDER", "CHAMPION", "DECISION_MAKER", "END_USER", "EXECUTIVE_SPONSOR",
        "INFLUENCER", "LEGAL_AND_COMPLIANCE", "OTHER",
    ]  # fmt: skip


def test_lifecycle_stages_are_in_the_order_contacts_move_through_them() -> None:
    for kind in ("contacts", "companies"):
        assert [option.value for option in of(kind)["lifecyclestage"].options] == [
            "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer",
            "evangelist", "other",
        ]  # fmt: skip


def test_a_truth_value_has_the_two_options_that_a_refusal_names() -> None:
    assert [option.value for option in of("contacts")["hs_email_optout"].options] == ["true", "false"]


@pytest.mark.parametrize("name", ["hs_object_id", "lastmodifieddate", "num_notes", "hs_email_domain"])
def test_what_hubspot_computes_cannot_be_set(name: str) -> None:
    assert of("contacts")[name].read_only


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("contacts", "email"), ("contacts", "firstname"), ("contacts", "lifecyclestage"),
        ("contacts", "hs_lead_status"), ("contacts", "hubspot_owner_id"), ("companies", "domain"),
        ("companies", "website"), ("deals", "dealstage"), ("deals", "pipeline"), ("deals", "closedate"),
        ("tickets", "hs_pipeline_stage"), ("tickets", "content"), ("line_items", "quantity"),
        ("notes", "hs_note_body"), ("notes", "hs_timestamp"), ("tasks", "hs_task_subject"),
        ("products", "hs_sku"), ("quotes", "hs_title"), ("calls", "hs_call_title"),
    ],
)  # fmt: skip
def test_what_callers_write_can_be_set(kind: str, name: str) -> None:
    assert not of(kind)[name].read_only


def test_an_unknown_type_has_no_built_in_properties() -> None:
    assert dict(properties("2-1")) == {}
    assert dict(properties("contacts")) == {}
    assert dict(property_groups("2-1")) == {}


def test_definitions_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(TypeError):
        properties("0-1")["email"] = properties("0-1")["phone"]  # type: ignore[index]


def keys(answer: Any) -> Iterator[str]:
    """Every key of every `properties` object in a recorded answer."""
    if isinstance(answer, dict):
        found = answer.get("properties")
        if isinstance(found, dict):
            yield from found
        for part in answer.values():
            yield from keys(part)
    elif isinstance(answer, list):
        for part in answer:
            yield from keys(part)


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no recordings in {FOLDER.parent.name}/{FOLDER.name}")
@pytest.mark.parametrize(("part", "kind"), RECORDED)
def test_every_property_in_a_recorded_answer_is_defined(part: str, kind: str) -> None:
    names = [
        path.name
        for path in sorted(FOLDER.glob(f"*{part}*.json"))
        if not re.search(r"schema|association|pipeline|search", path.name)
    ]
    assert names
    seen = {key for name in names for key in keys(_answer(load(name)))}
    assert seen - set(of(kind)) == set()


def _answer(recording: Any) -> Any:
    return recording.get("response", recording) if isinstance(recording, dict) else recording
