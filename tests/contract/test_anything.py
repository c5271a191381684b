"""Whatever is asked, HubSpot's own kind of answer comes back: no fault of the emulator, no traceback."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.edge import Caller

WORDS = [
    "inputs",
    "properties",
    "id",
    "from",
    "to",
    "types",
    "idProperty",
    "filterGroups",
    "filters",
    "propertyName",
    "operator",
    "value",
    "values",
    "highValue",
    "sorts",
    "query",
    "limit",
    "after",
    "associations",
    "associationCategory",
    "associationTypeId",
    "email",
    "firstname",
    "eventType",
    "propertyName",
    "targetUrl",
    "throttling",
    "maxConcurrentRequests",
    "active",
]
CALLS = [
    (method, f"{base}{rest}")
    for base in ("/crm/v3/objects/contacts", "/crm/objects/2026-09/companies", "/crm/v3/objects/widgets")
    for method, rest in (
        ("GET", ""),
        ("POST", ""),
        ("GET", "/1"),
        ("PATCH", "/1"),
        ("DELETE", "/x"),
        ("POST", "/search"),
        ("POST", "/batch/create"),
        ("POST", "/batch/read"),
        ("POST", "/batch/update"),
        ("POST", "/batch/upsert"),
        ("POST", "/batch/archive"),
    )
] + [
    ("PUT", "/crm/v4/objects/contacts/1/associations/default/companies/2"),
    ("PUT", "/crm/v4/objects/contacts/1/associations/companies/2"),
    ("GET", "/crm/v4/objects/contacts/1/associations/companies"),
    ("POST", "/crm/v4/associations/contacts/companies/batch/create"),
    ("POST", "/crm/v4/associations/contacts/companies/batch/read"),
    ("POST", "/crm/associations/2026-09/contacts/companies/batch/archive"),
    ("POST", "/oauth/v3/token"),
    ("POST", "/oauth/authorize"),
    ("GET", "/oauth/authorize"),
    ("GET", "/crm/v3/owners"),
    ("PUT", "/webhooks/v3/7654321/settings"),
    ("POST", "/app-webhooks/2026-09/7654321/subscriptions"),
    ("PATCH", "/webhooks/2026-03/7654321/subscriptions/1000001"),
    ("POST", "/webhooks/v3/7654321/subscriptions/batch/update"),
    ("GET", "/webhooks/v3/x/subscriptions/9"),
]
QUERIES = st.lists(
    st.tuples(
        st.sampled_from(["limit", "after", "properties", "archived", "idProperty", "associations", "state"]),
        st.sampled_from(["", "0", "-1", "5", "9" * 40, "email", "%00", "%zz", "a,b", "True", "é"]),
    ),
    max_size=3,
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", "1", "contacts", "EQ", "IN", "BETWEEN", "HUBSPOT_DEFINED", "ann@example.com", 'x"y']
    ),
    st.text(max_size=5),
)
bodies = st.one_of(
    st.binary(max_size=30),
    st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
)


@settings(max_examples=400, deadline=None)
@given(call=st.sampled_from(CALLS), query=QUERIES, body=bodies)
def test_no_request_is_answered_with_a_fault(call: tuple[str, str], query: str, body: bytes) -> None:
    method, path = call
    heard = CALLER(method, f"{path}?{query}" if query else path, body)
    assert heard.status < 500, heard.text
    if heard.status >= 400 and not path.startswith("/oauth/"):
        assert heard.json["status"] == "error"
        assert heard.json["message"]


CALLER = Caller(limits=False)
CONTROLS = [
    (method, f"/_emulator{path}")
    for method, path in (
        ("POST", "/accounts/1/tokens"),
        ("POST", "/apps"),
        ("POST", "/clock"),
        ("POST", "/faults"),
        ("DELETE", "/faults/9"),
        ("POST", "/snapshots/x/restore"),
        ("POST", "/webhooks"),
        ("PUT", "/disorder"),
        ("POST", "/deliver"),
        ("GET", "/requests"),
    )
]


@settings(max_examples=200, deadline=None)
@given(call=st.sampled_from(CONTROLS), query=QUERIES, body=bodies)
def test_no_control_is_answered_with_a_fault(call: tuple[str, str], query: str, body: bytes) -> None:
    method, path = call
    heard = Caller()(method, f"{path}?{query}" if query else path, body, token=None)
    assert heard.status < 500, heard.text


@settings(max_examples=200, deadline=None)
@given(
    method=st.text(max_size=8),
    target=st.text(max_size=60),
    name=st.text(max_size=8),
    value=st.text(max_size=8),
)
def test_no_nonsense_is_answered_with_a_fault(method: str, target: str, name: str, value: str) -> None:
    heard = CALLER(method, target, headers={name: value})
    assert heard.status != 500, heard.text


def test_threads_share_an_account_safely() -> None:
    caller = Caller(limits=False)

    def work(number: int) -> Any:
        body = {"properties": {"email": f"row{number}@example.com"}}
        return caller("POST", "/crm/v3/objects/contacts", body).json["id"]

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(work, range(200)))
    assert len(set(ids)) == 200
    correlation = [one.correlation_id for one in caller.emulator.requests]
    assert len(set(correlation)) == len(correlation)


@pytest.mark.parametrize("body", [b'"{"name": 1}"', b"[]]", b'{"label": 1}}', b"1 2", b"[" * 5000])
def test_a_body_of_the_wrong_shape_may_be_malformed_after_it(body: bytes) -> None:
    heard = Caller(limits=False)("POST", "/crm/v4/associations/contacts/companies/labels", body)
    assert heard.status == 400
    assert heard.json["message"].startswith("Invalid input JSON on line 1")


def test_a_number_beyond_64_bits_is_refused() -> None:
    call = Caller(limits=False)
    body = {"targetUrl": "https://a.example", "throttling": {"maxConcurrentRequests": 10**30}}
    key = call.emulator.identity.developer_api_key
    heard = call("PUT", f"/webhooks/v3/7654321/settings?hapikey={key}", body)
    assert heard.status == 400
    assert "out of range" in heard.json["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/crm/v3/objects/contacts", b'{"x\xff": 1, "properties": {}}'),
        ("/crm/v3/objects/contacts/search", b'{"filterGroups": [], "x\xbd": 1}'),
        ("/crm/v3/lists/", b'{"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC", '
         b'"filterBranch": {"filterBranchType": "OR", "fi\xbdlters": []}}'),
        ("/crm/v3/exports/export/async", b'{"exportType": "VIEW", "objectType": "CONTACT", "x\xff\xfe": []}'),
    ],
)  # fmt: skip
def test_a_body_is_utf_8_also_where_nobody_looks(path: str, body: bytes) -> None:
    heard = Caller(limits=False)("POST", path, body)
    assert heard.status == 400
    assert heard.json["message"].startswith("Invalid input JSON on line 1, column ")


@pytest.mark.parametrize("word", [{"a": 1}, ["PROPERTY"], 7, True])
def test_a_filter_of_a_list_has_a_word_for_its_type(word: Any) -> None:
    branch = {"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [], "filters": []}
    inner = {**branch, "filters": [{"filterType": word, "property": "email"}]}
    root = {**branch, "filterBranchType": "OR", "filterBranchOperator": "OR", "filterBranches": [inner]}
    body = {"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": root}
    heard = Caller(limits=False)("POST", "/crm/v3/lists/", body)
    assert (heard.status, heard.json["subCategory"]) == (400, "ListError.ENUM_CONVERSION")
