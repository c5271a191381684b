"""Writes whose answer was lost: found out afterwards, and never done twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hubwire import ConfigError, MaybeWritten, p
from hubwire.client import sought
from hubwire.testing.accounts import LocalAccount, local
from tests.unit.client.helpers import session

LOSSES = ["drop-after", "lost", "malformed"]


def lose(account: LocalAccount, how: Any, op: str, **more: Any) -> None:
    account.fault(how, op=op, count=1, **more)


@pytest.mark.parametrize("how", LOSSES)
@pytest.mark.parametrize("lag", [0, 25])
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("contacts", {"email": "Ada@example.com", "firstname": "Ada"}),
        ("contacts", {"firstname": "Ada", "lastname": "Lovelace"}),
        ("companies", {"name": "Engines", "domain": "engines.example"}),
        ("deals", {"dealname": "First", "amount": 120.50, "closedate": "2026-03-31"}),
        ("notes", {"hs_note_body": "Rang twice.\n", "hs_timestamp": "2026-03-31T10:00:00Z"}),
    ],
)
def test_a_record_whose_answer_was_lost_is_found(
    kind: str, values: dict[str, Any], how: str, lag: float
) -> None:
    with local(index_lag=lag) as account, account.hub() as hub:
        hub.objects(kind).create({**values, **other(kind)})
        lose(account, how, "objects.create")
        with pytest.raises(MaybeWritten) as lost:
            hub.objects(kind).create(values)
        found = lost.value.reconcile()
        every = list(hub.objects(kind).list())
        assert len(every) == 2
        assert found.id == max(every, key=lambda record: int(record.id)).id


def other(kind: str) -> dict[str, str]:
    """Something that makes a record differ."""
    return {
        "contacts": {"firstname": "Grace", "email": "grace@example.com"},
        "companies": {"name": "Looms"},
        "deals": {"dealname": "Second"},
        "notes": {"hs_note_body": "Rang once."},
    }[kind]


@pytest.mark.parametrize("values", [{"email": "ada@example.com"}, {"firstname": "Ada"}])
def test_a_write_that_did_not_happen_is_none_once_the_index_must_know(
    hubspot: LocalAccount, values: dict[str, str]
) -> None:
    lose(hubspot, "drop-before", "objects.create")
    with hubspot.hub() as hub:
        with pytest.raises(MaybeWritten) as lost:
            hub.contacts.create(values)
        before = hubspot.clock.now()
        assert lost.value.reconcile() is None
        assert hubspot.clock.now() - before >= sought.LAG - 1
        assert hub.contacts.count() == 0
        assert hub.contacts.create(values).id


def test_a_record_that_was_there_before_is_not_taken_for_the_lost_one(hubspot: LocalAccount) -> None:
    """Its address was in the way, so nothing was created."""
    with hubspot.hub() as hub:
        hub.contacts.create({"email": "ada@example.com"})
        hubspot.clock.advance(3_600)
        lose(hubspot, "drop-after", "objects.create")
        with pytest.raises(MaybeWritten) as lost:
            hub.contacts.create({"email": "ada@example.com"})
        assert lost.value.reconcile() is None


def test_several_that_may_be_the_one_are_named_and_none_is_chosen(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        first = hub.contacts.create({"firstname": "Ada"})
        lose(hubspot, "drop-after", "objects.create")
        with pytest.raises(MaybeWritten) as lost:
            hub.contacts.create({"firstname": "Ada"})
        with pytest.raises(MaybeWritten, match="may be the one") as undecided:
            lost.value.reconcile()
        assert first.id in undecided.value.candidates
        assert len(undecided.value.candidates) == 2


def test_a_property_of_the_accounts_own_tells_as_well(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        hub.properties("deals").create(
            name="order_no", label="x", type="string", field_type="text", group_name="dealinformation",
            has_unique_value=True,
        )  # fmt: skip
        hub.deals.create({"dealname": "Deal", "order_no": "A1"})
        lose(hubspot, "drop-after", "objects.create")
        with pytest.raises(MaybeWritten) as lost:
            hub.deals.create({"dealname": "Deal", "order_no": "A2"})
        found = lost.value.reconcile()
        assert hub.deals.get("A2", by="order_no").id == found.id


@pytest.mark.parametrize("how", LOSSES)
def test_every_row_of_a_lost_batch_is_found_out(hubspot: LocalAccount, how: str) -> None:
    rows = [{"email": f"row{n}@example.com"} for n in range(150)] + [
        {"firstname": "Twin"}, {"firstname": "Twin"}, {"lastname": "Alone"},
    ]  # fmt: skip
    lose(hubspot, how, "objects.batch.create")
    with hubspot.hub() as hub:
        outcomes = hub.contacts.batch.create(rows)
        unsure = [one.index for one in outcomes if one.written == "maybe"]
        assert len(unsure) in (53, 100)
        settled = hub.contacts.batch.reconcile(outcomes)
        assert settled.ok
        assert [one.input for one in settled] == rows
        assert len({record.id for record in settled.records}) == len(rows) == hub.contacts.count()


def test_rows_of_a_batch_that_never_arrived_are_surely_not_written(hubspot: LocalAccount) -> None:
    lose(hubspot, "drop-before", "objects.batch.create")
    with hubspot.hub() as hub:
        outcomes = hub.contacts.batch.create([{"email": "ada@example.com"}, {"firstname": "Grace"}])
        settled = hub.contacts.batch.reconcile(outcomes)
        assert [one.written for one in settled] == ["no", "no"]
        assert not settled.ok
        assert hub.contacts.batch.create([one.input for one in settled.failed]).ok
        assert hub.contacts.count() == 2


def test_one_row_of_a_lost_batch_can_be_asked_for(hubspot: LocalAccount) -> None:
    lose(hubspot, "drop-after", "objects.batch.create")
    with hubspot.hub() as hub:
        outcomes = hub.contacts.batch.create([{"email": f"row{n}@example.com"} for n in range(3)])
        error = outcomes[1].error
        assert isinstance(error, MaybeWritten)
        assert error.reconcile()["email"] == "row1@example.com"


def test_a_merge_a_deletion_and_definitions_are_found_out(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        one, two = hub.contacts.batch.create({"email": f"m{n}@example.com"} for n in range(2)).records
        lose(hubspot, "drop-after", "objects.merge")
        with pytest.raises(MaybeWritten) as lost:
            hub.contacts.merge(one.id, two.id)
        merged = lost.value.reconcile()
        assert merged.id == hub.contacts.get(one.id).id != two.id
        lose(hubspot, "drop-after", "objects.gdpr_delete")
        with pytest.raises(MaybeWritten) as lost:
            hub.contacts.gdpr_delete(merged.id)
        assert lost.value.reconcile() is True
        lose(hubspot, "drop-after", "lists.create")
        with pytest.raises(MaybeWritten) as lost:
            hub.lists.create("Guests", "contacts")
        assert lost.value.reconcile().name == "Guests"
        lose(hubspot, "drop-before", "pipelines.create")
        with pytest.raises(MaybeWritten) as lost:
            hub.pipelines("deals").create(label="None", display_order=1, stages=[])
        assert lost.value.reconcile() is None
        lose(hubspot, "drop-after", "properties.groups.create")
        with pytest.raises(MaybeWritten) as lost:
            hub.properties("deals").groups.create("mine", "Mine")
        assert lost.value.reconcile().label == "Mine"


def test_a_merge_and_a_deletion_that_did_not_happen_are_none(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        one, two = hub.contacts.batch.create({"email": f"m{n}@example.com"} for n in range(2)).records
        lose(hubspot, "drop-before", "objects.merge")
        with pytest.raises(MaybeWritten) as lost:
            hub.contacts.merge(one.id, two.id)
        assert lost.value.reconcile() is None
        lose(hubspot, "drop-before", "objects.gdpr_delete")
        with pytest.raises(MaybeWritten) as lost:
            hub.contacts.gdpr_delete(one.id)
        assert lost.value.reconcile() is None


def test_what_cannot_be_found_out_says_so(hubspot: LocalAccount) -> None:
    lose(hubspot, "drop-after", "imports.create")
    with hubspot.hub() as hub:
        with pytest.raises(MaybeWritten) as lost:
            hub.imports.csv(("a.csv", b"Email\n"), "contacts", {"Email": "email"})
        with pytest.raises(ConfigError, match=r"imports\.create"):
            lost.value.reconcile()
    with pytest.raises(ConfigError):
        MaybeWritten(ConfigError("x")).reconcile()
    with pytest.raises(ConfigError, match="no driver"):
        session().look(None, 0.0, None)


def test_the_async_hub_awaits_it(hubspot: LocalAccount) -> None:
    async def story() -> None:
        lose(hubspot, "drop-after", "objects.create")
        async with hubspot.async_hub() as hub:
            with pytest.raises(MaybeWritten) as lost:
                await hub.contacts.create({"email": "ada@example.com"})
            assert (await lost.value.reconcile())["email"] == "ada@example.com"
            assert await hub.contacts.where(p.email == "ada@example.com").count() == 1

    asyncio.run(story())
