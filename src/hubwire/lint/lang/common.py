"""What the readers of all languages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hubwire.lint import patterns as re
from hubwire.lint.facts import Expr, Parts

Node = Any
"""A tree-sitter node (the parser package is imported only when something is parsed)."""

MAX_DEPTH = 40
_PAREN = re.compile(r"\([^()]*\)")
_PARENTHESISED = re.compile(r"^\((.*)\)(?=\.)")
_GENERIC = re.compile(r"<[\w\s,.\[\]|{}:;'\"<>]*>(?=\(|$)")


class Reader:
    """Turns syntax nodes into `Expr`, each node once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.memo: dict[tuple[int, int], Expr] = {}
        self.depth = 0

    def expr(self, node: Node | None) -> Expr:
        """The expression at a node."""
        if node is None:
            return Expr("other", 0, 0)
        key = (node.start_byte, node.end_byte)
        known = self.memo.get(key)
        if known is not None:
            return known
        if self.depth > MAX_DEPTH:
            return Expr("other", *key)
        self.depth += 1
        try:
            made = self.build(node)
        finally:
            self.depth -= 1
        self.memo[key] = made
        return made

    def later(self, make: Callable[[Node], Parts], node: Node) -> Callable[[], Parts]:
        """Reading the parts of a node put off until somebody asks for them."""
        depth = self.depth

        def fill() -> Parts:
            before, self.depth = self.depth, depth
            try:
                return make(node)
            finally:
                self.depth = before

        return fill

    def build(self, node: Node) -> Expr:
        """What a node means: each language's own reader says."""
        raise NotImplementedError  # an abstract base: every language says

    def slice(self, node: Node) -> str:
        """Source text of a node."""
        return self.text[node.start_byte : node.end_byte]

    def dotted(self, node: Node | None) -> str:
        """`a.b().c` for a callee, without white space, arguments and type arguments."""
        if node is None:
            return ""
        return dotted(self.slice(node))


@lru_cache(20_000)
def plain(path: str) -> bool:
    """Whether a dotted path names things only: no call, index or literal in it."""
    return path.replace(".", "").replace("$", "").replace("#", "").isidentifier()


@lru_cache(20_000)
def callee(raw: str) -> tuple[str, bool]:
    """The dotted path of a callee, and whether it names things only."""
    if raw.replace(".", "").isidentifier():
        return raw[:200], True
    text = dotted(raw)
    return text, plain(text)


@lru_cache(20_000)
def dotted(raw: str) -> str:
    """Squeeze the text of a callee to a dotted path."""
    if raw.replace(".", "").isidentifier():
        return raw[:200]
    text = "".join(raw[:2000].split())
    if "(" in text:
        for _ in range(12):
            squeezed = _PAREN.sub("\x00", text)
            if squeezed == text:
                break
            text = squeezed
        text = re.sub("\x00+", "()", text)
    text = text.replace("?.", ".").replace("!.", ".").replace("await", "").rstrip("!")
    if "<" in text:
        text = _GENERIC.sub("", text)
    if text.startswith("("):
        text = _PARENTHESISED.sub(r"\1", text)
    return text[:200]
