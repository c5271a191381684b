"""The people of an account: users, the owners they are in the CRM, and teams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from hubwire.emulator.drawer import Drawer

Owner = dict[str, Any]


class OwnUser(msgspec.Struct, rename="camel", kw_only=True):
    """What the account knows of a user beside what its owner says."""

    id: str
    email: str
    first_name: str | None = None
    last_name: str | None = None
    role_id: str | None = None
    primary_team_id: str | None = None
    secondary_team_ids: list[str] = []
    super_admin: bool = False
    signed_in: bool = False
    deleted: bool = False


class Team(msgspec.Struct):
    id: str
    name: str


class Users:
    """Owners are users who have signed in; users made through the API have not."""

    def __init__(self, drawer: Drawer, owners: Callable[[], list[Owner]]) -> None:
        self._drawer, self._owners = drawer, owners

    def all(self) -> dict[str, OwnUser]:
        """By id: everybody, those of the interface first."""
        kept = self._drawer.all("user", "", OwnUser)
        found: dict[str, OwnUser] = {}
        for owner in self._owners():
            number = str(owner["userIdIncludingInactive"])
            found[number] = kept.get(number) or OwnUser(
                id=number,
                email=owner["email"],
                first_name=owner["firstName"] or None,
                last_name=owner["lastName"] or None,
                super_admin=not found,
                signed_in=True,
            )
        found.update(kept)
        return {number: user for number, user in found.items() if not user.deleted}

    def known(self, email: str) -> OwnUser | None:
        """The user of that address, also one who was deleted."""
        every = {**self._drawer.all("user", "", OwnUser), **self.all()}
        return next((one for one in every.values() if one.email.lower() == email.lower()), None)

    def put(self, user: OwnUser) -> None:
        self._drawer.put("user", "", user.id, user)

    def next_id(self) -> str:
        return str(self._drawer.number("user", 81_000_001, 3))

    def teams(self) -> Mapping[str, Team]:
        return self._drawer.all("team", "", Team)

    def add_team(self, name: str) -> Team:
        """A team, which HubSpot's API lists and its interface makes."""
        team = Team(str(self._drawer.number("team", 6_200_001)), name)
        self._drawer.put("team", "", team.id, team)
        return team
