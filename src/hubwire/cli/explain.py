"""What went wrong with an account, in words that say what to do about it."""

from __future__ import annotations

from hubwire.errors import (
    ConnectionFailed,
    DailyLimitReached,
    Forbidden,
    HubSpotError,
    HubwireError,
    MaybeWritten,
    NotFound,
    QuotaKept,
    RateLimited,
    ServerError,
    TokenExpired,
    Unauthorized,
    UnexpectedAnswer,
)

SCOPES = "https://developers.hubspot.com/scopes"


def explain(problem: BaseException, base_url: str | None = None) -> str:
    """The problem and the next step; never a secret, never a traceback."""
    if isinstance(problem, KeyboardInterrupt):
        return "interrupted"
    advice = next((said for kind, said in ADVICE if isinstance(problem, kind)), None)
    if isinstance(problem, Forbidden) and problem.scopes:
        return f"the token lacks the scope {' or '.join(problem.scopes)}. {advice}"
    said = _one_line(problem).rstrip(".")
    where = f" ({base_url})" if base_url and isinstance(problem, ADDRESSED) and base_url not in said else ""
    return f"{said}{where}. {advice}" if advice else f"{said}{where}."


ADDRESSED = (ConnectionFailed, NotFound, UnexpectedAnswer)
"""Problems that a wrong address may be the cause of."""


def _one_line(problem: BaseException) -> str:
    text = str(problem) if isinstance(problem, HubwireError) else f"{type(problem).__name__}: {problem}"
    prefix = "HubSpot said: " if isinstance(problem, HubSpotError) else ""
    return prefix + " ".join(text.split())


ADVICE: tuple[tuple[type[BaseException], str], ...] = (
    (TokenExpired, "The access token has expired: get a new one and put it into HUBSPOT_ACCESS_TOKEN."),
    (
        Unauthorized,
        "The token is mistyped, revoked or of another account: check HUBSPOT_ACCESS_TOKEN.",
    ),
    (
        Forbidden,
        f"Add the scope to the app or service key the token belongs to ({SCOPES}), or use another token.",
    ),
    (DailyLimitReached, "The account's calls of today are used up: go on after its midnight."),
    (RateLimited, "Other programs use the account's quota at the same time: go on a little later."),
    (UnexpectedAnswer, "Is the base URL that of a HubSpot API?"),
    (NotFound, "Is the base URL that of a HubSpot API?"),
    (ServerError, "HubSpot is in trouble, not the file: go on a little later."),
    (QuotaKept, "Go on tomorrow, or change the limit: HUBWIRE_QUOTA_FLOOR, HUBWIRE_QUOTA_BRAKE_ERRORS."),
    (MaybeWritten, "The next run finds out what became of it before it sends anything again."),
)
