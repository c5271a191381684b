"""Every type of record: its spellings, what a read of it shows unasked, and where a query looks.

https://developers.hubspot.com/docs/guides/crm/using-object-apis and the search guide of 2026-03-30.
"""

from __future__ import annotations

import pytest

from tests.contract.crm import account, create, put_in

BASES = ["/crm/v3/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"]
SPELLINGS = [
    ("0-1", "contacts", "contact"),
    ("0-2", "companies", "company"),
    ("0-3", "deals", "deal"),
    ("0-5", "tickets", "ticket"),
    ("0-7", "products", "product"),
    ("0-8", "line_items", "line_item"),
    ("0-14", "quotes", "quote"),
    ("0-18", "communications", "communication"),
    ("0-27", "tasks", "task"),
    ("0-46", "notes", "note"),
    ("0-47", "meetings", "meeting"),
    ("0-48", "calls", "call"),
    ("0-49", "emails", "email"),
    ("0-53", "invoices", "invoice"),
    ("0-69", "subscriptions", "subscription"),
    ("0-74", "goal_targets", "goal_target"),
    ("0-84", "discounts", "discount"),
    ("0-85", "fees", "fee"),
    ("0-86", "taxes", "tax"),
    ("0-101", "commerce_payments", "payments"),
    ("0-115", "users", "user"),
    ("0-116", "postal_mail", "postal_mail"),
    ("0-123", "orders", "order"),
    ("0-136", "leads", "lead"),
    ("0-142", "carts", "cart"),
    ("0-162", "services", "service"),
    ("0-410", "courses", "course"),
    ("0-420", "listings", "listing"),
    ("0-421", "appointments", "appointment"),
    ("0-970", "projects", "project"),
    ("0-19", "feedback_submissions", "feedback_submission"),
    ("0-54", "marketing_events", "marketing_event"),
    ("0-72", "deal_splits", "deal_split"),
    ("0-145", "partner_clients", "partner_client"),
    ("0-146", "partner_services", "partner_service"),
    ("0-721", "contracts", "contract"),
]
"""Type id, plural, singular. The ids of the last four are not established: the specifications give names."""
ALIASES = {
    "line_items": "line-items line-item lineitems lineitem",
    "meetings": "meeting_event",
    "subscriptions": "commerce_subscriptions commerce_subscription",
    "goal_targets": "goals goal",
    "commerce_payments": "payments payment",
}
"""Further spellings that guides, definitions and connectors use."""
OLD = {"createdate", "hs_lastmodifieddate", "hs_object_id"}
NEW = {"hs_createdate", "hs_lastmodifieddate", "hs_object_id"}
SHOWN = {
    "contacts": {"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"},
    "companies": OLD | {"name", "domain"},
    "deals": OLD | {"dealname", "amount", "closedate", "pipeline", "dealstage"},
    "tickets": OLD
    | {"content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject"},
    "products": OLD | {"name", "description", "price"},
    "line_items": OLD | {"quantity", "amount", "price"},
    "quotes": NEW | {"hs_expiration_date", "hs_public_url_key", "hs_status", "hs_title"},
}
"""What a read shows that asks for nothing; of all other types the three of `NEW`."""
SOUGHT = {
    "calls": "hs_call_title",
    "companies": "website phone name domain",
    "contacts": "firstname lastname phone fax mobilephone company",
    "deals": "dealname description",
    "emails": "hs_email_subject",
    "meetings": "hs_meeting_title hs_meeting_body",
    "notes": "hs_note_body",
    "products": "name description hs_sku",
    "quotes": "hs_title hs_sender_firstname hs_sender_lastname hs_sender_company_name hs_sender_email",
    "tasks": "hs_task_body hs_task_subject",
    "tickets": "subject content",
}
"""Where a query looks: those of the guide's properties that take any word."""


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda one: one[1])
@pytest.mark.parametrize("base", BASES)
def test_a_type_goes_by_its_id_and_its_names_in_any_case(base: str, spellings: tuple[str, ...]) -> None:
    call = account()
    aliases = ALIASES.get(spellings[1], "").split()
    for spelling in (*spellings, *aliases, spellings[1].upper(), spellings[2].capitalize()):
        heard = call("GET", f"{base}/{spelling}")
        assert heard.status == 200
        # The account's own user is there from the start.
        assert heard.json["results"] == [] or spellings[1] == "users"
    assert call("GET", f"{base}/{spellings[1]}x").json["message"].startswith("Unable to infer object type")


@pytest.mark.parametrize(
    "name", [one[1] for one in SPELLINGS if one[1] not in ("feedback_submissions", "contracts")]
)
def test_a_read_shows_these_properties_unasked(name: str) -> None:
    call = account()
    made = create(call, name)["id"]
    for base in BASES:
        shown = call("GET", f"{base}/{name}/{made}").json
        assert set(shown["properties"]) == SHOWN.get(name, NEW)
        found = call("POST", f"{base}/{name}/search", {}).json["results"]
        assert [set(one["properties"]) for one in found] == [SHOWN.get(name, NEW)]


@pytest.mark.parametrize("name", SOUGHT)
def test_a_query_looks_in_these_properties(name: str) -> None:
    call = account()
    for prop in SOUGHT[name].split():
        word = "zebra@example.com" if prop.endswith("sender_email") else "zebra.example"
        made = create(call, name, **{prop: word})["id"]
        found = call("POST", f"/crm/objects/2026-09/{name}/search", {"query": "zebra"}).json
        assert [one["id"] for one in found["results"]] == [made], prop
        call("DELETE", f"/crm/objects/2026-09/{name}/{made}")
    other = create(call, "line_items", name="zebra")
    assert other["id"]
    assert call("POST", "/crm/objects/2026-09/line_items/search", {"query": "zebra"}).json["total"] == 0


UNASKED = {
    "calls": "hs_body_preview",
    "companies": "domain",
    "contacts": "email hs_additional_emails hs_marketable_until_renewal",
    "deals": "pipeline dealstage dealtype",
    "feedback_submissions": "hs_submission_name hs_content",
    "products": "price",
    "quotes": "hs_proposal_slug hs_quote_number hs_public_url_key",
    "tickets": "hs_pipeline_stage hs_ticket_category",
}
"""The guide's others, which are not for any word or not to be written."""


@pytest.mark.emulated
@pytest.mark.parametrize(
    ("name", "prop"), [(name, prop) for name, some in UNASKED.items() for prop in some.split()]
)
def test_a_query_looks_in_what_only_hubspot_writes_too(name: str, prop: str) -> None:
    call = account()
    made = put_in(call, name, **{prop: "777"})
    put_in(call, name)
    found = call("POST", f"/crm/v3/objects/{name}/search", {"query": "777"}).json
    assert [one["id"] for one in found["results"]] == [made]


def test_a_query_finds_a_ticket_by_its_number() -> None:
    call = account()
    made, _ = create(call, "tickets")["id"], create(call, "tickets")["id"]
    found = call("POST", "/crm/v3/objects/tickets/search", {"query": made}).json
    assert [one["id"] for one in found["results"]] == [made]


OF_RECORDS = (
    "contacts companies deals appointments carts courses quotes leads listings orders invoices subscriptions "
    "services projects users marketing_events feedback_submissions contracts"
)
ENGAGEMENTS = ["calls", "communications", "emails", "meetings", "notes", "postal_mail", "tasks"]
PARTS = ("crm.objects.line_items.read e-commerce", "crm.objects.line_items.write e-commerce")
SCOPES = {
    **{name: (f"crm.objects.{name}.read", f"crm.objects.{name}.write") for name in OF_RECORDS.split()},
    "commerce_payments": ("crm.objects.commercepayments.read", "crm.objects.commercepayments.write"),
    "goal_targets": ("crm.objects.goals.read", "crm.objects.goals.write"),
    "partner_clients": ("crm.objects.partner-clients.read", "crm.objects.partner-clients.write"),
    "partner_services": ("crm.objects.partner-services.read", "crm.objects.partner-services.write"),
    "tickets": ("tickets", "tickets"),
    **{
        name: (f"crm.objects.{name}.read e-commerce", f"crm.objects.{name}.write e-commerce")
        for name in ("line_items", "products")
    },
    **dict.fromkeys(
        ("discounts", "fees", "taxes"),
        ("crm.objects.line_items.read e-commerce", "crm.objects.line_items.write e-commerce"),
    ),
    **dict.fromkeys(
        ["calls", "communications", "emails", "meetings", "notes", "postal_mail", "tasks"],
        ("crm.objects.contacts.read", "crm.objects.contacts.write"),
    ),
    "deal_splits": (
        "crm.objects.deals.read crm.dealsplits.read_write",
        "crm.objects.deals.write crm.dealsplits.read_write",
    ),
}
"""The scopes of which any one permits reading, and writing.

The reference of 2025-09 names those of contacts, companies, deals, appointments, carts, courses, payments and
goals; others are those that public integrations ask for; those of contracts, partner clients and services,
activities and the parts of a quote are not established.
"""
READ_ONLY = ("feedback_submissions", "contracts")


@pytest.mark.parametrize("name", SCOPES)
def test_a_type_has_scopes_to_read_and_scopes_to_write(name: str) -> None:
    call = account()
    base = f"/crm/objects/2026-03/{name}"
    body = {"properties": {"hs_timestamp": "2026-03-12T10:00:00Z"} if name in ENGAGEMENTS else {}}
    nobody = call.emulator.token(scopes=["crm.objects.owners.read"])
    for method, scopes in zip(("GET", "POST"), SCOPES[name], strict=True):
        sent = body if method == "POST" else None
        refused = call(method, base, sent, token=nobody)
        assert (refused.status, refused.json["category"]) == (403, "MISSING_SCOPES")
        told = refused.json["errors"][0]["context"]["requiredGranularScopes"]
        assert sorted(told) == sorted(scopes.split())
        for scope in scopes.split():
            heard = call(method, base, sent, token=call.emulator.token(scopes=[scope]))
            allowed = 405 if name in READ_ONLY else 201
            assert heard.status == (200 if method == "GET" else allowed), heard.text


@pytest.mark.parametrize("name", ["contacts", "commerce_payments", "tickets", "notes"])
@pytest.mark.parametrize("base", BASES)
def test_the_right_to_read_is_not_one_to_write(base: str, name: str) -> None:
    call = account()
    reads, writes = (scopes.split() for scopes in SCOPES[name])
    reader = call.emulator.token(scopes=reads)
    assert call("GET", f"{base}/{name}", token=reader).status == 200
    expected = 201 if reads == writes else 403
    body = {"properties": {"hs_timestamp": "2026-03-12T10:00:00Z"} if name == "notes" else {}}
    assert call("POST", f"{base}/{name}", body, token=reader).status == expected


@pytest.mark.parametrize("name", ENGAGEMENTS)
def test_an_activity_counts_as_one_and_needs_its_time(name: str) -> None:
    """The guides: `hs_timestamp` is required. Contacts count their activities in num_notes."""
    call = account()
    contact = create(call, "contacts")["id"]
    made = create(call, name, hs_timestamp="2026-03-12T10:00:00Z")["id"]
    assert call("PUT", f"/crm/v4/objects/{name}/{made}/associations/default/contacts/{contact}").status == 200
    told = call("GET", f"/crm/v3/objects/contacts/{contact}?properties=num_notes").json
    assert told["properties"]["num_notes"] == "1"


def test_a_contact_counts_nothing_but_activities() -> None:
    call = account()
    contact = create(call, "contacts")["id"]
    for name in ("deals", "tickets", "quotes", "orders"):
        made = create(call, name)["id"]
        call("PUT", f"/crm/v4/objects/{name}/{made}/associations/default/contacts/{contact}")
    told = call("GET", f"/crm/v3/objects/contacts/{contact}?properties=num_notes").json
    assert told["properties"]["num_notes"] == "0"


@pytest.mark.parametrize("name", READ_ONLY)
@pytest.mark.parametrize("base", BASES)
def test_some_types_are_only_read(base: str, name: str) -> None:
    """The specifications have read, search and batch read for these, and nothing else."""
    call = account()
    assert call("GET", f"{base}/{name}").json == {"results": []}
    assert call("POST", f"{base}/{name}/search", {}).json["total"] == 0
    assert (
        call("POST", f"{base}/{name}/batch/read", {"inputs": [{"id": "1"}], "properties": []}).status == 207
    )
    for method, tail, body in (
        ("POST", "", {"properties": {}}),
        ("PATCH", "/1", {"properties": {}}),
        ("DELETE", "/1", None),
        ("POST", "/batch/create", {"inputs": [{"properties": {}}]}),
        ("POST", "/batch/update", {"inputs": [{"id": "1", "properties": {}}]}),
        ("POST", "/batch/upsert", {"inputs": [{"id": "1", "idProperty": "hs_object_id", "properties": {}}]}),
        ("POST", "/batch/archive", {"inputs": [{"id": "1"}]}),
    ):
        assert call(method, f"{base}/{name}{tail}", body).status == 405, (method, tail)
