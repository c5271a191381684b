"""What ends, and when: days as HubSpot published them."""

from __future__ import annotations

import re

from hubwire.catalogue import load


def test_the_days_are_those_that_hubspot_named() -> None:
    named = {(sunset.day, sunset.touches) for sunset in load.sunsets()}
    assert {
        ("2022-11-30", "api key"),
        ("2026-12-04", "pipelines v1"),
        ("2027-02-16", "oauth v1"),
        ("2027-03-30", "v4"),
        ("2027-09-00", "numeric versions"),
        ("2027-09-00", "legacy app"),
    } <= named


def test_they_come_in_order_with_a_source_and_what_to_do_instead() -> None:
    days = [sunset.day for sunset in load.sunsets()]
    assert days == sorted(days)
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d", day) for day in days)
    assert [sunset.what for sunset in load.sunsets() if not sunset.source or not sunset.instead] == []
