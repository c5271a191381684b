"""Members of lists.

Guide: https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide; models of hubspot-api-client.
"""

from __future__ import annotations

import pytest

from tests.contract.crm import account, create
from tests.contract.edge import Caller
from tests.contract.test_lists import LISTS, make, members, on, root


def manual(contacts: int = 3) -> tuple[Caller, str, list[str]]:
    call = account()
    ids = [create(call, "contacts")["id"] for _ in range(contacts)]
    return call, make(call, "M")["listId"], ids


def test_adding_tells_who_was_added_and_who_does_not_exist() -> None:
    """Spec and SDK read `recordsIdsAdded`; records that are members already are ignored."""
    call, list_id, (first, second, _) = manual()
    heard = call("PUT", f"{LISTS}/{list_id}/memberships/add", [first, int(second), "5"])
    assert heard.status == 200
    assert heard.json == {
        "recordIdsRemoved": [],
        "recordsIdsAdded": [first, second],
        "recordIdsMissing": ["5"],
    }
    again = call("PUT", f"{LISTS}/{list_id}/memberships/add", [first])
    assert again.json["recordsIdsAdded"] == []
    assert call("GET", f"{LISTS}/{list_id}").json["list"]["size"] == 2


def test_records_are_removed_swapped_and_cleared() -> None:
    call, list_id, (first, second, third) = manual()
    path = f"{LISTS}/{list_id}/memberships"
    call("PUT", f"{path}/add", [first, second])
    body = {"recordIdsToAdd": [third], "recordIdsToRemove": [first]}
    heard = call("PUT", f"{path}/add-and-remove", body)
    assert (heard.json["recordsIdsAdded"], heard.json["recordIdsRemoved"]) == ([third], [first])
    assert call("PUT", f"{path}/remove", [second]).json["recordIdsRemoved"] == [second]
    assert members(call, list_id) == {third}
    assert call("DELETE", path).status == 204
    assert members(call, list_id) == set()


def test_members_come_in_pages_either_way() -> None:
    """Spec: `after` counts up, `before` down; at most 250 a page."""
    call, list_id, ids = manual()
    path = f"{LISTS}/{list_id}/memberships"
    call("PUT", f"{path}/add", ids)
    page = call("GET", f"{path}?limit=2").json
    after = page["paging"]["next"]["after"]
    assert (len(page["results"]), page["total"]) == (2, 3)
    rest = call("GET", f"{path}?limit=2&after={after}").json
    assert "paging" not in rest
    seen = [row["recordId"] for row in page["results"] + rest["results"]]
    assert seen == sorted(ids, key=int)
    back = call("GET", f"{path}?limit=2&before={rest['results'][0]['recordId']}").json
    assert [row["recordId"] for row in back["results"]] == list(reversed(seen[:2]))
    assert call("GET", f"{path}?limit=251").status == 400
    assert call("GET", f"{path}?after=x").status == 400


def test_join_order_is_the_order_of_joining() -> None:
    call, list_id, ids = manual()
    path = f"{LISTS}/{list_id}/memberships"
    for each in reversed(ids):
        call("PUT", f"{path}/add", [each])
        call.clock.advance(60)
    page = call("GET", f"{path}/join-order?limit=2").json
    rest = call("GET", f"{path}/join-order?after={page['paging']['next']['after']}").json
    assert [row["recordId"] for row in page["results"] + rest["results"]] == list(reversed(ids))
    assert page["results"][0]["membershipTimestamp"] == "2026-01-01T09:00:00Z"


def test_members_of_another_list_are_added() -> None:
    """Spec: 204; the source may be of any processing type."""
    call, list_id, ids = manual()
    source = make(call, "All", "DYNAMIC", root(on("hs_object_id", "ALL_PROPERTY", "IS_KNOWN")))["listId"]
    heard = call("PUT", f"{LISTS}/{list_id}/memberships/add-from/{source}")
    assert (heard.status, heard.text) == (204, "")
    assert members(call, list_id) == set(ids)


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/add"), ("PUT", "/remove"), ("DELETE", ""), ("PUT", "/add-from/1")]
)
def test_members_of_a_dynamic_list_change_only_by_its_filters(method: str, path: str) -> None:
    """Guide: only MANUAL and SNAPSHOT lists take records."""
    call, _, ids = manual()
    branch = root(on("city", "ALL_PROPERTY", "IS_KNOWN"))
    made = make(call, "D", "DYNAMIC", branch)["listId"]
    body = ids if path in ("/add", "/remove") else None
    assert call(method, f"{LISTS}/{made}/memberships{path}", body).status == 400


def test_the_lists_of_a_record_are_told_alone_and_in_batches() -> None:
    """Models of hubspot-api-client and hubspot-sdk (BatchResponseRecordIDWithMemberships)."""
    call, list_id, (first, second, _) = manual()
    call("PUT", f"{LISTS}/{list_id}/memberships/add", [first])
    heard = call("GET", f"{LISTS}/records/0-1/{first}/memberships")
    assert heard.json["total"] == 1
    (row,) = heard.json["results"]
    assert (row["listId"], row["listVersion"]) == (list_id, 1)
    assert row["firstAddedTimestamp"] == row["lastAddedTimestamp"] == "2026-01-01T09:00:00Z"
    inputs = [{"objectTypeId": "0-1", "recordId": each} for each in (first, second)]
    batch = call("POST", "/crm/lists/2026-09/records/memberships/batch/read", {"inputs": inputs})
    assert (batch.status, batch.json["status"]) == (200, "COMPLETE")
    assert [len(each["recordListMemberships"]) for each in batch.json["results"]] == [1, 0]
    over = {"inputs": inputs * 51}
    assert call("POST", "/crm/lists/2026-09/records/memberships/batch/read", over).status == 400


def test_old_ids_are_translated() -> None:
    call, list_id, _ = manual()
    assert call("GET", f"{LISTS}/idmapping?legacyListId={list_id}").json["listId"] == list_id
    heard = call("POST", f"{LISTS}/idmapping", [list_id, "77"])
    assert heard.json["missingLegacyListIds"] == ["77"]
    assert heard.json["legacyListIdsToIdsMapping"] == [{"listId": list_id, "legacyListId": list_id}]


def test_reading_members_needs_the_right_to_write_too() -> None:
    """n8n's HubSpot node asks for crm.lists.read and crm.lists.write."""
    call, list_id, _ = manual()
    reader = call.emulator.token(scopes=["crm.lists.read"])
    assert call("GET", f"{LISTS}/{list_id}", token=reader).status == 200
    assert call("POST", f"{LISTS}/search", {}, token=reader).status == 200
    heard = call("GET", f"{LISTS}/{list_id}/memberships", token=reader)
    assert heard.status == 403
    assert heard.json["errors"][0]["context"]["requiredGranularScopes"] == ["crm.lists.write"]
