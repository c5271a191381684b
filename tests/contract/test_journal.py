"""The webhooks journal: https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from tests.contract.edge import CLIENT, Caller, Heard

PORTAL = 12345678
READ = "developer.webhooks_journal.read"
EVERY = (
    f"{READ} developer.webhooks_journal.subscriptions.read developer.webhooks_journal.subscriptions.write "
    "developer.webhooks_journal.snapshots.read developer.webhooks_journal.snapshots.write"
)
JOURNAL = "/webhooks-journal/journal/2026-03"
SUBSCRIPTIONS = "/webhooks-journal/subscriptions/2026-03"
CONTACTS = {
    "subscriptionType": "OBJECT",
    "portalId": PORTAL,
    "objectTypeId": "0-1",
    "actions": ["CREATE", "UPDATE", "DELETE"],
    "properties": [],
    "objectIds": [],
}


class App(Caller):
    """A caller that has the app's own token besides the account's."""

    def __init__(self, *wishes: Any, scopes: str = EVERY, **options: Any) -> None:
        super().__init__(limits=False, **options)
        heard = self.form("/oauth/2026-03/token", grant_type="client_credentials", scope=scopes, **CLIENT)
        self.own = heard.json["access_token"]
        for wish in wishes:
            assert self.mine("POST", SUBSCRIPTIONS, wish).status == 200

    def mine(self, method: str, target: str, body: Any = None) -> Heard:
        return self(method, target, body, token=self.own)

    def open(self, entry: Any) -> Any:
        """The file that an answer leads to; nobody signs in for it."""
        parts = urlsplit(entry["url"])
        heard = self("GET", f"{parts.path}?{parts.query}", token=None)
        assert heard.status == 200, heard.text
        return heard.json

    def events(self) -> list[Any]:
        """Everything that is in the journal."""
        heard = self.mine("GET", f"{JOURNAL}/batch/earliest/100")
        entries = heard.json["results"] if heard.status == 200 else []
        return [event for entry in entries for event in self.open(entry)["journalEvents"]]

    def create(self, email: str) -> int:
        heard = self("POST", "/crm/v3/objects/contacts", {"properties": {"email": email}})
        assert heard.status == 201
        return int(heard.json["id"])

    def update(self, number: int, **properties: str) -> None:
        body = {"properties": properties}
        assert self("PATCH", f"/crm/v3/objects/contacts/{number}", body).status == 200


@pytest.mark.parametrize(
    "base",
    [
        "/webhooks-journal/journal/2026-03",
        "/webhooks-journal/journal/2026-09",
        "/webhooks-journal/journal-local/2026-03",
        "/webhooks/v4/journal",
    ],
)
def test_the_journal_is_followed_from_offset_to_offset(base: str) -> None:
    app = App(CONTACTS)
    for path in ("/earliest", "/latest", "/batch/earliest/5", "/batch/latest/5"):
        assert app.mine("GET", base + path).status == 204
    people = [app.create(f"row{number}@example.com") for number in range(3)]
    told = []
    heard = app.mine("GET", f"{base}/earliest")
    while heard.status == 200:
        assert set(heard.json) == {"url", "expiresAt", "currentOffset"}
        file = app.open(heard.json)
        assert file["offset"] == heard.json["currentOffset"] == str(UUID(file["offset"]))
        assert file["publishedAt"] == "2026-01-01T09:00:00Z"
        told += [event["objectId"] for event in file["journalEvents"]]
        heard = app.mine("GET", f"{base}/offset/{heard.json['currentOffset']}/next")
    assert heard.status == 204
    assert told == people
    last = app.open(app.mine("GET", f"{base}/latest").json)
    assert last["journalEvents"][0]["objectId"] == people[-1]


def test_batches_come_in_order() -> None:
    app = App(CONTACTS)
    for number in range(5):
        app.create(f"row{number}@example.com")

    def offsets(path: str) -> list[str]:
        heard = app.mine("GET", JOURNAL + path).json
        assert heard["status"] == "COMPLETE"
        return [entry["currentOffset"] for entry in heard["results"]]

    every = offsets("/batch/earliest/100")
    assert len(set(every)) == 5
    assert offsets("/batch/earliest/2") == every[:2]
    assert offsets("/batch/latest/2") == every[-2:]
    assert offsets(f"/batch/{every[1]}/next/2") == every[2:4]
    assert app.mine("GET", f"{JOURNAL}/batch/{every[-1]}/next/2").status == 204
    heard = app.mine("POST", f"{JOURNAL}/batch/read", {"inputs": [every[3], every[0]]})
    assert [entry["currentOffset"] for entry in heard.json["results"]] == [every[3], every[0]]
    heard = app.mine("POST", f"{JOURNAL}/batch/read", {"inputs": [every[3], "nonsense"]})
    assert (heard.status, heard.json["numErrors"]) == (207, 1)


@pytest.mark.parametrize(
    "path",
    [
        "/offset/nonsense/next",
        "/batch/earliest/0",
        "/batch/latest/x",
        "/batch/earliest/1000",
        "/earliest?installPortalId=x",
    ],
)
def test_what_is_no_offset_or_count_is_refused(path: str) -> None:
    assert App(CONTACTS).mine("GET", JOURNAL + path).status == 400


def test_a_stale_offset_still_leads_on_after_three_days() -> None:
    app = App(CONTACTS)
    app.create("ann@example.com")
    entry = app.mine("GET", f"{JOURNAL}/latest").json
    app.clock.advance(3 * 86_400 - 1)
    app.own = app.form("/oauth/2026-03/token", grant_type="client_credentials", scope=EVERY, **CLIENT).json[
        "access_token"
    ]
    assert app.mine("GET", f"{JOURNAL}/earliest").status == 200
    bob = app.create("bob@example.com")
    app.clock.advance(1)
    heard = app.mine("GET", f"{JOURNAL}/earliest")
    assert app.open(heard.json)["journalEvents"][0]["objectId"] == bob
    heard = app.mine("GET", f"{JOURNAL}/offset/{entry['currentOffset']}/next")
    assert app.open(heard.json)["journalEvents"][0]["objectId"] == bob


def test_the_address_of_a_file_is_signed_and_ends() -> None:
    app = App(CONTACTS)
    app.create("ann@example.com")
    parts = urlsplit(app.mine("GET", f"{JOURNAL}/latest").json["url"])
    target = f"{parts.path}?{parts.query}"
    for wrong in (
        target[:-1],
        parts.path,
        re.sub(r"expires=\d", "expires=9", target),
        re.sub(r"app=\d+", "app=1", target),
        re.sub("signature=.*", "signature=", target),
    ):
        assert app("GET", wrong, token=None).status == 403, wrong
    assert app("GET", target, token=None).status == 200
    app.clock.advance(3600)
    assert app("GET", target, token=None).status == 403


# What is written


def test_an_object_event_has_these_fields() -> None:
    """https://github.com/sejal27/sej-webhooks-journal, src/types/api.ts"""
    app = App({**CONTACTS, "properties": ["email", "firstname"]})
    ann = app.create("ann@example.com")
    app.update(ann, firstname="Ann", lastname="Other")
    app.update(ann, lastname="Unseen")
    app("DELETE", f"/crm/v3/objects/contacts/{ann}")
    base = {
        "type": "crmObject",
        "portalId": PORTAL,
        "occurredAt": "2026-01-01T09:00:00Z",
        "objectTypeId": "0-1",
        "objectId": ann,
    }
    assert app.events() == [
        {**base, "action": "CREATE", "propertyChanges": {"email": "ann@example.com"}},
        {**base, "action": "UPDATE", "propertyChanges": {"firstname": "Ann"}},
        {**base, "action": "DELETE", "propertyChanges": {}},
    ]


def test_actions_and_objects_narrow() -> None:
    app = App()
    ann, bob = app.create("ann@example.com"), app.create("bob@example.com")
    app.mine("POST", SUBSCRIPTIONS, {**CONTACTS, "actions": ["UPDATE"], "objectIds": [bob]})
    for one in (ann, bob):
        app.update(one, firstname="X")
    app("DELETE", f"/crm/v3/objects/contacts/{bob}")
    (event,) = app.events()
    assert (event["objectId"], event["action"]) == (bob, "UPDATE")


def test_associations_are_told_from_their_side() -> None:
    wish = {
        "subscriptionType": "ASSOCIATION",
        "portalId": PORTAL,
        "objectTypeId": "companies",
        "actions": ["ASSOCIATION_ADDED", "ASSOCIATION_REMOVED"],
        "associatedObjectTypeIds": ["0-1"],
    }
    app = App(wish)
    ann = app.create("ann@example.com")
    made = app("POST", "/crm/v3/objects/companies", {"properties": {"name": "A"}}).json["id"]
    app("PUT", f"/crm/v4/objects/contacts/{ann}/associations/default/companies/{made}")
    app("DELETE", f"/crm/v4/objects/contacts/{ann}/associations/companies/{made}")
    told = app.events()
    assert [(event["action"], event["isPrimary"]) for event in told] == [
        ("ASSOCIATION_ADDED", False),
        ("ASSOCIATION_ADDED", True),
        ("ASSOCIATION_REMOVED", True),
        ("ASSOCIATION_REMOVED", False),
    ]
    assert told[0] == {
        "type": "association",
        "portalId": PORTAL,
        "occurredAt": "2026-01-01T09:00:00Z",
        "action": "ASSOCIATION_ADDED",
        "fromObjectTypeId": "0-2",
        "fromObjectId": int(made),
        "toObjectTypeId": "0-1",
        "toObjectId": ann,
        "associationTypeId": 280,
        "associationCategory": "HUBSPOT_DEFINED",
        "isPrimary": False,
    }


def test_a_batch_is_one_file_and_two_wishes_tell_once() -> None:
    app = App(CONTACTS, {"subscriptionType": "OBJECT", "portalId": PORTAL, "objectTypeId": "0-2"})
    inputs = [{"properties": {"email": f"row{number}@example.com"}} for number in range(100)]
    app("POST", "/crm/v3/objects/contacts/batch/create", {"inputs": inputs})
    assert len(app.mine("GET", f"{JOURNAL}/batch/earliest/10").json["results"]) == 1
    assert len(app.events()) == 100


def test_installing_and_putting_out_are_told_of_every_account() -> None:
    app = App(auto_consent=True)
    other = app.emulator.add_app("Sync")
    login = {"client_id": other.client_id, "client_secret": other.client_secret}
    app.own = app.form("/oauth/v3/token", grant_type="client_credentials", scope=EVERY, **login).json[
        "access_token"
    ]
    for kind in ("4-1909196", "4-1916193"):
        wish = {"subscriptionType": "APP_LIFECYCLE_EVENT", "eventTypeId": kind, "properties": []}
        assert app.mine("POST", SUBSCRIPTIONS, wish).status == 200
    assert app.mine("POST", SUBSCRIPTIONS, CONTACTS).status == 400  # not let in yet
    target = f"/oauth/authorize?client_id={other.client_id}&redirect_uri=http://localhost/&scope=oauth"
    for _ in range(2):
        code = app("GET", target, token=None).headers["Location"].split("code=")[1]
        fields = {**login, "redirect_uri": "http://localhost/", "code": code}
        heard = app.form("/oauth/v3/token", grant_type="authorization_code", **fields)
        assert heard.status == 200
    assert app.mine("POST", SUBSCRIPTIONS, CONTACTS).status == 200
    token = heard.json["access_token"]
    target = f"/_emulator/accounts/{PORTAL}/apps/{other.app_id}"
    here = {"host": "127.0.0.1"}
    assert app("DELETE", target, token=None, headers=here).status == 204
    assert app("DELETE", target, token=None, headers=here).status == 404
    assert app("GET", "/crm/v3/objects/contacts", token=token).status == 401
    refreshed = app.form(
        "/oauth/v3/token", grant_type="refresh_token", refresh_token=heard.json["refresh_token"], **login
    )
    assert refreshed.json["status"] == "BAD_REFRESH_TOKEN"
    app.create("ann@example.com")
    app.own = app.form("/oauth/v3/token", grant_type="client_credentials", scope=EVERY, **login).json[
        "access_token"
    ]
    told = app.events()
    assert [(event["type"], event["action"], event["eventTypeId"]) for event in told] == [
        ("app_lifecycle_event", "APP_INSTALL", "4-1909196"),
        ("app_lifecycle_event", "APP_UNINSTALL", "4-1916193"),
    ]
    assert told[0]["properties"]["hs_app_id"] == str(other.app_id)


# Subscriptions


@pytest.mark.parametrize("base", [SUBSCRIPTIONS, "/webhooks-journal/subscriptions/2026-09"])
def test_a_subscription_is_made_changed_and_dropped(base: str) -> None:
    app = App()
    made = app.mine("POST", base, CONTACTS)
    assert made.status == 200
    number = made.json["id"]
    assert made.json == {
        **CONTACTS,
        "id": number,
        "appId": 7654321,
        "createdAt": "2026-01-01T09:00:00Z",
        "updatedAt": "2026-01-01T09:00:00Z",
    }
    app.clock.advance(5)
    again = app.mine("POST", base, {**CONTACTS, "objectTypeId": "contacts", "actions": ["DELETE"]}).json
    assert (again["id"], again["actions"], again["updatedAt"]) == (number, ["DELETE"], "2026-01-01T09:00:05Z")
    assert app.mine("GET", base).json == {"results": [again]}
    assert app.mine("GET", f"{base}/{number}").json == again
    assert app.mine("DELETE", f"{base}/{number}").status == 204
    assert app.mine("GET", f"{base}/{number}").status == 404
    app.mine("POST", base, CONTACTS)
    assert app.mine("DELETE", f"{base}/portals/{PORTAL}").status == 204
    assert app.mine("GET", base).json == {"results": []}
    app.create("ann@example.com")
    assert app.events() == []


@pytest.mark.parametrize(
    "change",
    [
        {"subscriptionType": "EVERYTHING"},
        {"portalId": None},
        {"portalId": 1},
        {"objectTypeId": None},
        {"objectTypeId": "0-9999"},
        {"actions": ["EXPLODE"]},
        {"actions": "CREATE"},
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(change: Any) -> None:
    assert App().mine("POST", SUBSCRIPTIONS, {**CONTACTS, **change}).status == 400


def test_every_part_needs_its_scope() -> None:
    app = App(scopes=READ)
    assert app.mine("GET", f"{JOURNAL}/earliest").status == 204
    assert app.mine("GET", SUBSCRIPTIONS).status == 403
    assert app.mine("POST", SUBSCRIPTIONS, CONTACTS).status == 403
    assert app.mine("POST", "/webhooks-journal/snapshots/2026-03/crm", {"snapshotRequests": []}).status == 403
    assert App(scopes="oauth").mine("GET", f"{JOURNAL}/earliest").status == 403


def test_the_journal_costs_no_quota() -> None:
    heard = App(CONTACTS).mine("GET", f"{JOURNAL}/earliest")
    assert not [name for name in heard.headers if "RateLimit" in name]


# Snapshots


def test_a_snapshot_of_a_record_arrives_in_the_journal() -> None:
    app = App()
    ann = app.create("ann@example.com")
    wanted = {"portalId": PORTAL, "objectTypeId": "0-1", "properties": ["email", "lastname"]}
    requests = [{**wanted, "objectId": ann}, {**wanted, "objectId": 1}]
    heard = app.mine("POST", "/webhooks-journal/snapshots/2026-03/crm", {"snapshotRequests": requests})
    good, bad = heard.json["snapshotResponses"]
    assert (good["objectId"], bad["objectId"]) == (ann, 1)
    status = app.mine("GET", f"{JOURNAL}/status/{good['snapshotStatusId']}").json
    assert (status["id"], status["status"]) == (good["snapshotStatusId"], "COMPLETED")
    status = app.mine("GET", f"{JOURNAL}/status/{bad['snapshotStatusId']}").json
    assert (status["status"], status["errorCode"]) == ("FAILED", "VALIDATION_ERROR")
    assert app.mine("GET", f"{JOURNAL}/status/none").status == 404
    (event,) = app.events()
    assert (event["action"], event["propertyChanges"]) == ("SNAPSHOT", {"email": "ann@example.com"})


def test_the_journal_survives_a_restart(tmp_path: Any) -> None:
    file = str(tmp_path / "state")
    first = App(CONTACTS, state=file)
    first.create("ann@example.com")
    first.emulator.close()
    second = App(state=file)
    second.create("bob@example.com")
    assert [event["propertyChanges"]["email"] for event in second.events()] == [
        "ann@example.com",
        "bob@example.com",
    ]
    assert json.dumps(second.events())
    second.emulator.close()


@pytest.mark.parametrize("kind", ["private-app", "service-key"])
def test_static_tokens_have_no_journal(kind: Any) -> None:
    """Feature matrix of the developer platform: OAuth apps only, not static ones."""
    app = App()
    token = app.emulator.token(scopes=EVERY.split(), kind=kind)
    for method, path in (("GET", f"{JOURNAL}/earliest"), ("POST", SUBSCRIPTIONS)):
        heard = app(method, path, CONTACTS if method == "POST" else None, token=token)
        assert (heard.status, heard.json["category"]) == (403, "MISSING_SCOPES")
