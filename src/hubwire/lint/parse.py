"""Text to facts, whatever the language."""

from __future__ import annotations

from hubwire.lint.facts import Facts
from hubwire.lint.lang import javascript, python, script
from hubwire.lint.source import Source

_HEAD = 2_000
_GOES_ON = b" \t\r\n)]}#\"'"
_MARKS = (b"<<<<<<<", b">>>>>>>", b"{%", b"{{")


def parse(source: Source) -> Facts:
    """Facts of a source file in one of the known languages."""
    if source.language == "py":
        facts = python.read(source.path, source.text, source.data)
    elif source.component:
        data = source.scripts()
        facts = script.read(source.path, data.decode("latin-1"), data, source.language)
    else:
        facts = script.read(source.path, source.text, source.data, source.language)
    _order(facts)
    _nest(facts)
    return facts


def broken(source: Source) -> bool:
    """Whether the parser stumbles in a source file.

    Of a long Python file whose brackets close it is asked about the head only: a file in another language,
    a template or a text stumbles there, and one that was cut off or merged badly leaves a bracket open.
    """
    made = python.machinery() if source.language == "py" else javascript.machinery(source.language)
    data = source.scripts()
    if source.language == "py" and len(data) > 3_000 and _closed(data):
        data = _head(data)
    return bool(made[0].parse(data).root_node.has_error)


def _closed(data: bytes) -> bool:
    """Whether there are as many closing brackets as opening ones, and no marks of a merge or a template."""
    pairs = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
    return all(data.count(a) == data.count(b) for a, b in pairs) and not any(mark in data for mark in _MARKS)


def _head(data: bytes) -> bytes:
    """The beginning of a file up to a line that stands at its left edge."""
    at = data.rfind(b"\n", 0, _HEAD)
    while at > 0 and data[at + 1 : at + 2] in _GOES_ON:
        at = data.rfind(b"\n", 0, at)
    return data[: at + 1] if at > 0 else data


def _order(facts: Facts) -> None:
    facts.functions.sort(key=lambda f: (f.start, -f.end))
    facts.classes.sort(key=lambda k: k.start)
    facts.calls.sort(key=lambda c: c.start)
    facts.assigns.sort(key=lambda a: a.start)
    facts.loops.sort(key=lambda x: x.start)
    facts.returns.sort(key=lambda r: r.start)
    facts.comments.sort()
    facts.quiet.sort()


def _nest(facts: Facts) -> None:
    """Link every function to the one around it, and to its class."""
    open_functions: list[int] = []
    exported = set(facts.exports.values())
    for index, func in enumerate(facts.functions):
        while open_functions and facts.functions[open_functions[-1]].end <= func.start:
            open_functions.pop()
        func.parent = open_functions[-1] if open_functions else -1
        open_functions.append(index)
        klass = facts.class_at(func.start)
        around = facts.functions[func.parent] if func.parent >= 0 else None
        if klass is not None and (around is None or around.start < klass.start):
            func.owner = klass.name
        func.exported = func.exported or func.name in exported or f"@{func.start}" in exported
