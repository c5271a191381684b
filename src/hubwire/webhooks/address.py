"""The address as HubSpot called it, which the signature covers.

Configured, it is right. Rebuilt from the request it is right only as far as the proxies before us tell it,
and only those that are trusted are listened to: anybody can send an `X-Forwarded-Host`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from hubwire.errors import ConfigError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Called:
    """What a server knows of the address of a request."""

    scheme: str
    path: str
    """As it came over the wire, escapes and all, with the query."""
    peer: str | None
    """Address of whoever opened the connection."""


class Address:
    """How to tell the public address of a request."""

    def __init__(self, public_url: str | None = None, trusted_proxies: Iterable[str] = ()) -> None:
        """`public_url` is the target URL set in HubSpot, or its beginning without a path; `trusted_proxies`
        are addresses or networks (`10.0.0.0/8`), used when there is no public URL.
        """
        self._origin, self._path = _parts(public_url)
        try:
            self._trusted = tuple(ipaddress.ip_network(each, strict=False) for each in trusted_proxies)
        except ValueError as problem:
            raise ConfigError(f"trusted proxies: {problem}. Give addresses or networks.") from None

    def of(self, called: Called, headers: Mapping[str, str]) -> str:
        """The whole URL."""
        path, mark, query = called.path.partition("?")
        if self._origin is not None:
            return f"{self._origin}{self._path or path}{mark}{query}"
        scheme, host = called.scheme, headers.get("host", "")
        if self._trusts(called.peer):
            hops = self._hops(headers.get("x-forwarded-for", ""))
            scheme = _told(headers.get("x-forwarded-proto"), hops) or scheme
            host = _told(headers.get("x-forwarded-host"), hops) or host
        return f"{scheme}://{host}{called.path}"

    def _trusts(self, peer: str | None) -> bool:
        try:
            address = ipaddress.ip_address((peer or "").split("%")[0])
        except ValueError:
            return False
        return any(address in network for network in self._trusted)

    def _hops(self, chain: str) -> int:
        """How many trusted proxies in a row, the nearest included, the request came through."""
        hops = 1
        for each in reversed([part.strip() for part in chain.split(",")]):
            if not self._trusts(each):
                break
            hops += 1
        return hops


def _told(header: str | None, hops: int) -> str | None:
    """What the farthest trusted proxy said: each appends to the right."""
    values = [part.strip() for part in (header or "").split(",") if part.strip()]
    return values[max(0, len(values) - hops)] if values else None


def _parts(public_url: str | None) -> tuple[str | None, str]:
    if public_url is None:
        return None, ""
    parts = urlsplit(public_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigError(f"public URL {public_url!r}: give https://HOST/PATH as it stands in HubSpot.")
    # HubSpot signs what it was told to call: a slash at the end belongs to it, unless it is the only path.
    return f"{parts.scheme}://{parts.netloc}", "" if parts.path == "/" else parts.path
