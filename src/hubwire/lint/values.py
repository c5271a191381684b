"""Folding: what string an expression stands for, as far as the source tells. Unknown parts are written "
"`{}`."""

from __future__ import annotations

from hubwire.lint.facts import Assign, Expr, Func, Import
from hubwire.lint.project import Unit

HOLE = "{}"
_DEPTH = 8


def bindings(unit: Unit) -> dict[str, dict[int, list[Assign]]]:
    """Assignments of a file by target, then by the function they stand in."""
    out: dict[str, dict[int, list[Assign]]] = {}
    for assign in unit.facts.assigns:
        scopes = out.setdefault(assign.target, {})
        scopes.setdefault(unit.facts.func_at(assign.start), []).append(assign)
    return out


def binding(unit: Unit, name: str, offset: int) -> Assign | None:
    """The assignment that gives a name its value at an offset: the nearest before it in scope, else one "
    "outside."""
    scopes = unit.memo(bindings).get(name)
    if not scopes:
        return None
    facts = unit.facts
    index = facts.func_at(offset)
    while index >= 0:
        before = [a for a in scopes.get(index, ()) if a.start < offset]
        if before:
            return before[-1]
        index = facts.functions[index].parent
    if -1 in scopes:
        return scopes[-1][0]
    if "." in name:
        return min((found[0] for found in scopes.values()), key=lambda a: a.start)
    return None


def fold(unit: Unit, expr: Expr | None, depth: int = 0) -> str:
    """The string an expression evaluates to."""
    if expr is None or depth > _DEPTH:
        return HOLE
    match expr.kind:
        case "str":
            return expr.text
        case "template":
            return "".join(fold(unit, part, depth + 1) for part in expr.items)
        case "binary":
            return _binary(unit, expr, depth)
        case "name" | "subscript":
            return _name(unit, expr, depth)
        case "cond":
            options = [fold(unit, e, depth + 1) for e in expr.items[1:]]
            return max(options, key=_known, default=HOLE)
        case "call" | "new":
            return _call(unit, expr, depth)
    return HOLE


def _known(text: str) -> int:
    return len(text.replace(HOLE, ""))


def _binary(unit: Unit, expr: Expr, depth: int) -> str:
    parts = [fold(unit, e, depth + 1) for e in expr.items]
    if expr.text == "+":
        return "".join(parts)
    if expr.text in ("||", "??", "or"):
        return max(parts, key=_known, default=HOLE)
    if expr.text == "%" and parts:
        return parts[0].replace("%s", HOLE).replace("%d", HOLE)
    return HOLE


def _name(unit: Unit, expr: Expr, depth: int) -> str:
    text = expr.text
    for tail in (".href", ".url", ".value"):
        if text.endswith(tail) and binding(unit, text, expr.start) is None:
            text = text.removesuffix(tail)
    found = binding(unit, text, expr.start)
    if found is None and text.startswith(("self.", "this.", "cls.")):
        name = text.split(".", 1)[1]
        found = next(
            (a for t in (f"this.{name}", f"self.{name}", name) if (a := binding(unit, t, expr.start))), None
        )
    if found is not None and not _loads(found.value):
        if found.part and found.value.kind == "object":
            return fold(unit, found.value.get(found.part), depth + 1)
        return HOLE if found.part or found.value is expr else fold(unit, found.value, depth + 1)
    if found is None and "." not in text:
        text_of = _element(unit, text, expr.start, depth)
        if text_of != HOLE:
            return text_of
    words = text.split(".")
    for size in range(len(words) - 1, 0, -1):
        holder = binding(unit, ".".join(words[:size]), expr.start)
        if holder is not None and holder.value.kind == "object" and not holder.part:
            return _member(unit, holder.value, words[size:], depth)
    return _imported(unit, words, depth)


def _loads(value: Expr) -> bool:
    """`require(…)`: what it gives stands in another file."""
    return value.kind == "call" and value.text in ("require", "import")


def _member(unit: Unit, value: Expr | None, words: list[str], depth: int) -> str:
    for word in words:
        if value is None or value.kind != "object":
            return HOLE
        value = value.get(word)
    return fold(unit, value, depth + 1)


def _imported(unit: Unit, words: list[str], depth: int) -> str:
    for imported in unit.facts.imported(words[0]):
        other = unit.project.resolve_module(unit, imported.module)
        if other is None or depth > 4:
            return HOLE
        whole = imported.symbol in ("*", "default", "")
        return _exported(other, words[1:] if whole else [imported.symbol, *words[1:]], depth)
    return HOLE


def _exported(unit: Unit, words: list[str], depth: int) -> str:
    """What a path of names out of another file stands for."""
    end = len(unit.source.text)
    default = unit.facts.exports.get("default", "")
    places = [(name, words) for name in ("module.exports", default) if name]
    if words:
        first, rest = words[0], words[1:]
        places = [(n, rest) for n in (first, f"exports.{first}", f"module.exports.{first}")] + places
    for name, rest in places:
        found = binding(unit, name, end)
        if found is None or found.part:
            continue
        text = _member(unit, found.value, rest, depth) if rest else fold(unit, found.value, depth + 1)
        if text != HOLE:
            return text
    return HOLE


def _call(unit: Unit, expr: Expr, depth: int) -> str:
    last = expr.text.rpartition(".")[2]
    if last in ("URL", "Request", "String", "str", "quote") and expr.items:
        parts = [fold(unit, e, depth + 1) for e in expr.args]
        if last == "URL" and len(parts) > 1 and "://" not in parts[0]:
            return parts[1].rstrip("/") + "/" + parts[0].lstrip("/")
        return parts[0] if parts else HOLE
    if last in ("getenv", "get", "config", "env") and len(expr.args) == 2:
        return fold(unit, expr.args[1], depth + 1)
    if last in ("urljoin", "join") and len(expr.args) >= 2 and "url" in expr.text.lower():
        return "/".join(fold(unit, e, depth + 1).strip("/") for e in expr.args)
    if (
        last in ("format", "toString", "replace", "strip", "rstrip", "trim", "concat", "build")
        and expr.base is not None
    ):
        base = expr.base.base if expr.base.base is not None else expr.base
        text = fold(unit, base, depth + 1)
        return text + "".join(fold(unit, a, depth + 1) for a in expr.args) if last == "concat" else text
    if last in ("toString", "strip", "rstrip", "trim", "format", "replace") and "." in expr.text:
        name = Expr("name", expr.start, expr.end, expr.text.rpartition(".")[0])
        return fold(unit, name, depth + 1)
    return _returned(unit, expr, depth)


def _returned(unit: Unit, expr: Expr, depth: int) -> str:
    """What a function of the same file, or of one it imports, returns, whatever it is given."""
    name = expr.text.removeprefix("self.").removeprefix("this.")
    if depth > 4 or "." in name:
        return HOLE
    for imported in unit.facts.imported(name):
        if imported.symbol not in ("*", ""):
            for other, func in _targets(unit, imported):
                return _returns_of(other, func, depth)
            return HOLE
    options = [
        _returns_of(unit, func, depth)
        for func in unit.facts.functions
        if func.name.rpartition(".")[2] == name
    ]
    return max(options, key=_known, default=HOLE)


def _targets(unit: Unit, imported: Import) -> list[tuple[Unit, Func]]:
    other = unit.project.resolve_module(unit, imported.module)
    return unit.project.exported(other, imported.symbol)[:1] if other is not None else []


def _returns_of(unit: Unit, func: Func, depth: int) -> str:
    options = [
        fold(unit, given, depth + 2) for given in unit.facts.returns if func.start <= given.start < func.end
    ]
    return max(options, key=_known, default=HOLE)


def _element(unit: Unit, name: str, offset: int, depth: int) -> str:
    """One of the strings that a loop variable goes over."""
    for loop in reversed(unit.facts.loops_at(offset)):
        if name in loop.names:
            over = binding(unit, loop.over.strip(), loop.start)
            if over is not None and over.value.kind == "array":
                return max(
                    (fold(unit, i, depth + 1) for i in over.value.items[:20]), key=_known, default=HOLE
                )
    return HOLE
