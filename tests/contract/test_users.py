"""Users, teams and the owners that come of them.

A live account: https://github.com/jackemcpherson/terraform-provider-hubspot; owners without a user:
https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

USERS = "/settings/v3/users"


def add(caller: Caller, email: str = "new@example.com", **more: Any) -> Heard:
    return caller("POST", USERS, {"email": email, **more})


@pytest.mark.parametrize("base", ["/settings/v3/users/", "/settings/users/v3", "/settings/users/2026-03"])
def test_the_first_user_is_who_opened_the_account(base: str) -> None:
    caller = Caller()
    opened = caller.emulator.identity.user_id
    (user,) = caller("GET", base).json["results"]
    assert opened == 55_555_555
    assert user == {
        "id": "55555555",
        "email": "owner@hubwire.example",
        "firstName": "Olive",
        "lastName": "Owner",
        "roleIds": [],
        "superAdmin": True,
    }


def test_a_new_user_is_no_admin_and_is_welcomed_once() -> None:
    caller = Caller()
    made = add(caller, sendWelcomeEmail=True)
    assert made.status == 201
    assert (made.json["superAdmin"], made.json["sendWelcomeEmail"]) == (False, True)
    number = made.json["id"]
    read = caller("GET", f"{USERS}/{number}").json
    assert read == {"id": number, "email": "new@example.com", "roleIds": [], "superAdmin": False}
    assert caller("GET", f"{USERS}/NEW@example.com?idProperty=EMAIL").json == read
    assert add(caller).status == 409
    assert add(caller, "nonsense").status == 400


def test_a_new_user_is_an_owner() -> None:
    caller = Caller()
    number = add(caller).json["id"]
    owner = caller("GET", f"/crm/v3/owners/{number}").json
    assert (owner["email"], owner["userId"], owner["archived"]) == ("new@example.com", int(number), False)


def test_deleting_is_repeatable_and_the_id_comes_back_with_the_address() -> None:
    caller = Caller()
    number = add(caller).json["id"]
    for _ in range(2):
        assert caller("DELETE", f"{USERS}/{number}").status == 204
    assert caller("GET", f"{USERS}/{number}").status == 404
    assert caller("GET", f"{USERS}/new@example.com?idProperty=EMAIL").status == 404
    (gone,) = caller("GET", "/crm/v3/owners?archived=true").json["results"]
    assert (gone["userId"], gone["userIdIncludingInactive"], gone["archived"]) == (None, int(number), True)
    assert caller("GET", f"/crm/v3/owners/{number}").status == 404
    assert add(caller).json["id"] == number
    assert caller("GET", "/crm/v3/owners?archived=true").json["results"] == []


def test_a_user_who_never_signed_in_is_not_changed() -> None:
    caller = Caller()
    number = add(caller).json["id"]
    heard = caller("PUT", f"{USERS}/{number}", {"firstName": "N"})
    assert heard.status == 400
    assert "USER_NOT_ON_ANY_HUBS" in heard.text
    changed = caller("PUT", f"{USERS}/55555555", {"firstName": "Oliver"})
    assert (changed.status, changed.json["firstName"]) == (200, "Oliver")


def test_roles_are_not_for_free_accounts() -> None:
    heard = Caller(tier="free")("GET", f"{USERS}/roles")
    assert (heard.status, heard.json["message"]) == (400, "Account doesn't have access to roles.")
    assert Caller()("GET", f"{USERS}/roles").json == {"results": []}


def test_teams_tell_their_users_and_owners_their_teams() -> None:
    caller = Caller()
    team = caller.emulator.account.portal.users.add_team("Sales")
    assert add(caller, primaryTeamId="1").status == 400
    number = add(caller, primaryTeamId=team.id).json["id"]
    caller("PUT", f"{USERS}/55555555", {"secondaryTeamIds": [team.id]})
    assert caller("GET", f"{USERS}/teams").json["results"] == [
        {"id": team.id, "name": "Sales", "userIds": [number], "secondaryUserIds": ["55555555"]}
    ]
    owner = caller("GET", f"/crm/v3/owners/{number}").json
    assert owner["teams"] == [{"id": team.id, "name": "Sales", "primary": True}]
    first = caller("GET", "/crm/v3/owners/55555555").json
    assert first["teams"] == [{"id": team.id, "name": "Sales", "primary": False}]


def test_users_come_in_pages() -> None:
    caller = Caller()
    for number in range(3):
        add(caller, f"u{number}@example.com")
    first = caller("GET", f"{USERS}?limit=3").json
    assert len(first["results"]) == 3
    after = first["paging"]["next"]["after"]
    assert len(caller("GET", f"{USERS}?limit=3&after={after}").json["results"]) == 1
    assert caller("GET", f"{USERS}?after=x").status == 400


def test_users_need_their_own_scopes() -> None:
    caller = Caller()
    token = caller.emulator.token(scopes=["settings.users.read"])
    assert caller("GET", USERS, token=token).status == 200
    assert caller("POST", USERS, {"email": "a@example.com"}, token=token).status == 403
    assert caller("GET", f"{USERS}/teams", token=token).status == 403
