"""What is remembered of definitions follows their every change, and a change that is undone."""

from __future__ import annotations

import pytest

from hubwire.emulator.definitions import OwnProperty, current
from hubwire.emulator.portal import Portal
from hubwire.emulator.store import Store


def test_columns_and_unique_names_are_those_of_the_definitions_as_they_are() -> None:
    portal = Portal(Store.open(), 1)
    kind, known = portal.kind("contacts"), portal.definitions
    own = OwnProperty(
        name="badge", label="Badge", type="string", field_type="text", group_name="contactinformation",
        has_unique_value=True,
    )  # fmt: skip

    def told() -> tuple[bool, str]:
        return "badge" in known.unique(kind.id), known.column(kind, "badge").sort

    with pytest.raises(KeyError):
        known.column(kind, "badge")
    portal.define(kind, own)
    assert told() == (True, "text")
    changed = current(known, kind.id, "badge")
    changed.type, changed.field_type, changed.has_unique_value = "number", "number", False

    def undone() -> None:
        with portal.store.transaction():
            portal.define(kind, changed)
            assert told() == (False, "number")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert told() == (True, "text")
