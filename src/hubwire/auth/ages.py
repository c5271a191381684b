"""How old a static token is. HubSpot does not tell: it is when the token was made, where somebody said so,
else when it was first seen here.
"""

from __future__ import annotations

import json
import time
from hashlib import sha256
from pathlib import Path

import msgspec

from hubwire.auth.files import read_private, write_private
from hubwire.auth.places import data_home

DAY = 86_400.0
ROTATE_AFTER = 182 * DAY
"""HubSpot recommends to rotate static tokens every six months."""


class Age(msgspec.Struct, frozen=True):
    """Since when, in seconds since the epoch, and how old that is."""

    since: float
    days: int
    due: bool
    """Whether it is time to rotate."""

    @classmethod
    def of(cls, since: float, now: float) -> Age:
        """Counted to `now`."""
        seconds = max(0.0, now - since)
        return cls(since, int(seconds // DAY), seconds >= ROTATE_AFTER)


def first_seen(token: str, now: float | None = None, path: Path | None = None) -> float:
    """When the token was first asked about on this machine; that is now, when it is new. Only its digest is
    noted.
    """
    path = path or data_home() / "ages.json"
    now = time.time() if now is None else now
    name = sha256(b"hubwire age " + token.encode()).hexdigest()[:32]
    try:
        noted = json.loads(read_private(path) or "{}")
    except ValueError:
        noted = {}
    noted = noted if isinstance(noted, dict) else {}
    seen = noted.get(name)
    if isinstance(seen, int | float):
        return float(seen)
    write_private(path, json.dumps({**noted, name: now}))
    return now
