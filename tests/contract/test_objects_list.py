"""Listing records."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.contract.crm import V3, account, create


def test_pages_go_by_ascending_id_and_the_cursor_is_the_next_id() -> None:
    """Vendor examples: last id 5712789257, after 5712789258; recorded lists are sorted by id."""
    call = account()
    ids = sorted((create(call, "contacts")["id"] for _ in range(12)), key=int)
    page = call("GET", f"{V3}/contacts").json
    assert [record["id"] for record in page["results"]] == ids[:10]
    assert page["paging"]["next"]["after"] == str(int(ids[9]) + 1)
    rest = call("GET", f"{V3}/contacts?after={page['paging']['next']['after']}").json
    assert [record["id"] for record in rest["results"]] == ids[10:]
    assert "paging" not in rest


def test_the_link_is_the_request_with_its_lists_joined_and_encoded() -> None:
    """Recorded: amp-labs/connectors; HubSpot's guides."""
    call = account()
    for _ in range(2):
        create(call, "contacts")
    page = call("GET", f"{V3}/contacts?limit=1&properties=email&properties=city").json
    after = page["paging"]["next"]["after"]
    link = page["paging"]["next"]["link"]
    assert link.endswith(f"/crm/v3/objects/contacts?limit=1&properties=email%2Ccity&after={after}")
    parts = urlsplit(link)
    followed = call("GET", f"{parts.path}?{parts.query}").json
    assert set(followed["results"][0]["properties"]) >= {"email", "city"}


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "limit=x", "after=x", "limit=-1"])
def test_limits_outside_1_to_100_and_made_up_cursors_are_refused(query: str) -> None:
    """HubSpot's guide: at most 100 a page. The text is assumed."""
    heard = account()("GET", f"{V3}/contacts?{query}")
    assert heard.status == 400
    assert heard.json["category"] == "VALIDATION_ERROR"


def test_at_most_50_a_page_with_history() -> None:
    """Recorded: https://github.com/HubSpot/hubspot-api-python/issues/143."""
    heard = account()("GET", f"{V3}/contacts?limit=51&propertiesWithHistory=email")
    assert heard.status == 400
    assert heard.json["message"] == (
        "The maximum number of inputs supported in a batch request for property histories is 50. "
        "Please reduce the number of items and try again"
    )


def test_archived_lists_only_the_archived() -> None:
    """Spec: `archived`; third party, live 2026."""
    call = account()
    gone, kept = create(call, "contacts")["id"], create(call, "contacts")["id"]
    call.clock.advance(5)
    assert call("DELETE", f"{V3}/contacts/{gone}").status == 204
    assert [record["id"] for record in call("GET", f"{V3}/contacts").json["results"]] == [kept]
    (only,) = call("GET", f"{V3}/contacts?archived=True").json["results"]
    assert (only["id"], only["archived"], only["archivedAt"]) == (gone, True, "2026-01-01T09:00:05Z")


def test_archived_users_cannot_be_listed() -> None:
    """Third party, live July 2026: 400 for `0-115 (USER)`."""
    heard = account()("GET", f"{V3}/users?archived=true")
    assert heard.status == 400
    assert "0-115 (USER)" in heard.json["message"]
