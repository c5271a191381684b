"""One emulated account: what the gates and the handlers look at and change."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hubwire.catalogue.load import tier as tier_named
from hubwire.emulator.clock import Clock
from hubwire.emulator.forms import registrable
from hubwire.emulator.identity import Identity
from hubwire.emulator.lag import Lag
from hubwire.emulator.portal import Portal
from hubwire.emulator.quota import Quota
from hubwire.emulator.refusals import milliseconds
from hubwire.emulator.shelf import Shelf
from hubwire.emulator.store import Store
from hubwire.emulator.tokens import Tokens

TIME_ZONE = "America/New_York"
"""Of a new account; the daily quota starts again at its midnight."""
TIERS = ("free", "starter", "professional", "enterprise")
OWNER_EMAIL = "owner@hubwire.example"
REMEMBERED = 200
"""Requests kept for `Emulator.requests` and the front page."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request the emulator answered."""

    at: float
    method: str
    path: str
    op: str | None
    status: int
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What an authorize page was opened with; its form carries only the key to this."""

    client_id: str
    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]


@dataclass(slots=True)
class Account:
    """The parts of one account. `lock` guards all of them: hold it while touching any."""

    store: Store
    portal: Portal
    identity: Identity
    tokens: Tokens
    quota: Quota
    clock: Clock
    random: Random
    time_zone: str
    auto_consent: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)
    requests: deque[Seen] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    consents: OrderedDict[str, Consent] = field(default_factory=OrderedDict)
    redirects: frozenset[str] = frozenset()
    """Registered redirect URLs of the built-in app, besides any on loopback."""

    def register_redirect(self, uri: str) -> None:
        """Lets authorizations return to `uri`, which is https and has a domain name."""
        if not registrable(uri):
            raise ValueError(f"{uri!r}: a redirect URL is https with a domain name and no fragment")
        Shelf(self.store).put("redirect", uri, True)
        self.redirects |= {uri}


def open_account(
    state: str,
    *,
    tier: str,
    clock: Clock,
    limits: bool = True,
    auto_consent: bool = False,
    identity: Identity | None = None,
    index_lag: float = 0,
) -> Account:
    """Opens the state file, or a new account. With `identity` given all randomness is repeatable."""
    if tier not in TIERS:
        raise ValueError(f"there is no tier {tier!r}; there are {', '.join(TIERS)}")
    quota_of_tier = tier_named(tier)
    store = Store.open(state)
    try:
        random = Random(identity.portal_id) if identity else SystemRandom()
        shelf = Shelf(store)
        stored = shelf.all("identity", Identity).get("account")
        new = stored is None
        identity = stored or identity or Identity.random()
        if new:
            shelf.put("identity", "account", identity)
        name, zone = _zone(TIME_ZONE)
        portal = Portal(store, identity.portal_id, tier)
        if index_lag:
            portal.lag = Lag(store, clock.now, index_lag)
        if new:
            portal.add_owner(_first_owner(identity, clock.now()))
        return Account(
            store=store,
            portal=portal,
            identity=identity,
            tokens=Tokens(identity, shelf, random),
            quota=Quota(quota_of_tier, zone, enforced=limits),
            clock=clock,
            random=random,
            time_zone=name,
            auto_consent=auto_consent,
            redirects=frozenset(shelf.all("redirect", bool)),
        )
    except BaseException:
        store.close()
        raise


def _first_owner(identity: Identity, now: float) -> dict[str, Any]:
    """The user who opened the account. In accounts made since 2026 an owner has the id of its user."""
    born = milliseconds(now)
    return {
        "id": str(identity.user_id),
        "email": OWNER_EMAIL,
        "type": "PERSON",
        "firstName": "Olive",
        "lastName": "Owner",
        "userId": identity.user_id,
        "userIdIncludingInactive": identity.user_id,
        "createdAt": born,
        "updatedAt": born,
        "archived": False,
    }


def _zone(name: str) -> tuple[str, ZoneInfo]:
    try:
        return name, ZoneInfo(name)
    except ZoneInfoNotFoundError:
        # Machines without a time zone database (Windows without tzdata): the day then ends in UTC.
        return "UTC", ZoneInfo("UTC")
