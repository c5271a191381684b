"""A plan in the making."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hubwire.schema.plans import Action, Change, Extra, Refused


@dataclass
class Draft:
    """What was found so far."""

    changes: list[Change] = field(default_factory=list)
    removals: list[Change] = field(default_factory=list)
    """Made last, when nothing needs what goes."""
    refused: list[Refused] = field(default_factory=list)
    extra: list[Extra] = field(default_factory=list)

    def do(
        self, action: Action, what: str, op: str, places: dict[str, str], body: Any, *details: str
    ) -> None:
        """One more change."""
        change = Change(action, what, tuple(details), op, places, body)
        (self.removals if action == "remove" else self.changes).append(change)

    def refuse(self, what: str, reason: str, instead: str) -> None:
        """Something that is not done."""
        self.refused.append(Refused(what, reason, instead))

    def keep(self, what: str) -> None:
        """Something that the schema does not speak of."""
        self.extra.append(Extra(what))


def records(count: int) -> str:
    """`1 record holds`, `12 records hold`."""
    return f"{count:,} record{'' if count == 1 else 's'} hold{'s' if count == 1 else ''}"


def said(values: dict[str, Any]) -> dict[str, Any]:
    """Without what was left unsaid."""
    return {name: value for name, value in values.items() if value not in (None, "", [], ())}
