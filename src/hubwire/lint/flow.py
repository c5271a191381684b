"""Who calls whom: resolving callees to functions of the repository."""

from __future__ import annotations

from collections.abc import Iterator

from hubwire.lint import patterns as re
from hubwire.lint.facts import Expr, Func
from hubwire.lint.markers import marked
from hubwire.lint.project import Unit, defined, modules_of
from hubwire.lint.values import binding

Target = tuple[Unit, Func]
_GAP = 80
"""Characters from `def` to the name at most."""
_PLAIN_MAKER = re.compile(r"(?:(?:self|this)\.)?\w+$")


def by_name(unit: Unit) -> dict[str, list[Func]]:
    """Functions of a file by their last name."""
    out: dict[str, list[Func]] = {}
    for func in unit.facts.functions:
        if func.name:
            out.setdefault(func.name.rpartition(".")[2], []).append(func)
    return out


def named(unit: Unit, name: str) -> list[Func]:
    """The functions of a file that are called so; one that names none need not be parsed to know."""
    if not unit.is_parsed and unit.source.language == "py" and name not in unit.memo(defined):
        return []
    return unit.memo(by_name).get(name, [])


def resolve(unit: Unit, callee: str, offset: int) -> list[Target]:
    """The functions a callee may be; empty when it leaves the repository or cannot be known."""
    head, _, rest = callee.partition(".")
    last = callee.rpartition(".")[2]
    own = unit.memo(by_name)
    if head in ("self", "this", "cls", "super()") and rest:
        return _own_method(unit, rest, offset)
    if not rest:
        local = [(unit, f) for f in own.get(head, ()) if not f.owner and not _shorthand(unit, f, head)]
        return local or _imported(unit, head, "") or _by_default(unit, head, offset)
    imported = _imported(unit, head, rest)
    if imported:
        return imported
    holder = binding(unit, head, offset)
    if holder is not None and holder.value.kind in ("new", "call"):
        found = methods_of(unit, holder.value.text, last) or _methods_of_made(unit, holder.value, last)
        if found:
            return found
    if (holder is not None and holder.value.kind == "object") or any(
        k.name == head for k in unit.facts.classes
    ):
        return [(unit, f) for f in own.get(last, ())]
    return _typed_parameter(unit, head, last, offset)


def _by_default(unit: Unit, name: str, offset: int) -> list[Target]:
    """The function that a parameter stands for unless it is given another: `({ get = getRecord } = {})`."""
    for index in unit.facts.chain(offset):
        start, end = unit.facts.functions[index].param_spans
        if unit.code.find(name, start, end) >= 0:
            told = re.compile(rf"\b{re.escape(name)}\s*=\s*(\w+)\s*[,)}}\n]").search(
                unit.code, start, end + 1
            )
            if told is None or told.group(1) == name:
                return []
            return resolve(unit, told.group(1), start)
    return []


def _shorthand(unit: Unit, func: Func, name: str) -> bool:
    """A method written `{ fetch(request) { … } }`: its name alone does not reach it."""
    if unit.facts.language == "py":
        return False
    text = unit.source.text[func.start : func.start + 40]
    return bool(re.match(rf"(?:async\s+|\*\s*|[gs]et\s+)*{re.escape(name)}\s*\(", text))


def _own_method(unit: Unit, rest: str, offset: int) -> list[Target]:
    name, _, deeper = rest.partition(".")
    klass = unit.facts.class_at(offset)
    if not deeper:
        found = [
            (unit, f)
            for f in unit.memo(by_name).get(name, ())
            if klass is None or f.owner in (klass.name, "")
        ]
        if not found and klass is not None:
            for base in klass.bases:
                found += methods_of(unit, base.split("<")[0], name)
        return found
    kind = ""
    for func in unit.facts.functions:
        if klass is not None and func.owner == klass.name and func.name in ("constructor", "__init__"):
            kind = next((t for n, t in func.types if n.split()[-1] == name), kind)
    made = binding(unit, f"this.{name}", offset) or binding(unit, f"self.{name}", offset)
    if not kind and made is not None:
        kind = made.value.text if made.value.kind in ("new", "call") else ""
        if made.value.kind == "name":
            func_types = [f.types for f in unit.facts.functions if f.name in ("constructor", "__init__")]
            kind = next((t for types in func_types for n, t in types if n == made.value.text), "")
    method = deeper.rpartition(".")[2]
    return methods_of(unit, kind, method) if kind else _only_method(unit, method)


def _methods_of_made(unit: Unit, maker: Expr, method: str, depth: int = 0) -> list[Target]:
    """Methods of what a function of the repository makes and returns (`api = self.client()`), or of what the
    function makes that it asks."""
    if maker.kind != "call" or depth > 2 or not _PLAIN_MAKER.match(maker.text):
        return []
    for where, what in resolve(unit, maker.text, maker.start)[:3]:
        for given in where.facts.returns:
            if (
                what.start <= given.start < what.end
                and given.kind in ("call", "new")
                and "." not in given.text
            ):
                found = methods_of(where, given.text, method)
                found = found or _methods_of_made(where, given, method, depth + 1)
                if found:
                    return found
    return []


def _typed_parameter(unit: Unit, head: str, method: str, offset: int) -> list[Target]:
    for index in unit.facts.chain(offset):
        for name, kind in unit.facts.functions[index].types:
            if name == head:
                return methods_of(unit, kind, method)
    return [] if any(i.local == head for i in unit.facts.imports) else _only_method(unit, method)


def _only_method(unit: Unit, method: str) -> list[Target]:
    """The method of this name of an object nobody says the class of, if the files that this one imports and
    that speak of HubSpot have just one."""
    if unit.facts.language != "py" or "_" not in method.strip("_"):
        return []
    found = [
        (other, f)
        for other in unit.memo(_hubspot_imports)
        if defines(other.source.text, method)
        for f in other.memo(by_name).get(method, ())
        if f.owner
    ]
    return found if len(found) == 1 else []


def defines(text: str, name: str) -> bool:
    """Whether a Python text may define a function of this name: most files need not be parsed to know."""
    at = text.find(name)
    while at >= 0:
        before = text[max(0, at - _GAP) : at]
        head = before.rstrip()
        if len(head) < len(before) and head.rstrip("\\ \t\r\n").endswith("def"):
            return True
        at = text.find(name, at + len(name))
    return False


def _hubspot_imports(unit: Unit) -> list[Unit]:
    """Files of the repository that a file imports and that speak of HubSpot."""
    found = {i.module: unit.project.resolve_module(unit, i.module) for i in unit.facts.imports}
    others = {other.path: other for other in found.values() if other is not None and other is not unit}
    return [other for other in others.values() if marked(other.source.data, other.path)]


def methods_of(unit: Unit, kind: str, method: str, depth: int = 0) -> list[Target]:
    """Methods called `method` of the class with this name, here or where it is imported from."""
    kind = kind.split("|")[0].strip().strip("'\"").rpartition(".")[2].split("[")[0].split("<")[0]
    if not kind or not (unit.may_hold(method) or unit.may_hold(kind)):
        return []
    found = [(unit, f) for f in named(unit, method) if f.owner == kind]
    if found or depth > 3:
        return found
    for imported in unit.facts.imported(kind):
        other = unit.project.resolve_module(unit, imported.module)
        if other is not None:
            name = kind if imported.symbol in ("*", "default") else imported.symbol
            return methods_of(other, name, method, depth + 1) or _only(other, method)
    return []


def _only(unit: Unit, method: str) -> list[Target]:
    found = named(unit, method)
    return [(unit, f) for f in found] if len(found) == 1 else []


def _imported(unit: Unit, head: str, rest: str) -> list[Target]:
    last = rest.rpartition(".")[2]
    for imported in unit.facts.imported(head):
        project = unit.project
        other = project.resolve_module(unit, imported.module)
        if unit.facts.language == "py" and imported.symbol not in ("*", ""):
            joint = imported.module if imported.module.endswith(".") else imported.module + "."
            submodule = project.resolve_module(unit, joint + imported.symbol)
            if submodule is not None and last:
                return project.exported(submodule, last)
        if other is None:
            return []
        if not last:
            return project.exported(other, imported.symbol if imported.symbol != "*" else "default")
        if imported.symbol in ("*", "default"):
            return project.exported(other, last) or [(other, f) for f in named(other, last)]
        return methods_of(other, imported.symbol, last) or [(other, f) for f in named(other, last)]
    return []


def leads_away(unit: Unit, callee: str) -> bool:
    """True if a callee comes from a file of the repository that has nothing to do with HubSpot."""
    head = callee.partition(".")[0]
    for imported in unit.facts.imported(head):
        other = unit.project.resolve_module(unit, imported.module)
        if other is None or other.memo(_about):
            return False
        # `from . import hubspot` names a module of the package.
        return not any(where.memo(_about) for where, _ in _imported(unit, head, callee.partition(".")[2]))
    return False


def _about(unit: Unit) -> bool:
    """Whether a file speaks of HubSpot, or a file that it imports does."""
    if marked(unit.source.data, unit.path):
        return True
    near = (unit.project.resolve_module(unit, module) for module in unit.memo(modules_of))
    return any(other is not None and marked(other.source.data, other.path) for other in near)


def unresolved_import(unit: Unit, callee: str) -> bool:
    """True if a callee comes from an import whose file is not here (a package or a missing file)."""
    head = callee.partition(".")[0]
    for imported in unit.facts.imported(head):
        return unit.project.resolve_module(unit, imported.module) is None
    return False


def reach(unit: Unit, func: Func, depth: int = 4) -> Iterator[Target]:
    """A function and those of the repository it calls, directly or not, each once."""
    seen: set[tuple[str, int]] = set()
    queue: list[tuple[Unit, Func, int]] = [(unit, func, 0)]
    while queue:
        where, what, level = queue.pop(0)
        key = (where.path, what.start)
        if key in seen or len(seen) > 120:
            continue
        seen.add(key)
        yield where, what
        if level >= depth:
            continue
        for call in where.facts.calls_in(what.start, what.end):
            queue += [(u, f, level + 1) for u, f in resolve(where, call.text, call.start)]
