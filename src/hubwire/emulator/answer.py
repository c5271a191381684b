"""The emulator: one function answers every request, and its whole order is the tuple `GATES`."""

from __future__ import annotations

import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from itertools import count
from typing import Any, Literal
from urllib.parse import parse_qs
from uuid import UUID

from hubwire.emulator import handlers as families
from hubwire.emulator.account import Account, Seen, open_account
from hubwire.emulator.asgi import Application
from hubwire.emulator.clock import Clock
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.gates.route import check_version, find_route
from hubwire.emulator.gates.spend import read_body, spend_quota
from hubwire.emulator.gates.token import check_scopes, check_token
from hubwire.emulator.identity import Identity
from hubwire.emulator.refusals import internal_error, not_served, render
from hubwire.emulator.tokens import Installed
from hubwire.emulator.work import do_what_is_due

GATES: tuple[Callable[[Account, Asked], None], ...] = (
    find_route,
    check_version,
    check_token,
    check_scopes,
    spend_quota,
    read_body,
)

Kind = Literal["private-app", "oauth", "marketplace"]
Handler = Callable[[Any, Asked], Answer]


class Emulator:
    """One HubSpot account that answers HTTP, one request at a time: threads may share it."""

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
    ) -> None:
        """`state` is a file, kept between runs with its credentials, or `:memory:`.

        A new account has random credentials unless `identity` brings them; then ids repeat too.
        """
        self.clock = clock or Clock()
        self._ids = count(1)
        self.account = open_account(
            state,
            tier=tier,
            clock=self.clock,
            limits=limits,
            auto_consent=auto_consent,
            identity=identity,
        )
        self.identity = self.account.identity
        try:
            self.seed(seed)
        except BaseException:
            self.close()
            raise

    def answer(self, asked: Asked) -> Answer:
        """HubSpot's answer, or the emulator's own 501. Never raises."""
        account = self.account
        with account.lock:
            try:
                for gate in GATES:
                    gate(account, asked)
                answer = handle(account, asked)
            except Refusal as refusal:
                answer = render(refusal, asked)
            except Exception:  # noqa: BLE001 (the outermost line: a fault here is answered like HubSpot's own)
                print(f"hubwire emulator: {asked.method} {asked.path} failed", file=sys.stderr)
                traceback.print_exc()
                answer = render(internal_error(), asked)
            self._finish(asked, answer)
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
        return self.answer(
            Asked(
                method=method.upper(),
                path=path,
                query=parse_qs(query, keep_blank_values=True) if query else {},
                headers={name.lower(): value for name, value in pairs},
                body=body,
                now=self.clock.now(),
                correlation_id=self._correlation_id(),
            )
        )

    def seed(self, name: str) -> None:
        """Fills an account that has no records yet: `demo`, or `empty` for nothing."""
        if name == "empty":
            return
        # Read only where it is used: tests open empty accounts by the thousand.
        from hubwire.emulator.seed import sow

        with self.account.lock:
            sow(self.account.portal, name, self.clock.now())

    def token(self, *, scopes: Iterable[str], kind: Kind = "private-app") -> str:
        """A token of a further app, which has just these scopes and a quota of its own.

        Static for a `private-app`; for half an hour for an `oauth` app, or one from the `marketplace`.
        """
        account = self.account
        with account.lock:
            app_id = account.random.randrange(20_000_000, 30_000_000)
            if kind == "private-app":
                return account.tokens.new_static(scopes, app_id)
            installed = Installed("", app_id, tuple(scopes))
            return account.tokens.new_access(installed, self.clock.now(), marketplace=kind == "marketplace")

    def register_redirect(self, uri: str) -> None:
        """Lets OAuth authorizations return to an https URL; those on loopback need no registration."""
        with self.account.lock:
            self.account.register_redirect(uri)

    @property
    def asgi(self) -> Application:
        """The ASGI application. It suspends only in `receive` and `send`."""
        return Application(self)

    @property
    def requests(self) -> list[Seen]:
        """The last requests, oldest first."""
        with self.account.lock:
            return list(self.account.requests)

    def close(self) -> None:
        """Closes the state file; nothing can be asked afterwards."""
        with self.account.lock:
            self.account.store.close()

    def _finish(self, asked: Asked, answer: Answer) -> None:
        endpoint, account = asked.endpoint, self.account
        answer.headers.append(("X-HubSpot-Correlation-Id", asked.correlation_id))
        # https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines: search has none.
        if asked.grant is not None and endpoint is not None and endpoint.lane != "search":
            answer.headers += account.quota.headers(asked.grant, asked.now)
        op = endpoint.op if endpoint else None
        account.requests.append(
            Seen(asked.now, asked.method, asked.path, op, answer.status, asked.correlation_id)
        )

    def _correlation_id(self) -> str:
        # UUID version 7: milliseconds, a count, and bits that tell accounts apart.
        number = next(self._ids)
        milliseconds = int(self.clock.now() * 1000) & ((1 << 48) - 1)
        bits = (milliseconds << 80) | (7 << 76) | ((number >> 32 & 0xFFF) << 64) | (2 << 62)
        return str(UUID(int=bits | (number & 0xFFFFFFFF) << 30 | (self.identity.portal_id & 0x3FFFFFFF)))


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


@cache
def all_handlers() -> tuple[dict[str, Handler], dict[str, Handler]]:
    """Every family's `HANDLERS` (given the portal) and `ACCOUNT_HANDLERS` (given the whole account)."""
    of_portal: dict[str, Handler] = {}
    of_account: dict[str, Handler] = {}
    for found in pkgutil.iter_modules(families.__path__):
        family = import_module(f"{families.__name__}.{found.name}")
        of_portal.update(getattr(family, "HANDLERS", {}))
        of_account.update(getattr(family, "ACCOUNT_HANDLERS", {}))
    return of_portal, of_account
