"""Lists, imports, exports, people and the account itself through the dated paths, as in v3.

HubSpot-public-api-spec-collection @99893791, PublicApiSpecs; shapes: models of hubspot-api-client 12.0.0 and
hubspot-sdk 0.1.0a9.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.crm import create
from tests.contract.edge import CLIENT, Caller, Heard
from tests.contract.test_exports import VIEW, fetch
from tests.contract.test_journal import CONTACTS, App
from tests.contract.test_journal_filters import condition

KNOWN = {
    "filterBranchType": "OR",
    "filterBranchOperator": "OR",
    "filters": [],
    "filterBranches": [
        {
            "filterBranchType": "AND",
            "filterBranchOperator": "AND",
            "filterBranches": [],
            "filters": [
                {
                    "filterType": "PROPERTY",
                    "property": "firstname",
                    "operation": {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"},
                }
            ],
        }
    ],
}
MAPPING = {"columnObjectTypeId": "0-1", "columnName": "Email", "propertyName": "email"}
IMPORT = {
    "name": "People",
    "files": [
        {
            "fileName": "people.csv",
            "fileFormat": "CSV",
            "fileImportPage": {"hasHeader": True, "columnMappings": [MAPPING]},
        }
    ],
}


@pytest.fixture(params=["2026-03", "2026-09"])
def date(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def sent_file(call: Caller, path: str, text: str) -> Heard:
    """An import of one CSV file, as a form."""
    parts = [
        '--b0\r\nContent-Disposition: form-data; name="importRequest"\r\n\r\n' + json.dumps(IMPORT),
        '--b0\r\nContent-Disposition: form-data; name="files"; filename="people.csv"\r\n\r\n' + text,
        "--b0--\r\n",
    ]
    kind = {"content-type": "multipart/form-data; boundary=b0"}
    return call("POST", path, "\r\n".join(parts).encode(), headers=kind)


def test_a_list_by_hand_is_filled_copied_and_emptied(date: str) -> None:
    call, lists = Caller(limits=False), f"/crm/lists/{date}"
    ann, bob = (create(call, "contacts", firstname=name)["id"] for name in ("Ann", "Bob"))
    made = call("POST", lists, {"name": "Hand", "objectTypeId": "0-1", "processingType": "MANUAL"})
    assert made.status == 200
    one = f"{lists}/{made.json['list']['listId']}"
    added = call("PUT", f"{one}/memberships/add", [ann, bob, "999999"]).json
    assert (set(added["recordsIdsAdded"]), added["recordIdsMissing"]) == ({ann, bob}, ["999999"])
    changed = {"recordIdsToAdd": [], "recordIdsToRemove": [bob]}
    assert call("PUT", f"{one}/memberships/add-and-remove", changed).json["recordIdsRemoved"] == [bob]
    for tail in ("", "/join-order"):
        listed = call("GET", f"{one}/memberships{tail}").json
        assert ([member["recordId"] for member in listed["results"]], listed["total"]) == ([ann], 1)
    assert call("GET", f"{lists}/records/0-1/{ann}/memberships").json["total"] == 1
    ask = {"inputs": [{"objectTypeId": "0-1", "recordId": ann}]}
    (held,) = call("POST", f"{lists}/records/memberships/batch/read", ask).json["results"]
    assert len(held["recordListMemberships"]) == 1
    other = call("POST", lists, {"name": "Copy", "objectTypeId": "0-1", "processingType": "MANUAL"}).json
    copy, source = f"{lists}/{other['list']['listId']}", made.json["list"]["listId"]
    assert call("PUT", f"{copy}/memberships/add-from/{source}").status == 204
    assert call("GET", f"{copy}/memberships").json["total"] == 1
    assert call("PUT", f"{copy}/memberships/remove", [ann]).json["recordIdsRemoved"] == [ann]
    assert call("DELETE", f"{one}/memberships").status == 204
    assert call("GET", f"{one}/memberships").json["total"] == 0


def test_a_list_is_found_renamed_deleted_and_restored(date: str) -> None:
    call, lists = Caller(limits=False), f"/crm/lists/{date}"
    create(call, "contacts", firstname="Ann")
    create(call, "contacts", lastname="Bee")
    new = {"name": "Named", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": KNOWN}
    made = call("POST", lists, new).json["list"]
    one = f"{lists}/{made['listId']}"
    assert call("GET", f"{one}/memberships").json["total"] == 1
    assert call("GET", f"{lists}/object-type-id/0-1/name/Named").json["list"]["listId"] == made["listId"]
    assert len(call("GET", f"{lists}?listIds={made['listId']}").json["lists"]) == 1
    every = {"query": "nam", "offset": 0, "listIds": [], "processingTypes": []}
    found = call("POST", f"{lists}/search", every)
    assert (found.json["total"], found.json["hasMore"], found.json["offset"]) == (1, False, 1)
    assert call("PUT", f"{one}/update-list-name?listName=Other").json["updatedList"]["name"] == "Other"
    assert call("PUT", f"{one}/update-list-filters", {"filterBranch": KNOWN}).status == 200
    assert call("GET", f"{lists}/idmapping?legacyListId={made['listId']}").json["listId"] == made["listId"]
    mapped = call("POST", f"{lists}/idmapping", [made["listId"]]).json
    assert mapped["missingLegacyListIds"] == []
    wish = {"conversionType": "CONVERSION_DATE", "year": 2027, "month": 1, "day": 2}
    assert call("PUT", f"{one}/schedule-conversion", wish).status == 200
    assert call("GET", f"{one}/schedule-conversion").json["requestedConversionTime"] == wish
    assert call("DELETE", f"{one}/schedule-conversion").status == 204
    years = "startDate=2025-01-01T00:00:00Z&endDate=2027-01-01T00:00:00Z"
    assert set(call("GET", f"{one}/size-and-edits-history/between?{years}").json) >= {"sizeHistory"}
    assert call("DELETE", one).status == 204
    assert "deletedAt" in call("GET", one).json["list"]
    assert call("PUT", f"{one}/restore").status == 204
    assert "deletedAt" not in call("GET", one).json["list"]


def test_lists_lie_in_folders(date: str) -> None:
    call, lists = Caller(limits=False), f"/crm/lists/{date}"
    outer, inner = (
        call("POST", f"{lists}/folders", {"name": name}).json["folder"]["id"] for name in ("Outer", "Inner")
    )
    assert call("PUT", f"{lists}/folders/{inner}/move/{outer}").status == 200
    assert call("PUT", f"{lists}/folders/{inner}/rename?newFolderName=Deep").json["folder"]["name"] == "Deep"
    made = call("POST", lists, {"name": "Kept", "objectTypeId": "0-1", "processingType": "MANUAL"}).json
    move = {"listId": made["list"]["listId"], "newFolderId": inner}
    assert call("PUT", f"{lists}/folders/move-list", move).status == 204
    shown = call("GET", f"{lists}/folders?folderId={outer}").json["folder"]
    assert [child["id"] for child in shown["childNodes"]] == [inner]
    assert call("DELETE", f"{lists}/folders/{inner}").status == 400
    assert call("PUT", f"{lists}/folders/move-list", {**move, "newFolderId": "0"}).status == 204
    assert call("DELETE", f"{lists}/folders/{inner}").status == 204


def test_an_import_is_followed_to_its_errors(date: str) -> None:
    call, imports = Caller(limits=False), f"/crm/imports/{date}"
    started = sent_file(call, imports, "Email\na@example.com\nbad\n")
    assert (started.status, started.json["state"]) == (200, "STARTED")
    call.clock.advance(3_600)
    one = f"{imports}/{started.json['id']}"
    over = call("GET", one).json
    assert over["state"] == "DONE"
    counted = over["metadata"]["counters"]
    assert (counted["TOTAL_ROWS"], counted["CREATED_OBJECTS"], counted["ERRORS"]) == (2, 1, 1)
    (error,) = call("GET", f"{one}/errors?includeErrorMessage=true").json["results"]
    assert (error["errorType"], error["objectTypeId"]) == ("INVALID_EMAIL", "0-1")
    assert [each["id"] for each in call("GET", imports).json["results"]] == [started.json["id"]]
    stopped = call("POST", f"{one}/cancel")
    assert (stopped.status, set(stopped.json)) == (200, {"status", "startedAt", "completedAt"})


def test_an_export_is_followed_to_its_file(date: str) -> None:
    call, exports = Caller(limits=False), f"/crm/exports/{date}/export"
    create(call, "contacts", email="a@example.com")
    started = call("POST", f"{exports}/async", VIEW)
    assert started.status == 202
    call.clock.advance(60)
    over = call("GET", f"{exports}/async/tasks/{started.json['id']}/status").json
    assert over["status"] == "COMPLETE"
    assert "a@example.com" in fetch(call, over["result"]).text
    assert call("GET", f"{exports}/{started.json['id']}").json["recordCount"] == 1


def test_a_user_comes_and_goes(date: str) -> None:
    """A Terraform provider's live notes: gone by id and by address, and the address brings the id back."""
    call, users = Caller(limits=False), f"/settings/users/{date}"
    made = call("POST", users, {"email": "new@example.com", "sendWelcomeEmail": True})
    assert (made.status, made.json["superAdmin"], made.json["sendWelcomeEmail"]) == (201, False, True)
    assert "seatNames" not in made.json
    one = f"{users}/{made.json['id']}"
    assert "sendWelcomeEmail" not in call("GET", one).json
    assert call("PUT", one, {"firstName": "New"}).json["context"] == {"reason": ["USER_NOT_ON_ANY_HUBS"]}
    assert made.json["id"] in {user["id"] for user in call("GET", users).json["results"]}
    assert [call("DELETE", one).status for _ in range(2)] == [204, 204]
    assert call("GET", f"{users}/new@example.com?idProperty=EMAIL").status == 404
    assert call("POST", users, {"email": "new@example.com"}).json["id"] == made.json["id"]
    changed = call("PUT", f"{users}/{call.emulator.identity.user_id}", {"firstName": "Oliver"})
    assert (changed.status, changed.json["firstName"]) == (200, "Oliver")
    assert call("GET", f"{users}/roles").json == {"results": []}
    assert call("GET", f"{users}/teams").json == {"results": []}


def test_a_free_account_has_no_roles(date: str) -> None:
    heard = Caller(limits=False, tier="free")("GET", f"/settings/users/{date}/roles")
    assert (heard.status, heard.json["message"]) == (400, "Account doesn't have access to roles.")


def test_an_owner_is_read_by_either_id(date: str) -> None:
    call, owners = Caller(limits=False), f"/crm/owners/{date}"
    (owner,) = call("GET", f"{owners}?limit=500").json["results"]
    assert call("GET", f"{owners}/{owner['userId']}?idProperty=userId").json == owner
    assert call("GET", f"{owners}/{owner['id']}").json == owner
    assert call("GET", f"{owners}/1").status == 404


def test_the_account_tells_what_it_is(date: str) -> None:
    """The specification of October 2026 adds two fields to 2026-09."""
    call = Caller(limits=False)
    told = call("GET", f"/account-info/{date}/details").json
    assert (told["accountType"], told["utcOffset"]) == ("STANDARD", "-05:00")
    assert (told["utcOffsetMilliseconds"], told["additionalCurrencies"]) == (-18_000_000, [])
    new = {"portalName", "createdAt"}
    assert set(told) & new == {"2026-03": set(), "2026-09": new}[date]
    assert told.get("createdAt", "2026-01-01T09:00:00Z") == "2026-01-01T09:00:00Z"
    for log in ("audit-logs", "login", "security"):
        assert call("GET", f"/account-info/{date}/activity/{log}").json == {"results": []}
    (day,) = call("GET", f"/account-info/{date}/api-usage/daily/private-apps").json["results"]
    # Midnight in New York.
    assert (day["currentUsage"], day["resetsAt"]) == (5, "2026-01-02T05:00:00Z")


def test_tokens_are_introspected_and_revoked(date: str) -> None:
    call = Caller(limits=False)
    held = call.tokens()

    def look(token: str) -> Any:
        return call.form(f"/oauth/{date}/token/introspect", token=token, **CLIENT).json

    access, refresh = look(held["access_token"]), look(held["refresh_token"])
    assert (access["active"], access["token_use"], access["hub_id"]) == (True, "access_token", call.portal_id)
    assert (refresh["active"], refresh["token_use"]) == (True, "refresh_token")
    gone = call.form(f"/oauth/{date}/token/revoke", token=held["refresh_token"], **CLIENT)
    assert gone.status == 200
    assert look(held["refresh_token"]) == {"active": False}
    again = call.form(
        f"/oauth/{date}/token", grant_type="refresh_token", refresh_token=held["refresh_token"], **CLIENT
    )
    assert (again.status, again.json["status"]) == (400, "BAD_REFRESH_TOKEN")
    read = call("GET", f"/account-info/{date}/details", token=held["access_token"])
    assert read.status == 200


def test_subscriptions_are_changed_together(date: str) -> None:
    call = Caller(limits=False)
    key, app_id = call.emulator.identity.developer_api_key, call.emulator.identity.app_id
    base = f"/{'webhooks' if date == '2026-03' else 'app-webhooks'}/{date}/{app_id}"

    def ask(method: str, path: str, body: Any = None) -> Heard:
        return call(method, f"{base}/{path}?hapikey={key}", body, token=None)

    made = ask("POST", "subscriptions", {"eventType": "contact.creation", "active": False}).json
    body = {"inputs": [{"id": made["id"], "active": True}]}
    changed = ask("POST", "subscriptions/batch/update", body)
    assert (changed.status, [one["active"] for one in changed.json["results"]]) == (200, [True])
    assert ask("GET", f"subscriptions/{made['id']}").json["active"] is True
    assert ask("DELETE", f"subscriptions/{made['id']}").status == 204
    again = ask("POST", "subscriptions", {"eventType": "contact.creation", "active": False}).json
    assert again["id"] != made["id"]


@pytest.mark.parametrize(
    "base", ["/webhooks/v4/{}", "/webhooks-journal/{}/2026-03", "/webhooks-journal/{}/2026-09"]
)
def test_the_journal_is_read_in_batches_and_filtered(base: str) -> None:
    app, subscriptions = App(), base.format("subscriptions")
    number = app.mine("POST", subscriptions, CONTACTS).json["id"]
    filters = f"{subscriptions}/filters"
    wanted = {"subscriptionId": number, "filter": {"conditions": [condition("email", "ENDS_WITH", "@x.com")]}}
    made = app.mine("POST", filters, wanted)
    assert made.status == 200
    assert app.mine("GET", f"{filters}/{made.json['filterId']}").json["filter"] == wanted["filter"]
    assert len(app.mine("GET", f"{filters}/subscription/{number}").json) == 1
    people = [app.create(email) for email in ("a@x.com", "b@y.com", "c@x.com")]
    journal = base.format("journal")
    entries = app.mine("GET", f"{journal}/batch/earliest/10").json["results"]
    told = [event["objectId"] for entry in entries for event in app.open(entry)["journalEvents"]]
    assert told == [people[0], people[2]]
    offsets = [entry["currentOffset"] for entry in entries]
    rest = app.mine("GET", f"{journal}/batch/{offsets[0]}/next/5").json["results"]
    assert [entry["currentOffset"] for entry in rest] == offsets[1:]
    picked = app.mine("POST", f"{journal}/batch/read", {"inputs": offsets[:1]}).json["results"]
    assert [entry["currentOffset"] for entry in picked] == offsets[:1]
    assert app.mine("DELETE", f"{filters}/{made.json['filterId']}").status == 204
    assert [one["id"] for one in app.mine("GET", subscriptions).json["results"]] == [number]
    assert app.mine("GET", f"{subscriptions}/{number}").json["objectTypeId"] == "0-1"
    assert app.mine("DELETE", f"{subscriptions}/{number}").status == 204
    assert app.mine("DELETE", f"{subscriptions}/portals/{app.portal_id}").status == 204


@pytest.mark.parametrize(
    "base", ["/webhooks/v4/{}", "/webhooks-journal/{}/2026-03", "/webhooks-journal/{}/2026-09"]
)
def test_a_snapshot_of_a_record_has_a_status(base: str) -> None:
    app = App(CONTACTS)
    person = app.create("a@example.com")
    ask = {"portalId": app.portal_id, "objectId": person, "objectTypeId": "0-1", "properties": ["email"]}
    heard = app.mine("POST", f"{base.format('snapshots')}/crm", {"snapshotRequests": [ask]})
    (answer,) = heard.json["snapshotResponses"]
    status = app.mine("GET", f"{base.format('journal')}/status/{answer['snapshotStatusId']}")
    assert status.status == 200
    assert status.json["status"] == "COMPLETED"
