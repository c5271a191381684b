"""How HubSpot signs a request, so that its receiver can tell it is HubSpot's.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

DECODED = {
    "3A": ":", "2F": "/", "3F": "?", "40": "@", "21": "!", "24": "$", "27": "'", "28": "(", "29": ")",
    "2A": "*", "2C": ",", "3B": ";",
}  # fmt: skip
"""Escapes that are decoded in the signed URI, and no others."""
ESCAPE = re.compile(f"%({'|'.join(DECODED)})")


def v1(secret: str, body: bytes) -> str:
    """SHA-256 of secret and body."""
    return hashlib.sha256(secret.encode() + body).hexdigest()


def v2(secret: str, method: str, uri: str, body: bytes) -> str:
    """SHA-256 of secret, method, URI and body: workflow actions and cards have it."""
    return hashlib.sha256(f"{secret}{method}{uri}".encode() + body).hexdigest()


def v3(secret: str, method: str, uri: str, body: bytes, timestamp: str) -> str:
    """HMAC of method, URI, body and timestamp."""
    decoded = ESCAPE.sub(lambda found: DECODED[found[1]], uri)
    signed = f"{method}{decoded}".encode() + body + timestamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()


def headers(secret: str, uri: str, body: bytes, now: float) -> dict[str, str]:
    """What a POST of CRM events carries: the old header and, beside it, the new ones."""
    timestamp = str(int(now * 1000))
    return {
        "X-HubSpot-Signature": v1(secret, body),
        "X-HubSpot-Signature-Version": "v1",
        "X-HubSpot-Signature-v3": v3(secret, "POST", uri, body, timestamp),
        "X-HubSpot-Request-Timestamp": timestamp,
    }
