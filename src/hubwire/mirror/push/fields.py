"""A property as a push needs to know it: its type, its options, and whether it may be written."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

SEPARATORS = (";", "|", ",")
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


def tidy(text: str) -> str:
    """Outer blanks removed, Unicode composed (NFC): what is stored should not depend on who typed it
    where.
    """
    return unicodedata.normalize("NFC", text.strip())


@dataclass(frozen=True, eq=False)
class Field:
    """One property definition of the account."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    options: Mapping[str, str] = field(default_factory=dict)
    """Value → label."""
    read_only: bool = False
    unique: bool = False
    folded: bool = False
    """Whether HubSpot compares its values without regard to letter case (e-mail addresses, domains)."""

    @property
    def multiple(self) -> bool:
        return self.type == "enumeration" and self.field_type == "checkbox"

    @property
    def boolean(self) -> bool:
        return self.type == "bool" or (self.type == "enumeration" and self.field_type == "booleancheckbox")

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        spellings = {tidy(label).casefold(): value for value, label in self.options.items()}
        return spellings | {tidy(value).casefold(): value for value in self.options}

    def option(self, text: str) -> str | None:
        """The option's value that `text` means, by value or label in any letter case."""
        return text if text in self.options else self._spellings.get(text.casefold())

    def convert(self, cell: str) -> str:
        """A cell in the form HubSpot stores. What cannot be understood goes out as it is, for HubSpot to
        refuse.
        """
        text = tidy(cell)
        if self.boolean and text.lower() in YES | NO:
            return "true" if text.lower() in YES else "false"
        if self.multiple and text:
            return self._several(text)
        if self.type == "enumeration" and (value := self.option(text)) is not None:
            return value
        return text

    def _several(self, text: str) -> str:
        # A leading ";" adds to the stored set instead of replacing it:
        # https://developers.hubspot.com/docs/guides/api/crm/properties
        values = self._split(text.removeprefix(";"), SEPARATORS)
        return (";" if text.startswith(";") else "") + ";".join(dict.fromkeys(values))

    def _split(self, text: str, separators: tuple[str, ...]) -> list[str]:
        """Options named in `text`. One separator after the other, so that a label may contain the later
        ones.
        """
        text = text.strip()
        if (value := self.option(text)) is not None:
            return [value]
        if not separators:
            return [text] if text else []
        return [value for part in text.split(separators[0]) for value in self._split(part, separators[1:])]

    def key(self, value: str) -> str:
        """What two values have in common that name the same record."""
        text = tidy(value)
        return text.lower() if self.folded else text
