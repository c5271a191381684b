"""Owners, read-only.

https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide; the cursor is recorded:
JupiterOne/graph-hubspot, src/steps/owners/__recordings__
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.portal import Portal
from hubwire.emulator.refusals import nothing_there, validation
from hubwire.emulator.urls import base_url

PAGE, LARGEST_PAGE = 100, 500

Owner = dict[str, Any]


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/owners: by id; `email` narrows, in any letter case."""
    limit, start = _limit(asked), _start(asked)
    email = asked.one("email")
    owners = [
        owner
        for owner in portal.owners(archived=asked.flag("archived"))
        if int(owner["id"]) >= start and (not email or owner["email"].lower() == email.lower())
    ]
    body: dict[str, Any] = {"results": [_shown(portal, owner) for owner in owners[:limit]]}
    if len(owners) > limit:
        after = base64.b64encode(owners[limit]["id"].encode()).decode()
        body["paging"] = {"next": {"after": after, "link": _link(asked, limit, after)}}
    return Answer(200, msgspec.json.encode(body))


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/owners/{ownerId}, where the id may be the user's: `idProperty=userId`."""
    wanted = asked.places["ownerId"]
    named = asked.one("idProperty", "id")
    if named not in ("id", "userId"):
        raise validation(f"{named} was not one of the allowed options: [id, userId]")
    by: Callable[[Owner], str] = lambda owner: str(
        owner["id" if named == "id" else "userIdIncludingInactive"]
    )
    owners: Sequence[Owner] = portal.owners(archived=asked.flag("archived"))
    for owner in owners:
        if by(owner) == wanted:
            return Answer(200, msgspec.json.encode(_shown(portal, owner)))
    raise _unknown(wanted)


def _shown(portal: Portal, owner: Owner) -> Owner:
    """With the teams of its user, if there are any."""
    known = portal.users.teams()
    user = portal.users.all().get(str(owner["userId"])) if known else None
    if user is None:
        return owner
    mine = [known[one] for one in (user.primary_team_id, *user.secondary_team_ids) if one and one in known]
    teams = [{"id": one.id, "name": one.name, "primary": one.id == user.primary_team_id} for one in mine]
    return {**owner, "teams": teams} if teams else owner


def _unknown(wanted: str) -> Refusal:
    return nothing_there(f"No owner found with ID {wanted}", context={"ownerId": [wanted]})


def _limit(asked: Asked) -> int:
    text = asked.one("limit") or str(PAGE)
    limit = int(text) if text.isascii() and text.isdigit() else 0
    # HubSpot's text is not known; its largest page is inferred from connectors that ask for 500.
    if not 1 <= limit <= LARGEST_PAGE:
        raise validation(f"limit must be between 1 and {LARGEST_PAGE}, but was {text}")
    return limit


def _start(asked: Asked) -> int:
    after = asked.one("after")
    if not after:
        return 0
    try:
        return int(base64.b64decode(after, validate=True))
    except (binascii.Error, ValueError):
        raise validation(f"The paging cursor {after} is not valid") from None


def _link(asked: Asked, limit: int, after: str) -> str:
    kept = {name: asked.one(name) for name in ("email", "archived") if asked.one(name)}
    return f"{base_url(asked)}{asked.path}?{urlencode({**kept, 'limit': limit, 'after': after})}"


HANDLERS = {"owners.list": list_, "owners.read": read}
