"""The short way to tell a record tells what the long way does."""

from __future__ import annotations

import msgspec
import pytest

from hubwire.emulator import Clock, Emulator, quick, render

NAMES = {
    "contacts": ["vip", "product_interests", "customer_since", "hs_is_contact", "num_notes", "fax", "email"],
    "companies": ["name", "num_associated_contacts", "annual_spend", "hs_pipeline"],
    "deals": ["dealname", "hs_projected_amount", "amount", "hs_is_closed_won"],
    "tickets": ["subject", "hs_is_visible_in_help_desk"],
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("asked", ["none", "some", "all"])
def test_every_record_of_the_demo_account_is_told_alike(name: str, asked: str) -> None:
    emulator = Emulator(seed="demo", limits=False, clock=Clock.at(1_767_258_000))
    portal = emulator.account.portal
    kind = portal.kind(name)
    wanted = {"none": [], "some": NAMES[name], "all": list(portal.definitions.all(kind.id))}[asked]
    view = render.View.of(portal, kind, wanted)
    records = portal.table(kind).page(0, 1_000)
    told = quick.fetched(portal, kind, [record.id for record in records], view)
    assert len(told) == len(records)
    for record in records:
        long = msgspec.json.encode(render.seen(portal, kind, record, view))
        assert msgspec.json.encode(told[record.id]) == long


def test_notes_and_tasks_have_addresses_of_their_own() -> None:
    emulator = Emulator(limits=False)
    portal = emulator.account.portal
    token = {"Authorization": f"Bearer {emulator.identity.access_token}"}
    for name in ("notes", "tasks", "calls"):
        body = b'{"properties": {"hs_timestamp": "2026-01-01T00:00:00Z"}}'
        made = emulator.ask("POST", f"/crm/v3/objects/{name}", headers=token, body=body)
        number = int(msgspec.json.decode(made.body)["id"])
        kind = portal.kind(name)
        view = render.View.of(portal, kind, [])
        record = portal.table(kind).fetch([number])[number]
        (told,) = quick.fetched(portal, kind, [number], view).values()
        assert msgspec.json.encode(told) == msgspec.json.encode(render.seen(portal, kind, record, view))
