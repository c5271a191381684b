"""Folders of lists, their conversion and their history.

Shapes: hubspot-api-client 12.0.0 (crm/lists/models/public_list_folder.py), hubspot-sdk 0.1.0a9
(types/crm/public_list_conversion_response.py, list_size_and_edit_history_response.py). Refusals are assumed.
"""

from __future__ import annotations

import pytest

from tests.contract.crm import account, create
from tests.contract.edge import Caller
from tests.contract.test_lists import LISTS, make, members, on, root

FOLDERS = f"{LISTS}/folders"
DAY = 86_400


def folder(call: Caller, name: str, parent: str = "0") -> str:
    heard = call("POST", FOLDERS, {"name": name, "parentFolderId": parent})
    assert heard.status == 200, heard.text
    id_: str = heard.json["folder"]["id"]
    return id_


def test_the_root_is_there_from_the_beginning_and_has_the_id_0() -> None:
    heard = account()("GET", FOLDERS)
    assert heard.status == 200
    assert heard.json["folder"] == {"id": "0", "parentFolderId": "0", "childLists": [], "childNodes": []}


@pytest.mark.parametrize("base", [LISTS, "/crm/lists/2026-03", "/crm/lists/2026-09"])
def test_a_folder_shows_what_is_in_it(base: str) -> None:
    call = account()
    outer = folder(call, "Campaigns")
    inner = folder(call, "Spring", outer)
    list_id = make(call, "A")["listId"]
    moved = call("PUT", f"{base}/folders/move-list", {"listId": list_id, "newFolderId": inner})
    assert (moved.status, moved.text) == (204, "")
    tree = call("GET", f"{base}/folders?folderId={outer}").json["folder"]
    assert (tree["name"], tree["childLists"]) == ("Campaigns", [])
    (node,) = tree["childNodes"]
    assert (node["id"], node["parentFolderId"], node["name"]) == (inner, outer, "Spring")
    assert node["childLists"] == [int(list_id)]
    assert node["createdAt"] == "2026-01-01T09:00:00Z"


def test_a_list_can_be_born_in_a_folder_but_not_in_one_there_is_not() -> None:
    call = account()
    inside = folder(call, "F")
    body = {"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL", "listFolderId": int(inside)}
    made = call("POST", f"{LISTS}/", body).json["list"]
    assert call("GET", f"{FOLDERS}?folderId={inside}").json["folder"]["childLists"] == [int(made["listId"])]
    assert call("POST", f"{LISTS}/", {**body, "name": "M", "listFolderId": 99}).status == 404


def test_folders_are_renamed_moved_and_deleted_when_empty() -> None:
    call = account()
    one, other = folder(call, "One"), folder(call, "Other")
    renamed = call("PUT", f"{FOLDERS}/{one}/rename?newFolderName=First")
    assert renamed.json["folder"]["name"] == "First"
    moved = call("PUT", f"{FOLDERS}/{one}/move/{other}")
    assert moved.json["folder"]["parentFolderId"] == other
    assert call("PUT", f"{FOLDERS}/{other}/move/{one}").status == 400
    assert call("DELETE", f"{FOLDERS}/{other}").status == 400
    assert call("DELETE", f"{FOLDERS}/{one}").status == 204
    assert call("GET", f"{FOLDERS}?folderId={one}").status == 404


def test_two_folders_of_a_place_have_different_names() -> None:
    call = account()
    inside = folder(call, "Twice")
    assert call("POST", FOLDERS, {"name": "twice"}).status == 400
    folder(call, "Twice", inside)
    assert call("POST", FOLDERS, {}).status == 400


LEADS = root(on("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["lead"]))


def test_a_list_becomes_static_on_the_day_asked_for_and_keeps_its_members() -> None:
    call = account()
    kept = create(call, "contacts", lastname="A")["id"]
    list_id = make(call, "L", "DYNAMIC", LEADS)["listId"]
    path = f"{LISTS}/{list_id}/schedule-conversion"
    assert call("GET", path).json == {"listId": list_id}
    wish = {"conversionType": "CONVERSION_DATE", "year": 2026, "month": 1, "day": 3}
    heard = call("PUT", path, wish)
    assert (heard.status, heard.json) == (200, {"listId": list_id, "requestedConversionTime": wish})
    call.clock.advance(2 * DAY)
    told = call("GET", path).json
    assert (told["convertedAt"], told["requestedConversionTime"]) == ("2026-01-03T00:00:00Z", wish)
    assert call("GET", f"{LISTS}/{list_id}").json["list"]["processingType"] == "SNAPSHOT"
    create(call, "contacts", lastname="B")
    assert members(call, list_id) == {kept}


def test_a_list_becomes_static_once_nobody_has_joined_it_for_so_long() -> None:
    call = account()
    list_id = make(call, "L", "DYNAMIC", LEADS)["listId"]
    wish = {"conversionType": "INACTIVITY", "offset": 1, "timeUnit": "WEEK"}
    assert call("PUT", f"{LISTS}/{list_id}/schedule-conversion", wish).status == 200
    call.clock.advance(6 * DAY)
    create(call, "contacts", lastname="A")
    members(call, list_id)
    call.clock.advance(6 * DAY)
    assert call("GET", f"{LISTS}/{list_id}").json["list"]["processingType"] == "DYNAMIC"
    call.clock.advance(DAY)
    assert call("GET", f"{LISTS}/{list_id}").json["list"]["processingType"] == "SNAPSHOT"


def test_a_conversion_that_is_taken_back_does_not_happen() -> None:
    call = account()
    list_id = make(call, "L", "DYNAMIC", LEADS)["listId"]
    path = f"{LISTS}/{list_id}/schedule-conversion"
    call("PUT", path, {"conversionType": "CONVERSION_DATE", "year": 2026, "month": 1, "day": 3})
    assert call("DELETE", path).status == 204
    call.clock.advance(9 * DAY)
    assert call("GET", path).json == {"listId": list_id}
    assert call("GET", f"{LISTS}/{list_id}").json["list"]["processingType"] == "DYNAMIC"


@pytest.mark.parametrize(
    "wish",
    [
        {"conversionType": "CONVERSION_DATE", "year": 2025, "month": 1, "day": 3},
        {"conversionType": "CONVERSION_DATE", "year": 2026, "month": 2, "day": 30},
        {"conversionType": "CONVERSION_DATE", "year": 2026},
        {"conversionType": "INACTIVITY", "offset": 0, "timeUnit": "DAY"},
        {"conversionType": "INACTIVITY", "offset": 3, "timeUnit": "YEAR"},
        {"conversionType": "SOON"},
    ],
)
def test_a_wish_that_says_no_moment_to_come_is_refused(wish: dict[str, object]) -> None:
    call = account()
    list_id = make(call, "L", "DYNAMIC", LEADS)["listId"]
    heard = call("PUT", f"{LISTS}/{list_id}/schedule-conversion", wish)
    assert (heard.status, heard.json["status"]) == (400, "error")


def test_only_dynamic_lists_can_be_converted() -> None:
    call = account()
    list_id = make(call, "L")["listId"]
    wish = {"conversionType": "INACTIVITY", "offset": 1, "timeUnit": "WEEK"}
    assert call("PUT", f"{LISTS}/{list_id}/schedule-conversion", wish).status == 400


def test_the_history_tells_sizes_and_edits_between_two_moments() -> None:
    call = account()
    list_id = make(call, "L")["listId"]
    ids = [create(call, "contacts", lastname=name)["id"] for name in ("A", "B")]
    call.clock.advance(60)
    call("PUT", f"{LISTS}/{list_id}/memberships/add", ids)
    call.clock.advance(60)
    call("PUT", f"{LISTS}/{list_id}/update-list-name?listName=M")
    call("PUT", f"{LISTS}/{list_id}/memberships/remove", ids[:1])
    path = f"{LISTS}/{list_id}/size-and-edits-history/between"
    told = call("GET", path).json
    assert [point["size"] for point in told["sizeHistory"]] == [0, 2, 1]
    assert told["sizeHistory"][1]["timestamp"] == "2026-01-01T09:01:00Z"
    assert told["editHistory"] == ["2026-01-01T09:00:00Z", "2026-01-01T09:02:00Z"]
    some = call("GET", f"{path}?startDate=2026-01-01T09:00:30Z&endDate=2026-01-01T09:01:30Z").json
    assert some == {"editHistory": [], "sizeHistory": [{"timestamp": "2026-01-01T09:01:00Z", "size": 2}]}
    assert call("GET", f"{path}?startDate=soon").status == 400


def test_version_1_of_lists_is_gone() -> None:
    """https://developers.hubspot.com/changelog: Contact Lists v1 answers 404 since 30 April 2026."""
    call = account()
    for path in ("/contacts/v1/lists", "/contacts/v1/lists/1/contacts/all"):
        assert call("GET", path).status == 404
    assert call("GET", "/contacts/v1/lists/all/contacts/all").status == 200
