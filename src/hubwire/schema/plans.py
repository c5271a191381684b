"""What would be done to an account, what is refused, and what the account has besides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from hubwire.errors import ConfigError, Forbidden, HubwireError
from hubwire.schema.state import Json, Ref, ask, no_custom_objects

if TYPE_CHECKING:
    from hubwire import Hub

Action = Literal["create", "change", "remove"]
SIGNS: dict[Action, str] = {"create": "+", "change": "~", "remove": "-"}


@dataclass(frozen=True)
class Change:
    """One call that brings the account nearer to the schema."""

    action: Action
    what: str
    """`property projects.budget`."""
    details: tuple[str, ...]
    op: str
    """The endpoint."""
    places: dict[str, str] = field(default_factory=dict)
    body: Any = None

    def __str__(self) -> str:
        return f"{SIGNS[self.action]} {self.what}{': ' if self.details else ''}{'; '.join(self.details)}"

    def as_dict(self) -> Json:
        """For JSON."""
        return {"action": self.action, "what": self.what, "details": list(self.details)}


@dataclass(frozen=True)
class Refused:
    """What the schema asks for and is not done, because data would be lost or HubSpot does not permit it."""

    what: str
    reason: str
    instead: str

    def __str__(self) -> str:
        return f"! {self.what}: {self.reason}\n    {self.instead}"

    def as_dict(self) -> Json:
        """For JSON."""
        return {"what": self.what, "reason": self.reason, "instead": self.instead}


@dataclass(frozen=True)
class Extra:
    """Something of the account's that the schema does not declare. It stays."""

    what: str

    def __str__(self) -> str:
        return f"? {self.what}"


class Refusal(ConfigError):
    """The plan holds something that would lose data: nothing of it was done."""


@dataclass
class Plan:
    """From what the account has to what the schema declares."""

    portal_id: int
    changes: list[Change] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    extra: list[Extra] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether the account is as the schema declares it."""
        return not self.changes and not self.refused

    def apply(self, hub: Hub, step: Callable[[Change], None] | None = None) -> list[Change]:
        """Makes the changes, in their order; returns them. `step` is told each one before it is made.

        What is refused stops everything: `Refusal`, and nothing is done. When it is interrupted or HubSpot
        refuses a change, what was done stays done, and a new plan holds the rest.
        """
        if self.refused:
            raise Refusal(
                "nothing was changed, because this is refused:\n" + "\n".join(map(str, self.refused))
            )
        ids: dict[str, str] = {}
        for place, change in enumerate(self.changes):
            if step is not None:
                step(change)
            try:
                answer = ask(hub, change.op, change.places, resolved(change.body, ids))
            except HubwireError as problem:
                raise _stopped(problem, self.changes, place) from problem
            if change.op == "schemas.create":
                ids[str(change.body["name"]).lower()] = str(answer["objectTypeId"])
        return self.changes

    def as_dict(self) -> Json:
        """For JSON."""
        return {
            "account": self.portal_id,
            "changes": [each.as_dict() for each in self.changes],
            "refused": [each.as_dict() for each in self.refused],
            "extra": [each.what for each in self.extra],
        }

    def __str__(self) -> str:
        lines = [str(each) for each in (*self.changes, *self.refused, *self.extra)]
        return "\n".join([*lines, *([""] if lines else []), self.summary()])

    def summary(self) -> str:
        """One line."""
        if self.empty:
            return "The account is as the schema declares it."
        counts = [
            f"{sum(each.action == action for each in self.changes)} to {action}"
            for action in SIGNS
            if any(each.action == action for each in self.changes)
        ]
        refused = [f"{len(self.refused)} refused"] if self.refused else []
        return ", ".join([*counts, *refused]) + "."


class Stopped(HubwireError):
    """HubSpot refused a change of a schema, or did not answer. `done` were made; `left` were not."""

    def __init__(
        self, told: str, cause: HubwireError, done: Sequence[Change], left: Sequence[Change]
    ) -> None:
        super().__init__(told)
        self.status, self.category, self.problem = cause.status, cause.category, cause.problem
        self.correlation_id, self.may_have_written = cause.correlation_id, cause.may_have_written
        self.done, self.left = tuple(done), tuple(left)


def _stopped(problem: HubwireError, changes: Sequence[Change], place: int) -> Stopped:
    change = changes[place]
    own = change.op.startswith("schemas.") and isinstance(problem, Forbidden)
    why = no_custom_objects(problem) if own and isinstance(problem, Forbidden) else str(problem)
    before = f"{place} of {len(changes)} changes were made before it and stay." if place else ""
    if problem.may_have_written:
        before = f"{before} Whether this one was made is not known."
    elif not place:
        before = "Nothing was changed."
    told = (
        f"{change.what} could not be made: {why} {before.strip()} Put it right and apply again: what is done "
        "is not done twice."
    )
    return Stopped(told, problem, changes[:place], changes[place:])


def resolved(body: Any, ids: dict[str, str]) -> Any:
    """The body with the type ids of objects that were made meanwhile."""
    if isinstance(body, Ref):
        return ids.get(body.lower(), str(body))
    if isinstance(body, dict):
        return {key: resolved(value, ids) for key, value in body.items()}
    if isinstance(body, list):
        return [resolved(value, ids) for value in body]
    return body
