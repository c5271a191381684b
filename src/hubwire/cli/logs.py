"""What the library logs, on standard error: plain lines, the same in a terminal and in a file."""

from __future__ import annotations

import logging
import sys


class Stderr(logging.Handler):
    """Writes to what standard error is at that moment, not to what it was when the handler was made."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line, or more for a traceback."""
        print(self.format(record), file=sys.stderr, flush=True)


def to_stderr(name: str = "hubwire") -> None:
    """From warnings upwards, with their time."""
    handler = Stderr()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logger = logging.getLogger(name)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.WARNING)
