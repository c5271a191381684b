"""What the parser leaves behind of a file: small records, no trees.

Offsets are bytes from the start of the file. Every list is in order of `start`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

Parts = tuple[tuple["Expr", ...], tuple[str, ...]]
"""Items and keys of an expression."""


class Expr:
    """An expression, as far as the checker cares.

    kind: str, template, name, call, new, object, array, binary, cond, func, subscript, number, const,
    spread, other. `text` is the value of a str, the dotted path of a name, the callee of a call, the operator
    of a binary; `base` is what is called or indexed, when that is more than a name.
    """

    __slots__ = ("_fill", "_items", "_keys", "base", "end", "kind", "start", "text")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        text: str = "",
        items: tuple[Expr, ...] = (),
        keys: tuple[str, ...] = (),
        base: Expr | None = None,
        fill: Callable[[], Parts] | None = None,
    ) -> None:
        self.kind, self.start, self.end, self.text, self.base = kind, start, end, text, base
        self._items, self._keys, self._fill = items, keys, fill

    @property
    def items(self) -> tuple[Expr, ...]:
        """Arguments, elements, parts, operands, branches; read from the tree when first asked for."""
        if self._fill is not None:
            self._read()
        return self._items

    @property
    def keys(self) -> tuple[str, ...]:
        """Beside `items` of a call (keyword names) or an object (property names), empty if positional."""
        if self._fill is not None:
            self._read()
        return self._keys

    def _read(self) -> None:
        fill, self._fill = self._fill, None
        if fill is not None:
            self._items, self._keys = fill()

    def get(self, *names: str) -> Expr | None:
        """The argument or property with one of these names."""
        for key, item in zip(self.keys, self.items, strict=False):
            if key in names:
                return item
        return None

    @property
    def args(self) -> list[Expr]:
        """Positional arguments."""
        return [item for key, item in zip(self.keys, self.items, strict=False) if not key]

    def walk(self) -> Iterator[Expr]:
        """This expression and everything inside it."""
        yield self
        if self.base is not None:
            yield from self.base.walk()
        for item in self.items:
            yield from item.walk()


@dataclass(slots=True)
class Func:
    """A function, method or lambda."""

    name: str
    start: int
    end: int
    body: int
    """Where the body starts."""
    params: tuple[str, ...] = ()
    owner: str = ""
    """The class it belongs to."""
    decorators: tuple[str, ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    """Parameter → annotated type, where written."""
    parent: int = -1
    """Index of the function around it."""
    exported: bool = False
    param_spans: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Loop:
    """A loop over data; `each` ones are callbacks of map, forEach and the like."""

    kind: str
    start: int
    end: int
    body: int
    over: str
    """Text of what is iterated."""
    names: tuple[str, ...] = ()
    """Loop variables."""


@dataclass(slots=True)
class Branch:
    """An `if`, with the offsets of its parts."""

    start: int
    end: int
    cond: tuple[int, int]
    then: tuple[int, int]
    other: tuple[int, int] | None


@dataclass(slots=True)
class Assign:
    """A binding: `target` is dotted for attributes; destructured names carry their property in `part`."""

    target: str
    start: int
    end: int
    value: Expr
    part: str = ""
    keyed: bool = False


@dataclass(slots=True)
class Import:
    """`local` names `symbol` of `module`; symbol `*` is the module itself."""

    local: str
    module: str
    symbol: str
    start: int
    end: int


@dataclass(slots=True)
class Klass:
    """A class, its bases and the decorators on it."""

    name: str
    start: int
    end: int
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()


@dataclass(slots=True)
class Facts:
    """Everything known about one file."""

    path: str
    language: str
    functions: list[Func] = field(default_factory=list)
    classes: list[Klass] = field(default_factory=list)
    calls: list[Expr] = field(default_factory=list)
    assigns: list[Assign] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    branches_of: Callable[[], list[Branch]] = list
    """Reads the branches; only checks of signatures look at them."""
    compares_of: Callable[[], list[Expr]] = list
    returns: list[Expr] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    exports: dict[str, str] = field(default_factory=dict)
    """Exported name → local name, or `module:symbol` for a re-export."""
    quiet: list[tuple[int, int]] = field(default_factory=list)
    """Comments and docstrings."""
    comments: list[tuple[int, int]] = field(default_factory=list)
    errors: int = 0
    """Bytes the parser could not make sense of."""
    known: dict[tuple[int, int], Expr] = field(default_factory=dict)
    """Expressions by place, shared with their reader."""
    _starts: list[int] = field(default_factory=list)
    _imported: dict[str, list[Import]] | None = None
    _branches: list[Branch] | None = None
    _compares: list[Expr] | None = None

    def imported(self, local: str) -> list[Import]:
        """The imports that give a name its meaning, in order."""
        if self._imported is None:
            self._imported = {}
            for one in self.imports:
                self._imported.setdefault(one.local, []).append(one)
        return self._imported.get(local, [])

    @property
    def branches(self) -> list[Branch]:
        """Every `if`, read when first asked for."""
        if self._branches is None:
            self._branches = sorted(self.branches_of(), key=lambda b: b.start)
        return self._branches

    @property
    def compares(self) -> list[Expr]:
        """Every comparison, read when first asked for."""
        if self._compares is None:
            self._compares = self.compares_of()
        return self._compares

    def func_at(self, offset: int) -> int:
        """Index of the innermost function around an offset, -1 at module level."""
        if len(self._starts) != len(self.functions):
            self._starts = [f.start for f in self.functions]
        index = bisect_right(self._starts, offset) - 1
        while index >= 0 and self.functions[index].end <= offset:
            index = self.functions[index].parent
        return index

    def chain(self, offset: int) -> list[int]:
        """The functions around an offset, innermost first."""
        out = []
        index = self.func_at(offset)
        while index >= 0:
            out.append(index)
            index = self.functions[index].parent
        return out

    def loops_at(self, offset: int) -> list[Loop]:
        """The loops whose body holds an offset, innermost last."""
        return [loop for loop in self.loops if loop.body <= offset < loop.end]

    def calls_in(self, start: int, end: int) -> list[Expr]:
        """Calls that begin inside a span."""
        return [c for c in self.calls if start <= c.start < end]

    def class_at(self, offset: int) -> Klass | None:
        """The innermost class around an offset."""
        found = [k for k in self.classes if k.start <= offset < k.end]
        return found[-1] if found else None


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch made one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def inside(spans: list[tuple[int, int]], offset: int) -> bool:
    """Whether one of some merged spans holds an offset."""
    index = bisect_right(spans, (offset, 1 << 60)) - 1
    return index >= 0 and spans[index][0] <= offset < spans[index][1]
