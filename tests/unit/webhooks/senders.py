"""Events and requests as HubSpot makes them, signed here by hand."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

from hubwire.webhooks.delivery import Delivery

SECRET = "a-client-secret-for-tests"
URL = "https://hooks.example.com/webhooks/hubspot"
NOW = 1_795_000_000.0


def event(number: int, **fields: Any) -> dict[str, Any]:
    """A property change of contact 1, unless `fields` say otherwise; None leaves a field out."""
    every = {
        "eventId": number, "subscriptionId": 11, "portalId": 62515, "appId": 54321,
        "occurredAt": 1_794_999_000_000 + number, "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0, "objectId": 1, "propertyName": "lifecyclestage",
        "propertyValue": f"v{number}", "changeSource": "CRM",
        **fields,
    }  # fmt: skip
    return {name: value for name, value in every.items() if value is not None}


def body(*events: Any) -> bytes:
    return json.dumps(list(events)).encode()


def signed(content: bytes, *, at: float = NOW, secret: str = SECRET, url: str = URL) -> Delivery:
    """A POST with a v3 signature."""
    return Delivery("POST", url, signature(content, at=at, secret=secret, url=url), content)


def signature(content: bytes, *, at: float = NOW, secret: str = SECRET, url: str = URL) -> dict[str, str]:
    stamp = str(int(at * 1000))
    text = f"POST{url}".encode() + content + stamp.encode()
    return {
        "x-hubspot-signature-v3": base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode(),
        "x-hubspot-request-timestamp": stamp,
    }
