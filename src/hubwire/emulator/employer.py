"""A contact's company as a property: what is written to it associates the two.

https://github.com/n8n-io/n8n and other integrations associate so; what is read follows `rollups`. That a
company which is not there is passed over, and that clearing takes the association away, is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping

from hubwire.catalogue import load
from hubwire.emulator.associations import Edges, End
from hubwire.emulator.records import Record, Table

NAME, CONTACT, COMPANY = "associatedcompanyid", "0-1", "0-2"
PRIMARY = 1


def follow(edges: Edges, companies: Table, contact: Record, values: Mapping[str, str | None]) -> None:
    """Associates the contact as its written values want it."""
    end, wanted = End(CONTACT, contact.id), values[NAME]
    if wanted:
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0
        primary = load.association_type("HUBSPOT_DEFINED", PRIMARY)
        if primary is not None and companies.existing([number]):
            edges.link(end, End(COMPANY, number), [primary])
        return
    for edge in edges.of(end, COMPANY):
        if edge.type.id == PRIMARY and edge.type.category == "HUBSPOT_DEFINED":
            edges.unlink(end, End(COMPANY, edge.to))
