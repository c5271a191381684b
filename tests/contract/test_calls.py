"""What a telephone app tells of calls.

HubSpot-public-api-spec-collection @99893791, PublicApiSpecs/CRM (Calling Extensions, Transcriptions).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import account, create, read
from tests.contract.edge import Caller, Heard

BASES = [
    "/crm/v3/extensions/calling",
    "/crm/extensions/calling/2025-09",
    "/crm/extensions/calling/2026-03",
    "/crm/extensions/calling/2026-09",
]
V3 = BASES[0]


def call_of(caller: Caller) -> int:
    return int(create(caller, "calls", hs_timestamp="2026-01-01T08:00:00Z")["id"])


def words(number: int, *, start: int = 0, end: int = 900) -> dict[str, Any]:
    said = {
        "speaker": {"id": "1", "name": "Ada"},
        "text": "Hello",
        "startTimeMillis": start,
        "endTimeMillis": end,
    }
    return {"engagementId": number, "transcriptCreateUtterances": [said]}


def inbound(caller: Caller, number: str = "+15550001234", *, base: str = V3, **more: Any) -> Heard:
    body = {
        "externalCallId": "ext-1",
        "finalCallStatus": "COMPLETED",
        "fromNumber": {"e164Number": number, "phoneNumberType": "MOBILE"},
        "toNumber": {"e164Number": "+15550009999", "phoneNumberType": "FIXED_LINE"},
        "createEngagement": False,
        "engagementProperties": {},
        "potentialRecipientUserIds": [],
        **more,
    }
    return caller("POST", f"{base}/inbound-call", body)


@pytest.mark.parametrize("base", BASES)
def test_a_transcript_is_kept_until_it_is_deleted(base: str) -> None:
    caller = account()
    number = call_of(caller)
    made = caller("POST", f"{base}/transcripts", words(number))
    assert (made.status, set(made.json)) == (200, {"id"})
    path = f"{base}/transcripts/{made.json['id']}"
    told = caller("GET", path).json
    assert (told["engagementId"], told["transcriptSource"]) == (number, "INTEGRATOR_GENERATED")
    (said,) = told["transcriptUtterances"]
    assert (said["text"], said["speaker"], said["endTimeMillis"]) == (
        "Hello",
        {"id": "1", "name": "Ada"},
        900,
    )
    assert caller("DELETE", path).status == 204
    assert caller("GET", path).status == 404
    assert caller("DELETE", path).status == 404


def test_a_transcript_is_of_a_call_and_runs_forward() -> None:
    caller = account()
    assert caller("POST", f"{V3}/transcripts", words(12)).status == 404
    number = call_of(caller)
    assert caller("POST", f"{V3}/transcripts", words(number, start=5, end=4)).status == 400
    assert caller("POST", f"{V3}/transcripts", words(number, start=-1)).status == 400
    empty = {"engagementId": number, "transcriptCreateUtterances": []}
    assert caller("POST", f"{V3}/transcripts", empty).status == 400


@pytest.mark.parametrize("base", BASES)
def test_a_recording_is_ready_for_a_call_that_is_there(base: str) -> None:
    caller = account()
    assert caller("POST", f"{base}/recordings/ready", {"engagementId": call_of(caller)}).status == 204
    assert caller("POST", f"{base}/recordings/ready", {"engagementId": 12}).status == 404


@pytest.mark.parametrize("base", BASES)
def test_a_caller_is_known_by_the_number_however_it_is_written(base: str) -> None:
    caller = account()
    ada = create(caller, "contacts", firstname="Ada", mobilephone="+1 (555) 000-1234")["id"]
    pets = create(caller, "companies", name="Pets", phone="+15550001234")["id"]
    create(caller, "contacts", firstname="Bob", phone="+15550001235")
    told = inbound(caller, base=base).json["callerIdMatches"]
    assert [(one["callerIdType"], one["objectCoordinates"]["objectId"]) for one in told] == [
        ("CONTACT", int(ada)),
        ("COMPANY", int(pets)),
    ]
    assert told[0]["firstName"] == "Ada"
    assert told[1]["objectCoordinates"]["objectTypeId"] == "0-2"
    assert inbound(caller, "+4930123456", base=base).json == {"callerIdMatches": []}
    assert caller("GET", "/crm/v3/objects/calls").json["results"] == []


def test_a_call_is_put_on_its_callers_if_that_is_wanted() -> None:
    caller = account()
    ada = create(caller, "contacts", firstname="Ada", phone="+15550001234")["id"]
    inbound(caller, createEngagement=True, durationSeconds=61, engagementProperties={"hs_call_title": "In"})
    (made,) = caller("GET", "/crm/v3/objects/calls").json["results"]
    shown = read(
        caller,
        "calls",
        made["id"],
        "properties=hs_call_direction,hs_call_duration,hs_call_title,hs_call_external_id&associations=contacts",
    )
    assert {name: shown["properties"][name] for name in ("hs_call_direction", "hs_call_duration")} == {
        "hs_call_direction": "INBOUND",
        "hs_call_duration": "61000",
    }
    assert (shown["properties"]["hs_call_title"], shown["properties"]["hs_call_external_id"]) == (
        "In",
        "ext-1",
    )
    assert [one["id"] for one in shown["associations"]["contacts"]["results"]] == [ada]


@pytest.mark.parametrize(
    "wrong",
    [
        {"finalCallStatus": "LOUD"},
        {"fromNumber": {"e164Number": "555", "phoneNumberType": "MOBILE"}},
        {"createEngagement": True, "engagementProperties": {"unheard_of": "x"}},
    ],
)
def test_a_call_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    caller = account()
    assert inbound(caller, **wrong).status == 400
    assert caller("GET", "/crm/v3/objects/calls").json["results"] == []


def test_calls_need_the_rights_of_contacts_and_transcripts_their_own() -> None:
    caller = account()
    number = call_of(caller)
    token = caller.emulator.token(scopes=["crm.objects.contacts.write"])
    ready = f"{V3}/recordings/ready"
    assert caller("POST", ready, {"engagementId": number}, token=token).status == 204
    assert caller("POST", f"{V3}/transcripts", words(number), token=token).status == 403
    own = caller.emulator.token(scopes=["crm.extensions_calling_transcripts.write"])
    assert caller("POST", f"{V3}/transcripts", words(number), token=own).status == 200
    assert caller("POST", ready, {"engagementId": number}, token=own).status == 403


def test_nobody_has_connected_a_telephone() -> None:
    """`connected` without a `provider`: the specification's user without one."""
    caller, base = account(), "/crm/extensions/calling/v3/connection-statuses"
    caller("POST", "/settings/v3/users", {"email": "rep@example.com"})
    users = [one["id"] for one in caller("GET", "/settings/v3/users").json["results"]]
    told = [{"userId": user, "connected": False} for user in users]
    assert caller("GET", base).json == {"results": told}
    assert caller("GET", f"{base}?userId={users[1]}").json == {"results": told[1:]}
    assert caller("GET", f"{base}/me").json == {"userId": "55555555", "connected": False}
    both = {"inputs": [{"id": users[1]}, {"id": "12"}]}
    assert caller("POST", f"{base}/batch/read", both).json == {"results": told[1:]}
    for scope, status in (("automation", 200), ("crm.objects.owners.read", 200), ("crm.lists.read", 403)):
        assert caller("GET", base, token=caller.emulator.token(scopes=[scope])).status == status
