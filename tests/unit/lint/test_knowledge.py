"""What the rules learn from the catalogue, checked against literals."""

from __future__ import annotations

from hubwire.lint import knowledge


def test_a_numeric_path_is_told_its_dated_one() -> None:
    # https://developers.hubspot.com/docs/api-reference/legacy/migration-guide
    assert knowledge.newer("/crm/v3/objects/contacts/{}", "PATCH") == "/crm/objects/2026-09/{objectType}/{id}"
    assert knowledge.newer("/crm/v3/owners") == "/crm/owners/2026-09"
    assert knowledge.newer("/oauth/v3/token", "POST") == "/oauth/2026-09/token"
    assert knowledge.newer("/marketing/v3/forms") == ""
    assert knowledge.newer("/crm/objects/2026-09/contacts") == ""


def test_a_batch_takes_what_its_endpoint_takes_in_any_version() -> None:
    assert knowledge.batch_limit("/crm/v3/objects/contacts/batch/create") == 100
    assert knowledge.batch_limit("/crm/objects/2026-03/0-1/batch/read") == 100
    assert knowledge.batch_limit("/crm/v4/associations/contacts/companies/batch/create") == 2000
    assert knowledge.batch_limit("/crm/associations/2026-09/contacts/companies/batch/read") == 1000
    assert knowledge.batch_limit("/marketing/v3/anything/batch/create") is None


def test_association_types_are_named_by_their_ends() -> None:
    assert knowledge.link(5) == knowledge.Link(("deal", "company"), primary=True)
    assert knowledge.link(279) == knowledge.Link(("contact", "company"), primary=False)
    assert knowledge.link(999_999) is None


def test_every_ending_has_a_day_in_words_and_a_source() -> None:
    days = {end.pattern: end.day for end in knowledge.endings()}
    assert days["^/oauth/v1/"] == "16 February 2027"
    assert days["^/contacts/v1/lists"] == "30 April 2026"
    assert all(end.source.startswith("https://") for end in knowledge.endings())
    assert knowledge.numeric_end() == "September 2027"


def test_scopes_are_those_of_the_object_type() -> None:
    assert knowledge.scopes("deals") == (("crm.objects.deals.read",), ("crm.objects.deals.write",))
    assert knowledge.scopes("no such type") is None
