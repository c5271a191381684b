"""What the `hubspot` and `hubspot_server` fixtures give a test."""

from __future__ import annotations

import asyncio
import time
import urllib.request

import pytest

from hubwire import Forbidden, TokenExpired
from hubwire.testing.accounts import Account, LocalAccount, local


@pytest.mark.parametrize("turn", [1, 2])
def test_an_account_is_fresh_in_every_test(hubspot: LocalAccount, turn: int) -> None:
    with hubspot.hub() as hub:
        assert hub.contacts.count() == 0
        hub.contacts.create({"email": f"turn{turn}@example.com"})
        assert hub.contacts.count() == 1


@pytest.mark.hubspot(tier="free")
def test_pauses_pass_on_the_accounts_clock_and_not_on_the_wall(
    hubspot: LocalAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waited(seconds: float) -> None:
        raise AssertionError(f"really waited for {seconds} seconds")

    monkeypatch.setattr(time, "sleep", waited)
    before = hubspot.clock.now()
    with hubspot.hub() as hub:
        for _ in range(1000):
            hub.owners.list()
    assert 80 <= hubspot.clock.now() - before <= 120
    assert {one.status for one in hubspot.requests} == {200}


def test_the_asynchronous_hub_talks_to_the_same_account(hubspot: LocalAccount) -> None:
    async def create() -> str:
        async with hubspot.async_hub() as hub:
            return (await hub.contacts.create({"email": "ann@example.com"})).id

    made = asyncio.run(create())
    with hubspot.hub() as hub:
        assert hub.contacts.get(made)["email"] == "ann@example.com"


@pytest.mark.hubspot(tier="free")
def test_pauses_of_the_asynchronous_hub_take_no_time_either(hubspot: LocalAccount) -> None:
    rows = [{"email": f"row{n}@example.com"} for n in range(1200)]

    async def bulk() -> int:
        async with hubspot.async_hub() as hub:
            await asyncio.gather(*(hub.owners.list() for _ in range(150)))
            outcomes = await hub.contacts.batch.create(rows)
            return sum(outcome.ok for outcome in outcomes)

    assert asyncio.run(bulk()) == 1200
    assert {one.status for one in hubspot.requests} <= {200, 201}


def test_a_token_can_have_fewer_scopes(hubspot: LocalAccount) -> None:
    few = hubspot.token(scopes=["crm.objects.companies.read"])
    with hubspot.hub(few) as hub, pytest.raises(Forbidden) as caught:
        hub.contacts.create({"email": "ann@example.com"})
    assert caught.value.scopes == ("crm.objects.contacts.write",)
    assert [(one.method, one.status) for one in hubspot.requests] == [("POST", 403)]


def test_a_token_can_expire(hubspot: LocalAccount) -> None:
    token = hubspot.token(scopes=["crm.objects.contacts.read"], kind="oauth")
    with hubspot.hub(token) as hub:
        assert hub.contacts.count() == 0
        hubspot.clock.advance(1800)
        with pytest.raises(TokenExpired):
            hub.contacts.count()


def test_an_account_can_be_filled(hubspot: LocalAccount) -> None:
    hubspot.seed("demo")
    with hubspot.hub() as hub:
        assert hub.contacts.count() > 100


def test_the_account_names_what_other_clients_need(hubspot: LocalAccount) -> None:
    facts = hubspot.identity.as_dict(hubspot.base_url)
    assert facts["base_url"] == hubspot.base_url
    assert facts["access_token"] == hubspot.access_token
    assert sorted(facts) == [
        "access_token",
        "app_id",
        "base_url",
        "client_id",
        "client_secret",
        "developer_api_key",
        "portal_id",
        "user_id",
    ]


def test_fixtures_are_contexts_outside_of_pytest_too() -> None:
    with local(tier="enterprise") as account, account.hub() as hub:
        assert hub.account.usage()
    assert account.emulator.account.quota.tier.daily == 1_000_000


@pytest.mark.socket
def test_a_server_serves_foreign_clients(hubspot_server: Account) -> None:
    request = urllib.request.Request(
        hubspot_server.base_url + "/crm/v3/objects/contacts",
        headers={"Authorization": f"Bearer {hubspot_server.access_token}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
    assert [one.op for one in hubspot_server.requests] == ["objects.list"]
