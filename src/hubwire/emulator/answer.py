"""The emulator: one function answers every request, and its whole order is the tuple `GATES`."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from hubwire.emulator import control, library
from hubwire.emulator.account import Account, Seen, Start, World
from hubwire.emulator.apps import App, Kind
from hubwire.emulator.asgi import Application
from hubwire.emulator.clock import Clock
from hubwire.emulator.exchange import Answer, Asked, Cut, Mishap, Refusal
from hubwire.emulator.faults import Deed, Fault
from hubwire.emulator.gates.control import check_origin
from hubwire.emulator.gates.fault import inject_fault
from hubwire.emulator.gates.route import check_version, find_route
from hubwire.emulator.gates.spend import JSON, check_kind, read_body, spend_quota
from hubwire.emulator.gates.token import check_scopes, check_token
from hubwire.emulator.hooks.courier import Delivery, Disorder
from hubwire.emulator.hooks.poster import Post, Posted
from hubwire.emulator.hooks.poster import post as posted
from hubwire.emulator.identity import Identity
from hubwire.emulator.operations import all_handlers
from hubwire.emulator.planner import keep_columns, take_up_columns
from hubwire.emulator.quota import left
from hubwire.emulator.refusals import internal_error, not_served, number_too_large, render
from hubwire.emulator.required import Condition, Rules
from hubwire.emulator.store import Store
from hubwire.emulator.swift import Lanes
from hubwire.emulator.work import do_what_is_due

GATES: tuple[Callable[[Account, Asked], None], ...] = (
    find_route,
    check_version,
    check_origin,
    check_token,
    check_scopes,
    spend_quota,
    inject_fault,
    check_kind,
    read_body,
)


class Emulator:
    """One HubSpot account, or several, that answer HTTP, one request at a time: threads may share it."""

    def __init__(
        self,
        state: str = ":memory:",
        *,
        seed: str = "empty",
        tier: str = "professional",
        limits: bool = True,
        auto_consent: bool = False,
        clock: Clock | None = None,
        identity: Identity | None = None,
        index_lag: float = 0,
    ) -> None:
        """`state` is a file, kept between runs with its credentials, or `:memory:`.

        A new account has random credentials unless `identity` brings them; then ids repeat too.
        Searches see a write only `index_lag` seconds of the clock later; seeded records show at once.
        """
        self.clock = clock or Clock()
        self._ids = count(1)
        store = Store.open(state)
        try:
            self.world = World(
                store, self.clock, Start(tier, limits, auto_consent, identity, seed, index_lag)
            )
            self._lanes = Lanes(self.world, self._correlation_id)
            control.seed(self.world, seed)
            for account in self.world.accounts.values() if state != ":memory:" else ():
                take_up_columns(account.portal)
        except BaseException:
            store.close()
            raise

    @property
    def account(self) -> Account:
        """The account that the emulator was started with."""
        return self.world.first

    @property
    def account_type(self) -> str:
        """What that account says it is: `STANDARD`, `DEVELOPER_TEST`, `SANDBOX` or `APP_DEVELOPER`."""
        return self.account.type

    @account_type.setter
    def account_type(self, name: str) -> None:
        with self._changing():
            self.world.set_type(name)

    @property
    def identity(self) -> Identity:
        """That account's."""
        return self.world.first.identity

    def answer(self, asked: Asked) -> Answer:
        """HubSpot's answer, or the emulator's own 501. Never raises."""
        world = self.world
        with world.lock:
            account = self._account_of(asked)
            try:
                for gate in GATES:
                    gate(account, asked)
                answer = handle(account, asked)
            except Refusal as refusal:
                answer = render(refusal, asked)
            except Cut as cut:
                answer = cut.answer
            except OverflowError:
                answer = render(number_too_large(), asked)
            except Exception:  # noqa: BLE001 (the outermost line: a fault here is answered like HubSpot's own)
                print(f"hubwire emulator: {asked.method} {asked.path} failed", file=sys.stderr)
                traceback.print_exc()
                answer = render(internal_error(), asked)
            self._finish(account, asked, answer)
            self._lanes.learn(account, asked, answer)
        return answer

    def ask(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Answer:
        """Answers a request given as text; `target` is the path with its query, percent-encoded."""
        path, _, query = target.partition("?")
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        return self.receive(method.upper(), path, query, {name.lower(): value for name, value in pairs}, body)

    def receive(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """The same for one that is taken apart already; names of headers are in lower case."""
        answer = None
        if not body or headers.get("content-type", JSON).startswith(JSON):
            answer = self.short(method, path, query, headers.get("authorization", ""), body)
        return answer or self.answer(
            Asked(
                method=method,
                path=path,
                query=parse_qs(query, keep_blank_values=True) if query else {},
                headers=headers,
                body=body,
                now=self.clock.now(),
                correlation_id=self._correlation_id(),
                raw_query=query,
            )
        )

    def short(self, method: str, path: str, query: str, authorization: str, body: bytes) -> Answer | None:
        """The answer to a read like one that was answered a moment ago; None where that does not suffice."""
        with self.world.lock:
            return self._lanes.answer(method, path, query, authorization, body)

    def seed(self, name: str = "empty", **numbers: int) -> None:
        """Fills the first account: `demo` if it has no records yet, and so many further records.

        Numbers are `contacts`, `companies`, `deals` and `tickets`; the same numbers give the same records.
        """
        with self._changing():
            control.seed(self.world, name, numbers=numbers)

    def token(self, *, scopes: Iterable[str], kind: Kind = "private-app") -> str:
        """A token of a further app, which has just these scopes and a quota of its own.

        Static for a `private-app`; for half an hour for an `oauth` app, or one from the `marketplace`.
        """
        with self._changing():
            return self.account.new_token(scopes, kind)

    def add_account(
        self,
        *,
        tier: str = "professional",
        portal_id: int | None = None,
        seed: str = "empty",
        account_type: str = "STANDARD",
    ) -> Account:
        """One more account, with records, credentials and quotas of its own."""
        with self._changing():
            account = self.world.add_account(tier=tier, portal_id=portal_id, account_type=account_type)
            control.seed(self.world, seed, at=account)
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
        """One more app, with credentials of its own; `scopes` are all it may ask for.

        `user_lacks` makes it a user-level app, whose user does not have these permissions: without
        `Edit Associations` it cannot associate through 2026-09.
        """
        with self._changing():
            return self.world.add_app(
                name, kind=kind, scopes=scopes, redirects=redirects, user_lacks=user_lacks
            )

    def set_library(self, spelling: str, *, on: bool) -> None:
        """Turns a type of the object library on or off in the first account: services, courses, listings or
        appointments. All are on to begin with."""
        with self._changing():
            library.switch(self.account.portal.drawer, spelling, on=on)

    def increase_limits(self, packs: int) -> None:
        """Gives the first account so many API limit increases, at most two: 250 calls in ten seconds for
        each private app, and a million more a day with each. Apps from the marketplace gain nothing."""
        with self._changing():
            control.increase_limits(self.account, packs)

    def require(
        self, spelling: str, *names: str, when: Iterable[tuple[str, str, Iterable[str]]] = ()
    ) -> None:
        """What the first account's admin requires of a type's records, in place of what was required before.

        `names` are required on the Create form; `when` has `(name, on, values)`: `name` is required while
        `on` has one of `values`. Only 2026-09 enforces them.
        """
        conditions = [Condition(name, on, list(values)) for name, on, values in when]
        with self._changing():
            control.require(self.world, self.account, spelling, Rules(list(names), conditions))

    def uninstall(self, app_id: int, portal_id: int | None = None) -> bool:
        """Puts an app out of an account, the first unless told which; False if it was not in."""
        with self._changing():
            account = self.account if portal_id is None else self.world.accounts[portal_id]
            return account.tokens.uninstall(app_id)

    def register_redirect(self, uri: str) -> None:
        """Lets OAuth authorizations return to an https URL; those on loopback need no registration."""
        with self._changing():
            self.world.register_redirect(uri)

    def snapshot(self, name: str = "default") -> None:
        """Keeps everything as it is now, in memory, under that name."""
        with self._changing():
            control.snapshot(self.world, name)

    def restore(self, name: str = "default") -> None:
        """Everything as it was at that snapshot. Quotas begin unused; the clock does not go back."""
        with self._changing():
            control.restore(self.world, name)

    def reset(self) -> None:
        """As it was started: the first account with its credentials, its seed, and nothing else."""
        with self._changing():
            control.reset(self.world)

    def fault(self, do: Deed, **how: Any) -> int:
        """Makes calls go wrong as `faults.Fault` says; returns a number for `clear_faults`."""
        with self._changing():
            rule = self.world.faults.add(Fault(do=do, **how), self.clock.now())
        return rule.id

    def clear_faults(self, number: int | None = None) -> None:
        """Ends one fault, or all."""
        with self._changing():
            self.world.faults.clear(number)

    def webhooks(self, target: str, *events: str, app_id: int | None = None) -> None:
        """Has an app (the built-in one) told of these events at the URL, and of nothing else from now on.

        Events are written `contact.creation`, `contact.propertyChange:email`, `object.creation@0-1`;
        `contact.*` stands for all of them and for changes of the default properties.
        """
        with self._changing():
            control.set_webhooks(self.world, target, events, app_id)

    def deliver(self, post: Callable[[Post], Posted] = posted, *, everything: bool = False) -> list[Delivery]:
        """Sends the webhooks that are due, one request after another; returns the attempts made.

        `everything` sends also what waits for a retry. `post` takes the place of the network. Not needed
        while the emulator is served: then they are sent as they come due.
        """
        return self.world.courier.deliver(self.clock.now, post, everything=everything)

    def emit(self, event: str, *, portal_id: int | None = None, **fields: Any) -> int:
        """Tells subscribers of an event that nothing here gave rise to; how many it goes to.

        `emit("conversation.newMessage", objectId=7, messageId="m", messageType="MESSAGE")`. Conversations,
        `event.completed` and restoring happen in HubSpot's own pages only, so here they happen by hand.
        """
        with self._changing():
            return control.emit(self.world, event, fields, portal_id)

    def disorder(self, *, duplicate_every: int = 0, shuffle: bool = False) -> None:
        """From now on every n-th webhook event comes twice, or events come out of order."""
        with self._changing():
            self.world.courier.disorder = Disorder(duplicate_every, shuffle)

    @property
    def deliveries(self) -> list[Delivery]:
        """The last attempts to deliver webhooks, oldest first."""
        with self.world.lock:
            return list(self.world.courier.deliveries)

    @property
    def asgi(self) -> Application:
        """The ASGI application. It suspends only in `receive` and `send`."""
        return Application(self)

    @property
    def requests(self) -> list[Seen]:
        """The last requests, oldest first."""
        with self.world.lock:
            return list(self.world.requests)

    def close(self) -> None:
        """Closes the state file; nothing can be asked afterwards. Once more does no harm."""
        with self._changing():
            if self.world.store.closed:
                return
            for account in self.world.accounts.values():
                keep_columns(account.portal)
            self.world.keep_quotas()
            self.world.keep_clock()
            self.world.store.close()

    def pass_time(self, seconds: float) -> None:
        """Moves the clock on: what a slow answer does where nobody really waits."""
        self.clock.reach(self.clock.now() + seconds)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self.world.lock:
            self._lanes.close()
            yield

    def _account_of(self, asked: Asked) -> Account:
        """The account whose token a request carries; the first one for any other."""
        world = self.world
        if len(world.accounts) > 1:
            token = asked.headers.get("authorization", "").strip().partition(" ")[2].strip()
            return world.whose(token) or world.first
        return world.first

    def _finish(self, account: Account, asked: Asked, answer: Answer) -> None:
        endpoint = asked.endpoint
        answer.headers.append(("X-HubSpot-Correlation-Id", asked.correlation_id))
        # https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines: search has none.
        if asked.grant is not None and endpoint is not None and endpoint.lane not in ("search", "free"):
            answer.headers += account.quota.headers(asked.grant, asked.now)
        if asked.mishap is not None:
            befall(answer, asked.mishap)
        op = endpoint.op if endpoint else None
        if op is None or not op.startswith("emulator.") or op == "emulator.home":
            status = answer.status if answer.fate == "sent" else 0
            self.world.requests.append(
                Seen(
                    asked.now, asked.method, asked.path, op, status, asked.correlation_id,
                    account.identity.portal_id, left(answer.headers),
                )
            )  # fmt: skip

    def _correlation_id(self) -> str:
        # UUID version 7: milliseconds, a count, and bits that tell accounts apart.
        number = next(self._ids)
        milliseconds = int(self.clock.now() * 1000) & ((1 << 48) - 1)
        bits = (milliseconds << 80) | (7 << 76) | ((number >> 32 & 0xFFF) << 64) | (2 << 62)
        bits |= (number & 0xFFFFFFFF) << 30 | (self.identity.portal_id & 0x3FFFFFFF)
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def befall(answer: Answer, mishap: Mishap) -> None:
    """Does to an answer what a fault wants done."""
    answer.delay = mishap.delay
    if mishap.what.startswith("drop"):
        answer.fate = "dropped"
    elif mishap.what == "lost":
        answer.fate = "lost"
    elif mishap.what == "malformed":
        answer.body = answer.body[: len(answer.body) // 2]


def handle(account: Account, asked: Asked) -> Answer:
    """The handler of the operation, or 501 where there is none yet."""
    op = asked.endpoint.op if asked.endpoint else ""
    of_portal, of_account = all_handlers()
    do_what_is_due(account.portal, asked.now)
    if op in of_portal:
        return of_portal[op](account.portal, asked)
    if op in of_account:
        return of_account[op](account, asked)
    raise not_served(asked.method, asked.path, op)
