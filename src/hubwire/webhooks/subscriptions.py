"""What an app wants to be told of: one value per subscription, checked before HubSpot is asked.

https://developers.hubspot.com/docs/guides/api/app-management/webhooks
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hubwire.catalogue.load import limits, object_type, webhooks
from hubwire.errors import ConfigError

CHANGE = "propertyChange"


class Subscription(msgspec.Struct, frozen=True, order=True):
    """`contact.creation`; with a property `deal.propertyChange`; with an object type `object.creation`."""

    event: str
    property: str = ""
    """Of `propertyChange`."""
    object_type: str = ""
    """Type id, `0-1` or `2-1234`; of `object.*` only."""

    def __str__(self) -> str:
        """`deal.propertyChange:amount`, `object.creation@0-1`."""
        told = f"{self.event}:{self.property}" if self.property else self.event
        return f"{told}@{self.object_type}" if self.object_type else told


def subscription(event: str, *, property: str = "", object_type: str = "") -> Subscription:  # noqa: A002
    """One that HubSpot can make; ConfigError says why it cannot, and what can be written instead."""
    known = webhooks().events.get(event)
    if known is None:
        family = event.partition(".")[0]
        near = [name for name in webhooks().events if name.partition(".")[0] == family]
        raise ConfigError(
            f"{event} cannot be subscribed to; "
            + (f"there are {', '.join(near)}" if near else f"objects are {', '.join(_families())}")
        )
    if known.action == CHANGE and not property:
        raise ConfigError(
            f"HubSpot tells of changes property by property: name one, {event} with property='…', "
            "once per property"
        )
    if property and known.action != CHANGE:
        raise ConfigError(f"{event} has no property: only *.{CHANGE} has")
    if property in webhooks().silent:
        raise ConfigError(f"changes of {property} cannot be subscribed to")
    return Subscription(event, property, _type_id(event, object_type))


def expand(pattern: str, *, property: str = "", object_type: str = "") -> list[Subscription]:  # noqa: A002
    """The subscriptions that `contact.*` or `contact.creation` stands for.

    A wildcard covers all actions but `propertyChange`, unless a property is named: HubSpot has no
    subscription to any property.
    """
    family, _, action = pattern.partition(".")
    if action != "*":
        return [subscription(pattern, property=property, object_type=object_type)]
    found = [each for each in webhooks().events.values() if each.object == family]
    if not found:
        raise ConfigError(f"{pattern} stands for nothing; objects are {', '.join(_families())}")
    return [
        subscription(each.name, property=property if each.action == CHANGE else "", object_type=object_type)
        for each in found
        if each.action != CHANGE or property
    ]


def parse(text: str) -> list[Subscription]:
    """`contact.creation`, `deal.propertyChange:amount`, `object.creation@0-1`, `ticket.*`."""
    name, _, object_type = text.strip().partition("@")
    event, _, property = name.partition(":")  # noqa: A001
    return expand(event, property=property, object_type=object_type)


def together(wanted: Iterable[Subscription]) -> tuple[Subscription, ...]:
    """Each once, in a stable order; refuses more than an app can have."""
    all_of_them = tuple(sorted(set(wanted)))
    most = limits().WEBHOOK_SUBSCRIPTIONS
    if len(all_of_them) > most:
        raise ConfigError(
            f"{len(all_of_them):,} subscriptions are declared, and an app can have {most:,}. "
            "Nothing was changed."
        )
    return all_of_them


def _families() -> list[str]:
    return list(dict.fromkeys(each.object for each in webhooks().events.values()))


def _type_id(event: str, spelling: str) -> str:
    if not event.startswith("object."):
        if spelling:
            raise ConfigError(f"{event} names its type already: object types go with object.*")
        return ""
    if not spelling:
        raise ConfigError(f"{event} needs an object type: {event}@0-1, {event}@ticket")
    kind = object_type(spelling)
    if kind is None:
        if spelling.startswith("2-") and spelling[2:].isdecimal():
            return spelling  # a custom type, which belongs to an account
        raise ConfigError(f"{spelling} is no object type that HubSpot has: a name, or an id as 0-1 or 2-1234")
    if kind.singular not in webhooks().generic:
        raise ConfigError(f"HubSpot sends no webhooks for {kind.name} ({kind.id})")
    return kind.id
