"""What the account says of itself, and how many calls it has left.

https://developers.hubspot.com/docs/api-reference/latest/account/account-information/guide
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.money import Money
from hubwire.emulator.refusals import milliseconds


def details(account: Account, asked: Asked) -> Answer:
    """GET /account-info/{version}/details."""
    here = datetime.fromtimestamp(asked.now, ZoneInfo(account.time_zone))
    offset = here.utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    hours, minutes = divmod(abs(seconds) // 60, 60)
    money = Money(account.portal.drawer)
    body: dict[str, Any] = {
        "portalId": account.identity.portal_id,
        "accountType": account.type,
        "timeZone": account.time_zone,
        "companyCurrency": money.code,
        "additionalCurrencies": money.additional(),
        "utcOffset": f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}",
        "utcOffsetMilliseconds": seconds * 1000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }
    if asked.version == "2026-09":
        # The specification of October 2026 has both; an account is as old as its first owner.
        body["portalName"] = f"Hubwire {account.identity.portal_id}"
        body["createdAt"] = min(owner["createdAt"] for owner in account.portal.owners())
    return Answer(200, msgspec.json.encode(body))


def usage(account: Account, asked: Asked) -> Answer:
    """GET …/api-usage/daily/private-apps: all private apps together, this call included."""
    return Answer(
        200, msgspec.json.encode({"results": _daily(account, asked, "private-apps-api-calls-daily")})
    )


def usage_of_all(account: Account, asked: Asked) -> Answer:
    """GET /account-info/v3/api-usage/daily. What HubSpot calls the one quota there is here is assumed."""
    return Answer(200, msgspec.json.encode({"results": _daily(account, asked, "api-calls-daily")}))


def legacy_usage(account: Account, asked: Asked) -> Answer:
    """GET /integrations/v1/limit/daily: the same as a bare array, under its old name and in milliseconds.

    https://github.com/MadKudu/node-hubspot and https://github.com/jpetrucciani/hubspot3 compute with them.
    """
    day = account.quota.usage(asked.now)
    times = {"collectedAt": int(asked.now * 1000), "resetsAt": int(day.resets * 1000)}
    rows = [{**row, **times} for row in _daily(account, asked, "api-calls-daily")]
    return Answer(200, msgspec.json.encode(rows))


def _daily(account: Account, asked: Asked, name: str) -> list[dict[str, Any]]:
    day = account.quota.usage(asked.now)
    return [
        {
            "name": name,
            "usageLimit": day.limit,
            "currentUsage": day.used,
            "collectedAt": milliseconds(asked.now),
            "fetchStatus": "SUCCESS",
            "resetsAt": milliseconds(day.resets),
        }
    ]


ACCOUNT_HANDLERS = {
    "account.details": details,
    "account.usage": usage,
    "account.usage_of_all": usage_of_all,
    "legacy.account.daily": legacy_usage,
}
