"""Whether HubSpot sent a request: signatures v1, v2 and v3.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
Any input is either verified or refused; none raises.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from hubwire.errors import ConfigError
from hubwire.webhooks.delivery import Delivery

WINDOW = 300.0
"""Seconds that a v3 request may be old, or ahead of this machine's clock."""
VERSIONS = ("v1", "v2", "v3")

# "Decode exactly these": what else is escaped stays so, a space or an ampersand for instance.
PLAIN = dict(
    zip(["3A", "2F", "3F", "40", "21", "24", "27", "28", "29", "2A", "2C", "3B"], ":/?@!$'()*,;", strict=True)
)
ESCAPED = re.compile(rb"%(" + "|".join(PLAIN).encode() + rb")")
IN_ANY_CASE = re.compile(ESCAPED.pattern, re.IGNORECASE)
# More digits than any clock shows: int() of a megabyte of digits takes minutes, or raises.
MILLISECONDS = re.compile(r"[0-9]{1,15}", re.ASCII)


class Secrets:
    """Client secrets of the app: one, or several while they are exchanged. Never shows them."""

    __slots__ = ("_keys",)

    def __init__(self, secrets: str | Iterable[str]) -> None:
        given = [secrets] if isinstance(secrets, str) else list(secrets)
        if not given or any(not isinstance(each, str) or not each.strip() for each in given):
            raise ConfigError(
                "There is no client secret, so nothing could be verified. Copy it from the Auth tab of your "
                "app and set HUBSPOT_CLIENT_SECRET (several, comma-separated, while you exchange them)."
            )
        self._keys = tuple(dict.fromkeys(each.strip().encode() for each in given))

    @classmethod
    def from_environment(cls) -> Secrets:
        """`HUBSPOT_CLIENT_SECRET`; ConfigError when it is not set."""
        import os

        text = os.environ.get("HUBSPOT_CLIENT_SECRET", "")
        return cls([part for part in text.split(",") if part.strip()])

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._keys)

    def __repr__(self) -> str:
        return f"Secrets({len(self._keys)} hidden)"


@dataclass(frozen=True, slots=True)
class Verified:
    """Who knows the secret sent it."""

    version: str
    secret: int
    """Which of the secrets, from 0: when only the newest is in use, the others can go."""
    signature: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Not from HubSpot, or not recently, or not as it was sent."""

    reason: str
    """`unsigned`, `version`, `timestamp`, `stale` or `mismatch`."""


def verify(
    delivery: Delivery, secrets: Secrets, *, now: float, versions: Collection[str] = VERSIONS
) -> Verified | Refused:
    """Checks the newest signature that the request carries; the others do not count then.

    `now` is in seconds. `versions` are those that are let in.
    """
    headers = delivery.headers
    if "x-hubspot-signature-v3" in headers and "v3" in versions:
        return _v3(delivery, secrets, now)
    given = headers.get("x-hubspot-signature")
    if given is None:
        return Refused("unsigned")
    version = headers.get("x-hubspot-signature-version")
    if version == "v1" and "v1" in versions:
        signed = delivery.body
    elif version == "v2" and "v2" in versions:
        signed = _bytes(f"{delivery.method}{delivery.url}") + delivery.body
    else:
        return Refused("version")
    return _match(version, given, (hashlib.sha256(key + signed).hexdigest() for key in secrets))


def _v3(delivery: Delivery, secrets: Secrets, now: float) -> Verified | Refused:
    stamp = delivery.headers.get("x-hubspot-request-timestamp", "")
    if not MILLISECONDS.fullmatch(stamp):
        return Refused("timestamp")
    if abs(now - int(stamp) / 1000) > WINDOW:
        return Refused("stale")
    # The timestamp as the text that was sent: read and written again it may look otherwise.
    signed = [
        _bytes(delivery.method) + url + delivery.body + stamp.encode() for url in _decoded(delivery.url)
    ]
    expected = (_hmac(key, each) for key in secrets for each in signed)
    return _match("v3", delivery.headers["x-hubspot-signature-v3"], expected, ways=len(signed))


def _decoded(url: str) -> list[bytes]:
    """HubSpot does not say whether `%3a` is `%3A`: where it matters, either is taken."""
    raw = _bytes(url)
    ways = [
        pattern.sub(lambda found: PLAIN[found[1].decode().upper()].encode(), raw)
        for pattern in (ESCAPED, IN_ANY_CASE)
    ]
    return list(dict.fromkeys(ways))


def _hmac(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _match(version: str, given: str, expected: Iterable[str], *, ways: int = 1) -> Verified | Refused:
    sent = _bytes(given)
    matches = [hmac.compare_digest(sent, each.encode()) for each in expected]
    # All are compared, so that the time does not tell which secret it was.
    return Verified(version, matches.index(True) // ways, sent) if any(matches) else Refused("mismatch")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
