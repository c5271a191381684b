"""Webhooks over real sockets: what the emulator sends while it is served."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from hubwire.cli.main import main
from hubwire.emulator import serve
from hubwire.emulator.hooks.poster import Post, Posted, post
from hubwire.emulator.hooks.sender import Sender
from tests.contract.edge import Caller
from tests.contract.receiver import BOUND, Got, Receiver, receiving

pytestmark = pytest.mark.socket
HERE = {"host": "127.0.0.1"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def caller(receiver: Receiver) -> Iterator[Caller]:
    caller = Caller(limits=False)
    body = {"targetUrl": receiver.url, "events": ["contact.creation"], "maxConcurrentRequests": 6}
    assert caller("POST", "/_emulator/webhooks", body, token=None, headers=HERE).status == 200
    with serve.running(caller.emulator):
        yield caller
    caller.emulator.close()


def create(caller: Caller, number: int) -> None:
    body = {"properties": {"email": f"row{number}@example.com"}}
    assert caller("POST", "/crm/v3/objects/contacts", body).status == 201


def settled(caller: Caller, attempts: int) -> list[Any]:
    """The deliveries, once so many were made."""
    courier = caller.emulator.world.courier
    for _ in range(BOUND * 100):
        if courier.attempts >= attempts:
            return caller.emulator.deliveries
        threading.Event().wait(0.01)
    raise AssertionError(f"only {courier.attempts} of {attempts} attempts were made")


def test_a_change_is_told_as_soon_as_it_is_made(caller: Caller, receiver: Receiver) -> None:
    create(caller, 1)
    got = receiver.next()
    (event,) = json.loads(got.body)
    assert (got.path, event["subscriptionType"]) == ("/hooks", "contact.creation")
    assert settled(caller, 1)[0].status == 200
    assert caller.emulator.deliver() == []


def test_a_failure_comes_again_when_the_clock_says_so(caller: Caller, receiver: Receiver) -> None:
    receiver.answer = lambda got: 500 if json.loads(got.body)[0]["attemptNumber"] == 0 else 200
    create(caller, 1)
    receiver.next()
    settled(caller, 1)
    caller.clock.advance(120)
    (event,) = json.loads(receiver.next().body)
    assert event["attemptNumber"] == 1


def test_a_receiver_may_ask_the_emulator_before_it_answers(caller: Caller, receiver: Receiver) -> None:
    def answer(got: Got) -> int:
        (event,) = json.loads(got.body)
        return int(caller("GET", f"/crm/v3/objects/contacts/{event['objectId']}").status)

    receiver.answer = answer
    create(caller, 1)
    receiver.next()
    assert settled(caller, 1)[0].status == 200


def test_only_so_many_requests_are_open_at_once(caller: Caller, receiver: Receiver) -> None:
    gate, lock = threading.Event(), threading.Lock()
    now, most = 0, 0

    def answer(got: Got) -> int:
        nonlocal now, most
        del got
        with lock:
            now += 1
            most = max(most, now)
        gate.wait(BOUND)
        with lock:
            now -= 1
        return 200

    receiver.answer = answer
    for number in range(6):
        create(caller, number)
        receiver.next()
    create(caller, 7)
    create(caller, 8)
    # Six are open; whether a seventh would come shows only later, when the most is counted.
    gate.set()
    total = sum(len(json.loads(receiver.next().body)) for _ in range(1))
    while total < 2:
        total += len(json.loads(receiver.next().body))
    assert most == 6


def test_events_that_shall_lose_their_order_wait_for_one_another() -> None:
    """One at a time they could not; the emulator's own way, so nothing of HubSpot's is meant."""
    caller = Caller(limits=False)
    body = {"targetUrl": "http://127.0.0.1:9/hooks", "events": ["contact.creation"]}
    caller("POST", "/_emulator/webhooks", body, token=None, headers=HERE)
    caller.emulator.disorder(shuffle=True)
    written, posts = threading.Event(), queue.Queue[Post]()

    def sent(told: Post) -> Posted:
        posts.put(told)
        return Posted(200, None)

    courier = caller.emulator.world.courier
    with Sender(courier, caller.clock.now, sent, lambda seconds: written.wait(BOUND)):
        for number in range(20):
            create(caller, number)
        written.set()
        told = [event["eventId"] for event in json.loads(posts.get(timeout=BOUND).body)]
    assert len(told) == len(set(told)) == 20
    assert told != sorted(told)
    caller.emulator.close()


def test_the_command_delivers_what_waits(
    caller: Caller, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.answer = lambda got: 503
    create(caller, 1)
    receiver.next()
    settled(caller, 1)
    with serve.running(caller.emulator) as base_url:
        assert main(["emulator", "deliver", "--base-url", base_url]) == 0
        assert "Nothing was due." in capsys.readouterr().out
        assert main(["emulator", "deliver", "--all", "--base-url", base_url]) == 0
        said = capsys.readouterr().out
        assert "1 events  503" in said
        assert "1 events wait for a retry." in said
        webhooks = ["webhooks", receiver.url, "contact.propertyChange:email", "--shuffle"]
        assert main(["emulator", *webhooks, "--base-url", base_url]) == 0
        assert main(["emulator", "webhooks", receiver.url, "contact.nothing", "--base-url", base_url]) == 2
    assert caller.emulator.world.courier.disorder.shuffle


def test_a_receiver_that_is_silent_or_gone_is_a_failure_with_a_reason(receiver: Receiver) -> None:
    receiver.answer = lambda got: None
    late = post(Post(receiver.url, {}, b"[]", 0.2))
    assert (late.status, late.error) == (None, "no answer within 0.2 seconds")
    gone = post(Post("http://127.0.0.1:1/", {}, b"[]", 5))
    assert gone.status is None
    assert gone.error
    for url in ("http://", "https:///x", "http://127.0.0.1:x/"):
        assert post(Post(url, {}, b"[]", 5)).error


def test_a_receiver_that_trickles_is_cut_off() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def trickle() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                while not over.wait(0.05):
                    try:
                        line.sendall(b"X-More: 1\r\n")
                    except OSError:
                        return

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        answer = post(Post(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"[]", 0.4))
        over.set()
        thread.join(BOUND)
    assert (answer.status, answer.error) == (None, "no answer within 0.4 seconds")
