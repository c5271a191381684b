"""Signs in code that somebody thought of HubSpot's request limits."""

from __future__ import annotations

from hubwire.lint import patterns as re
from hubwire.lint.endpoints import HOSTS
from hubwire.lint.facts import Func, Loop
from hubwire.lint.hubspot import LIBRARIES, HubCall, find_calls
from hubwire.lint.project import Unit
from hubwire.lint.values import binding

HANDLED = re.compile(
    r"(?i)\b429\b|too_?many_?requests|rate_?limit(?!s?['\"]?\s*:\s*(?:true|false))|\bretry|retries|retryable|with_?retry|retry_?after|retry-after|"
    r"back_?off|tenacity|HTTPAdapter|numberOfApiCallRetries|max_?attempts|(?<![a-z])attempt\s*(?:<|<=|in\b|of\b)|p-retry|axios-?retry|"
    r"bullmq|autoretry|RETRY|rateLimiter|inngest|pg-boss|@sleep_and_retry|ten_secondly|stamina"
)
THROTTLED = re.compile(
    r"(?i)p-?limit\b|p-?queue|bottleneck|(?<!de)limiter|throttl|semaphore|aiolimiter|async-sema|\bmutex|token_?bucket|rate_?limit|"
    r"concurrency|max_?workers|p-?map\b|p-?throttle|mapLimit|eachLimit|bullmq|\bqueue\b|limits?\s*=\s*httpx\.Limits|async_?pool"
)
PACED = re.compile(
    r"(?i)time\.sleep\(|asyncio\.sleep\(|\bsleep\(|\bdelay\(|setTimeout\(\s*(?:resolve|r|res|done|cb|\(\)\s*=>\s*resolve)|\bwait\(|Utilities\.sleep|"
    r"new Promise\(\s*\(?\w+\)?\s*=>\s*setTimeout"
)
_ENDLESS = re.compile(r"\(?\s*(?:True|true|1)\s*\)?$")
_PAUSE = re.compile(r"[^\n]{0,80}?[(,]\s*(\d+)\s*\)")
ONE_SHOT = re.compile(
    r"(?i)(?:^|/)(?:scripts?|bin|migrations?|seeds?|debug|diagnostics?|one-?offs?|notebooks?)/|"
    r"(?:^|/)(?:test|tests|debug|diag|check|verify|setup|seed|migrate|migration|one-?off|try|tmp|temp|scratch|"
    r"probe|bootstrap|inspect|explore|create-(?:props?|propert)|create_(?:\w+_)?propert)(?:[-_.][^/]*)?\.\w+$|"
    r"[-_.](?:test|tests|smoke|once|migration|seed|script|check|setup)\.\w+$"
)
_SERVED = re.compile(
    r"(?i)(?:^|/)(?:controllers?|routes?|handlers?|services?|endpoints?)/(?:[^/]+/)*migrations?/[^/]+$"
)
"""A migration that a server offers is run by whoever asks, as often as they ask."""
# The limiter of one's own server says nothing about HubSpot's, nor does the 429 it answers with.
_OWN_SERVER = (
    r"['\"](?:express-rate-limit|@fastify/rate-limit|express-slow-down|slowapi[\w.]*)['\"]|rateLimit\s*:\s*\{[^}]*\}|"
    r"\w*rateLimit\w*\(\s*\{[^}]*windowMs[^}]*\}|limiter\.limit\([^)]*\)|"
    r"\w*rate_?limit\w*\(\s*(?:req|request|ip|client_?ip|\w+\.ip)\b[^)\n]*\)|"
    r"\bstatus\(\s*429\s*\)[^\n]*|\b(?:res|response|c|ctx)\s*,\s*429\b[^\n]*|"
    r"(?<![=!<>])\b(?:status|status_?code)['\"]?\s*[:=]\s*429\b[^\n]*"
)
_SERVERS = ("ratelimit", "rate-limit", "rate_limit", "limiter.limit", "slow-down", "slowapi", "429")
_SAID_LOW = re.compile(
    r"(['\"`])[^'\"`\n]*(?:too many requests|rate limit)[^'\"`\n]*\1|\w*(?:rate_?limit|limiter)\w*"
)

# The same in small letters: without the flag the engine can skip ahead.
_HANDLED_LOW = re.compile(HANDLED.pattern.removeprefix("(?i)").lower())
_THROTTLED_LOW = re.compile(THROTTLED.pattern.removeprefix("(?i)").lower())
_OWN_SERVER_LOW = re.compile(_OWN_SERVER.lower())
_RETRIERS = ("tenacity", "backoff", "retrying", "stamina")
_AGAIN = re.compile(
    r"\b401\b(?![^\n]*\b429\b)[^\n]{0,60}?\b(retry\w*)|\b(retry\w*)(?![^\n]*\b429\b)[^\n]{0,60}?\b401\b"
)
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")
_LIMIT_SAID = re.compile(r"429|rate.?limit|too many|back.?off|throttl")
_CERTAIN = (
    "too_many_requests", "toomanyrequests", "retries", "retryable", "with_retry", "withretry", "retry_after",
    "retryafter", "retry-after", "backoff", "back_off", "tenacity", "httpadapter",
    "max_attempts", "maxattempts",
    "dlt.sources.helpers",
    "p-retry", "axios-retry", "axiosretry", "bullmq", "pg-boss", "ten_secondly", "bottleneck", "aiolimiter",
)  # fmt: skip
_LITERALS = (
    "429", "toomany", "too_many", "too many", "ratelimit", "rate_limit", "retr", "backoff", "back_off",
    "tenacity", "httpadapter", "attempt", "bullmq", "inngest", "pg-boss", "ten_secondly",
    "stamina", "limit", "dlt.sources",
    "queue", "bottleneck", "throttl", "sema", "mutex", "bucket", "concurrency",
    "max_workers", "maxworkers",
    "p-map", "pmap", "pool",
)  # fmt: skip


def prepared(unit: Unit) -> bool:
    """Whether a file shows any sign of handling 429 or of staying below the limit."""
    low = _without_unused(unit, re.lowered(unit.code))
    # A case-blind search walks every character; most files hold none of these words.
    if not any(word in low for word in _LITERALS):
        return False
    if "401" in low:
        low = _without_sign_in(low)
    if any(word in low for word in _CERTAIN):
        return True
    own = _OWN_SERVER_LOW.search(low) if any(word in low for word in _SERVERS) else None
    return _spoken(low) if own is None else _told(_SAID_LOW.sub("", _OWN_SERVER_LOW.sub("", low)))


def _without_unused(unit: Unit, low: str) -> str:
    """A file without the imports of a retrying library that it makes no use of."""
    if not any(word in low for word in _RETRIERS):
        return low
    code = unit.code
    made = [i for i in unit.facts.imports if i.module.partition(".")[0] in _RETRIERS and i.local]
    if not made or any(len(re.findall(rf"\b{re.escape(i.local)}\b", code)) > 1 for i in made):
        return low
    for imported in made:
        code = code[: imported.start] + " " * (imported.end - imported.start) + code[imported.end :]
    return code.lower()


def _without_sign_in(low: str) -> str:
    """A file without the flag that lets it sign in once more after 401, which answers no 429."""
    for name in {a or b for a, b in _AGAIN.findall(low)}:
        low = re.sub(rf"\b{name}\b(?!\s*\()", " ", low)
    return low


def _spoken(low: str) -> bool:
    """The patterns, tried on the lines that hold one of their words: a search of the whole file is slow."""
    seen: set[str] = set()
    for word in _LITERALS:
        at = low.find(word)
        while at >= 0:
            start, end = low.rfind("\n", 0, at) + 1, low.find("\n", at)
            line = low[start : end if end >= 0 else len(low)]
            if line not in seen:
                seen.add(line)
                said = _QUOTED.sub(_without_prose, line)
                if _HANDLED_LOW.search(said) or _THROTTLED_LOW.search(said):
                    return True
            at = low.find(word, start + len(line))
    return False


def _without_prose(quoted: re.Match[str]) -> str:
    """A sentence that speaks of a queue is none; one that speaks of the limit stands where it is handled."""
    text = quoted.group()
    return '""' if text.count(" ") > 1 and not _LIMIT_SAID.search(text) else text


def _told(low: str) -> bool:
    return bool(_HANDLED_LOW.search(low) or _THROTTLED_LOW.search(low))


def paced(unit: Unit) -> bool:
    """Whether some loop of a file sleeps between its steps."""
    if not any(word in unit.low for word in ("sleep", "delay", "settimeout", "wait(")):
        return False
    return any(
        any(not _watches(unit, x, m) for x in unit.facts.loops_at(m.start()))
        for m in PACED.finditer(unit.code)
    )


def _watches(unit: Unit, loop: Loop, pause: re.Match[str]) -> bool:
    """Whether a loop starts the work again from time to time, which paces nothing within it."""
    if "run_pending" in unit.code[loop.body : loop.end]:
        return True
    told = _PAUSE.match(unit.code, pause.start())
    if told is None or loop.kind != "while" or not _ENDLESS.match(loop.over):
        return False
    return int(told.group(1)) >= (30 if unit.facts.language == "py" else 30_000)


def relevant(unit: Unit) -> list[HubCall]:
    """Calls that spend the request quota: no OAuth exchanges, no form submissions."""
    return [c for c in unit.memo(find_calls) if c.operation.kind not in ("oauth", "form")]


def function_at(unit: Unit, offset: int) -> Func | None:
    """The innermost function with a name around an offset, else the innermost at all."""
    chain = unit.facts.chain(offset)
    named = next((i for i in chain if unit.facts.functions[i].name), chain[-1] if chain else None)
    return unit.facts.functions[named] if named is not None else None


def scope_text(unit: Unit, offset: int) -> str:
    """Code of the named function around an offset, or of the whole file at module level."""
    func = function_at(unit, offset)
    return unit.body(func) if func is not None else unit.code


def one_shot(unit: Unit) -> bool:
    """Whether the file looks like a script somebody runs by hand, or a test."""
    return unit.is_test or bool(ONE_SHOT.search(unit.path) and not _SERVED.search(unit.path))


def wrapped(unit: Unit, kind: str) -> bool:
    """Whether the type of a parameter is imported from something that is no HTTP library: how often it asks
    and what it does at 429 is decided there."""
    name = re.match(r"[\w$]+", kind)
    source = next((i for i in unit.facts.imports if name is not None and i.local == name.group()), None)
    return source is not None and not LIBRARIES.match(source.module)


def handed_in(unit: Unit, call: HubCall) -> bool:
    """Whether a request goes through something its class was given, which is no bare HTTP client."""
    holder, _, _ = call.call.text.removeprefix("self.").removeprefix("this.").partition(".")
    made = binding(unit, f"self.{holder}", call.start) or binding(unit, f"this.{holder}", call.start)
    if made is None or made.value.kind != "name":
        return False
    index = unit.facts.func_at(made.start)
    func = unit.facts.functions[index] if index >= 0 else None
    if func is None or made.value.text not in func.params:
        return False
    kind = dict(func.types).get(made.value.text, "")
    if wrapped(unit, kind):
        return True
    plain = re.search(r"(?i)session|http|requests|axios", f"{holder} {made.value.text} {kind}")
    return plain is None and not HOSTS.search(call.url)
