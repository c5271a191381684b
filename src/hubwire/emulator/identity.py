"""Who the emulated account is, and the credentials a program needs to call it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from random import Random, SystemRandom

SECRETS = frozenset({"access_token", "client_secret", "developer_api_key"})


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """One account, its built-in app, and the app's credentials. Its `repr` shows no secret."""

    portal_id: int
    app_id: int
    access_token: str
    """Static token of the built-in app, with every scope."""
    client_id: str
    client_secret: str
    developer_api_key: str
    user_id: int

    @classmethod
    def random(cls, source: Random | None = None) -> Identity:
        """New credentials. A seeded `source` gives the same ones every time."""
        source = source or SystemRandom()

        def key() -> str:
            return str(uuid.UUID(int=source.getrandbits(128), version=4))

        return cls(
            portal_id=source.randrange(40_000_000, 150_000_000),
            app_id=source.randrange(1_000_000, 20_000_000),
            access_token=f"pat-na1-{key()}",
            client_id=key(),
            client_secret=key(),
            developer_api_key=key(),
            user_id=source.randrange(40_000_000, 90_000_000),
        )

    @classmethod
    def for_tests(cls) -> Identity:
        """Credentials that are the same in every test, and look made up."""
        zeros = "00000000-0000-0000-0000-0000"
        return cls(
            portal_id=12345678,
            app_id=7654321,
            access_token=f"pat-na1-{zeros}00000000",
            client_id=f"{zeros}000c11d0",
            client_secret=f"{zeros}005ec4e7",
            developer_api_key=f"{zeros}000000de",
            user_id=55555555,
        )

    @classmethod
    def from_mapping(cls, stored: Mapping[str, str]) -> Identity:
        """What `to_mapping` wrote."""
        return cls(
            portal_id=int(stored["portal_id"]),
            app_id=int(stored["app_id"]),
            access_token=stored["access_token"],
            client_id=stored["client_id"],
            client_secret=stored["client_secret"],
            developer_api_key=stored["developer_api_key"],
            user_id=int(stored["user_id"]),
        )

    def to_mapping(self) -> dict[str, str]:
        """Every field as text, secrets included."""
        return {name: str(value) for name, value in asdict(self).items()}

    def as_dict(self, base_url: str) -> dict[str, str | int]:
        """What a program needs to connect, secrets included: the first line of `hubwire emulator --json`."""
        return {
            "base_url": base_url,
            "portal_id": self.portal_id,
            "app_id": self.app_id,
            "access_token": self.access_token,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "developer_api_key": self.developer_api_key,
            "user_id": self.user_id,
        }

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in asdict(self).items() if name not in SECRETS)
        return f"Identity({shown}, secrets hidden)"
