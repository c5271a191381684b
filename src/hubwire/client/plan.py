"""What a job will take, before it is begun: calls, time, and share of the day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.client.calls import account
from hubwire.client.execute import execute
from hubwire.client.session import Session
from hubwire.client.windows import ASSOCIATIONS, BURST, FREE, SEARCH
from hubwire.errors import ConfigError, Forbidden, NotFound
from hubwire.wire.flow import Flow

LANES = (BURST, SEARCH, ASSOCIATIONS, FREE)

Work = int | Mapping[str, int]
"""Calls; or inputs by operation, and calls by lane: `{"objects.batch.upsert": 12_000, "search": 30}`."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """An estimate by the limits as they are known, with nobody else calling and no call sent twice."""

    calls: int
    calls_by_lane: dict[str, int]
    seconds: float
    """At least: what the quota makes the job wait, or the answers take, one lane after the other."""
    daily_max: int | None
    """Calls that the account has a day; None: HubSpot tells apps with OAuth nothing of the day."""
    daily_left: int | None
    """Those that are left of today, before the job."""
    associations_left: int | None = None
    """Calls of the associations API that are left of today, as far as is known: these are counted apart."""
    floor: int = 0
    """Those that the hub's quota leaves over."""
    learned: bool = True
    """Whether the limits are the account's; else those of the lowest tier."""

    @property
    def minutes(self) -> float:
        return self.seconds / 60

    @property
    def day_share(self) -> float | None:
        """The job's part of the account's day."""
        return self.calls / self.daily_max if self.daily_max else None

    @property
    def associations_lacking(self) -> bool:
        """Whether the day has fewer calls of the associations API left than the job takes."""
        wanted = self.calls_by_lane.get(ASSOCIATIONS, 0)
        return self.associations_left is not None and wanted > self.associations_left

    @property
    def fits_today(self) -> bool | None:
        """Whether what is left of today is enough, the floor kept; None: not known."""
        if self.associations_lacking:
            return False
        return None if self.daily_left is None else self.calls <= self.daily_left - self.floor

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        derived = {"minutes": self.minutes, "day_share": self.day_share, "fits_today": self.fits_today}
        return msgspec.structs.asdict(self) | derived

    def __str__(self) -> str:
        parts = [f"{self.calls:,} calls", duration(self.seconds)]
        if self.day_share is not None:
            parts.append(f"{self.day_share:.1%} of the day")
        text = ", ".join(parts)
        if self.associations_lacking:
            text += f": more of the associations API than today's {self.associations_left:,} that are left"
        elif self.fits_today is False:
            kept = f", of which {self.floor:,} are kept" if self.floor else ""
            text += f": more than today's {self.daily_left:,} that are left{kept}"
        return text if self.learned else f"{text} (by the limits of the lowest tier)"


def duration(seconds: float) -> str:
    """About how long, in words."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"about {minutes} min" if minutes < 90 else f"about {minutes / 60:.1f} h"


def planning(session: Session, work: Work) -> Flow[Plan]:
    """The plan of some work. Where the account's limits are not known yet, one call learns them."""
    windows = session.governor.windows
    lanes = lanes_of(work)
    if windows.most is None:
        with suppress(Forbidden, NotFound):  # refusals tell the limits too
            yield from execute(account.details(session.version), session)
    return plan(session, lanes)


def plan(session: Session, lanes: Mapping[str, int]) -> Plan:
    """The plan of so many calls by lane, by what is known now."""
    governor = session.governor
    windows, day = governor.windows, governor.windows.day
    associations, association_max = windows.associations(session.now())
    return Plan(
        calls=sum(lanes.values()),
        calls_by_lane={lane: count for lane, count in lanes.items() if count},
        seconds=sum(_seconds(session, lane, count) for lane, count in lanes.items() if count),
        daily_max=day.most,
        daily_left=day.left,
        associations_left=max(0, association_max - associations),
        floor=governor.quota.floor,
        learned=windows.most is not None,
    )


def lanes_of(work: Work) -> dict[str, int]:
    """Calls by lane; inputs of batch operations are counted by as many as one call takes."""
    if isinstance(work, int):
        work = {BURST: work}
    lanes: dict[str, int] = {}
    for op, inputs in work.items():
        if isinstance(inputs, bool) or not isinstance(inputs, int) or inputs < 0:
            raise ConfigError(f"a plan is for a number of inputs, not {inputs!r}")
        lane, size = _endpoint(op)
        lanes[lane] = lanes.get(lane, 0) + math.ceil(inputs / size)
    return lanes


def _endpoint(op: str) -> tuple[str, int]:
    if op in LANES:
        return op, 1
    try:
        known = load.endpoint(op)
    except KeyError:
        raise ConfigError(f"no operation is called {op!r}; one is objects.batch.upsert") from None
    return known.lane, (known.limit or 1) if ".batch." in op else 1


def _seconds(session: Session, lane: str, calls: int) -> float:
    governor = session.governor
    at = governor.windows.lanes.get(lane)
    if at is None:
        return 0.0
    terms = governor.quota.terms(lane, alone=governor.windows.alone)
    with at.guard:
        now = governor.windows.moment(session.now())
        window = at.log.window * terms.stretch(at.log.limit)
        room, open_now = at.log.capacity(now, terms), at.log.remaining(now, terms)
        typical = at.typical() or 0.0
    waiting = math.ceil(max(0, calls - open_now) / max(1, room)) * window
    return max(waiting, calls * typical / governor.quota.width)
