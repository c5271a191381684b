"""Cells become values as the property's type demands, and are compared as HubSpot would."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.mirror.push.fields import Field, tidy
from hubwire.mirror.push.states import after
from hubwire.mirror.push.values import objection, same

TEXT = Field("city", "City")
EMAIL = Field("email", "Email", folded=True, unique=True)
NUMBER = Field("amount", "Amount", type="number", field_type="number")
DATE = Field("customer_since", "Customer since", type="date", field_type="date")
TIME = Field("seen", "Seen", type="datetime", field_type="date")
BOOL = Field("vip", "VIP", type="bool", field_type="booleancheckbox")
CHOICE = Field(
    "stage", "Stage", type="enumeration", field_type="radio", options={"lead": "Lead", "customer": "Kunde"}
)
SEVERAL = Field(
    "likes",
    "Likes",
    type="enumeration",
    field_type="checkbox",
    options={"hw": "Hardware", "sw": "Software", "both": "Tools, parts | more"},
)
OWNER = Field("hubspot_owner_id", "Owner", type="enumeration", field_type="select")


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        (TEXT, "  Köln ", "Köln"),
        (TEXT, "Ko\u0308ln", "Köln"),
        (TEXT, "", ""),
        (BOOL, "Yes", "true"),
        (BOOL, "0", "false"),
        (BOOL, "FALSE", "false"),
        (BOOL, "maybe", "maybe"),
        (CHOICE, "KUNDE", "customer"),
        (CHOICE, "Customer", "customer"),
        (CHOICE, "lead", "lead"),
        (CHOICE, "Prospect", "Prospect"),
        (SEVERAL, "Hardware; software", "hw;sw"),
        (SEVERAL, "hw|SW", "hw;sw"),
        (SEVERAL, "hw, sw, hw", "hw;sw"),
        (SEVERAL, "tools, parts | more;hardware", "both;hw"),
        (SEVERAL, "hw;Astrology", "hw;Astrology"),
        (SEVERAL, ";hardware", ";hw"),
        (SEVERAL, "", ""),
        (NUMBER, "1,234", "1,234"),
        (DATE, " 2024-02-29 ", "2024-02-29"),
        (OWNER, "12", "12"),
    ],
)
def test_a_cell_becomes_the_value_that_hubspot_stores(field: Field, cell: str, value: str) -> None:
    assert field.convert(cell) == value


@pytest.mark.parametrize(
    ("field", "wanted", "stored"),
    [
        (TEXT, "", None),
        (NUMBER, "10", "10.00"),
        (NUMBER, "1e3", "1000"),
        (DATE, "2024-02-29", "1709164800000"),
        (DATE, "1709164800000", "2024-02-29"),
        (TIME, "2024-02-29T10:00:00Z", "2024-02-29T10:00:00.000Z"),
        (TIME, "2024-02-29T11:00:00+01:00", "2024-02-29T10:00:00Z"),
        (TIME, "2024-02-29", "2024-02-29T00:00:00Z"),
        (BOOL, "true", "TRUE"),
        (SEVERAL, "sw;hw", "hw;sw"),
        (SEVERAL, ";hw", "sw;hw"),
        (EMAIL, "ADA@Example.com", "ada@example.com"),
    ],
)
def test_values_that_mean_the_same_are_not_written_again(
    field: Field, wanted: str, stored: str | None
) -> None:
    assert same(field, wanted, stored)


@pytest.mark.parametrize(
    ("field", "wanted", "stored"),
    [
        (TEXT, "köln", "Köln"),
        (TEXT, "x", None),
        (TEXT, "", "x"),
        (NUMBER, "10", "10.01"),
        (NUMBER, "ten", "10"),
        (NUMBER, "nan", "NaN"),
        (DATE, "2024-02-29", "2024-03-01"),
        (DATE, "soon", "2024-03-01"),
        (SEVERAL, "hw", "hw;sw"),
        (SEVERAL, ";both", "hw;sw"),
        (BOOL, "false", None),
    ],
)
def test_values_that_differ_are_written(field: Field, wanted: str, stored: str | None) -> None:
    assert not same(field, wanted, stored)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (EMAIL, "ada"),
        (EMAIL, "ada@example"),
        (EMAIL, "ada@@example.com"),
        (EMAIL, "a b@example.com"),
        (EMAIL, "@example.com"),
        (BOOL, "maybe"),
        (CHOICE, "Prospect"),
        (SEVERAL, "hw;Astrology"),
        (NUMBER, "1,234"),
        (NUMBER, "1_000"),
        (DATE, "31/12/2024"),
        (DATE, "2024-02-30"),
        (DATE, "2024-02-28T10:00:00Z"),
        (TIME, "yesterday"),
    ],
)
def test_what_hubspot_is_known_to_refuse_is_foreseen(field: Field, value: str) -> None:
    told = objection(field, value)
    assert told is not None
    assert value in told or value.split(";")[-1] in told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (EMAIL, "åsa.öberg+x@sub.exämple.com"),
        (EMAIL, ""),
        (BOOL, "true"),
        (CHOICE, "lead"),
        (SEVERAL, ";hw;sw"),
        (NUMBER, "-1.5e3"),
        (DATE, "2024-02-29"),
        (TIME, "2024-02-28T10:00:00+02:00"),
        (OWNER, "anything"),
        (TEXT, "anything"),
    ],
)
def test_nothing_is_held_against_values_that_hubspot_takes(field: Field, value: str) -> None:
    assert objection(field, value) is None


@given(st.text(), st.sampled_from([TEXT, BOOL, CHOICE, SEVERAL, NUMBER, DATE, EMAIL]))
def test_a_converted_value_stays_as_it_is_when_converted_again(cell: str, field: Field) -> None:
    once = field.convert(cell)
    assert field.convert(once) == once
    assert same(field, once, once)


@given(st.text())
def test_text_is_composed_and_has_no_outer_blanks(text: str) -> None:
    assert tidy(text) == unicodedata.normalize("NFC", text.strip())


@pytest.mark.parametrize(
    ("written", "stored", "left"),
    [("hw", "sw", "hw"), (";hw", "sw", "sw;hw"), (";hw", None, "hw"), (";hw", "hw", "hw")],
)
def test_a_leading_semicolon_adds_to_the_stored_options(written: str, stored: str | None, left: str) -> None:
    assert after(SEVERAL, written, stored) == left
