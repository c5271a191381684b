"""The functions of a Python file and which of them hold loops, told by the text before anybody parses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from hubwire.lint import patterns as re
from hubwire.lint.project import Unit

_DEFINITION = re.compile(r"def[ \t\\]+(\w+)")
_FOR = re.compile(r"for\b[^:=]{1,300}?\bin\b")


@dataclass
class Part:
    """A function with what is defined in it, or the lines before the first one.

    What follows a method at the level of its class counts as part of the method.
    """

    text: str
    name: str
    start: int
    end: int

    @cached_property
    def loops(self) -> bool:
        """Whether it may hold a loop, or what is as good as one."""
        if any(self.says(word) for word in ("while", "map(", ".apply(")):
            return True
        at = self.text.find("for", self.start, self.end)
        while at >= 0:
            if _FOR.match(self.text, at, self.end):
                return True
            at = self.text.find("for", at + 3, self.end)
        return False

    def says(self, word: str) -> bool:
        """Whether it holds a word, or a longer one."""
        return self.text.find(word, self.start, self.end) >= 0


def parts(unit: Unit) -> list[Part]:
    """The parts of a file, in order."""
    text = unit.source.text
    starts = [("", 0), *_definitions(text)]
    ends = [start for _, start in starts[1:]] + [len(text)]
    return [Part(text, name, start, end) for (name, start), end in zip(starts, ends, strict=True)]


def _definitions(text: str) -> Iterator[tuple[str, int]]:
    depth = -1
    for found in _DEFINITION.finditer(text):
        start = text.rfind("\n", 0, found.start()) + 1
        head = text[start : found.start()]
        # What is defined in a function is part of it.
        inner = len(head) - len(head.lstrip())
        if head.strip() in ("", "async") and not inner > depth >= 0:
            yield found.group(1), start
            depth = inner


def beside_a_loop(unit: Unit, name: str) -> bool:
    """Whether a name stands in a function with a loop, or in one that is named in a function with a loop."""
    holders = [p for p in unit.memo(parts) if p.says(name)]
    if any(p.loops for p in holders):
        return True
    named = {p.name for p in holders if p.name}
    return any(p.loops and any(p.says(one) for one in named) for p in unit.memo(parts))
