"""An app's subscriptions are made to match what is declared, whatever HubSpot has."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire import ConfigError, NotFound
from hubwire.testing.accounts import LocalAccount
from hubwire.webhooks import hsmeta, sync
from hubwire.webhooks.subscriptions import Subscription, parse, subscription
from hubwire.webhooks.sync import Api, Settings, There, plan

VERSIONS = ("v3", "2026-03", "2026-09")
TARGET = Settings("https://app.example/webhooks/hubspot", 12)
WANTED = (*parse("contact.creation"), *parse("deal.propertyChange:amount"), *parse("object.creation@ticket"))


def api(hubspot: LocalAccount, version: str = "2026-09") -> Api:
    identity = hubspot.identity
    return Api(hubspot.hub(version=version), identity.app_id, developer_key=identity.developer_api_key)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sync_makes_what_is_declared_and_a_second_one_finds_nothing_to_do(
    hubspot: LocalAccount, version: str
) -> None:
    there = api(hubspot, version)
    done: list[str] = []
    sync.carry_out(there, sync.look(there, WANTED, TARGET), lambda step: done.append(step.verb))
    assert done == ["set", "create", "create", "create"]
    assert there.settings() == TARGET
    assert {each.what for each in there.subscriptions() if each.active} == set(WANTED)
    assert sync.look(there, WANTED, TARGET).changes == ()


def test_what_is_no_longer_declared_is_switched_off_and_comes_back_without_being_made_twice(
    hubspot: LocalAccount,
) -> None:
    there = api(hubspot)
    sync.carry_out(there, sync.look(there, WANTED, TARGET))
    sync.carry_out(there, sync.look(there, WANTED[:1], TARGET))
    assert {each.what for each in there.subscriptions() if each.active} == set(WANTED[:1])
    assert len(there.subscriptions()) == len(WANTED)
    sync.carry_out(there, sync.look(there, WANTED, TARGET))
    assert len(there.subscriptions()) == len(WANTED)
    assert all(each.active for each in there.subscriptions())


def test_delete_removes_what_is_not_declared(hubspot: LocalAccount) -> None:
    there = api(hubspot)
    sync.carry_out(there, sync.look(there, WANTED, TARGET))
    sync.carry_out(there, sync.look(there, WANTED[:1], TARGET, delete=True))
    assert [each.what for each in there.subscriptions()] == [WANTED[0]]


def test_a_create_whose_answer_is_lost_is_looked_for_and_not_repeated(hubspot: LocalAccount) -> None:
    hubspot.fault("drop-after", op="webhooks.subscriptions.create", count=1)
    there = api(hubspot)
    sync.carry_out(there, sync.look(there, WANTED, TARGET))
    assert sorted(each.what for each in there.subscriptions()) == sorted(WANTED)


def test_an_unknown_app_is_an_error_and_not_an_app_without_settings(hubspot: LocalAccount) -> None:
    key = hubspot.identity.developer_api_key
    there = Api(hubspot.hub(), 1, developer_key=key)
    with pytest.raises(NotFound) as said:
        there.settings()
    assert key not in str(said.value)


def test_a_dry_look_sends_no_write(hubspot: LocalAccount) -> None:
    sync.look(api(hubspot), WANTED, TARGET)
    assert {seen.method for seen in hubspot.requests} == {"GET"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("contact.created", "contact.creation"),
        ("lead.creation", "objects are contact"),
        ("contact.propertyChange", "property by property"),
        ("contact.creation:email", "has no property"),
        ("contact.propertyChange:hs_lastmodifieddate", "cannot be subscribed to"),
        ("object.creation", "needs an object type"),
        ("object.creation@nothing", "no object type"),
        ("object.creation@marketing_event", "no webhooks"),
        ("contact.creation@0-1", "names its type already"),
        ("kontakt.*", "stands for nothing"),
    ],
)
def test_what_hubspot_cannot_subscribe_to_is_refused_with_what_it_can(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse(text)


def test_a_wildcard_covers_every_action_but_changes_unless_a_property_is_named() -> None:
    assert "contact.propertyChange" not in {each.event for each in parse("contact.*")}
    assert Subscription("contact.propertyChange", "email") in parse("contact.*:email")


def test_more_than_a_thousand_are_refused_before_anything_is_sent(hubspot: LocalAccount) -> None:
    many = [subscription("contact.propertyChange", property=f"p{number}") for number in range(1001)]
    with pytest.raises(ConfigError, match="1,001 subscriptions are declared"):
        sync.look(api(hubspot), many, None)


EVENTS = st.sampled_from(
    [Subscription("contact.creation"), *(Subscription("contact.propertyChange", name) for name in "abcdef")]
)


@given(
    wanted=st.sets(EVENTS),
    there=st.lists(st.tuples(EVENTS, st.booleans()), max_size=12),
    delete=st.booleans(),
)
def test_carried_out_a_plan_leaves_exactly_what_is_declared_active(
    wanted: set[Subscription], there: list[tuple[Subscription, bool]], delete: bool
) -> None:
    state = {str(number): [what, active] for number, (what, active) in enumerate(there)}
    known = [There(id, what, active) for id, (what, active) in state.items()]  # noqa: A001
    for step in plan(wanted, None, known, None, delete=delete).changes:
        assert isinstance(step.what, Subscription)
        match step.verb:
            case "create":
                state[f"new {step.what}"] = [step.what, True]
            case "delete":
                del state[step.id]
            case verb:
                assert state[step.id] == [step.what, verb == "switch-off"]
                state[step.id][1] = verb == "switch-on"
    active = [what for what, on in state.values() if on]
    assert sorted(active) == sorted(wanted)  # type: ignore[type-var]
    if delete:
        assert len(state) == len(wanted)


def test_a_project_app_gets_the_same_as_a_file() -> None:
    wanted = (*WANTED, *parse("contact.privacyDeletion"))
    told = json.loads(hsmeta.text(wanted, TARGET))
    assert told == {
        "uid": "webhooks",
        "type": "webhooks",
        "config": {
            "settings": {"targetUrl": TARGET.target, "maxConcurrentRequests": 12},
            "subscriptions": {
                "crmObjects": [
                    {"subscriptionType": "object.creation", "objectType": "ticket", "active": True}
                ],
                "legacyCrmObjects": [
                    {"subscriptionType": "contact.creation", "active": True},
                    {"subscriptionType": "deal.propertyChange", "propertyName": "amount", "active": True},
                ],
                "hubEvents": [{"subscriptionType": "contact.privacyDeletion", "active": True}],
            },
        },
    }


def test_a_file_with_fewer_requests_at_once_than_hubspot_takes_is_not_made() -> None:
    with pytest.raises(ConfigError, match="6 or more"):
        hsmeta.text(WANTED, Settings(TARGET.target, 5))
    hsmeta.text(WANTED, Settings(TARGET.target, 6))
