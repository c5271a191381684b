"""Moments as HubSpot writes them: milliseconds since the epoch inside, ISO 8601 in UTC outside."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache, lru_cache

ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?)?",
    re.IGNORECASE,
)
EPOCH = re.compile(r"-?\d{1,17}")
DAY = 86_400_000
EPOCH_DAY = date(1970, 1, 1).toordinal()
LOWEST, HIGHEST = -62_135_596_800_000, 253_402_300_799_999
"""Years 1 to 9999, what `datetime` can hold."""


@lru_cache(maxsize=64)
def text(ms: int) -> str:
    """`2026-03-12T07:33:46.615Z`; without the fraction where it is zero, as Java's Instant prints."""
    days, rest = divmod(ms, DAY)
    seconds, fraction = divmod(rest, 1000)
    whole = f"{_date(days)}T{_clock(seconds)}"
    return f"{whole}.{fraction:03}Z" if fraction else f"{whole}Z"


@cache
def _clock(seconds: int) -> str:
    # A day has few enough of them to remember all.
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@lru_cache(maxsize=4_096)
def _date(days: int) -> str:
    return date.fromordinal(EPOCH_DAY + days).isoformat()


def day(ms: int) -> str:
    """`2026-03-12`."""
    return text(ms)[:10]


def parse(value: str) -> int | None:
    """ISO 8601 (no zone: UTC) or epoch milliseconds; None for anything else."""
    value = value.strip()
    if EPOCH.fullmatch(value):
        ms = int(value)
        return ms if LOWEST <= ms <= HIGHEST else None
    match = ISO.fullmatch(value)
    if match is None:
        return None
    year, month, day_, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day_), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    ms = round(moment.timestamp()) * 1000 + int((fraction or "0").ljust(3, "0")[:3]) - _offset(zone)
    return ms if LOWEST <= ms <= HIGHEST else None


def _offset(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-minutes if zone[0] == "-" else minutes) * 60_000
