"""Whether a webhook handler refuses what HubSpot did not sign, on every path that processes events."""

from __future__ import annotations

from enum import Enum

from hubwire.lint import patterns as re
from hubwire.lint.facts import Branch, Expr, Func
from hubwire.lint.flow import reach, resolve, unresolved_import
from hubwire.lint.guarded import holds_verdict, named_guards, run_before, switched_on
from hubwire.lint.project import Unit
from hubwire.lint.values import binding
from hubwire.lint.webhooks import Handler

NAMED = re.compile(
    r"(?i)(?:verif|valid|check|auth|assert|ensure|require|confirm|guard|is)\w*[._]?\w*(?:sign|hubspot|hub_?spot|webhook|hmac|request|secret|origin)"
    r"|(?:signature|hmac|webhook|hubspot)\w*(?:verif|valid|check|guard|middleware|auth|match|required|protect)|^verify$|\.verify$|^authenticate|"
    r"Signature\.is_?[vV]alid|with\w*(?:signature|webhookauth|hubspot)"
)
CRYPTO = re.compile(
    r"createHmac|createHash|hmac\.new|hmac\.digest|HMAC\(|hashlib\.sha256|\bsha256\(|sha256|timingSafeEqual|compare_digest|"
    r"subtle\.(?:sign|verify|digest|importKey)|Signature\.is_?[vV]alid|is_?[vV]alid_?[sS]ignature|safeCompare|HmacSHA256|CryptoJS"
)
COMPARES = re.compile(
    r"===?|!==?|timingSafeEqual|compare_digest|subtle\.verify|[iI]s_?[vV]alid|safeCompare|secureCompare|constantTime|tsscmp|\.equals\(|"
    r"[sS]afe_?[eE]qual|secure_?[eE]qual|constant_?time|buffer[eE]q|\bscmp"
)
REJECTS = re.compile(
    r"\breturn\b|\bthrow\b|\braise\b|\babort\(|\b40[0-9]\b|Unauthorized|Forbidden|BadRequest|\breject|sys\.exit|next\(\s*(?:new\s+)?\w*Err"
)
_HARD = re.compile(
    r"\bthrow\b|\braise\b|\babort\(|status(?:_?[cC]ode)?\W{1,4}\s*(?:40[0-9])|\b40[13]\b|sendStatus\(40|next\(\s*(?:new\s+)?\w*Err"
)
_COMPARES_SIGNED = re.compile(
    r"(?i)(?:constant_?time|timing_?safe|(?:safe|secure)_?(?:equal|compare)|compare_?digest)\w*\(|"
    r"(?:expected|computed|digest|hash)\w*\s*[!=]==?\s*\w*sig|sig\w*\s*[!=]==?\s*\w*(?:expected|computed|digest|hash)"
)
"""A comparison of what was signed, whose digest another function makes."""
_SIGNED = re.compile(r"(?i)hub_?spot|signature|hmac|x-hub|secret")
PRESENCE = re.compile(
    r"(?i)^\(?\s*[\"'][\w-]*(?:signature|timestamp)[\w-]*[\"']\s+in\s+[\w.()]+\s*\)?$|"
    r"^\(?\s*(?:!!)?[\w.\[\]\"'()-]*(?:signature|sig|timestamp|header)[\w.\[\]\"'()-]*\s*(?:is not "
    r"None|!==?\s*(?:undefined|null|''|\"\"))?\s*(?:(?:&&|and)\b|\)?$|&&)"
)
_TOKEN_CHECK = re.compile(
    r"(?i)(?:secret|token|api[_-]?key|authorization|auth)\w*[\"'\])]*\s*(?:!==?|===?|!=|==)|(?:!==?|===?|!=|==)\s*[\w.\[\]\"'(]*(?:secret|token|api[_-]?key)"
)


_TRY = re.compile(r"\btry\s*\{|^([ \t]+)try:[ \t\r]*$", re.M)
_CATCH = re.compile(r"\s*catch\s*(?:\([^)]*\))?\s*\{")
_COMPARED = re.compile(r"[!=]==?")
_FLAG = re.compile(r"!?\s*(?:not\s+)?([A-Za-z_$][\w$]*)\s*\)?\s*$")
_NAMES = re.compile(r"(?<![\w$.\"'\[])[A-Za-z_$][\w$]*")
_DIGEST = re.compile(r"hmac|HMAC|createHash|hashlib\.|digest\(|sha256")


_GUARDS = ("canActivate", "use", "has_permission", "authenticate")
"""Methods of classes that a framework asks before a handler."""


class State(Enum):
    """What is known about a handler's signature check."""

    ENFORCED = "enforced"
    ABSENT = "absent"
    BYPASS = "bypass"
    """There is a check, but some events are processed without it."""
    UNKNOWN = "unknown"


def judge(handler: Handler) -> tuple[State, str]:
    """The state of a handler and a sentence about it."""
    unit, func = handler.unit, handler.func
    wired = _wiring(handler)
    if wired is State.ENFORCED or wired is State.UNKNOWN:
        return wired, "middleware"
    if wired is State.BYPASS:
        return wired, "its middleware lets requests pass that carry no valid signature"
    if handler.wiring is None and not func.decorators:
        called = _callers(unit, func)
        if called is not None:
            return called, "its caller"
    said = (State.ABSENT, "nothing checks HubSpot's signature")
    for where, what in reach(unit, func):
        state = _inside(where, what)
        if state is State.ENFORCED or state is State.UNKNOWN:
            return state, where.path
        if state is State.BYPASS:
            said = (State.BYPASS, "the signature check can be passed by: it does not stop unsigned requests")
    return said


def _callers(unit: Unit, func: Func) -> State | None:
    """A function that checks before it calls this one, in the same file or in one that imports it."""
    name = func.name.rpartition(".")[2]
    users = (u for u, _ in unit.project.importers(unit) if u is not unit and name in u.source.text)
    for user in (unit, *users) if name else ():
        for call in user.facts.calls:
            index = user.facts.func_at(call.start) if call.text.rpartition(".")[2] == name else -1
            if index >= 0 and (user is unit or (unit, func) in resolve(user, call.text, call.start)):
                state = _inside(user, user.facts.functions[index])
                if state in (State.ENFORCED, State.UNKNOWN):
                    return state
    return None


def _inside(unit: Unit, func: Func) -> State:
    """What the body of one function does about signatures."""
    body = unit.body(func)
    found = State.ABSENT
    for call in unit.facts.calls_in(func.start, func.end):
        if unit.facts.func_at(call.start) < 0:
            continue
        if not _looks_like_verifier(unit, call):
            if _nameless_verifier(unit, func, call):
                return _conditional(unit, func, call.start)
            continue
        state = _call_state(unit, func, call)
        if state in (State.ENFORCED, State.UNKNOWN):
            return state
        found = state if state is State.BYPASS else found
    if CRYPTO.search(body) and COMPARES.search(body) and _SIGNED.search(body):
        inline = _inline(unit, func)
        return inline if inline is not State.ABSENT else found
    return found


def _looks_like_verifier(unit: Unit, call: Expr) -> bool:
    named = unit.project.config.verifier_functions
    last = call.text.rpartition(".")[2]
    if call.text in named or last in named:
        return True
    if NAMED.search(call.text):
        return not re.search(
            r"(?i)jwt|token|user|session|password|email|env|schema|payload$|body$|phone|config|access|scope|isArray",
            last,
        )
    return False


def _nameless_verifier(unit: Unit, func: Func, call: Expr) -> bool:
    """Whether a function of the repository compares a signature, whatever its name, and decides here."""
    return any(
        CRYPTO.search(body) and COMPARES.search(body) and "signature" in body.lower()
        for target in resolve(unit, call.text, call.start)
        for where, what in reach(*target, 2)
        if (body := where.body(what))
    ) and _used_to_refuse(unit, func, call)


def _call_state(unit: Unit, func: Func, call: Expr) -> State:
    """What a call of something named like a verifier achieves."""
    last = call.text.rpartition(".")[2]
    targets = resolve(unit, call.text, call.start)
    if targets:
        real = [t for t in targets if _is_verifier(*t)]
        if not real:
            return State.BYPASS if any(_stub(*t) for t in targets) else State.ABSENT
        if any(_refuses_itself(*t) for t in real):
            return _conditional(unit, func, call.start)
    elif last in unit.project.config.verifier_functions or re.search(
        r"Signature\.is_?[vV]alid|timingSafeEqual|compare_digest", call.text
    ):
        pass
    elif _conditional(unit, func, call.start) is State.BYPASS:
        return State.BYPASS
    elif unresolved_import(unit, call.text) or "." in call.text:
        return State.UNKNOWN if _SIGNED.search(call.text) else State.ABSENT
    else:
        return State.UNKNOWN
    if _used_to_refuse(unit, func, call):
        return _conditional(unit, func, call.start)
    return State.BYPASS


def _is_verifier(unit: Unit, func: Func) -> bool:
    """Whether a function (with what it calls) really compares a digest."""
    near = list(reach(unit, func, 3))
    compares = any(_COMPARES_SIGNED.search(where.body(what)) for where, what in near)
    for where, what in near:
        body = where.body(what)
        if CRYPTO.search(body) and (COMPARES.search(body) or (compares and _SIGNED.search(body))):
            return True
        if any(
            unresolved_import(where, c.text) and NAMED.search(c.text)
            for c in where.facts.calls_in(what.start, what.end)
        ):
            return True
    return False


def _stub(unit: Unit, func: Func) -> bool:
    return bool(re.search(r"(?i)return\s+true|return True", unit.body(func))) or func.end - func.start < 200


def _refuses_itself(unit: Unit, func: Func) -> bool:
    """A verifier that throws, or answers 401 as middleware."""
    return bool(_HARD.search(unit.body(func))) or bool({"next", "done"} & set(func.params))


def _used_to_refuse(unit: Unit, func: Func, call: Expr) -> bool:
    """Whether the result of a call decides about a refusal."""
    text = unit.code
    names = [
        a.target
        for a in unit.facts.assigns
        if a.value.start <= call.start and call.end <= a.value.end and a.start >= func.start
    ]
    for branch in unit.facts.branches:
        if not func.start <= branch.start < func.end:
            continue
        cond = text[branch.cond[0] : branch.cond[1]]
        inside = branch.cond[0] <= call.start < branch.cond[1]
        if not inside and not any(re.search(rf"(?<![\w.]){re.escape(n)}\b", cond) for n in names):
            continue
        if _refusing(text, branch, func):
            return True
    return _chosen(text[call.end : min(func.end, call.end + 300)])


def _chosen(after: str) -> bool:
    """`verify(req) ? next() : refuse()` and `verify(req) || refuse()`: the refusal is one of two ways on."""
    ways = re.match(r"\s*\)*\s*\?(?![.?])([^:]{1,150}):(.{1,120})", after, re.S)
    if ways is not None:
        return bool(_HARD.search(ways.group(1)) or _HARD.search(ways.group(2)))
    other = re.match(r"\s*\)*\s*(?:\|\||\bor\b)(.{1,120})", after, re.S)
    return other is not None and bool(_HARD.search(other.group(1)))


def _refusing(text: str, branch: Branch, func: Func) -> bool:
    """One side of the branch ends the handling with a refusal."""
    cond = text[branch.cond[0] : branch.cond[1]]
    then = text[branch.then[0] : branch.then[1]]
    negative = "!" in cond or re.search(r"\bnot\b|is False|== False", cond)
    if negative:
        return bool(REJECTS.search(then)) and not (_only_throws(then) and _swallowed(text, branch, func))
    if branch.other is not None and REJECTS.search(text[branch.other[0] : branch.other[1]]):
        return True
    if _processes(then):
        return True
    rest = text[branch.end : func.end]
    return bool(re.search(r"\b40[013]\b|Unauthorized|Forbidden|\braise\b|\bthrow\b", rest)) or bool(
        _HARD.search(then)
    )


def _only_throws(then: str) -> bool:
    return bool(re.search(r"\bthrow\b|\braise\b", then)) and not re.search(
        r"\breturn\b|\bsend|status\(", then
    )


def _swallowed(text: str, branch: Branch, func: Func) -> bool:
    """Whether what is thrown is caught in the same function, which then goes on to handle events."""
    for opened in _TRY.finditer(text, func.start, branch.start):
        if opened.group(1) is None:
            body = _closed(text, opened.end(), func.end)
            caught = _CATCH.match(text, body)
            after = _closed(text, caught.end(), func.end) if caught else body
        else:
            body, caught, after = _dedented(text, opened, func.end)
        if body > branch.start and caught is not None:
            ends = REJECTS.search(text, caught.end(), after)
            return not ends and _processes(text[after : func.end])
    return False


def _closed(text: str, start: int, end: int) -> int:
    """Behind the brace that closes the one before `start`."""
    depth = 1
    for brace in re.compile(r"[{}]").finditer(text, start, end):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            return brace.end()
    return end


def _dedented(text: str, opened: re.Match[str], end: int) -> tuple[int, re.Match[str] | None, int]:
    """The end of a Python `try` block, its first `except`, and the end of that."""
    lead = re.escape(opened.group(1))
    caught = re.compile(rf"^{lead}except\b[^\n]*:", re.M).search(text, opened.end(), end)
    if caught is None:
        return opened.end(), None, opened.end()
    after = re.compile(rf"^(?!{lead}[ \t])[ \t]*\S", re.M).search(text, caught.end(), end)
    return caught.start(), caught, after.start() if after else end


def _processes(text: str) -> bool:
    """Events are handled inside the branch that follows a valid signature."""
    return bool(
        re.search(r"\bfor\b|forEach|\.map\(|await\s|subscriptionType|objectId|process\w*\(|handle\w*\(", text)
    )


def _inline(unit: Unit, func: Func) -> State:
    """A digest computed and compared in this very function."""
    text = unit.code
    refused = [
        b for b in unit.facts.branches if func.start <= b.start < func.end and _compares_digest(unit, b)
    ]
    for branch in refused:
        if _refusing(text, branch, func):
            return _conditional(unit, func, branch.start, branch)
    return State.BYPASS if refused else State.ABSENT


def _compares_digest(unit: Unit, branch: Branch) -> bool:
    cond = unit.code[branch.cond[0] : branch.cond[1]]
    if switched_on(unit, cond, branch.start):
        return False
    if re.search(
        r"(?i)(?:safe|secure)_?(?:equal|compare)|compare_digest|is_?valid|verif|constant_?time|buffereq|\bscmp|\.equals\(",
        cond,
    ):
        return True
    if re.search(
        r"(?i)\w*(?:hash|digest|expected|computed|calculated|hmac|generated)\w*", cond
    ) and re.search(r"[!=]==?", cond):
        return True
    if re.search(r"(?i)sign\w*\s*!==?\s*\w", cond) and not re.search(
        r"(?i)!==?\s*(?:undefined|null|\"\"|''|None|[\"']v\d)", cond
    ):
        return True
    if _COMPARED.search(cond) and any(
        _DIGEST.search(unit.code[made.value.start : made.value.end])
        for name in _NAMES.findall(cond)
        if (made := binding(unit, name, branch.start)) is not None
    ):
        return True
    # `if (!ok || !events) return`: each side alone refuses.
    named = (_FLAG.search(part) for part in re.split(r"\|\||\bor\b", cond))
    return any(holds_verdict(unit, match.group(1), branch.start) for match in named if match is not None)


def _conditional(unit: Unit, func: Func, offset: int, own: Branch | None = None) -> State:
    """ENFORCED unless the check runs only when the request carries a signature."""
    text = unit.code
    if (
        own is not None
        and PRESENCE.match(text[own.cond[0] : own.cond[1]])
        and "&&" in text[own.cond[0] : own.cond[1]]
    ):
        return _guarded_before(unit, func, own.start)
    for branch in unit.facts.branches:
        if branch is own or not func.start <= branch.start < func.end:
            continue
        cond = text[branch.cond[0] : branch.cond[1]]
        in_cond = branch.cond[0] <= offset < branch.cond[1]
        if in_cond and re.search(
            r"(?i)^\(?\s*(?:\w+\.)*(?!\w*(?:secret|valid))\w*(?:signature|sig)\w*\s*(?:&&|and)\s", cond
        ):
            return _guarded_before(unit, func, branch.start)
        if branch.then[0] <= offset < branch.then[1] and switched_on(unit, cond, branch.start):
            return State.BYPASS
        if (
            branch.then[0] <= offset < branch.then[1]
            and PRESENCE.match(cond)
            and "!" not in cond.split("&&")[0][:3]
            and (branch.other is None or not REJECTS.search(text[branch.other[0] : branch.other[1]]))
        ):
            return _guarded_before(unit, func, branch.start)
    return State.ENFORCED


def _guarded_before(unit: Unit, func: Func, offset: int) -> State:
    """A missing header may have been refused earlier."""
    text = unit.code
    for branch in unit.facts.branches:
        if func.start <= branch.start < offset:
            cond = text[branch.cond[0] : branch.cond[1]]
            if re.search(r"(?i)(?:!|not\s+)\s*\w*\.?\w*sig", cond) and REJECTS.search(
                text[branch.then[0] : branch.then[1]]
            ):
                return State.ENFORCED
    return State.BYPASS


def _wiring(handler: Handler) -> State | None:
    """What middleware, decorators, guards and mounts say, if they check at all."""
    unit, func = handler.unit, handler.func
    where = handler.wiring[0] if handler.wiring else unit
    for guard in handler.guards:
        state = _guard(where, guard)
        if state is not None:
            return state
    klass = unit.facts.class_at(func.start)
    decorators = [*func.decorators, *(klass.decorators if klass else ())]
    params = unit.code[func.param_spans[0] : func.param_spans[1]]
    names = [re.split(r"[(\s]", d)[0] for d in decorators]
    names += re.findall(
        r"(?:Depends|UseGuards|UseInterceptors|Security|method_decorator)\(\s*\[?\s*([\w.]+)",
        " ".join([params, *decorators]),
    )
    for first in run_before(unit, klass) if klass is not None else ():
        state = _guard_state(*first)
        if state is not None:
            return state
    names += named_guards(unit, klass, func)
    for name in names:
        # What can be read is judged by what it does, the rest by its name.
        state = _named_guard(unit, name, func.start)
        if state is not None:
            return state
    return _mounted(where, handler)


def _guard(unit: Unit, guard: Expr) -> State | None:
    if guard.kind == "array":
        return next((s for i in guard.items if (s := _guard(unit, i)) is not None), None)
    if guard.kind == "func":
        func = next((f for f in unit.facts.functions if f.start == guard.start), None)
        return _guard_state(unit, func) if func is not None else None
    if guard.kind == "call" and guard.text.rpartition(".")[2] in ("json", "raw", "urlencoded", "text"):
        verify = next((o.get("verify") for o in guard.items if o.kind == "object"), None)
        return _guard(unit, verify) if verify is not None else None
    if guard.text:
        return _named_guard(unit, guard.text, guard.start)
    return None


def _named_guard(unit: Unit, name: str, offset: int) -> State | None:
    if name.rpartition(".")[2] in unit.project.config.verifier_functions:
        return State.ENFORCED
    targets = resolve(unit, name, offset)
    if not targets:
        targets = [
            (unit, f)
            for f in unit.facts.functions
            if f.owner == name.rpartition(".")[2] and f.name in _GUARDS
        ] or _imported_class(unit, name)
    if targets:
        return next((s for t in targets if (s := _guard_state(*t)) is not None), None)
    told = NAMED.search(name) or name.endswith("Guard")
    return State.UNKNOWN if told and unresolved_import(unit, name) else None


def _guard_state(unit: Unit, func: Func) -> State | None:
    """What a middleware achieves: None if it checks no signature."""
    if not _is_verifier(unit, func):
        return None
    if func.name in ("has_permission", "authenticate"):
        return State.ENFORCED
    state = _inside(unit, func)
    return State.BYPASS if state is State.BYPASS and not _throws_below(unit, func) else State.ENFORCED


def _throws_below(unit: Unit, func: Func) -> bool:
    return any(
        _HARD.search(u.body(f)) and CRYPTO.search(u.body(f)) for u, f in list(reach(unit, func, 2))[1:]
    )


def _imported_class(unit: Unit, name: str) -> list[tuple[Unit, Func]]:
    for imported in unit.facts.imports:
        if imported.local == name.partition(".")[0]:
            other = unit.project.resolve_module(unit, imported.module)
            if other is not None:
                return [(other, f) for f in other.facts.functions if f.name in ("handle", *_GUARDS)]
    return []


def _mounts(unit: Unit) -> list[Expr]:
    """Calls that put something before every handler."""
    wanted = ("use", "addHook", "before_request", "include_router", "add_middleware", "onRequest")
    return [c for c in unit.facts.calls if c.text.rpartition(".")[2] in wanted]


def _mounted(unit: Unit, handler: Handler) -> State | None:
    """`app.use(verify)` in the same file or where the router is mounted; `before_request` hooks."""
    places = [unit, *(u for u, _ in unit.project.importers(unit))]
    for place in places:
        for call in place.memo(_mounts):
            last = call.text.rpartition(".")[2]
            for item in [
                *call.args,
                *(i for k, i in zip(call.keys, call.items, strict=False) if k == "dependencies"),
            ]:
                state = _guard(place, item) if item.kind != "func" or last != "onRequest" else None
                if state is not None:
                    return state
        for func in place.facts.functions:
            if any("before_request" in d or "middleware(" in d for d in func.decorators) and _is_verifier(
                place, func
            ):
                return State.ENFORCED
    return None


def token_checked(handler: Handler) -> bool:
    """Whether the handler refuses callers without a shared secret of its own (a weaker, but real, gate)."""
    body = handler.unit.body(handler.func)
    return bool(_TOKEN_CHECK.search(body)) and bool(re.search(r"\b40[13]\b|Unauthorized|Forbidden", body))
