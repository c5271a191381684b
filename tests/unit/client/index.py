"""A search index in memory that answers as HubSpot's does, and may change meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hubwire.wire.message import Reply, Request
from tests.unit.client.helpers import body, reply

Row = dict[str, str | None]
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda have, want: have == want,
    "LT": lambda have, want: have < want,
    "LTE": lambda have, want: have <= want,
    "GT": lambda have, want: have > want,
    "GTE": lambda have, want: have >= want,
}


def key(text: str | None) -> Any:
    """Numbers by size, texts in lower case."""
    if text is None:
        return None
    try:
        return (0, float(text), "")
    except ValueError:
        return (1, 0.0, text.lower())


class Index:
    """Records by id. `before` is called before every answer and may change them."""

    def __init__(
        self,
        rows: dict[int, Row],
        *,
        page: int = 200,
        most: int = 10_000,
        unset_first: bool = False,
        before: Callable[[Index], None] = lambda index: None,
    ) -> None:
        self.rows, self.page, self.most = rows, page, most
        self.unset_first, self.before = unset_first, before
        self.asked: list[Any] = []

    def __call__(self, request: Request) -> Reply:
        asked = body(request)
        if request.path.endswith("/batch/read"):
            there = [int(one["id"]) for one in asked["inputs"] if int(one["id"]) in self.rows]
            return reply(200, {"results": [self.shown(number, asked) for number in there]})
        self.asked.append(asked)
        self.before(self)
        groups = asked.get("filterGroups", [])
        start, size = int(asked.get("after", 0)), asked["limit"]
        assert size <= self.page
        assert start + size <= self.most
        assert len(groups) <= 5
        assert all(len(group["filters"]) <= 6 for group in groups)
        assert sum(len(group["filters"]) for group in groups) <= 18
        found = [number for number in self.rows if not groups or any(self.all(number, one) for one in groups)]
        ordered = self.ordered(found, asked["sorts"][0])
        page = [self.shown(number, asked) for number in ordered[start : start + size]]
        more = {"paging": {"next": {"after": str(start + size)}}} if start + size < len(ordered) else {}
        return reply(200, {"total": len(ordered), "results": page, **more})

    def value(self, number: int, name: str) -> str | None:
        return str(number) if name == "hs_object_id" else self.rows[number].get(name)

    def all(self, number: int, group: dict[str, Any]) -> bool:
        return all(self.matches(number, one) for one in group["filters"])

    def matches(self, number: int, item: dict[str, Any]) -> bool:
        value, operator = self.value(number, item["propertyName"]), item["operator"]
        if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
            return (value is not None) is (operator == "HAS_PROPERTY")
        if operator == "NEQ":
            return value is None or key(value) != key(item["value"])
        if operator in ("IN", "NOT_IN"):
            there = value is not None and value.lower() in item["values"]
            return there is (operator == "IN")
        if value is None:
            return False
        if operator == "BETWEEN":
            return bool(key(item["value"]) <= key(value) <= key(item["highValue"]))
        return COMPARED[operator](key(value), key(item["value"]))

    def ordered(self, found: list[int], sort: dict[str, str]) -> list[int]:
        name, down = sort["propertyName"], sort["direction"] == "DESCENDING"
        known = [number for number in found if self.value(number, name) is not None]
        unset = [number for number in found if self.value(number, name) is None]
        known.sort(key=lambda number: (key(self.value(number, name)), number), reverse=down)
        return unset + known if self.unset_first else known + unset

    def shown(self, number: int, asked: Any) -> dict[str, Any]:
        names = [*asked.get("properties", ()), "hs_object_id"]
        return {"id": str(number), "properties": {name: self.value(number, name) for name in names}}
