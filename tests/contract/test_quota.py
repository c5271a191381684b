"""Rate limits: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
429 bodies: hubspot-api-python issue 117 and HubSpot's developer Slack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubwire.emulator import Clock, Identity
from hubwire.emulator.quota import Log
from tests.contract.edge import NINE_IN_LONDON, Caller, Heard

READ = "/crm/v3/owners"
SEARCH = "/crm/v3/objects/contacts/search"
LABELS = "/crm/v4/associations/contacts/companies/batch/read"


def left(caller: Caller, name: str = "Remaining") -> int:
    return int(caller("GET", READ).headers[f"X-HubSpot-RateLimit-{name}"])


@pytest.mark.parametrize(
    ("tier", "burst", "daily"),
    [
        ("free", 100, 250_000),
        ("starter", 100, 250_000),
        ("professional", 190, 625_000),
        ("enterprise", 190, 1_000_000),
    ],
)
def test_each_tier_has_its_numbers(tier: str, burst: int, daily: int) -> None:
    headers = Caller(tier=tier)("GET", READ).headers
    assert headers["X-HubSpot-RateLimit-Max"] == str(burst)
    assert headers["X-HubSpot-RateLimit-Daily"] == str(daily)


def test_a_private_app_is_told_of_window_second_and_day() -> None:
    """The set observed in HubSpot's developer Slack."""
    headers = Caller(tier="free")("GET", READ).headers
    assert {name: value for name, value in headers.items() if "RateLimit" in name} == {
        "X-HubSpot-RateLimit-Daily": "250000",
        "X-HubSpot-RateLimit-Daily-Remaining": "249999",
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Max": "100",
        "X-HubSpot-RateLimit-Remaining": "99",
        "X-HubSpot-RateLimit-Secondly": "10",
        "X-HubSpot-RateLimit-Secondly-Remaining": "9",
    }


def test_an_oauth_app_is_not_told_of_the_day() -> None:
    """Recorded: JupiterOne/graph-hubspot, buildOwnersRoles recording."""
    caller = Caller(tier="free")
    token = caller.tokens("oauth crm.objects.owners.read")["access_token"]
    headers = caller("GET", READ, token=token).headers
    assert sorted(name for name in headers if "RateLimit" in name) == [
        "X-HubSpot-RateLimit-Interval-Milliseconds",
        "X-HubSpot-RateLimit-Max",
        "X-HubSpot-RateLimit-Remaining",
        "X-HubSpot-RateLimit-Secondly",
        "X-HubSpot-RateLimit-Secondly-Remaining",
    ]


def test_the_call_that_fills_the_window_passes_and_the_next_is_refused() -> None:
    caller = Caller(tier="free")
    assert [caller("GET", READ).status for _ in range(101)] == [200] * 100 + [429]


def test_the_refusal_of_the_window_has_exactly_this_body() -> None:
    caller = Caller(tier="free")
    for _ in range(100):
        caller("GET", READ)
    heard = caller("GET", READ)
    assert heard.status == 429
    assert heard.json == {
        "status": "error",
        "message": "You have reached your ten_secondly_rolling limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": heard.headers["X-HubSpot-Correlation-Id"],
        "policyName": "TEN_SECONDLY_ROLLING",
        "groupName": "publicapi:private_app-api-calls-ten-secondly:7654321:12345678",
    }
    assert list(heard.json)[:5] == ["status", "message", "errorType", "correlationId", "policyName"]
    assert heard.headers["X-HubSpot-RateLimit-Remaining"] == "0"
    assert "Retry-After" not in heard.headers


def test_the_window_rolls_call_by_call() -> None:
    caller = Caller(tier="free")
    for _ in range(50):
        caller("GET", READ)
    caller.clock.advance(4)
    for _ in range(50):
        caller("GET", READ)
    caller.clock.advance(5.999)
    assert caller("GET", READ).status == 429
    caller.clock.advance(0.001)
    # Ten seconds after the first fifty they are free again, and only they.
    assert [caller("GET", READ).status for _ in range(51)] == [200] * 50 + [429]


def test_a_refused_call_uses_nothing_up() -> None:
    """Decided for the emulator; HubSpot does not say."""
    caller = Caller(tier="free")
    for _ in range(150):
        caller("GET", READ)
    caller.clock.advance(10)
    assert left(caller) == 99
    assert left(caller, "Daily-Remaining") == 250_000 - 102


def test_apps_of_one_account_have_windows_of_their_own() -> None:
    caller = Caller(tier="free")
    other = caller.emulator.token(scopes=["crm.objects.owners.read"])
    for _ in range(100):
        caller("GET", READ)
    assert caller("GET", READ, token=other).status == 200
    assert caller("GET", READ).status == 429


def test_calls_that_fail_count_too() -> None:
    caller = Caller(tier="free")
    caller("GET", "/crm/v3/objects/contacts/1")
    assert left(caller) == 98


def test_calls_without_a_valid_token_do_not_count() -> None:
    caller = Caller(tier="free")
    caller("GET", READ, token="nobody")
    assert left(caller) == 99


def test_the_second_is_reported_but_not_enforced() -> None:
    caller = Caller(tier="free")
    assert [left(caller, "Secondly-Remaining") for _ in range(12)] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]
    caller.clock.advance(1)
    assert left(caller, "Secondly-Remaining") == 9


def test_five_searches_a_second_for_all_apps_of_the_account_together() -> None:
    caller = Caller()
    other = caller.emulator.token(scopes=["crm.objects.contacts.read"])
    assert [caller("POST", SEARCH, {}).status for _ in range(5)] == [200] * 5
    heard = caller("POST", SEARCH, {}, token=other)
    assert heard.status == 429
    assert heard.json["message"] == "You have reached your secondly limit."
    assert heard.json["policyName"] == "SECONDLY"
    assert heard.json["groupName"].startswith("publicapi:crm:search:private_app:")
    caller.clock.advance(1)
    assert caller("POST", SEARCH, {}, token=other).status == 200


def test_the_group_of_an_oauth_apps_search_is_named_as_observed() -> None:
    caller = Caller()
    token = caller.tokens()["access_token"]
    for _ in range(5):
        caller("POST", SEARCH, {}, token=token)
    heard = caller("POST", SEARCH, {}, token=token)
    assert heard.json["groupName"] == "publicapi:crm:search:oauth:7654321:12345678"


def test_search_answers_carry_no_rate_headers() -> None:
    caller = Caller()
    assert caller.emulator.account.quota.enforced
    for expected in [200] * 5 + [429]:
        heard = caller("POST", SEARCH, {})
        assert heard.status == expected
        assert not [name for name in heard.headers if "RateLimit" in name]


def test_a_search_spends_the_day_and_not_the_window() -> None:
    caller = Caller(tier="free")
    caller("POST", SEARCH, {})
    assert (left(caller), left(caller, "Daily-Remaining")) == (99, 249_997)


def test_association_batches_have_a_window_of_their_own() -> None:
    """Specification mark x-hubspot-rate-limit-exemptions; numbers: associations guide (100 on Free)."""
    caller = Caller(tier="free")
    body = {"inputs": [{"id": "1"}]}
    statuses = [caller("POST", LABELS, body).status for _ in range(101)]
    assert statuses[:100].count(429) == 0
    assert statuses[100] == 429
    assert left(caller) == 99


ASSOCIATION_TIERS = [("free", 100), ("starter", 100), ("professional", 150), ("enterprise", 150)]
"""Guide to associations: calls in ten seconds. In a day there are 500,000 for all."""


@pytest.mark.parametrize(("tier", "calls"), ASSOCIATION_TIERS)
def test_the_associations_window_depends_on_the_tier(tier: str, calls: int) -> None:
    caller = Caller(tier=tier)
    statuses = [caller("POST", LABELS, {"inputs": [{"id": "1"}]}).status for _ in range(calls + 1)]
    assert [status == 429 for status in statuses] == [False] * calls + [True]


@pytest.mark.parametrize("tier", [tier for tier, _ in ASSOCIATION_TIERS])
def test_associations_have_a_day_of_their_own(tier: str) -> None:
    caller = Caller(tier=tier)
    quota, now = caller.emulator.account.quota, caller.clock.now()
    quota.take_up(replace(quota.spent(now), associations=499_999), now)
    heard = [caller("POST", LABELS, {"inputs": [{"id": "1"}]}) for _ in range(2)]
    assert [one.status for one in heard] == [207, 429]
    assert heard[1].json["policyName"] == "DAILY"
    assert caller("GET", READ).status == 200


def test_the_day_ends_the_calls_of_every_app() -> None:
    caller = Caller(tier="free")
    caller.emulator.account.quota.use_day(250_000, caller.clock.now())
    other = caller.emulator.token(scopes=["crm.objects.owners.read"])
    heard = caller("GET", READ, token=other)
    assert heard.status == 429
    assert heard.json["message"] == "You have reached your daily limit."
    assert (heard.json["errorType"], heard.json["policyName"]) == ("RATE_LIMIT", "DAILY")
    assert heard.headers["X-HubSpot-RateLimit-Daily-Remaining"] == "0"
    assert caller("POST", SEARCH, {}).json["policyName"] == "DAILY"


def test_the_day_begins_at_midnight_of_the_accounts_time_zone() -> None:
    caller = Caller(tier="free")
    caller.emulator.account.quota.use_day(250_000, caller.clock.now())
    # It is 04:00 in New York.
    caller.clock.advance(20 * 3600 - 0.001)
    assert caller("GET", READ).status == 429
    caller.clock.advance(0.001)
    assert caller("GET", READ).status == 200


def test_usage_counts_todays_calls_and_says_when_the_day_ends() -> None:
    """https://developers.hubspot.com/docs/api-reference/latest/account/account-information/guide"""
    caller = Caller(tier="enterprise")
    caller("GET", READ)
    for path in ("v3", "2026-03", "2026-09"):
        heard = caller("GET", f"/account-info/{path}/api-usage/daily/private-apps")
        assert heard.status == 200
    assert heard.json == {
        "results": [
            {
                "name": "private-apps-api-calls-daily",
                "usageLimit": 1_000_000,
                "currentUsage": 4,
                "collectedAt": "2026-01-01T09:00:00Z",
                "fetchStatus": "SUCCESS",
                "resetsAt": "2026-01-02T05:00:00Z",
            }
        ]
    }


def test_usage_of_the_whole_account_has_the_same_form() -> None:
    """HubSpot-public-api-spec-collection @99893791, Account Info v3: `api-usage/daily`."""
    caller = Caller()
    (day,) = caller("GET", "/account-info/v3/api-usage/daily").json["results"]
    assert (day["currentUsage"], day["usageLimit"], day["fetchStatus"]) == (1, 625_000, "SUCCESS")
    assert set(day) == {"name", "usageLimit", "currentUsage", "collectedAt", "fetchStatus", "resetsAt"}


def test_limits_can_be_switched_off_and_headers_stay() -> None:
    caller = Caller(tier="free", limits=False)
    heard = [caller("GET", READ) for _ in range(150)]
    assert {one.status for one in heard} == {200}
    assert heard[-1].headers["X-HubSpot-RateLimit-Max"] == "1000000"
    assert heard[-1].headers["X-HubSpot-RateLimit-Remaining"] == "999850"
    assert {caller("POST", SEARCH, {}).status for _ in range(20)} == {200}


def test_an_app_from_the_marketplace_has_110_and_no_day() -> None:
    caller = Caller(tier="enterprise")
    token = caller.emulator.token(scopes=["crm.objects.owners.read"], kind="marketplace")
    caller.emulator.account.quota.use_day(1_000_000, caller.clock.now())
    heard = [caller("GET", READ, token=token) for _ in range(111)]
    assert [one.status for one in heard] == [200] * 110 + [429]
    assert heard[0].headers["X-HubSpot-RateLimit-Max"] == "110"
    assert "X-HubSpot-RateLimit-Daily" not in heard[0].headers
    assert heard[110].json["groupName"].startswith("publicapi:oauth-api-calls-ten-secondly:")


def test_a_privately_distributed_oauth_app_has_the_tiers_numbers() -> None:
    caller = Caller(tier="professional")
    token = caller.emulator.token(scopes=["crm.objects.owners.read"], kind="oauth")
    assert caller("GET", READ, token=token).headers["X-HubSpot-RateLimit-Max"] == "190"


def test_the_token_endpoint_is_free() -> None:
    caller = Caller(tier="free")
    caller.tokens()
    assert left(caller) == 99


@settings(max_examples=200, deadline=None)
@given(
    gaps=st.lists(st.integers(min_value=0, max_value=6_000), max_size=60),
    most=st.integers(min_value=1, max_value=8),
)
def test_no_window_of_ten_seconds_ever_holds_more_than_permitted(gaps: list[int], most: int) -> None:
    log, now, passed = Log(10.0), 1_700_000_000_000, []
    for gap in gaps:
        now += gap
        # The naive truth: every permitted call is compared with the moment.
        fits = sum(1 for then in passed if now - then < 10_000) < most
        assert (log.count(now / 1000) < most) == fits
        if fits:
            log.add(now / 1000)
            passed.append(now)


def test_what_the_day_has_used_survives_the_emulators_end(tmp_path: Path) -> None:
    """Ours: HubSpot does not end."""
    state = str(tmp_path / "state.db")

    def used(hours: float = 0) -> int:
        clock = Clock.at(NINE_IN_LONDON + hours * 3600)
        call = Caller(state=state, clock=clock, identity=Identity.for_tests())
        heard = call("GET", "/account-info/v3/api-usage/daily/private-apps")
        call.emulator.close()
        return int(heard.json["results"][0]["currentUsage"])

    first = used()
    assert used() == first + 1
    assert used(hours=1) == first + 2
    # Midnight in New York is 20 hours on.
    assert used(hours=21) == first


@pytest.mark.parametrize(
    ("tier", "packs", "burst", "daily"),
    [
        ("free", 1, 250, 1_250_000),
        ("professional", 1, 250, 1_625_000),
        ("professional", 2, 250, 2_625_000),
        ("enterprise", 2, 250, 3_000_000),
    ],
)
def test_a_limit_increase_adds_to_window_and_day(tier: str, packs: int, burst: int, daily: int) -> None:
    """Usage guidelines: 250 per app with the add-on, a million more a day with each of at most two."""
    caller = Caller(tier=tier)
    caller.emulator.increase_limits(packs)
    headers = caller("GET", READ).headers
    assert headers["X-HubSpot-RateLimit-Max"] == str(burst)
    assert headers["X-HubSpot-RateLimit-Daily"] == str(daily)
    caller.emulator.account.quota.use_day(daily - 2, caller.clock.now())
    assert [caller("GET", READ).status for _ in range(2)] == [200, 429]


def test_a_limit_increase_lets_250_calls_through_in_ten_seconds() -> None:
    caller = Caller(tier="free")
    caller.emulator.increase_limits(1)
    assert [caller("GET", READ).status for _ in range(251)] == [200] * 250 + [429]


def test_an_app_from_the_marketplace_gains_nothing_by_a_limit_increase() -> None:
    """Usage guidelines: 110, which the add-on does not raise."""
    caller = Caller(tier="free")
    token = caller.emulator.token(scopes=["crm.objects.owners.read"], kind="marketplace")
    caller.emulator.increase_limits(2)
    assert caller("GET", READ, token=token).headers["X-HubSpot-RateLimit-Max"] == "110"


@pytest.mark.parametrize("packs", [1, 2])
def test_a_limit_increase_doubles_what_associations_have(packs: int) -> None:
    """Associations guide: 200 in ten seconds and a million a day with the add-on; a second does not help."""
    caller = Caller(tier="enterprise")
    caller.emulator.increase_limits(packs)

    def asked() -> int:
        return caller("POST", LABELS, {"inputs": []}).status

    assert [asked() for _ in range(201)] == [200] * 200 + [429]
    caller.clock.advance(11)
    caller.emulator.account.quota.use_day(0, caller.clock.now(), associations=999_799)
    assert [asked() for _ in range(2)] == [200, 429]


def test_limit_increases_are_set_from_outside_and_at_most_two() -> None:
    caller = Caller(tier="starter")

    def set_to(packs: int) -> Heard:
        path = f"/_emulator/accounts/{caller.portal_id}/limit-increases"
        return caller("PUT", path, {"packs": packs}, token=None, headers={"host": "127.0.0.1:8765"})

    heard = set_to(2)
    assert (heard.status, heard.json) == (200, {"packs": 2, "daily": 2_250_000, "tier": "starter"})
    assert set_to(3).status == 400
    assert set_to(0).json["daily"] == 250_000
