"""What a reply means: done, ask again, or an error. Tables, in one place."""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.client.governor import DAILY, SECONDLY, TEN_SECONDLY
from hubwire.client.windows import SEARCH
from hubwire.errors import (
    Conflict,
    DailyLimitReached,
    Forbidden,
    HubSpotError,
    Invalid,
    NotFound,
    Problem,
    RateLimited,
    ServerError,
    TokenExpired,
    Unauthorized,
    Unexpected,
)
from hubwire.wire.message import Reply

# https://developers.hubspot.com/docs/api-reference/error-handling
BY_CATEGORY: dict[str, type[HubSpotError]] = {
    "EXPIRED_AUTHENTICATION": TokenExpired,
    "INVALID_AUTHENTICATION": Unauthorized,
    "MISSING_SCOPES": Forbidden,
    "BANNED": Forbidden,
    "OBJECT_NOT_FOUND": NotFound,
    "OBJECT_ALREADY_EXISTS": Conflict,
    "CONFLICT": Conflict,
    "VALIDATION_ERROR": Invalid,
    "BAD_REQUEST": Invalid,
    "RATE_LIMITS": RateLimited,
    "INTERNAL_ERROR": ServerError,
}
BY_STATUS: dict[int, type[HubSpotError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: Invalid,
    414: Invalid,
    415: Invalid,
    422: Invalid,
    423: ServerError,
    429: RateLimited,
    477: ServerError,
}
STATUS_OF: dict[type[HubSpotError], int] = {
    TokenExpired: 401,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 400,
    RateLimited: 429,
    ServerError: 500,
}
"""The status that an entry of a partly successful batch would have had as an answer of its own."""

LOCKED_SECONDS = 2.0
MOVING_SECONDS_AT_MOST = 60.0
SURE = {423, 429, 477}
"""Refused before anything was done: may be sent again whatever it is."""
FINAL = {501, 505}
"""Server errors that asking again does not change."""


class Again(msgspec.Struct, frozen=True):
    """Send it again."""

    error: HubSpotError
    """What to raise when it is not sent again."""
    seconds: float | None = None
    """How long to wait at least; None leaves that to the caller's backoff."""
    sure: bool = False
    """Nothing can have been written."""


def judge(reply: Reply) -> Again | HubSpotError:
    """What an answer means that is no 2xx: all of those are successes, since HubSpot's specification and its
    servers disagree about which.
    """
    problem = Problem.read(reply.status, reply.body, reply.headers)
    if reply.status == 429:
        return Again(RateLimited(problem), problem.retry_after, sure=True)
    error = error_of(problem)
    if reply.status == 423:
        return Again(error, max(LOCKED_SECONDS, problem.retry_after or 0.0), sure=True)
    if reply.status == 477:
        short = problem.retry_after is not None and problem.retry_after <= MOVING_SECONDS_AT_MOST
        return Again(error, problem.retry_after, sure=True) if short else error
    if (reply.status >= 500 and reply.status not in FINAL) or reply.status == 408:
        return Again(error, problem.retry_after)
    return error


def error_of(problem: Problem) -> HubSpotError:
    """The error that a refusal is: by category where HubSpot gives a known one, else by status."""
    if problem.status >= 500:
        return ServerError(problem)
    by_status = BY_STATUS.get(problem.status)
    by_category = BY_CATEGORY.get(problem.category or "")
    if by_category is not None and (
        by_status in (None, Invalid) or issubclass(by_category, by_status or object)
    ):
        return by_category(problem)
    return (by_status or (ServerError if problem.status == 408 else Unexpected))(problem)


def entry_error(entry: dict[str, Any], correlation_id: str | None = None) -> HubSpotError:
    """The error that an entry of a partly successful batch is; it has no status of its own."""
    kind = BY_CATEGORY.get(str(entry.get("category")), Unexpected)
    problem = Problem(STATUS_OF.get(kind, 207), entry)
    problem.correlation_id = problem.correlation_id or correlation_id
    return kind(problem)


def policy_of(problem: Problem, lane: str) -> str:
    """Which quota a 429 is about. The shapes differ: a policy name, a sentence, or only a category."""
    said = f"{problem.policy or ''} {problem.message}".upper()
    if "DAILY" in said:
        return DAILY
    if "TEN_SECONDLY" in said:
        return TEN_SECONDLY
    if "SECONDLY" in said or lane == SEARCH:
        return SECONDLY
    return TEN_SECONDLY


def limit_error(problem: Problem, policy: str) -> RateLimited:
    return (DailyLimitReached if policy == DAILY else RateLimited)(problem, policy=policy)
