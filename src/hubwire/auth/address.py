"""Where the API is."""

from __future__ import annotations

import os

from hubwire.errors import ConfigError

BASE_URL = "https://api.hubapi.com"
CONSENT_URL = "https://app.hubspot.com"
VARIABLE = "HUBSPOT_BASE_URL"


def address(base_url: str) -> str:
    """A base URL in the form that paths can be appended to."""
    base_url = base_url.strip().rstrip("/")
    scheme, _, host = base_url.partition("://")
    if scheme.lower() not in ("http", "https") or not host or set(host) & set("?# "):
        raise ConfigError(f"base_url {base_url!r} is not like {BASE_URL!r}")
    return base_url


def api_address(given: str | None = None) -> str:
    """The given address, else that of the environment, else HubSpot's."""
    return address(given or os.environ.get(VARIABLE) or BASE_URL)


def consent_address(base_url: str) -> str:
    """Where the consent page is: HubSpot's, or beside an API that is somewhere else."""
    return CONSENT_URL if base_url == BASE_URL else base_url
