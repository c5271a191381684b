"""What becomes of lists over time: their conversion to static ones, and the history of size and edits.

https://developers.hubspot.com/docs/api-reference/latest/crm/lists/list-management/schedule-conversion;
shapes as in `hubspot-sdk` (types/crm/public_list_conversion_response.py,
list_size_and_edit_history_response.py).
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import moments, refusals, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.lists import lists
from hubwire.emulator.list_conversion import Conversions, Wish
from hubwire.emulator.lists import Listed
from hubwire.emulator.portal import Portal
from hubwire.emulator.shapes import decode


def conversion(portal: Portal, asked: Asked) -> Answer:
    """The wish, and when it came true; the list's id alone where there is none (assumed)."""
    known = lists(portal, asked)
    return _answer(Conversions(known), known.live(asked.places["listId"]))


def convert(portal: Portal, asked: Asked) -> Answer:
    """On a day, or after so long without a new member. A later wish takes the place of an earlier one."""
    known = lists(portal, asked)
    one, conversions = known.live(asked.places["listId"]), Conversions(known)
    conversions.ask(one, decode(asked.body, Wish, "PublicListConversionTime"))
    return _answer(conversions, one)


def do_not_convert(portal: Portal, asked: Asked) -> Answer:
    """204, whether there was a wish or not."""
    known = lists(portal, asked)
    Conversions(known).cancel(known.live(asked.places["listId"]))
    return Answer(204)


def _answer(conversions: Conversions, one: Listed) -> Answer:
    body: dict[str, Any] = {"listId": str(one.id)}
    known = conversions.of(one)
    if known is not None:
        if known.converted is not None:
            body["convertedAt"] = moments.text(known.converted)
        body["requestedConversionTime"] = msgspec.to_builtins(known.wish)
    return render.answer(body)


def history(portal: Portal, asked: Asked) -> Answer:
    """Sizes the list was seen to have and edits of its definition, between `startDate` and `endDate`."""
    known = lists(portal, asked)
    one = known.live(asked.places["listId"])
    start, end = _moment(asked, "startDate", 0), _moment(asked, "endDate", known.now)
    known.sync(one)
    sizes, edits = known.history(one, start, end)
    return render.answer(
        {
            "editHistory": [moments.text(at) for at in edits],
            "sizeHistory": [{"timestamp": moments.text(at), "size": size} for at, size in sizes],
        }
    )


def _moment(asked: Asked, name: str, default: int) -> int:
    text = asked.one(name)
    if not text:
        return default
    # A `+` of an offset that was not encoded arrives as a blank.
    moment = moments.parse(text.replace(" ", "+") if "T" in text else text)
    if moment is None:
        raise refusals.validation(f"Invalid value for {name}: {text}. It must be a date and time")
    return moment


HANDLERS = {
    "lists.conversion.read": conversion,
    "lists.conversion.update": convert,
    "lists.conversion.delete": do_not_convert,
    "lists.history": history,
}
