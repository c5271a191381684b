"""Which handler is for which event."""

from __future__ import annotations

import fnmatch
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from hubwire.errors import ConfigError
from hubwire.webhooks.events import Event, type_id

if TYPE_CHECKING:
    from hubwire import AsyncHub, Hub
    from hubwire.webhooks.subscriptions import Subscription

F = TypeVar("F", bound=Callable[..., Any])

ROUTES = 10_000
"""Kinds, properties and types of object whose handlers are remembered."""

ACTIONS = (
    "associationChange", "completed", "creation", "deletion", "merge", "newMessage", "privacyDeletion",
    "propertyChange", "restore",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often a handler is tried, and how long is waited in between: up to `first`, up to twice that, and
    so on, at random so that what failed together does not come back together.
    """

    attempts: int = 10
    """In all; the last failure makes a dead letter."""
    first: float = 2.0
    """Seconds."""
    most: float = 3600.0
    """Seconds."""

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.first < 0 or self.most < self.first:
            raise ConfigError(f"{self}: at least one attempt, and 0 <= first <= most.")

    def delay(self, attempts: int, chance: Random) -> float:
        """Seconds to wait after so many attempts."""
        longest = min(self.most, self.first * 2.0 ** min(attempts - 1, 40))
        return chance.uniform(longest / 2, longest)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a handler wants to hear of."""

    kind: str
    """`contact.creation`, `contact.*`, `*.merge`, `*`."""
    property: str | None = None
    object_type: str | None = None
    """Object type id, for `object.*`."""

    def matches(self, event: Event) -> bool:
        """Whether it is one of those."""
        if not fnmatch.fnmatchcase(event.kind, self.kind):
            return False
        if self.property is not None and self.property != event.property:
            return False
        return self.object_type is None or self.object_type == event.object_type

    def __str__(self) -> str:
        more = [f"property={self.property}"] if self.property else []
        more += [f"object_type={self.object_type}"] if self.object_type else []
        return f"{self.kind} ({', '.join(more)})" if more else self.kind


@dataclass(slots=True)
class Handler:
    """A function and what it is for."""

    name: str
    """What its successes are recorded under: another name is another handler, which has seen nothing yet."""
    call: Callable[..., Any]
    patterns: list[Pattern] = field(default_factory=list)
    backoff: Backoff = Backoff()
    timeout: float = 60.0
    """Seconds of one call."""
    on_failure: str = "skip"
    """When it is a dead letter: `skip` goes on with the record's next event, `block` waits for a person."""
    transaction: bool = False
    """Whether its success is recorded in the transaction that `context.tx` is in."""
    window: float | None = None
    """Of a handler of several events at once: seconds in which they are gathered."""
    most: int = 100
    """How many at once."""

    is_async: bool = field(init=False)
    """Whether it is to be awaited."""

    def __post_init__(self) -> None:
        self.is_async = inspect.iscoroutinefunction(self.call)

    @property
    def simple(self) -> bool:
        """Whether a call of it needs nothing but the loop."""
        return self.is_async and self.window is None and not self.transaction

    @property
    def several(self) -> bool:
        """Whether it takes the waiting events of a record in one call."""
        return self.window is not None

    def wants(self, event: Event) -> bool:
        """Whether it is for this event."""
        return any(pattern.matches(event) for pattern in self.patterns)


class App:
    """The handlers of an application.

    `hub` makes the client for an account, from its portal id, and `async_hub` the one for `async` handlers;
    without them handlers get one with the token of the environment (`HUBSPOT_ACCESS_TOKEN`), if that is the
    account's.
    """

    def __init__(
        self,
        *,
        hub: Callable[[int], Hub] | None = None,
        async_hub: Callable[[int], AsyncHub] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.hub, self.async_hub = hub, async_hub
        self.backoff = backoff or Backoff()
        self.handlers: dict[str, Handler] = {}
        self._routes: dict[tuple[str | None, ...], list[Handler]] = {}
        self.subscriptions: set[Subscription] = set()
        """What HubSpot shall tell of besides what the handlers name; see `hubwire webhooks sync`."""

    def on(
        self,
        kind: str,
        *,
        property: str | None = None,  # noqa: A002  # HubSpot's word
        object_type: str | None = None,
        name: str | None = None,
        backoff: Backoff | None = None,
        timeout: float = 60.0,
        on_failure: str = "skip",
        transaction: bool = False,
    ) -> Callable[[F], F]:
        """Calls the decorated `handler(event, context)`, plain or `async`, for events of a kind.

        `kind` may have stars: `"contact.*"`, `"*.merge"`, `"*"`. `object_type` (`"0-1"`, `"contacts"`,
        `"2-3456"`) narrows `object.*`. Decorated several times, a function is called once per event.
        """
        pattern = Pattern(_kind(kind), property, _type(object_type))

        def decorate(function: F) -> F:
            if transaction and not inspect.iscoroutinefunction(function):
                raise ConfigError("transaction=True: context.tx is asyncpg's, so the handler is `async def`.")
            handler = self._add(
                function, name, pattern, backoff=backoff, timeout=timeout, on_failure=on_failure
            )
            handler.transaction = handler.transaction or transaction
            return function

        return decorate

    def on_object(
        self,
        kind: str,
        *,
        window: float = 1.0,
        most: int = 100,
        object_type: str | None = None,
        name: str | None = None,
        backoff: Backoff | None = None,
        timeout: float = 60.0,
    ) -> Callable[[F], F]:
        """Calls the decorated `handler(events, context)` once for the events of a record that came within
        `window` seconds after the first, in order, at most `most` of them.

        The record's later events wait so long as well.
        """
        if not 0 <= window <= 86_400 or most < 1:
            raise ConfigError(
                f"window={window}, most={most}: a window of up to a day, and at least one event."
            )
        pattern = Pattern(_kind(kind), None, _type(object_type))

        def decorate(function: F) -> F:
            handler = self._add(function, name, pattern, backoff=backoff, timeout=timeout, on_failure="skip")
            handler.window, handler.most = window, most
            return function

        return decorate

    def subscribe(self, kind: str, *, property: str = "", object_type: str = "") -> None:  # noqa: A002
        """Declares a subscription that no handler names by itself: `"contact.*"` hears of property changes
        only when their properties are subscribed to. ConfigError when HubSpot has no such subscription.
        """
        from hubwire.webhooks.subscriptions import expand

        self.subscriptions.update(expand(kind, property=property, object_type=object_type))

    def route(self, event: Event) -> list[Handler]:
        """Who is called for an event, in the order in which they were declared."""
        about = event.about
        found = self._routes.get(about)
        if found is None:
            found = [handler for handler in self.handlers.values() if handler.wants(event)]
            if len(self._routes) < ROUTES:
                self._routes[about] = found
        return found

    def _add(
        self, function: Callable[..., Any], name: str | None, pattern: Pattern, **options: Any
    ) -> Handler:
        if options["on_failure"] not in ("skip", "block"):
            raise ConfigError(f"on_failure={options['on_failure']!r}: skip or block.")
        if options["timeout"] <= 0:
            raise ConfigError(f"timeout={options['timeout']}: give seconds.")
        self._routes.clear()
        known = next((each for each in self.handlers.values() if each.call is function), None)
        if known is not None and name in (None, known.name):
            known.patterns.append(pattern)
            return known
        name = name or f"{function.__module__}.{function.__qualname__}"
        if name in self.handlers:
            raise ConfigError(f"Two handlers are called {name}: give one of them another name=…")
        options["backoff"] = options["backoff"] or self.backoff
        handler = Handler(name, function, [pattern], **options)
        self.handlers[name] = handler
        return handler


def line_for(event: Event) -> str:
    """The line to write where nobody handles an event."""
    more = f', property="{event.property}"' if event.property else ""
    if event.object_name == "object" and event.object_type:
        more += f', object_type="{event.object_type}"'
    return f'@app.on("{event.kind}"{more})'


def routed(handlers: Sequence[Handler]) -> str:
    """A line per handler, for those who start an app."""
    return "\n".join(f"{each.name}: {', '.join(str(one) for one in each.patterns)}" for each in handlers)


def _kind(kind: str) -> str:
    name, point, action = kind.partition(".")
    if not name or (not point and kind != "*"):
        raise ConfigError(f'{kind!r} is no kind of event: "contact.creation", "contact.*", "*.merge" or "*".')
    if action and "*" not in action and action not in ACTIONS:
        close = [each for each in ACTIONS if each.lower() == action.lower()]
        # Not refused otherwise: HubSpot may have a kind that is not known here yet.
        if close:
            raise ConfigError(f'{kind!r}: HubSpot writes "{name}.{close[0]}".')
    return kind


def _type(spelling: str | None) -> str | None:
    if spelling is None:
        return None
    known = type_id(spelling) or (spelling if spelling.partition("-")[0].isdecimal() else None)
    if known is None:
        raise ConfigError(f"object_type={spelling!r}: give an object type id such as 0-1 or 2-3456.")
    return known
