"""AWS Lambda behind a function URL, an API gateway (payload 1.0 and 2.0) or a load balancer.

There is no disk that lasts: the inbox has to be in PostgreSQL, and the events are handled by
`hubwire webhooks work` elsewhere (`Working(workers=0)` here).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from hubwire.webhooks.address import Called
from hubwire.webhooks.service import Blocking, Service


def aws_lambda(service: Service) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """A handler for the function. Give the service its public URL: a gateway tells escapes incompletely."""
    blocking = Blocking(service)

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        del context
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        about = event.get("requestContext") or {}
        http = about.get("http") or about.get("identity") or {}
        method = http.get("method") or event.get("httpMethod") or ""
        called = Called(headers.get("x-forwarded-proto", "https"), _target(event), http.get("sourceIp"))
        answer = blocking.receive(called, method, headers, [_body(event)])
        return {
            "statusCode": answer.status,
            "headers": dict(answer.all_headers),
            "body": answer.body.decode(),
            "isBase64Encoded": False,
        }

    return handler


def _body(event: dict[str, Any]) -> bytes:
    """Nothing, where it cannot be read: no signature fits that."""
    text = event.get("body") or ""
    try:
        return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    except ValueError:
        return b""


def _target(event: dict[str, Any]) -> str:
    path = event.get("rawPath") or event.get("path") or "/"
    given = event.get("multiValueQueryStringParameters") or event.get("queryStringParameters") or {}
    query = event.get("rawQueryString", urlencode(given, doseq=True))
    return f"{path}?{query}" if query else str(path)
