"""The emulated accounts, the apps that may be connected to them, and what all of them share."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random, SystemRandom
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hubwire.catalogue.load import tier as tier_named
from hubwire.emulator.apps import App, Apps, Kind
from hubwire.emulator.clock import Clock
from hubwire.emulator.faults import Faults
from hubwire.emulator.forms import registrable
from hubwire.emulator.hooks.courier import Courier
from hubwire.emulator.hooks.journal import Journal
from hubwire.emulator.identity import Identity
from hubwire.emulator.lag import Lag
from hubwire.emulator.portal import Portal
from hubwire.emulator.privacy import unseen, untold
from hubwire.emulator.quota import Quota, Spent
from hubwire.emulator.refusals import milliseconds
from hubwire.emulator.shelf import Shelf
from hubwire.emulator.store import Copy, Store
from hubwire.emulator.tokens import Installed, Tokens

TIME_ZONE = "America/New_York"
"""Of a new account; the daily quota starts again at its midnight."""
ACCOUNT_TYPES = ("STANDARD", "DEVELOPER_TEST", "SANDBOX", "APP_DEVELOPER")
"""`accountType` of account-info. https://developers.hubspot.com/docs/api-reference/latest/account/account-information"""
TIERS = ("free", "starter", "professional", "enterprise")
OWNER_EMAIL = "owner@hubwire.example"
REMEMBERED = 200
"""Requests kept for `Emulator.requests` and the front page."""


class Seen(NamedTuple):
    """One request the emulator answered."""

    at: float
    method: str
    path: str
    op: str | None
    status: int
    correlation_id: str
    portal_id: int = 0
    left: int | None = None
    """Calls that the app had left in its ten seconds, where the answer told."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What an authorize page was opened with; its form carries only the key to this."""

    client_id: str
    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]
    challenge: str | None = None
    method: str = "plain"


@dataclass(frozen=True, slots=True)
class Seat:
    """What the state file keeps of an account beside the first one."""

    identity: Identity
    tier: str
    type: str = "STANDARD"


@dataclass(frozen=True, slots=True)
class Start:
    """How an emulator is opened."""

    tier: str = "professional"
    limits: bool = True
    auto_consent: bool = False
    identity: Identity | None = None
    """With it, all randomness is repeatable."""
    seed: str = "empty"
    index_lag: float = 0
    """Seconds after which searches see a write."""
    account_type: str = "STANDARD"


class World:
    """Everything in one emulator. `lock` guards all of it: hold it while touching any."""

    def __init__(self, store: Store, clock: Clock, start: Start) -> None:
        self.store, self.clock, self.start = store, clock, start
        self.random: Random = Random(start.identity.portal_id) if start.identity else SystemRandom()
        self.lock = threading.RLock()
        self.requests: deque[Seen] = deque(maxlen=REMEMBERED)
        self.consents: OrderedDict[str, Consent] = OrderedDict()
        self.faults = Faults()
        self.copies: dict[str, Copy] = {}
        """Snapshots by name."""
        self.accounts: dict[int, Account] = {}
        self.apps: Apps
        self.courier = Courier(store, self._scopes, (self._unseen, self._untold), self.lock)
        self.journal = Journal(store, self._scopes, self._unseen, self._properties)
        if clock.running:
            clock.advance(Shelf(store).all("clock", float).get("ahead", 0.0))
        self.load()
        for portal_id, spent in Shelf(store).all("spent", Spent).items():
            if account := self.accounts.get(int(portal_id)):
                account.quota.take_up(spent, clock.now())

    def keep_clock(self) -> None:
        """Writes down how far it was turned: a restart does not take it back."""
        if self.clock.running:
            with self.store.transaction():
                Shelf(self.store).put("clock", "ahead", self.clock.ahead())

    def keep_quotas(self) -> None:
        """Writes down what the day has used of each account's quota."""
        shelf, now = Shelf(self.store), self.clock.now()
        with self.store.transaction():
            for portal_id, account in self.accounts.items():
                shelf.put("spent", str(portal_id), account.quota.spent(now))

    def load(self, known: Identity | None = None) -> bool:
        """Takes accounts and apps from the store; True if it had none and the first was made.

        Quotas begin unused, and open consent pages are forgotten.
        """
        shelf = Shelf(self.store)
        stored = shelf.all("identity", Identity).get("account")
        identity = stored or known or self.start.identity or Identity.random()
        self.accounts.clear()
        self.consents.clear()
        self.apps = Apps(shelf, identity)
        self.courier.load(self.apps)
        self.journal.load()
        with self.store.transaction():
            if stored is None:
                shelf.put("identity", "account", identity)
            first = Seat(identity, checked_tier(self.start.tier), checked_type(self.start.account_type))
            self._open(first, new=stored is None)
            for seat in shelf.all("seat", Seat).values():
                self._open(seat, new=False)
        return stored is None

    @property
    def first(self) -> Account:
        """The account that the emulator was started with."""
        return next(iter(self.accounts.values()))

    def whose(self, token: str) -> Account | None:
        """The account that gave out an access token."""
        return next((each for each in self.accounts.values() if each.tokens.find(token)), None)

    def add_account(
        self, *, tier: str = "professional", portal_id: int | None = None, account_type: str = "STANDARD"
    ) -> Account:
        """One more account, with an access token of its own. The developer's apps can be connected to it."""
        if portal_id is not None and (portal_id in self.accounts or portal_id <= 0):
            raise ValueError(f"there is an account {portal_id} already, or that is no portal id")
        made = Identity.random(self.random)
        shared = self.first.identity
        identity = replace(
            shared,
            portal_id=portal_id or made.portal_id,
            access_token=made.access_token,
            user_id=made.user_id,
        )
        with self.store.transaction():
            seat = Seat(identity, checked_tier(tier), checked_type(account_type))
            account = self._open(seat, new=True)
            Shelf(self.store).put("seat", str(identity.portal_id), seat)
        return account

    def add_app(
        self,
        name: str,
        *,
        kind: Kind = "oauth",
        scopes: Iterable[str] = (),
        redirects: Iterable[str] = (),
        user_lacks: Iterable[str] = (),
    ) -> App:
        """One more app of the developer's; an account lets it in by OAuth, or by `Account.static_token`."""
        for uri in redirects:
            if not registrable(uri):
                raise ValueError(f"{uri!r}: a redirect URL is https with a domain name and no fragment")
        made = Identity.random(self.random)
        app_id = self.random.randrange(20_000_000, 30_000_000)
        app = App(
            app_id=app_id,
            name=name or f"App {app_id}",
            client_id=made.client_id,
            client_secret=made.client_secret,
            kind=kind,
            scopes=tuple(scopes),
            redirects=frozenset(redirects),
            user_lacks=tuple(user_lacks),
        )
        self.apps.put(app)
        return app

    def set_type(self, name: str) -> None:
        """What the first account says it is, from now on."""
        self.start = replace(self.start, account_type=checked_type(name))
        self.first.type = name

    def register_redirect(self, uri: str) -> None:
        """Lets authorizations of the built-in app return to `uri`, which is https and has a domain name."""
        if not registrable(uri):
            raise ValueError(f"{uri!r}: a redirect URL is https with a domain name and no fragment")
        self.apps.register_redirect(uri)

    def _open(self, seat: Seat, *, new: bool) -> Account:
        """Makes the account's parts on the store, which has them already unless it is new."""
        identity = seat.identity
        shelf = Shelf(self.store, "" if not self.accounts else f"{identity.portal_id}/")
        portal = Portal(self.store, identity.portal_id, seat.tier)
        if self.start.index_lag:
            portal.lag = Lag(self.store, self.clock.now, self.start.index_lag)
        if new:
            portal.add_owner(_first_owner(identity, self.clock.now()))
        name, zone = _zone(TIME_ZONE)
        account = Account(
            world=self,
            portal=portal,
            identity=identity,
            tokens=Tokens(identity, shelf, self.random),
            quota=Quota(tier_named(seat.tier), zone, enforced=self.start.limits),
            time_zone=name,
            type=seat.type,
            auto_consent=self.start.auto_consent,
        )
        portal.listeners += [self.courier, self.journal]
        account.tokens.on_install = lambda app_id, came: self._installed(account, app_id, came)
        self.accounts[identity.portal_id] = account
        return account

    def _installed(self, account: Account, app_id: int, came: bool) -> None:
        who, now = account.identity, int(self.clock.now() * 1000)
        self.journal.lifecycle(app_id, who.portal_id, who.user_id, came=came, now=now)

    def _properties(self, portal_id: int, type_id: str, number: int) -> Mapping[str, str]:
        portal = self.accounts[portal_id].portal
        table = portal.table(portal.kind(type_id))
        found = table.fetch([number]) or table.fetch([number], archived=True)
        return found[number].props if number in found else {}

    def _scopes(self, app_id: int, portal_id: int) -> frozenset[str] | None:
        account = self.accounts.get(portal_id)
        return None if account is None else account.tokens.scopes_of(app_id)

    def _unseen(self, portal_id: int, type_id: str, scopes: Collection[str]) -> frozenset[str]:
        portal = self.accounts[portal_id].portal
        return unseen(portal, portal.kind(type_id), scopes)

    def _untold(self, portal_id: int, type_id: str) -> frozenset[str]:
        portal = self.accounts[portal_id].portal
        return untold(portal, portal.kind(type_id))


@dataclass(slots=True)
class Account:
    """The parts of one account."""

    world: World
    portal: Portal
    identity: Identity
    tokens: Tokens
    quota: Quota
    time_zone: str
    type: str
    auto_consent: bool = False

    @property
    def store(self) -> Store:
        return self.world.store

    def static_token(self, app: App, scopes: Iterable[str] = ()) -> str:
        """Lets an app in without OAuth: a token that does not expire."""
        return self.tokens.new_static(tuple(scopes) or app.scopes, app.app_id, app.kind)

    def new_token(self, scopes: Iterable[str], kind: Kind) -> str:
        """A token of a further app, made for it: static, or for half an hour where apps come by OAuth."""
        world = self.world
        app = world.add_app("", kind=kind, scopes=scopes)
        if app.static:
            return self.static_token(app)
        self.tokens.install(app.app_id, app.scopes)
        installed = Installed(app.client_id, app.app_id, app.scopes)
        return self.tokens.new_access(installed, world.clock.now(), marketplace=kind == "marketplace")


def checked_tier(tier: str) -> str:
    """The tier, if there is one of that name."""
    if tier not in TIERS:
        raise ValueError(f"there is no tier {tier!r}; there are {', '.join(TIERS)}")
    return tier


def checked_type(name: str) -> str:
    """The type of account, if there is one of that name."""
    if name not in ACCOUNT_TYPES:
        raise ValueError(f"there is no account type {name!r}; there are {', '.join(ACCOUNT_TYPES)}")
    return name


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
