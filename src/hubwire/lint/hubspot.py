"""Which calls of a file reach HubSpot: raw HTTP, the official SDKs, and wrappers that take a path."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from hubwire.lint import patterns as re
from hubwire.lint.endpoints import HOSTS, Operation, classify, is_hubspot, path_of
from hubwire.lint.facts import Expr
from hubwire.lint.gates import may_call
from hubwire.lint.project import Unit
from hubwire.lint.traces import traces
from hubwire.lint.values import HOLE, binding, fold

VERBS = {
    "get": "GET",
    "post": "POST",
    "put": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "del": "DELETE",
    "head": "HEAD",
}
LIBRARIES = re.compile(
    r"^(?:axios|node-fetch|got|ky|undici|request|request-promise(?:-native|-any)?|superagent|needle|async-request|phin|bent|wretch|ofetch|axios-[\w-]+|cross-fetch|isomorphic-fetch|@nestjs/axios|"
    r"requests|httpx|aiohttp|urllib|urllib2|urllib3|(?:node:)?https?)(?:[./]|$)"
)
_BARE = re.compile(
    r"^(?:fetch|axios|got|ky|request|rp|needle|superagent|nodeFetch|node_fetch|\$fetch|ofetch|fetchWithTimeout|"
    r"(?:\w+\.)*(?:urlopen|Request|urlretrieve)|UrlFetchApp\.fetch|window\.fetch|globalThis\.fetch|self\.fetch|"
    r"(?:this|\w+)\.helpers\.\w*[rR]equest\w*!?(?:\.call)?|"
    r"(?:\w+\.)*(?:request|fetch|_?fetch_?(?:[iI]mpl|[fF]n|[fF]unc)|send|ajax|Request|getJSON|stream))$"
)
_NO_API = re.compile(r"app\.hubspot\.com|(?:developers|knowledge)\.hubspot|/webhook-triggers/")
# `router.get(path, handler)` answers, `request(options, callback)` asks.
_CALLS_BACK = re.compile(r"(?:request|needle|https?|\$|jQuery|superagent)(?:\.\w+)?$")
_SDK_API = re.compile(r"(?:^|\.)(?P<area>[\w.()]*?)\.?(?P<api>\w*(?:Api|_api))(?:\(\))?\.(?P<method>\w+)$")
_WORDS = re.compile(r"[A-Z]?[a-z]+")
_RUNS = re.compile(
    r"(?i)(?:^|[._])(?:to_thread|run_in_executor|run_sync|run_in_threadpool|submit|partial|call|retry|execute)\w*$|retry|_call$"
)
"""What calls a function that it is given."""
_SDK_WORDS = ("Api", "_api", "apiRequest", "crm")
"""What a file that calls an SDK says somewhere."""
_SDK_ALL = re.compile(r"\.crm\.(?:objects\.)?(?P<type>\w+)(?:\(\))?\.(?P<method>getAll|get_all)$")
_STAINLESS = re.compile(
    r"\.crm\.(?:objects\.(?:(?P<type>\w+)\.)?|(?P<other>owners|lists|associations|properties|pipelines)\.)(?P<api>batch\.)?"
    r"(?P<method>list|create|get|update|delete|search|upsert|archive|getAll|get_all)$"
)
_OLD_SDK = re.compile(
    r"(?:^|\.)(?:(?P<area>contacts|companies|deals|oauth|owners)\.)?"
    r"(?P<method>(?<=\.)(?:getAccessToken|refreshAccessToken)|(?<=[sh]\.)\w+)$"
)
_OLD_KINDS = {
    "getAll": "list", "getById": "read", "getByEmail": "read", "create": "create", "update": "update",
    "createOrUpdate": "update", "updateByEmail": "update", "delete": "delete", "deleteById": "delete",
}  # fmt: skip
_NOT_HTTP = re.compile(
    r"(?i)^(?:console|logger|logging|log|print|re|json|expect|assert|describe|it|test|jest|vi|mock|nock|responses|"
    r"process|path|os|document|window\.location|router|app|server|fastify|express|z|yup|joi|t|str|Error|TypeError|"
    r"ValueError|RuntimeError|URL|URLSearchParams|new|urljoin|startswith|includes|replace|push|append|join|split|"
    r"navigate|redirect|useRouter|Schema|patch|monkeypatch)(?:\.|$|\()|\.(?:startsWith|startswith|includes|endsWith|endswith|replace|match|test|"
    r"push|append|join|split|indexOf|log|info|debug|warn|error|warning|redirect|navigate|toBe|toEqual|to_equal|set|add|format|concat|"
    r"toHaveBeenCalledWith|find|some|filter|map|strip|rstrip|use|describe|reply|intercept|onGet|onPost|mockImplementation)$"
)
_LOOKS_UP = re.compile(
    r"(?i)(?:^|[._])(?:options|opts|config|conf|settings|headers|params|kwargs|secrets|environ|env|cache|map|dict|args|cookies)\.get$"
)
_BUILTIN = re.compile(
    r"(?:len|int|float|bool|dict|list|tuple|set|sorted|range|enumerate|isinstance|getattr|setattr|hasattr|open|max|min|sum|"
    r"any|all|zip|map|filter|super|type|parseInt|parseFloat|Number|Boolean|Array\.\w+|Object\.\w+|Math\.\w+|require|import|"
    r"datetime\.\w+|timedelta|Path|hashlib\.\w+|hmac\.\w+|base64\.\w+|setTimeout|clearTimeout|Buffer\.\w+)$"
)
_SDK_KINDS = {
    "getPage": "list", "get_page": "list", "doSearch": "search", "do_search": "search", "getById": "read",
    "get_by_id": "read", "create": "create", "update": "update", "archive": "delete", "list": "list",
    "search": "search", "get": "read", "delete": "delete", "upsert": "update", "getAll": "all",
    "get_all": "all",
    "getByDomain": "read", "createDefault": "create", "create_default": "create",
}  # fmt: skip
_BASIC = {
    "basicApi",
    "basic_api",
    "associationsApi",
    "associations_api",
    "ownersApi",
    "owners_api",
    "membershipsApi",
    "memberships_api",
}
_OAUTH_API = {
    "tokensApi",
    "tokens_api",
    "accessTokensApi",
    "access_tokens_api",
    "refreshTokensApi",
    "refresh_tokens_api",
}


@dataclass(slots=True)
class HubCall:
    """A call that reaches HubSpot."""

    call: Expr
    via: str
    """raw, wrapper, sdk, stainless."""
    method: str
    url: str
    operation: Operation

    @property
    def start(self) -> int:
        """Where the call begins."""
        return self.call.start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.call.end

    @property
    def label(self) -> str:
        """How to name it in a message."""
        if self.via in ("sdk", "stainless"):
            return ".".join(self.call.text.split(".")[-3:])
        return f"{self.method} {path_of(self.url)}".strip().replace(HOLE, "…")[:80]


def find_calls(unit: Unit) -> list[HubCall]:
    """Every call of a file that reaches HubSpot, in order."""
    out: list[HubCall] = []
    if not unit.memo(may_call):
        return out
    # In Python the package of this name is the official SDK.
    old = unit.facts.language != "py" and any(
        i.module in ("hubspot", "node-hubspot") for i in unit.facts.imports
    )
    sdk = any(word in unit.source.text for word in _SDK_WORDS)
    named = unit.memo(_api_names) if sdk else set()
    places = [*unit.memo(traces), len(unit.source.text) + 1]
    for call in unit.facts.calls:
        found = _old_sdk(call) if old else None
        text = call.text
        if found is None and sdk and "." in text:
            said = "pi" in text or "crm." in text or "Request" in text or "_request" in text
            found = _sdk(unit, call) if said or text.partition(".")[0] in named else None
        if found is None and sdk and _runs(text):
            found = _handed_over(unit, call)
        if found is None and places[bisect_left(places, call.start)] < call.end:
            found = _http(unit, call)
        if found is not None:
            out.append(found)
    spans = {(c.start, c.end) for c in out}
    return [c for c in out if not _wraps(c, out, spans)]


def _wraps(outer: HubCall, calls: list[HubCall], spans: set[tuple[int, int]]) -> bool:
    """A call whose only argument is another one (`request(new Request(url))`) is the same request."""
    inner = [i for i in outer.call.items if (i.start, i.end) in spans]
    return bool(inner) and outer.via == "wrapper"


def _sdk(unit: Unit, call: Expr) -> HubCall | None:
    text = call.text
    if "." not in text:
        return None
    if text.endswith((".apiRequest", ".api_request")):
        return _api_request(unit, call)
    head = text.partition(".")[0]
    if "pi." not in text and "_api" not in text and "crm." not in text:
        made = binding(unit, head, call.start) if head in unit.memo(_api_names) else None
        if (
            made is None
            or made.value.kind != "name"
            or not (made.value.text + made.part).endswith(("Api", "_api"))
        ):
            return None
        text = made.value.text + ("." + made.part if made.part else "") + text[len(head) :]
    match = _SDK_ALL.search(text)
    if match:
        return HubCall(call, "sdk", "GET", "", Operation("all", match.group("type")))
    match = _STAINLESS.search(text)
    if match and "basic" not in text:
        kind = _SDK_KINDS.get(match.group("method"), "other")
        if match.group("api"):
            kind = "batch"
        single = kind in ("create", "update", "read", "delete")
        return HubCall(call, "stainless", "", "", Operation(kind, match.group("type") or "", single))
    match = _SDK_API.search(text)
    if match is None or not _sdk_area(unit, match.group("area"), match.group("api")):
        return None
    return HubCall(
        call, "sdk", "", "", _sdk_operation(match.group("api"), match.group("method"), match.group("area"))
    )


def _api_names(unit: Unit) -> set[str]:
    """Names that a file gives to a part of an SDK's client."""
    given = (a for a in unit.facts.assigns if a.value.kind == "name")
    return {a.target for a in given if (a.value.text + a.part).endswith(("Api", "_api"))}


def _handed_over(unit: Unit, call: Expr) -> HubCall | None:
    """A method of the SDK that is given to something that calls it: `to_thread(api.update, id)`."""
    for place, item in enumerate(call.args[:2]):
        if item.kind == "name" and "." in item.text:
            items, keys = call.items[place + 1 :], call.keys[place + 1 :]
            found = _sdk(unit, Expr("call", call.start, call.end, item.text, items, keys))
            if found is not None:
                return found
    return None


def _old_sdk(call: Expr) -> HubCall | None:
    """The client of `npm install hubspot`, retired and still about: `hubspot.contacts.update(id, …)`."""
    match = _OLD_SDK.search(call.text)
    if match is None:
        return None
    area, method = match.group("area"), match.group("method")
    if area is None or area == "oauth":
        return HubCall(call, "sdk", "POST", "", Operation("oauth"))
    kind = _OLD_KINDS.get(method, "other")
    single = kind in ("create", "update", "read", "delete")
    return HubCall(call, "sdk", "", "", Operation(kind, area, single))


def _sdk_area(unit: Unit, area: str, api: str) -> bool:
    if re.search(
        r"(?i)crm|cms|hub|oauth|marketing|automation|webhooks|events|files|settings|communication|conversations",
        area,
    ):
        return True
    return api in ("basicApi", "basic_api", "batchApi", "batch_api", "searchApi", "search_api")


def _sdk_operation(api: str, method: str, area: str) -> Operation:
    if api in _OAUTH_API or "oauth" in area.lower():
        return Operation("oauth")
    kind = _SDK_KINDS.get(method, "other")
    if api in ("batchApi", "batch_api"):
        return Operation("batch")
    object_type = area.rpartition(".")[2].removesuffix("()")
    if api in ("searchApi", "search_api"):
        return Operation("search" if kind == "search" else "other", object_type)
    if api in ("basicApi", "basic_api"):
        if kind == "list" or (kind == "all" and "associations" in area):
            return Operation("list", object_type, batchable="associations" in area)
        return Operation(kind, object_type, batchable=kind in ("create", "update", "read", "delete"))
    if api in _BASIC:
        if kind == "all" or method in ("getPage", "get_page", "getMembershipsPageOrderByAddedToListDate"):
            return Operation("list", object_type, batchable=api.startswith("assoc"))
        return Operation(
            kind, object_type, batchable=api.startswith("assoc") and kind in ("create", "delete")
        )
    if kind in ("list", "all") and api in (
        "formsApi",
        "forms_api",
        "blogPostsApi",
        "sitePagesApi",
        "landingPagesApi",
    ):
        return Operation("list", object_type)
    return Operation("other", object_type)


def _api_request(unit: Unit, call: Expr) -> HubCall | None:
    options = call.items[0] if call.items else None
    if options is None or options.kind != "object":
        return None
    url = fold(unit, options.get("path"))
    method = fold(unit, options.get("method")).upper()
    return HubCall(call, "sdk", method, url, classify(url, "GET" if method == HOLE else method))


def _http(unit: Unit, call: Expr) -> HubCall | None:
    text = call.text
    if _no_request(text) or not call.items or call.items[0].kind == "func":
        return None
    hands_over = len(call.items) > 1 and call.items[1].kind == "func" and not _CALLS_BACK.match(text)
    if hands_over and text.partition(".")[0] not in unit.memo(_libraries):
        return None
    if "." not in text and text not in VERBS:
        text = _alias(unit, call)
    last = text.rpartition(".")[2]
    method = VERBS.get(last.lower(), "")
    raw = bool(method) or bool(_BARE.match(text)) or text in unit.memo(_libraries) or _hooked(unit, call)
    url, method = _target(unit, call, method)
    if not url or not is_hubspot(url):
        return None
    if _NO_API.search(url):
        return None
    if not raw and _sends_nothing(unit, text):
        return None
    via = "raw" if raw and (HOSTS.search(url) or method or last in ("fetch", "request", "run")) else "wrapper"
    if via == "wrapper" and (
        call.kind == "new" or last in ("Request", "URL", "create", "extend", "defaults")
    ):
        return None
    if via == "wrapper" and last[:1].isupper():
        return None
    return HubCall(call, via, method, url, classify(url, method or _guess(call)))


def _hooked(unit: Unit, call: Expr) -> bool:
    """`hook.run(path)`: the HTTP hook of Airflow, whose connection holds the host."""
    head, _, last = call.text.rpartition(".")
    made = binding(unit, head, call.start) if last == "run" and head else None
    return made is not None and made.value.kind == "call" and made.value.text.endswith("HttpHook")


def _sends_nothing(unit: Unit, callee: str) -> bool:
    """A function of this file that calls nothing (`withKey(url)`) only builds an address."""
    own = [f for f in unit.facts.functions if f.name == callee]
    return bool(own) and not any(unit.facts.calls_in(f.body, f.end) for f in own)


def _alias(unit: Unit, call: Expr) -> str:
    """What a callee was before it got its name: `send = requests.patch`, `partial(requests.request)`."""
    made = binding(unit, call.text, call.start)
    if made is None or made.part:
        return call.text
    value = made.value
    if value.kind == "call" and value.text.rpartition(".")[2] == "partial" and value.args:
        value = value.args[0]
    library = value.text.partition(".")[0] in unit.memo(_libraries)
    return value.text if value.kind == "name" and library else call.text


def _libraries(unit: Unit) -> set[str]:
    """Names under which a file calls an HTTP library."""
    names = {i.local for i in unit.facts.imports if LIBRARIES.match(i.module)}
    promised = (
        a for a in unit.facts.assigns if a.value.kind == "call" and a.value.text.endswith("promisify")
    )
    return names | {a.target for a in promised if a.value.args and a.value.args[0].text in names}


@lru_cache(20_000)
def _runs(callee: str) -> bool:
    """Whether a callee may call a function that it is given."""
    return bool(_RUNS.search(callee))


@lru_cache(20_000)
def _no_request(callee: str) -> bool:
    """Whether a callee is something that sends nothing, whatever it is given."""
    return bool(_BUILTIN.match(callee) or _NOT_HTTP.search(callee) or _LOOKS_UP.search(callee))


def _target(unit: Unit, call: Expr, method: str) -> tuple[str, str]:
    """URL and method of a request call."""
    url = ""
    options: list[Expr] = [call]
    for item in call.items:
        if item.kind == "name":
            made = binding(unit, item.text, call.start)
            item = made.value if made is not None and made.value.kind == "object" else item
        if item.kind == "object":
            options.append(item)
    for holder in options:
        value = holder.get("url", "uri", "endpoint", "path", "pathname")
        if value is not None and not url:
            base = holder.get("baseURL", "base_url", "baseUrl", "prefixUrl", "hostname", "host")
            url = (fold(unit, base) if base is not None else "") + fold(unit, value)
        verb = holder.get("method")
        if verb is not None:
            method = fold(unit, verb).upper() or method
    for item in call.args[:3]:
        if url and is_hubspot(url):
            break
        if item.kind in ("str", "template", "binary", "name", "call", "new", "cond", "subscript"):
            text = fold(unit, item)
            if item.kind == "str" and item.text.upper() in VERBS.values():
                method = item.text.upper()
            elif is_hubspot(text):
                url = text
    return url, "" if method == HOLE else method


def _guess(call: Expr) -> str:
    """The method of a call that names none: GET, or `?` when a body is passed along."""
    name = call.text.rpartition(".")[2].lstrip("_")
    low = name.lower()
    for verb, method in VERBS.items():
        if low.startswith(verb):
            return method
    for word in _WORDS.findall(name):
        if word.lower() in VERBS:
            return VERBS[word.lower()]
    has_body = any(
        i.get("body", "data", "json") is not None for i in [call, *call.items] if i.kind in ("object", "call")
    )
    has_more = (
        low not in ("fetch", "urlopen") and len(call.args) > 1 and call.args[-1].kind in ("object", "name")
    )
    return "?" if has_body or has_more else "GET"
