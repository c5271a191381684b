"""Definitions that come in pages."""

from __future__ import annotations

from hubwire.client.calls import definitions
from hubwire.client.definitions import Owner
from hubwire.client.execute import execute
from hubwire.client.session import Session
from hubwire.wire.flow import Flow


def owners(session: Session, email: str | None, archived: bool) -> Flow[list[Owner]]:
    """All owners."""
    found: list[Owner] = []
    after: str | None = None
    while True:
        call = definitions.owners(session.version, email=email, archived=archived, after=after)
        page = yield from execute(call, session)
        found += page.results
        after = page.after
        if after is None or not page.results:
            return found
