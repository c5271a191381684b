"""What stands before a webhook handler without being called by it: classes, routers, the environment."""

from __future__ import annotations

from collections.abc import Iterator

from hubwire.lint import patterns as re
from hubwire.lint.facts import Expr, Func, Klass
from hubwire.lint.flow import Target, methods_of
from hubwire.lint.project import Unit
from hubwire.lint.values import binding, fold

_SWITCH = re.compile(
    r"(?i)(?:os\.)?(?:getenv|environ\.get|environ|process\.env)\s*(?:[(\[]\s*[\"']|\.)"
    r"\w*(?:verif|valid|sign|check|enforce|require|secur)\w*[\"']?\s*(?:,\s*[\"'](?P<default>\w*)[\"']\s*)?[)\]]?"
    r"(?:\.\w+\(\))*\s*(?:={2,3}\s*[\"'](?:true|1|yes|on)[\"']|in\s*[(\[{][^)\]}]*[)\]}])?\s*$"
)
"""A check of signatures that must be asked for: `os.getenv("VERIFY") == "true"`."""


def switched_on(unit: Unit, cond: str, offset: int) -> bool:
    """Whether a condition holds only where somebody thought of setting a variable of the environment."""
    text = cond.strip("() ")
    if text.replace(".", "").isidentifier():
        made = binding(unit, text, offset)
        text = unit.code[made.value.start : made.value.end] if made is not None else ""
    match = _SWITCH.match(text)
    return match is not None and (match.group("default") or "").lower() not in ("true", "1", "yes", "on")


def holds_verdict(unit: Unit, name: str, offset: int) -> bool:
    """Whether a name was given the outcome of a comparison of signatures."""
    made = binding(unit, name, offset)
    value = unit.code[made.value.start : made.value.end] if made is not None else ""
    return bool(
        re.search(
            r"(?i)(?:timing|safe|secure|constant)\w*(?:equal|compare)|compare_digest|===?|is_?valid|verif|equals\(",
            value,
        )
    ) and bool(re.search(r"(?i)sign|hash|digest|hmac|expected|equal|valid|compare", value))


def run_before(unit: Unit, klass: Klass) -> Iterator[Target]:
    """Methods that a framework runs before the one for the verb, of a class or those it is made from."""
    for name in ("dispatch", "prepare", "initial", "setup", "dispatch_request"):
        for kind in (klass.name, *klass.bases):
            yield from methods_of(unit, kind, name)


def named_guards(unit: Unit, klass: Klass | None, func: Func) -> list[str]:
    """Classes and functions that a view, or the router it hangs on, names as what it is guarded by."""
    out = []
    if klass is not None:
        inside = [a for a in unit.facts.assigns if klass.start <= a.start < klass.end]
        named = ("permission_classes", "authentication_classes", "decorators", "method_decorators")
        out = [i.text for a in inside if a.target in named for i in a.value.walk() if i.kind == "name"]
    for router in _routers(unit, func):
        given = router.get("dependencies")
        asked = given.walk() if given is not None else ()
        out += [i.args[0].text for i in asked if i.kind == "call" and i.text.endswith("Depends") and i.args]
    return out


def router_prefix(unit: Unit, func: Func) -> str:
    """The beginning of the address that the router of a handler gives it."""
    prefixes = [r.get("prefix", "url_prefix") for r in _routers(unit, func)]
    return "".join(fold(unit, prefix) for prefix in prefixes if prefix is not None)


def _routers(unit: Unit, func: Func) -> Iterator[Expr]:
    """The making of the router that a decorator hangs a handler on."""
    for decorator in func.decorators:
        made = binding(unit, decorator.partition("(")[0].rpartition(".")[0], func.start)
        if made is not None and made.value.kind == "call":
            yield made.value
