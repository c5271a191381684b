"""Users of the account, their roles and teams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import Listing, many, one
from hubwire.client.records import read_nothing
from hubwire.client.shapes import Role, Team, User

Body = Mapping[str, Any]


def page(version: str, after: str | None) -> Call[Listing[User]]:
    """One page of users."""
    return call("users.list", version, {}, many(User), query=[("limit", "100"), ("after", after)])


def read(version: str, user: str, by: str | None) -> Call[User]:
    """One user by id, or by address."""
    return call("users.read", version, {"userId": user}, one(User), query=[("idProperty", by)])


def create(version: str, body: Body) -> Call[User]:
    """A new user."""
    return call("users.create", version, {}, one(User), json=body)


def replace(version: str, user: str, body: Body, by: str | None) -> Call[User]:
    """Another role or team."""
    return call("users.replace", version, {"userId": user}, one(User), query=[("idProperty", by)], json=body)


def delete(version: str, user: str, by: str | None) -> Call[None]:
    """Takes a user out of the account."""
    return call("users.delete", version, {"userId": user}, read_nothing, query=[("idProperty", by)])


def roles(version: str) -> Call[Listing[Role]]:
    """All roles."""
    return call("users.roles", version, {}, many(Role))


def teams(version: str) -> Call[Listing[Team]]:
    """All teams."""
    return call("users.teams", version, {}, many(Team))
