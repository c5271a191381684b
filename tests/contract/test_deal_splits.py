"""Deal splits.

https://developers.hubspot.com/docs/api-reference/crm-deal-splits-v3/guide; the answer's form:
https://developers.hubspot.com/changelog/public-beta-new-dealsplits-api
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import account, create
from tests.contract.edge import Caller, Heard

BASES = [
    "/crm/v3/objects/deals/splits",
    "/crm/objects/v3/deals/splits",
    "/deal-splits/2025-09",
    "/deal-splits/2026-03",
    "/deal-splits/2026-09",
]


def owners(call: Caller, count: int = 2) -> list[str]:
    for number in range(count - 1):
        call("POST", "/settings/v3/users", {"email": f"rep{number}@example.com"})
    return [owner["id"] for owner in call("GET", "/crm/v3/owners").json["results"]]


def put(call: Caller, deal: Any, *parts: tuple[str, Any], base: str = BASES[0]) -> Heard:
    splits = [{"ownerId": int(owner), "percentage": share} for owner, share in parts]
    return call("POST", f"{base}/batch/upsert", {"inputs": [{"id": int(deal), "splits": splits}]})


def get(call: Caller, *deals: Any, base: str = BASES[0]) -> Heard:
    return call("POST", f"{base}/batch/read", {"inputs": [{"id": str(deal)} for deal in deals]})


def shares(splits: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted(
        (one["properties"]["hubspot_owner_id"], one["properties"]["hs_deal_split_percentage"])
        for one in splits
    )


@pytest.mark.parametrize("base", BASES)
def test_splits_are_made_read_and_replaced(base: str) -> None:
    call = account()
    one, two = owners(call)
    deal = create(call, "deals", dealname="Big", hubspot_owner_id=one)["id"]
    made = put(call, deal, (one, 0.6), (two, 0.4), base=base)
    assert made.status == 200
    (told,) = made.json["results"]
    assert told["id"] == deal
    assert shares(told["splits"]) == sorted([(one, "0.6"), (two, "0.4")])
    assert set(told["splits"][0]) == {"id", "properties", "createdAt", "updatedAt", "archived"}
    assert get(call, deal, base=base).json["results"] == [told]
    whole = put(call, deal, (one, 1), base=base).json["results"][0]["splits"]
    assert shares(whole) == [(one, "1")]
    assert get(call, deal, base=base).json["results"][0]["splits"] == whole


def test_a_deal_without_splits_has_none_and_unknown_deals_are_reported() -> None:
    call = account()
    deal = create(call, "deals", dealname="Small")["id"]
    heard = get(call, deal, "77")
    assert heard.status == 207
    assert heard.json["results"] == [{"id": deal, "splits": []}]
    assert heard.json["errors"][0]["context"] == {"ids": ["77"]}


@pytest.mark.parametrize(
    "parts",
    [
        [("one", 0.5), ("two", 0.4)],
        [("one", 0.5), ("two", 0.6)],
        [("two", 1)],
        [("one", 0.5), ("one", 0.5)],
        [("one", 0.5), ("12", 0.5)],
        [("one", 1.5), ("two", -0.5)],
        [("one", 0.123456789), ("two", 0.876543211)],
        [("one", "NaN"), ("two", 1)],
        [("one", "Infinity"), ("two", 1)],
        [],
    ],
)
def test_splits_that_do_not_add_up_are_refused(parts: list[tuple[str, Any]]) -> None:
    """The shares make 1.0, with up to 8 decimals, and the deal's owner is among them."""
    call = account()
    known = dict(zip(("one", "two"), owners(call), strict=True))
    deal = create(call, "deals", dealname="Big", hubspot_owner_id=known["one"])["id"]
    heard = put(call, deal, *((known.get(name, name), share) for name, share in parts))
    assert (heard.status, heard.json["category"]) == (400, "VALIDATION_ERROR")
    assert get(call, deal).json["results"] == [{"id": deal, "splits": []}]


def test_eight_decimals_are_kept() -> None:
    call = account()
    one, two = owners(call)
    deal = create(call, "deals", dealname="Big")["id"]
    told = put(call, deal, (one, 0.33333333), (two, 0.66666667)).json["results"][0]["splits"]
    assert shares(told) == sorted([(one, "0.33333333"), (two, "0.66666667")])


def test_one_bad_deal_refuses_the_whole_batch() -> None:
    call = account()
    (one,) = owners(call, 1)
    deals = [create(call, "deals", dealname=name)["id"] for name in "ab"]
    inputs = [
        {"id": deal, "splits": [{"ownerId": int(one), "percentage": share}]}
        for deal, share in zip(deals, (1, 0.9), strict=True)
    ]
    assert call("POST", f"{BASES[0]}/batch/upsert", {"inputs": inputs}).status == 400
    assert all(not told["splits"] for told in get(call, *deals).json["results"])
    twice = [inputs[0], inputs[0]]
    assert call("POST", f"{BASES[0]}/batch/upsert", {"inputs": twice}).status == 400
    assert get(call, *["1"] * 101).status == 400


def test_splits_are_records_associated_with_their_deal() -> None:
    """Deal to deal split is 313 in HubSpot's table."""
    call = account()
    (one,) = owners(call, 1)
    deal = create(call, "deals", dealname="Big")["id"]
    split = put(call, deal, (one, 1)).json["results"][0]["splits"][0]
    found = call("GET", f"/crm/v4/objects/deals/{deal}/associations/deal_splits").json["results"]
    assert [(str(each["toObjectId"]), each["associationTypes"][0]["typeId"]) for each in found] == [
        (split["id"], 313)
    ]
    record = call("GET", f"/crm/v3/objects/deal_splits/{split['id']}?properties=hs_deal_split_percentage")
    assert record.json["properties"]["hs_deal_split_percentage"] == "1"


def test_splits_need_their_own_right() -> None:
    call = account()
    deal = create(call, "deals", dealname="Big")["id"]
    body = {"inputs": [{"id": deal}]}
    for scope, status in (("crm.dealsplits.read_write", 200), ("crm.objects.deals.read", 403)):
        token = call.emulator.token(scopes=[scope])
        assert call("POST", f"{BASES[0]}/batch/read", body, token=token).status == status
