"""Python values as HubSpot stores them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.client.values import CLEAR, UNSET, listed, wire_properties, wire_value
from hubwire.errors import ConfigError


class Stage(StrEnum):
    WON = "closedwon"


class Number(Enum):
    ONE = 1


BERLIN = dt.timezone(dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ä", "ä"),
        ("", ""),
        (None, ""),
        (CLEAR, ""),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (0.1, "0.1"),
        (1e21, "1000000000000000000000"),
        (1e-7, "0.0000001"),
        (Decimal("5.00"), "5.00"),
        (Decimal("1E+3"), "1000"),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (dt.datetime(2026, 3, 1, 0, 30, tzinfo=BERLIN), "2026-02-28T23:30:00.000Z"),
        (dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.UTC), "2026-03-01T12:00:00.123Z"),
        (["b", "a"], "b;a"),
        ((1, True), "1;true"),
        ({"b", "a"}, "a;b"),
        ([], ""),
        (Stage.WON, "closedwon"),
        (Number.ONE, "1"),
        (uuid.UUID(int=0), "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_a_value_has_one_text(value: Any, text: str) -> None:
    assert wire_value(value) == text
    assert type(wire_value(value)) is str
    assert wire_properties({"p": value}) == {"p": text}


@pytest.mark.parametrize("value", [object(), b"bytes", float("nan"), float("inf"), {"a": 1}, 1j])
def test_what_has_no_text_is_refused_by_name(value: Any) -> None:
    with pytest.raises(ConfigError, match="'amount'"):
        wire_properties({"amount": value})


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ConfigError, match="time zone"):
        wire_value(dt.datetime(2026, 3, 1))  # noqa: DTZ001 - the point


def test_unset_is_as_if_not_named() -> None:
    assert wire_properties({"a": UNSET, "b": CLEAR}) == {"b": ""}
    assert (repr(UNSET), bool(CLEAR)) == ("UNSET", False)


def test_properties_are_a_mapping() -> None:
    with pytest.raises(ConfigError, match="list"):
        wire_properties([("a", 1)])  # type: ignore[arg-type]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_value_and_have_no_exponent(number: float) -> None:
    text = wire_value(number)
    assert float(text) == number
    assert "e" not in text.lower()


def test_names_come_as_one_or_as_several() -> None:
    assert listed(None) == ()
    assert listed("email") == ("email",)
    assert listed(["a", "b", "a"]) == ("a", "b")
