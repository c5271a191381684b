"""Searching records.

https://developers.hubspot.com/docs/guides/api/crm/search
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import quick, refusals, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.planner import find, records
from hubwire.emulator.portal import Portal
from hubwire.emulator.privacy import hidden, readable, searchable
from hubwire.emulator.search import named, wanted
from hubwire.emulator.shapes import SearchBody, decode

LONGEST_BODY, DEFAULT_PAGE, LARGEST_PAGE, MOST_RESULTS = 3_000, 10, 200, 10_000


def search(portal: Portal, asked: Asked) -> Answer:
    """One page of the live records that match, with the exact number of all that do."""
    kind = portal.kind(asked.places["objectType"])
    body = decode(asked.body, SearchBody, "PublicObjectSearchRequest")
    check_length(asked.body, body)
    readable(portal, asked, kind, (*named(body), *(body.properties or ())))
    searchable(portal, kind, named(body))
    query = wanted(portal, kind, body)
    limit = whole("limit", body.limit, DEFAULT_PAGE)
    offset = whole("after", body.after, 0)
    if not 0 <= limit <= LARGEST_PAGE:
        raise refusals.validation(
            f"The limit {limit} is out of range: a search returns at most {LARGEST_PAGE} a page"
        )
    if offset >= MOST_RESULTS or offset + limit > MOST_RESULTS:
        raise refusals.validation(
            f"A search reaches only the first {MOST_RESULTS} results; narrow the filters"
        )
    found = find(portal, kind, query, offset + limit)
    view = render.View.of(portal, kind, body.properties or [], hidden=hidden(portal, asked, kind))
    page_ids = found.ids[offset : offset + limit]
    results: Any
    if portal.lag is None and (told := quick.told(portal, kind, page_ids, view)) is not None:
        results = msgspec.Raw(b"[%b]" % b"".join(told))
    elif portal.lag is None:
        shown = quick.fetched(portal, kind, page_ids, view)
        results = [shown[id_] for id_ in page_ids if id_ in shown]
    else:
        results = [render.seen(portal, kind, record, view) for record in records(portal, kind, page_ids)]
    page: dict[str, Any] = {"total": found.total, "results": results}
    if limit and offset + limit < found.total:
        page["paging"] = {"next": {"after": str(offset + limit)}}
    return render.answer(page)


def check_length(sent: bytes, body: SearchBody) -> None:
    """Names of properties to return do not count: connectors send a thousand, and are answered.

    https://github.com/airweave-ai/airweave/pull/1064, https://github.com/amp-labs/connectors/pull/1272
    """
    if len(sent) <= LONGEST_BODY:
        return
    named = sum(len(f'"{name}",') for name in body.properties or ())
    if len(sent.decode("utf-8", "replace")) - named > LONGEST_BODY:
        raise refusals.validation(f"The body of a search has at most {LONGEST_BODY} characters")


def whole(name: str, given: str | int | None, default: int) -> int:
    """A number that may come as text; blank is the default."""
    if given is None or given == "":
        return default
    text = str(given)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise refusals.validation(f"Invalid value for {name}: {text}. It must be a number")
    return int(text)


HANDLERS = {"objects.search": search}
