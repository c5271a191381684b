"""What `crowd` and `births.newborn` make of each record, a property of all of them at a time.

What follows from other properties (`calculated.follow`) is asked for each combination of their values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import calculated, moments
from hubwire.emulator.bulk.dice import Dices, Numbers
from hubwire.emulator.bulk.fields import Choice, Composed, Field, Moments, Picked, Some, always
from hubwire.emulator.calculated import Source, Stages
from hubwire.emulator.crowd import DEAL_STAGES, LIFECYCLE, PHONES, PRIORITIES, TICKET_STAGES, phone
from hubwire.emulator.names import CITIES, FIRST, INDUSTRIES, LAST, NOUNS, TITLES, TRADES

COMPANIES = [f"{noun} {trade}" for noun in NOUNS for trade in TRADES]
AMOUNTS = [str(number * 250) for number in range(2, 320)]
Fields = dict[str, Field]


@dataclass(frozen=True, slots=True)
class Newborn:
    """Records of one type that are made together."""

    kind: ObjectType
    places: Numbers
    """Their numbers among all that were ever made of the type."""
    ids: Numbers
    stages: Stages
    at: int
    source: Source

    def fields(self) -> tuple[Fields, Numbers]:
        """All properties, and when each record was created."""
        dices = Dices(self.places * 1_000 + int(self.kind.id.partition("-")[2]))
        born = self.at - dices.between(moments.DAY, 365 * moments.DAY)
        time = Moments(born)
        fields = SENT[self.kind.name](self, dices, time)
        return {**fields, **self._always(time)}, born

    def always(self, value: str) -> Picked:
        return always(value, len(self.ids))

    def _always(self, time: Moments) -> Fields:
        return {
            self.kind.created: time,
            self.kind.modified: time,
            "hs_object_id": Composed(self.ids),
            "hs_object_source": self.always(self.source.kind),
            "hs_object_source_id": self.always(self.source.id),
            "hs_object_source_label": self.always(self.source.kind),
            **dict.fromkeys(calculated.STAGE_ENTERED, time),
        }

    def followed(self, codes: NDArray[Any], combinations: Sequence[Mapping[str, str]]) -> Fields:
        """What follows where a record has the values of one of the combinations."""
        told = [calculated.follow(values, self.kind, self.stages, self.at) for values in combinations]
        names = dict.fromkeys(name for one in told for name, value in one.items() if value)
        return {name: Picked(codes, [one.get(name) or None for one in told]) for name in names}


def _company(new: Newborn, dices: Dices, time: Moments) -> Fields:
    del time
    city, country = _places(dices)
    named = dices.below(len(NOUNS)) * len(TRADES) + dices.below(len(TRADES))
    name = Composed(Choice(named, COMPANIES), " ", new.places)
    domain = Composed("company", new.places, ".example.com")
    return {
        "name": name,
        "domain": domain,
        "city": city,
        "country": country,
        "industry": _chosen(dices, INDUSTRIES),
        "lifecyclestage": _chosen(dices, LIFECYCLE),
        "website": domain,
        "hs_task_label": name,
    }


def _contact(new: Newborn, dices: Dices, time: Moments) -> Fields:
    city, country = _places(dices)
    first, last = dices.below(len(FIRST)), dices.below(len(LAST))
    title = _chosen(dices, TITLES)
    company = dices.below(len(NOUNS)) * len(TRADES) + dices.below(len(TRADES))
    stage = dices.below(len(LIFECYCLE))
    names = [{"firstname": one, "lastname": other} for one in FIRST for other in LAST]
    numbers = [phone(place) for place in range(PHONES)]
    called = new.places % PHONES
    return {
        "email": Composed("contact", new.places, "@example.com"),
        "firstname": Picked(first, FIRST),
        "lastname": Picked(last, LAST),
        "jobtitle": title,
        "city": city,
        "country": country,
        "company": Picked(company, COMPANIES),
        "phone": Picked(called, numbers),
        "lifecyclestage": Picked(stage, LIFECYCLE),
        "hs_all_contact_vids": Composed(new.ids),
        **{
            f"hs_lifecyclestage_{name}_date": Some(time, stage == code) for code, name in enumerate(LIFECYCLE)
        },
        **new.followed(np.zeros(len(stage), np.uint8), [{"email": "contact@example.com"}]),
        **new.followed(called, [{"phone": number} for number in numbers]),
        **new.followed(first * len(LAST) + last, names),
    }


def _deal(new: Newborn, dices: Dices, time: Moments) -> Fields:
    trade = Choice(dices.below(len(TRADES)), TRADES)
    amount, stage = dices.below(len(AMOUNTS)), dices.below(len(DEAL_STAGES))
    closes = [moments.text(new.at + day * moments.DAY) for day in range(-120, 120)]
    deals = [{"amount": one, "dealstage": other} for one in AMOUNTS for other in DEAL_STAGES]
    return {
        "dealname": Composed("Deal ", new.places, ": ", trade),
        "amount": Picked(amount, AMOUNTS),
        "pipeline": new.always("default"),
        "dealstage": Picked(stage, DEAL_STAGES),
        "closedate": Picked(dices.below(len(closes)), closes),
        "hs_createdate": time,
        **new.followed(amount * len(DEAL_STAGES) + stage, deals),
    }


def _ticket(new: Newborn, dices: Dices, time: Moments) -> Fields:
    trade, noun = Choice(dices.below(len(TRADES)), TRADES), dices.below(len(NOUNS))
    stage = dices.below(len(TICKET_STAGES))
    return {
        "subject": Composed("Ticket ", new.places, ": ", trade),
        "content": Picked(noun, [f"A question about {name}." for name in NOUNS]),
        "hs_pipeline": new.always("0"),
        "hs_pipeline_stage": Picked(stage, TICKET_STAGES),
        "hs_ticket_priority": _chosen(dices, PRIORITIES),
        "hs_ticket_id": Composed(new.ids),
        "hs_helpdesk_sort_timestamp": time,
        **new.followed(stage, [{"hs_pipeline_stage": one} for one in TICKET_STAGES]),
    }


def _chosen(dices: Dices, among: Sequence[str]) -> Picked:
    return Picked(dices.below(len(among)), among)


def _places(dices: Dices) -> tuple[Picked, Picked]:
    """City and country."""
    codes = dices.below(len(CITIES))
    return Picked(codes, [city for city, _ in CITIES]), Picked(codes, [country for _, country in CITIES])


SENT: dict[str, Callable[[Newborn, Dices, Moments], Fields]] = {
    "companies": _company, "contacts": _contact, "deals": _deal, "tickets": _ticket,
}  # fmt: skip
