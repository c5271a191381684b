"""Asks the emulator again what was recorded, with values of its own, and says where the answers differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from hubwire.catalogue.load import endpoint
from hubwire.emulator.exchange import Answer
from hubwire.emulator.reach.recording import FORMAT
from hubwire.emulator.reach.shape import differences, shape_of


class Asking(Protocol):
    """The part of `Emulator` that is asked."""

    def ask(self, method: str, target: str, *, headers: dict[str, str], body: bytes = b"") -> Answer: ...


class BadFile(ValueError):
    """Not a file of shapes."""


@dataclass(slots=True)
class Verdict:
    """One recorded exchange, asked again."""

    what: str
    differences: list[str]
    unasked: str = ""
    """Why it could not be asked alike, and says nothing about the emulator."""


@dataclass(slots=True)
class Replay:
    """Goes through the entries of a file in their order."""

    emulator: Asking
    token: str
    _given: dict[str, str] = field(default_factory=dict)
    """Numbers of values that answers gave, and what the emulator gave in their place."""
    _fresh: Iterator[int] = field(default_factory=lambda: count(1))

    def grade(self, text: str) -> Iterator[Verdict]:
        """What differs, entry by entry."""
        for entry in entries_of(text):
            yield self._graded(entry)

    def _graded(self, entry: dict[str, Any]) -> Verdict:
        if "op" not in entry:
            return Verdict(f"{entry['method']} {entry['route']}", ["no such route is known"])
        what = f"{entry['op']} in {entry['version']}, {entry['status']}"
        open_places = [name for name, value in entry["places"].items() if self._unknown(value)]
        if open_places and entry["status"] < 400:
            return Verdict(what, [], f"{', '.join(open_places)}: no recorded answer gave it")
        answer = self._ask(entry)
        body = _decoded(answer.body)
        for number, pointer in entry.get("gives", {}).items():
            found = _at(body, pointer)
            if found is not None:
                self._given[number] = str(found)
        if answer.status != entry["status"]:
            return Verdict(what, [f"status: {answer.status}, recorded {entry['status']}{_why(body)}"])
        return Verdict(what, list(differences(entry["answer"], shape_of(body))))

    def _unknown(self, value: str) -> bool:
        return value.startswith("<") or (value.startswith("@") and value[1:] not in self._given)

    def _ask(self, entry: dict[str, Any]) -> Answer:
        known = endpoint(entry["op"])
        places = {name: quote(self._value(value), safe="") for name, value in entry["places"].items()}
        query = urlencode([(name, self._value(value, name)) for name, value in entry["query"]])
        target = known.path(entry["version"], **places) + (f"?{query}" if query else "")
        body = json.dumps(self._filled(entry["request"])).encode() if "request" in entry else b""
        headers = {"authorization": f"Bearer {self.token}", "host": "api.hubapi.com"}
        return self.emulator.ask(entry["method"], target, headers=headers, body=body)

    def _filled(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._filled(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each, name) for each in value]
        return self._value(value, name) if isinstance(value, str) else value

    def _value(self, word: str, name: str = "") -> str:
        """A value of ours for what is only described; the rest as it stands."""
        if word.startswith("@"):
            return self._given.get(word[1:], "1")
        if not word.startswith("<"):
            return word
        number = next(self._fresh)
        return {
            "<email>": f"person{number}@example.com",
            "<digits>": "1",
            "<number>": "1",
            "<moment>": "2026-01-01T00:00:00Z",
            "<boolean text>": "true",
            "<url>": f"https://example.com/{number}",
            "<uuid>": "00000000-0000-0000-0000-000000000000",
            "<empty>": "",
        }.get(word, f"text {number}" if name not in ("domain", "website") else f"firm{number}.example.com")


def entries_of(text: str) -> list[dict[str, Any]]:
    """The entries of a file that `record` wrote."""
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise BadFile(f"its format is {document['format']!r}, not {FORMAT!r}")
        entries: list[dict[str, Any]] = document["entries"]
    except (ValueError, TypeError, KeyError) as problem:
        if isinstance(problem, BadFile):
            raise
        raise BadFile("it is no file that `hubwire emulator record` wrote") from None
    return entries


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return "not JSON"


def _at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value if isinstance(value, str | int) else None


def _why(body: Any) -> str:
    said = body.get("message") if isinstance(body, dict) else None
    return f" ({said})" if said else ""
