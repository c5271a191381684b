"""What a hub tells its hooks, as it happens. Nothing in an event is secret or about a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to one logical call, which may take several requests."""

    call: int
    """Numbers the calls of this process."""
    op: str
    """The operation's name in the catalogue: `objects.batch.upsert`; for paths not known there, `GET ?`."""
    method: str
    route: str
    """The path without what tells records apart: `/crm/objects/2026-09/contacts/{objectId}`."""
    lane: str
    """The quota it spends: burst, search, associations, or free."""
    base_url: str


class CallStarted(Event, frozen=True, kw_only=True):
    """A call was asked for. Heard in the thread, task and context of whoever asked."""


class RequestSent(Event, frozen=True, kw_only=True):
    """A request leaves."""

    attempt: int
    """From 1."""
    size: int
    """Bytes of the body."""
    waited: float
    """Seconds that it waited for the quota."""


class ResponseReceived(Event, frozen=True, kw_only=True):
    """An answer came, whatever it says."""

    attempt: int
    status: int
    seconds: float
    size: int
    correlation_id: str | None
    """HubSpot's name for the request: what its support asks for."""
    burst_remaining: int | None
    daily_remaining: int | None


class RequestFailed(Event, frozen=True, kw_only=True):
    """No answer came."""

    attempt: int
    error: str
    """The name of the error's class."""
    seconds: float
    sent: bool
    """Whether HubSpot may have received the request."""


class Paused(Event, frozen=True, kw_only=True):
    """Nothing is done for so many seconds: the quota is spent, HubSpot said so, or an attempt failed."""

    seconds: float
    reason: Literal["quota", "429", "backoff"]


class Retried(Event, frozen=True, kw_only=True):
    """The call is about to be sent again."""

    attempt: int
    """The one that is to come."""
    reason: str
    """The name of the error's class, `TokenExpired` among them."""
    status: int | None


class TokenRefreshed(Event, frozen=True, kw_only=True):
    """The access token was renewed for this call, or could not be."""

    seconds: float
    error: str | None
    """The name of the error's class."""


class CallFinished(Event, frozen=True, kw_only=True):
    """The call has a result, or an error is raised."""

    seconds: float
    attempts: int
    status: int | None
    error: str | None
    """The name of the error's class."""
    category: str | None
    """HubSpot's category of it."""


class ErrorsMany(Event, frozen=True, kw_only=True):
    """The share of errors in the answers of the last 24 hours comes near HubSpot's 5 %. Once an hour."""

    requests: int
    errors: int


Hook = Callable[[Event], None]
"""Called with every event, in the thread or event loop of the call: it must not block. What it raises is
logged, and the call goes on."""
