"""Users and teams of the account.

https://developers.hubspot.com/docs/api-reference/settings-user-provisioning-v3/guide; what a live account
did: https://github.com/jackemcpherson/terraform-provider-hubspot. Roles come with paid accounts; nobody
makes any here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from hubwire.emulator import refusals, render
from hubwire.emulator.columns import ID
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.handlers.objects import page_size
from hubwire.emulator.portal import Portal
from hubwire.emulator.refusals import milliseconds
from hubwire.emulator.shapes import decode
from hubwire.emulator.urls import base_url
from hubwire.emulator.users import OwnUser
from hubwire.emulator.validate import EMAIL

PAGE = 100


class NewUser(msgspec.Struct, rename="camel"):
    email: str
    first_name: str | None = None
    last_name: str | None = None
    role_id: str | None = None
    primary_team_id: str | None = None
    secondary_team_ids: list[str] | None = None
    send_welcome_email: bool | None = None


class UserChange(msgspec.Struct, rename="camel"):
    first_name: str | None = None
    last_name: str | None = None
    role_id: str | None = None
    primary_team_id: str | None = None
    secondary_team_ids: list[str] | None = None


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/users: by id, in pages."""
    limit, after = page_size(asked, PAGE, PAGE), asked.one("after") or "0"
    if not ID.fullmatch(after):
        raise refusals.validation(f"Invalid value for after: {after}. It must be a cursor of an earlier page")
    users = sorted(portal.users.all().values(), key=lambda one: int(one.id))
    rest = [one for one in users if int(one.id) >= int(after)]
    page: dict[str, Any] = {"results": [_body(one) for one in rest[:limit]]}
    if len(rest) > limit:
        cursor = rest[limit].id
        link = f"{base_url(asked)}{asked.path}?limit={limit}&after={quote(cursor)}"
        page["paging"] = {"next": {"after": cursor, "link": link}}
    return render.answer(page)


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/users: an address that was there before gets its old id back."""
    sent = decode(asked.body, NewUser, "UserProvisionRequest")
    if not EMAIL.fullmatch(sent.email):
        raise refusals.validation(f"Email address {sent.email} is invalid")
    known = portal.users.known(sent.email)
    if known is not None and not known.deleted:
        raise Refusal(409, f"User already exists: {known.email}", category="CONFLICT")
    _check(portal, sent.role_id, sent.primary_team_id, sent.secondary_team_ids)
    user = OwnUser(
        id=known.id if known else portal.users.next_id(),
        email=sent.email,
        first_name=sent.first_name,
        last_name=sent.last_name,
        role_id=sent.role_id,
        primary_team_id=sent.primary_team_id,
        secondary_team_ids=sent.secondary_team_ids or [],
    )
    with portal.store.transaction():
        portal.users.put(user)
        portal.add_owner(_owner(user, asked.now))
    body = {**_body(user), "sendWelcomeEmail": bool(sent.send_welcome_email)}
    return render.answer(body, 201, Location=f"{base_url(asked)}{asked.path.rstrip('/')}/{user.id}")


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/users/{userId}, where the id may be an address: `idProperty=EMAIL`."""
    return render.answer(_body(_find(portal, asked)))


def replace(portal: Portal, asked: Asked) -> Answer:
    """PUT …/users/{userId}: what is not sent stays. Only users who have signed in can be changed."""
    user = _find(portal, asked)
    sent = decode(asked.body, UserChange, "PublicUserUpdate")
    if not user.signed_in:
        raise refusals.validation(
            f"User {user.id} cannot be changed: USER_NOT_ON_ANY_HUBS",
            context={"reason": ["USER_NOT_ON_ANY_HUBS"]},
        )
    _check(portal, sent.role_id, sent.primary_team_id, sent.secondary_team_ids)
    fields = {name: getattr(sent, name) for name in sent.__struct_fields__}
    said = {name: value for name, value in fields.items() if value is not None}
    after = msgspec.structs.replace(user, **said)
    portal.users.put(after)
    return render.answer(_body(after))


def delete(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/users/{userId}: 204, and again 204. The owner stays, archived and without a user."""
    try:
        user = _find(portal, asked)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return Answer(204)
    with portal.store.transaction():
        portal.users.put(msgspec.structs.replace(user, deleted=True))
        for owner in portal.owners():
            if str(owner["userIdIncludingInactive"]) == user.id:
                gone = {"userId": None, "updatedAt": milliseconds(asked.now), "archived": True}
                portal.add_owner({**owner, **gone})
    return Answer(204)


def roles(portal: Portal, asked: Asked) -> Answer:
    """GET …/users/roles."""
    if portal.tier == "free":
        raise refusals.validation("Account doesn't have access to roles.")
    return render.answer({"results": []})


def teams(portal: Portal, asked: Asked) -> Answer:
    """GET …/users/teams: who is in each."""
    users = portal.users.all().values()
    results = [
        {
            "id": team.id,
            "name": team.name,
            "userIds": [one.id for one in users if one.primary_team_id == team.id],
            "secondaryUserIds": [one.id for one in users if team.id in one.secondary_team_ids],
        }
        for team in portal.users.teams().values()
    ]
    return render.answer({"results": results})


def _find(portal: Portal, asked: Asked) -> OwnUser:
    wanted, by = asked.places["userId"], (asked.one("idProperty") or "USER_ID").upper()
    if by not in ("USER_ID", "EMAIL"):
        raise refusals.validation(f"{by} was not one of the allowed options: [USER_ID, EMAIL]")
    for user in portal.users.all().values():
        if user.id == wanted if by == "USER_ID" else user.email.lower() == wanted.lower():
            return user
    raise refusals.nothing_there(f"No user found with ID {wanted}", context={"userId": [wanted]})


def _check(portal: Portal, role: str | None, primary: str | None, secondary: list[str] | None) -> None:
    if role:
        raise refusals.validation(f"There is no role with ID {role}")
    for team in [*([primary] if primary else []), *(secondary or [])]:
        if team not in portal.users.teams():
            raise refusals.validation(f"There is no team with ID {team}")


def _body(user: OwnUser) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": user.id,
        "email": user.email,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "roleId": user.role_id,
        "roleIds": [user.role_id] if user.role_id else [],
        "primaryTeamId": user.primary_team_id,
        "secondaryTeamIds": user.secondary_team_ids or None,
        "superAdmin": user.super_admin,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _owner(user: OwnUser, now: float) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "type": "PERSON",
        "firstName": user.first_name or "",
        "lastName": user.last_name or "",
        "userId": int(user.id),
        "userIdIncludingInactive": int(user.id),
        "createdAt": milliseconds(now),
        "updatedAt": milliseconds(now),
        "archived": False,
    }


HANDLERS = {
    "users.list": list_,
    "users.create": create,
    "users.read": read,
    "users.replace": replace,
    "users.delete": delete,
    "users.roles": roles,
    "users.teams": teams,
}
