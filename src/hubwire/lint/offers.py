"""What a file has to say before a function of it can be one that HubSpot calls: asked before it is parsed."""

from __future__ import annotations

from hubwire.lint import patterns as re
from hubwire.lint.project import Unit, defined

REGISTER = {
    "post",
    "all",
    "use",
    "route",
    "add_post",
    "add_route",
    "on",
    "handle",
    "add_api_route",
    "add_url_rule",
}
DEPLOY = {"onRequest", "serve", "createServer", "defineEventHandler", "eventHandler", "http", "onCall"}
PY_ROUTE = re.compile(
    r"(?i)^(?:\w+\.)*(?:route|post|api_route|websocket_route|api_view|csrf_exempt|require_POST|require_http_methods|"
    r"http|on_request|function_name|expose|action)\b"
)
ENTRY_NAMES = {
    "handler",
    "lambda_handler",
    "main",
    "do_POST",
    "on_post",
    "POST",
    "onRequest",
    "onRequestPost",
    "fetch",
    "post",
    "webhook",
}
ROUTE_FILE = re.compile(r"(?:^|/)routes/")
"""Of Remix and React Router: `action` takes what is posted."""
STRONG = re.worded(
    (
        "subscriptiontype",
        "subscription_type",
        "changesource",
        "attemptnumber",
        ".creation",
        ".deletion",
        ".propertychange",
        ".merge",
        ".restore",
        ".associationchange",
        ".privacydeletion",
        ".newmessage",
    ),
    r"subscriptionType|subscription_type|[\"'`](?:contact|company|deal|ticket|object|line_item|product|conversation)"
    r"\.(?:creation|deletion|propertyChange|merge|restore|associationChange|privacyDeletion|newMessage)[\"'`]|"
    r"\bchangeSource\b|\battemptNumber\b",
)
HOOK = re.compile(
    r"(?i)web_?-?hook|events?\b|callback|notify|notification|listener|receiv|inbound|incoming|ingest|trigger|hook"
)
REQUEST = re.worded(
    ("req", "ctx", "context", "readbody(", "event.body", "event[", "event.get", "c.req"),
    r"(?i)\b(?:req|request|ctx|c\.req|context)\w*\.(?:text|json|body|raw|arrayBuffer|get_json|data)\b|readBody\(|event\.body|"
    r"event\[[\"']body|event\.get\([\"']body",
)
_ADDED = re.compile(rf"\.\s*(?:{'|'.join(sorted(REGISTER))})\s*\(")
_ROUTER = re.compile(
    r"(?:(?:app|router|server|fastify|routes?|api|express|bp|blueprint|instance|hono|web)\w*|\))\s*$"
)
_ASKED = re.compile(r"def[\s\\]+(\w+)\s*(?:\[[^\]]*\]\s*)?\(\s*(?:#[^\n]*\s*)*request\b")
_CLASS = re.compile(r"class[\s\\]+(\w+)")
_HOOKED = re.compile(r"(?i)web_?hook")


def may_offer(unit: Unit) -> bool:
    """Whether a file registers a function, or has one that is decorated or called as those of servers are."""
    if unit.source.language != "py":
        return True
    return _entered(unit) or _decorates(unit.source.text) or _registers(unit)


def _entered(unit: Unit) -> bool:
    text, names = unit.source.text, unit.memo(defined)
    if not names.isdisjoint(ENTRY_NAMES) or ("action" in names and ROUTE_FILE.search(unit.path)):
        return True
    if "request" in text and any(HOOK.search(name) for name in _ASKED.findall(text)):
        return True
    spoken = "webhook" in unit.low or "web_hook" in unit.low
    if (
        spoken
        and any(_HOOKED.search(name) for name in (*names, *_CLASS.findall(text)))
        and REQUEST.search(text)
    ):
        return True
    return "objectId" in text and "context" in text and "event" in text and bool(STRONG.search(text))


def _decorates(text: str) -> bool:
    at = text.find("@")
    while at >= 0:
        if not text[text.rfind("\n", 0, at) + 1 : at].strip():
            start = at + 1
            while text[start : start + 1].isspace():
                start += 1
            if PY_ROUTE.match(text[start : start + 200]):
                return True
        at = text.find("@", at + 1)
    return False


def _registers(unit: Unit) -> bool:
    low, text = unit.low, unit.source.text
    if any(_ROUTER.search(low, max(0, m.start() - 60), m.start()) for m in _ADDED.finditer(low)):
        return True
    return any(_called(text, name) for name in DEPLOY)


def _called(text: str, name: str) -> bool:
    """Whether a bracket follows a name somewhere."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if text[end : end + 80].lstrip("\\ \t\r\n")[:1] == "(":
            return True
        at = text.find(name, end)
    return False
