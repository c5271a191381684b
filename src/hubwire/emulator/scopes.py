"""Which scopes exist, and which a call needs.

HubSpot's list: https://developers.hubspot.com/docs/guides/apps/authentication/scopes
Record scopes come from the catalogue's object types; a type the catalogue has no scope for needs none here.
"""

from __future__ import annotations

from functools import cache

from hubwire.catalogue.load import object_type, object_types
from hubwire.emulator.exchange import Asked

READS = frozenset({"GET", "HEAD"})
READ_OPS = frozenset(
    {
        "objects.search",
        "objects.batch.read",
        "associations.batch.read",
        "properties.batch.read",
        "legacy.companies.by_domain",
        "legacy.objects.batch_read",
        "schemas.batch.read",
        "lists.search",
        "lists.records.batch_read",
        "lists.idmapping.batch",
        "currencies.rates.batch.read",
    }
)
LISTS_READ, LISTS_WRITE = ("crm.lists.read",), ("crm.lists.write",)
JOBS = {"imports": ("crm.import",), "exports": ("crm.export",)}
CUSTOM_READ, CUSTOM_WRITE = ("crm.objects.custom.read",), ("crm.objects.custom.write",)
OWNERS = ("crm.objects.owners.read",)
DEVELOPERS = frozenset({"webhooks", "calling", "video", "cards", "flags", "templates", "origins"})
"""Families of an app's settings."""
QUOTES = ("crm.objects.quotes.read", "crm.objects.quotes.write", "cpq.quotes.read", "cpq.quotes.write")
RATES = ("tax_rates.read", *QUOTES)
TIMELINE_READ = (
    "timeline", "tickets", "crm.objects.contacts.read", "crm.objects.companies.read",
    "crm.objects.deals.read", "crm.schemas.contacts.read", "crm.schemas.companies.read",
    "crm.schemas.deals.read",
)  # fmt: skip
TIMELINE_WRITE = tuple(scope.replace(".read", ".write") for scope in TIMELINE_READ)
PREFERENCES = ("communication_preferences.read", "communication_preferences.read_write")
SPLITS, UNITS = ("crm.dealsplits.read_write",), ("business_units_view.read",)
OWN_SCOPES = {
    "splits": (SPLITS, SPLITS),
    "units": (UNITS, UNITS),
    "taxes": (RATES, RATES),
    "currencies": (("settings.currencies.read", *QUOTES), ("settings.currencies.write",)),
    "timeline": (TIMELINE_READ, TIMELINE_WRITE),
    "occurrences": (TIMELINE_READ, TIMELINE_WRITE),
    "preferences": (PREFERENCES, PREFERENCES),
}
"""Families with one choice of scopes to read and one to write, as the specification's `security` has them."""

# Named on HubSpot's scopes page and asked for by apps, whether or not something here checks them.
OTHERS = """
    business_units_view.read cpq.quotes.read cpq.quotes.write
    crm.extensions_calling_transcripts.read crm.extensions_calling_transcripts.write
    account-info.security.read accounting actions analytics.behavioral_events.send automation
    behavioral_events.event_definitions.read_write business-intelligence cms.domains.read
    cms.domains.write cms.functions.read cms.functions.write cms.knowledge_base.articles.read
    cms.performance.read collector.graphql_query.execute collector.graphql_schema.read
    communication_preferences.read communication_preferences.read_write communication_preferences.write
    content conversations.read conversations.visitor_identification.tokens.create conversations.write
    crm.dealsplits.read_write crm.export crm.import crm.lists.read crm.lists.write
    crm.objects.appointments.read crm.objects.appointments.write crm.objects.carts.read
    crm.objects.carts.write crm.objects.commercepayments.read crm.objects.commercepayments.write
    crm.objects.companies.highly_sensitive.read crm.objects.companies.highly_sensitive.write
    crm.objects.companies.sensitive.read crm.objects.companies.sensitive.write
    crm.objects.contacts.highly_sensitive.read crm.objects.contacts.highly_sensitive.write
    crm.objects.contacts.sensitive.read crm.objects.contacts.sensitive.write crm.objects.courses.read
    crm.objects.courses.write crm.objects.custom.highly_sensitive.read
    crm.objects.custom.highly_sensitive.write crm.objects.custom.read crm.objects.custom.sensitive.read
    crm.objects.custom.sensitive.write crm.objects.custom.write
    crm.objects.deals.highly_sensitive.read crm.objects.deals.highly_sensitive.write
    crm.objects.deals.sensitive.read crm.objects.deals.sensitive.write
    crm.objects.feedback_submissions.read crm.objects.goals.read crm.objects.goals.write
    crm.objects.invoices.read crm.objects.invoices.write crm.objects.leads.read crm.objects.leads.write
    crm.objects.listings.read crm.objects.listings.write crm.objects.marketing_events.read
    crm.objects.marketing_events.write crm.objects.orders.read crm.objects.orders.write
    crm.objects.owners.read crm.objects.partner-clients.read crm.objects.partner-clients.write
    crm.objects.products.read crm.objects.products.write crm.objects.projects.read
    crm.objects.projects.write crm.objects.services.read crm.objects.services.write
    crm.objects.subscriptions.read crm.objects.subscriptions.write crm.objects.users.read
    crm.objects.users.write crm.pipelines.orders.read crm.pipelines.orders.write
    crm.schemas.appointments.read crm.schemas.appointments.write crm.schemas.carts.read
    crm.schemas.carts.write crm.schemas.commercepayments.read crm.schemas.commercepayments.write
    crm.schemas.companies.read crm.schemas.companies.write crm.schemas.contacts.read
    crm.schemas.contacts.write crm.schemas.courses.read crm.schemas.courses.write crm.schemas.custom.read
    crm.schemas.custom.write crm.schemas.deals.read crm.schemas.deals.write crm.schemas.invoices.read
    crm.schemas.invoices.write crm.schemas.line_items.read crm.schemas.listings.read
    crm.schemas.listings.write crm.schemas.orders.read crm.schemas.orders.write crm.schemas.projects.read
    crm.schemas.projects.write crm.schemas.quotes.read crm.schemas.quotes.write crm.schemas.services.read
    crm.schemas.services.write crm.schemas.subscriptions.read crm.schemas.subscriptions.write ctas.read
    developer.webhooks_journal.read developer.webhooks_journal.snapshots.read
    developer.webhooks_journal.snapshots.write developer.webhooks_journal.subscriptions.read
    developer.webhooks_journal.subscriptions.write developers-read developers-write e-commerce
    external_integrations.forms.access files
    files.ui_hidden.read forms forms-uploaded-files hubdb integration-sync marketing-email
    marketing.campaigns.read marketing.campaigns.revenue.read marketing.campaigns.write media_bridge.read
    media_bridge.write oauth record_images.signed_urls.read sales-email-read
    scheduler.meetings.meeting-link.read settings.billing.write settings.currencies.read
    settings.currencies.write settings.users.read settings.users.teams.read settings.users.teams.write
    settings.users.write social tax_rates.read tickets tickets.highly_sensitive.v2 tickets.sensitive.v2
    timeline transactional-email
"""


@cache
def every_scope() -> frozenset[str]:
    """All scopes the emulator has heard of: what the built-in token has, and what an app may ask for."""
    of_types = {scope for kind in object_types() for scope in (*kind.scope_read, *kind.scope_write)}
    return frozenset(OTHERS.split()) | of_types


def needed(asked: Asked) -> list[tuple[str, ...]]:
    """The alternatives of each kind of right the call needs: one scope of every tuple."""
    endpoint = asked.endpoint
    if endpoint is None:
        return []
    reads = asked.method in READS or endpoint.op in READ_OPS
    family = endpoint.op.partition(".")[0]
    if family == "owners":
        return [OWNERS]
    if family in JOBS:
        return [JOBS[family]]
    if family == "lists":
        # Reading members needs the right to write too: the scopes of the node in https://github.com/n8n-io/n8n
        members = endpoint.op.startswith(("lists.memberships", "lists.records"))
        return [LISTS_READ, LISTS_WRITE] if members else [LISTS_READ if reads else LISTS_WRITE]
    if family in DEVELOPERS or endpoint.op == "occurrences.resolve":
        return [("developers-read",) if reads else ("developers-write",)]
    if family in OWN_SCOPES:
        return [OWN_SCOPES[family][0 if reads else 1]]
    if family == "calls":
        return [_of_calls(endpoint.op, reads=reads)]
    if family == "journal":
        return [(_of_journal(endpoint.op, reads=reads),)]
    if family in ("objects", "associations"):
        places = (name for name in asked.places if name.lower().endswith("objecttype"))
        wanted = (_of_records(asked.places[place], reads=reads) for place in places)
        return [any_of for any_of in wanted if any_of]
    if family == "users":
        teams = ".teams" if endpoint.op == "users.teams" else ""
        return [(f"settings.users{teams}.{'read' if reads else 'write'}",)]
    if family == "limits":
        return [_of_any_records(endpoint.op)]
    if family == "schemas":
        any_of = _of_schemas(asked.places.get("objectType", "2-"), reads=reads)
        return [any_of] if any_of else []
    if family in ("properties", "validations"):
        any_of = _of_definitions(asked.places.get("objectType", ""), reads=reads)
        return [any_of] if any_of else []
    if family == "legacy":
        return _of_legacy(endpoint.op.split(".")[1], asked, reads=reads)
    return []


def _of_calls(op: str, *, reads: bool) -> tuple[str, ...]:
    if op.startswith("calls.transcripts"):
        return (f"crm.extensions_calling_transcripts.{'read' if reads else 'write'}",)
    if op.startswith("calls.connections"):
        return ("automation", *OWNERS)
    return ("crm.objects.contacts.write", "crm.schemas.contacts.write")


def _of_legacy(area: str, asked: Asked, *, reads: bool) -> list[tuple[str, ...]]:
    """The first generations ask for the rights of today's paths; engagements go with the contacts."""
    if area == "owners":
        return [OWNERS]
    if area == "marketing" or area == "account":
        return []
    area = "contacts" if area == "engagements" else area
    spelling = asked.places.get("objectType", "") if area in ("objects", "properties", "pipelines") else area
    if area == "definitions":
        spelling = asked.path.strip("/").partition("/")[0]
    definitions = area in ("properties", "definitions") or (
        asked.endpoint is not None and asked.endpoint.op.endswith(("properties", "properties2"))
    )
    any_of = (_of_definitions if definitions else _of_records)(spelling, reads=reads)
    return [any_of] if any_of else []


def _of_journal(op: str, *, reads: bool) -> str:
    area = op.split(".")[1]
    what = {"snapshots": "snapshots.", "subscriptions": "subscriptions.", "filters": "subscriptions."}
    part = what.get(area, "")
    return f"developer.webhooks_journal.{part}{'read' if reads or not part else 'write'}"


def _of_any_records(op: str) -> tuple[str, ...]:
    """The right to read any records; observed: https://github.com/scopiousdigital/kalup docs/hubspot.md."""
    own = ("crm.schemas.custom.read",) if op == "limits.custom_object_types" else ()
    every = (scope for kind in object_types() for scope in kind.scope_read)
    return (*dict.fromkeys([*CUSTOM_READ, *every]), *own)


def _of_records(spelling: str, *, reads: bool) -> tuple[str, ...]:
    kind = object_type(spelling)
    if kind is None:
        custom = spelling.startswith(("2-", "p"))
        return (CUSTOM_READ if reads else CUSTOM_WRITE) if custom else ()
    return kind.scope_read if reads else kind.scope_write


def _of_schemas(spelling: str, *, reads: bool) -> tuple[str, ...]:
    if object_type(spelling) is None:
        return ("crm.schemas.custom.read",) if reads else ("crm.schemas.custom.write",)
    return _of_definitions(spelling, reads=reads)


def _of_definitions(spelling: str, *, reads: bool) -> tuple[str, ...]:
    """Definitions can be read with the schema scope or with any right on the records."""
    kind = object_type(spelling)
    records = _of_records(spelling, reads=reads)
    if records and kind is None:
        schema = f"crm.schemas.custom.{'read' if reads else 'write'}"
        return (schema, *records) if reads else (schema,)
    if kind is None or not records:
        return records
    deed = "read" if reads else "write"
    # Activities go with contacts, as their records do; what has no scope of its own goes with its records.
    names = (kind.name, records[0].removeprefix("crm.objects.").rpartition(".")[0])
    known = [scope for name in names if (scope := f"crm.schemas.{name}.{deed}") in every_scope()]
    return (*known[:1], *records) if reads or not known else (known[0],)
