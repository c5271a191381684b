"""What goes wrong on request: which calls, how, and how often. Nothing here is random."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from itertools import count
from typing import Any, Literal, get_args

from hubwire.emulator.exchange import Asked

Deed = Literal["status", "latency", "drop-before", "drop-after", "lost", "malformed"]
DEEDS: tuple[Deed, ...] = get_args(Deed)
POLICIES = ("ten_secondly_rolling", "secondly", "daily")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule. `op`, `method` and `path` are shell patterns: `objects.*`, `POST`, `/crm/v3/*`.

    `status` answers with `status` instead of doing anything; `latency` only delays; `drop-before` closes the
    connection with nothing done, `drop-after` with all done; `lost` does all and never answers; `malformed`
    does all and answers with half of the JSON.
    """

    do: Deed
    op: str = "*"
    method: str = "*"
    path: str = "*"
    status: int = 500
    policy: str = "ten_secondly_rolling"
    """Which limit a 429 names."""
    retry_after: int | None = None
    body: str | None = None
    """Sent as it is in place of HubSpot's envelope: a proxy's HTML page, say."""
    delay: float = 0.0
    """Seconds before the answer, with any deed."""
    rate: float = 1.0
    """Share of the matching calls, evenly spread: 0.25 is every fourth."""
    skip: int = 0
    """Matching calls that pass first."""
    count: int | None = None
    """It happens so often, and then no more."""
    seconds: float | None = None
    """It ends so long after it was set, on the emulator's clock."""

    def __post_init__(self) -> None:
        if self.do not in DEEDS:
            raise ValueError(f"there is no fault {self.do!r}; there are {', '.join(DEEDS)}")
        if not 0 < self.rate <= 1:
            raise ValueError(f"a rate is above 0 and at most 1, not {self.rate}")
        if not 100 <= self.status <= 599:
            raise ValueError(f"{self.status} is no HTTP status")
        if self.policy not in POLICIES:
            raise ValueError(f"there is no limit {self.policy!r}; there are {', '.join(POLICIES)}")
        if self.delay < 0 or self.skip < 0 or (self.count or 0) < 0 or (self.seconds or 0) < 0:
            raise ValueError("delay, skip, count and seconds are not negative")


class Rule:
    """A fault that was set, and what became of it."""

    __slots__ = ("fault", "fired", "id", "matched", "until")

    def __init__(self, number: int, fault: Fault, now: float) -> None:
        self.id, self.fault = number, fault
        self.until = None if fault.seconds is None else now + fault.seconds
        self.matched = self.fired = 0

    def hits(self, asked: Asked) -> bool:
        """Whether it happens to this call; counts it if it is one of those meant."""
        fault = self.fault
        if (fault.count is not None and self.fired >= fault.count) or not self._means(asked):
            return False
        self.matched += 1
        turn = self.matched - fault.skip
        if turn <= 0 or _whole(turn * fault.rate) == _whole((turn - 1) * fault.rate):
            return False
        self.fired += 1
        return True

    def as_dict(self) -> dict[str, Any]:
        told = {name: value for name, value in asdict(self.fault).items() if value is not None}
        return {"id": self.id, **told, "matched": self.matched, "fired": self.fired}

    def _means(self, asked: Asked) -> bool:
        fault = self.fault
        if self.until is not None and asked.now >= self.until:
            return False
        op = asked.endpoint.op if asked.endpoint else ""
        return (
            fnmatchcase(op, fault.op)
            and fnmatchcase(asked.method, fault.method.upper())
            and fnmatchcase(asked.path, fault.path)
        )


class Faults:
    """All rules; the first that hits a call is what happens to it."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._ids = count(1)

    @property
    def any(self) -> bool:
        return bool(self._rules)

    def add(self, fault: Fault, now: float) -> Rule:
        rule = Rule(next(self._ids), fault, now)
        self._rules.append(rule)
        return rule

    def clear(self, number: int | None = None) -> int:
        """Takes one rule away, or all; returns how many went."""
        kept = [rule for rule in self._rules if number is not None and rule.id != number]
        gone = len(self._rules) - len(kept)
        self._rules = kept
        return gone

    def pick(self, asked: Asked) -> Fault | None:
        return next((rule.fault for rule in self._rules if rule.hits(asked)), None)

    def all(self) -> list[Rule]:
        return list(self._rules)


def _whole(number: float) -> int:
    # 100 × 0.29 is 28.999…, and shall be 29.
    return int(round(number, 9))
