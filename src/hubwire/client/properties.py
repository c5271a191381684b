"""Property definitions, for asyncio.

`properties_sync.py` is generated from this file by `tools/unasync.py`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hubwire.client import defining
from hubwire.client.calls import definitions, properties, shaped
from hubwire.client.defining import Created
from hubwire.client.definitions import GroupDefinition, PropertyDefinition, ValidationRule
from hubwire.client.driver import AsyncDriver
from hubwire.client.family import AsyncFamily

Definition = Mapping[str, Any] | PropertyDefinition


class AsyncProperties(AsyncFamily):
    """Property definitions of one object type.

    Definitions are given by name (`field_type="text"`), as a mapping, or as one that was read elsewhere.
    """

    def __init__(self, driver: AsyncDriver, kind: str) -> None:
        super().__init__(driver)
        self._kind = kind

    async def list(self, *, archived: bool = False) -> builtins.list[PropertyDefinition]:
        """All of them."""
        return (await self._do(definitions.properties(self._version, self._kind, archived=archived))).results

    async def get(self, name: str) -> PropertyDefinition:
        """One of them."""
        return await self._do(definitions.property_(self._version, self._kind, name))

    async def create(self, definition: Definition | None = None, /, **fields: Any) -> PropertyDefinition:
        """A new one: name, label, type, field_type, group_name. `Conflict` when there is one."""
        body = shaped.body(definition, fields)
        return await self._do(properties.create(self._version, self._kind, body))

    async def update(
        self, name: str, definition: Mapping[str, Any] | None = None, /, **fields: Any
    ) -> PropertyDefinition:
        """Other values for some fields. `options` replaces all options."""
        body = shaped.body(definition, fields)
        return await self._do(properties.update(self._version, self._kind, name, body))

    async def archive(self, name: str) -> None:
        """Deletes one, and the values that records have of it. The name is free at once."""
        await self._do(properties.archive(self._version, self._kind, name))

    async def create_many(self, wanted: Iterable[Definition]) -> builtins.list[Created]:
        """New ones, with an error where HubSpot refuses one; in the order given."""
        return await self._driver.run(defining.create_many(self._session, self._kind, builtins.list(wanted)))

    async def read_many(
        self, names: Iterable[str], *, archived: bool = False
    ) -> dict[str, PropertyDefinition]:
        """Those of these names that there are."""
        flow = defining.read_many(self._session, self._kind, builtins.list(names), archived)
        return await self._driver.run(flow)

    async def archive_many(self, names: Iterable[str]) -> None:
        """Deletes those of these names that there are."""
        await self._driver.run(defining.archive_many(self._session, self._kind, builtins.list(names)))

    @property
    def groups(self) -> AsyncGroups:
        """What they are shown in."""
        return AsyncGroups(self._driver, self._kind)

    @property
    def rules(self) -> AsyncRules:
        """What their values have to be like."""
        return AsyncRules(self._driver, self._kind)


class AsyncGroups(AsyncFamily):
    """Groups of properties of one object type."""

    def __init__(self, driver: AsyncDriver, kind: str) -> None:
        super().__init__(driver)
        self._kind = kind

    async def list(self, *, archived: bool = False) -> builtins.list[GroupDefinition]:
        """All of them."""
        return (await self._do(properties.groups(self._version, self._kind, archived))).results

    async def get(self, name: str) -> GroupDefinition:
        """One of them."""
        return await self._do(properties.group(self._version, self._kind, name))

    async def create(self, name: str, label: str, *, display_order: int = -1) -> GroupDefinition:
        """A new one."""
        body = {"name": name, "label": label, "displayOrder": display_order}
        return await self._do(properties.create_group(self._version, self._kind, body))

    async def update(self, name: str, **fields: Any) -> GroupDefinition:
        """Another label or place."""
        return await self._do(
            properties.update_group(self._version, self._kind, name, shaped.body(None, fields))
        )

    async def archive(self, name: str) -> None:
        """Deletes one that holds no property."""
        await self._do(properties.archive_group(self._version, self._kind, name))


class AsyncRules(AsyncFamily):
    """Validation rules of properties of one object type."""

    def __init__(self, driver: AsyncDriver, kind: str) -> None:
        super().__init__(driver)
        self._kind = kind

    async def list(self) -> dict[str, builtins.list[ValidationRule]]:
        """All of them, by property."""
        return defining.rules(await self._do(properties.rules(self._version, self._kind, None)))

    async def of(self, name: str) -> builtins.list[ValidationRule]:
        """Those of one property."""
        found: builtins.list[ValidationRule]
        found = (await self._do(properties.rules(self._version, self._kind, name))).results
        return found

    async def get(self, name: str, rule_type: str) -> ValidationRule:
        """One of them: `get("zip", "REGEX")`."""
        return await self._do(properties.rule(self._version, self._kind, name, rule_type))

    async def set(
        self, name: str, rule_type: str, arguments: Sequence[Any] = (), *, normalize: bool | None = None
    ) -> None:
        """Adds the rule or replaces it: `set("zip", "MIN_LENGTH", [5])`."""
        body = {"ruleArguments": [str(value) for value in arguments], "shouldApplyNormalization": normalize}
        wanted = {key: value for key, value in body.items() if value is not None}
        await self._do(properties.set_rule(self._version, self._kind, name, rule_type, wanted))
