"""Moments in list filters: dates, days from now, calendar units, and points in a time zone.

https://developers.hubspot.com/docs/api-reference/crm-lists-v3/list-filters. Where no zone is given days
begin in UTC; that `TODAY` means the beginning of the day is assumed. So is that fiscal years begin in
January where nothing else is said, and how points in the current week, month, quarter or year are counted:
their form is that of `hubspot-sdk` for Python (types/crm/public_*_reference.py).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hubwire.emulator import moments, refusals
from hubwire.emulator.list_operations import Condition, Operation, incomplete, number

MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER",
    "NOVEMBER", "DECEMBER",
)  # fmt: skip
MONTHS_IN = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
SPANS = {
    "WEEK": "WEEK", "MONTH": "MONTH", "QUARTER": "QUARTER", "YEAR": "YEAR",
    "FISCAL_QUARTER": "QUARTER", "FISCAL_YEAR": "YEAR",
}  # fmt: skip
"""What an index reference may lie in, and the unit of the calendar that it is taken for."""
CLOCK = ("hour", "minute", "second", "millisecond")


def stamp(ms: float) -> str:
    """A moment as columns of moments yield it: 23 letters."""
    ms = min(max(int(ms), moments.LOWEST), moments.HIGHEST)
    return moments.text(ms).replace("Z", ".000Z")[:23]


def stamped(expression: str) -> str:
    """SQL that yields the same of epoch milliseconds."""
    return f"strftime('%Y-%m-%dT%H:%M:%f', {expression} / 1000.0, 'unixepoch')"


def date_test(expression: str, operator: str, operation: Operation) -> Condition:
    """`DATE`: a day of the calendar."""
    start = _day(operation, UTC)
    return _day_test(expression, operator.removeprefix("IS_").removesuffix("_TO"), start)


def _day_test(expression: str, operator: str, start: datetime) -> Condition:
    first, last = _ms(start), _ms(start + timedelta(days=1)) - 1
    if operator == "BEFORE":
        return Condition(f"{expression} < ?", (stamp(first),))
    if operator == "AFTER":
        return Condition(f"{expression} > ?", (stamp(last),))
    return Condition(f"{expression} BETWEEN ? AND ?", (stamp(first), stamp(last)))


def datetime_test(expression: str, operator: str, operation: Operation) -> Condition:
    """`DATETIME`: one moment, or the day it is on."""
    ms = number(operation, "timestamp")
    if operator.endswith("_DATE"):
        moment = datetime.fromtimestamp(ms / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return _day_test(expression, operator.removeprefix("IS_").removesuffix("_DATE"), moment)
    sign = {"IS_BEFORE": "<", "IS_AFTER": ">", "IS_EQUAL_TO": "="}[operator]
    return Condition(f"{expression} {sign} ?", (stamp(ms),))


def rolling_test(expression: str, operator: str, operation: Operation, now: int) -> Condition:
    """`ROLLING_DATE_RANGE`, and updates in the last days."""
    span = number(operation, "numberOfDays") * moments.DAY
    ago, ahead, here = stamp(now - span), stamp(now + span), stamp(now)
    if operator in ("IS_LESS_THAN_X_DAYS_AGO", "UPDATED_IN_LAST_X_DAYS"):
        return Condition(f"{expression} BETWEEN ? AND ?", (ago, here))
    if operator == "IS_LESS_THAN_X_DAYS_FROM_NOW":
        return Condition(f"{expression} BETWEEN ? AND ?", (here, ahead))
    if operator == "IS_MORE_THAN_X_DAYS_AGO":
        return Condition(f"{expression} < ?", (ago,))
    return Condition(f"{expression} > ?", (ahead,))


def calendar_test(expression: str, operator: str, operation: Operation, now: int) -> Condition:
    """`CALENDAR_DATE`: this, the next or the last units; a fiscal year begins as `fiscalYearStart` says."""
    unit, count = (
        str(operation.get("timeUnit")),
        int(number({"timeUnitCount": 1, **operation}, "timeUnitCount")),
    )
    if unit not in ("DAY", "WEEK", *MONTHS_IN):
        raise incomplete("PropertyOperation", ["timeUnit"])
    this = _unit_start(datetime.fromtimestamp(now / 1000, UTC), unit, _first_month(operation))
    after = _units_later(this, unit, 1)
    first, end = {
        "IN_THIS_TIME_UNIT": (_ms(this), _ms(after)),
        "IN_THIS_TIME_UNIT_SO_FAR": (_ms(this), now + 1),
        "IN_NEXT_TIME_UNIT": (_ms(after), _ms(_units_later(after, unit, count))),
        "IN_LAST_TIME_UNIT": (_ms(_units_later(this, unit, -count)), _ms(this)),
    }[operator]
    return Condition(f"{expression} >= ? AND {expression} < ?", (stamp(first), stamp(end)))


def point(given: Any, now: int) -> str:
    """A `timePoint` that is a date, or counted from now."""
    if not isinstance(given, dict):
        raise incomplete("TimePointOperation", ["timePoint"])
    if given.get("timeType") == "DATE":
        return stamp(_ms(_with_clock(_day(given, _zone(given)), given)))
    if given.get("timeType") != "INDEXED":
        raise refusals.validation(f"{given.get('timeType')} is not a known timeType")
    moment = _indexed(given.get("indexReference"), datetime.fromtimestamp(now / 1000, _zone(given)))
    return stamp(_ms(_moved(moment, given.get("offset"))))


def _indexed(reference: Any, now: datetime) -> datetime:
    """The moment itself, a time of its day, or a time of a day in its week, month, quarter or year."""
    if not isinstance(reference, dict) or not reference.get("referenceType"):
        raise incomplete("TimePoint", ["indexReference"])
    kind = str(reference["referenceType"])
    if kind == "NOW":
        return now
    if kind == "TODAY":
        return _with_clock(_unit_start(now, "DAY"), reference)
    if kind not in SPANS:
        raise refusals.validation(
            f"{kind} is not a known referenceType; known are NOW, TODAY, {', '.join(SPANS)}"
        )
    start = _unit_start(now, SPANS[kind])
    if kind == "WEEK":
        weekday = reference.get("dayOfWeek")
        if weekday not in WEEK:
            raise refusals.validation(f"{weekday} is not a known dayOfWeek; known are {', '.join(WEEK)}")
        return _with_clock(start + timedelta(days=WEEK.index(weekday)), reference)
    if kind != "MONTH":
        months = number(reference, "month")
        if not 1 <= months <= MONTHS_IN[SPANS[kind]]:
            raise refusals.validation(f"A {SPANS[kind].lower()} has months 1 to {MONTHS_IN[SPANS[kind]]}")
        start = _months_later(start, int(months) - 1)
    day = number(reference, "day")
    if not 1 <= day <= 31:
        raise refusals.validation("A month has days 1 to 31")
    last = _months_later(start, 1) - timedelta(days=1)
    return _with_clock(min(start + timedelta(days=int(day) - 1), last), reference)


def _moved(moment: datetime, offset: Any) -> datetime:
    if not isinstance(offset, dict):
        return moment
    parts = {name: int(number(offset, name)) for name, value in offset.items() if value is not None}
    months = 12 * parts.pop("years", 0) + 3 * parts.pop("quarters", 0) + parts.pop("months", 0)
    known = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds")
    if unknown := [name for name in parts if name not in known]:
        raise refusals.validation(f"{unknown[0]} is not a part of an offset")
    try:
        return _months_later(moment, months) + timedelta(**parts)
    except (OverflowError, ValueError):
        raise refusals.validation("The offset of a time point leads out of the calendar") from None


def _day(given: Operation, zone: tzinfo) -> datetime:
    month = given.get("month")
    if isinstance(month, str) and month.upper() in MONTHS:
        month = MONTHS.index(month.upper()) + 1
    try:
        return datetime(int(given["year"]), int(str(month)), int(given["day"]), tzinfo=zone)
    except KeyError as missing:
        raise incomplete("TimePoint", [str(missing.args[0])]) from None
    except (TypeError, ValueError, OverflowError):
        raise refusals.validation("The date of a filter must be a day of the calendar") from None


def _with_clock(day: datetime, given: Operation) -> datetime:
    try:
        hour, minute, second, thousandths = (int(given.get(name) or 0) for name in CLOCK)
        return day.replace(hour=hour, minute=minute, second=second, microsecond=thousandths * 1000)
    except (TypeError, ValueError):
        raise refusals.validation("The time of a filter must be a time of the day") from None


def _zone(given: Operation) -> tzinfo:
    try:
        return ZoneInfo(str(given.get("zoneId") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refusals.validation(f"{given.get('zoneId')} is not a time zone") from None


def _first_month(operation: Operation) -> int:
    """Of the year that counts: 0 for January."""
    start = operation.get("fiscalYearStart") or MONTHS[0]
    if start not in MONTHS:
        raise refusals.validation(f"{start} is not a known fiscalYearStart; known are {', '.join(MONTHS)}")
    return MONTHS.index(start) if operation.get("useFiscalYear") else 0


def _unit_start(moment: datetime, unit: str, first: int = 0) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "DAY":
        return day
    if unit == "WEEK":
        return day - timedelta(days=day.weekday())
    return _months_later(day.replace(day=1), -((day.month - 1 - first) % MONTHS_IN[unit]))


def _units_later(start: datetime, unit: str, count: int) -> datetime:
    if unit in MONTHS_IN:
        return _months_later(start, count * MONTHS_IN[unit])
    return start + timedelta(days=count * (7 if unit == "WEEK" else 1))


def _months_later(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
