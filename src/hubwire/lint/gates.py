"""What the text of a file rules out before anybody parses it.

Most files that speak of HubSpot never call it. Each question here asks for words that a find could not do
without, so a no is certain and a yes means only that the parser has to be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from hubwire.lint import patterns as re
from hubwire.lint.endpoints import FAMILIES
from hubwire.lint.project import Unit, imports_of
from hubwire.lint.values import fold

_WORDS = (
    "hubapi", "crm-object-schemas/", "app-webhooks/", "settings/users", "account-info/", "filemanager/api",
    "communication-preferences/", "hubdb/api", "extensions/", "crm/timeline",
)  # fmt: skip
# Patterns that begin with letters: the engine skips to the next of these.
_VERSIONS = (
    re.compile(r"v(?:[1-4](?:[/\"'`{$]|$)|[{$])"), re.compile(r"20\d\d-\d\d(?:[/\"'`{$]|$)"),
)  # fmt: skip
_PLACED = re.compile(rf"[/}}\"'`](?:{FAMILIES})")
_HOLE = re.compile(r"(?:[}\"'`]|%(?:\(\w+\))?[sdi])$")
_SETTING = re.compile(
    r"hub_?spot[_\"'\]\[.]*(?:api_?)?(?:base_?)?(?:url|uri|endpoint|host|api_?root|api_?base|root)\b"
)
_HOST = re.compile(r"(?:api[\w-]*\.|[}\"'`]\.?)$")
_IMPORTING = re.compile(r"[ \t]*(?:from|import)\b")
_IMPORTS_SDK = re.compile(r"(?:^|[;:\n])[ \t]*(?:from[ \t]+|import\b[^\n]*\b)(?:hubspot(?:3|\b)|hapi\.)")
_SCRIPT_SDKS = ("@hubspot/api-client", "node-hubspot", "'hubspot", '"hubspot', "`hubspot")
_REQUEST = re.compile(r"api(?:R|_r)equest")
_CRM = re.compile(r"crm\b")
_API = (re.compile(r"_api\b(?![\"'`])"), re.compile(r"Api\b(?![\"'`])"))
_GIVES = re.compile(r"\b(?:return|yield)\b[ \t]*[^\s#;]")
_OUTERMOST = re.compile(r"\n(?:def|async|class|@)")
_APIS = ("basic", "batch", "search")
# A literal with nothing but a path of names: `"app.hubspot_api.apps"`.
_PATH_HEAD = re.compile(r"[\"'][\w.]*$")
_PATH_TAIL = re.compile(r"[\w.]*[\"']")
_ASKED = re.compile(r"(\.?)\s*(\w*)$")
_HUB = re.compile(r"hub_?-?spot|hs[-_/]")
_DEFINED = ("def ", "async def ", "class ", "@")
_REGISTERS = re.compile(
    r"\.(?:post|all|use|route|add_post|add_route|on|handle|add_api_route|add_url_rule)\(\s*[rf]?[\"'`][\w.-]*$"
)
# Whatever hands what it was asked on to a function of another file.
_PLATFORMS = (
    "webhook", "web_hook", "web-hook", "onrequest", "serve", "createserver", "eventhandler", "http(",
    "oncall",
)  # fmt: skip
_ENTRY = re.compile(
    r"def\s+(?:(?:handler|lambda_handler|main|do_post|on_post|post|fetch)\s*\(|"
    r"\w*(?:hook|event|callback|notif|listener|receiv|inbound|incoming|ingest|trigger)\w*\s*\(\s*request\b)"
)
_ADDED = re.compile(
    r"\.\s*(?:post|all|use|route|add_post|add_route|on|handle|add_api_route|add_url_rule)\s*\("
)
_ROUTER = re.compile(
    r"(?:app|router|server|fastify|routes?|api|express|bp|blueprint|instance|hono|web)\w*(?:\(\))?\s*$"
)
_BROUGHT = ("hubspot-signature", "hubspot signature", "objectid", "hs_object_id", "canonical-vid")
_PAYLOAD = (
    "subscriptionType", "subscription_type", "subscriptionId", "objectTypeId", "propertyName",
    "propertyValue", "changeSource", "changeFlag", "portalId", "eventId", "occurredAt", "attemptNumber",
)  # fmt: skip
_EVENT = re.compile(
    r"\.(?:creation|deletion|propertyChange|merge|restore|associationChange|privacyDeletion|newMessage)[\"'`]"
)
BASES = ("baseurl", "base_url", "prefixurl")
"""What names the address that a client object begins its own with, in small letters."""
_PIECE = re.compile(r"(?i)hub|crm|v\d|20\d\d|\.com")
_HOPS = 2
"""Modules that an address may come through on its way to the file that imports it."""


def address(unit: Unit) -> bool:
    """Whether the text of a file holds what could become an address of HubSpot's API."""
    low = unit.low
    if any(word in low for word in _WORDS):
        return True
    # A version at the head of a literal may follow any path, elsewhere it follows one of HubSpot's.
    for found in chain.from_iterable(pattern.finditer(low) for pattern in _VERSIONS):
        start = found.start()
        slash = low[start - 1 : start] == "/"
        if _HOLE.search(low, max(0, start - 40), start - slash):
            return True
        if slash and (found.group()[1] in "{$" or _PLACED.search(low, max(0, start - 40), found.end())):
            return True
    if _SETTING.search(low):
        return True
    at = low.find("hubspot.com")
    while at >= 0:
        if _HOST.search(low, max(0, at - 12), at):
            return True
        at = low.find("hubspot.com", at + 1)
    return False


def told_address(unit: Unit, hops: int = _HOPS) -> bool:
    """Whether a file holds an address, or imports a name that may stand for one."""
    if unit.memo(address):
        return True
    if not hops:
        return False
    for module, names in unit.memo(imports_of):
        other = unit.project.resolve_module(unit, module)
        if other is None or other is unit:
            continue
        if any(gives_address(other, symbol, hops - 1) for _, symbol in _taken(unit, names)):
            return True
    return False


def _taken(unit: Unit, names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Local name → symbol of an import; of a whole Python module, what the text takes from it."""
    for local, symbol in names:
        if symbol == "*" and local != "*" and unit.source.language == "py":
            taken = re.findall(rf"\b{re.escape(local)}\s*\.\s*(\w+)", unit.source.text)
            yield from ((local, one) for one in dict.fromkeys(taken))
        else:
            yield local, symbol


def gives_address(other: Unit, symbol: str, hops: int = _HOPS - 1) -> bool:
    """Whether a name of a module may stand for an address, or be a function that returns one."""
    known = other.project.given
    key = (other.path, symbol, hops)
    if key not in known:
        known[key] = False
        known[key] = _gives(other, symbol, hops)
    return known[key]


def _gives(other: Unit, symbol: str, hops: int) -> bool:
    if other.source.language != "py" or symbol in ("*", "default", ""):
        return told_address(other, hops)
    for module, names in other.memo(imports_of):
        for local, name in names:
            if local == symbol and hops:
                deeper = other.project.resolve_module(other, module)
                if deeper is not None and deeper is not other and gives_address(deeper, name, hops - 1):
                    return True
    return _made(other.source.text, symbol) and told_address(other, hops) and stands(other, symbol)


def stands(unit: Unit, name: str) -> bool:
    """Whether what a file gives a name, or a function of that name returns, may be part of an address."""
    facts = unit.facts
    given = [a.value for a in facts.assigns if a.target == name and not a.part]
    texts = [fold(unit, e) for value in given for e in value.walk() if e is value or e.kind != "other"]
    for func in facts.functions:
        if func.name.rpartition(".")[2] == name:
            texts += [fold(unit, r) for r in facts.returns if func.start <= r.start < func.end]
    return any("/" in text or _PIECE.search(text) for text in texts)


def _made(text: str, name: str) -> bool:
    """Whether a line of a Python text begins with giving a name a value, or defines what returns one."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not (text[end : end + 1].isalnum() or text[end : end + 1] == "_"):
            head = text[text.rfind("\n", 0, at) + 1 : at].strip()
            if head.endswith(",") or (head in ("def", "async def") and _returns(text, at)):
                return True
            if head in ("", "(", "[") and text[end : end + 40].lstrip()[:1] in ("=", ":", ",", ")", "]"):
                return True
        at = text.find(name, end)
    return False


def _returns(text: str, at: int) -> bool:
    """Whether the function whose name stands at an offset may give something back."""
    start = text.rfind("\n", 0, at) + 1
    # A method ends with the file: nobody looks for the end of its class.
    after = _OUTERMOST.search(text, at) if not text[start].isspace() else None
    body = text[at : after.start() if after is not None else len(text)]
    cut = body.count('"""') % 2 or body.count("'''") % 2
    return bool(cut or _GIVES.search(body))


def sdk_called(unit: Unit) -> bool:
    """Whether a file holds a call of an SDK by its shape."""
    if unit.source.language != "py" and unit.memo(imports_sdk):
        return True
    return any(_dotted(unit, pattern) for pattern in (_REQUEST, _CRM, *_API))


def _dotted(unit: Unit, pattern: re.Pattern[str]) -> bool:
    """Whether a path of names holds this one, outside of the imports of Python."""
    text, python = unit.source.text, unit.source.language == "py"
    for found in pattern.finditer(text):
        if python and _IMPORTING.match(text, text.rfind("\n", 0, found.start()) + 1):
            continue
        asked = _ASKED.search(text, max(0, found.start() - 80), found.start())
        dot, name = asked.groups() if asked is not None else ("", "")
        if dot and asked is not None and "\n" in asked.group() and _commented(text, asked.start()):
            continue
        if (
            python
            and _PATH_HEAD.search(text, max(0, found.start() - 80), found.start())
            and (_PATH_TAIL.match(text, found.end()))
        ):
            continue
        if pattern in _API:
            if not python or dot or name.startswith(_APIS):
                return True
        elif dot and not name:
            return True
    return False


def _commented(text: str, offset: int) -> bool:
    """Whether an offset stands behind a comment sign of its line."""
    return "#" in text[text.rfind("\n", 0, offset) + 1 : offset]


def imports_sdk(unit: Unit) -> bool:
    """Whether a file imports HubSpot's package or one called like it."""
    text = unit.source.text
    if unit.source.language != "py":
        return any(name in text for name in _SCRIPT_SDKS)
    if "hapi." in text and _IMPORTS_SDK.search(text):
        return True
    at = text.find("hubspot")
    while at >= 0:
        if _IMPORTS_SDK.search(text, max(0, text.rfind("\n", 0, at)), at + 8):
            return True
        at = text.find("hubspot", at + 7)
    return False


def may_make(unit: Unit) -> bool:
    """Whether a file may make a client of HubSpot."""
    if unit.memo(imports_sdk):
        return True
    return any(word in unit.low for word in BASES) and unit.memo(told_address)


def may_call(unit: Unit) -> bool:
    """Whether a file may call HubSpot."""
    return unit.memo(told_address) or unit.memo(sdk_called)


def may_be_asked(unit: Unit) -> bool:
    """Whether a file that may call HubSpot imports another one, which it may hand its addresses to."""
    return any(user.memo(may_call) and not user.is_test for user in unit.project.naming(unit))


def may_handle(unit: Unit) -> bool:
    """Whether HubSpot may call a function of a Python file, or one that it registers from another."""
    if unit.source.language != "py" or unit.memo(payload) or _named(unit):
        return True
    return _hands_on(unit) and any(other.memo(payload) for other in _two_below(unit))


def _hands_on(unit: Unit) -> bool:
    """Whether a Python file may hand what it was asked on to a function of another file."""
    low, path = unit.low, unit.path.lower()
    if any(word in low or word in path for word in _PLATFORMS) or _ENTRY.search(low):
        return True
    return any(_ROUTER.search(low, max(0, m.start() - 60), m.start()) for m in _ADDED.finditer(low))


def payload(unit: Unit) -> bool:
    """Whether a file names a part of what HubSpot's webhooks bring."""
    low, text = unit.low, unit.source.text
    if any(word in low for word in _BROUGHT) or any(word in text for word in _PAYLOAD):
        return True
    return bool(_EVENT.search(text))


def _named(unit: Unit) -> bool:
    """Whether a Python file, or a function, class or route in it, is called after HubSpot."""
    tail = "/".join(unit.path.lower().rsplit("/", 2)[-2:])
    if _HUB.search(tail):
        return True
    low = unit.low
    for found in _HUB.finditer(low):
        start, end = found.span()
        head = low[low.rfind("\n", 0, start) + 1 : start]
        if head.lstrip().startswith(_DEFINED):
            return True
        quote = max(head.rfind('"'), head.rfind("'"), head.rfind("`")) + 1
        piece = head[quote:] if quote else " "
        if " " not in piece and "://" not in piece:
            rest = re.split(r"[\"'`\s]", low[end : end + 80], maxsplit=1)[0]
            if "/" in piece + rest or _REGISTERS.search(head):
                return True
    return False


def _two_below(unit: Unit) -> Iterator[Unit]:
    """The files that a file imports, and those that they import."""
    for module, _ in unit.memo(imports_of):
        other = unit.project.resolve_module(unit, module)
        if other is not None:
            yield other
            for deeper, _ in other.memo(imports_of):
                below = unit.project.resolve_module(other, deeper)
                if below is not None:
                    yield below
