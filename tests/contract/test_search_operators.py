"""What each search operator finds, by the type of the property.

Source: HubSpot's search guide, table of operators; where it is silent the docstring says so.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract import crm
from tests.contract.crm import V3, account, demo_properties, hits, link, search
from tests.contract.edge import Caller


def create(call: Caller, kind: str, links: Any = None, /, **properties: Any) -> dict[str, Any]:
    """A new record, and a second passes: searches answer in order of creation."""
    made = crm.create(call, kind, links, **properties)
    call.clock.advance(1)
    return made


def test_strings_are_equal_in_any_letter_case() -> None:
    """HubSpot's search guide."""
    call = account()
    zoe = create(call, "contacts", lastname="Özdemir")["id"]
    other = create(call, "contacts", lastname="Berg")["id"]
    unset = create(call, "contacts")["id"]
    assert hits(call, "contacts", ("lastname", "EQ", "özDEMIR")) == [zoe]
    assert hits(call, "contacts", ("lastname", "NEQ", "ÖZDEMIR")) == [other, unset]


def test_in_finds_strings_only_by_lower_case_values() -> None:
    """HubSpot's search guide: values of string properties must be lower case for IN and NOT_IN."""
    call = account()
    ann = create(call, "contacts", lastname="Berg")["id"]
    bea = create(call, "contacts", lastname="Celik")["id"]
    assert hits(call, "contacts", ("lastname", "IN", ["berg", "x"])) == [ann]
    assert hits(call, "contacts", ("lastname", "IN", ["Berg"])) == []
    assert hits(call, "contacts", ("lastname", "NOT_IN", ["berg"])) == [bea]
    assert hits(call, "contacts", ("lastname", "NOT_IN", ["Berg"])) == [ann, bea]


def test_options_are_equal_in_their_own_case_only() -> None:
    """HubSpot's search guide: enumerations are case-sensitive."""
    call = account()
    lead = create(call, "contacts", lifecyclestage="lead")["id"]
    customer = create(call, "contacts", lifecyclestage="customer")["id"]
    assert hits(call, "contacts", ("lifecyclestage", "EQ", "lead")) == [lead]
    assert hits(call, "contacts", ("lifecyclestage", "EQ", "LEAD")) == []
    assert hits(call, "contacts", ("lifecyclestage", "IN", ["lead", "customer"])) == [lead, customer]
    assert hits(call, "contacts", ("lifecyclestage", "NOT_IN", ["lead"])) == [customer]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("amount", "LT", "100"), ["9", "20.5"]),
        (("amount", "LTE", 100), ["9", "20.5", "100"]),
        (("amount", "GT", "20.50"), ["100", "1e3"]),
        (("amount", "GTE", "20.50"), ["20.5", "100", "1e3"]),
        (("amount", "EQ", "100.0"), ["100"]),
        (("amount", "EQ", 1000), ["1e3"]),
        (("amount", "NEQ", "100"), ["9", "20.5", "1e3", ""]),
        (("amount", "BETWEEN", "9", "100"), ["9", "20.5", "100"]),
        (("amount", "IN", ["9.0", "1000"]), ["9", "1e3"]),
        (("amount", "NOT_IN", ["9", "100"]), ["20.5", "1e3", ""]),
        (("amount", "HAS_PROPERTY"), ["9", "20.5", "100", "1e3"]),
        (("amount", "NOT_HAS_PROPERTY"), [""]),
    ],
    ids=str,
)
def test_numbers_compare_as_numbers(condition: tuple[str, ...], expected: list[str]) -> None:
    """HubSpot's search guide; that NEQ and NOT_IN match unset values is contested (two emulators say so)."""
    call = account()
    made = {amount: create(call, "deals", amount=amount)["id"] for amount in ("9", "20.5", "100", "1e3", "")}
    assert hits(call, "deals", condition) == [made[amount] for amount in expected]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("closedate", "GT", "2026-03-01T00:00:00Z"), ["2026-03-01T00:00:00.500Z", "2026-10-01"]),
        (
            ("closedate", "GTE", "1772323200000"),
            ["2026-03-01T00:00:00Z", "2026-03-01T00:00:00.500Z", "2026-10-01"],
        ),
        (("closedate", "EQ", 1772323200500), ["2026-03-01T00:00:00.500Z"]),
        (("closedate", "BETWEEN", "2025-01-01", "1772323200000"), ["2026-03-01T00:00:00Z"]),
    ],
    ids=str,
)
def test_moments_compare_to_the_millisecond_in_either_spelling(
    condition: tuple[str, ...], expected: list[str]
) -> None:
    """HubSpot's search guide: epoch milliseconds or ISO."""
    call = account()
    sent = ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00.500Z", "2026-10-01")
    made = {moment: create(call, "deals", closedate=moment)["id"] for moment in sent}
    assert hits(call, "deals", condition) == [made[moment] for moment in expected]


def test_records_can_be_searched_by_their_own_times_and_id() -> None:
    """HubSpot's search guide: incremental syncs filter on lastmodifieddate, keyset paging on hs_object_id."""
    call = account()
    first = create(call, "contacts")["id"]
    call.clock.advance(10)
    second = create(call, "contacts")["id"]
    assert hits(call, "contacts", ("createdate", "GT", "1767258000000")) == [second]
    assert hits(call, "contacts", ("createdate", "LTE", "2026-01-01T09:00:00Z")) == [first]
    call.clock.advance(10)
    call("PATCH", f"{V3}/contacts/{first}", {"properties": {"city": "Oslo"}})
    assert hits(call, "contacts", ("lastmodifieddate", "GTE", "2026-01-01T09:00:15Z")) == [first]
    assert hits(call, "contacts", ("hs_object_id", "EQ", first)) == [first]
    low, high = sorted((first, second), key=int)
    assert hits(call, "contacts", ("hs_object_id", "GT", low), sorts=["hs_object_id"]) == [high]
    assert hits(call, "contacts", ("hs_object_id", "IN", [low, high]), sorts=["-hs_object_id"]) == [high, low]


def test_a_multi_select_is_searched_by_membership() -> None:
    """Inferred."""
    call = demo_properties(account())
    both = create(call, "contacts", product_interests="software;training")["id"]
    one = create(call, "contacts", product_interests="training")["id"]
    none = create(call, "contacts")["id"]
    name = "product_interests"
    assert hits(call, "contacts", (name, "EQ", "software")) == [both]
    assert hits(call, "contacts", (name, "IN", ["software", "training"])) == [both, one]
    assert hits(call, "contacts", (name, "NEQ", "software")) == [one, none]
    assert hits(call, "contacts", (name, "NOT_IN", ["software"])) == [one, none]
    assert hits(call, "contacts", (name, "EQ", "soft")) == []
    assert hits(call, "contacts", (name, "NOT_HAS_PROPERTY")) == [none]


def test_booleans_and_dates_of_the_account_itself() -> None:
    call = demo_properties(account())
    yes = create(call, "contacts", vip="true", customer_since="2020-05-01")["id"]
    no = create(call, "contacts", vip="false", customer_since="2021-05-01")["id"]
    assert (
        hits(call, "contacts", ("vip", "EQ", "true")) == hits(call, "contacts", ("vip", "EQ", True)) == [yes]
    )
    assert hits(call, "contacts", ("customer_since", "LT", "1609459200000")) == [yes]
    assert hits(call, "contacts", ("customer_since", "EQ", "2021-05-01")) == [no]
    assert hits(call, "contacts", ("customer_since", "GTE", "2020-05-01T00:00:00Z")) == [yes, no]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("hubspot", True),
        ("HubSpot", True),
        ("hub", False),
        ("hub*", True),
        ("*spot", True),
        ("h*t", True),
        ("*@hubspot.com", True),
        ("*@hubspot.org", False),
        ("ann", True),
        ("ann@hubspot.com", True),
        ("com hubspot", False),
        ("", False),
    ],
)
def test_a_token_is_a_whole_word_unless_starred(pattern: str, found: bool) -> None:
    """HubSpot's search guide (`*@hubspot.com`); the tokeniser is assumed: runs of letters and digits."""
    call = account()
    made = create(call, "contacts", email="ann@hubspot.com")["id"]
    other = create(call, "contacts")["id"]
    assert hits(call, "contacts", ("email", "CONTAINS_TOKEN", pattern)) == ([made] if found else [])
    assert hits(call, "contacts", ("email", "NOT_CONTAINS_TOKEN", pattern)) == (
        [other] if found else [made, other]
    )


def test_filters_of_a_group_all_hold_and_any_group_will_do() -> None:
    """HubSpot's search guide."""
    call = account()
    made = {
        key: create(call, "contacts", city=key[0], lastname=key[1])["id"]
        for key in (("Oslo", "Berg"), ("Oslo", "Celik"), ("Rome", "Berg"), ("Rome", "Celik"))
    }

    def equal(name: str, text: str) -> dict[str, str]:
        return {"propertyName": name, "operator": "EQ", "value": text}

    groups = [
        {"filters": [equal("city", "Oslo"), equal("lastname", "Berg")]},
        {"filters": [equal("city", "Rome"), equal("lastname", "Celik")]},
    ]
    page = search(call, "contacts", filterGroups=groups)
    assert [record["id"] for record in page["results"]] == [made["Oslo", "Berg"], made["Rome", "Celik"]]
    page = search(call, "contacts", filterGroups=groups[:1], filters=[equal("city", "Rome")])
    assert page["total"] == 3


@pytest.mark.parametrize("name", ["associations.company", "associations.companies", "associations.0-2"])
def test_records_are_found_by_what_they_are_associated_with(name: str) -> None:
    """HubSpot's search guide: pseudo-property, singular or plural; IN is third party."""
    call = account()
    acme, other = create(call, "companies", name="Acme")["id"], create(call, "companies", name="B")["id"]
    ann = create(call, "contacts", [link(279, acme)])["id"]
    bea = create(call, "contacts", [link(279, other)])["id"]
    create(call, "contacts")
    assert hits(call, "contacts", (name, "EQ", acme)) == [ann]
    assert hits(call, "contacts", (name, "IN", [acme, other])) == [ann, bea]
    call("DELETE", f"/crm/v4/objects/contacts/{ann}/associations/companies/{acme}")
    assert hits(call, "contacts", (name, "EQ", acme)) == []
