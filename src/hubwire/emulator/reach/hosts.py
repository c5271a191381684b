"""Which hosts are HubSpot's."""

from __future__ import annotations

DOMAINS = ("hubapi.com", "hubspot.com")
NAMES = (
    "api.hubapi.com",
    "api-eu1.hubapi.com",
    "api-na2.hubapi.com",
    "api-na3.hubapi.com",
    "api-ap1.hubapi.com",
    "api.hubspot.com",
    "app.hubspot.com",
    "app-eu1.hubspot.com",
    "mcp.hubspot.com",
)
"""What the certificate says outright; the rest of both domains is in it as wildcards."""


def is_hubspot(host: str) -> bool:
    """Whether a host name, in any letter case, is HubSpot's."""
    name = host.lower().removesuffix(".")
    return any(name == domain or name.endswith(f".{domain}") for domain in DOMAINS)


def matches(host: str, allowed: frozenset[str]) -> bool:
    """Whether a host is among those allowed: named itself, or below a `*.name`."""
    name = host.lower().removesuffix(".")
    if "*" in allowed or name in allowed:
        return True
    return any(one.startswith("*.") and name.endswith(one[1:]) for one in allowed)
