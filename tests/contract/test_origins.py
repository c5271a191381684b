"""Addresses of HubSpot's services. HubSpot-public-api-spec-collection @99893791, Meta/Origins."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from tests.contract.edge import Caller
from tests.contract.test_app_settings import Developer

HOOKS = "/meta/network-origins/2026-09/ip-ranges/webhook-subscriptions"


@pytest.mark.parametrize("date", ["2025-09", "2026-03", "2026-09"])
def test_ranges_are_told_to_everybody_and_by_kind(date: str) -> None:
    call, path = Caller(), f"/meta/network-origins/{date}/ip-ranges"
    every = call("GET", path, token=None)
    assert every.status == 200
    assert all(set(one) == {"cidr", "description", "direction", "service"} for one in every.json["results"])
    assert all(ip_network(one["cidr"]).version == 4 for one in every.json["results"])
    some = call("GET", f"{path}?service=API&service=DNS&direction=INGRESS", token=None).json["results"]
    assert [(one["direction"], one["service"]) for one in some] == [("INGRESS", "API"), ("INGRESS", "DNS")]
    assert call("GET", f"{path}?service=FAX", token=None).status == 400


@pytest.mark.parametrize("date", ["2026-03", "2026-09"])
def test_a_simple_list_has_one_range_a_line(date: str) -> None:
    call, path = Caller(), f"/meta/network-origins/{date}/ip-ranges"
    every = [one["cidr"] for one in call("GET", path, token=None).json["results"]]
    answer = call.emulator.ask("GET", f"{path}/simple", headers={"host": "api.hubapi.com"})
    assert answer.content_type.startswith("text/plain")
    assert answer.body.decode().split() == every


def test_changes_can_be_told_to_an_address() -> None:
    ask = Developer()
    path, body = f"{HOOKS}/{ask.app}", {"webhookUrl": "https://a.example/ranges"}
    made = ask("POST", path, body)
    assert made.status == 201
    names = {"id", "appId", "portalId", "webhookUrl", "createdByUserId", "createdAt", "updatedAt"}
    assert set(made.json) == names
    assert ask("GET", path).json == {"results": [made.json]}
    assert ask("POST", path, {"webhookUrl": "ranges"}).status == 400
    assert ask("DELETE", f"{path}/{made.json['id']}").status == 204
    assert ask("DELETE", f"{path}/{made.json['id']}").status == 404
    assert ask("GET", path).json == {"results": []}


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", {"webhookUrl": "https://a.example"})])
def test_only_the_developers_key_opens_them(method: str, body: Any) -> None:
    """Spec: developer_hapikey."""
    call = Caller()
    assert call(method, f"{HOOKS}/{call.emulator.identity.app_id}", body).status == 401
