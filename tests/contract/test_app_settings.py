"""What a developer sets up for an app: telephone, video conferences, cards, feature flags.

Shapes and statuses: HubSpot-public-api-spec-collection @99893791, PublicApiSpecs/CRM (Calling Extensions,
Video Conferencing Extension, Public App Crm Cards, Public App Feature Flags V3).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

PHONES = ["/crm/v3/extensions/calling", "/crm/extensions/calling/2026-03", "/crm/extensions/calling/2026-09"]
VIDEOS = [
    "/crm/v3/extensions/videoconferencing/settings",
    "/crm/extensions/videoconferencing/2025-09/settings",
    "/crm/extensions/videoconferencing/2026-03/settings",
    "/crm/extensions/videoconferencing/2026-09/settings",
]
CARDS = [
    # The path of earlier SDKs.
    "/crm/v3/extensions/cards",
    "/crm/v3/extensions/cards-dev",
    "/crm/extensions/cards-dev/2026-03",
    "/crm/extensions/cards-dev/2026-09",
]
FLAGS = ["/feature-flags/v3", "/feature-flags/2026-03"]


class Developer:
    """Calls with the developer's key and without any token."""

    def __init__(self, caller: Caller | None = None) -> None:
        self.caller = caller or Caller(limits=False)
        identity = self.caller.emulator.identity
        self.app, self.key = identity.app_id, identity.developer_api_key

    def __call__(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Heard:
        return self.caller(method, f"{path}?hapikey={self.key if key is None else key}", body, token=None)


@pytest.mark.parametrize("base", PHONES)
def test_the_telephone_is_set_changed_and_taken_away(base: str) -> None:
    ask = Developer()
    path = f"{base}/{ask.app}/settings"
    assert ask("GET", path).status == 404
    made = ask(
        "POST", path, {"name": "Phone", "url": "https://phone.example.com", "height": 500, "width": 300}
    )
    assert (made.status, made.json["name"], made.json["height"]) == (200, "Phone", 500)
    assert set(made.json) == {
        "name", "url", "height", "width", "isReady", "supportsCustomObjects", "supportsInboundCalling",
        "usesCallingWindow", "usesRemote", "createdAt", "updatedAt",
    }  # fmt: skip
    ask.caller.clock.advance(5)
    changed = ask("PATCH", path, {"isReady": False, "supportsInboundCalling": True})
    assert (changed.json["isReady"], changed.json["supportsInboundCalling"]) == (False, True)
    assert (changed.json["name"], changed.json["width"]) == ("Phone", 300)
    assert changed.json["createdAt"] == made.json["createdAt"] != changed.json["updatedAt"]
    assert ask("GET", path).json == changed.json
    assert ask("DELETE", path).status == 204
    assert ask("GET", path).status == 404
    assert ask("PATCH", path, {"isReady": True}).status == 404


def test_an_address_that_is_none_and_a_size_of_nothing_are_refused() -> None:
    ask = Developer()
    path = f"{PHONES[0]}/{ask.app}/settings"
    good = {"name": "Phone", "url": "https://phone.example.com"}
    for wrong in ({"url": "phone"}, {"url": "ftp://phone.example.com"}, {"height": 0}, {"width": -1}):
        assert ask("POST", path, {**good, **wrong}).status == 400
    assert ask("POST", path, {"name": "Phone"}).status == 400
    assert ask("GET", path).status == 404


@pytest.mark.parametrize("phones", PHONES)
def test_channel_and_recordings_are_set_apart(phones: str) -> None:
    ask = Developer()
    base = f"{phones}/{ask.app}/settings"
    channel = ask("POST", f"{base}/channel-connection", {"url": "https://a.example", "isReady": False})
    assert (channel.status, channel.json["isReady"]) == (200, False)
    assert ask("PATCH", f"{base}/channel-connection", {"isReady": True}).json["url"] == "https://a.example"
    assert ask("GET", f"{base}/channel-connection").json["isReady"] is True
    assert ask("GET", base).status == 404
    recording = {"urlToRetrieveAuthedRecording": "https://a.example/recordings"}
    assert ask("POST", f"{base}/recording", recording).json == recording
    moved = {"urlToRetrieveAuthedRecording": "https://b.example/recordings"}
    assert ask("PATCH", f"{base}/recording", moved).json == moved == ask("GET", f"{base}/recording").json
    assert ask("DELETE", f"{base}/channel-connection").status == 204
    assert ask("GET", f"{base}/channel-connection").status == 404


@pytest.mark.parametrize("base", VIDEOS)
def test_video_settings_are_replaced_as_a_whole(base: str) -> None:
    ask = Developer()
    path = f"{base}/{ask.app}"
    assert ask("GET", path).status == 404
    both = {"createMeetingUrl": "https://v.example/new", "deleteMeetingUrl": "https://v.example/gone"}
    assert ask("PUT", path, both).json == both
    one = {"createMeetingUrl": "https://v.example/other"}
    assert ask("PUT", path, one).status == 200
    assert ask("GET", path).json == one
    assert ask("PUT", path, {"deleteMeetingUrl": "https://v.example/gone"}).status == 400
    assert ask("PUT", path, {"createMeetingUrl": "new"}).status == 400
    assert ask("DELETE", path).status == 204
    assert ask("GET", path).status == 404


CARD = {
    "title": "Orders",
    "fetch": {
        "targetUrl": "https://cards.example.com",
        "objectTypes": [{"name": "contacts", "propertiesToSend": ["email"]}],
    },
    "display": {"properties": [{"name": "total", "label": "Total", "dataType": "NUMERIC", "options": []}]},
    "actions": {"baseUrls": ["https://cards.example.com/do"]},
}


@pytest.mark.parametrize("base", CARDS)
def test_a_card_is_made_changed_and_deleted(base: str) -> None:
    ask = Developer()
    path = f"{base}/{ask.app}"
    made = ask("POST", path, CARD)
    assert made.status == 201
    assert {name: made.json[name] for name in CARD} == CARD
    assert [entry["actionType"] for entry in made.json["auditHistory"]] == ["CREATE"]
    number = made.json["id"]
    changed = ask(
        "PATCH", f"{path}/{number}", {"title": "Parcels", "fetch": {"targetUrl": "https://b.example"}}
    )
    assert changed.json["title"] == "Parcels"
    assert changed.json["fetch"] == {**CARD["fetch"], "targetUrl": "https://b.example"}  # type: ignore[dict-item]  # a mapping
    assert changed.json["display"] == CARD["display"]
    assert [entry["actionType"] for entry in changed.json["auditHistory"]] == ["UPDATE", "CREATE"]
    assert ask("GET", path).json == {"results": [changed.json]}
    assert ask("GET", f"{path}/{number}").json == changed.json
    assert ask("DELETE", f"{path}/{number}").status == 204
    assert ask("GET", f"{path}/{number}").status == 404
    assert ask("GET", path).json == {"results": []}


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"fetch": {"targetUrl": "cards", "objectTypes": [{"name": "contacts", "propertiesToSend": []}]}},
        {"fetch": {"targetUrl": "https://a.example", "objectTypes": []}},
        {"fetch": {"targetUrl": "https://a.example", "objectTypes": [{"name": "widgets"}]}},
        {"display": {"properties": [{"name": "x", "label": "X", "dataType": "MONEY"}]}},
    ],
)
def test_a_card_that_cannot_be_shown_is_refused(wrong: dict[str, Any]) -> None:
    ask = Developer()
    assert ask("POST", f"{CARDS[0]}/{ask.app}", {**CARD, **wrong}).status == 400
    assert ask("GET", f"{CARDS[0]}/{ask.app}").json == {"results": []}


def test_an_app_has_twenty_five_cards_at_most() -> None:
    """https://developers.hubspot.com/docs/guides/apps/api-usage/usage-details"""
    ask = Developer()
    path = f"{CARDS[0]}/{ask.app}"
    numbers = {ask("POST", path, CARD).json["id"] for _ in range(25)}
    assert len(numbers) == 25
    assert ask("POST", path, CARD).status == 400


@pytest.mark.parametrize("base", CARDS)
def test_a_card_gives_way_to_that_of_a_project(base: str) -> None:
    """hubspot-sdk: card_migrate_views_response.py."""
    ask = Developer()
    number = int(ask("POST", f"{base}/{ask.app}", CARD).json["id"])
    wish = {"legacyCrmCardId": number, "appCardId": 5, "allowDuplicateAppCardIds": False}
    told = ask("POST", f"{base}/{ask.app}/views/migrate", wish)
    assert told.status == 200
    assert (told.json["remainingPortalCount"], told.json["totalPortalCount"]) == (0, 1)
    assert told.json["startedAt"] == told.json["endedAt"]
    assert told.json["message"]
    unknown = {**wish, "legacyCrmCardId": number + 1}
    assert ask("POST", f"{base}/{ask.app}/views/migrate", unknown).status == 404


@pytest.mark.parametrize("base", CARDS)
def test_the_sample_card_needs_no_credentials(base: str) -> None:
    heard = Caller()("GET", f"{base}/sample-response", token=None)
    assert heard.status == 200
    assert heard.json["totalCount"] == len(heard.json["sections"])


@pytest.mark.parametrize("base", FLAGS)
def test_a_flag_has_a_default_and_a_state_in_accounts(base: str) -> None:
    ask = Developer()
    flags = f"{base}/{ask.app}/flags"
    path = f"{flags}/hs-hide-crm-cards"
    assert ask("GET", path).status == 404
    body = {"appId": ask.app, "flagName": "hs-hide-crm-cards", "defaultState": "OFF"}
    assert ask("PUT", path, {"defaultState": "OFF"}).json == body
    assert ask("GET", path).json == body
    assert ask("GET", f"{flags}/all").json == {"flagsForApp": ["hs-hide-crm-cards"]}
    state = {"appId": ask.app, "flagName": "hs-hide-crm-cards", "portalId": 77}
    assert ask("GET", f"{path}/portals/77").json == {**state, "flagState": "ABSENT"}
    assert ask("PUT", f"{path}/portals/77", {"flagState": "ON"}).json == {**state, "flagState": "ON"}
    entries = [{"portalId": 9, "flagState": "OFF"}, {"portalId": 100, "flagState": "ON"}]
    many = ask("POST", f"{path}/portals/batch/upsert", {"portalStates": entries}).json["portalFlagStates"]
    assert [(one["portalId"], one["flagState"]) for one in many] == [(9, "OFF"), (100, "ON")]
    all_ = ask("GET", f"{path}/portals").json["portalFlagStates"]
    assert [one["portalId"] for one in all_] == [9, 77, 100]
    assert ask("DELETE", f"{path}/portals/77").json["flagState"] == "ABSENT"
    gone = ask("POST", f"{path}/portals/batch/delete", {"portalIds": [9]}).json["portalFlagStates"]
    assert [(one["portalId"], one["flagState"]) for one in gone] == [(9, "ABSENT")]
    assert [one["portalId"] for one in ask("GET", f"{path}/portals").json["portalFlagStates"]] == [100]
    assert ask("DELETE", path).json == body
    assert ask("GET", f"{flags}/all").json == {"flagsForApp": []}
    assert ask("PUT", path, {"defaultState": "MAYBE"}).status == 400


def test_pages_of_accounts_begin_where_they_are_asked_to() -> None:
    ask = Developer()
    path = f"{FLAGS[0]}/{ask.app}/flags/f"
    ask("PUT", path, {"defaultState": "ON"})
    entries = [{"portalId": number, "flagState": "ON"} for number in (5, 30, 200)]
    ask("POST", f"{path}/portals/batch/upsert", {"portalStates": entries})
    page = ask.caller("GET", f"{path}/portals?startPortalId=6&limit=1&hapikey={ask.key}", token=None)
    assert [one["portalId"] for one in page.json["portalFlagStates"]] == [30]


EVERYWHERE = [
    "/crm/v3/extensions/calling/{}/settings",
    "/crm/v3/extensions/calling/{}/settings/recording",
    "/crm/v3/extensions/videoconferencing/settings/{}",
    "/crm/v3/extensions/cards-dev/{}",
    "/feature-flags/v3/{}/flags/all",
    "/integrators/timeline/v3/{}/event-templates",
]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_settings_are_for_the_developer_and_the_app_itself(path: str) -> None:
    caller = Caller()
    ask = Developer(caller)
    own = path.format(ask.app)
    assert ask("GET", own, key="00000000-0000-0000-0000-000000000000").status == 401
    assert caller("GET", own, token=None).status == 401
    # The app's own token does, if it has the scope; that of another app finds no such app.
    assert caller("GET", own).status in (200, 404)
    stranger = caller.emulator.token(scopes=["developers-read"])
    assert "No app found" in caller("GET", own, token=stranger).json["message"]
    lacking = caller.emulator.token(scopes=["crm.objects.contacts.read"])
    assert caller("GET", own, token=lacking).status == 403
    assert ask("GET", path.format(1)).status == 404
    assert ask("GET", path.format("x")).status == 404


def test_a_service_key_is_no_app() -> None:
    """https://developers.hubspot.com/changelog/service-keys"""
    caller = Caller()
    key = caller.emulator.token(scopes=["developers-read"], kind="service-key")
    heard = caller("GET", f"/crm/v3/extensions/cards-dev/{caller.emulator.identity.app_id}", token=key)
    assert heard.status == 403


def test_settings_of_an_app_are_kept_with_it(tmp_path: Any) -> None:
    state = str(tmp_path / "state.db")
    first = Developer(Caller(state=state))
    first("PUT", f"{VIDEOS[0]}/{first.app}", {"createMeetingUrl": "https://v.example"})
    first.caller.emulator.close()
    again = Developer(Caller(state=state))
    assert again("GET", f"{VIDEOS[0]}/{again.app}").json == {"createMeetingUrl": "https://v.example"}
