"""The numbers that the client keeps to are those that the emulator allows: each number is written twice.

What HubSpot's own are the contract tests say, in literals; here the two writings meet.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hubwire.catalogue import load
from hubwire.emulator.hooks.poster import Post, Posted
from tests.contract.edge import CLIENT, Caller
from tests.contract.test_journal import CONTACTS as CREATED
from tests.contract.test_journal import App

KNOWN = load.limits()
CONTACTS = "/crm/v3/objects/contacts"
LINKS = "/crm/v4/associations/contacts/companies/batch"
FILTER = {"propertyName": "email", "operator": "HAS_PROPERTY"}
ONE = [{"filters": [FILTER]}]


def account(**options: Any) -> Caller:
    return Caller(limits=False, **options)


def search(call: Caller, **body: Any) -> int:
    return call("POST", f"{CONTACTS}/search", body).status


@pytest.mark.parametrize(
    ("least", "most"),
    [
        ({"limit": KNOWN.SEARCH_PAGE}, {"limit": KNOWN.SEARCH_PAGE + 1}),
        ({"filterGroups": ONE * KNOWN.SEARCH_GROUPS}, {"filterGroups": ONE * (KNOWN.SEARCH_GROUPS + 1)}),
        (
            {"filters": [FILTER] * KNOWN.SEARCH_GROUP_FILTERS},
            {"filters": [FILTER] * (KNOWN.SEARCH_GROUP_FILTERS + 1)},
        ),
        ({"sorts": ["email"] * KNOWN.SEARCH_SORTS}, {"sorts": ["email"] * (KNOWN.SEARCH_SORTS + 1)}),
        (
            {"after": str(KNOWN.SEARCH_MAX - 1), "limit": 1},
            {"after": str(KNOWN.SEARCH_MAX), "limit": 1},
        ),
    ],
    ids=["page", "groups", "filters", "sorts", "results"],
)
def test_searches(least: dict[str, Any], most: dict[str, Any]) -> None:
    call = account()
    assert (search(call, **least), search(call, **most)) == (200, 400)


def test_filters_of_a_search_in_all() -> None:
    each, more = divmod(KNOWN.SEARCH_FILTERS, KNOWN.SEARCH_GROUPS)
    sizes = [each + (number < more) for number in range(KNOWN.SEARCH_GROUPS)]
    groups = [{"filters": [FILTER] * size} for size in sizes]
    longer = [*groups[:-1], {"filters": [FILTER] * (sizes[-1] + 1)}]
    call = account()
    assert (search(call, filterGroups=groups), search(call, filterGroups=longer)) == (200, 400)


def test_the_length_of_a_search() -> None:
    call = account()
    frame = len('{"query": ""}')
    assert search(call, query="x" * (KNOWN.SEARCH_BODY - frame)) == 200
    assert search(call, query="x" * (KNOWN.SEARCH_BODY - frame + 1)) == 400


def test_pages() -> None:
    call = account()
    rows = [{"properties": {}}] * KNOWN.BATCH_INPUTS
    assert call("POST", f"{CONTACTS}/batch/create", {"inputs": rows}).status == 201
    assert len(call("GET", CONTACTS).json["results"]) == KNOWN.LIST_PAGE_DEFAULT
    found = call("POST", f"{CONTACTS}/search", {}).json["results"]
    assert len(found) == KNOWN.SEARCH_PAGE_DEFAULT
    for path, most in (
        (f"{CONTACTS}?limit=", KNOWN.LIST_PAGE),
        (f"{CONTACTS}?propertiesWithHistory=email&limit=", KNOWN.HISTORY_PAGE),
        ("/crm/v3/owners/?limit=", KNOWN.OWNERS_PAGE),
        (f"/crm/v4/objects/contacts/{found[0]['id']}/associations/companies?limit=", KNOWN.ASSOCIATION_PAGE),
    ):
        assert (call("GET", f"{path}{most}").status, call("GET", f"{path}{most + 1}").status) == (200, 400)


def test_pages_that_nobody_asked_the_size_of() -> None:
    call = account()
    firm = call("POST", "/crm/v3/objects/companies", {"properties": {}}).json["id"]
    people: list[str] = []
    while len(people) <= KNOWN.ASSOCIATION_PAGE_DEFAULT:
        rows = {"inputs": [{"properties": {}}] * KNOWN.BATCH_INPUTS}
        people += [one["id"] for one in call("POST", f"{CONTACTS}/batch/create", rows).json["results"]]
    pairs = [{"from": {"id": person}, "to": {"id": firm}} for person in people]
    assert call("POST", f"{LINKS}/associate/default", {"inputs": pairs}).status == 200
    page = call("GET", f"/crm/v4/objects/companies/{firm}/associations/contacts").json
    assert len(page["results"]) == KNOWN.ASSOCIATION_PAGE_DEFAULT
    for number in range(KNOWN.OWNERS_PAGE_DEFAULT):
        assert call("POST", "/settings/v3/users", {"email": f"u{number}@example.com"}).status == 201
    assert len(call("GET", "/crm/v3/owners").json["results"]) == KNOWN.OWNERS_PAGE_DEFAULT


def test_batches() -> None:
    call = account()
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    history = {"propertiesWithHistory": ["email"]}
    for path, most, more in (
        (f"{CONTACTS}/batch/read", KNOWN.BATCH_INPUTS, {}),
        (f"{CONTACTS}/batch/read", KNOWN.HISTORY_INPUTS, history),
        (f"{LINKS}/read", KNOWN.ASSOCIATION_BATCH_READ, {}),
        (f"{LINKS}/create", KNOWN.ASSOCIATION_BATCH_CREATE, {}),
    ):
        rows = [
            {"id": str(n), "from": {"id": str(n)}, "to": {"id": "1"}, "types": spec} for n in range(most + 1)
        ]
        assert call("POST", path, {**more, "inputs": rows[:-1]}).status < 300
        assert call("POST", path, {**more, "inputs": rows}).status == 400


def test_definitions() -> None:
    call = account()
    for length, status in ((KNOWN.STRING_CHARACTERS, 201), (KNOWN.STRING_CHARACTERS + 1, 400)):
        assert call("POST", CONTACTS, {"properties": {"company": "x" * length}}).status == status
    for kind, most, metadata in (
        ("deals", KNOWN.PIPELINE_STAGES, {"probability": "0.5"}),
        ("leads", KNOWN.PIPELINE_STAGES_OTHER, {}),
    ):
        stages = [
            {"label": f"s{number}", "displayOrder": number, "metadata": metadata}
            for number in range(most + 1)
        ]
        for several, status in ((stages, 400), (stages[:-1], 201)):
            body = {"label": f"{kind} {len(several)}", "displayOrder": 1, "stages": several}
            assert call("POST", f"/crm/v3/pipelines/{kind}", body).status == status
    for number in range(KNOWN.UNIQUE_PROPERTIES + 1):
        new = {"name": f"key_{number}", "label": "K", "type": "string", "fieldType": "text"}
        own = {**new, "groupName": "companyinformation", "hasUniqueValue": True}
        heard = call("POST", "/crm/v3/properties/companies", own)
        assert heard.status == (201 if number < KNOWN.UNIQUE_PROPERTIES else 400)


@pytest.mark.parametrize("name", ["free", "starter", "professional", "enterprise"])
def test_a_tiers_quota_of_associations(name: str) -> None:
    call, tier = Caller(tier=name), load.tier(name)
    ask = {"inputs": [{"id": "1"}]}
    statuses = [call("POST", f"{LINKS}/read", ask).status for _ in range(tier.association_burst + 1)]
    assert [status == 429 for status in statuses] == [False] * tier.association_burst + [True]


@pytest.mark.parametrize("name", ["free", "starter", "professional", "enterprise"])
def test_a_tiers_day_of_associations(name: str) -> None:
    call, tier = Caller(tier=name), load.tier(name)
    quota, now = call.emulator.account.quota, call.clock.now()
    quota.take_up(replace(quota.spent(now), associations=tier.association_daily - 1), now)
    heard = [call("POST", f"{LINKS}/read", {"inputs": [{"id": "1"}]}) for _ in range(2)]
    assert [one.status for one in heard] == [207, 429]
    assert heard[1].json["policyName"] == "DAILY"


def test_searches_a_second_and_calls_of_a_marketplace_app() -> None:
    call = Caller()
    statuses = [search(call) for _ in range(KNOWN.SEARCH_PER_SECOND + 1)]
    assert statuses == [200] * KNOWN.SEARCH_PER_SECOND + [429]
    token = call.emulator.token(scopes=["crm.objects.owners.read"], kind="marketplace")
    told = call("GET", "/crm/v3/owners", token=token).headers
    assert told["X-HubSpot-RateLimit-Max"] == str(KNOWN.MARKETPLACE_BURST)
    assert told["X-HubSpot-RateLimit-Interval-Milliseconds"] == str(KNOWN.WINDOW_SECONDS * 1000)


def test_tokens_and_codes() -> None:
    call = account()
    held = call.tokens()
    assert held["expires_in"] == KNOWN.ACCESS_TOKEN_SECONDS
    assert len(held["access_token"]) <= KNOWN.ACCESS_TOKEN_CHARACTERS
    for seconds, status in (
        (KNOWN.AUTHORIZATION_CODE_SECONDS - 1, 200),
        (KNOWN.AUTHORIZATION_CODE_SECONDS, 400),
    ):
        code = call.code()
        call.clock.advance(seconds)
        grant = {"grant_type": "authorization_code", "redirect_uri": "http://localhost:3000/oauth/callback"}
        assert call.form("/oauth/v3/token", code=code, **grant, **CLIENT).status == status


def test_webhooks() -> None:
    call = account()
    call.emulator.webhooks("http://127.0.0.1:9/hooks", "contact.creation")
    for _ in range(2):
        rows = {"inputs": [{"properties": {}}] * 100}
        assert call("POST", f"{CONTACTS}/batch/create", rows).status == 201
    courier = call.emulator.world.courier
    parcels = courier.claim(call.clock.now())
    assert max(len(parcel.events()) for parcel in parcels) == KNOWN.WEBHOOK_EVENTS
    settings = courier.book.settings(call.emulator.identity.app_id)
    assert settings is not None
    assert settings.concurrency == KNOWN.WEBHOOK_CONCURRENCY


def test_how_long_the_journal_keeps() -> None:
    app = App(CREATED)
    app.create("ann@example.com")
    earliest = "/webhooks-journal/journal/2026-03/earliest"
    app.clock.advance(KNOWN.JOURNAL_SECONDS - 1)
    grant = {"grant_type": "client_credentials", "scope": "developer.webhooks_journal.read"}
    for status, seconds in ((200, 1), (204, 0)):
        own = app.form("/oauth/2026-03/token", **grant, **CLIENT).json["access_token"]
        assert app("GET", earliest, token=own).status == status
        app.clock.advance(seconds)


def test_retries_of_webhooks() -> None:
    call = account()
    call.emulator.webhooks("http://127.0.0.1:9/hooks", "contact.creation")
    call("POST", CONTACTS, {"properties": {}})
    born, attempts, waits = call.clock.now(), 0, set[float]()

    def refused(post: Post) -> Posted:
        waits.add(post.timeout)
        return Posted(500, None)

    while call.clock.now() - born <= 2 * KNOWN.WEBHOOK_RETRY_SECONDS:
        made = len(call.emulator.deliver(refused))
        attempts += made
        if made:
            last = call.clock.now() - born
        call.clock.advance(60)
    assert attempts == KNOWN.WEBHOOK_RETRIES + 1
    assert KNOWN.WEBHOOK_RETRY_SECONDS / 2 < last <= KNOWN.WEBHOOK_RETRY_SECONDS
    assert waits == {KNOWN.WEBHOOK_SECONDS}


def test_how_much_a_file_of_the_journal_holds() -> None:
    journal = account().emulator.world.journal
    journal.write(1, 2, [{}] * (KNOWN.JOURNAL_EVENTS + 1), 0)
    files = journal.latest(1, limit=9)
    assert [file.events.count("{}") for file in files] == [KNOWN.JOURNAL_EVENTS, 1]


@pytest.mark.parametrize("packs", [1, 2])
def test_what_a_limit_increase_adds(packs: int) -> None:
    call, tier = Caller(tier="starter"), load.tier("starter")
    call.emulator.increase_limits(packs)
    told = call("GET", "/crm/v3/owners").headers
    assert told["X-HubSpot-RateLimit-Max"] == str(KNOWN.ADD_ON_BURST)
    assert told["X-HubSpot-RateLimit-Daily"] == str(tier.daily + packs * KNOWN.ADD_ON_DAILY)


def test_what_a_limit_increase_adds_for_associations() -> None:
    call = Caller(tier="starter")
    call.emulator.increase_limits(2)

    def asked(times: int) -> list[int]:
        return [call("POST", f"{LINKS}/read", {"inputs": []}).status for _ in range(times)]

    assert asked(KNOWN.ADD_ON_ASSOCIATION_BURST + 1)[-2:] == [200, 429]
    call.clock.advance(KNOWN.WINDOW_SECONDS + 1)
    quota, now = call.emulator.account.quota, call.clock.now()
    quota.take_up(replace(quota.spent(now), associations=KNOWN.ADD_ON_ASSOCIATION_DAILY - 1), now)
    assert asked(2) == [200, 429]


def test_how_long_a_url_may_be() -> None:
    call = account()
    path = f"{CONTACTS}?properties="
    heard = [
        call("GET", path + "a" * (length - len(path))).status
        for length in (KNOWN.URL_CHARACTERS_TRIED, KNOWN.URL_CHARACTERS_REFUSED)
    ]
    assert heard == [200, 414]
