"""HubSpot's own association types."""

from __future__ import annotations

from collections import Counter

import pytest

from hubwire.catalogue.facts import AssociationType
from hubwire.catalogue.load import association_type, association_types, default_association, object_types

IDS = [kind.id for kind in object_types()]
EVERY = [kind for from_id in IDS for to_id in IDS for kind in association_types(from_id, to_id)]

CONTACT, COMPANY, DEAL, TICKET = "0-1", "0-2", "0-3", "0-5"


def by_id(number: int) -> AssociationType:
    found = association_type("HUBSPOT_DEFINED", number)
    assert found is not None, number
    return found


def test_every_row_of_the_table_joins_two_known_types() -> None:
    assert len(EVERY) == 397


def test_no_id_and_no_name_is_used_twice() -> None:
    assert [number for number, count in Counter(kind.id for kind in EVERY).items() if count > 1] == []
    assert [name for name, count in Counter(kind.name for kind in EVERY).items() if count > 1] == []


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_the_other_direction_of_a_type_has_it_as_its_own_other_direction(kind: AssociationType) -> None:
    back = by_id(kind.inverse)
    assert (back.inverse, back.from_type, back.to_type) == (kind.id, kind.to_type, kind.from_type)
    assert back.unlabeled == kind.unlabeled


def test_a_pair_of_types_has_exactly_one_unlabeled_type_or_only_labelled_ones() -> None:
    counts = Counter((kind.from_type, kind.to_type) for kind in EVERY if kind.unlabeled)
    assert set(counts.values()) == {1}
    assert {(kind.from_type, kind.to_type) for kind in EVERY} == set(counts)


def test_the_unlabeled_type_comes_first() -> None:
    assert [kind.id for kind in association_types(CONTACT, COMPANY)] == [279, 1, 931]


@pytest.mark.parametrize(
    ("from_type", "to_type", "unlabeled"),
    [
        (CONTACT, COMPANY, 279), (COMPANY, CONTACT, 280), (DEAL, COMPANY, 341), (COMPANY, DEAL, 342),
        (TICKET, COMPANY, 339), (COMPANY, TICKET, 340), (CONTACT, DEAL, 4), (DEAL, CONTACT, 3),
        (CONTACT, CONTACT, 449), (COMPANY, COMPANY, 450), (DEAL, DEAL, 451), (TICKET, TICKET, 452),
        ("0-136", CONTACT, 608), ("0-142", TICKET, 594), ("0-142", "0-19", 1158),
        ("0-46", CONTACT, 202), ("0-8", DEAL, 20), ("0-123", COMPANY, 934),
    ],
)  # fmt: skip
def test_a_link_without_label_gets_the_unlabeled_type(from_type: str, to_type: str, unlabeled: int) -> None:
    found = default_association(from_type, to_type)
    assert found is not None
    assert (found.id, found.label) == (unlabeled, None)


@pytest.mark.parametrize(
    ("number", "name", "label"),
    [
        (1, "contact_to_company", "Primary"),
        (2, "company_to_contact", "Primary"),
        (5, "deal_to_company", "Primary"),
        (6, "company_to_deal", "Primary"),
        (25, "company_to_ticket", "Primary"),
        (26, "ticket_to_company", "Primary"),
        (279, "contact_to_company_unlabeled", None),
        (341, "deal_to_company_unlabeled", None),
        (4, "contact_to_deal", None),
        (204, "task_to_contact", None),
        (931, "billing_contact_to_company", "Billing contact"),
        (14, "child_to_parent_company", "Parent Company"),
    ],
)
def test_a_type_has_the_definition_name_that_answers_show(number: int, name: str, label: str | None) -> None:
    assert (by_id(number).name, by_id(number).label) == (name, label)


def test_types_of_a_portal_are_not_facts_about_hubspot() -> None:
    assert association_type("USER_DEFINED", 1) is None
    assert association_type("INTEGRATOR_DEFINED", 279) is None
    assert association_type("HUBSPOT_DEFINED", 999_999) is None


def test_types_that_cannot_be_joined_have_no_association() -> None:
    assert association_types("0-7", "0-115") == ()
    assert default_association("0-7", "0-115") is None
    assert association_types("2-1", CONTACT) == ()


def test_the_official_enumeration_has_the_same_ids() -> None:
    enumeration = pytest.importorskip("hubspot.crm.association_type").AssociationType
    official = {name.lower(): number for name, number in vars(enumeration).items() if name.isupper()}
    # Its names call the unlabeled type of a pair `contact_to_company`, and the primary one `primary_...`.
    differently = {name: number for name, number in official.items() if by_id(number).name != name}
    assert differently == {
        "primary_contact_to_company": 1, "primary_company_to_contact": 2, "primary_deal_to_company": 5,
        "primary_company_to_deal": 6, "primary_company_to_ticket": 25, "primary_ticket_to_company": 26,
        "contact_to_company": 279, "company_to_contact": 280, "ticket_to_company": 339,
        "company_to_ticket": 340, "deal_to_company": 341, "company_to_deal": 342,
    }  # fmt: skip
    assert len(official) > 80
