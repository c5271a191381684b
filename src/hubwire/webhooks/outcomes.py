"""How a handler can end, besides returning."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from types import TracebackType

LONGEST_ERROR = 16_000
"""Characters of a traceback that are kept, from its end."""


class Retry(Exception):
    """Raised by a handler: call me again, in `after` seconds or when the back-off says so."""

    def __init__(self, reason: str = "", *, after: float | None = None) -> None:
        if after is not None and not 0 <= after <= 30 * 86_400:
            raise ValueError(f"after={after}: give seconds, up to 30 days")
        super().__init__(reason or "the handler asked to be called again")
        self.after = after


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a handler did not succeed."""

    error: str
    """The traceback, or a sentence."""
    after: float | None = None
    """Seconds that whoever failed asked to wait."""
    for_good: bool = False
    """Trying again would not help."""


def failure(problem: BaseException) -> Failure:
    """What a handler raised. A `retry_after` attribute, as `RateLimited` has it, is honoured."""
    after = problem.after if isinstance(problem, Retry) else getattr(problem, "retry_after", None)
    wait = float(after) if isinstance(after, int | float) and after >= 0 else None
    return Failure(written(problem, problem.__traceback__), wait)


def written(problem: BaseException, trace: TracebackType | None) -> str:
    """The traceback, without the frames of those who called the handler."""
    while trace is not None and trace.tb_next and "hubwire/webhooks" in _file(trace):
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(problem), problem, trace)).rstrip()
    return text if len(text) <= LONGEST_ERROR else f"…{text[-LONGEST_ERROR:]}"


def _file(trace: TracebackType) -> str:
    return trace.tb_frame.f_code.co_filename.replace("\\", "/")
