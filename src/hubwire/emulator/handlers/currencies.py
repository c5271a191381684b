"""The account's currencies and their rates.

https://developers.hubspot.com/docs/api/settings/currencies; shapes: HubSpot-public-api-spec-collection,
Settings/Multicurrency. Rates are those that are set here: HubSpot's own ("central") ones are off and cover no
currency, since which ones HubSpot's cover is not known. Texts of refusals are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from hubwire.catalogue.load import currencies
from hubwire.emulator import moments, refusals, render
from hubwire.emulator.columns import ID
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.handlers.batches import at_most
from hubwire.emulator.handlers.objects import page_size
from hubwire.emulator.money import Money, Rate
from hubwire.emulator.portal import Portal
from hubwire.emulator.shapes import ObjectRef, decode

PAGE, LARGEST, DECIMALS = 100, 100, 6


class Code(msgspec.Struct, rename="camel"):
    currency_code: str


class NewRate(msgspec.Struct, rename="camel"):
    from_currency_code: str
    conversion_rate: float | str
    effective_at: str | int | None = None


class RateChange(msgspec.Struct, rename="camel"):
    conversion_rate: float | str
    effective_at: str | int | None = None


class NumberedChange(RateChange, rename="camel", kw_only=True):
    id: str | int


class NewRates(msgspec.Struct):
    inputs: list[NewRate]


class RateChanges(msgspec.Struct):
    inputs: list[NumberedChange]


class RateIds(msgspec.Struct):
    inputs: list[ObjectRef]


class Visibility(msgspec.Struct, rename="camel"):
    from_currency_code: str
    to_currency_code: str
    visible_in_ui: bool = msgspec.field(name="visibleInUI")


def codes(portal: Portal, asked: Asked) -> Answer:
    """GET …/codes: all that HubSpot has."""
    del portal, asked
    known = [{"currencyCode": code, "currencyName": name} for code, name in currencies().items()]
    return render.answer({"results": known})


def company(portal: Portal, asked: Asked) -> Answer:
    """GET …/company-currency."""
    del asked
    money = Money(portal.drawer)
    chosen = money.company()
    born = min(owner["createdAt"] for owner in (*portal.owners(), *portal.owners(archived=True)))
    return render.answer({"id": money.code, "createdAt": chosen.since if chosen else born})


def set_company(portal: Portal, asked: Asked) -> Answer:
    """PUT …/company-currency: rates to the former one stay."""
    code = _known(decode(asked.body, Code, "CompanyCurrencyUpdateRequest").currency_code)
    with portal.store.transaction():
        chosen = Money(portal.drawer).choose(code, _now(asked))
    return render.answer({"id": chosen.code, "createdAt": chosen.since})


def central(portal: Portal, asked: Asked) -> Answer:
    """GET …/central-fx-rates/information."""
    del portal, asked
    return render.answer({"centralExchangeRatesEnabled": False})


def add_central(portal: Portal, asked: Asked) -> Answer:
    """POST …/central-fx-rates/add-currency: refused, as for a currency that central rates do not cover."""
    del portal
    code = _known(decode(asked.body, Code, "CurrencyCreateRequest").currency_code)
    raise refusals.validation(
        f"{code} is not supported by central exchange rates", context={"currencyCode": [code]}
    )


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/exchange-rates: past ones too, in pages."""
    limit, after = page_size(asked, PAGE, LARGEST), asked.one("after") or "0"
    if not ID.fullmatch(after):
        raise refusals.validation(f"Invalid value for after: {after}. It must be a cursor of an earlier page")
    source, target = asked.one("fromCurrencyCode"), asked.one("toCurrencyCode")
    money = Money(portal.drawer)
    rest = [
        rate
        for rate in money.rates()
        if int(rate.id) >= int(after)
        and (not source or rate.from_currency_code == source)
        and (not target or rate.to_currency_code == target)
    ]
    page: dict[str, Any] = {"results": [_body(money, rate) for rate in rest[:limit]]}
    if len(rest) > limit:
        page["paging"] = {"next": {"after": rest[limit].id}}
    return render.answer(page)


def current(portal: Portal, asked: Asked) -> Answer:
    """GET …/exchange-rates/current."""
    money = Money(portal.drawer)
    return render.answer({"results": [_body(money, rate) for rate in money.current(_now(asked))]})


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/exchange-rates: 200. A currency that is new to the account is added with it."""
    sent = decode(asked.body, NewRate, "ExchangeRateCreateRequest")
    with portal.store.transaction():
        return render.answer(_made(Money(portal.drawer), sent, asked))


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/exchange-rates/{exchangeRateId}."""
    money = Money(portal.drawer)
    return render.answer(_body(money, _found(money, asked.places["exchangeRateId"])))


def update(portal: Portal, asked: Asked) -> Answer:
    """PATCH …/exchange-rates/{exchangeRateId}."""
    sent = decode(asked.body, RateChange, "ExchangeRateMultiplier")
    with portal.store.transaction():
        return render.answer(_changed(Money(portal.drawer), asked.places["exchangeRateId"], sent, asked))


def show(portal: Portal, asked: Asked) -> Answer:
    """POST …/exchange-rates/update-visibility: 204."""
    sent = decode(asked.body, Visibility, "CurrencyPairUpdate")
    pair = _known(sent.from_currency_code), _known(sent.to_currency_code)
    with portal.store.transaction():
        Money(portal.drawer).hide(*pair, hidden=not sent.visible_in_ui)
    return Answer(204)


def create_several(portal: Portal, asked: Asked) -> Answer:
    """POST …/batch/create: 201, in 2026-09 200 (spec), or 207 where some were refused."""
    inputs = decode(asked.body, NewRates, "BatchInputExchangeRateCreateRequest").inputs
    status = 200 if asked.version == "2026-09" else 201
    return _several(portal, asked, inputs, lambda money, each: _made(money, each, asked), status)


def read_several(portal: Portal, asked: Asked) -> Answer:
    """POST …/batch/read."""
    inputs = decode(asked.body, RateIds, "BatchInputPublicObjectId").inputs
    return _several(portal, asked, inputs, lambda money, each: _body(money, _found(money, str(each.id))), 200)


def update_several(portal: Portal, asked: Asked) -> Answer:
    """POST …/batch/update."""
    inputs = decode(asked.body, RateChanges, "BatchInputExchangeRateUpdateRequest").inputs
    return _several(
        portal, asked, inputs, lambda money, each: _changed(money, str(each.id), each, asked), 200
    )


def _several(
    portal: Portal,
    asked: Asked,
    inputs: Sequence[Any],
    act: Callable[[Money, Any], dict[str, Any]],
    status: int,
) -> Answer:
    at_most(inputs)
    money, results, errors = Money(portal.drawer), [], []
    with portal.store.transaction():
        for each in inputs:
            try:
                results.append(act(money, each))
            except Refusal as refusal:
                errors.append(refusals.entry(refusal))
    return render.answer(render.batch(asked.now, asked.now, results, errors), 207 if errors else status)


def _made(money: Money, sent: NewRate, asked: Asked) -> dict[str, Any]:
    code, now = _known(sent.from_currency_code), _now(asked)
    if code == money.code:
        raise refusals.validation(f"{code} is the company currency", context={"fromCurrencyCode": [code]})
    worth, since = _worth(sent.conversion_rate), _since(sent.effective_at, now)
    return _body(money, money.put(Rate(money.number(), code, money.code, worth, since, now, now)))


def _changed(money: Money, number: str, sent: RateChange, asked: Asked) -> dict[str, Any]:
    before, now = _found(money, number), _now(asked)
    after = msgspec.structs.replace(
        before,
        conversion_rate=_worth(sent.conversion_rate),
        effective_at=_since(sent.effective_at, before.effective_at),
        updated_at=now,
    )
    return _body(money, money.put(after))


def _found(money: Money, number: str) -> Rate:
    found = money.find(number)
    if found is None:
        raise refusals.nothing_there(
            f"No exchange rate found with ID {number}", context={"exchangeRateId": [number]}
        )
    return found


def _known(code: str) -> str:
    if code not in currencies():
        raise refusals.validation(f"{code} is not a supported currency", context={"currencyCode": [code]})
    return code


def _worth(given: float | str) -> float:
    """A rate, rounded to six places as the guide says."""
    try:
        worth = round(float(given), DECIMALS)
    except (ValueError, OverflowError):
        worth = 0.0
    if not 0 < worth < float("inf"):
        raise refusals.validation(f"conversionRate must be greater than 0, but was {given}")
    return worth


def _since(given: str | int | None, otherwise: str) -> str:
    if given is None:
        return otherwise
    at = moments.parse(str(given))
    if at is None:
        raise refusals.validation(
            f"{given} is not a valid date and time", context={"effectiveAt": [str(given)]}
        )
    return moments.text(at)


def _now(asked: Asked) -> str:
    return moments.text(int(asked.now * 1000))


def _body(money: Money, rate: Rate) -> dict[str, Any]:
    return {**msgspec.to_builtins(rate), "visibleInUI": not money.hidden(rate)}


HANDLERS = {
    "currencies.codes": codes,
    "currencies.company.read": company,
    "currencies.company.set": set_company,
    "currencies.central.read": central,
    "currencies.central.unsupported": codes,
    "currencies.central.add": add_central,
    "currencies.rates.list": list_,
    "currencies.rates.create": create,
    "currencies.rates.current": current,
    "currencies.rates.read": read,
    "currencies.rates.update": update,
    "currencies.rates.show": show,
    "currencies.rates.batch.create": create_several,
    "currencies.rates.batch.read": read_several,
    "currencies.rates.batch.update": update_several,
}
