"""Which operation a client's path is, by the emulator's own description."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.oracle.server import Account

PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Found:
    """An operation, and what stands in each of its places: a word of the path, or a client's `{place}`."""

    op: str
    places: dict[str, str]

    @property
    def kind(self) -> str:
        """The object type that the path names, or contacts where the caller chooses."""
        named = self.places.get("objectType", "{}")
        return "contacts" if named.startswith("{") else named

    def values(self, chosen: dict[str, str]) -> dict[str, str]:
        """A client's places by name, from values for the operation's."""
        return {word[1:-1]: chosen[place] for place, word in self.places.items() if word.startswith("{")}


class Known:
    def __init__(self, account: Account) -> None:
        answer = account.raw("GET", "/_emulator/openapi.json")
        assert answer.status == 200, answer.data[:300]
        self._paths: dict[int, list[tuple[list[str], dict[str, Any]]]] = {}
        told = json.loads(answer.data)
        self._missing = set(told["x-missing"])
        for template, item in told["paths"].items():
            parts = split(template)
            self._paths.setdefault(len(parts), []).append((parts, item))

    def find(self, method: str, template: str) -> Found | None:
        if f"{method} {template.rstrip('/')}" in self._missing:
            return None
        parts, best = split(template), (-1, None)
        for known, item in self._paths.get(len(parts), ()):
            if method.lower() not in item:
                continue
            places, words = {}, 0
            for here, there in zip(known, parts, strict=True):
                place = PLACE.fullmatch(here)
                if place:
                    places[place[1]] = there
                elif here == there:
                    words += 1
                else:
                    break
            else:
                if words > best[0]:
                    best = (words, Found(item[method.lower()]["x-operation"], places))
        return best[1]


def split(path: str) -> list[str]:
    return path.strip("/").split("/")
