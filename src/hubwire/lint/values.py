"""Folding: what string an expression stands for, as far as the source tells. Unknown parts are written "
"`{}`."""

from __future__ import annotations

from hubwire.lint import patterns as re
from hubwire.lint.facts import Assign, Expr, Func, Import, Loop
from hubwire.lint.project import Unit

HOLE = "{}"
_DEPTH = 8
_HERE = re.compile(r"(?i)\blocalhost\b|127\.0\.0\.1|0\.0\.0\.0|\bmock|\.example\b|example\.com")
"""A default for the machine of a developer or a test: what production is given is another thing."""
_OURS = re.compile(
    r"(?i)(?:^|_)hub_?spot_?(?:api_?)?(?:base_?)?(?:url|uri|endpoint|host|api_?root|api_?base)$"
)
_PLACES = re.compile(r"%(?:\(\w+\))?[sdi]")
_SLOTS = re.compile(r"\{(\w*)\}")
_PART_OF_OURS = re.compile(
    r"(?i)hub_?spot[\"']?\]?[.\[][\"']?(?:api_?)?(?:base_?)?(?:url|uri|endpoint|host|root)[\"']?\]?$"
)
"""The same in a section of the settings: `config["hubspot"]["base_url"]`."""
_API = "https://api.hubapi.com"
_ENTRIES = re.compile(r"([\w.]+)\.(?:items|values)\(\)$|Object\.(?:entries|values)\(\s*([\w.$]+)\s*\)$")
_SHORT = re.compile(r"[A-Za-z_$][\w$]*(?=\s*[,}=])")


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
        return _of_class(unit, scopes[-1], offset) or scopes[-1][0]
    if "." in name:
        return min((found[0] for found in scopes.values()), key=lambda a: a.start)
    return None


def _of_class(unit: Unit, assigns: list[Assign], offset: int) -> Assign | None:
    """Of several classes' constants of one name, that of the class around an offset."""
    klass = unit.facts.class_at(offset) if len(assigns) > 1 else None
    return next((a for a in assigns if klass is not None and klass.start <= a.start < klass.end), None)


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
        right = expr.items[1] if len(expr.items) > 1 else None
        several = right.items if right is not None and right.kind == "array" else (right,)
        return _filled(parts[0], [fold(unit, item, depth + 1) for item in several])
    return HOLE


def _filled(text: str, values: list[str]) -> str:
    """A text whose `%s` and `%d` are filled in; the rest stays unknown."""
    given = iter(values)
    return _PLACES.sub(lambda _: next(given, HOLE), text)


def _formatted(unit: Unit, text: str, call: Expr, depth: int) -> str:
    """A text whose `{}`, `{0}` and `{name}` are filled in as far as `format` is given what is known."""
    given = [fold(unit, item, depth + 1) for item in call.args]
    counter = iter(given)

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        if not name:
            return next(counter, HOLE)
        if name.isdigit():
            return given[int(name)] if int(name) < len(given) else HOLE
        named = call.get(name)
        known = fold(unit, named, depth + 1) if named is not None else HOLE
        return match.group() if known == HOLE else known

    return _SLOTS.sub(fill, text)


def _setting(name: str) -> str:
    """What a setting of this name holds: HubSpot's address, if it says so and nothing more."""
    return _API if _OURS.search(name) else HOLE


def _name(unit: Unit, expr: Expr, depth: int) -> str:
    found = _named(unit, expr, depth)
    if found != HOLE:
        return found
    key = expr.items[0].text if expr.kind == "subscript" and expr.items else expr.text.rpartition(".")[2]
    return _API if _PART_OF_OURS.search(expr.text) else _setting(key)


def _named(unit: Unit, expr: Expr, depth: int) -> str:
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
    default = (
        _by_default(unit, text, expr.start) if found is None or unit.facts.func_at(found.start) < 0 else ""
    )
    if default:
        return default
    if found is not None and not _loads(found.value):
        if found.part and found.value.kind == "object":
            return fold(unit, found.value.get(found.part), depth + 1)
        return HOLE if found.part or found.value is expr else fold(unit, found.value, depth + 1)
    words = text.split(".")
    if found is None:
        text_of = _element(unit, expr.text.split("."), expr.start, depth)
        if text_of != HOLE:
            return text_of
    for size in range(len(words) - 1, 0, -1):
        holder = binding(unit, ".".join(words[:size]), expr.start)
        if holder is not None and holder.value.kind == "object" and not holder.part:
            return _member(unit, holder.value, words[size:], depth)
    return _imported(unit, words, depth)


def _by_default(unit: Unit, name: str, offset: int) -> str:
    """HubSpot's address, if a function takes it under a name unless it is told another one."""
    for index in unit.facts.chain(offset):
        start, end = unit.facts.functions[index].param_spans
        taken = unit.code[start:end]
        if "hubapi" in taken:
            told = re.search(
                rf"\b{re.escape(name)}\s*(?::[^=,]+)?=\s*([\"'])([^\"'\n]*hubapi[^\"'\n]*)\1", taken
            )
            return told.group(2) if told is not None else ""
    return ""


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
    if last in ("getenv", "get", "config", "env") and expr.args and expr.args[0].kind == "str":
        given = fold(unit, expr.args[1], depth + 1) if len(expr.args) == 2 else HOLE
        return _setting(expr.args[0].text) if given == HOLE or _HERE.search(given) else given
    if last in ("urljoin", "join") and len(expr.args) >= 2 and "url" in expr.text.lower():
        return "/".join(fold(unit, e, depth + 1).strip("/") for e in expr.args)
    if (
        last in ("format", "toString", "replace", "strip", "rstrip", "trim", "concat", "build")
        and expr.base is not None
    ):
        base = expr.base.base if expr.base.base is not None else expr.base
        text = fold(unit, base, depth + 1)
        if last == "format":
            return _formatted(unit, text, expr, depth)
        return text + "".join(fold(unit, a, depth + 1) for a in expr.args) if last == "concat" else text
    if last in ("toString", "strip", "rstrip", "trim", "format", "replace") and "." in expr.text:
        name = Expr("name", expr.start, expr.end, expr.text.rpartition(".")[0])
        text = fold(unit, name, depth + 1)
        return _formatted(unit, text, expr, depth) if last == "format" else text
    return _returned(unit, expr, depth)


def _returned(unit: Unit, expr: Expr, depth: int) -> str:
    """What a function of the same file, or of one it imports, returns, whatever it is given."""
    name = expr.text.removeprefix("self.").removeprefix("this.")
    if depth > 4 or "." in name:
        return HOLE
    for imported in unit.facts.imported(name):
        if imported.symbol not in ("*", ""):
            for other, func in _targets(unit, imported):
                return _given(unit, expr, _returns_of(other, func, depth), depth)
            return HOLE
    options = [
        _returns_of(unit, func, depth)
        for func in unit.facts.functions
        if func.name.rpartition(".")[2] == name
    ]
    return _given(unit, expr, max(options, key=_known, default=HOLE), depth)


def _given(unit: Unit, call: Expr, text: str, depth: int) -> str:
    """What a function returns, with the address or path it was given in its place."""
    if HOLE not in text or text == HOLE or not call.args:
        return text
    given = fold(unit, call.args[0], depth + 2)
    return text.replace(HOLE, given, 1) if given.startswith("/") or "://" in given else text


def _targets(unit: Unit, imported: Import) -> list[tuple[Unit, Func]]:
    other = unit.project.resolve_module(unit, imported.module)
    return unit.project.exported(other, imported.symbol)[:1] if other is not None else []


def _returns_of(unit: Unit, func: Func, depth: int) -> str:
    options = [
        fold(unit, given, depth + 2) for given in unit.facts.returns if func.start <= given.start < func.end
    ]
    return max(options, key=_known, default=HOLE)


def _element(unit: Unit, words: list[str], offset: int, depth: int) -> str:
    """One of the strings that a loop variable (`path`), or its property (`page.url`), goes over."""
    name = words[0]
    for loop in reversed(unit.facts.loops_at(offset)):
        if name in loop.names:
            if _ENTRIES.match(loop.over.strip()) and name != loop.names[-1]:
                # `for name, url in ADDRESSES.items()`: the key stands for no value.
                return HOLE
            if len(words) > 1:
                return _of_any(unit, loop, words[1:], depth)
            said = _of_any(unit, loop, [], depth)
            return said if said != HOLE else _of_any(unit, loop, [name], depth)
        if any(name in _SHORT.findall(taken) for taken in loop.names if "{" in taken):
            # `({ type, url }) => …` over a list of objects.
            return _of_any(unit, loop, [name], depth)
    return HOLE


def _of_any(unit: Unit, loop: Loop, words: list[str], depth: int) -> str:
    """The longest string that the elements of a list, or their properties, stand for."""
    entries = _ENTRIES.match(loop.over.strip())
    named = entries.group(1) or entries.group(2) if entries is not None else loop.over.strip()
    over = binding(unit, named, loop.start)
    kind = "array" if entries is None else "object"
    items = over.value.items[:20] if over is not None and over.value.kind == kind and not over.part else ()
    texts = (_member(unit, i, words, depth) if words else fold(unit, i, depth + 1) for i in items)
    return max(texts, key=_known, default=HOLE)
