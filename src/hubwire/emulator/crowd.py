"""As many records as somebody wants, with their associations: record number n is the same in every run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from hubwire.catalogue import load
from hubwire.emulator import moments
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import Source
from hubwire.emulator.names import CITIES, FIRST, INDUSTRIES, LAST, NOUNS, TITLES, TRADES
from hubwire.emulator.portal import Create, NewLink, Portal

SOURCE = Source("IMPORT", "1")
ORDER = ("companies", "contacts", "deals", "tickets")
"""Those that others are associated with come first."""
CHUNK = 2_000
LIFECYCLE = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
DEAL_STAGES = (
    "appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin",
    "contractsent", "closedwon", "closedlost",
)  # fmt: skip


def gather(portal: Portal, numbers: Mapping[str, int], now: float) -> None:
    """Adds so many records of each type, numbered on from those there were.

    Contacts belong to the companies in turn, deals to companies and contacts, tickets to contacts.
    """
    for name, number in numbers.items():
        if name not in ORDER or number < 0:
            raise ValueError(f"cannot seed {number} {name}: give numbers of {', '.join(ORDER)}")
    at = int(now * 1000)
    with portal.store.transaction():
        for name in ORDER:
            wanted = numbers.get(name, 0)
            first = _count(portal, name)
            for start in range(first, first + wanted, CHUNK):
                places = range(start, min(start + CHUNK, first + wanted))
                portal.apply(list(_creates(portal, name, places, at)), at=at, source=SOURCE)


def _count(portal: Portal, name: str) -> int:
    """How many records of the type were ever made."""
    sql = f"SELECT next FROM kinds_{portal.portal_id} WHERE type = ?"
    row = portal.store.one(sql, (portal.kind(name).id,))
    return int(row[0]) if row else 0


def _creates(portal: Portal, name: str, places: Sequence[int], at: int) -> Iterator[Create]:
    kind = portal.kind(name)
    others = {"contacts": ("companies",), "deals": ("companies", "contacts"), "tickets": ("contacts",)}
    targets = [(portal.kind(other), _count(portal, other)) for other in others.get(name, ())]
    for place in places:
        random = Random(f"{kind.id}:{place}")
        links = tuple(
            NewLink(End(other.id, portal.number_to_id(other.id, place % count)), types)
            for other, count in targets
            if count
            and (types := (load.association_types(kind.id, other.id)[:1]))
            and portal.table(other).existing([portal.number_to_id(other.id, place % count)])
        )
        born = at - random.randrange(moments.DAY, 365 * moments.DAY)
        yield Create(kind, VALUES[name](place, random, at), links, at=born)


def _company(place: int, random: Random, at: int) -> dict[str, str]:
    del at
    city, country = random.choice(CITIES)
    return {
        "name": f"{random.choice(NOUNS)} {random.choice(TRADES)} {place}",
        "domain": f"company{place}.example.com",
        "city": city,
        "country": country,
        "industry": random.choice(INDUSTRIES),
        "lifecyclestage": random.choice(LIFECYCLE),
    }


def _contact(place: int, random: Random, at: int) -> dict[str, str]:
    del at
    city, country = random.choice(CITIES)
    return {
        "email": f"contact{place}@example.com",
        "firstname": random.choice(FIRST),
        "lastname": random.choice(LAST),
        "jobtitle": random.choice(TITLES),
        "city": city,
        "country": country,
        "phone": f"+1 202 555 {place % 10_000:04}",
        "lifecyclestage": random.choice(LIFECYCLE),
    }


def _deal(place: int, random: Random, at: int) -> dict[str, str]:
    return {
        "dealname": f"Deal {place}: {random.choice(TRADES)}",
        "amount": str(random.randrange(500, 80_000, 250)),
        "pipeline": "default",
        "dealstage": random.choice(DEAL_STAGES),
        "closedate": moments.text(at + random.randrange(-120, 120) * moments.DAY),
    }


def _ticket(place: int, random: Random, at: int) -> dict[str, str]:
    del at
    return {
        "subject": f"Ticket {place}: {random.choice(TRADES)}",
        "content": f"A question about {random.choice(NOUNS)}.",
        "hs_pipeline": "0",
        "hs_pipeline_stage": random.choice("1234"),
        "hs_ticket_priority": random.choice(("LOW", "MEDIUM", "HIGH")),
    }


VALUES = {"companies": _company, "contacts": _contact, "deals": _deal, "tickets": _ticket}
