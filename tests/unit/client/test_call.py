"""Calls as values, and paths that nothing can lead astray."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.client.call import call, segment
from hubwire.client.calls import objects
from hubwire.client.calls.objects import Fields
from hubwire.client.raw import raw, recognised
from hubwire.client.records import read_nothing
from hubwire.errors import ConfigError


@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("v3", "/crm/v3/objects/contacts/ada%40example.com"),
        ("2026-03", "/crm/objects/2026-03/contacts/ada%40example.com"),
        ("2026-09", "/crm/objects/2026-09/contacts/ada%40example.com"),
    ],
)
def test_the_version_is_a_column_of_the_catalogue(version: str, path: str) -> None:
    made = objects.read(version, "contacts", "ada@example.com", Fields(), by="email")
    assert made.request.path == path
    assert made.request.target.endswith("?idProperty=email")


def test_names_go_out_comma_joined() -> None:
    fields = Fields(("a", "b"), ("c",), ("companies",), True)
    target = objects.read("v3", "deals", "1", fields).request.target
    assert target.endswith("?properties=a,b&propertiesWithHistory=c&associations=companies&archived=true")


@given(st.text(min_size=1))
def test_any_value_stays_within_its_segment(value: str) -> None:
    try:
        quoted = segment(value)
    except (ConfigError, UnicodeEncodeError):
        return
    assert not set(quoted) & set("/?#")
    assert unquote(quoted) == value
    assert quoted not in (".", "..")


@pytest.mark.parametrize("value", ["", " ", ".", ".."])
def test_what_would_lead_elsewhere_is_refused(value: str) -> None:
    with pytest.raises(ConfigError):
        segment(value)


def test_an_endpoint_may_be_missing_from_a_version() -> None:
    with pytest.raises(ConfigError, match="v3"):
        call("oauth.access_token_info", "2026-09", {"token": "t"}, read_nothing)


@pytest.mark.parametrize(
    ("method", "path", "op"),
    [
        ("GET", "/crm/v3/objects/contacts/12", "objects.read"),
        ("GET", "/crm/objects/2026-03/contacts", "objects.list"),
        ("POST", "/crm/v3/objects/contacts/batch/create", "objects.batch.create"),
        ("POST", "/crm/v3/objects/contacts/search/", "objects.search"),
        ("GET", "/crm/v3/owners/", "owners.list"),
        (
            "POST",
            "/crm/v4/associations/contacts/companies/batch/associate/default",
            "associations.batch.default",
        ),
        ("POST", "/something/else", None),
        ("PUT", "/crm/v3/objects/contacts", None),
    ],
)
def test_a_path_is_recognised_in_every_version(method: str, path: str, op: str | None) -> None:
    known = recognised(method, path)
    assert (known.op if known else None) == op


@pytest.mark.parametrize(
    ("method", "path", "safety", "lane"),
    [
        ("get", "/new/thing", "read", "burst"),
        ("PUT", "/new/thing", "repeat", "burst"),
        ("DELETE", "/new/thing", "repeat", "burst"),
        ("POST", "/new/thing", "once", "burst"),
        ("POST", "/crm/v3/objects/contacts/search", "read", "search"),
        ("POST", "/crm/v3/objects/contacts", "once", "burst"),
        ("POST", "/crm/v3/objects/contacts/batch/upsert", "repeat", "burst"),
    ],
)
def test_what_a_raw_call_does_twice_is_known_or_feared(
    method: str, path: str, safety: str, lane: str
) -> None:
    made = raw(method, path)
    assert (made.safety, made.lane) == (safety, lane)


def test_a_raw_call_takes_its_query_from_both_places() -> None:
    made = raw("GET", "/a b?x=1", query={"list": ["a", "b"], "flag": True, "none": None})
    assert made.request.target == "/a%20b?x=1&list=a,b&flag=true"


def test_a_raw_call_has_one_body() -> None:
    assert raw("POST", "/a", form_fields={"a": "1"}).request.content_type.endswith("urlencoded")
    with pytest.raises(ConfigError, match="one body"):
        raw("POST", "/a", json={}, form_fields={})


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "crm"])
def test_a_raw_call_cannot_carry_the_token_elsewhere(path: str) -> None:
    with pytest.raises(ConfigError):
        raw("GET", path)
