"""Endpoints by version."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from hubwire.catalogue.load import NEWEST, VERSIONS, elsewhere, endpoint, endpoints

PLACES = {
    "objectType": "contacts", "id": "12", "toObjectType": "companies", "toId": "34",
    "fromObjectType": "contacts", "ownerId": "7", "propertyName": "email", "pipelineId": "default",
    "stageId": "closedwon", "token": "t",
}  # fmt: skip

V3, MARCH, SEPTEMBER = "v3", "2026-03", "2026-09"


@pytest.mark.parametrize(
    ("op", "version", "method", "path"),
    [
        ("objects.list", V3, "GET", "/crm/v3/objects/contacts"),
        ("objects.read", SEPTEMBER, "GET", "/crm/objects/2026-09/contacts/12"),
        ("objects.create", MARCH, "POST", "/crm/objects/2026-03/contacts"),
        ("objects.update", V3, "PATCH", "/crm/v3/objects/contacts/12"),
        ("objects.archive", V3, "DELETE", "/crm/v3/objects/contacts/12"),
        ("objects.search", SEPTEMBER, "POST", "/crm/objects/2026-09/contacts/search"),
        ("objects.batch.upsert", MARCH, "POST", "/crm/objects/2026-03/contacts/batch/upsert"),
        ("objects.gdpr_delete", V3, "POST", "/crm/v3/objects/contacts/gdpr-delete"),
        ("associations.list", V3, "GET", "/crm/v4/objects/contacts/12/associations/companies"),
        (
            "associations.default",
            SEPTEMBER,
            "PUT",
            "/crm/objects/2026-09/contacts/12/associations/default/companies/34",
        ),
        ("associations.label", V3, "PUT", "/crm/v4/objects/contacts/12/associations/companies/34"),
        (
            "associations.batch.default",
            V3,
            "POST",
            "/crm/v4/associations/contacts/companies/batch/associate/default",
        ),
        (
            "associations.batch.labels_archive",
            MARCH,
            "POST",
            "/crm/associations/2026-03/contacts/companies/batch/labels/archive",
        ),
        ("associations.labels.list", V3, "GET", "/crm/v4/associations/contacts/companies/labels"),
        ("owners.list", V3, "GET", "/crm/v3/owners"),
        ("owners.read", SEPTEMBER, "GET", "/crm/owners/2026-09/7"),
        ("properties.read", SEPTEMBER, "GET", "/crm/properties/2026-09/contacts/email"),
        ("properties.groups.list", V3, "GET", "/crm/v3/properties/contacts/groups"),
        ("pipelines.stages.read", V3, "GET", "/crm/v3/pipelines/contacts/default/stages/closedwon"),
        ("oauth.token", SEPTEMBER, "POST", "/oauth/2026-09/token"),
        ("oauth.introspect", V3, "POST", "/oauth/v3/token/introspect"),
        ("oauth.access_token_info", V3, "GET", "/oauth/v1/access-tokens/t"),
        ("oauth.authorize", SEPTEMBER, "GET", "/oauth/authorize"),
        ("account.details", V3, "GET", "/account-info/v3/details"),
        ("account.usage", MARCH, "GET", "/account-info/2026-03/api-usage/daily/private-apps"),
    ],
)
def test_a_path_is_filled_in_for_its_version(op: str, version: str, method: str, path: str) -> None:
    known = endpoint(op)
    places = re.findall(r"{(\w+)}", known.paths[version][0])
    assert known.method == method
    assert known.path(version, **{place: PLACES[place] for place in places}) == path


@pytest.mark.parametrize(
    ("op", "aliases"),
    [
        ("oauth.token", ["/oauth/v1/token"]),
        ("oauth.authorize", ["/oauth/{hubId}/authorize"]),
        ("associations.labels.list", ["/crm/associations/v4/{fromObjectType}/{toObjectType}/labels"]),
        ("schemas.list", ["/crm/v3/schemas"]),
    ],
)
def test_other_paths_of_the_same_endpoint_are_aliases(op: str, aliases: list[str]) -> None:
    assert list(endpoint(op).paths["v3"][1:]) == aliases


def test_no_two_endpoints_have_one_name() -> None:
    assert [op for op, count in Counter(known.op for known in endpoints()).items() if count > 1] == []


def test_no_two_endpoints_answer_the_same_method_and_path() -> None:
    taken: dict[tuple[str, str], set[str]] = {}
    for known in endpoints():
        for templates in known.paths.values():
            for template in templates:
                shape = re.sub(r"{\w+}", "{}", template)
                taken.setdefault((known.method, shape), set()).add(known.op)
    assert {where: ops for where, ops in taken.items() if len(ops) > 1} == {}


def test_an_endpoint_asks_for_the_same_places_in_every_version() -> None:
    uneven = {
        known.op
        for known in endpoints()
        if len({tuple(re.findall(r"{(\w+)}", paths[0])) for paths in known.paths.values()}) > 1
    }
    assert uneven == set()


def test_endpoints_outside_the_crm_are_apart_and_have_a_path_in_each_of_their_versions() -> None:
    others = {known.op: known for known in elsewhere()}
    assert len(others) == len(elsewhere()) > 450
    assert not others.keys() & {known.op for known in endpoints()}
    posts = others["cms.blogs.posts.read"]
    assert posts.paths == {
        "v3": ("/cms/v3/blogs/posts/{objectId}",),
        "2026-03": ("/cms/blogs/2026-03/posts/{objectId}", "/cms/blogs/2025-09/posts/{objectId}"),
        "2026-09": ("/cms/blogs/2026-09/posts/{objectId}",),
    }
    assert (posts.method, posts.safety) == ("GET", "read")
    assert {version for one in others.values() for version in one.paths} == {"v3", "2026-03", "2026-09"}


def test_versions_are_in_order_and_every_endpoint_has_one() -> None:
    assert VERSIONS == ("v3", "2026-03", "2026-09")
    assert NEWEST == "2026-09"
    assert [known.op for known in endpoints() if not known.paths] == []


def test_the_endpoints_of_the_numeric_versions_alone_are_the_known_leftovers() -> None:
    numeric_only = {known.op for known in endpoints() if set(known.paths) == {"v3"}}
    # Events on timelines have other calls in the dated versions; templates are parts of projects there.
    former = ("associations.v3.", "legacy.", "templates.", "timeline.", "calls.connections.")
    assert {op for op in numeric_only if not op.startswith(former)} == {
        "oauth.access_token_info", "oauth.refresh_token_info", "oauth.refresh_token_delete",
        "oauth.private_token_info", "oauth.personal_key", "account.usage_of_all",
        "preferences.of_email",
    }  # fmt: skip


def test_creating_a_record_merging_and_erasing_are_not_repeatable() -> None:
    once = {known.op for known in endpoints() if known.safety == "once"}
    assert {"objects.create", "objects.batch.create", "objects.merge", "objects.gdpr_delete"} <= once
    repeat = ("objects.update", "objects.batch.upsert", "objects.archive", "associations.batch.create")
    assert [endpoint(op).safety for op in repeat] == ["repeat"] * 4


def test_whatever_only_reads_is_safe() -> None:
    reading = ("objects.search", "objects.batch.read", "associations.batch.read", "oauth.introspect")
    assert {endpoint(op).safety for op in reading} == {"read"}
    assert {known.safety for known in endpoints() if known.method == "GET"} == {"read"}
    assert {known.safety for known in endpoints() if known.method == "DELETE"} == {"repeat"}


@pytest.mark.parametrize(
    ("op", "lane"),
    [
        ("objects.search", "search"),
        ("objects.batch.read", "burst"),
        ("associations.default", "burst"),
        ("associations.batch.create", "associations"),
        ("associations.labels.list", "associations"),
        ("oauth.token", "free"),
        ("account.usage", "burst"),
    ],
)
def test_a_call_spends_the_quota_of_its_lane(op: str, lane: str) -> None:
    assert endpoint(op).lane == lane


@pytest.mark.parametrize(
    ("op", "limit"),
    [
        ("objects.list", 100),
        ("objects.search", 200),
        ("objects.batch.create", 100),
        ("objects.batch.archive", 100),
        ("associations.list", 500),
        ("associations.batch.read", 1000),
        ("associations.batch.create", 2000),
        ("objects.read", None),
    ],
)
def test_a_call_takes_or_gives_at_most_so_many(op: str, limit: int | None) -> None:
    assert endpoint(op).limit == limit


def test_an_unknown_operation_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        endpoint("objects.teleport")
