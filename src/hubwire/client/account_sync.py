# Generated from account.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002, C416

"""The account and its people."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from typing import Any

from hubwire.client.calls import account, definitions, limits, people, shaped
from hubwire.client.definitions import Owner
from hubwire.client.family_sync import Family
from hubwire.client.identity import identity
from hubwire.client.kinds import path_name, type_id
from hubwire.client.shapes import Role, Team, User


class Owners(Family):
    """Those who can own records."""

    def list(self, *, email: str | None = None, archived: bool = False) -> builtins.list[Owner]:
        """All of them, or the one with an address."""
        found = self._every(
            lambda after: definitions.owners(self._version, email=email, archived=archived, after=after)
        )
        return [owner for owner in found]

    def get(self, id: str | int, *, by: str | None = None) -> Owner:
        """One of them, by owner id or, with `by="userId"`, by user id."""
        return self._do(definitions.owner(self._version, identity(id), by=by))


class Account(Family):
    """The account itself."""

    def details(self) -> dict[str, Any]:
        """Portal id, type, time zone, currency, UI domain: HubSpot's answer as it is."""
        return self._do(account.details(self._version))

    def usage(self) -> dict[str, Any]:
        """Calls of the day by private apps, and when the day ends: HubSpot's answer as it is."""
        return self._do(account.usage(self._version))

    @property
    def users(self) -> Users:
        """Those who may sign in. `hub.users` are their CRM records, whose ids are others."""
        return Users(self._driver)

    @property
    def limits(self) -> Limits:
        """How much of what the account may hold is used."""
        return Limits(self._driver)


class Users(Family):
    """Users of the account; `by="EMAIL"` names one by address."""

    def list(self) -> Iterator[User]:
        """All of them."""
        return self._every(lambda after: people.page(self._version, after))

    def get(self, id: str | int, *, by: str | None = None) -> User:
        """One of them."""
        return self._do(people.read(self._version, identity(id), by))

    def create(self, email: str, *, send_welcome_email: bool = False, **fields: Any) -> User:
        """A new one: first_name, last_name, role_id, primary_team_id, secondary_team_ids."""
        body = shaped.body(None, {**fields, "email": email, "send_welcome_email": send_welcome_email})
        return self._do(people.create(self._version, body))

    def replace(
        self,
        id: str | int,
        definition: Mapping[str, Any] | None = None,
        /,
        *,
        by: str | None = None,
        **fields: Any,
    ) -> User:
        """Another role, another team."""
        return self._do(people.replace(self._version, identity(id), shaped.body(definition, fields), by))

    def delete(self, id: str | int, *, by: str | None = None) -> None:
        """Takes one out of the account."""
        self._do(people.delete(self._version, identity(id), by))

    def roles(self) -> builtins.list[Role]:
        """What users may be allowed."""
        return self._do(people.roles(self._version)).results

    def teams(self) -> builtins.list[Team]:
        """Users together."""
        return self._do(people.teams(self._version)).results


class Limits(Family):
    """Limits of the account and how much of them is used: HubSpot's answers as they are."""

    def records(self) -> dict[str, Any]:
        """Records, by object type."""
        return self._do(limits.of(self._version, "records"))

    def pipelines(self) -> dict[str, Any]:
        """Pipelines, by object type."""
        return self._do(limits.of(self._version, "pipelines"))

    def custom_properties(self) -> dict[str, Any]:
        """Custom properties, by object type."""
        return self._do(limits.of(self._version, "custom_properties"))

    def calculated_properties(self) -> dict[str, Any]:
        """Calculated properties, over all types."""
        return self._do(limits.of(self._version, "calculated_properties"))

    def custom_object_types(self) -> dict[str, Any]:
        """Custom object types."""
        return self._do(limits.of(self._version, "custom_object_types"))

    def labels(self, from_type: str | None = None, to_type: str | None = None) -> dict[str, Any]:
        """Association labels, by pair of object types."""
        ends = [None if kind is None else type_id(kind) for kind in (from_type, to_type)]
        return self._do(limits.labels(self._version, *ends))

    def associations(self, from_type: str | None = None, to_type: str | None = None) -> dict[str, Any]:
        """Records near the limit of associations: which types have some, from one type, between two."""
        if from_type is None:
            return self._do(limits.of(self._version, "records_from"))
        other = None if to_type is None else path_name(to_type)
        return self._do(limits.associations(self._version, path_name(from_type), other))
