"""The byte prefilter: which files have anything to do with HubSpot."""

from __future__ import annotations

MARKERS = (
    b"hubspot", b"hubapi", b"hapikey", b"hapi_key", b"hsforms", b"pat-na", b"pat-eu", b"pat-ap", b"cirua",
    b"cirle",
    b"basicapi", b"basic_api", b"/crm/v3/", b"/crm/v4/", b"subscriptiontype",
)  # fmt: skip


def marked(data: bytes, path: str = "") -> bool:
    """True if the bytes (or the path) speak of HubSpot or hold something shaped like its tokens."""
    low = data.lower()
    return any(m in low for m in MARKERS) or "hubspot" in "/".join(path.lower().split("/")[-2:])
