"""Every type of record: its spellings, what a read of it shows unasked, and where a query looks.

https://developers.hubspot.com/docs/guides/crm/using-object-apis and the search guide of 2026-03-30.
"""

from __future__ import annotations

import pytest

from tests.contract.crm import account, create

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
]
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
    for spelling in (*spellings, spellings[1].upper(), spellings[2].capitalize()):
        heard = call("GET", f"{base}/{spelling}")
        assert heard.status == 200
        # The account's own user is there from the start.
        assert heard.json["results"] == [] or spellings[1] == "users"
    assert call("GET", f"{base}/{spellings[1]}x").json["message"].startswith("Unable to infer object type")


@pytest.mark.parametrize("name", [one[1] for one in SPELLINGS if one[0] != "0-19"])
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


SCOPES = {
    "commerce_payments": "crm.objects.commercepayments",
    "goal_targets": "crm.objects.goals",
    "calls": "crm.objects.contacts",
    "notes": "crm.objects.contacts",
    **{
        name: f"crm.objects.{name}"
        for name in [
            "contacts",
            "companies",
            "deals",
            "appointments",
            "carts",
            "courses",
            "quotes",
            "leads",
            "listings",
            "orders",
            "invoices",
            "subscriptions",
            "services",
            "projects",
            "users",
            "line_items",
            "products",
            "feedback_submissions",
        ]
    },
}
"""The reference of 2025-09 names the first scopes; others are those that public integrations ask for."""


@pytest.mark.parametrize("name", SCOPES)
def test_a_type_has_a_scope_to_read_and_one_to_write(name: str) -> None:
    call = account()
    for base in BASES:
        reader = call.emulator.token(scopes=[f"{SCOPES[name]}.read"])
        assert call("GET", f"{base}/{name}", token=reader).status == 200
        nobody = call.emulator.token(scopes=["crm.objects.owners.read"])
        refused = call("GET", f"{base}/{name}", token=nobody)
        wanted = refused.json["errors"][0]["context"]["requiredGranularScopes"]
        assert (refused.status, f"{SCOPES[name]}.read" in wanted) == (403, True)
        if name != "feedback_submissions":
            body = {
                "properties": {"hs_timestamp": "2026-03-12T10:00:00Z"} if name in ("calls", "notes") else {}
            }
            assert call("POST", f"{base}/{name}", body, token=reader).status == 403
            writer = call.emulator.token(scopes=[f"{SCOPES[name]}.write"])
            assert call("POST", f"{base}/{name}", body, token=writer).status == 201


@pytest.mark.parametrize(
    ("name", "scope"), [("tickets", "tickets"), ("products", "e-commerce"), ("line_items", "e-commerce")]
)
def test_some_scopes_permit_both(name: str, scope: str) -> None:
    call = account()
    token = call.emulator.token(scopes=[scope])
    for base in BASES:
        assert call("GET", f"{base}/{name}", token=token).status == 200
        assert call("POST", f"{base}/{name}", {"properties": {}}, token=token).status == 201
