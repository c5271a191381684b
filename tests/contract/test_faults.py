"""Faults on request: decided here; the bodies of refusals are HubSpot's."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from hubwire.emulator import serve
from hubwire.emulator.asgi import Application
from tests.contract.edge import Caller

CONTACTS = "/crm/v3/objects/contacts"
ANN = {"properties": {"email": "ann@example.com"}}


def statuses(caller: Caller, number: int, path: str = CONTACTS) -> list[int]:
    return [caller("GET", path).status for _ in range(number)]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, [503] * 8),
        ({"count": 2}, [503, 503, 200, 200, 200, 200, 200, 200]),
        ({"skip": 3, "count": 1}, [200, 200, 200, 503, 200, 200, 200, 200]),
        ({"rate": 0.25}, [200, 200, 200, 503, 200, 200, 200, 503]),
        ({"rate": 0.75}, [200, 503, 503, 503, 200, 503, 503, 503]),
        ({"rate": 0.5, "count": 2}, [200, 503, 200, 503, 200, 200, 200, 200]),
        ({"op": "objects.*"}, [503] * 8),
        ({"op": "objects.create"}, [200] * 8),
        ({"method": "get"}, [503] * 8),
        ({"path": "/crm/v3/objects/contacts*", "method": "POST"}, [200] * 8),
        ({"path": "/crm/v4/*"}, [200] * 8),
    ],
)
def test_a_fault_hits_the_calls_that_are_meant_and_always_the_same(
    how: dict[str, Any], expected: list[int]
) -> None:
    caller = Caller()
    caller.emulator.fault("status", status=503, **how)
    assert statuses(caller, 8) == expected


def test_every_hundredth_of_a_share_is_kept_exactly() -> None:
    caller = Caller(limits=False)
    caller.emulator.fault("status", status=503, rate=0.29)
    assert statuses(caller, 100).count(503) == 29


def test_a_burst_of_429_lasts_as_long_as_said_and_looks_like_the_real_one() -> None:
    caller = Caller()
    caller.emulator.fault("status", status=429, seconds=10)
    heard = caller("GET", CONTACTS)
    assert heard.status == 429
    assert heard.json["policyName"] == "TEN_SECONDLY_ROLLING"
    assert heard.json["groupName"] == "publicapi:private_app-api-calls-ten-secondly:7654321:12345678"
    caller.clock.advance(9.999)
    assert caller("GET", CONTACTS).status == 429
    caller.clock.advance(0.001)
    assert caller("GET", CONTACTS).status == 200


def test_a_fault_can_name_limit_and_patience() -> None:
    caller = Caller()
    caller.emulator.fault("status", status=429, policy="daily", retry_after=3)
    heard = caller("GET", CONTACTS)
    assert (heard.json["policyName"], heard.headers["Retry-After"]) == ("DAILY", "3")


def test_a_proxys_page_comes_as_it_is() -> None:
    caller = Caller()
    caller.emulator.fault("status", status=502, body="<html>Bad gateway</html>")
    heard = caller("GET", CONTACTS)
    assert (heard.status, heard.text) == (502, "<html>Bad gateway</html>")


@pytest.mark.parametrize("status", [423, 477, 500, 502, 503, 504, 521])
def test_a_refusal_has_the_envelope_and_nothing_is_written(status: int) -> None:
    caller = Caller()
    caller.emulator.fault("status", status=status, method="POST")
    heard = caller("POST", CONTACTS, ANN)
    assert (heard.status, heard.json["status"]) == (status, "error")
    assert heard.json["correlationId"] == heard.headers["X-HubSpot-Correlation-Id"]
    assert ("Retry-After" in heard.headers) == (status == 477)
    assert caller("GET", CONTACTS).json == {"results": []}


@pytest.mark.parametrize(
    ("do", "written"), [("drop-before", 0), ("drop-after", 1), ("lost", 1), ("malformed", 1)]
)
def test_a_broken_answer_is_about_a_write_that_did_or_did_not_happen(do: Any, written: int) -> None:
    caller = Caller()
    caller.emulator.fault(do, method="POST")
    answer = caller.emulator.ask(
        "POST",
        CONTACTS,
        headers={"authorization": f"Bearer {caller.token}"},
        body=json.dumps(ANN).encode(),
    )
    assert answer.fate == {"malformed": "sent", "lost": "lost"}.get(do, "dropped")
    if do == "malformed":
        assert answer.status == 201
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.body)
    assert len(caller("GET", CONTACTS).json["results"]) == written
    logged = caller.emulator.requests[0].status
    assert logged == (201 if do == "malformed" else 0)


def test_faults_are_listed_with_their_counts_and_ended() -> None:
    caller = Caller()
    first = caller.emulator.fault("status", status=503, rate=0.5)
    caller.emulator.fault("status", status=500, op="owners.*")
    statuses(caller, 4)

    def control(method: str, path: str = "") -> Any:
        return caller(method, f"/_emulator/faults{path}", token=None, headers={"host": "127.0.0.1"})

    told = control("GET").json["results"]
    assert [(one["id"], one["matched"], one["fired"]) for one in told] == [(1, 4, 2), (2, 0, 0)]
    assert control("DELETE", f"/{first}").status == 204
    assert control("DELETE", f"/{first}").status == 404
    assert statuses(caller, 2) == [200, 200]
    assert caller("GET", "/crm/v3/owners").status == 500
    assert control("DELETE").status == 204
    assert caller("GET", "/crm/v3/owners").status == 200


def test_a_late_answer_moves_a_clock_that_nobody_waits_for() -> None:
    caller = Caller()
    caller.emulator.fault("latency", delay=7)
    run(caller, {})
    assert caller.clock.now() == 1_767_258_007


@pytest.mark.parametrize(
    ("do", "raised"),
    [("drop-after", ConnectionError), ("drop-before", ConnectionError), ("lost", TimeoutError)],
)
def test_in_process_a_broken_connection_is_an_error(do: Any, raised: type[Exception]) -> None:
    caller = Caller()
    caller.emulator.fault(do)
    with pytest.raises(raised):
        run(caller, {"hubwire.patience": {"seconds": 30}})
    assert caller.clock.now() == 1_767_258_000 + (30 if do == "lost" else 0)


def run(caller: Caller, extensions: dict[str, Any]) -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        del message

    scope = {
        "type": "http", "method": "GET", "path": "/crm/v3/owners", "query_string": b"",
        "headers": [(b"authorization", f"Bearer {caller.token}".encode())], "extensions": extensions,
    }  # fmt: skip
    asyncio.run(Application(caller.emulator)(scope, receive, send))


@pytest.mark.socket
def test_on_a_socket_the_connection_breaks_and_the_next_one_works() -> None:
    caller = Caller()
    with serve.running(caller.emulator) as base_url:
        address = urlsplit(base_url).netloc

        def ask(method: str, body: Any = None) -> tuple[int, bytes]:
            connection = http.client.HTTPConnection(address, timeout=20)
            headers = {"Authorization": f"Bearer {caller.token}"}
            try:
                connection.request(method, CONTACTS, json.dumps(body) if body else None, headers)
                reply = connection.getresponse()
                return reply.status, reply.read()
            finally:
                connection.close()

        for number, do in enumerate(("drop-before", "drop-after"), 1):
            fault = caller.emulator.fault(do, method="POST", count=1)
            with pytest.raises((ConnectionError, http.client.HTTPException)):
                ask("POST", {"properties": {"email": f"row{number}@example.com"}})
            caller.emulator.clear_faults(fault)
        status, body = ask("GET")
        assert status == 200
        assert [one["properties"]["email"] for one in json.loads(body)["results"]] == ["row2@example.com"]
        caller.emulator.fault("lost", method="POST", count=1)
        connection = http.client.HTTPConnection(address, timeout=0.2)
        connection.request("POST", CONTACTS, b"{}", {"Authorization": f"Bearer {caller.token}"})
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()
        assert ask("GET")[0] == 200
