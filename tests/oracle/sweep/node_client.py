"""Every method of `@hubspot/api-client`, by its code: path, method, arguments and the answers it knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LIB = Path(__file__).parents[1] / "node" / "node_modules" / "@hubspot" / "api-client" / "lib" / "codegen"
METHOD = re.compile(r"^    (\w+)\(([^)]*)\) \{$", re.MULTILINE)
PATH = re.compile(r"localVarPath = '([^']*)'")
VERB = re.compile(r"HttpMethod\.(\w+)\)")
PLACED = re.compile(r"'\{' \+ '(\w+)' \+ '\}', encodeURIComponent\(String\((\w+)\)\)")
QUERY = re.compile(r'setQueryParam\("(\w+)", \S*?serialize\((\w+),')
BODY = re.compile(r'ObjectSerializer\.stringify\(\S*?serialize\((\w+), "([^"]+)", "([^"]*)"\)')
FORM = re.compile(r"localVarFormParams\.append\('(\w+)', (\w+)")


@dataclass(frozen=True)
class Method:
    folder: str
    cls: str
    name: str
    http: str
    path: str
    parameters: tuple[str, ...]
    places: dict[str, str]
    queries: dict[str, str]
    form: dict[str, str]
    body: tuple[str, str, str] | None
    """Argument, type and format."""
    answers: dict[int, str]

    @property
    def id(self) -> str:
        return f"{self.folder.replace('/', '.')}.{self.cls}.{self.name}"


def methods() -> Iterator[Method]:
    for path in sorted(LIB.rglob("apis/*Api.js")):
        index = path.parents[1].joinpath("index.js").read_text("utf-8")
        if f"Promise{path.stem};" not in index:
            # Left over from an older release: nobody gets at it.
            continue
        requests, _, answers = path.read_text("utf-8").partition("ResponseProcessor {")
        told = {found[1].removesuffix("WithHttpInfo"): text for found, text in _bodies(answers)}
        for found, text in _bodies(requests):
            where, verb = PATH.search(text), VERB.search(text)
            if where and verb:
                body = BODY.search(text)
                yield Method(
                    path.parents[1].relative_to(LIB).as_posix(),
                    path.stem,
                    found[1],
                    verb[1],
                    where[1],
                    tuple(name for name in found[2].split(", ") if name != "_options"),
                    dict(PLACED.findall(text)),
                    dict(QUERY.findall(text)),
                    dict(FORM.findall(text)),
                    (body[1], body[2], body[3]) if body else None,
                    _answers(told.get(found[1], "")),
                )


def _bodies(text: str) -> Iterator[tuple[re.Match[str], str]]:
    every = list(METHOD.finditer(text))
    for here, following in zip(every, [*every[1:], None], strict=True):
        yield here, text[here.end() : following.start() if following else len(text)]


def _answers(text: str) -> dict[int, str]:
    parts = re.split(r'isCodeInRange\)?\("(\d+)"', text)
    found = zip(parts[1::2], parts[2::2], strict=True)
    named = {int(code): re.search(r'deserialize\(.*, "([^"]+)", "', part) for code, part in found}
    return {code: match[1] for code, match in named.items() if match and 200 <= code < 300}
