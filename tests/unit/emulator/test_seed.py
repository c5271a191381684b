"""The demo account is one that HubSpot would have accepted, the same in every run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hubwire.emulator import Clock, Emulator, Identity
from hubwire.emulator.portal import Portal
from hubwire.emulator.seed import sow
from hubwire.emulator.store import Store
from hubwire.emulator.validate import check

NOW = 1_767_258_000.0
COUNTS = {"contacts": 500, "companies": 120, "deals": 200, "tickets": 80}


@pytest.fixture(scope="module")
def demo() -> Portal:
    portal = Portal(Store.open(), 12345678)
    sow(portal, "demo", NOW)
    return portal


def dump(portal: Portal) -> list[Any]:
    found: list[Any] = [portal.owners()]
    for kind in COUNTS:
        found += portal.table(portal.kind(kind)).page(0, 1_000)
    found += portal.store.all(f"SELECT * FROM {portal.edges.table}")
    return found


@pytest.mark.parametrize(("kind", "number"), COUNTS.items())
def test_it_has_so_many_records(demo: Portal, kind: str, number: int) -> None:
    assert demo.table(demo.kind(kind)).state()[0] == number
    assert len(demo.table(demo.kind(kind)).page(0, 1_000)) == number


@pytest.mark.parametrize("kind", COUNTS)
def test_every_value_is_one_the_account_would_take(demo: Portal, kind: str) -> None:
    """Values are written unchecked; here they are checked, those that only HubSpot sets aside."""
    type_ = demo.kind(kind)
    definitions = demo.definitions.all(type_.id)
    for record in demo.table(type_).page(0, 1_000):
        known = {name: definitions.get(name) for name in record.props}
        assert not [name for name, definition in known.items() if definition is None]
        settable = {name: text for name, text in record.props.items() if not known[name].read_only}  # type: ignore[union-attr]
        checked = check(definitions, settable, {})
        assert checked.problems == []
        assert checked.values == settable


def test_no_two_contacts_share_an_address_and_owners_exist(demo: Portal) -> None:
    people = demo.table(demo.kind("contacts")).page(0, 1_000)
    assert len({record.props["email"] for record in people}) == 500
    assert {record.props["hubspot_owner_id"] for record in people} <= {owner["id"] for owner in demo.owners()}


def test_every_deal_has_a_company_and_most_contacts_a_primary_one(demo: Portal) -> None:
    sql = f"SELECT count(DISTINCT from_id) FROM {demo.edges.table} WHERE from_type = ? AND type_id = ?"
    assert demo.store.one(sql, ("0-3", 5)) == (200,)
    ((primary,),) = demo.store.all(sql, ("0-1", 1))
    assert 400 < primary < 500
    per_contact = (
        f"SELECT max(n) FROM (SELECT count(*) n FROM {demo.edges.table} WHERE type_id = 1 GROUP BY from_id)"
    )
    assert demo.store.one(per_contact) == (1,)


def test_the_same_account_at_the_same_moment_gets_the_same_demo(demo: Portal) -> None:
    again = Portal(Store.open(), 12345678)
    sow(again, "demo", NOW)
    assert dump(again) == dump(demo)


def test_an_account_with_contacts_is_not_sown_again() -> None:
    portal = Portal(Store.open(), 1)
    for _ in range(2):
        sow(portal, "demo", NOW)
    assert portal.table(portal.kind("contacts")).state()[0] == 500


def test_an_unknown_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="no seed named 'demos'"):
        sow(Portal(Store.open(), 1), "demos", NOW)


def test_bulk_contacts_are_whole_contacts() -> None:
    emulator = Emulator(limits=False, clock=Clock.at(NOW), identity=Identity.for_tests())
    portal = emulator.account.portal
    emulator.seed(contacts=150)
    table = portal.table(portal.kind("contacts"))
    definitions = portal.definitions.all("0-1")
    people = table.page(0, 1_000)
    assert len({record.props["email"] for record in people}) == 150
    for record in people:
        assert record.props.keys() <= definitions.keys()
        assert list(record.props) == sorted(record.props)
        assert record.created <= record.updated <= NOW * 1000
    headers = {"Authorization": f"Bearer {emulator.identity.access_token}"}
    body = json.dumps({"properties": {"email": people[0].props["email"]}}).encode()
    assert emulator.ask("POST", "/crm/v3/objects/contacts", headers=headers, body=body).status == 409
    emulator.seed(contacts=10)
    assert table.state()[0] == 160
