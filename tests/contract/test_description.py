"""The emulator's description of itself, and that nothing in it can be asked into a fault."""

from __future__ import annotations

import re
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.edge import Caller

HERE = {"host": "127.0.0.1:8765"}
PLACE = re.compile(r"\{\w+\}")


def described() -> Any:
    heard = Caller()("GET", "/_emulator/openapi.json", token=None, headers=HERE)
    assert heard.status == 200
    return heard.json


DOCUMENT = described()
OPERATIONS = [
    (method, template, told) for template, item in DOCUMENT["paths"].items() for method, told in item.items()
]


def test_every_operation_is_there_once_with_its_places() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert DOCUMENT["servers"] == [{"url": "http://127.0.0.1:8765"}]
    ids = [told["operationId"] for _, _, told in OPERATIONS]
    assert len(set(ids)) == len(ids) > 600
    for _, template, told in OPERATIONS:
        places = [one["name"] for one in told["parameters"] if one["in"] == "path"]
        assert [f"{{{name}}}" for name in places] == PLACE.findall(template)


@pytest.mark.parametrize("path", ["/crm/v3/objects/{objectType}", "/oauth/2026-03/token"])
def test_what_is_served_is_described(path: str) -> None:
    assert path in DOCUMENT["paths"]


def test_what_is_missing_is_named_and_answers_501() -> None:
    caller = Caller()
    for line in DOCUMENT["x-missing"]:
        method, _, template = line.partition(" ")
        assert method.lower() not in DOCUMENT["paths"].get(template, {})
        assert caller(method, PLACE.sub("1", template), {}).status == 501


def test_what_is_described_is_served() -> None:
    caller = Caller(limits=False, tier="enterprise")
    for method, template, _ in OPERATIONS:
        path = PLACE.sub("1", template)
        assert caller(method.upper(), path, {}).status < 500, (method, template)


WORDS = st.sampled_from(
    [
        "1", "0", "-1", "contacts", "companies", "0-1", "2-1", "deals", "email", "default", "x", "%", "a b",
        "é", "9" * 25, "/", "..", "p1_x", "EQ", "MANUAL", "OBJECT", "AND", "OR", "PROPERTY", "\x00", "null",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "inputs", "properties", "id", "from", "to", "types", "filterGroups", "filters", "propertyName",
        "operator", "value", "values", "highValue", "sorts", "query", "limit", "after", "associations",
        "associationCategory", "associationTypeId", "name", "label", "type", "fieldType", "groupName",
        "options", "processingType", "objectTypeId", "filterBranch", "filterBranchType", "filterBranches",
        "filterType", "operation", "exportType", "subscriptionType", "actions", "portalId",
        "snapshotRequests", "stages", "metadata", "displayOrder", "objectWriteTraceId", "idProperty",
        "offset",
        "identity-profiles", "eventType", "targetUrl", "throttling", "filter", "conditions", "subscriptionId",
        "listIds",
    ]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
QUERIES = st.dictionaries(
    st.sampled_from(
        ["limit", "after", "properties", "archived", "associations", "idProperty", "count", "offset",
         "before", "listIds", "name", "since", "property", "includeFilters", "installPortalId",
         "hapikey", "sort"]
    ),
    WORDS,
    max_size=3,
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(
    operation=st.sampled_from(OPERATIONS),
    places=st.lists(WORDS, min_size=5, max_size=5),
    query=QUERIES,
    body=VALUES,
    version=st.sampled_from(["enterprise", "free"]),
)
def test_nothing_that_is_described_can_be_asked_into_a_fault(
    operation: tuple[str, str, Any], places: list[str], query: dict[str, str], body: Any, version: str
) -> None:
    method, template, _ = operation
    words = iter(places)
    path = PLACE.sub(lambda _: quote(next(words), safe=""), template)
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    caller = CALLERS[version]
    heard = caller(method.upper(), f"{path}?{asked}", body)
    assert heard.status < 500, (method, path, asked, body, heard.text)


@settings(max_examples=12, deadline=None)
@given(
    places=st.lists(WORDS, min_size=7, max_size=40, unique=True),
    queries=st.lists(QUERIES, min_size=1, max_size=9),
    bodies=st.lists(VALUES, min_size=1, max_size=9),
    tier=st.sampled_from(["enterprise", "free"]),
)
def test_nothing_at_all_that_is_described_can_be_asked_into_a_fault(
    places: list[str], queries: list[dict[str, str]], bodies: list[Any], tier: str
) -> None:
    """Every path with every method each time; the places, queries and bodies take turns."""
    words, asks, sent = cycle(places), cycle(queries), cycle(bodies)
    for method, template, _ in OPERATIONS:
        path = PLACE.sub(lambda _: quote(next(words), safe=""), template)
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in next(asks).items())
        body = next(sent)
        heard = CALLERS[tier](method.upper(), f"{path}?{query}", body)
        assert heard.status < 500, (method, path, query, body, heard.text)


CALLERS = {tier: Caller(limits=False, tier=tier, seed="demo") for tier in ("enterprise", "free")}
