"""The account's currencies: its own, and what others are worth in it."""

from __future__ import annotations

import msgspec

from hubwire.emulator.drawer import Drawer

FIRST, CHOSEN, RATE, HIDDEN = "USD", "company_currency", "exchange_rate", "hidden_pair"


class Chosen(msgspec.Struct):
    """The company currency, and since when."""

    code: str
    since: str


class Rate(msgspec.Struct, rename="camel"):
    """What one unit of a currency is worth, from a moment on."""

    id: str
    from_currency_code: str
    to_currency_code: str
    conversion_rate: float
    effective_at: str
    created_at: str
    updated_at: str


class Money:
    """On an account's drawer."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer

    def company(self) -> Chosen | None:
        """The company currency; None while it is the one that accounts are born with."""
        return self._drawer.all(CHOSEN, "", Chosen).get("")

    @property
    def code(self) -> str:
        chosen = self.company()
        return chosen.code if chosen else FIRST

    def choose(self, code: str, at: str) -> Chosen:
        chosen = Chosen(code, at)
        self._drawer.put(CHOSEN, "", "", chosen)
        return chosen

    def rates(self) -> list[Rate]:
        """All of them, the past ones too, in the order they were made."""
        return list(self._drawer.all(RATE, "", Rate).values())

    def find(self, number: str) -> Rate | None:
        return self._drawer.all(RATE, "", Rate).get(number)

    def number(self) -> str:
        return str(self._drawer.number(RATE, 41_001))

    def put(self, rate: Rate) -> Rate:
        self._drawer.put(RATE, "", rate.id, rate)
        return rate

    def current(self, now: str) -> list[Rate]:
        """What holds now, one a pair: the one that took effect last."""
        held: dict[tuple[str, str], Rate] = {}
        for rate in self.rates():
            pair = (rate.from_currency_code, rate.to_currency_code)
            if rate.effective_at <= now and (
                pair not in held or held[pair].effective_at <= rate.effective_at
            ):
                held[pair] = rate
        return list(held.values())

    def additional(self) -> list[str]:
        """Currencies beside the company's."""
        return sorted({rate.from_currency_code for rate in self.rates()} - {self.code})

    def hide(self, source: str, target: str, *, hidden: bool) -> None:
        self._drawer.put(HIDDEN, "", f"{source} {target}", hidden)

    def hidden(self, rate: Rate) -> bool:
        pair = f"{rate.from_currency_code} {rate.to_currency_code}"
        return self._drawer.all(HIDDEN, "", bool).get(pair, False)
