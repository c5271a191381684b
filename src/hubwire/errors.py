"""Everything hubwire raises.

    HubwireError
    ├── ConfigError                 what you asked cannot be done, or not so; nothing was sent
    │   ├── NotConnected            the account has no tokens here: it has to be connected first
    │   └── StateMismatch           a return from the consent page that this browser did not begin
    ├── TokenStoreError             the store of tokens could not be read or written
    ├── HubSpotError                what HubSpot said
    │   ├── Unauthorized            401
    │   │   └── TokenExpired        401 EXPIRED_AUTHENTICATION
    │   ├── Forbidden               403, .scopes
    │   ├── NotFound                404
    │   ├── Conflict                409, .existing_id
    │   ├── Invalid                 400 and other refusals of the request itself, .properties
    │   │   └── Preflight           refused here by the account's own schema: nothing was sent, .row
    │   ├── RateLimited             429, .policy .retry_after
    │   │   └── DailyLimitReached   429 DAILY: never retried
    │   ├── ServerError             5xx, 423, 477, .retry_after
    │   ├── OAuthError              the token endpoint said no, .code
    │   │   ├── ConsentDenied       the person at the consent page said no
    │   │   └── Disconnected        the grant is dead: the account has to connect again
    │   ├── UnexpectedAnswer        a success that does not say what HubSpot's successes say
    │   └── Unexpected              any other status
    ├── ConnectionFailed            no answer, .sent
    │   └── TimedOut
    ├── QuotaKept                   a limit that you set; nothing was sent
    │   ├── FloorReached            the day's calls that are to be left over, .left .floor
    │   └── ErrorBudgetSpent        too large a share of errors, .requests .errors
    └── MaybeWritten                a once-only write went unanswered, .trace_ids

Every one of them has `status`, `category`, `correlation_id`, `problem` (the parsed answer) and
`may_have_written`; None, or False, where there is nothing to tell. Plain classes: a frozen dataclass cannot
be raised through a context manager.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

EXISTING_ID = re.compile(r"Existing ID:\s*(\d+)")
NOT_VALID = "Property values were not valid: "
SHOWN = 500
"""Characters of a foreign text that a message repeats."""


class InvalidProperty(NamedTuple):
    """One property value that HubSpot refused."""

    name: str
    code: str
    """`INVALID_EMAIL`, `PROPERTY_DOESNT_EXIST`, … ; empty when HubSpot gave none."""
    message: str


class Problem:
    """An error answer, or one entry of a partly successful batch, read as far as it can be understood.

    HubSpot asks clients to treat every field as optional, and proxies before it answer in HTML:
    https://developers.hubspot.com/docs/api-reference/error-handling
    """

    __slots__ = (
        "category",
        "context",
        "correlation_id",
        "errors",
        "message",
        "oauth_code",
        "policy",
        "retry_after",
        "status",
        "sub_category",
    )

    def __init__(self, status: int, detail: Mapping[str, Any], *, retry_after: float | None = None) -> None:
        self.status = status
        self.message = _text(detail.get("message")) or _text(detail.get("error_description")) or ""
        self.category = _text(detail.get("category"))
        self.sub_category = _text(detail.get("subCategory"))
        self.correlation_id = _text(detail.get("correlationId"))
        self.policy = _text(detail.get("policyName"))
        self.context = _context(detail.get("context"))
        self.errors = tuple(entry for entry in _sequence(detail.get("errors")) if isinstance(entry, dict))
        self.oauth_code = _oauth_code(detail)
        self.retry_after = retry_after

    @classmethod
    def read(cls, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Problem:
        """Never raises. Header names are expected in lower case."""
        headers = headers or {}
        problem = cls(status, _detail(body), retry_after=seconds(headers.get("retry-after")))
        if not problem.message:
            problem.message = _excerpt(body) or f"HTTP {status} without a body"
        problem.correlation_id = problem.correlation_id or headers.get("x-hubspot-correlation-id")
        return problem

    @property
    def properties(self) -> tuple[InvalidProperty, ...]:
        """The refused values: from the list inside the message, which can be longer, else from `errors`.

        Which required properties a record lacks, versions before 2026-09 say in the context.
        """
        lacking = self.context.get("properties", ()) if self.message.endswith(NOT_SET) else ()
        required = (
            InvalidProperty(name, NOT_GIVEN, f"A value for {name} must be provided") for name in lacking
        )
        return _embedded(self.message) or tuple(_listed(self.errors)) or tuple(required)

    @property
    def existing_id(self) -> str | None:
        """The record that is in the way of a create."""
        for name in ("existingId", "existingObjectId"):
            if self.context.get(name):
                return self.context[name][0]
        found = EXISTING_ID.search(self.message)
        return found[1] if found else None

    @property
    def scopes(self) -> tuple[str, ...]:
        """Scopes the token lacks, in either of the two forms HubSpot tells them in."""
        contexts = [self.context, *(_context(entry.get("context")) for entry in self.errors)]
        named = [
            scope
            for context in contexts
            for key in ("requiredGranularScopes", "requiredScopes")
            for scope in context.get(key, ())
        ]
        return tuple(dict.fromkeys(named))

    def __repr__(self) -> str:
        return f"Problem({self.status}, {self.category or '-'}, {self.message[:80]!r})"


NOT_SET, NOT_GIVEN = "required properties were not set.", "MISSING_REQUIRED_PROPERTY"


class HubwireError(Exception):
    """Root of all errors raised here."""

    status: int | None = None
    category: str | None = None
    correlation_id: str | None = None
    problem: Problem | None = None
    may_have_written: bool = False


class ConfigError(HubwireError):
    """What was asked cannot be done, or not in this way. Nothing was sent."""


class NotConnected(ConfigError):
    """The store holds no tokens of this account."""


class StateMismatch(ConfigError):
    """A return from the consent page that this browser did not begin, or that came twice. No code is used."""


class TokenStoreError(HubwireError):
    """Tokens could not be read or saved. What HubSpot had given is still good, and asked for again."""


class HubSpotError(HubwireError):
    """HubSpot answered, and the answer was no."""

    status: int
    problem: Problem

    def __init__(
        self, problem: Problem, *, may_have_written: bool = False, message: str | None = None
    ) -> None:
        self.problem = problem
        self.status = problem.status
        self.category = problem.category
        self.correlation_id = problem.correlation_id
        self.may_have_written = may_have_written
        super().__init__(message or problem.message)

    def __str__(self) -> str:
        told = [str(part) for part in (self.status, self.category) if part]
        end = f" (correlation id {self.correlation_id})" if self.correlation_id else ""
        return f"{' '.join(told)}: {self.args[0]}{end}"


class Unauthorized(HubSpotError):
    """The token is missing, wrong or revoked."""


class TokenExpired(Unauthorized):
    """The token was good once."""


class Forbidden(HubSpotError):
    """The token is good but may not do this."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes HubSpot says are needed; empty when it does not say."""
        return self.problem.scopes

    def __str__(self) -> str:
        needed = f" Needed: {', '.join(self.scopes)}." if self.scopes else ""
        return super().__str__() + needed


class NotFound(HubSpotError):
    """No such record, property, pipeline or path."""


class Conflict(HubSpotError):
    """The record exists already, or something else is in the way."""

    @property
    def existing_id(self) -> str | None:
        """Id of the record in the way, where HubSpot names it."""
        return self.problem.existing_id


class Invalid(HubSpotError):
    """The request was understood and refused as it stands."""

    def __init__(
        self,
        problem: Problem,
        *,
        may_have_written: bool = False,
        message: str | None = None,
        properties: Sequence[InvalidProperty] | None = None,
    ) -> None:
        super().__init__(problem, may_have_written=may_have_written, message=message)
        self.properties: tuple[InvalidProperty, ...] = tuple(
            problem.properties if properties is None else properties
        )


class Preflight(Invalid):
    """Values that the account's schema rules out; HubSpot was not asked.

    It reads like HubSpot's own refusal: `properties` says which value is wrong, and why.
    """

    row: int | None = None
    """The input's place among those of a batch call, from 0."""

    @classmethod
    def of(cls, properties: Sequence[InvalidProperty], *, row: int | None = None) -> Preflight:
        """The refusal of values that were found wanting here."""
        listed = [
            {"message": one.message, "code": one.code, "context": {"propertyName": [one.name]}}
            for one in properties
        ]
        told = "; ".join(f"{one.name}: {one.message}" for one in properties)
        detail = {"message": told, "category": "VALIDATION_ERROR", "errors": listed}
        error = cls(Problem(400, detail), properties=properties)
        error.row = row
        return error

    def __str__(self) -> str:
        return f"not sent{'' if self.row is None else f', row {self.row}'}: {self.args[0]}"


class RateLimited(HubSpotError):
    """A quota is spent, and waiting within the time the call was given did not help."""

    def __init__(self, problem: Problem, *, policy: str | None = None) -> None:
        super().__init__(problem)
        self.policy = policy or problem.policy
        self.retry_after = problem.retry_after


class DailyLimitReached(RateLimited):
    """The account's calls of the day are used up; they come back at midnight in the account's time zone."""


class ServerError(HubSpotError):
    """HubSpot, or a proxy before it, could not do it now."""

    @property
    def retry_after(self) -> float | None:
        """Seconds after which HubSpot wants to be asked again."""
        return self.problem.retry_after


class OAuthError(HubSpotError):
    """The token endpoint said no: a wrong client id, secret, redirect address or code. Nobody is cut off."""

    @property
    def code(self) -> str | None:
        """HubSpot's own word (`BAD_CLIENT_SECRET`), else that of RFC 6749 (`invalid_client`)."""
        return self.problem.oauth_code


class ConsentDenied(OAuthError):
    """Whoever was asked to connect the account did not, or HubSpot did not let them."""


class Disconnected(OAuthError):
    """The refresh token is dead (revoked, app uninstalled, account gone): connect the account again."""


class UnexpectedAnswer(HubSpotError):
    """A success whose body does not say what HubSpot's successes say."""


class Unexpected(HubSpotError):
    """A refusal of a kind not known here."""


class ConnectionFailed(HubwireError):
    """No answer came."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent
        """Whether HubSpot may have received the request."""


class TimedOut(ConnectionFailed):
    """No answer came in time."""


class QuotaKept(HubwireError):
    """A limit that you set yourself was reached. The call was not sent."""


class FloorReached(QuotaKept):
    """One more call would leave fewer of the day than `Quota(floor=…)` keeps."""

    def __init__(self, left: int, floor: int) -> None:
        super().__init__(
            f"{left:,} calls are left of the day, and {floor:,} of them are kept (Quota(floor={floor})): "
            "the call was not sent. The account's day ends at midnight in its time zone"
        )
        self.left, self.floor = left, floor


class AssociationDaySpent(QuotaKept):
    """The day's calls of the associations API are used up, which HubSpot counts apart from all others."""

    def __init__(self, used: int, most: int) -> None:
        super().__init__(
            f"the {most:,} calls of the associations API that the account has a day are used up: "
            "the call was not sent. The account's day ends at midnight in its time zone"
        )
        self.used, self.most = used, most


class ErrorBudgetSpent(QuotaKept):
    """So many calls of the last 24 hours were refused that `Quota(brake_errors=…)` sends no more."""

    def __init__(self, requests: int, errors: int) -> None:
        super().__init__(
            f"{errors:,} of the last 24 hours' {requests:,} calls were errors ({errors / requests:.1%}), "
            "more than Quota(brake_errors=…) allows: the call was not sent. HubSpot asks for less than 5 %"
        )
        self.requests, self.errors = requests, errors


class MaybeWritten(HubwireError):
    """A once-only write was sent and not answered: it may have happened, and was not sent again.

    `reconcile()` finds out whether it did. `trace_ids` are of the batch inputs.
    """

    may_have_written = True
    look: Callable[[str | None], Any] | None = None
    """Finds out what became of the write, or of the one batch input with a trace id."""
    began: float | None = None
    """When the call began, in seconds since the epoch."""
    candidates: tuple[str, ...] = ()
    """Ids of records that may be the one, where `reconcile` could not tell."""

    def __init__(self, cause: HubwireError, trace_ids: Sequence[str] = ()) -> None:
        super().__init__(f"The write was sent, and whether it happened is not known: {cause}")
        self.trace_ids = tuple(trace_ids)
        self.status, self.category = cause.status, cause.category
        self.correlation_id, self.problem = cause.correlation_id, cause.problem

    def reconcile(self) -> Any:
        """What the write made, or None if it did not happen: never anything new. With `AsyncHub`, await it.

        A record is looked for by its unique property, else among those created since, as long as HubSpot's
        index may lag (about a minute). Raises this error again, with `candidates`, where several records may
        be the one, and `ConfigError` where there is no way to find out.
        """
        if self.look is None:
            raise ConfigError("nothing is known of this write by which it could be looked for")
        return self.look(self.trace_ids[0] if len(self.trace_ids) == 1 else None)


def seconds(value: str | None) -> float | None:
    """A `Retry-After` header: seconds, or a date of HTTP counted from now. None when it is neither."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _detail(body: bytes) -> Mapping[str, Any]:
    import json

    try:
        # A message of 100,000 brackets must not be able to raise RecursionError.
        detail = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return detail if isinstance(detail, dict) else {}


def _excerpt(body: bytes) -> str:
    """The text of an HTML or plain answer, tags removed."""
    text = re.sub(
        r"<(script|style)\b.*?</\1\s*>|<[^>]*>",
        " ",
        body[:20_000].decode("utf-8", "replace"),
        flags=re.S | re.I,
    )
    return " ".join(text.split())[:SHOWN]


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _context(value: Any) -> dict[str, tuple[str, ...]]:
    """`{"ids": ["1", "2"]}`; single values are taken for lists of one."""
    if not isinstance(value, dict):
        return {}
    lists = {str(key): item if isinstance(item, list) else [item] for key, item in value.items()}
    return {key: tuple(str(item) for item in items if item is not None) for key, items in lists.items()}


def _oauth_code(detail: Mapping[str, Any]) -> str | None:
    status = _text(detail.get("status"))
    return status if status and status != "error" else _text(detail.get("error"))


def _embedded(message: str) -> tuple[InvalidProperty, ...]:
    """The JSON list that HubSpot puts inside its text."""
    import json

    start = message.find(NOT_VALID)
    if start < 0:
        return ()
    try:
        # What follows the list is not looked at: the text has been extended before.
        entries, _ = json.JSONDecoder().raw_decode(message, start + len(NOT_VALID))
    except (ValueError, RecursionError):
        return ()
    found = (
        InvalidProperty(
            _text(entry.get("name")) or "", _text(entry.get("error")) or "", _text(entry.get("message")) or ""
        )
        for entry in _sequence(entries)
        if isinstance(entry, dict)
    )
    return tuple(dict.fromkeys(found))


def _listed(errors: Sequence[Mapping[str, Any]]) -> list[InvalidProperty]:
    found = []
    for entry in errors:
        names = _context(entry.get("context")).get("propertyName") or (_text(entry.get("in")),)
        code, message = _text(entry.get("code")) or "", _text(entry.get("message")) or ""
        found += [InvalidProperty(name, code, message) for name in names if name]
    return list(dict.fromkeys(found))
