"""Which operation is asked for, and whether the emulator does it."""

from __future__ import annotations

from hubwire.catalogue.load import NEWEST, VERSIONS
from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Asked
from hubwire.emulator.refusals import method_not_allowed, not_served, uri_too_long
from hubwire.emulator.routes import Match, elsewhere_routes, other_version, routes

LONGEST = 16_000
"""Characters of a request target; about 16,200 are refused by HubSpot with 414.
https://github.com/PostHog/posthog/pull/31617"""
METHODS = frozenset(("DELETE", "GET", "PATCH", "POST", "PUT"))
"""Of HubSpot's specifications: no path has another, also where not all operations are known."""


def find_route(account: Account, asked: Asked) -> None:
    """Sets the operation, the version and the places, or says that there is no such path or method."""
    del account
    if len(asked.path) + sum(len(key) + len(v) + 2 for key, vs in asked.query.items() for v in vs) > LONGEST:
        raise uri_too_long()
    method = "GET" if asked.method == "HEAD" else asked.method
    match = routes().find(method, asked.path)
    if isinstance(match, Match):
        asked.endpoint, asked.version, asked.places = match.endpoint, match.version, match.places
        return
    other = elsewhere_routes().find(method, asked.path)
    if isinstance(other, Match):
        raise not_served(asked.method, asked.path, other.endpoint.op)
    if other or method not in METHODS:
        match = other | routes().methods(asked.path)
    if match:
        raise method_not_allowed(asked.method, match)
    dated = other_version(asked.path, NEWEST)
    twin = routes().find(method, dated[0]) if dated else None
    if dated is None or not isinstance(twin, Match):
        raise not_served(asked.method, asked.path)
    # The path of a version nobody serves: the next gate says so.
    asked.endpoint, asked.version, asked.places = twin.endpoint, dated[1], twin.places


def check_version(account: Account, asked: Asked) -> None:
    """Refuses API versions that the emulator does not have."""
    del account
    if asked.version not in VERSIONS:
        raise not_served(
            asked.method,
            asked.path,
            asked.endpoint.op if asked.endpoint else None,
            why=f"It serves the versions {', '.join(VERSIONS)}, not {asked.version}",
        )
