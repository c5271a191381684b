"""Text to facts, whatever the language."""

from __future__ import annotations

from hubwire.lint.facts import Facts
from hubwire.lint.lang import python, script
from hubwire.lint.source import Source


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
