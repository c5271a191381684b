"""The account that a push writes to: its definitions, and HubSpot's refusals in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from hubwire.catalogue.load import object_type
from hubwire.errors import Forbidden, HubSpotError, Invalid, NotFound
from hubwire.mirror.push.faults import BadInput
from hubwire.mirror.push.fields import Field
from hubwire.mirror.push.layout import RECORD_ID, Fields

if TYPE_CHECKING:
    from hubwire import Hub
    from hubwire.client.definitions import PropertyDefinition

FOLDED = {("contacts", "email"), ("companies", "domain")}
"""Properties whose values HubSpot keeps in lower case."""

# What these mean is that the whole push cannot go on, not that one row is wrong.
NOT_THE_ROWS_FAULT = frozenset({401, 403, 408, 423, 429, 477})


@dataclass
class Account:
    """One account, asked for its definitions once."""

    hub: Hub
    other_calls: int = 0
    """Calls that were no batches."""
    _fields: dict[str, Fields] = field(default_factory=dict)

    def portal_id(self) -> int:
        """Which account it is. The first call of a push: a bad token or address shows here, before
        anything else.
        """
        self.other_calls += 1
        try:
            return int(self.hub.account.details().get("portalId", 0))
        except (Forbidden, NotFound):
            return 0  # a token may write records and yet not be told whose they are

    def fields(self, object_: str) -> Fields:
        """Property definitions of an object type by name."""
        if object_ not in self._fields:
            try:
                self.other_calls += 1
                listed = self.hub.properties(object_).list()
            except (Invalid, NotFound) as problem:
                if object_type(object_) is not None:
                    raise  # every account has those: this is something else that answers
                raise BadInput(f"The account has no object type {object_!r}: {problem}") from None
            self._fields[object_] = {each.name: each for each in map(partial(definition, object_), listed)}
        return self._fields[object_]


def canonical(spelling: str) -> str:
    """The plural name of a standard object type; a custom one as it is spelled."""
    known = object_type(spelling)
    return known.name if known is not None else spelling


def definition(object_: str, raw: PropertyDefinition) -> Field:
    """A definition as the account sends it, reduced to what a push needs."""
    known = object_type(object_)
    return Field(
        name=raw.name,
        label=raw.label or raw.name,
        type=raw.type,
        field_type=raw.field_type,
        options={} if raw.external_options else {each.value: each.label for each in raw.options},
        read_only=raw.read_only or raw.name == RECORD_ID,
        unique=raw.has_unique_value or (known is not None and raw.name in known.unique),
        folded=(object_, raw.name) in FOLDED,
    )


def refuses_row(error: BaseException | None) -> bool:
    """Whether an error is HubSpot's no to one record, rather than the end of the push."""
    return (
        isinstance(error, HubSpotError)
        and error.status is not None
        and 400 <= error.status < 500
        and error.status not in NOT_THE_ROWS_FAULT
    )
