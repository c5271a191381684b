"""Who may see what a list filters by: nobody who may not read the properties in it.

That such filters are left out of the answer is assumed; HubSpot's pages say only that the values are hidden.
Who is on such a list shows all the same: nothing says that it does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hubwire.emulator.exchange import Asked, Refusal
from hubwire.emulator.lists import Listed
from hubwire.emulator.portal import Portal
from hubwire.emulator.privacy import hidden


def may_see_filters(portal: Portal, asked: Asked, one: Listed) -> bool:
    """Whether none of the properties that the list filters by, of any type it looks at, is hidden."""
    if not one.filter:
        return True
    said = list(_said(msgspec.json.decode(one.filter)))
    names = {text for _, text in said}
    types = {one.type, *(text for key, text in said if key == "objectTypeId")}
    return not any(_hidden(portal, asked, type_) & names for type_ in types)


def _hidden(portal: Portal, asked: Asked, type_: str) -> frozenset[str]:
    try:
        return hidden(portal, asked, portal.kind(type_))
    except Refusal:
        # A type of custom objects that is gone by now.
        return frozenset()


def _said(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """All texts in a filter, each with the key it stands under."""
    match node:
        case str():
            yield key, node
        case list():
            for item in node:
                yield from _said(item, key)
        case dict():
            for name, item in node.items():
                yield from _said(item, name)
