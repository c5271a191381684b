"""The account itself."""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.client.call import Call, call
from hubwire.client.records import decode
from hubwire.wire.message import Reply

_mapping = msgspec.json.Decoder(dict[str, Any])


def details(version: str) -> Call[dict[str, Any]]:
    """Portal id, type, time zone, currency, UI domain."""
    return call("account.details", version, {}, _read)


def usage(version: str) -> Call[dict[str, Any]]:
    """Calls of the day by private apps, and when the day ends."""
    return call("account.usage", version, {}, _read)


def _read(reply: Reply) -> dict[str, Any]:
    return decode(reply, _mapping)
