"""As many records as somebody wants, with their associations: record number n is the same in every run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from hubwire.catalogue import load
from hubwire.emulator import indexes, moments
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import Source
from hubwire.emulator.names import CITIES, FIRST, INDUSTRIES, LAST, NOUNS, TITLES, TRADES
from hubwire.emulator.portal import Create, NewLink, Portal

SOURCE = Source("IMPORT", "1")
ORDER = ("companies", "contacts", "deals", "tickets")
"""Those that others are associated with come first."""
BELONGS: dict[str, tuple[str, ...]] = {
    "companies": (), "contacts": ("companies",), "deals": ("companies", "contacts"), "tickets": ("contacts",),
}  # fmt: skip
"""Of what each record is associated with one, in turn."""
CHUNK = 5_000
MASK, ENOUGH = (1 << 64) - 1, 1 << 40
T = TypeVar("T")
LIFECYCLE = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
DEAL_STAGES = (
    "appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin",
    "contractsent", "closedwon", "closedlost",
)  # fmt: skip


TICKET_STAGES = ("1", "2", "3", "4")
PRIORITIES = ("LOW", "MEDIUM", "HIGH")
PHONES = 10_000


def gather(portal: Portal, numbers: Mapping[str, int], now: float) -> None:
    """Adds so many records of each type, numbered on from those there were.

    Contacts belong to the companies in turn, deals to companies and contacts, tickets to contacts.
    """
    check(numbers)
    at = int(now * 1000)
    tables = [portal.table(portal.kind(name)) for name in ORDER]
    with (
        portal.store.transaction(),
        portal.counts.later(),
        indexes.afterwards(tables, portal.definitions.all),
    ):
        for name in ORDER:
            wanted = numbers.get(name, 0)
            first = made(portal, name)
            for start in range(first, first + wanted, CHUNK):
                places = range(start, min(start + CHUNK, first + wanted))
                portal.apply(list(_creates(portal, name, places, at)), at=at, source=SOURCE)


def check(numbers: Mapping[str, int]) -> None:
    """ValueError for numbers that there cannot be."""
    for name, number in numbers.items():
        if name not in ORDER or number < 0:
            raise ValueError(f"cannot seed {number} {name}: give numbers of {', '.join(ORDER)}")


def made(portal: Portal, name: str) -> int:
    """How many records of the type were ever made."""
    sql = f"SELECT next FROM kinds_{portal.portal_id} WHERE type = ?"
    row = portal.store.one(sql, (portal.kind(name).id,))
    return int(row[0]) if row else 0


def _creates(portal: Portal, name: str, places: Sequence[int], at: int) -> Iterator[Create]:
    kind = portal.kind(name)
    targets = [(portal.kind(other), made(portal, other)) for other in BELONGS[name]]
    for place in places:
        dice = Dice(place * 1_000 + int(kind.id.partition("-")[2]))
        links = tuple(
            NewLink(End(other.id, portal.number_to_id(other.id, place % count)), types)
            for other, count in targets
            if count
            and (types := (load.association_types(kind.id, other.id)[:1]))
            and portal.table(other).existing([portal.number_to_id(other.id, place % count)])
        )
        born = at - dice.between(moments.DAY, 365 * moments.DAY)
        yield Create(kind, VALUES[name](place, dice, at), links, at=born)


class Dice:
    """Numbers that look random and follow from the seed; much cheaper to begin than `random.Random`.

    SplitMix64: https://prng.di.unimi.it/splitmix64.c
    """

    __slots__ = ("_left", "_state")

    def __init__(self, seed: int) -> None:
        self._state, self._left = seed, 0

    def below(self, limit: int) -> int:
        left = self._left
        if left < ENOUGH:
            self._state = mixed = (self._state + 0x9E3779B97F4A7C15) & MASK
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & MASK
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & MASK
            left = mixed ^ (mixed >> 31)
        self._left, number = divmod(left, limit)
        return number

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low)

    def choice(self, among: Sequence[T]) -> T:
        return among[self.below(len(among))]


def _company(place: int, dice: Dice, at: int) -> dict[str, str]:
    del at
    city, country = dice.choice(CITIES)
    return {
        "name": f"{dice.choice(NOUNS)} {dice.choice(TRADES)} {place}",
        "domain": f"company{place}.example.com",
        "city": city,
        "country": country,
        "industry": dice.choice(INDUSTRIES),
        "lifecyclestage": dice.choice(LIFECYCLE),
    }


def _contact(place: int, dice: Dice, at: int) -> dict[str, str]:
    del at
    city, country = dice.choice(CITIES)
    return {
        "email": f"contact{place}@example.com",
        "firstname": dice.choice(FIRST),
        "lastname": dice.choice(LAST),
        "jobtitle": dice.choice(TITLES),
        "city": city,
        "country": country,
        "company": f"{dice.choice(NOUNS)} {dice.choice(TRADES)}",
        "phone": phone(place % PHONES),
        "lifecyclestage": dice.choice(LIFECYCLE),
    }


def _deal(place: int, dice: Dice, at: int) -> dict[str, str]:
    return {
        "dealname": f"Deal {place}: {dice.choice(TRADES)}",
        "amount": str(dice.between(2, 320) * 250),
        "pipeline": "default",
        "dealstage": dice.choice(DEAL_STAGES),
        "closedate": moments.text(at + dice.between(-120, 120) * moments.DAY),
    }


def _ticket(place: int, dice: Dice, at: int) -> dict[str, str]:
    del at
    return {
        "subject": f"Ticket {place}: {dice.choice(TRADES)}",
        "content": f"A question about {dice.choice(NOUNS)}.",
        "hs_pipeline": "0",
        "hs_pipeline_stage": dice.choice(TICKET_STAGES),
        "hs_ticket_priority": dice.choice(PRIORITIES),
    }


def phone(number: int) -> str:
    return f"+1 202 555 {number:04}"


VALUES = {"companies": _company, "contacts": _contact, "deals": _deal, "tickets": _ticket}
