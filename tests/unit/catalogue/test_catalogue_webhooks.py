"""What webhooks tell of."""

from __future__ import annotations

from collections import Counter

from hubwire.catalogue.load import limits, object_type, webhooks


def test_there_are_48_events() -> None:
    """The enumeration `eventType`."""
    told = Counter(event.object for event in webhooks().events.values())
    assert told == {
        "contact": 7, "company": 6, "deal": 6, "ticket": 6, "product": 5, "line_item": 6, "object": 6,
        "conversation": 5, "event": 1,
    }  # fmt: skip
    assert sum(told.values()) == 48


def test_an_event_names_its_type_and_scope() -> None:
    event = webhooks().events["line_item.propertyChange"]
    assert (event.object, event.action, event.type_id, event.scope) == (
        "line_item", "propertyChange", "0-8", "e-commerce",
    )  # fmt: skip
    assert webhooks().events["object.merge"].type_id is None
    assert "product.associationChange" not in webhooks().events


def test_an_event_needs_the_scope_of_its_object() -> None:
    """https://developers.hubspot.com/docs/guides/api/app-management/webhooks (December 2024)"""
    assert {event.object: event.scope for event in webhooks().events.values()} == {
        "contact": "crm.objects.contacts.read", "company": "crm.objects.companies.read",
        "deal": "crm.objects.deals.read", "ticket": "tickets", "product": "e-commerce",
        "line_item": "e-commerce", "conversation": "conversations.read", "object": None, "event": None,
    }  # fmt: skip


def test_types_and_pairs_are_known_types() -> None:
    facts = webhooks()
    assert all(object_type(name) for name in facts.generic)
    assert all(object_type(name) for pair in facts.associations for name in pair)
    assert ("line_item", "deal") in facts.associations
    assert ("line_item", "contact") not in facts.associations
    assert facts.silent == {"num_unique_conversion_events", "hs_lastmodifieddate"}


def test_the_numbers_of_delivery() -> None:
    known = limits()
    assert (known.WEBHOOK_EVENTS, known.WEBHOOK_SECONDS, known.WEBHOOK_RETRIES) == (100, 5, 10)
    assert (known.WEBHOOK_CONCURRENCY, known.WEBHOOK_SUBSCRIPTIONS) == (10, 1000)
    assert (known.WEBHOOK_RETRY_SECONDS, known.JOURNAL_SECONDS) == (24 * 3600, 3 * 24 * 3600)
