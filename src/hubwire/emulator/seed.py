"""Accounts that are not empty: the demo account, and as many contacts as a measurement needs.

The same account and moment give the same records in every run.
"""

from __future__ import annotations

from random import Random

from hubwire.catalogue import load
from hubwire.catalogue.facts import AssociationType, Grade, Option, Property
from hubwire.emulator import moments
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import Source
from hubwire.emulator.names import CITIES, FIRST, INDUSTRIES, LAST, NOUNS, TITLES, TRADES
from hubwire.emulator.portal import Create, NewLink, Portal
from hubwire.emulator.records import Record

SOURCE = Source("CRM_UI", "userId:30000001")
CONTACTS, COMPANIES, DEALS, TICKETS = 500, 120, 200, 80
CHUNK = 20_000
YEAR = 365 * moments.DAY
OWNERS = (
    ("Ada", "Okafor"), ("Ben", "Lindqvist"), ("Chiara", "Ricci"), ("Dmitri", "Petrov"), ("Emi", "Tanaka"),
)  # fmt: skip
LIFECYCLE = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
DEAL_STAGES = (
    "appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin",
    "contractsent", "closedwon", "closedlost",
)  # fmt: skip
INTERESTS = ("software", "hardware", "support", "training", "consulting")
TIERS = ("bronze", "silver", "gold", "platinum")


def sow(portal: Portal, name: str, now: float) -> None:
    """Fills an account that has no contacts yet; one that has is left alone. `name` is `demo` or `empty`."""
    if name not in ("demo", "empty"):
        raise ValueError(f"there is no seed named {name!r}: use 'demo' or 'empty'")
    if name == "empty" or portal.table(portal.kind("contacts")).made:
        return
    with portal.store.transaction():
        demo(portal, int(now * 1000))


def demo(portal: Portal, at: int) -> None:
    """A small business: owners, companies, their contacts, deals and tickets, and properties of its own."""
    random = Random(portal.portal_id)
    add_owners(portal, at - 2 * YEAR)
    add_properties(portal, at - 2 * YEAR)
    companies = _companies(portal, random, at)
    contacts = _contacts(portal, random, at, companies)
    _deals(portal, random, at, companies, contacts)
    _tickets(portal, random, at, contacts)


def add_owners(portal: Portal, at: int) -> None:
    """Five people. In accounts of 2026 an owner's id is the user's."""
    for place, (first, last) in enumerate(OWNERS, 1):
        number = 30_000_000 + place
        portal.add_owner(
            {
                "id": str(number),
                "email": f"{first}.{last}@demo.example".lower(),
                "type": "PERSON",
                "firstName": first,
                "lastName": last,
                "userId": number,
                "userIdIncludingInactive": number,
                "createdAt": moments.text(at),
                "updatedAt": moments.text(at),
                "archived": False,
            }
        )


def add_properties(portal: Portal, at: int) -> None:
    """What the account itself defined."""
    for type_id, definition in own_properties():
        portal.definitions.add(type_id, definition, at)


def own_properties() -> list[tuple[str, Property]]:
    """Object type id and definition of each property the demo account adds."""

    def own(name: str, label: str, type_: str, field: str, *options: str, unique: bool = False) -> Property:
        return Property(
            name=name,
            label=label,
            type=type_,
            field_type=field,
            group="contactinformation",
            options=tuple(Option(value=o, label=o.capitalize(), order=n) for n, o in enumerate(options)),
            unique=unique,
            source="the demo account",
            grade=Grade.ASSUMED,
        )

    external = own("external_id", "External ID", "string", "text", unique=True)
    return [
        ("0-1", own("customer_since", "Customer since", "date", "date")),
        ("0-1", own("product_interests", "Product interests", "enumeration", "checkbox", *INTERESTS)),
        ("0-1", own("loyalty_tier", "Loyalty tier", "enumeration", "select", *TIERS)),
        ("0-1", own("vip", "VIP", "bool", "booleancheckbox", "true", "false")),
        ("0-1", external),
        ("0-2", own("annual_spend", "Annual spend", "number", "number")),
        ("0-2", external),
    ]


def _owner(random: Random) -> str:
    return str(30_000_000 + random.randint(1, len(OWNERS)))


def _companies(portal: Portal, random: Random, at: int) -> list[Record]:
    kind = portal.kind("companies")
    creates = []
    for number in range(COMPANIES):
        city, country = random.choice(CITIES)
        values = {
            "name": f"{random.choice(NOUNS)} {random.choice(TRADES)}",
            "domain": f"firm{number * 4:03}.example.com",
            "city": city,
            "country": country,
            "industry": random.choice(INDUSTRIES),
            "numberofemployees": str(random.choice((5, 12, 40, 150, 900))),
            "annual_spend": str(random.randrange(0, 90_000, 50)),
            "external_id": f"C-{number:04}",
            "hubspot_owner_id": _owner(random),
            "lifecyclestage": random.choice(LIFECYCLE),
        }
        creates.append(Create(kind, values, at=at - random.randrange(YEAR // 2, 2 * YEAR)))
    return portal.apply(creates, at=at, source=SOURCE).created


def _contacts(portal: Portal, random: Random, at: int, companies: list[Record]) -> list[Record]:
    kind = portal.kind("contacts")
    works_at = _type("0-1", "0-2")
    creates = []
    for number in range(CONTACTS):
        company = random.choice(companies)
        city, country = random.choice(CITIES)
        values = {
            "email": f"customer{number * 10:04}@example.com",
            "firstname": random.choice(FIRST),
            "lastname": random.choice(LAST),
            "jobtitle": random.choice(TITLES),
            "city": city,
            "country": country,
            "company": company.props["name"],
            "lifecyclestage": random.choice(LIFECYCLE),
            "hubspot_owner_id": _owner(random),
            "external_id": f"P-{number:05}",
        }
        if random.random() < 0.7:
            values["phone"] = f"+1 202 555 01{random.randrange(100):02}"
        if random.random() < 0.5:
            values["customer_since"] = moments.day(at - random.randrange(30, 3_000) * moments.DAY)
            values["loyalty_tier"] = random.choice(TIERS)
            values["vip"] = random.choice(("true", "false"))
        if random.random() < 0.6:
            values["product_interests"] = ";".join(random.sample(INTERESTS, random.randint(1, 3)))
        links = (NewLink(End("0-2", company.id), works_at),) if random.random() < 0.9 else ()
        creates.append(Create(kind, values, links, at=at - random.randrange(moments.DAY, YEAR)))
    return portal.apply(creates, at=at, source=SOURCE).created


def _deals(portal: Portal, random: Random, at: int, companies: list[Record], people: list[Record]) -> None:
    kind = portal.kind("deals")
    to_company, to_contact = _type("0-3", "0-2"), _type("0-3", "0-1")
    creates = []
    for _ in range(DEALS):
        company = random.choice(companies)
        stage = random.choice(DEAL_STAGES)
        closes = at + random.randrange(-120, 120) * moments.DAY
        values = {
            "dealname": f"{company.props['name']}: {random.choice(INTERESTS)}",
            "amount": str(random.randrange(500, 80_000, 250)),
            "pipeline": "default",
            "dealstage": stage,
            "closedate": moments.text(closes),
            "hubspot_owner_id": _owner(random),
        }
        links = (
            NewLink(End("0-2", company.id), to_company),
            NewLink(End("0-1", random.choice(people).id), to_contact),
        )
        creates.append(Create(kind, values, links, at=at - random.randrange(moments.DAY, YEAR)))
    portal.apply(creates, at=at, source=SOURCE)


def _tickets(portal: Portal, random: Random, at: int, people: list[Record]) -> None:
    kind = portal.kind("tickets")
    to_contact = _type("0-5", "0-1")
    creates = []
    for _ in range(TICKETS):
        values = {
            "subject": f"Question about {random.choice(INTERESTS)}",
            "content": f"Please tell us more about {random.choice(INTERESTS)}.",
            "hs_pipeline": "0",
            "hs_pipeline_stage": random.choice("1234"),
            "hs_ticket_priority": random.choice(("LOW", "MEDIUM", "HIGH")),
            "hubspot_owner_id": _owner(random),
        }
        links = (NewLink(End("0-1", random.choice(people).id), to_contact),)
        creates.append(Create(kind, values, links, at=at - random.randrange(moments.DAY, YEAR)))
    portal.apply(creates, at=at, source=SOURCE)


def _type(from_type: str, to_type: str) -> tuple[AssociationType, ...]:
    known = load.default_association(from_type, to_type)
    return (known,) if known else ()
