"""Makes an app's webhook settings and subscriptions in HubSpot match what the code declares.

What is not declared is switched off, or deleted when asked. Interrupted, it can be run again: every step
leaves a state from which the rest follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from hubwire.catalogue.load import limits
from hubwire.errors import ConfigError, MaybeWritten, NotFound
from hubwire.webhooks.subscriptions import Subscription, together

if TYPE_CHECKING:
    from hubwire.client.hub_sync import Hub
    from hubwire.client.shapes import WebhookSubscription

LEAST_CONCURRENCY = 6
"""`maxConcurrentRequests` must be greater than five."""
CONCURRENCY = 10
"""HubSpot's own default, requests in flight per installed account."""
SWITCHES = 100
"""Subscriptions switched by one call."""

Verb = Literal["set", "create", "switch-on", "switch-off", "delete", "keep"]


class Settings(msgspec.Struct, frozen=True):
    """Where HubSpot sends events, and how many requests it may have in flight for one account."""

    target: str
    concurrency: int = CONCURRENCY

    def checked(self) -> Settings:
        """Itself; ConfigError when HubSpot would refuse it."""
        if self.concurrency < LEAST_CONCURRENCY:
            raise ConfigError(
                f"HubSpot takes {LEAST_CONCURRENCY} or more requests at once, not {self.concurrency}"
            )
        return self


class Step(msgspec.Struct, frozen=True):
    """One difference, and what is done about it."""

    verb: Verb
    what: Subscription | Settings
    id: str = ""
    before: Settings | None = None

    def __str__(self) -> str:
        if isinstance(self.what, Settings):
            was = f" (was {self.before.target}, {self.before.concurrency} at once)" if self.before else ""
            return f"{self.verb:10}  {self.what.target}, {self.what.concurrency} requests at once{was}"
        return f"{self.verb:10}  {self.what}" + (f"  [{self.id}]" if self.id else "")

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        if isinstance(self.what, Settings):
            told: dict[str, Any] = {"target": self.what.target, "concurrency": self.what.concurrency}
        else:
            told = {"subscription": str(self.what)} | ({"id": self.id} if self.id else {})
        return {"action": self.verb} | told


class There(msgspec.Struct, frozen=True):
    """A subscription as HubSpot has it."""

    id: str
    what: Subscription
    active: bool


class Plan(msgspec.Struct, frozen=True):
    """Everything that has to be done, in order: off before on, so that the limit is never in the way."""

    steps: tuple[Step, ...]

    @property
    def changes(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.verb != "keep")


def plan(
    wanted: Iterable[Subscription],
    settings: Settings | None,
    there: Sequence[There],
    settings_there: Settings | None,
    *,
    delete: bool = False,
) -> Plan:
    """The steps from what HubSpot has to what is wanted."""
    declared = together(wanted)
    if settings is not None:
        settings.checked()
    keep: dict[Subscription, There] = {}
    surplus: list[There] = []
    for each in sorted(there, key=lambda known: (not known.active, known.id)):
        # HubSpot can hold one subscription twice: the one that is on is kept.
        if each.what in declared and each.what not in keep:
            keep[each.what] = each
        else:
            surplus.append(each)
    fits = len(there) + sum(each not in keep for each in declared) <= limits().WEBHOOK_SUBSCRIPTIONS
    if not delete and not fits:
        raise ConfigError(
            f"HubSpot has {len(there):,} subscriptions of this app, used or not, and takes "
            f"{limits().WEBHOOK_SUBSCRIPTIONS:,}: say --delete to have those removed that are not declared. "
            "Nothing was changed."
        )
    steps: list[Step] = []
    if settings is not None and settings != settings_there:
        steps.append(Step("set", settings, before=settings_there))
    for each in surplus:
        if delete:
            steps.append(Step("delete", each.what, each.id))
        elif each.active:
            steps.append(Step("switch-off", each.what, each.id))
    for wish in declared:
        known = keep.get(wish)
        if known is None:
            steps.append(Step("create", wish))
        else:
            steps.append(Step("keep" if known.active else "switch-on", wish, known.id))
    return Plan(tuple(steps))


class Api:
    """The settings and subscriptions of one app, under the path generation of the hub.

    `developer_key` goes into the query as `hapikey`, which the paths of 2026-09 ask for; without one, the
    hub's own token has to be good for the app.
    """

    def __init__(self, hub: Hub, app_id: int | str, *, developer_key: str | None = None) -> None:
        if not str(app_id).isdecimal():
            raise ConfigError(f"an app id is a number, not {app_id!r}")
        self._webhooks = hub.webhooks(app_id, developer_key=developer_key)

    def settings(self) -> Settings | None:
        """None when the app has none yet."""
        try:
            told = self._webhooks.settings()
        except NotFound as nothing:
            if "appId" in nothing.problem.context:
                raise
            return None
        return Settings(told.target_url, int(told.throttling.get("maxConcurrentRequests", CONCURRENCY)))

    def subscriptions(self) -> list[There]:
        """All of them: HubSpot does not page this list."""
        return [There(each.id, _what(each), each.active) for each in self._webhooks.list()]

    def set(self, settings: Settings) -> None:
        self._webhooks.set_settings(settings.target, max_concurrent=settings.concurrency)

    def create(self, wanted: Subscription) -> None:
        """Makes it; when the answer was lost, looks whether it is there before it says so."""
        more: dict[str, Any] = {"object_type_id": wanted.object_type} if wanted.object_type else {}
        try:
            self._webhooks.subscribe(wanted.event, property=wanted.property or None, **more)
        except MaybeWritten:
            if not any(each.what == wanted for each in self.subscriptions()):
                raise

    def switch(self, steps: Sequence[Step]) -> None:
        """On or off, many at a time."""
        answer = self._webhooks.switch_many({step.id: step.verb == "switch-on" for step in steps})
        for refused in answer.get("errors") or ():
            raise ConfigError(
                f"HubSpot did not switch every subscription: {refused.get('message')}. "
                "Run the same command again to see what is left."
            )

    def delete(self, step: Step) -> None:
        try:
            self._webhooks.unsubscribe(step.id)
        except NotFound:
            return  # somebody else was faster


def _what(each: WebhookSubscription) -> Subscription:
    """The object type of every event is told; only for `object.*` does it belong to the subscription."""
    kind = each.object_type_id if each.event_type.startswith("object.") else None
    return Subscription(each.event_type, each.property_name or "", kind or "")


def look(
    api: Api, wanted: Iterable[Subscription], settings: Settings | None, *, delete: bool = False
) -> Plan:
    """What a sync would do. Nothing is written."""
    return plan(wanted, settings, api.subscriptions(), api.settings(), delete=delete)


def carry_out(api: Api, planned: Plan, done: Callable[[Step], None] = lambda step: None) -> None:
    """Does it; `done` is told of every step that HubSpot has confirmed."""
    switches: list[Step] = []
    for step in planned.changes:
        match step.what, step.verb:
            case Settings() as settings, _:
                api.set(settings)
            case _, "delete":
                api.delete(step)
            case Subscription() as wanted, "create":
                api.create(wanted)
            case _:
                switches.append(step)
                continue
        done(step)
    for start in range(0, len(switches), SWITCHES):
        some = switches[start : start + SWITCHES]
        api.switch(some)
        for step in some:
            done(step)
