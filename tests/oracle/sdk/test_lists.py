"""Lists through the SDK, each call with the status code it expects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hubspot.crm.lists import (
    ListCreateRequest,
    ListFilterUpdateRequest,
    ListSearchRequest,
    MembershipChangeRequest,
    PublicAndFilterBranch,
    PublicEmailEventFilter,
    PublicFormSubmissionFilter,
    PublicOrFilterBranch,
    PublicPageViewAnalyticsFilter,
    PublicWebinarFilter,
)

from tests.oracle.sdk.kinds import Family

Word = Callable[[str], str]


def call(api: Any, name: str, *arguments: Any, **options: Any) -> tuple[Any, int]:
    return getattr(api, f"{name}_with_http_info")(*arguments, _return_http_data_only=False, **options)[:2]


def branch(city: str) -> dict[str, Any]:
    operation = {
        "operationType": "STRING",
        "operator": "IS_EQUAL_TO",
        "value": city,
        "includeObjectsWithNoValueSet": False,
    }
    wanted = {"filterType": "PROPERTY", "property": "city", "operation": operation}
    inner = {
        "filterBranchType": "AND",
        "filterBranchOperator": "AND",
        "filterBranches": [],
        "filters": [wanted],
    }
    return {
        "filterBranchType": "OR",
        "filterBranchOperator": "OR",
        "filterBranches": [inner],
        "filters": [],
    }


def make(api: Any, name: str, processing: str = "MANUAL", **more: Any) -> Any:
    request = ListCreateRequest(name=name, object_type_id="0-1", processing_type=processing, **more)
    made, status = call(api.crm.lists.lists_api, "create", list_create_request=request)
    assert (status, type(made).__name__) == (200, "ListCreateResponse")
    return made.list


def test_a_list_lives_and_dies(api: Any, word: Word) -> None:
    lists, name = api.crm.lists.lists_api, word("List ")
    made = make(api, name)
    assert isinstance(made.created_at, datetime)
    assert (made.list_version, made.processing_status, made.size) == (1, "COMPLETE", 0)
    read, status = call(lists, "get_by_id", made.list_id)
    assert (status, read.list.name) == (200, name)
    named, status = call(lists, "get_by_name", name.upper(), "0-1")
    assert (status, named.list.list_id) == (200, made.list_id)
    many, status = call(lists, "get_all", list_ids=[made.list_id])
    assert (status, [one.list_id for one in many.lists]) == (200, [made.list_id])
    renamed, status = call(lists, "update_name", made.list_id, list_name=f"{name}!")
    assert (status, renamed.updated_list.name) == (200, f"{name}!")
    assert call(lists, "remove", made.list_id)[1] == 204
    assert lists.get_by_id(made.list_id).list.deleted_at is not None
    assert call(lists, "restore", made.list_id)[1] == 204
    assert lists.get_by_id(made.list_id).list.deleted_at is None


def test_lists_are_searched(api: Any, word: Word) -> None:
    name = word("Searched ")
    make(api, name)
    request = ListSearchRequest(query=name, count=10, offset=0, additional_properties=["hs_list_size"])
    found, status = call(api.crm.lists.lists_api, "do_search", request)
    assert (status, found.total, found.has_more, found.offset) == (200, 1, False, 1)
    assert found.lists[0].additional_properties["hs_list_size"] == "0"


def test_members_are_added_and_removed(api: Any, contacts: Family, word: Word) -> None:
    first, second = (contacts.create({"email": f"{word('member')}@example.com"}).id for _ in range(2))
    members, made = api.crm.lists.memberships_api, make(api, word("Members "))
    done, status = call(members, "add", made.list_id, [first, "1"])
    assert (status, done.records_ids_added, done.record_ids_missing) == (200, [first], ["1"])
    change = MembershipChangeRequest(record_ids_to_add=[second], record_ids_to_remove=[first])
    done, status = call(members, "add_and_remove", made.list_id, change)
    assert (status, done.records_ids_added, done.record_ids_removed) == (200, [second], [first])
    page, status = call(members, "get_page", made.list_id, limit=10)
    assert (status, [row.record_id for row in page.results]) == (200, [second])
    assert isinstance(page.results[0].membership_timestamp, datetime)
    ordered, status = call(members, "get_page_ordered_by_added_to_list_date", made.list_id)
    assert (status, ordered.total) == (200, 1)
    told, status = call(members, "get_lists", "0-1", second)
    assert (status, [row.list_id for row in told.results]) == (200, [made.list_id])
    other = make(api, word("Copy "))
    assert call(members, "add_all_from_list", other.list_id, made.list_id)[1] == 204
    assert call(members, "remove", other.list_id, [second])[0].record_ids_removed == [second]
    assert call(members, "remove_all", made.list_id)[1] == 204
    assert api.crm.lists.lists_api.get_by_id(made.list_id).list.size == 0


def test_a_dynamic_list_is_filled_by_its_filters(api: Any, contacts: Family, word: Word) -> None:
    lists, city, other = api.crm.lists.lists_api, word("Town"), word("Town")
    contacts.create({"email": f"{word('citizen')}@example.com", "city": city})
    made = make(api, word("Dynamic "), "DYNAMIC", filter_branch=branch(city))
    assert made.size == 1
    request = ListFilterUpdateRequest(filter_branch=branch(other))
    changed, status = call(lists, "update_list_filters", made.list_id, request)
    assert (status, changed.updated_list.size) == (200, 0)
    assert lists.get_by_id(made.list_id, include_filters=True).list.filter_branch is not None


def test_old_ids_are_translated(api: Any, word: Word) -> None:
    mapping, made = api.crm.lists.mapping_api, make(api, word("Old "))
    one, status = call(mapping, "translate_legacy_list_id_to_list_id", legacy_list_id=made.list_id)
    assert (status, one.list_id) == (200, made.list_id)
    several, status = call(mapping, "translate_legacy_list_id_to_list_id_batch", [made.list_id, "99999"])
    assert (status, several.missing_legacy_list_ids) == (200, ["99999"])


def test_filters_of_the_sdks_own_models_are_taken(api: Any, word: Word) -> None:
    """About what the account has no data of: nobody is in such a list, and the filter reads back."""
    for wanted in (
        PublicFormSubmissionFilter(filter_type="FORM_SUBMISSION", operator="FILLED_OUT"),
        PublicWebinarFilter(filter_type="WEBINAR", operator="HAS_WEBINAR_ATTENDANCE"),
        PublicPageViewAnalyticsFilter(
            filter_type="PAGE_VIEW", operator="HAS_PAGEVIEW_EQ", page_url="https://example.com"
        ),
        PublicEmailEventFilter(
            filter_type="EMAIL_EVENT", operator="OPENED", level="EMAIL_CAMPAIGN", app_id="1", email_id="2"
        ),
    ):
        inner = PublicAndFilterBranch(
            filter_branch_type="AND", filter_branch_operator="AND", filter_branches=[], filters=[wanted]
        )
        root = PublicOrFilterBranch(
            filter_branch_type="OR", filter_branch_operator="OR", filter_branches=[inner], filters=[]
        )
        made = make(api, word("Nobody "), "DYNAMIC", filter_branch=root)
        assert made.size == 0
        read, _ = call(api.crm.lists.lists_api, "get_by_id", made.list_id, include_filters=True)
        assert read.list.filter_branch.filter_branches[0].filters[0].filter_type == wanted.filter_type
