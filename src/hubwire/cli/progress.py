"""How far a push has come: a bar on a terminal, a line now and then in a log, nothing at all for a script."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichBar

LINE_EVERY = 5.0
"""Seconds between lines in a log."""


class Progress(AbstractContextManager["Progress"], Protocol):
    """Told the whole amount once, then every step."""

    def begin(self, total: int) -> None: ...
    def step(self, doing: str, amount: int = 1) -> None: ...


class Silent:
    """Says nothing."""

    def begin(self, total: int) -> None:
        return

    def step(self, doing: str, amount: int = 1) -> None:
        return

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *_: object) -> None:
        return


class Lines:
    """A line at the start, then whenever some seconds and at least a percent have passed."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock = out, clock
        self._total, self._done, self._percent, self._due = 1, 0, 0, 0.0

    def begin(self, total: int) -> None:
        self._total, self._due = max(total, 1), self._clock() + LINE_EVERY

    def step(self, doing: str, amount: int = 1) -> None:
        self._done += amount
        percent = min(100, self._done * 100 // self._total)
        if percent > self._percent and self._clock() >= self._due:
            self._say(doing, percent)

    def _say(self, doing: str, percent: int) -> None:
        self._percent, self._due = percent, self._clock() + LINE_EVERY
        print(f"{percent:3d} %  {doing}", file=self._out, flush=True)

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        return


class Bar:
    """A bar that redraws itself in one line of a terminal; for installations without rich."""

    WIDTH = 30

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock = out, clock
        self._total, self._done, self._due = 1, 0, 0.0

    def begin(self, total: int) -> None:
        self._total = max(total, 1)
        self._draw("starting")

    def step(self, doing: str, amount: int = 1) -> None:
        self._done += amount
        if self._clock() >= self._due or self._done >= self._total:
            self._draw(doing)

    def _draw(self, doing: str) -> None:
        self._due = self._clock() + 0.1
        share = min(1.0, self._done / self._total)
        filled = int(share * self.WIDTH)
        bar = "█" * filled + "·" * (self.WIDTH - filled)
        self._out.write(f"\r{bar} {share:4.0%}  {doing:<24.24}")
        self._out.flush()

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.write("\r" + " " * (self.WIDTH + 34) + "\r")
        self._out.flush()


class Rich:
    """The bar of the rich library."""

    def __init__(self, bar: RichBar) -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=None)

    def begin(self, total: int) -> None:
        self._bar.update(self._task, total=total)

    def step(self, doing: str, amount: int = 1) -> None:
        self._bar.update(self._task, description=doing, advance=amount)

    def __enter__(self) -> Rich:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


class Later:
    """Shows nothing at first: most runs are over by then, and what shows them takes time to load.

    `make` makes what shows the rest.
    """

    def __init__(
        self,
        make: Callable[[], Progress],
        clock: Callable[[], float] = time.monotonic,
        *,
        after: float = 1.0,
    ) -> None:
        self._make, self._clock, self._after = make, clock, after
        self._shown: Progress | None = None
        self._total, self._owed, self._due = 0, 0, 0.0

    def begin(self, total: int) -> None:
        self._total, self._due = total, self._clock() + self._after

    def step(self, doing: str, amount: int = 1) -> None:
        self._owed += amount
        if self._clock() < self._due:
            return
        if self._shown is None:
            self._shown = self._make()
            self._shown.__enter__()
            self._shown.begin(self._total)
        self._shown.step(doing, self._owed)
        self._owed, self._due = 0, self._clock() + 0.1

    def __enter__(self) -> Later:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown is not None:
            self._shown.__exit__(kind, value, trace)


def progress(*, quiet: bool, out: TextIO | None = None) -> Progress:
    """The right kind for where standard error goes."""
    out = out or sys.stderr
    if quiet:
        return Silent()
    if not out.isatty():
        return Lines(out)
    try:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress
    except ImportError:
        return Bar(out)
    columns = (TextColumn("{task.description:<20}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Rich(RichProgress(*columns, console=Console(file=out), transient=True))
