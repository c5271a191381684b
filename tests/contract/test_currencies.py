"""The account's currencies, tax rates and brands.

https://developers.hubspot.com/docs/api/settings/currencies; HubSpot-public-api-spec-collection @99893791,
PublicApiSpecs/Settings (Multicurrency, Tax Rates) and Business Units.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

BASES = [
    "/settings/v3/currencies",
    "/settings/currencies/2025-09",
    "/settings/currencies/2026-03",
    "/settings/currencies/2026-09",
]


@pytest.fixture(params=BASES)
def rates(request: pytest.FixtureRequest) -> str:
    return f"{request.param}/exchange-rates"


class Rates:
    """Adds rates through one version."""

    def __init__(self, rates: str) -> None:
        self.call, self.path = Caller(limits=False), rates

    def __call__(self, code: str = "EUR", rate: Any = 1.3, **more: Any) -> Heard:
        return self.call("POST", self.path, {"fromCurrencyCode": code, "conversionRate": rate, **more})


@pytest.mark.parametrize("base", BASES)
def test_an_account_has_dollars_until_it_says_otherwise(base: str) -> None:
    call = Caller()
    first = call("GET", f"{base}/company-currency").json
    assert (first["id"], set(first)) == ("USD", {"id", "createdAt"})
    changed = call("PUT", f"{base}/company-currency", {"currencyCode": "EUR"})
    assert (changed.status, changed.json["id"]) == (200, "EUR")
    assert call("GET", f"{base}/company-currency").json == changed.json
    assert call("GET", "/account-info/v3/details").json["companyCurrency"] == "EUR"
    assert call("PUT", f"{base}/company-currency", {"currencyCode": "DUCAT"}).status == 400


@pytest.mark.parametrize("base", BASES)
def test_the_codes_are_those_of_the_specification(base: str) -> None:
    codes = {
        one["currencyCode"]: one["currencyName"] for one in Caller()("GET", f"{base}/codes").json["results"]
    }
    assert len(codes) == 176
    assert (codes["USD"], codes["EUR"]) == ("US Dollar", "Euro")
    assert "DUCAT" not in codes
    assert all(codes.values())


@pytest.mark.parametrize("base", BASES)
def test_central_rates_are_off(base: str) -> None:
    call = Caller()
    told = call("GET", f"{base}/central-fx-rates/information")
    assert told.json == {"centralExchangeRatesEnabled": False}
    # Which currencies they would cover is not known.
    without = call("GET", f"{base}/central-fx-rates/unsupported-currencies")
    assert without.json == call("GET", f"{base}/codes").json
    for code in ("EUR", "XXX"):
        refused = call("POST", f"{base}/central-fx-rates/add-currency", {"currencyCode": code})
        assert (refused.status, refused.json["category"]) == (400, "VALIDATION_ERROR")


def test_a_rate_adds_its_currency_to_the_account(rates: str) -> None:
    add = Rates(rates)
    call = add.call
    made = add(rate="1.2345678", effectiveAt="2023-05-08T14:59:19.813Z")
    assert made.status == 200
    assert made.json["conversionRate"] == 1.234568
    assert (made.json["fromCurrencyCode"], made.json["toCurrencyCode"]) == ("EUR", "USD")
    assert (made.json["effectiveAt"], made.json["visibleInUI"]) == ("2023-05-08T14:59:19.813Z", True)
    assert call("GET", f"{rates}/{made.json['id']}").json == made.json
    assert call("GET", "/account-info/v3/details").json["additionalCurrencies"] == ["EUR"]


def test_the_current_rate_is_the_last_that_took_effect(rates: str) -> None:
    add = Rates(rates)
    call = add.call
    add(rate=1.1, effectiveAt="2025-01-01T00:00:00Z")
    add(rate=1.2, effectiveAt="2025-06-01T00:00:00Z")
    add(rate=9.9, effectiveAt="2027-01-01T00:00:00Z")
    add("GBP", rate=1.6)
    current = call("GET", f"{rates}/current").json["results"]
    assert {one["fromCurrencyCode"]: one["conversionRate"] for one in current} == {"EUR": 1.2, "GBP": 1.6}
    assert len(call("GET", rates).json["results"]) == 4
    of_pounds = call("GET", f"{rates}?fromCurrencyCode=GBP&toCurrencyCode=USD").json["results"]
    assert [one["conversionRate"] for one in of_pounds] == [1.6]
    assert call("GET", f"{rates}?toCurrencyCode=GBP").json["results"] == []


def test_rates_come_in_pages(rates: str) -> None:
    add = Rates(rates)
    call = add.call
    ids = [add().json["id"] for _ in range(3)]
    page = call("GET", f"{rates}?limit=2").json
    rest = call("GET", f"{rates}?limit=2&after={page['paging']['next']['after']}").json
    assert [one["id"] for one in (*page["results"], *rest["results"])] == ids
    assert "paging" not in rest
    assert call("GET", f"{rates}?limit=101").status == 400
    assert call("GET", f"{rates}?after=x").status == 400


def test_a_rate_is_corrected_and_hidden(rates: str) -> None:
    add = Rates(rates)
    call = add.call
    made = add().json
    changed = call("PATCH", f"{rates}/{made['id']}", {"conversionRate": 1.5})
    assert (changed.json["conversionRate"], changed.json["effectiveAt"]) == (1.5, made["effectiveAt"])
    pair = {"fromCurrencyCode": "EUR", "toCurrencyCode": "USD"}
    assert call("POST", f"{rates}/update-visibility", {**pair, "visibleInUI": False}).status == 204
    assert call("GET", f"{rates}/{made['id']}").json["visibleInUI"] is False
    assert call("POST", f"{rates}/update-visibility", {**pair, "visibleInUI": True}).status == 204
    assert call("GET", f"{rates}/{made['id']}").json["visibleInUI"] is True
    assert call("PATCH", f"{rates}/1", {"conversionRate": 1.5}).status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"fromCurrencyCode": "DUCAT"},
        {"fromCurrencyCode": "USD"},
        {"conversionRate": 0},
        {"conversionRate": -1},
        {"conversionRate": "much"},
        {"conversionRate": "inf"},
        {"effectiveAt": "soon"},
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(rates: str, wrong: dict[str, Any]) -> None:
    call = Caller()
    assert call("POST", rates, {"fromCurrencyCode": "EUR", "conversionRate": 1.3, **wrong}).status == 400
    assert call("GET", rates).json["results"] == []


def test_batches_report_what_they_refuse(rates: str) -> None:
    call = Caller()
    inputs = [{"fromCurrencyCode": code, "conversionRate": 2} for code in ("EUR", "GBP")]
    made = call("POST", f"{rates}/batch/create", {"inputs": inputs})
    assert made.status == (200 if "2026-09" in rates else 201)
    ids = [one["id"] for one in made.json["results"]]
    assert call("POST", f"{rates}/batch/read", {"inputs": [{"id": one} for one in ids]}).status == 200
    part = call("POST", f"{rates}/batch/read", {"inputs": [{"id": ids[0]}, {"id": "1"}]})
    assert (part.status, part.json["numErrors"], len(part.json["results"])) == (207, 1, 1)
    changed = call("POST", f"{rates}/batch/update", {"inputs": [{"id": ids[0], "conversionRate": 3}]})
    assert (changed.status, changed.json["results"][0]["conversionRate"]) == (200, 3)
    wrong = {"inputs": [inputs[0], {"fromCurrencyCode": "DUCAT", "conversionRate": 2}]}
    refused = call("POST", f"{rates}/batch/create", wrong)
    assert refused.status == 207
    (entry,) = refused.json["errors"]
    assert list(entry) == ["status", "message", "context", "category"]
    assert call("POST", f"{rates}/batch/read", {"inputs": [{"id": "1"}] * 101}).status == 400


def test_reading_and_setting_currencies_are_two_rights(rates: str) -> None:
    call = Caller()
    for scopes, reads, writes in (
        (["settings.currencies.read"], 200, 403),
        (["crm.objects.quotes.read"], 200, 403),
        (["settings.currencies.write"], 403, 200),
        (["crm.lists.read"], 403, 403),
    ):
        token = call.emulator.token(scopes=scopes)
        assert call("GET", f"{rates}/current", token=token).status == reads
        body = {"fromCurrencyCode": "EUR", "conversionRate": 1}
        assert call("POST", rates, body, token=token).status == writes


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/tax-rates/v1/tax-rates", {"results": []}),
        ("/tax-rates/2026-03/tax-rates", {"results": []}),
        ("/tax-rates/2026-09/tax-rates", {"results": []}),
        ("/business-units/v3/business-units/user/55555555", {"results": []}),
        ("/business-units/public/2026-03/business-units/user/55555555", {"results": []}),
        ("/business-units/public/2026-09/business-units/user/55555555", {"results": []}),
        ("/broadcast/v1/broadcasts", []),
        ("/broadcast/v1/channels/setting/publish/current", []),
    ],
)
def test_what_a_new_account_has_none_of_is_empty(path: str, body: Any) -> None:
    """Brands and tax rates are made in HubSpot's own pages, social posts too."""
    heard = Caller()("GET", path)
    assert (heard.status, heard.json) == (200, body)


@pytest.mark.parametrize("path", ["/tax-rates/v1/tax-rates/1", "/broadcast/v1/broadcasts/1"])
def test_and_none_with_that_id(path: str) -> None:
    assert Caller()("GET", path).status == 404
