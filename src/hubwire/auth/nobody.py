"""A source for calls that carry no bearer token: those with an app's developer API key."""

from __future__ import annotations

from hubwire.wire.flow import Flow


class NoToken:
    """A token source that has none: `Hub(NoToken())` sends no `Authorization` header."""

    def bearer(self, now: float) -> Flow[str]:
        """Nothing."""
        yield from ()
        return ""

    def expired(self, token: str, now: float) -> bool:
        """There is nothing that could expire."""
        return False

    def refused(self, token: str) -> bool:
        """Nor be refused."""
        return False

    def __repr__(self) -> str:
        return "NoToken()"
