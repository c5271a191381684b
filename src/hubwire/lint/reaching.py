"""Whether a function that a file calls may call HubSpot: asked before the file is parsed for its calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hubwire.lint.facts import Func
from hubwire.lint.flow import by_name, resolve
from hubwire.lint.gates import may_call
from hubwire.lint.hubspot import find_calls
from hubwire.lint.outline import beside_a_loop
from hubwire.lint.project import Unit, defined, imports_of

_OAUTH = (b"oauth", b"tokensapi", b"tokens_api")
_HOPS = 4
"""Modules that may pass a name on, one to the next."""


def may_reach(unit: Unit) -> bool:
    """Whether a file calls HubSpot, or a function of the repository that does so within two calls."""
    if unit.memo(may_call):
        return True
    if unit.source.language != "py":
        return any(other.memo(may_call) for other in _below(unit))
    return _leads(unit, lambda name: True)


def may_repeat(unit: Unit) -> bool:
    """Whether a loop of a file may call HubSpot, or a function of the repository that does."""
    if unit.source.language != "py" or unit.memo(find_calls):
        return unit.memo(may_reach)
    aliases = unit.memo(_helpers)[1]
    return _leads(unit, lambda name: name in aliases or beside_a_loop(unit, name))


def may_exchange(unit: Unit) -> bool:
    """Whether a file, or one that it imports, by way of others too, speaks of OAuth."""
    known = unit.project.exchanging
    if unit.path in known:
        return known[unit.path]
    seen = {unit.path: unit}
    queue = [unit]
    while queue:
        last = queue.pop()
        if known.get(last.path) or _speaks_of_oauth(last.source.data.lower()):
            known[last.path] = known[unit.path] = True
            return True
        for other in last.memo(near) if known.get(last.path) is None else ():
            if other.path not in seen:
                seen[other.path] = other
                queue.append(other)
    known.update(dict.fromkeys(seen, False))
    return False


def _speaks_of_oauth(low: bytes) -> bool:
    return any(word in low for word in _OAUTH)


def _helpers(unit: Unit) -> tuple[list[Unit], set[str]]:
    """The files whose functions a Python file may call, and the functions that go by other names there."""
    # A function of a file that is imported may make the object whose method is called.
    others = {deeper.path: deeper for other in unit.memo(near) for deeper in (other, *other.memo(near))}
    # A name that one of them gives to what another defines may be the one that is called.
    aliases = {name for other in (unit, *others.values()) for name in other.memo(renamed)}
    # One is enough: the likely ones come first, and the short ones among them.
    likely = sorted(others.values(), key=lambda o: (not o.memo(may_call), len(o.source.data)))
    return likely, aliases


def _leads(unit: Unit, asked: Callable[[str], bool]) -> bool:
    """Whether a Python file names a function of another that calls HubSpot, or one that calls such a one."""
    others, aliases = unit.memo(_helpers)
    text = unit.source.text
    for other in others:
        if not other.memo(may_call) and not other.memo(_passes):
            continue
        for name in other.memo(defined):
            if (name in text or name in aliases) and asked(name) and _judge(other, name):
                return True
    return False


def _judge(unit: Unit, name: str) -> bool:
    """Whether a function of this name calls HubSpot, itself or through one that it calls."""
    known = unit.memo(_judged)
    if name not in known:
        known[name] = any(_sends(unit, func) for func in unit.memo(by_name).get(name, ()))
    return known[name]


def _passes(unit: Unit) -> bool:
    """Whether a Python file names a function that calls HubSpot, of a file that it imports."""
    text, others = unit.source.text, unit.memo(near)
    calling = {name for other in others if other.memo(may_call) for name in other.memo(_calling)}
    if not calling:
        return False
    aliases = {name for other in others for name in other.memo(renamed)}
    return any(name in text or name in aliases for name in calling)


def _calling(unit: Unit) -> set[str]:
    """The functions of a file with a call of HubSpot in them."""
    found = unit.memo(find_calls)
    named = ((func.name.rpartition(".")[2], func) for func in unit.facts.functions) if found else ()
    return {name for name, func in named if name and any(func.start <= c.start < func.end for c in found)}


def _judged(unit: Unit) -> dict[str, bool]:
    """The functions of a file by name, as far as anybody asked: whether one of them calls HubSpot."""
    return {}


def _sends(unit: Unit, func: Func) -> bool:
    if any(func.start <= found.start < func.end for found in unit.memo(find_calls)):
        return True
    return any(
        what.start <= found.start < what.end
        for call in unit.facts.calls_in(func.start, func.end)
        for where, what in resolve(unit, call.text, call.start)
        for found in where.memo(find_calls)
    )


def renamed(unit: Unit) -> list[str]:
    """What a Python file imports under another name: whoever calls it may not know its own."""
    return [name for _, names in unit.memo(imports_of) for local, name in names if local != name]


def near(unit: Unit) -> list[Unit]:
    """The files of the repository that the imports of a Python file may take names from."""
    found = {
        other.path: other for module, names in unit.memo(imports_of) for other in _of(unit, module, names)
    }
    return [other for other in found.values() if other is not unit]


def _of(unit: Unit, module: str, names: Iterable[tuple[str, str]], hops: int = _HOPS) -> Iterator[Unit]:
    """A module, those below it that are imported by name, and those that it takes the names from itself."""
    other = unit.project.resolve_module(unit, module)
    if other is not None:
        yield other
    joint = module if module.endswith(".") else f"{module}."
    package = other is None or other.path.endswith("__init__.py")
    for _, symbol in names:
        below = other if symbol == "*" else None
        if package and symbol != "*":
            below = unit.project.resolve_module(unit, joint + symbol)
        if below is not None and hops:
            yield below
            for deeper, taken in below.memo(imports_of):
                yield from _of(below, deeper, taken, 0)
        if other is not None and hops:
            for deeper, taken in other.memo(imports_of):
                passed = [(local, name) for local, name in taken if local == symbol]
                if passed:
                    yield from _of(other, deeper, passed, hops - 1)


def _below(unit: Unit) -> Iterator[Unit]:
    """The files that a script imports, by way of others too."""
    seen = {unit.path}
    queue = [unit]
    while queue:
        last = queue.pop()
        for module, _ in last.memo(imports_of):
            other = unit.project.resolve_module(last, module)
            if other is not None and other.path not in seen:
                seen.add(other.path)
                queue.append(other)
                yield other
