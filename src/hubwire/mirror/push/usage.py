"""What a push spent, out of the hub's own counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubwire.mirror.push.report import Usage

if TYPE_CHECKING:
    from hubwire import Hub


def measure(hub: Hub) -> Usage:
    """The hub's counts so far."""
    usage = hub.usage
    return Usage(
        calls=usage.calls,
        refused_429=usage.refused_429,
        retries=usage.retries,
        burst_remaining=usage.burst_remaining,
        burst_max=usage.burst_max,
        daily_remaining=usage.daily_remaining,
    )
