"""What comes in pages, and what is waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hubwire.client.call import Call
from hubwire.client.calls.shaped import Listing
from hubwire.client.definitions import Shape
from hubwire.client.execute import execute
from hubwire.client.session import Session
from hubwire.errors import TimedOut
from hubwire.wire.flow import Emit, Flow, pause

S = TypeVar("S", bound=Shape)
T = TypeVar("T")


def every(session: Session, page: Callable[[str | None], Call[Listing[S]]]) -> Flow[None]:
    """Emits what all pages hold. HubSpot's own pagers stop at an empty page, whatever cursor it brings."""
    after: str | None = None
    while True:
        found = yield from execute(page(after), session)
        yield Emit(found.results)
        after = found.after
        if after is None or not found.results:
            return


def until(
    session: Session,
    call: Call[T],
    ended: Callable[[T], bool],
    *,
    every: float,
    timeout: float | None,
    progress: Callable[[T], Any] | None,
) -> Flow[T]:
    """Asks again and again until it has ended; `progress` is told every answer. The job itself goes on when
    nobody asks any more.
    """
    start = session.now()
    while True:
        found = yield from execute(call, session)
        if progress is not None:
            progress(found)
        if ended(found):
            return found
        if timeout is not None and session.now() + every - start > timeout:
            raise TimedOut(
                f"not done after {timeout:g} seconds; it goes on, and may be waited for again", sent=True
            )
        yield from pause(every)
