"""The names users may rely on: pinned, documented and annotated."""

from __future__ import annotations

import inspect

import hubwire

MOST = 40

PINNED = {
    "AsyncHub",
    "CLEAR",
    "Change",
    "ConfigError",
    "Conflict",
    "ConnectionFailed",
    "DailyLimitReached",
    "Disconnected",
    "Filter",
    "Forbidden",
    "Hub",
    "HubSpotError",
    "HubwireError",
    "Invalid",
    "Link",
    "MaybeWritten",
    "NewRecord",
    "NotFound",
    "OAuthApp",
    "OAuthTokens",
    "Preflight",
    "Outcome",
    "Outcomes",
    "Quota",
    "RateLimited",
    "Record",
    "Retry",
    "ServerError",
    "TimedOut",
    "TokenExpired",
    "Tokens",
    "UNSET",
    "Unauthorized",
    "UnexpectedAnswer",
    "Usage",
    "Validation",
    "p",
}


def test_the_public_names_are_these() -> None:
    """A name that appears or disappears is a decision: change it here and in `changes/`."""
    assert set(hubwire.__all__) == PINNED
    assert len(PINNED) <= MOST


def test_every_public_name_resolves_and_says_what_it_is() -> None:
    silent = [name for name in hubwire.__all__ if not inspect.getdoc(getattr(hubwire, name))]
    assert silent == []


def test_every_public_method_says_what_it_does() -> None:
    silent = [
        f"{name}.{attribute}"
        for name in hubwire.__all__
        if inspect.isclass(kind := getattr(hubwire, name)) and kind.__module__.startswith("hubwire")
        for attribute, value in vars(kind).items()
        if not attribute.startswith("_")
        and (inspect.isfunction(value) or isinstance(value, property | classmethod | staticmethod))
        and not inspect.getdoc(getattr(kind, attribute))
    ]
    assert silent == []
