"""The hub: what it takes, what it offers, and that both forms are one."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hubwire import AsyncHub, ConfigError, Hub, NotFound
from hubwire.catalogue import load
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.helpers import Serve, VirtualClock, reply, script

ROOT = Path(__file__).resolve().parents[3]
TOKENS = ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN")


class Wire:
    """A transport onto a function."""

    def __init__(self, serve: Serve) -> None:
        self.serve, self.closed = serve, False

    def send(self, request: Request, timeout: Timeout) -> Reply:
        return self.serve(request)

    def close(self) -> None:
        self.closed = True


class AsyncWire(Wire):
    async def send(self, request: Request, timeout: Timeout) -> Reply:  # type: ignore[override]  # noqa: ASYNC109
        return self.serve(request)

    async def close(self) -> None:  # type: ignore[override]
        self.closed = True


def hub(*replies: Reply, **options: Any) -> tuple[Hub, list[Request]]:
    serve, seen = script(*replies)
    return Hub("token", transport=Wire(serve), clock=VirtualClock(), **options), seen


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*TOKENS, "HUBSPOT_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("argument", "environment", "token"),
    [
        ("given", {TOKENS[0]: "one", TOKENS[1]: "two"}, "given"),
        (None, {TOKENS[0]: "one", TOKENS[1]: "two"}, "one"),
        (None, {TOKENS[0]: "", TOKENS[1]: "two"}, "two"),
        (" given\n", {}, "given"),
    ],
)
def test_the_token_comes_from_the_argument_or_the_environment(
    monkeypatch: pytest.MonkeyPatch, argument: str | None, environment: dict[str, str], token: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    serve, seen = script(reply(200, {"portalId": 1}))
    Hub(argument, transport=Wire(serve)).account.details()
    assert seen[0].bearer == token


def test_no_token_at_all_says_where_one_may_come_from() -> None:
    with pytest.raises(ConfigError, match="HUBSPOT_ACCESS_TOKEN or HUBSPOT_PRIVATE_APP_TOKEN"):
        Hub()


@pytest.mark.parametrize("token", ["", "two words", "ü", "a\nb"])
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ConfigError) as error:
        Hub(token)
    assert not token or token not in str(error.value)


@pytest.mark.parametrize(
    ("argument", "environment", "base"),
    [
        (None, None, "https://api.hubapi.com"),
        (None, "http://127.0.0.1:8765/", "http://127.0.0.1:8765"),
        ("https://proxy.test/hubspot/", "http://127.0.0.1:8765", "https://proxy.test/hubspot"),
    ],
)
def test_the_address_comes_from_the_argument_or_the_environment(
    monkeypatch: pytest.MonkeyPatch, argument: str | None, environment: str | None, base: str
) -> None:
    if environment:
        monkeypatch.setenv("HUBSPOT_BASE_URL", environment)
    made, seen = hub(reply(200, {"portalId": 1}), base_url=argument)
    made.account.details()
    assert seen[0].base == base


@pytest.mark.parametrize(
    "base", ["api.hubapi.com", "ftp://api.test", "https://", "https://a?b", "https://a b"]
)
def test_an_address_that_is_none_is_refused(base: str) -> None:
    with pytest.raises(ConfigError, match="base_url"):
        Hub("token", base_url=base)


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="2026-09"):
        Hub("token", version="2019-01")


def test_every_standard_type_is_an_attribute() -> None:
    made, _ = hub()
    for kind in load.object_types():
        assert getattr(made, kind.name).kind == kind.name


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("contact", "contacts"),
        ("0-3", "deals"),
        ("Line_Items", "line_items"),
        ("2-1234", "2-1234"),
        ("p1_x", "p1_x"),
    ],
)
def test_a_type_may_be_spelled_in_any_way(spelling: str, name: str) -> None:
    assert hub()[0].objects(spelling).kind == name


def test_a_type_has_a_name() -> None:
    with pytest.raises(ConfigError):
        hub()[0].objects(" ")


def test_a_hub_shows_no_token() -> None:
    made, _ = hub()
    assert repr(made) == "Hub('https://api.hubapi.com', version='2026-09')"
    assert "token" not in repr(vars(made))


def test_leaving_the_context_closes_the_transport() -> None:
    wire = Wire(script()[0])
    with Hub("token", transport=wire):
        pass
    assert wire.closed


def test_any_path_goes_through_the_same_pipeline() -> None:
    made, seen = hub(reply(429, {"policyName": "SECONDLY"}), reply(200, {"x": 1}), Reply(204))
    assert made.request("GET", "/new/thing", query={"a": [1, 2]}) == {"x": 1}
    assert made.request("DELETE", "/new/thing") is None
    assert seen[0].target == "/new/thing?a=1,2"
    assert (made.usage.calls, made.usage.refused_429, made.usage.retries) == (3, 1, 1)


def test_the_answer_of_any_path_may_be_typed() -> None:
    made, _ = hub(reply(200, {"a": 1}))
    assert made.request("GET", "/x", into=dict[str, int]) == {"a": 1}


def test_definitions_have_hubspots_names_in_snake_case() -> None:
    definition = {"name": "email", "fieldType": "text", "hasUniqueValue": True, "somethingNew": 1}
    read_only = {"name": "x", "modificationMetadata": {"readOnlyValue": True}}
    made, seen = hub(reply(200, {"results": [definition, read_only]}), reply(200, definition))
    first, second = made.properties("contact").list()
    assert (first.name, first.field_type, first.has_unique_value, first.read_only) == (
        "email",
        "text",
        True,
        False,
    )
    assert second.read_only
    assert made.properties("contact").get("email").name == "email"
    assert [request.path.split("/", 4)[-1] for request in seen] == ["contacts", "contacts/email"]


def test_all_pages_of_owners_are_one_list() -> None:
    pages = (
        reply(200, {"results": [{"id": "1", "email": "a@example.com"}], "paging": {"next": {"after": "Mg"}}}),
        reply(200, {"results": [{"id": "2", "firstName": "B"}]}),
    )
    made, seen = hub(*pages)
    assert [(owner.id, owner.first_name) for owner in made.owners.list()] == [("1", None), ("2", "B")]
    assert dict(seen[1].query)["after"] == "Mg"


def test_the_async_hub_is_the_same() -> None:
    async def story() -> list[str]:
        page = reply(200, {"results": [{"id": "1"}, {"id": "2"}]})
        serve, _ = script(reply(201, {"id": "9", "properties": {}}), page, reply(404, {}), Reply(204))
        wire = AsyncWire(serve)
        async with AsyncHub("token", transport=wire, clock=VirtualClock()) as made:
            assert (await made.contacts.create({"email": "a@example.com"})).id == "9"
            found = [record.id async for record in made.contacts.list()]
            with pytest.raises(NotFound):
                await made.contacts.get(1)
            assert (await made.contacts.batch.archive(["1"])).ok
        assert wire.closed
        return found

    assert asyncio.run(story()) == ["1", "2"]


def test_the_blocking_facade_is_what_the_tool_generates() -> None:
    tool = [sys.executable, str(ROOT / "tools" / "unasync.py"), "--check"]
    done = subprocess.run(tool, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
