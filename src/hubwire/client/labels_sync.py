# Generated from labels.py by tools/unasync.py: change that file, not this one.

"""Association labels and limits."""

from __future__ import annotations

import builtins
from typing import Any

from hubwire.client import linking
from hubwire.client.calls import associations
from hubwire.client.definitions import AssociationLimit
from hubwire.client.family_sync import Family
from hubwire.client.identity import identity
from hubwire.client.kinds import path_name
from hubwire.client.outcomes import LinkType


class Labels(Family):
    """The ways in which records of two types are associated, and the account's labels among them."""

    def list(self, from_type: str, to_type: str) -> builtins.list[LinkType]:
        """All ways, HubSpot's own included; the label of the unlabeled one is None."""
        return [*self._do(associations.labels(self._version, _pair(from_type, to_type)))]

    def create(
        self, from_type: str, to_type: str, label: str, *, name: str | None = None, inverse: str | None = None
    ) -> builtins.list[LinkType]:
        """A new label; `inverse` is what it is called from the other side. Answers with both directions."""
        body = {"label": label, "name": name or linking.internal_name(label), "inverseLabel": inverse}
        wanted = {key: value for key, value in body.items() if value is not None}
        made = self._do(associations.create_label(self._version, _pair(from_type, to_type), wanted))
        self._session.labels.clear()
        return [*made]

    def update(
        self, from_type: str, to_type: str, type_id: int, label: str, *, inverse: str | None = None
    ) -> None:
        """Other words for a label."""
        body = {
            "associationTypeId": type_id,
            "label": label,
            **({"inverseLabel": inverse} if inverse else {}),
        }
        self._do(associations.update_label(self._version, _pair(from_type, to_type), body))
        self._session.labels.clear()

    def delete(self, from_type: str, to_type: str, type_id: int) -> None:
        """Deletes a label in both directions, and takes it off the records that have it."""
        self._do(associations.delete_label(self._version, _pair(from_type, to_type), type_id))
        self._session.labels.clear()


class AssociationLimits(Family):
    """How many records one may be associated with, where the account says so.

    A way of association is a label of the pair (`"Manager"`), HubSpot's number, or `(category, number)`.
    """

    def list(
        self, from_type: str | None = None, to_type: str | None = None
    ) -> builtins.list[AssociationLimit]:
        """All of them, or those of two types."""
        kinds = _pair(from_type, to_type) if from_type and to_type else None
        return self._do(associations.limits(self._version, kinds)).results

    def set(self, from_type: str, to_type: str, way: Any, most: int) -> None:
        """Sets one, or changes it."""
        self._driver.run(linking.set_limit(self._session, _pair(from_type, to_type), way, most))

    def remove(self, from_type: str, to_type: str, way: Any) -> None:
        """Back to HubSpot's own."""
        self._driver.run(linking.set_limit(self._session, _pair(from_type, to_type), way, None))

    def report(self, user: str | int) -> dict[str, Any]:
        """Has HubSpot mail a user which records come near their limits."""
        return self._do(associations.usage_report(self._version, identity(user)))


def _pair(from_type: str, to_type: str) -> tuple[str, str]:
    return (path_name(from_type), path_name(to_type))
