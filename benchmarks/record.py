"""A server that answers every request with one contact and costs next to nothing. Its quota is vast."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

MOMENT = "2026-03-12T07:33:46.615Z"
BODY = json.dumps(
    {
        "id": "12",
        "properties": {
            "createdate": MOMENT,
            "email": "ada@example.com",
            "firstname": "Ada",
            "hs_object_id": "12",
            "lastmodifieddate": MOMENT,
        },
        "createdAt": MOMENT,
        "updatedAt": MOMENT,
        "archived": False,
        "url": "https://app.hubspot.com/contacts/1/record/0-1/12",
    }
).encode()
HEAD = (
    "HTTP/1.1 200 OK\r\n"
    "Date: Thu, 12 Mar 2026 07:33:46 GMT\r\n"
    "Content-Type: application/json;charset=utf-8\r\n"
    f"Content-Length: {len(BODY)}\r\n"
    "Connection: keep-alive\r\n"
    "CF-Ray: 8c1f0a3e5b7d2f10-FRA\r\n"
    "Vary: origin, Accept-Encoding\r\n"
    "X-HubSpot-Correlation-Id: 0198c0de-0000-7000-8000-000000000000\r\n"
    "X-HubSpot-RateLimit-Daily: 100000000\r\n"
    "X-HubSpot-RateLimit-Daily-Remaining: 90000000\r\n"
    "X-HubSpot-RateLimit-Interval-Milliseconds: 10000\r\n"
    "X-HubSpot-RateLimit-Max: 1000000\r\n"
    "X-HubSpot-RateLimit-Remaining: 999000\r\n"
    "X-HubSpot-RateLimit-Secondly: 100000\r\n"
    "X-HubSpot-RateLimit-Secondly-Remaining: 99000\r\n"
    "Server: cloudflare\r\n\r\n"
).encode()


class Answer(asyncio.Protocol):
    """One connection; requests have no body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.asked = transport, b""

    def data_received(self, data: bytes) -> None:
        self.asked += data
        while (end := self.asked.find(b"\r\n\r\n")) >= 0:
            self.asked = self.asked[end + 4 :]
            self.transport.write(HEAD + BODY)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Answer, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


@contextmanager
def running() -> Iterator[str]:
    """A process that serves; its base URL."""
    command = [sys.executable, "-m", "benchmarks.record"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve())
