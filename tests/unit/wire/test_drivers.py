"""The four drivers perform the same flows in the same way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from hubwire.errors import ConfigError, ConnectionFailed
from hubwire.wire import blocking, tasks
from hubwire.wire.flow import Child, Emit, Flow, Pause, Spawn, do, join, pause, send, spawn
from hubwire.wire.message import Reply, Request, Timeout

Serve = Callable[[Request], Reply]
Collect = Callable[[Flow[Any], Serve], list[Any]]
REQUEST = Request("GET", "/")


def collect_blocking(flow: Flow[Any], serve: Serve) -> list[Any]:
    return list(blocking.each(flow, lambda request, _: serve(request)))


def collect_asyncio(flow: Flow[Any], serve: Serve) -> list[Any]:
    async def transmit(request: Request, _: Timeout) -> Reply:
        await asyncio.sleep(0)
        return serve(request)

    async def everything() -> list[Any]:
        return [value async for value in tasks.aeach(flow, transmit)]

    return asyncio.run(everything())


@pytest.fixture(params=[collect_blocking, collect_asyncio])
def collect(request: pytest.FixtureRequest) -> Collect:
    return request.param


def get(path: str) -> Flow[int]:
    reply = yield from send(Request("GET", path), Timeout())
    return reply.status


def test_values_come_out_in_the_order_they_are_emitted(collect: Collect) -> None:
    def flow() -> Flow[None]:
        yield Emit([(yield from get("/a"))])
        yield Emit([(yield from get("/b"))])

    assert collect(flow(), lambda request: Reply(200 if request.path == "/a" else 404)) == [200, 404]


def test_a_failure_is_raised_inside_the_flow_which_may_go_on(collect: Collect) -> None:
    failures = [ConnectionFailed("gone", sent=True)]

    def serve(request: Request) -> Reply:
        if failures:
            raise failures.pop()
        return Reply(200)

    def flow() -> Flow[None]:
        try:
            yield Emit([(yield from get("/"))])
        except ConnectionFailed as failure:
            yield Emit([str(failure)])
        yield Emit([(yield from get("/"))])

    assert collect(flow(), serve) == ["gone", 200]


def test_a_failure_the_flow_does_not_handle_reaches_the_caller(collect: Collect) -> None:
    def serve(request: Request) -> Reply:
        raise ConnectionFailed("gone", sent=False)

    def flow() -> Flow[None]:
        yield Emit([(yield from get("/"))])

    with pytest.raises(ConnectionFailed, match="gone"):
        collect(flow(), serve)


def test_children_run_side_by_side_and_are_joined_by_name(collect: Collect) -> None:
    def flow() -> Flow[None]:
        children: list[Child[int]] = []
        for status in (201, 202, 203):
            children.append((yield from spawn(get(f"/{status}"))))
        for child in reversed(children):
            yield Emit([(yield from join(child))])

    assert collect(flow(), lambda request: Reply(int(request.path[1:]))) == [203, 202, 201]


def test_a_child_may_wait_for_its_sibling(collect: Collect) -> None:
    def second(first: Child[int]) -> Flow[tuple[int, int]]:
        before = yield from join(first)
        return before, (yield from get("/2"))

    def flow() -> Flow[None]:
        first = yield from spawn(get("/1"))
        child = yield from spawn(second(first))
        yield Emit([(yield from join(child))])
        yield Emit([(yield from join(first))])

    assert collect(flow(), lambda request: Reply(int(request.path[1:]))) == [(1, 2), 1]


def test_what_a_child_raises_is_raised_where_it_is_joined(collect: Collect) -> None:
    def serve(request: Request) -> Reply:
        raise ConnectionFailed("gone", sent=False)

    def flow() -> Flow[None]:
        child = yield from spawn(get("/"))
        try:
            yield from join(child)
        except ConnectionFailed as failure:
            yield Emit([str(failure)])

    assert collect(flow(), serve) == ["gone"]


def test_a_fault_of_a_child_that_is_no_error_of_ours_ends_everything(collect: Collect) -> None:
    def broken() -> Flow[int]:
        yield Pause(0)
        raise ZeroDivisionError

    def flow() -> Flow[None]:
        child = yield from spawn(broken())
        yield Emit([(yield from join(child))])

    with pytest.raises(ZeroDivisionError):
        collect(flow(), lambda request: Reply(200))


def test_a_flow_is_closed_however_it_ends() -> None:
    closed = []

    def flow() -> Flow[None]:
        try:
            yield Emit([1])
            yield Emit([2])
        finally:
            closed.append(True)

    values = blocking.each(flow(), lambda *_: Reply(200))
    assert next(values) == 1
    values.close()
    assert closed == [True]


def test_an_abandoned_async_iteration_cancels_the_children() -> None:
    cancelled = []

    async def transmit(request: Request, _: Timeout) -> Reply:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(request.path)
            raise
        return Reply(200)

    def flow() -> Flow[None]:
        yield Spawn(get("/slow"))
        yield Pause(0)
        yield Emit(["first"])
        yield Emit(["never"])

    async def story() -> None:
        values = tasks.aeach(flow(), transmit)
        assert await anext(values) == "first"
        await values.aclose()

    asyncio.run(story())
    assert cancelled == ["/slow"]


def test_children_send_nothing_after_their_parent_was_interrupted() -> None:
    first, release, sent = threading.Event(), threading.Event(), []

    def transmit(request: Request, _: Timeout) -> Reply:
        sent.append(request.path)
        first.set()
        assert release.wait(timeout=30)
        return Reply(200)

    def twice() -> Flow[None]:
        yield from get("/1")
        yield from get("/2")

    def flow() -> Flow[None]:
        yield Spawn(twice())
        assert first.wait(timeout=30)
        # The request under way is waited for, and ends only after the interruption.
        threading.Timer(0.01, release.set).start()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        blocking.run(flow(), transmit)
    assert sent == ["/1"]


def test_a_child_that_pauses_is_woken_when_its_parent_ends() -> None:
    ended = threading.Event()

    def sleeper() -> Flow[None]:
        try:
            yield Pause(3_600)
        finally:
            ended.set()

    def flow() -> Flow[None]:
        yield Spawn(sleeper())

    blocking.run(flow(), lambda *_: Reply(200))
    assert ended.is_set()


def test_pauses_are_the_given_clocks_business() -> None:
    slept: list[float] = []

    def flow() -> Flow[str]:
        yield from pause(0)
        yield from pause(7.5)
        return "done"

    assert blocking.run(flow(), lambda *_: Reply(200), slept.append) == "done"
    assert slept == [7.5]


def test_a_flow_that_emits_cannot_be_run_as_if_it_returned() -> None:
    def flow() -> Flow[None]:
        yield Emit([1])

    with pytest.raises(TypeError, match="iterated"):
        blocking.run(flow(), lambda *_: Reply(200))


def test_blocking_work_is_done_and_what_it_raises_can_be_handled(collect: Collect) -> None:
    threads = []

    def work() -> int:
        threads.append(threading.current_thread())
        return 7

    def broken() -> int:
        raise ConfigError("no")

    def flow() -> Flow[None]:
        yield Emit(((yield from do(work)),))
        with pytest.raises(ConfigError):
            yield from do(broken)
        yield Emit((8,))

    assert collect(flow(), lambda request: Reply(200)) == [7, 8]
    assert (threads[0] is threading.main_thread()) == (collect is collect_blocking)
