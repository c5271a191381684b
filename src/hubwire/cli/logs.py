"""What the library logs, on standard error: plain lines, the same in a terminal and in a file."""

from __future__ import annotations

import logging


def to_stderr(name: str = "hubwire") -> None:
    """From warnings upwards, with their time."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logger = logging.getLogger(name)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.WARNING)
