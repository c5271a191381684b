"""Our own client against the emulator in another process, over a socket: blocking and async."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

import hubwire
from hubwire import OAuthApp, OAuthTokens, Tokens, p
from tests.oracle.facades import FACADES, opened
from tests.oracle.server import REDIRECT, Account

Word = Callable[[str], str]


@pytest.fixture(params=["2026-09", "2026-03", "v3"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=FACADES)
def hub(request: pytest.FixtureRequest, version: str, account: Account) -> Iterator[hubwire.Hub]:
    with opened(request.param, account.access_token, base_url=account.base_url, version=version) as hub:
        yield hub


def test_a_record_lives(hub: hubwire.Hub, word: Word) -> None:
    email = f"{word('ours')}@example.com"
    made = hub.contacts.create({"email": email, "firstname": "Ada"})
    assert made["email"] == email
    assert hub.contacts.get(email, by="email", properties=["firstname", "phone"])["phone"] is None
    assert hub.contacts.update(made.id, {"firstname": "Grace"})["firstname"] == "Grace"
    read = hub.contacts.get(made.id, properties=["firstname"], history=["firstname"])
    assert [version.value for version in read.history["firstname"]] == ["Grace", "Ada"]
    hub.contacts.archive(made.id)
    with pytest.raises(hubwire.NotFound):
        hub.contacts.get(made.id)
    assert hub.contacts.get(made.id, archived=True).archived


@pytest.mark.parametrize("spelling", ["contacts", "contact", "0-1"])
def test_any_spelling_of_a_type_will_do(hub: hubwire.Hub, word: Word, spelling: str) -> None:
    made = hub.objects(spelling).create({"email": f"{word('any')}@example.com"})
    assert hub.contacts.get(made.id).id == made.id


def test_all_pages_are_listed_and_searched(hub: hubwire.Hub, word: Word) -> None:
    mark = word("mark")
    outcomes = hub.deals.batch.create({"dealname": f"{mark} {n}", "amount": str(n)} for n in range(230))
    assert all(outcome.ok for outcome in outcomes)
    ids = {outcome.record.id for outcome in outcomes}
    assert ids <= {deal.id for deal in hub.deals.list()}
    mine = [{"propertyName": "dealname", "operator": "CONTAINS_TOKEN", "value": mark}]
    assert hub.deals.count(mine) == 230
    assert {deal.id for deal in hub.deals.search(mine, properties=["amount"])} == ids


@pytest.mark.parametrize("sort", ["amount", "-amount", "dealname", "-createdate", "closedate"])
def test_a_sorted_search_finds_every_record_once(hub: hubwire.Hub, word: Word, sort: str) -> None:
    """Among them many of one amount, and some with no close date."""
    mark = word("sorted")
    rows = [
        {"dealname": f"{mark} {n % 40}", "amount": str(n % 3), "closedate": f"2026-03-{n % 28 + 1:02}"}
        for n in range(650)
    ]
    for row in rows[::5]:
        del row["closedate"]
    ids = {outcome.record.id for outcome in hub.deals.batch.create(rows).check()}
    name = sort.removeprefix("-")
    found = list(hub.deals.where(p.dealname.contains_token(mark), sort=sort, properties=[name]))
    assert len(found) == 650
    assert {deal.id for deal in found} == ids
    # As text, a moment of a whole second comes after the next thousandth.
    reads: dict[str, Callable[[str], Any]] = {"amount": float, "createdate": datetime.fromisoformat}
    values = [reads.get(name, str)(value) for deal in found if (value := deal[name])]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_a_plan_is_what_happens(hub: hubwire.Hub, word: Word) -> None:
    mark = word("planned")
    made = hub.companies.batch.create({"name": f"{mark} {n}"} for n in range(250)).check().records
    selection = hub.companies.where(p.name.contains_token(mark))
    plan = selection.explain()
    before = hub.usage.calls
    assert len(list(selection)) == plan.matches == 250
    assert hub.usage.calls - before == plan.calls == 2
    some = [record.id for record in made[:120]]
    assert {one.id for one in hub.companies.where(p.hs_object_id.is_in(some))} == set(some)


def test_every_row_of_a_batch_is_accounted_for(hub: hubwire.Hub, word: Word) -> None:
    mark = word("row")
    rows = [{"email": f"{mark}.{n}@example.com", "firstname": str(n)} for n in range(150)]
    rows[7]["email"] = "not an address"
    rows[120]["no_such_property"] = "1"
    outcomes = hub.contacts.batch.create(rows)
    assert [outcome.input for outcome in outcomes] == rows
    assert [outcome.index for outcome in outcomes if not outcome.ok] == [7, 120]
    again = hub.contacts.batch.upsert(rows[8:120], by="email")
    assert [outcome.created for outcome in again] == [False] * 112


def test_records_are_linked(hub: hubwire.Hub, word: Word) -> None:
    person = hub.contacts.create({"email": f"{word('p')}@example.com"})
    firm = hub.companies.create({"name": word("f")})
    hub.associations.link("contacts", person.id, "companies", firm.id)
    assert [link.to_id for link in hub.associations.linked("contacts", person.id, "companies")] == [firm.id]
    hub.associations.unlink("contacts", person.id, "companies", firm.id)
    assert list(hub.associations.linked("contacts", person.id, "companies")) == []


def test_associations_that_did_not_come_along_are_told_of(hub: hubwire.Hub, word: Word) -> None:
    deal = hub.deals.create({"dealname": word("d")})
    people = hub.contacts.batch.create({"email": f"{word('p')}.{n}@example.com"} for n in range(101)).records
    pairs = [(person.id, deal.id) for person in people]
    assert hub.associations.batch.link("contacts", "deals", pairs[:100]).ok
    told = hub.deals.get(deal.id, associations=["contacts"])
    assert (len(told.associations["contacts"]), told.more_associations) == (100, ())
    assert hub.associations.batch.link("contacts", "deals", pairs[100:]).ok
    told = hub.deals.get(deal.id, associations=["contacts", "companies"])
    assert (len(told.associations["contacts"]), told.more_associations) == (100, ("contacts",))
    linked = hub.associations.linked("deals", deal.id, "contacts")
    assert {link.to_id for link in linked} == {person.id for person in people}


def test_the_account_is_described(hub: hubwire.Hub) -> None:
    assert "email" in {one.name for one in hub.properties("contacts").list()}
    assert [pipeline.id for pipeline in hub.pipelines("deals").list()] == ["default"]
    assert [owner for owner in hub.owners.list() if "@" in owner.email]


def test_refusals_are_told_apart(hub: hubwire.Hub, account: Account, word: Word) -> None:
    email = f"{word('dup')}@example.com"
    first = hub.contacts.create({"email": email})
    with pytest.raises(hubwire.Conflict) as conflict:
        hub.contacts.create({"email": email})
    assert conflict.value.existing_id == first.id
    with pytest.raises(hubwire.Invalid) as invalid:
        hub.contacts.create({"no_such_property": "1"})
    assert [one.name for one in invalid.value.properties] == ["no_such_property"]
    stranger = "pat-na1-00000000-0000-0000-0000-000000000000"
    with (
        hubwire.Hub(stranger, base_url=account.base_url) as other,
        pytest.raises(hubwire.Unauthorized) as refused,
    ):
        other.contacts.get("1")
    assert stranger not in str(refused.value)


def test_an_app_connects_and_refreshes(account: Account, word: Word) -> None:
    scopes = ("oauth", "crm.objects.contacts.read")
    app = OAuthApp(
        client_id=account.client_id,
        client_secret=account.client_secret,
        redirect_uri=REDIRECT,
        scopes=scopes,
        base_url=account.base_url,
    )
    given = app.exchange(account.consent(*scopes))
    assert given.hub_id == account.portal_id
    assert account.client_secret not in repr(app)
    assert given.access_token not in repr(given)
    saved: list[Tokens] = []
    with hubwire.Hub(OAuthTokens(app, given, save=saved.append), base_url=account.base_url) as hub:
        assert list(hub.contacts.list(limit=1)) is not None
        with pytest.raises(hubwire.Forbidden) as forbidden:
            hub.contacts.create({"email": f"{word('no')}@example.com"})
    assert "crm.objects.contacts.write" in forbidden.value.scopes


def test_the_async_hub_does_the_same(account: Account, word: Word) -> None:
    async def story() -> None:
        async with hubwire.AsyncHub(account.access_token, base_url=account.base_url) as hub:
            made = await hub.companies.create({"name": word("async")})
            assert (await hub.companies.get(made.id, properties=["name"]))["name"] == made["name"]
            outcomes = await hub.companies.batch.update([(made.id, {"city": "Delft"})])
            assert [outcome.ok for outcome in outcomes] == [True]
            mine = [{"propertyName": "hs_object_id", "operator": "EQ", "value": made.id}]
            assert [company.id async for company in hub.companies.search(mine)] == [made.id]
            assert made.id in {company.id async for company in hub.companies.list()}
            await hub.companies.archive(made.id)
            with pytest.raises(hubwire.NotFound):
                await hub.companies.get(made.id)

    asyncio.run(story())
