# Generated from account.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002

"""Definitions."""

from __future__ import annotations

import builtins
from typing import Any

from hubwire.client import listing
from hubwire.client.calls import account, definitions
from hubwire.client.definitions import Owner, PipelineDefinition, PropertyDefinition
from hubwire.client.driver_sync import Driver
from hubwire.client.execute import execute
from hubwire.client.identity import identity


class Properties:
    """Property definitions of one object type."""

    def __init__(self, driver: Driver, kind: str) -> None:
        self._driver, self._session, self._kind = (driver, driver.session, kind)

    def list(self, *, archived: bool = False) -> builtins.list[PropertyDefinition]:
        """All of them."""
        call = definitions.properties(self._session.version, self._kind, archived=archived)
        return self._driver.run(execute(call, self._session)).results

    def get(self, name: str) -> PropertyDefinition:
        """One of them."""
        call = definitions.property_(self._session.version, self._kind, name)
        return self._driver.run(execute(call, self._session))


class Pipelines:
    """Pipelines of one object type, with their stages."""

    def __init__(self, driver: Driver, kind: str) -> None:
        self._driver, self._session, self._kind = (driver, driver.session, kind)

    def list(self) -> builtins.list[PipelineDefinition]:
        """All of them."""
        call = definitions.pipelines(self._session.version, self._kind)
        return self._driver.run(execute(call, self._session)).results

    def get(self, id: str) -> PipelineDefinition:
        """One of them."""
        call = definitions.pipeline(self._session.version, self._kind, id)
        return self._driver.run(execute(call, self._session))


class Owners:
    """Those who can own records."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._session = (driver, driver.session)

    def list(self, *, email: str | None = None, archived: bool = False) -> builtins.list[Owner]:
        """All of them, or the one with an address."""
        return self._driver.run(listing.owners(self._session, email, archived))

    def get(self, id: str | int, *, by: str | None = None) -> Owner:
        """One of them, by owner id or, with `by="userId"`, by user id."""
        call = definitions.owner(self._session.version, identity(id), by=by)
        return self._driver.run(execute(call, self._session))


class Account:
    """The account itself."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._session = (driver, driver.session)

    def details(self) -> dict[str, Any]:
        """Portal id, type, time zone, currency, UI domain: HubSpot's answer as it is."""
        return self._driver.run(execute(account.details(self._session.version), self._session))

    def usage(self) -> dict[str, Any]:
        """Calls of the day by private apps, and when the day ends: HubSpot's answer as it is."""
        return self._driver.run(execute(account.usage(self._session.version), self._session))
