"""CPU of one call, read of a record by its id, against other clients and against the bare libraries.

The server is another process; what is counted is the user and system time of the client's own. Rounds of all
contenders alternate, and each one's best round counts: what else the machine does only ever adds.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any

from benchmarks import fresh, record
from benchmarks.table import Row

TOKEN = "pat-na1-00000000-0000-0000-0000-000000000000"
PATH, PROPERTIES = "/crm/objects/2026-09/contacts/12", ["email", "firstname"]
WARM, TASKS = 60, 10
MOST = 1.25

SYNC = [
    "bare httpx2",
    "hubwire",
    "hubspot-api-client",
    *(["hubspot-sdk"] if find_spec("hubspot_sdk") else []),
]
ASYNC = ["bare aiohttp", "hubwire on aiohttp"]


def measure(full: bool) -> list[Row]:
    rounds, calls = (12, 1500) if full else (6, 700)
    best: dict[str, float] = {}
    with record.running() as base_url:
        for _ in range(rounds):
            for who in (*SYNC, *ASYNC):
                told = fresh.call(
                    "benchmarks.calls", who, base_url, str(calls // 6 if "hubspot" in who else calls)
                )
                best[who] = min(best.get(who, told["micros"]), told["micros"])
    return [
        compared("one call, against bare httpx2 + msgspec", best["hubwire"], best["bare httpx2"]),
        compared("one call on aiohttp, against bare aiohttp + msgspec", best[ASYNC[1]], best[ASYNC[0]]),
        Row(
            "one call",
            best["hubwire"],
            "µs CPU",
            best["hubspot-api-client"],
            newer=best.get("hubspot-sdk"),
            target="less than either",
            met=best["hubwire"] < min(best["hubspot-api-client"], best.get("hubspot-sdk", 1e9)),
            note=f"{1e6 / best['hubwire']:,.0f} requests per CPU-second",
        ),
    ]


def compared(name: str, ours: float, bare: float) -> Row:
    return Row(
        name,
        ours / bare,
        "×",
        target=f"at most {MOST}",
        met=ours <= MOST * bare,
        note=f"{ours:.0f} µs CPU against {bare:.0f}",
    )


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def bare_httpx2(base_url: str) -> Callable[[], Any]:
    import httpx2
    import msgspec

    client = httpx2.Client(base_url=base_url, headers={"Authorization": f"Bearer {TOKEN}"})
    query = {"properties": ",".join(PROPERTIES)}
    return lambda: msgspec.json.decode(client.get(PATH, params=query).raise_for_status().content)


def hubwire(base_url: str) -> Callable[[], Any]:
    from hubwire import Hub

    hub = Hub(TOKEN, base_url=base_url)
    return lambda: hub.contacts.get("12", properties=PROPERTIES)


def api_client(base_url: str) -> Callable[[], Any]:
    import hubspot

    client = hubspot.Client.create(access_token=TOKEN)
    contacts = client.crm.contacts.basic_api
    contacts.api_client.configuration.host = base_url
    return lambda: contacts.get_by_id("12", properties=PROPERTIES)


def sdk(base_url: str) -> Callable[[], Any]:
    import hubspot_sdk

    client = hubspot_sdk.HubSpot(access_token=TOKEN, base_url=base_url)
    return lambda: client.crm.objects.contacts.get("12", properties=PROPERTIES)


BLOCKING = dict(
    zip(
        ["bare httpx2", "hubwire", "hubspot-api-client", "hubspot-sdk"],
        [bare_httpx2, hubwire, api_client, sdk],
        strict=True,
    )
)


async def aiohttp_calls(who: str, base_url: str, calls: int) -> float:
    if who == "bare aiohttp":
        import aiohttp
        import msgspec

        headers = {"Authorization": f"Bearer {TOKEN}"}
        query = {"properties": ",".join(PROPERTIES)}
        async with aiohttp.ClientSession(base_url, headers=headers) as session:

            async def one() -> Any:
                async with session.get(PATH, params=query) as response:
                    response.raise_for_status()
                    return msgspec.json.decode(await response.read())

            return await side_by_side(one, calls)
    from hubwire import AsyncHub
    from hubwire.client.transport_aiohttp import AiohttpTransport

    async with AsyncHub(TOKEN, base_url=base_url, transport=AiohttpTransport()) as hub:
        return await side_by_side(lambda: hub.contacts.get("12", properties=PROPERTIES), calls)


async def side_by_side(one: Callable[[], Awaitable[Any]], calls: int) -> float:
    """CPU seconds of so many calls, by ten tasks."""

    async def several(count: int) -> None:
        for _ in range(count):
            await one()

    await one()
    await asyncio.gather(*(several(WARM // TASKS) for _ in range(TASKS)))
    before = cpu()
    await asyncio.gather(*(several(calls // TASKS) for _ in range(TASKS)))
    return cpu() - before


def main(who: str, base_url: str, calls: str) -> None:
    count = int(calls)
    if who in BLOCKING:
        one = BLOCKING[who](base_url)
        for _ in range(WARM):
            one()
        before = cpu()
        for _ in range(count):
            one()
        spent = cpu() - before
    else:
        spent = asyncio.run(aiohttp_calls(who, base_url, count))
    print(json.dumps({"micros": spent / count * 1e6}))


if __name__ == "__main__":
    main(*sys.argv[1:])
