"""A server that answers every list call with one page of 100 contacts, until it has answered enough of them.

It costs next to nothing, so that a million records can be streamed without measuring a server.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.decode import PROPERTIES, person

PAGE = 100


def page(after: int, more: bool) -> bytes:
    moment = "2026-03-12T07:33:46.615Z"
    results = [
        {
            "id": str(1_000_000 + after + n),
            "properties": {name: person(n).get(name, moment) for name in PROPERTIES},
            "createdAt": moment,
            "updatedAt": moment,
            "archived": False,
            "url": f"https://app.hubspot.com/contacts/1/record/0-1/{1_000_000 + after + n}",
        }
        for n in range(PAGE)
    ]
    body: dict[str, object] = {"results": results}
    if more:
        body["paging"] = {"next": {"after": "@AFTER@", "link": "https://api.hubapi.com/crm?after=@AFTER@"}}
    return json.dumps(body).encode()


HEAD = (
    "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=utf-8\r\n"
    "X-HubSpot-RateLimit-Interval-Milliseconds: 10000\r\n"
    "X-HubSpot-RateLimit-Max: 1000000\r\nX-HubSpot-RateLimit-Remaining: 999000\r\n"
    "X-HubSpot-RateLimit-Daily: 100000000\r\nX-HubSpot-RateLimit-Daily-Remaining: 90000000\r\n"
    "Content-Length: {}\r\n\r\n"
)


async def serve(pages: int) -> None:
    following, last = page(0, more=True), page(0, more=False)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answered = 0
        while await head(reader):
            answered += 1
            body = last if answered >= pages else following.replace(b"@AFTER@", b"%d" % (answered * PAGE))
            writer.write(HEAD.format(len(body)).encode() + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


async def head(reader: asyncio.StreamReader) -> bool:
    try:
        return bool(await reader.readuntil(b"\r\n\r\n"))
    except asyncio.IncompleteReadError:
        return False


@contextmanager
def running(records: int) -> Iterator[str]:
    """A process that serves `records` contacts over one connection; its base URL."""
    command = [sys.executable, "-m", "benchmarks.canned", str(records // PAGE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
