"""The account and its people, for asyncio.

`account_sync.py` is generated from this file by `tools/unasync.py`.
"""

# ruff: noqa: A002

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Mapping
from typing import Any

from hubwire.client.calls import account, definitions, limits, people, shaped
from hubwire.client.definitions import Owner
from hubwire.client.family import AsyncFamily
from hubwire.client.identity import identity
from hubwire.client.kinds import path_name, type_id
from hubwire.client.shapes import Role, Team, User


class AsyncOwners(AsyncFamily):
    """Those who can own records."""

    async def list(self, *, email: str | None = None, archived: bool = False) -> builtins.list[Owner]:
        """All of them, or the one with an address."""
        found = self._every(
            lambda after: definitions.owners(self._version, email=email, archived=archived, after=after)
        )
        return [owner async for owner in found]

    async def get(self, id: str | int, *, by: str | None = None) -> Owner:
        """One of them, by owner id or, with `by="userId"`, by user id."""
        return await self._do(definitions.owner(self._version, identity(id), by=by))


class AsyncAccount(AsyncFamily):
    """The account itself."""

    async def details(self) -> dict[str, Any]:
        """Portal id, type, time zone, currency, UI domain: HubSpot's answer as it is."""
        return await self._do(account.details(self._version))

    async def usage(self) -> dict[str, Any]:
        """Calls of the day by private apps, and when the day ends: HubSpot's answer as it is."""
        return await self._do(account.usage(self._version))

    @property
    def users(self) -> AsyncUsers:
        """Those who may sign in. `hub.users` are their CRM records, whose ids are others."""
        return AsyncUsers(self._driver)

    @property
    def limits(self) -> AsyncLimits:
        """How much of what the account may hold is used."""
        return AsyncLimits(self._driver)


class AsyncUsers(AsyncFamily):
    """Users of the account; `by="EMAIL"` names one by address."""

    def list(self) -> AsyncIterator[User]:
        """All of them."""
        return self._every(lambda after: people.page(self._version, after))

    async def get(self, id: str | int, *, by: str | None = None) -> User:
        """One of them."""
        return await self._do(people.read(self._version, identity(id), by))

    async def create(self, email: str, *, send_welcome_email: bool = False, **fields: Any) -> User:
        """A new one: first_name, last_name, role_id, primary_team_id, secondary_team_ids."""
        body = shaped.body(None, {**fields, "email": email, "send_welcome_email": send_welcome_email})
        return await self._do(people.create(self._version, body))

    async def replace(
        self,
        id: str | int,
        definition: Mapping[str, Any] | None = None,
        /,
        *,
        by: str | None = None,
        **fields: Any,
    ) -> User:
        """Another role, another team."""
        return await self._do(
            people.replace(self._version, identity(id), shaped.body(definition, fields), by)
        )

    async def delete(self, id: str | int, *, by: str | None = None) -> None:
        """Takes one out of the account."""
        await self._do(people.delete(self._version, identity(id), by))

    async def roles(self) -> builtins.list[Role]:
        """What users may be allowed."""
        return (await self._do(people.roles(self._version))).results

    async def teams(self) -> builtins.list[Team]:
        """Users together."""
        return (await self._do(people.teams(self._version))).results


class AsyncLimits(AsyncFamily):
    """Limits of the account and how much of them is used: HubSpot's answers as they are."""

    async def records(self) -> dict[str, Any]:
        """Records, by object type."""
        return await self._do(limits.of(self._version, "records"))

    async def pipelines(self) -> dict[str, Any]:
        """Pipelines, by object type."""
        return await self._do(limits.of(self._version, "pipelines"))

    async def custom_properties(self) -> dict[str, Any]:
        """Custom properties, by object type."""
        return await self._do(limits.of(self._version, "custom_properties"))

    async def calculated_properties(self) -> dict[str, Any]:
        """Calculated properties, over all types."""
        return await self._do(limits.of(self._version, "calculated_properties"))

    async def custom_object_types(self) -> dict[str, Any]:
        """Custom object types."""
        return await self._do(limits.of(self._version, "custom_object_types"))

    async def labels(self, from_type: str | None = None, to_type: str | None = None) -> dict[str, Any]:
        """Association labels, by pair of object types."""
        ends = [None if kind is None else type_id(kind) for kind in (from_type, to_type)]
        return await self._do(limits.labels(self._version, *ends))

    async def associations(self, from_type: str | None = None, to_type: str | None = None) -> dict[str, Any]:
        """Records near the limit of associations: which types have some, from one type, between two."""
        if from_type is None:
            return await self._do(limits.of(self._version, "records_from"))
        other = None if to_type is None else path_name(to_type)
        return await self._do(limits.associations(self._version, path_name(from_type), other))
