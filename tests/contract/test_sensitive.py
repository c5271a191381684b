"""Sensitive properties: seen, searched and written only with the scope for it.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/sensitive-data
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.contract.crm import V3, create
from tests.contract.edge import Caller, Heard
from tests.contract.test_imports import asked as import_of
from tests.contract.test_imports import column, send
from tests.contract.test_journal import CONTACTS, EVERY, JOURNAL, PORTAL, SUBSCRIPTIONS
from tests.contract.test_lists import on, root
from tests.contract.test_webhooks import TARGET, received

PLAIN = ("crm.objects.contacts.read", "crm.objects.contacts.write")
SENSITIVE = (*PLAIN, "crm.objects.contacts.sensitive.read", "crm.objects.contacts.sensitive.write")


@pytest.fixture
def call() -> Caller:
    caller = Caller(tier="enterprise", limits=False)
    body = {"name": "diagnosis", "label": "Diagnosis", "type": "string", "fieldType": "text"}
    heard = caller(
        "POST",
        "/crm/v3/properties/contacts",
        {**body, "groupName": "contactinformation", "dataSensitivity": "sensitive"},
    )
    assert heard.status == 201, heard.text
    return caller


def reads(call: Caller, record_id: str, token: str, *names: str) -> list[Heard]:
    """What is heard when these properties are asked for, by every way to read them."""
    asked, listed = {"properties": list(names)}, ",".join(names)
    inputs = {**asked, "inputs": [{"id": record_id}]}
    return [
        call("GET", f"{V3}/contacts/{record_id}?properties={listed}", token=token),
        call("GET", f"{V3}/contacts/{record_id}?propertiesWithHistory={listed}", token=token),
        call("GET", f"/crm/objects/2026-09/contacts?properties={listed}", token=token),
        call("GET", f"{V3}/contacts?propertiesWithHistory={listed}", token=token),
        call("POST", f"{V3}/contacts/batch/read", inputs, token=token),
        call("POST", "/crm/objects/2026-03/contacts/search", asked, token=token),
    ]


def test_without_the_scope_a_request_that_names_it_is_refused(call: Caller) -> None:
    """Guide: 403 for a request containing a sensitive property to that object's API."""
    made = create(call, "contacts", diagnosis="Flu", city="Oslo")["id"]
    clerk, doctor = call.emulator.token(scopes=PLAIN), call.emulator.token(scopes=SENSITIVE)
    for heard in reads(call, made, doctor, "diagnosis", "city"):
        assert (heard.status, "Flu" in heard.text) == (200, True)
    for heard in reads(call, made, clerk, "diagnosis", "city"):
        assert (heard.status, heard.json["category"]) == (403, "MISSING_SCOPES")
        scopes = heard.json["errors"][0]["context"]["requiredGranularScopes"]
        assert scopes == ["crm.objects.contacts.sensitive.read"]
    for heard in reads(call, made, clerk, "city"):
        assert (heard.status, "Flu" in heard.text) == (200, False)


@pytest.mark.parametrize("batch", [False, True])
def test_what_others_may_see_does_not_come_out_when_it_is_asked_for_again(call: Caller, batch: bool) -> None:
    made = create(call, "contacts", diagnosis="Flu", city="Oslo")["id"]
    asked = {"properties": ["diagnosis", "city"], "inputs": [{"id": made}]}

    def read(token: str) -> Heard:
        if batch:
            return call("POST", f"{V3}/contacts/batch/read", asked, token=token)
        return call("GET", f"{V3}/contacts/{made}?properties=diagnosis,city", token=token)

    doctor, clerk = call.emulator.token(scopes=SENSITIVE), call.emulator.token(scopes=PLAIN)
    for _ in range(3):
        assert "Flu" in read(doctor).text
        assert [read(clerk).status, read(clerk).status] == [403, 403]


def test_highly_sensitive_values_are_read_and_not_searched_by(call: Caller) -> None:
    """Guide: the search API is not available for them; how it is refused is assumed."""
    body = {"name": "ssn", "label": "SSN", "type": "string", "fieldType": "text"}
    body |= {"groupName": "contactinformation", "dataSensitivity": "highly_sensitive"}
    assert call("POST", "/crm/v3/properties/contacts", body).status == 201
    made = create(call, "contacts", ssn="078", diagnosis="Flu")["id"]
    assert "078" in call("GET", f"{V3}/contacts/{made}?properties=ssn").text
    for name, status in (("ssn", 400), ("diagnosis", 200)):
        wish = {"filters": [{"propertyName": name, "operator": "HAS_PROPERTY"}]}
        assert call("POST", f"{V3}/contacts/search", wish).status == status
        assert call("POST", f"{V3}/contacts/search", {"sorts": [name]}).status == status


def test_without_the_scope_nothing_is_found_by_it(call: Caller) -> None:
    token = call.emulator.token(scopes=PLAIN)
    for body in (
        {"filters": [{"propertyName": "diagnosis", "operator": "EQ", "value": "flu"}]},
        {"filterGroups": [{"filters": [{"propertyName": "diagnosis", "operator": "HAS_PROPERTY"}]}]},
        {"sorts": ["-diagnosis"]},
    ):
        assert call("POST", f"{V3}/contacts/search", body, token=token).status == 403
        assert call("POST", f"{V3}/contacts/search", body).status == 200


def test_without_the_scope_it_is_not_written(call: Caller) -> None:
    made = create(call, "contacts")["id"]
    token = call.emulator.token(scopes=PLAIN)
    values = {"properties": {"diagnosis": "Flu"}}
    for method, path, body in (
        ("POST", f"{V3}/contacts", values),
        ("PATCH", f"{V3}/contacts/{made}", values),
        ("POST", f"{V3}/contacts/batch/create", {"inputs": [values]}),
        ("POST", f"{V3}/contacts/batch/update", {"inputs": [{"id": made, **values}]}),
    ):
        heard = call(method, path, body, token=token)
        assert (heard.status, heard.json["category"]) == (403, "MISSING_SCOPES")
        assert "crm.objects.contacts.sensitive.write" in heard.text
    assert (
        call("PATCH", f"{V3}/contacts/{made}", values, token=call.emulator.token(scopes=SENSITIVE)).status
        == 200
    )


def test_without_the_scope_it_is_not_exported(call: Caller) -> None:
    wish = {
        "exportType": "VIEW",
        "exportName": "x",
        "format": "CSV",
        "language": "EN",
        "objectType": "CONTACT",
    }
    body = {**wish, "objectProperties": ["diagnosis"]}
    token = call.emulator.token(scopes=(*PLAIN, "crm.export"))
    assert call("POST", "/crm/v3/exports/export/async", body, token=token).status == 403
    assert call("POST", "/crm/v3/exports/export/async", body).status == 202
    wish["publicCrmSearchRequest"] = {
        "filters": [{"property": "diagnosis", "operator": "EQ", "value": "Flu"}]
    }
    body = {**wish, "objectProperties": ["email"]}
    assert call("POST", "/crm/v3/exports/export/async", body, token=token).status == 403


def test_without_the_scope_it_is_not_imported(call: Caller) -> None:
    request = import_of(column("Email", "email"), column("What", "diagnosis"))
    rows = "Email,What\nann@example.com,Flu\n"
    whole = call.token
    call.token = call.emulator.token(scopes=(*PLAIN, "crm.import"))
    heard = send(call, request, people=rows)
    assert (heard.status, heard.json["category"]) == (403, "MISSING_SCOPES")
    call.token = whole
    assert send(call, request, people=rows).status == 200


FLU = on("diagnosis", "MULTISTRING", "IS_EQUAL_TO", values=["Flu"])
SAME = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 449, "objectTypeId": "0-1"}


@pytest.mark.parametrize("nested", [False, True])
def test_without_the_scope_no_list_is_made_of_it(call: Caller, nested: bool) -> None:
    """Also where the filter is on the records that are associated. That it is 403 is assumed."""
    linked = {
        "filterBranchType": "ASSOCIATION",
        "filterBranchOperator": "AND",
        "operator": "IN_LIST",
        "filterBranches": [],
        "filters": [FLU],
        **SAME,
    }
    branch = root(branches=[linked]) if nested else root(FLU)
    token = call.emulator.token(scopes=(*PLAIN, "crm.lists.read", "crm.lists.write"))

    def made(processing: str, token: str = "") -> Heard:
        body = {"name": processing, "objectTypeId": "0-1", "processingType": processing}
        return call("POST", "/crm/v3/lists/", {**body, "filterBranch": branch}, token=token)

    for processing in ("DYNAMIC", "SNAPSHOT"):
        refused = made(processing, token)
        assert (refused.status, refused.json["category"]) == (403, "MISSING_SCOPES")
        assert made(processing).status == 200
    other = {"name": "All", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": root()}
    number = call("POST", "/crm/v3/lists/", other, token=token).json["list"]["listId"]
    path = f"/crm/v3/lists/{number}/update-list-filters"
    assert call("PUT", path, {"filterBranch": branch}, token=token).status == 403
    assert call("PUT", path, {"filterBranch": branch}).status == 200


@pytest.mark.parametrize("nested", [False, True])
def test_without_the_scope_nobody_sees_what_a_list_filters_by(call: Caller, nested: bool) -> None:
    """That the filter is left out is assumed."""
    linked = {
        "filterBranchType": "ASSOCIATION",
        "filterBranchOperator": "AND",
        "operator": "IN_LIST",
        "filterBranches": [],
        "filters": [FLU],
        **SAME,
    }
    branch = root(branches=[linked]) if nested else root(FLU)
    lists = ("crm.lists.read", "crm.lists.write")
    clerk, doctor = (call.emulator.token(scopes=(*scopes, *lists)) for scopes in (PLAIN, SENSITIVE))

    def made(name: str, filters: Any) -> str:
        body = {"name": name, "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": filters}
        return str(call("POST", "/crm/v3/lists/", body).json["list"]["listId"])

    number, open_ = made("Ill", branch), made("All", root())
    asked = "includeFilters=true"

    def told(token: str, number: str) -> list[dict[str, Any]]:
        name = {number: "Ill", open_: "All"}[number]
        renamed = f"/crm/v3/lists/{number}/update-list-name?listName={name}&{asked}"
        return [
            call("GET", f"/crm/v3/lists/{number}?{asked}", token=token).json["list"],
            call("GET", f"/crm/v3/lists/object-type-id/0-1/name/{name}?{asked}", token=token).json["list"],
            call("GET", f"/crm/v3/lists/?listIds={number}&{asked}", token=token).json["lists"][0],
            call("PUT", renamed, token=token).json["updatedList"],
        ]

    assert all(one["filterBranch"] for one in told(doctor, number))
    assert all(one["filterBranch"] for one in told(clerk, open_))
    for one in told(clerk, number):
        assert "filterBranch" not in one
        assert one["name"] == "Ill"


def test_the_first_generations_show_no_trace_of_it(call: Caller) -> None:
    """Guide: legacy versions hide sensitive values; only version 3 and later support them."""
    person = create(call, "contacts", email="ann@example.com", diagnosis="Flu", city="Oslo")["id"]
    v1, asked = "/contacts/v1", "property=diagnosis&property=city"
    paths = [
        f"{v1}/contact/vid/{person}/profile",
        f"{v1}/contact/vid/{person}/profile?{asked}",
        f"{v1}/contact/email/ann@example.com/profile?{asked}",
        f"{v1}/contact/vids/batch?vid={person}&{asked}",
        f"{v1}/contact/emails/batch?email=ann@example.com&{asked}",
        f"{v1}/search/query?q=ann&{asked}",
        f"{v1}/lists/all/contacts/all?{asked}",
        f"{v1}/lists/all/contacts/all?{asked}&propertyMode=value_and_history",
        f"{v1}/lists/recently_updated/contacts/recent?{asked}",
    ]
    tokens = call.emulator.token(scopes=SENSITIVE), call.emulator.token(scopes=PLAIN)
    for path, token in product(paths, tokens):
        heard = call("GET", path, token=token)
        assert (heard.status, "Oslo" in heard.text) == (200, True), path
        assert not any(word in heard.text for word in ("Flu", "diagnosis")), path


@pytest.mark.parametrize("kind", ["companies", "deals", "tickets"])
def test_records_of_the_first_generations_show_no_trace_of_it(call: Caller, kind: str) -> None:
    group = {"companies": "companyinformation", "deals": "dealinformation", "tickets": "ticketinformation"}
    body = {"name": "secret", "label": "Secret", "type": "string", "fieldType": "text"}
    body |= {"groupName": group[kind], "dataSensitivity": "sensitive"}
    assert call("POST", f"/crm/v3/properties/{kind}", body).status == 201
    stage = {"deals": {"dealstage": "appointmentscheduled"}, "tickets": {"hs_pipeline_stage": "1"}}
    made = create(call, kind, secret="Flu", **stage.get(kind, {}))["id"]
    scopes = {"tickets": ("tickets",)}.get(kind, (f"crm.objects.{kind}.read", f"crm.objects.{kind}.write"))
    clerk = call.emulator.token(scopes=scopes)
    old = {"companies": "/companies/v2/companies", "deals": "/deals/v1/deal"}
    base = old.get(kind, "/crm-objects/v1/objects/tickets")
    more = "properties=secret&propertiesWithHistory=secret&includePropertyVersions=true"
    pages = {"companies": f"{base}/paged", "deals": f"{base}/paged", "tickets": f"{base}/paged"}
    for path, token in product((f"{base}/{made}?{more}", f"{pages[kind]}?{more}"), (clerk, "")):
        heard = call("GET", path, token=token)
        assert (heard.status, made in heard.text) == (200, True), path
        assert not any(word in heard.text for word in ("Flu", "secret")), path
    values: object = [{"name": "secret", "value": "Cold"}]
    sent = values if kind == "tickets" else {"properties": values}
    for token in (clerk, ""):
        assert call("PUT", f"{base}/{made}", sent, token=token).status == 200
    assert "Flu" in call("GET", f"{V3}/{kind}/{made}?properties=secret").text


def test_the_first_generation_of_contacts_does_not_write_it(call: Caller) -> None:
    """Guide: the request appears successful, but sensitive values are not updated."""
    person = create(call, "contacts", email="ann@example.com")["id"]
    clerk, v1 = call.emulator.token(scopes=PLAIN), "/contacts/v1/contact"
    values = [{"property": "diagnosis", "value": "Flu"}, {"property": "city", "value": "Oslo"}]
    body = {"properties": values}
    for token, email in ((clerk, "b@x.example"), ("", "c@x.example")):
        for path, sent, status in (
            (f"{v1}/", {"properties": [*values, {"property": "email", "value": email}]}, 200),
            (f"{v1}/vid/{person}/profile", body, 204),
            (f"{v1}/email/ann@example.com/profile", body, 204),
            (f"{v1}/createOrUpdate/email/ann@example.com", body, 200),
            (f"{v1}/batch/", [{"vid": person, **body}], 202),
        ):
            assert call("POST", path, sent, token=token).status == status, path
    every = call("GET", f"{V3}/contacts?properties=diagnosis,city").json["results"]
    told = [(one["properties"]["diagnosis"], one["properties"]["city"]) for one in every]
    assert told == [(None, "Oslo")] * 3


def test_webhooks_tell_that_it_changed_and_not_to_what(call: Caller) -> None:
    """Classic: REDACTED. That the generic format tells apps that may read it is assumed."""
    clerk = call.emulator.add_app("Clerk")
    call.emulator.account.tokens.install(clerk.app_id, PLAIN)
    wishes = ("contact.propertyChange:diagnosis", "object.propertyChange:diagnosis@0-1")
    for app_id in (None, clerk.app_id):
        call.emulator.webhooks(TARGET, *wishes, "contact.propertyChange:city", app_id=app_id)
    create(call, "contacts", diagnosis="Flu", city="Oslo")
    told = {
        (event["appId"] == clerk.app_id, event["subscriptionType"], event["propertyName"]): (
            event["propertyValue"],
            event["isSensitive"],
        )
        for event in received(call)
    }
    assert told == {
        (False, "contact.propertyChange", "diagnosis"): ("REDACTED", True),
        (False, "object.propertyChange", "diagnosis"): ("Flu", True),
        (False, "contact.propertyChange", "city"): ("Oslo", False),
        (True, "contact.propertyChange", "diagnosis"): ("REDACTED", True),
        (True, "object.propertyChange", "diagnosis"): ("REDACTED", True),
        (True, "contact.propertyChange", "city"): ("Oslo", False),
    }


def test_no_webhook_tells_of_highly_sensitive_values(call: Caller) -> None:
    """Guide: the webhooks API is not available for them."""
    body = {"name": "ssn", "label": "SSN", "type": "string", "fieldType": "text"}
    body |= {"groupName": "contactinformation", "dataSensitivity": "highly_sensitive"}
    assert call("POST", "/crm/v3/properties/contacts", body).status == 201
    wishes = ("contact.propertyChange:ssn", "object.propertyChange:ssn@0-1", "contact.propertyChange:city")
    call.emulator.webhooks(TARGET, *wishes)
    create(call, "contacts", ssn="078", city="Oslo")
    assert [event["propertyName"] for event in received(call)] == ["city"]


@pytest.mark.parametrize("scopes", [PLAIN, SENSITIVE])
def test_the_journal_tells_its_value_to_apps_that_may_read_it(call: Caller, scopes: tuple[str, ...]) -> None:
    """That the others read REDACTED is assumed, as in webhooks."""
    app = call.emulator.add_app("Reader", scopes=(*EVERY.split(), *scopes))
    call.emulator.account.tokens.install(app.app_id, scopes)
    signed = {"client_id": app.client_id, "client_secret": app.client_secret}
    heard = call.form("/oauth/2026-03/token", grant_type="client_credentials", scope=EVERY, **signed)
    own = heard.json["access_token"]
    wish = call("POST", SUBSCRIPTIONS, CONTACTS, token=own)
    assert wish.status == 200, wish.text
    person = create(call, "contacts", diagnosis="Flu", city="Oslo")["id"]
    shot = {"portalId": PORTAL, "objectId": int(person), "objectTypeId": "0-1"}
    shots = {"snapshotRequests": [{**shot, "properties": ["diagnosis", "city"]}]}
    assert call("POST", "/webhooks-journal/snapshots/2026-03/crm", shots, token=own).status == 200
    events = []
    for entry in call("GET", f"{JOURNAL}/batch/earliest/9", token=own).json["results"]:
        path = entry["url"].partition("//")[2].partition("/")[2]
        events += call("GET", f"/{path}", token=None).json["journalEvents"]
    changes = {event["action"]: event["propertyChanges"] for event in events}
    may = scopes == SENSITIVE
    assert changes["CREATE"]["diagnosis"] == ("Flu" if may else "REDACTED")
    assert changes["SNAPSHOT"] == ({"diagnosis": "Flu", "city": "Oslo"} if may else {"city": "Oslo"})
    condition = {"filterType": "CRM_OBJECT_PROPERTY", "property": "diagnosis", "operator": "IS_EMPTY"}
    body = {"subscriptionId": wish.json["id"], "filter": {"conditions": [condition]}}
    assert call("POST", f"{SUBSCRIPTIONS}/filters", body, token=own).status == (200 if may else 400)
