"""What a schema may declare. What is left out of a declaration is left as it is in the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

FIELDS: dict[str, tuple[str, ...]] = {
    "string": ("text", "textarea", "html", "file", "phonenumber", "calculation_equation"),
    "number": ("number", "calculation_equation"),
    "bool": ("booleancheckbox", "calculation_equation"),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "phone_number": ("phonenumber", "text"),
}
"""By type of property: the form fields that it can have, the usual one first."""

SENSITIVITIES = ("sensitive", "highly_sensitive")


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One declaration."""


class Option(Declared, frozen=True):
    """One choice of an enumeration."""

    value: str
    label: str = ""
    """The value in words, unless said otherwise."""
    hidden: bool | None = None


class Property(Declared, frozen=True):
    """A property: of HubSpot's own ones only options and group can be changed."""

    name: str
    type: str = ""
    """string, number, bool, enumeration, date, datetime or phone_number. Unsaid: string, or enumeration if it
    has options."""
    label: str = ""
    field: str = ""
    """HubSpot's form field; the usual one of the type. `checkbox` lets an enumeration have several values."""
    group: str = ""
    description: str | None = None
    options: Sequence[Option | str] = ()
    """All of them, in their order."""
    unique: bool | None = None
    """Fixed when the property is created."""
    hidden: bool | None = None
    formula: str = ""
    """Makes it a calculated property."""
    sensitivity: str = ""
    """`sensitive` or `highly_sensitive`: fixed when the property is created."""
    rules: Mapping[str, Sequence[str | int | float]] = {}
    """Validation rules with their arguments: `{"MIN_LENGTH": [3]}`. Those not named stay."""
    absent: bool = False
    """It is to be archived, which is refused while records hold a value."""

    @property
    def kind(self) -> str:
        """The type, if it is new."""
        return self.type or ("enumeration" if self.options else "string")

    @property
    def form(self) -> str:
        """The form field, if it is new."""
        return self.field or ("calculation_equation" if self.formula else FIELDS[self.kind][0])

    @property
    def choices(self) -> list[Option]:
        """The options in their long form."""
        return [Option(each) if isinstance(each, str) else each for each in self.options]


class Group(Declared, frozen=True):
    """A group of properties."""

    name: str
    label: str = ""


class Stage(Declared, frozen=True):
    """One stage of a pipeline."""

    id: str
    label: str = ""
    probability: float | None = None
    """Of deals: 0.0 is lost, 1.0 is won."""
    closed: bool | None = None
    """Of tickets and custom objects: whether a record in it is done."""


class Pipeline(Declared, frozen=True):
    """A pipeline with all its stages, in their order."""

    id: str
    label: str = ""
    stages: Sequence[Stage] = ()


class StandardObject(Declared, frozen=True):
    """What an account adds to one of HubSpot's own object types."""

    name: str
    """`contacts`, `deals`, or a type id."""
    groups: Sequence[Group] = ()
    properties: Sequence[Property] = ()
    pipelines: Sequence[Pipeline] = ()


class CustomObject(Declared, frozen=True):
    """An object type of the account's own: a feature of HubSpot Enterprise."""

    name: str
    """Never changes. Records go by `p{account}_{name}`."""
    singular: str = ""
    plural: str = ""
    description: str | None = None
    primary: str = ""
    """The property that names a record on its page."""
    secondary: Sequence[str] = ()
    searchable: Sequence[str] = ()
    required: Sequence[str] = ()
    associations: Sequence[str] = ()
    """Object types that its records can be associated with: names of standard or custom ones, or ids."""
    groups: Sequence[Group] = ()
    properties: Sequence[Property] = ()
    pipelines: Sequence[Pipeline] = ()
    absent: bool = False
    """It is to be archived, which is refused while there are records."""


class Label(Declared, frozen=True):
    """A label of associations, told by its text: HubSpot's lists do not give its name."""

    from_: str = msgspec.field(name="from")
    to: str
    label: str
    inverse: str = ""
    """What it is called seen from the other side; the same, unless said otherwise."""
    name: str = ""
    """HubSpot's internal name; made from the text."""


class Schema(Declared, frozen=True):
    """Everything that is declared of one account."""

    custom: Sequence[CustomObject] = ()
    standard: Sequence[StandardObject] = ()
    labels: Sequence[Label] = ()

    def find(self, name: str) -> CustomObject | None:
        """The declared custom object of that name."""
        return next((each for each in self.custom if each.name.lower() == name.lower()), None)


Objects = CustomObject | StandardObject


def words(name: str) -> str:
    """`start_date` → `Start date`."""
    return " ".join(name.split("_")).strip().capitalize() or name


def plain(declared: Declared) -> dict[str, Any]:
    """As data, without what is left out."""
    data: dict[str, Any] = msgspec.to_builtins(declared)
    return data
