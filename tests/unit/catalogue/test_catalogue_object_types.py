"""Object types: spellings, the properties they name, scopes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.catalogue.build import scopes_by_type
from hubwire.catalogue.facts import ObjectType
from hubwire.catalogue.load import object_type, object_types, properties
from hubwire.catalogue.tables import BadTable

EVERY = {
    "contacts": "0-1", "companies": "0-2", "deals": "0-3", "tickets": "0-5", "products": "0-7",
    "line_items": "0-8", "quotes": "0-14", "communications": "0-18", "feedback_submissions": "0-19",
    "tasks": "0-27", "notes": "0-46", "meetings": "0-47", "calls": "0-48", "emails": "0-49",
    "invoices": "0-53", "marketing_events": "0-54", "subscriptions": "0-69", "deal_splits": "0-72",
    "goal_targets": "0-74",
    "discounts": "0-84", "fees": "0-85", "taxes": "0-86", "commerce_payments": "0-101", "users": "0-115",
    "postal_mail": "0-116", "orders": "0-123", "leads": "0-136", "carts": "0-142", "services": "0-162",
    "courses": "0-410", "listings": "0-420", "appointments": "0-421", "projects": "0-970",
    "partner_clients": "0-145", "partner_services": "0-146", "contracts": "0-721",
}  # fmt: skip

SPELLINGS = [
    (spelling, kind.id)
    for kind in object_types()
    for spelling in (kind.id, kind.name, kind.singular, *kind.aliases)
]


def test_every_standard_type_has_its_id() -> None:
    assert {kind.name: kind.id for kind in object_types()} == EVERY


@given(st.data())
def test_a_spelling_is_understood_in_any_letter_case(data: st.DataObject) -> None:
    spelling, type_id = data.draw(st.sampled_from(SPELLINGS))
    upper = data.draw(st.lists(st.booleans(), min_size=len(spelling), max_size=len(spelling)))
    mixed = "".join(c.upper() if up else c for c, up in zip(spelling, upper, strict=True))
    found = object_type(mixed)
    assert found is not None
    assert found.id == type_id


def test_no_spelling_means_two_types() -> None:
    owners: dict[str, set[str]] = {}
    for spelling, type_id in SPELLINGS:
        owners.setdefault(spelling, set()).add(type_id)
    assert {spelling: ids for spelling, ids in owners.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("spelling", ["widgets", "", "2-1234567", "p123_car", "0-9999", "contact ", "0-01"])
def test_a_custom_or_unknown_spelling_is_no_standard_type(spelling: str) -> None:
    assert object_type(spelling) is None


def test_only_contacts_have_their_own_name_for_the_modification_time() -> None:
    others = {kind.name for kind in object_types() if kind.modified != "hs_lastmodifieddate"}
    assert others == {"contacts"}


def test_engagements_are_the_seven_kinds_of_activity() -> None:
    activities = {kind.name for kind in object_types() if kind.engagement}
    assert activities == {"calls", "communications", "emails", "meetings", "notes", "postal_mail", "tasks"}


def test_feedback_submissions_and_contracts_cannot_be_written() -> None:
    assert {kind.name for kind in object_types() if not kind.writable} == {
        "feedback_submissions",
        "contracts",
    }


def test_a_read_without_properties_returns_the_documented_ones() -> None:
    def defaults(name: str) -> set[str]:
        kind = object_type(name)
        assert kind is not None
        return set(kind.defaults)

    assert defaults("contacts") == {
        "createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname",
    }  # fmt: skip
    assert defaults("companies") == {"name", "domain", "createdate", "hs_lastmodifieddate", "hs_object_id"}
    assert defaults("notes") == {"hs_createdate", "hs_lastmodifieddate", "hs_object_id"}


@pytest.mark.parametrize("kind", object_types(), ids=lambda kind: kind.name)
def test_every_property_that_a_type_names_is_defined(kind: ObjectType) -> None:
    named = {*kind.defaults, *kind.query, *kind.unique, kind.created, kind.modified, "hs_object_id"}
    assert named - set(properties(kind.id)) == set()


def test_the_unique_properties_of_a_type_are_those_its_definitions_mark() -> None:
    marked = {
        kind.name: {prop.name for prop in properties(kind.id).values() if prop.unique}
        for kind in object_types()
    }
    assert {name: names for name, names in marked.items() if names} == {"contacts": {"email"}}
    assert {kind.name: kind.unique for kind in object_types() if kind.unique} == {"contacts": ("email",)}


def test_every_type_has_scopes_and_the_common_ones_are_theirs() -> None:
    assert [kind.name for kind in object_types() if not (kind.scope_read and kind.scope_write)] == []
    contacts, tickets = object_type("contacts"), object_type("tickets")
    assert contacts is not None
    assert tickets is not None
    assert (contacts.scope_read, contacts.scope_write) == (
        ("crm.objects.contacts.read",),
        ("crm.objects.contacts.write",),
    )
    assert tickets.scope_write == ("tickets",)


def test_an_error_text_names_a_type_in_upper_case_singular() -> None:
    assert [kind.upper for kind in object_types()[:6]] == [
        "CONTACT", "COMPANY", "DEAL", "TICKET", "PRODUCT", "LINE_ITEM",
    ]  # fmt: skip


def test_the_scopes_of_a_type_stand_in_one_place() -> None:
    rows = [{"types": "deals quotes"}, {"types": "deals"}]
    with pytest.raises(BadTable, match="two rows tell the scopes of deals"):
        scopes_by_type(rows)
