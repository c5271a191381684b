"""The URL under which a caller reached the emulator."""

from __future__ import annotations

from hubwire.emulator.exchange import Asked

HUBSPOT = (".hubapi.com", ".hubspot.com")


def base_url(asked: Asked) -> str:
    """From the Host header, so that links lead back here; https behind HubSpot's own names."""
    host = asked.headers.get("host", "127.0.0.1")
    scheme = "https" if host.partition(":")[0].lower().endswith(HUBSPOT) else "http"
    return f"{scheme}://{host}"
