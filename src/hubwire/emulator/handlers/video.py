"""Where an app makes the meetings of its video conferences: addresses that HubSpot would call.

Shapes: HubSpot-public-api-spec-collection, CRM/Video Conferencing Extension. Nothing here calls them:
meetings with a conference are booked in HubSpot's own pages.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import refusals, render
from hubwire.emulator.account import Account
from hubwire.emulator.app_papers import Papers, app_of, url
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.shapes import decode

KIND = "video"


class Settings(msgspec.Struct, rename="camel", omit_defaults=True):
    create_meeting_url: str
    update_meeting_url: str | None = None
    delete_meeting_url: str | None = None
    user_verify_url: str | None = None
    fetch_accounts_uri: str | None = None


def read(account: Account, asked: Asked) -> Answer:
    """GET …/settings/{appId}."""
    app = app_of(account, asked)
    found = Papers(account, app).find(KIND, Settings)
    if found is None:
        raise refusals.nothing_there(f"No video conference settings found for app {app.app_id}")
    return render.answer(found)


def replace(account: Account, asked: Asked) -> Answer:
    """PUT …/settings/{appId}: what is left out is gone."""
    app = app_of(account, asked)
    sent = decode(asked.body, Settings, "ExternalSettings")
    told: dict[str, Any] = msgspec.to_builtins(sent)
    for name, address in told.items():
        url(name, address)
    Papers(account, app).put(KIND, sent)
    return render.answer(sent)


def delete(account: Account, asked: Asked) -> Answer:
    """DELETE …/settings/{appId}."""
    Papers(account, app_of(account, asked)).drop(KIND)
    return Answer(204)


ACCOUNT_HANDLERS = {"video.read": read, "video.replace": replace, "video.delete": delete}
