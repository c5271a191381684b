"""What a push spent, out of the hub's own counts."""

from __future__ import annotations

from hubwire.mirror.push.account import Account
from hubwire.mirror.push.report import Usage


def measure(account: Account) -> Usage:
    """The hub's counts so far."""
    usage = account.hub.usage
    searches = usage.calls_by_lane.get("search", 0)
    return Usage(
        calls=usage.calls,
        batches=max(0, usage.calls - searches - account.other_calls),
        refused_429=usage.refused_429,
        retries=usage.retries,
        burst_remaining=usage.burst_remaining,
        burst_max=usage.burst_max,
        daily_remaining=usage.daily_remaining,
    )
