"""Record classes with types: what is read, what is sent, and what happens to values that are odd."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire import CLEAR, UNSET, ConfigError, Invalid, Record
from hubwire.client.records import read_record
from hubwire.client.typed import (
    Bool,
    Choice,
    Choices,
    Date,
    Datetime,
    LinkType,
    NotLoaded,
    Number,
    Odd,
    Other,
    ReadOnly,
    Text,
    TypedRecord,
)
from hubwire.testing.accounts import LocalAccount
from hubwire.wire.message import Reply

Stage = Literal["appointmentscheduled", "closedwon"]
Colour = Literal["red", "green", "blue"]


class Deal(TypedRecord, kind="deals"):
    """Deals."""

    __slots__ = ()

    dealname: Text = Text("dealname")
    amount: Number = Number("amount")
    dealstage: Choice[Stage] = Choice("dealstage", Stage)
    closedate: Datetime = Datetime("closedate")
    createdate = ReadOnly(Datetime("createdate"))


class Thing(TypedRecord, kind="deals"):
    """One property of each type."""

    __slots__ = ()

    text: Text = Text("text")
    number: Number = Number("number")
    truth: Bool = Bool("truth")
    day: Date = Date("day")
    moment: Datetime = Datetime("moment")
    stage: Choice[Stage] = Choice("stage", Stage)
    colours: Choices[Colour] = Choices("colours", Colour)


def record(**properties: str | None) -> Record:
    import json

    body = {"id": "7", "properties": properties}
    return read_record(Reply(200, {}, json.dumps(body).encode()))


def test_stored_texts_are_read_as_values_of_their_types() -> None:
    thing = Thing.of(
        record(
            text="a",
            number="10.50",
            truth="true",
            day="2026-03-01",
            moment="2026-03-12T10:00:00+02:00",
            stage="closedwon",
            colours="red;blue",
        )
    )
    assert thing.id == "7"
    assert thing.text == "a"
    assert str(thing.number) == "10.50"
    assert thing.truth is True
    assert thing.day == dt.date(2026, 3, 1)
    assert thing.moment == dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)
    assert thing.stage == "closedwon"
    assert thing.colours == ("red", "blue")
    assert thing.odd() == ()
    assert thing.changes() == {}


@pytest.mark.parametrize("stored", [None, ""])
def test_nothing_stored_is_none_whatever_the_type(stored: str | None) -> None:
    thing = Thing.of(record(**dict.fromkeys(Thing.FIELDS, stored)))
    assert [getattr(thing, name) for name in Thing.FIELDS] == [None] * 7
    assert thing.odd() == ()


@pytest.mark.parametrize(
    ("stored", "day"),
    [
        ("1772323200000", dt.date(2026, 3, 1)),
        ("2026-03-01T00:00:00Z", dt.date(2026, 3, 1)),
        ("2026-03-01T02:00:00+02:00", dt.date(2026, 3, 1)),
    ],
)
def test_a_date_is_read_in_any_of_hubspots_forms(stored: str, day: dt.date) -> None:
    assert Thing.of(record(day=stored)).day == day


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("number", "ten"),
        ("number", "NaN"),
        ("number", "1e9999999999999999999"),
        ("truth", "yes"),
        ("day", "tomorrow"),
        ("day", "2026-03-01T10:00:00Z"),
        ("moment", "99999999999999999"),
        ("moment", "12/03/2026"),
    ],
)
def test_a_value_of_another_type_is_none_and_told_with_its_text(name: str, stored: str) -> None:
    thing = Thing.of(record(**{name: stored}))
    assert getattr(thing, name) is None
    assert thing.raw[name] == stored
    (odd,) = thing.odd()
    assert odd[:2] == (name, stored)
    assert odd.reason


def test_an_option_that_the_module_does_not_know_is_an_other() -> None:
    thing = Thing.of(record(stage="new_stage", colours="red;pink"))
    assert thing.stage == "new_stage"
    assert isinstance(thing.stage, Other)
    assert thing.colours == ("red", "pink")
    assert thing.colours is not None
    assert [isinstance(each, Other) for each in thing.colours] == [False, True]
    assert thing.odd() == (
        Odd("stage", "new_stage", "no option that the module knows"),
        Odd("colours", "red;pink", "no option that the module knows: pink"),
    )


@given(st.dictionaries(st.sampled_from(sorted(Thing.FIELDS)), st.none() | st.text(max_size=20)))
def test_no_stored_text_makes_a_record_unreadable(properties: dict[str, str | None]) -> None:
    thing = Thing.of(record(**properties))
    for name in properties:
        getattr(thing, name)
    assert {odd.property for odd in thing.odd()} <= properties.keys()


def test_what_was_not_asked_for_is_an_error_and_not_none() -> None:
    deal = Deal.of(record(dealname="Engine"))
    with pytest.raises(NotLoaded, match="amount"):
        deal.amount  # noqa: B018
    assert not hasattr(deal, "amount")


def test_values_are_sent_in_hubspots_form() -> None:
    thing = Thing(
        text="a",
        number=Decimal("1E+3"),
        truth=False,
        day=dt.date(2026, 3, 1),
        moment=dt.datetime(2026, 3, 12, 10, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        stage="closedwon",
        colours=["red", Other("pink")],
    )
    assert thing.changes() == {
        "text": "a",
        "number": "1000",
        "truth": "false",
        "day": "2026-03-01",
        "moment": "2026-03-12T08:00:00.000Z",
        "stage": "closedwon",
        "colours": "red;pink",
    }


def test_a_record_is_plain_data_for_a_data_frame() -> None:
    deal = Deal.of(record(dealname="Engine", closedate=None, no_field="x"))
    deal.amount = 5
    assert deal.to_dict() == {"id": "7", "dealname": "Engine", "amount": Decimal(5), "closedate": None}


def test_a_new_record_reads_back_what_was_assigned() -> None:
    deal = Deal(dealname="Engine", amount=5)
    assert (deal.id, deal.dealname, deal.amount, deal.closedate) == ("", "Engine", Decimal(5), None)


WRONG: list[tuple[str, Any]] = [
    ("text", 5),
    ("number", "5"),
    ("number", True),
    ("number", float("nan")),
    ("truth", "true"),
    ("day", dt.datetime(2026, 3, 1, tzinfo=dt.UTC)),
    ("moment", dt.date(2026, 3, 1)),
    ("moment", dt.datetime(2026, 3, 1)),  # noqa: DTZ001
    ("stage", "somewhere"),
    ("colours", "red"),
    ("colours", ["mauve"]),
    ("colours", [Other("a;b")]),
    ("text", None),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_of_the_wrong_type_is_refused_where_it_is_assigned(name: str, value: Any) -> None:
    thing = Thing()
    with pytest.raises(ConfigError, match=name):
        setattr(thing, name, value)
    assert thing.changes() == {}


@pytest.mark.parametrize(
    "compared",
    [
        lambda: Deal.amount == "lots",
        lambda: Deal.amount.between(1, "many"),
        lambda: Thing.number.is_in(1, "two"),
        lambda: Thing.truth == "maybe",
        lambda: Thing.day >= "yesterday",
        lambda: Deal.closedate < "tomorrow",
        lambda: Deal.createdate < "tomorrow",
    ],
)
def test_a_comparison_with_what_the_property_cannot_hold_is_refused(compared: Any) -> None:
    with pytest.raises(ConfigError, match="cannot be compared with"):
        compared()


def test_what_a_property_is_compared_with_may_be_text_of_its_type() -> None:
    noon = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert repr(Thing.number >= "10.50") == "number GTE '10.50'"
    assert repr(Thing.day >= noon) == "day GTE '2026-03-01T12:00:00.000Z'"
    assert repr(Deal.createdate >= dt.date(2026, 3, 1)) == "createdate GTE '2026-03-01'"
    assert repr(Deal.closedate >= 1772323200000) == "closedate GTE '1772323200000'"
    assert repr(Deal.dealstage == "an option made since") == "dealstage EQ 'an option made since'"
    assert repr(Deal.amount.contains_token("12*")) == "amount CONTAINS_TOKEN '12*'"


def test_what_hubspot_sets_cannot_be_assigned() -> None:
    deal = Deal(dealname="Engine")
    with pytest.raises(ConfigError, match="createdate"):
        deal.createdate = dt.datetime.now(dt.UTC)  # type: ignore[misc, assignment]
    with pytest.raises(ConfigError, match="createdate"):
        deal.clear(Deal.createdate)
    with pytest.raises(ConfigError, match="no property 'amuont'"):
        Deal(amuont=5)
    with pytest.raises(AttributeError):
        deal.amuont = 5  # type: ignore[attr-defined]


def test_assigning_the_value_that_is_stored_is_no_change() -> None:
    thing = Thing.of(
        record(
            number="10.50",
            day="1772323200000",
            moment="1772323200000",
            colours="red;blue",
            truth="TRUE",
            text=None,
        )
    )
    thing.number, thing.day, thing.colours = Decimal("10.5"), dt.date(2026, 3, 1), ["blue", "red"]
    thing.moment, thing.truth = dt.datetime(2026, 3, 1, tzinfo=dt.UTC), True
    thing.text = CLEAR
    assert thing.changes() == {}


def test_clearing_is_said_and_taken_back() -> None:
    deal = Deal.of(record(dealname="Engine", amount="5"))
    deal.amount = CLEAR
    assert (deal.amount, deal.changes()) == (None, {"amount": ""})
    deal.amount = UNSET
    assert (deal.amount, deal.changes()) == (Decimal(5), {})
    deal.clear(Deal.amount, Deal.dealname)
    assert deal.changes() == {"amount": "", "dealname": ""}
    deal.revert()
    assert deal.changes() == {}


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_numbers_go_out_and_come_back_exactly(number: Decimal) -> None:
    thing = Thing(number=number)
    assert thing.number == number
    assert Thing.of(record(number=thing.changes()["number"])).number == number


@given(moment=st.datetimes(timezones=st.just(dt.UTC)), day=st.dates())
def test_times_go_out_and_come_back_to_the_millisecond(moment: dt.datetime, day: dt.date) -> None:
    thing = Thing(moment=moment, day=day)
    back = Thing.of(record(**thing.changes()))
    assert back.day == day
    assert back.moment == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_saving_sends_what_was_changed_and_nothing_else(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        deals = hub.records(Deal)
        deal = deals.save(Deal(dealname="Engine", amount=Decimal("10.50")))
        assert deal.id
        assert deal.createdate is not None
        assert deal.changes() == {}
        calls = len(hubspot.requests)
        deals.save(deal)
        assert len(hubspot.requests) == calls
        deal.amount = 12
        deals.save(deal)
        assert deal.amount == 12
        found = deals.get(deal.id)
        assert (found.dealname, found.amount) == ("Engine", Decimal(12))
    assert hubspot.requests[calls].method == "PATCH"


def test_a_refused_save_keeps_the_changes(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        deal = hub.records(Deal).save(Deal(dealname="Engine"))
        deal.dealstage = Other("nowhere")
        with pytest.raises(Invalid):
            hub.records(Deal).save(deal)
    assert deal.changes() == {"dealstage": "nowhere"}


def test_many_are_saved_in_batches_and_told_in_their_order(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        deals = hub.records(Deal)
        old, same = deals.save(Deal(dealname="old")), deals.save(Deal(dealname="same"))
        old.amount = 3
        new, bad = Deal(dealname="new"), Deal(dealname="bad", dealstage=Other("nowhere"))
        outcomes = deals.save_all([new, old, same, bad])
        assert [outcome.ok for outcome in outcomes] == [True, True, True, False]
        assert [outcome.written for outcome in outcomes] == ["yes", "yes", "no", "no"]
        assert [outcome.index for outcome in outcomes] == [0, 1, 2, 3]
        assert outcomes[0].input is new
        assert new.id
        assert (new.changes(), old.changes()) == ({}, {})
        assert bad.changes()["dealname"] == "bad"
        assert sorted(deal.dealname or "" for deal in deals.list()) == ["new", "old", "same"]
        with pytest.raises(ConfigError, match="twice"):
            deals.save_all([new, new])


class Contact(TypedRecord, kind="contacts"):
    """Contacts."""

    __slots__ = ()

    email: Text = Text("email")
    city: Text = Text("city")


def test_an_upsert_finds_records_by_a_unique_property(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        contacts = hub.records(Contact)
        ada = contacts.save(Contact(email="ada@example.com", city="London"))
        again, joan = Contact(email="ada@example.com", city="Paris"), Contact(email="joan@example.com")
        outcomes = contacts.upsert([again, joan], by=Contact.email)
        assert [outcome.created for outcome in outcomes] == [False, True]
        assert again.id == ada.id
        assert contacts.get("ada@example.com", by=Contact.email).city == "Paris"
        with pytest.raises(ConfigError, match="email"):
            contacts.upsert([Contact(city="Rome")], by="email")
        contacts.archive(joan)
        assert [each.email for each in contacts.list()] == ["ada@example.com"]


def test_lists_and_searches_take_fields_for_names(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        deals = hub.records(Deal)
        deals.save_all([Deal(dealname=str(number), amount=number) for number in range(3)])
        rich = deals.search({"propertyName": "amount", "operator": "GTE", "value": 1}, properties=Deal.amount)
        assert {deal.amount for deal in rich} == {1, 2}
        dearest = deals.search((Deal.amount >= 1) & Deal.createdate.is_known(), sort=Deal.amount.desc())
        assert [deal.amount for deal in dearest] == [2, 1]
        (first,) = deals.list(properties=[Deal.dealname], limit=1)
        assert first.dealname in ("0", "1", "2")
        assert not hasattr(first, "amount")


def test_the_same_works_for_asyncio(hubspot: LocalAccount) -> None:
    async def job() -> list[Decimal | None]:
        async with hubspot.async_hub() as hub:
            deals = hub.records(Deal)
            deal = await deals.save(Deal(dealname="Engine", amount=1))
            deal.amount = 2
            await deals.save_all([deal])
            return [deal.amount async for deal in deals.list()]

    assert asyncio.run(job()) == [Decimal(2)]


def test_nothing_that_is_stored_shows_in_a_repr() -> None:
    deal = Deal.of(record(dealname="secret plan"))
    deal.amount = 5
    assert repr(deal) == "Deal('7', 1 properties, 1 changed)"
    assert LinkType("HUBSPOT_DEFINED", 1) == ("HUBSPOT_DEFINED", 1, None)
