"""What a hub may spend, and what it has spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from hubwire.client.log import WHOLE, Terms
from hubwire.errors import ConfigError

Priority = Literal["interactive", "background"]


@runtime_checkable
class QuotaStore(Protocol):
    """Where processes keep their logs together. Safe for threads; every call is one round trip.

    A log is replaced only if nobody has replaced it since it was read, so no lock is ever held, and a process
    that dies leaves nothing locked.
    """

    name: str
    """For messages: its address, without what is secret in it."""

    def load(self, key: str) -> tuple[float, str, bytes | None]:
        """The store's own time, the log's version, and the log; None when there is none."""
        ...

    def swap(self, key: str, version: str, log: bytes) -> bool:
        """Replaces the log if it is of that version still. Raises `StoreLost` when that is not known."""
        ...

    def close(self) -> None: ...


class StoreLost(Exception):
    """A shared store did not do what it was asked. Handled where the store is used; callers never see it."""


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What may be spent. Limits are learned from HubSpot's answers, starting from the lowest tier.

    A hub that is given none takes it from the table `[quota]` of `hubwire.toml` and the variables
    `HUBWIRE_QUOTA_STORE`, `HUBWIRE_QUOTA_SHARE`, `HUBWIRE_QUOTA_FLOOR` …, by the names of the fields.
    """

    burst: int | None = None
    """Calls per 10 seconds, when fewer are wanted than HubSpot permits."""
    search: int | None = None
    """Searches a second."""
    associations: int | None = None
    """Association batch calls per 10 seconds."""
    width: int = 16
    """Chunks of one batch call that are under way side by side."""
    share: float = 1.0
    """The part of every window that this process keeps to: with four processes and no store, 0.25. With a
    store it holds only while the store cannot be reached."""
    store: str | QuotaStore | None = None
    """Where processes and machines share the windows: `redis://host`, `postgresql://host/db`, or for the
    processes of one machine the path of a file (`sqlite:///var/lib/app/quota.db`)."""
    account: str | None = None
    """What the account is called in the store, when several apps are used with it: searches are counted per
    account. OAuth tokens know their account."""
    priority: Priority = "interactive"
    """`background`: behind every call that is not, in all processes that share the windows."""
    headroom: float = 0.1
    """The part of every window that calls of the background leave free, so that the others need not wait."""
    floor: int = 0
    """Calls of the day that are to be left over: no call is sent that would leave fewer."""
    warn_errors: float = 0.03
    """Share of answers of the last 24 hours that are errors, from which a warning is logged."""
    brake_errors: float | None = None
    """The same, from which nothing more is sent. HubSpot asks certified apps to stay under 0.05."""

    def __post_init__(self) -> None:
        for name in ("burst", "search", "associations", "width"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ConfigError(f"a quota's {name} is at least 1, not {value}")
        if not 0.0 < self.share <= 1.0:
            raise ConfigError(f"a quota's share is more than 0 and at most 1, not {self.share}")
        if not 0.0 <= self.headroom < 1.0:
            raise ConfigError(f"a quota's headroom is from 0 to less than 1, not {self.headroom}")
        if self.floor < 0:
            raise ConfigError(f"a quota's floor is a number of calls, not {self.floor}")
        if self.priority not in ("interactive", "background"):
            raise ConfigError(f"a quota's priority is interactive or background, not {self.priority!r}")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Quota:
        """From settings by field name, as a file or the environment has them: text becomes numbers."""
        try:
            return msgspec.convert(dict(settings), _Settings, strict=False).quota()
        except msgspec.ValidationError as odd:
            raise ConfigError(f"the settings of the quota: {odd}") from None

    def terms(self, lane: str, *, alone: bool = True) -> Terms:
        """What of a lane's window one caller may take; `alone`: without a shared store."""
        cap: int | None = getattr(self, lane, None)
        background = self.priority == "background"
        terms = Terms(cap, self.share if alone else 1.0, background, self.headroom if background else 0.0)
        return WHOLE if terms == WHOLE else terms

    def __repr__(self) -> str:
        told = {name: getattr(self, name) for name in self.__struct_fields__}
        if isinstance(self.store, str):
            told["store"] = without_secret(self.store)
        default = {name: getattr(_DEFAULT, name) for name in told} if _DEFAULT else {}
        shown = ", ".join(f"{name}={value!r}" for name, value in told.items() if value != default.get(name))
        return f"Quota({shown})"


_DEFAULT: Quota | None = None
_DEFAULT = Quota()


class _Settings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The fields of a quota that can be written down."""

    burst: int | None = None
    search: int | None = None
    associations: int | None = None
    width: int = 16
    share: float = 1.0
    store: str | None = None
    account: str | None = None
    priority: Priority = "interactive"
    headroom: float = 0.1
    floor: int = 0
    warn_errors: float = 0.03
    brake_errors: float | None = None

    def quota(self) -> Quota:
        return Quota(**msgspec.structs.asdict(self))


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What was spent so far, and what is left as far as HubSpot has told. None: not known."""

    calls: int
    """Requests of this hub answered by HubSpot, repeated ones included."""
    calls_by_lane: dict[str, int]
    refused_429: int
    retries: int
    """Requests that were sent again, for whatever reason."""
    burst_max: int | None = None
    burst_remaining: int | None = None
    daily_max: int | None = None
    daily_remaining: int | None = None
    associations_today: int = 0
    """Calls of the associations API in the last 24 hours, of all who share the quota."""
    associations_daily_max: int = 0
    """Those that the account has a day; they are counted apart from the others too."""
    requests_today: int = 0
    """Answers of the last 24 hours, of all who share the quota."""
    errors_today: int = 0
    """Those of them that were errors."""

    @property
    def error_share(self) -> float:
        """Share of errors in the answers of the last 24 hours; HubSpot asks for less than 0.05."""
        return self.errors_today / self.requests_today if self.requests_today else 0.0


def without_secret(url: str) -> str:
    """An address without user and password."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return url
    address, slash, path = rest.partition("/")
    return f"{scheme}://{address.rpartition('@')[2]}{slash}{path.partition('?')[0]}"
