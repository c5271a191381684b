"""Dynamic lists that become static: on a day, or once nothing has joined them for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import msgspec

from hubwire.emulator import moments, refusals
from hubwire.emulator.list_operations import enum_conversion
from hubwire.emulator.lists import Listed, Lists

UNITS = {"DAY": 1, "WEEK": 7, "MONTH": 30}
"""In days; that a month of inactivity has 30 is assumed."""
LONGEST = 3_650


class Wish(msgspec.Struct, omit_defaults=True):
    """When, as callers send it."""

    conversionType: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    offset: int | None = None
    timeUnit: str | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """Times in epoch milliseconds."""

    wish: Wish
    asked: int
    converted: int | None


class Conversions:
    """Those of one account as of one moment."""

    def __init__(self, lists: Lists) -> None:
        self.lists, self.store, self.now = lists, lists.store, lists.now
        self.table = f"list_conversions_{lists.portal.portal_id}"

    def of(self, one: Listed) -> Conversion | None:
        row = self.store.one(f"SELECT wish, asked, converted FROM {self.table} WHERE list = ?", (one.id,))
        return Conversion(msgspec.json.decode(row[0], type=Wish), row[1], row[2]) if row else None

    def ask(self, one: Listed, wish: Wish) -> None:
        """Refuses lists that are static already, and moments that are past or none. Texts are ours."""
        if one.processing != "DYNAMIC":
            raise refusals.validation("Only lists of processing type DYNAMIC can be converted")
        if wish.conversionType not in ("CONVERSION_DATE", "INACTIVITY"):
            raise enum_conversion("conversionType", wish.conversionType, ("CONVERSION_DATE", "INACTIVITY"))
        if self._due(one, Conversion(wish, self.now, None)) <= self.now:
            raise refusals.validation("A list can be converted at a time that is yet to come")
        sql = f"INSERT OR REPLACE INTO {self.table} VALUES (?, ?, ?, NULL)"
        self.store.run(sql, (one.id, msgspec.json.encode(wish).decode(), self.now))

    def cancel(self, one: Listed) -> None:
        """What has come true stays told."""
        self.store.run(f"DELETE FROM {self.table} WHERE list = ? AND converted IS NULL", (one.id,))

    def carry_out(self) -> None:
        """Makes those lists static whose time has come; their members stay."""
        for (number,) in self.store.all(f"SELECT list FROM {self.table} WHERE converted IS NULL"):
            for one in self.lists.find([str(number)]):
                known = self.of(one)
                if known is None or one.deleted is not None or one.processing != "DYNAMIC":
                    continue
                due = self._due(one, known)
                if due <= self.now:
                    self._convert(one, due)

    def _convert(self, one: Listed, at: int) -> None:
        self.lists.sync(one)
        with self.store.transaction():
            self.lists.put(replace(one, processing="SNAPSHOT", version=one.version + 1, updated=at))
            self.store.run(f"UPDATE {self.table} SET converted = ? WHERE list = ?", (at, one.id))

    def _due(self, one: Listed, known: Conversion) -> int:
        wish = known.wish
        if wish.conversionType == "CONVERSION_DATE":
            return _midnight(wish)
        if wish.offset is None or wish.timeUnit not in UNITS:
            raise refusals.attributes_not_set("PublicListConversionInactivity", ["offset", "timeUnit"])
        if not 0 < wish.offset <= LONGEST:
            raise refusals.validation(f"The offset {wish.offset} is out of range")
        quiet_since = max(known.asked, self.lists.last_added(one) or 0)
        return quiet_since + wish.offset * UNITS[wish.timeUnit] * moments.DAY


def _midnight(wish: Wish) -> int:
    """That it is the day's beginning in UTC is assumed."""
    if wish.year is None or wish.month is None or wish.day is None:
        raise refusals.attributes_not_set("PublicListConversionDate", ["year", "month", "day"])
    try:
        day = date(wish.year, wish.month, wish.day)
    except (ValueError, OverflowError):
        raise refusals.validation(f"{wish.year}-{wish.month}-{wish.day} is not a date") from None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
