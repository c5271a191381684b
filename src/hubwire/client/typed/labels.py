"""The ways in which records of two types can be associated."""

from __future__ import annotations

from typing import ClassVar

from hubwire.client.outcomes import LinkType as LinkType


class AssociationTypes:
    """One direction between two object types; attributes are its association types.

    hub.associations.link("contacts", 1, "companies", 2, types=ContactToCompany.billing_contact)
    """

    FROM: ClassVar[str] = ""
    TO: ClassVar[str] = ""

    @classmethod
    def all(cls) -> tuple[LinkType, ...]:
        """Every association type of the direction."""
        return tuple(value for value in vars(cls).values() if isinstance(value, LinkType))
