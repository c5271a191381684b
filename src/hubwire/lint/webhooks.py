"""Functions that receive HubSpot's webhooks: where they are and how they are wired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hubwire.lint import patterns as re
from hubwire.lint.facts import Expr, Func
from hubwire.lint.flow import Target, reach, resolve
from hubwire.lint.gates import may_handle
from hubwire.lint.guarded import router_prefix
from hubwire.lint.offers import (
    DEPLOY,
    ENTRY_NAMES,
    HOOK,
    PY_ROUTE,
    REGISTER,
    REQUEST,
    ROUTE_FILE,
    STRONG,
    may_offer,
)  # fmt: skip
from hubwire.lint.project import Unit
from hubwire.lint.values import binding, fold

_ROUTERS = re.compile(
    r"(?i)^(?:\w*(?:app|router|server|fastify|routes?|api|express|bp|blueprint|instance|hono|web)\w*)(?:\(\))?$"
)
_HOOKS = ("onRequest", "preParsing", "preValidation", "preHandler", "pre")
"""Of a route of Fastify or Hapi: what runs before its handler."""
_ENTRY_FILE = re.compile(
    r"(?i)(^|/)(pages/api|app/.*/route\.\w+$|api/|netlify/functions|functions/|lambda|server/api|routes?/)"
)
_FIELDS = re.compile(
    r"\b(?:objectId|portalId|propertyName|propertyValue|eventId|occurredAt|subscriptionId|objectTypeId|changeFlag)\b"
    r"(?![\"']?\s*:)"
)
_WORKFLOW = re.compile(
    r"\b(?:hs_object_id|objectId|object_id|canonical-vid|\bvid\b|portalId|portal_id|callbackId|origin)\b"
)
_HUB = re.compile(r"(?i)hub_?-?spot|(?<![a-z])hs[-_/]")
_OAUTH = re.compile(r"(?i)oauth|/auth\b|install|login|redirect|signin|disconnect|connect\b|token")
_VENDORS = re.compile(
    r"(?i)stripe|shopify|calendly|typeform|sendgrid|twilio|slack|github|gitlab|zendesk|intercom|segment|facebook|meta[-_/]|"
    r"brevo|mailchimp|mailgun|clerk|supabase|paypal|razorpay|woocommerce|airtable|notion|salesforce|pipedrive|jotform|"
    r"lemlist|instantly|apollo|clay|affirm|wix|aircall|mollie|gocardless|chargebee|adyen|tawk|pylon|whatsapp|zoom|docusign|pandadoc|quickbooks|xero|netsuite|freshdesk|"
    r"buildium|servicem8|webflow|blockpass|hotmart|frontegg|lob[-_/]|telegram|vapi|retell|fireflies|jira|linear|monday|eventbrite"
)
_TELLING = {"propertyName", "propertyValue", "eventId", "occurredAt", "subscriptionId", "changeFlag"}
_SETUP = re.compile(
    r"(?i)(?:setup|register|subscribe|create|manage|configure|list|delete|update|enable)[-_]?\w*(?:hub_?spot)?[-_]?\w*(?:web_?hook|subscription)s?"
)
_LOGIN = re.worded(
    ("auth", "require", "session", "user", "jwt", "login"),
    r"(?i)is_?authenticated|require_?(?:auth|user|session|login)|get_?(?:server)?session|current_?user|req\.user\b|auth\(\)|getUser\(|verify_?jwt|"
    r"jwt\.verify|with_?auth|session\.user|login_required|auth_required|require_login",
)
# Functions that HubSpot runs itself: custom coded workflow actions and the back ends of UI extensions.
_SERVERLESS = re.compile(
    r"\binputFields\b|\boutputFields\b|\bPRIVATE_APP_ACCESS_TOKEN\b|context\.parameters\b|\bpropertiesToSend\b"
)
_MANAGES = re.compile(r"(?i)target_?url|subscriptions_?api|(?:create|ensure|register|update)\w*subscription")
_DIRECT = re.compile(r"(?i)hub_?spot[\w.]*web_?hook|web_?hook[\w.]*hub_?spot")
_READ_ID = re.compile(
    r"(?i)(?:body|data|payload|contact|deal|company|event|record)\w*(?:\??\.|\[[\"']|\.get\([\"'])(?:hs_object_id|canonical-vid|objectId)\b"
)
_VERIFIES = re.compile(r"(?i)_?(?:verif|valid|check|is_?valid)\w*sign")
_READS = re.compile(r"(?:^|_)(?:match|matches|is|has|parse|extract|detect|identify|normali[sz]e)(?:[A-Z_]|$)")
"""Helpers that only say what a request is."""
_INVOKED = {"event", "context"}
_READ_TYPE = re.compile(
    r"(?:\.|[\[(][\"'`])subscription_?[tT]ype\b|\{[^{}:]*\bsubscriptionType\b[^{}]*\}\s*(?:=[^>]|\bof\b|[,)])"
)
_SUBSCRIPTION = {"subscriptionType", "subscription_type"}
_PUSHED = re.compile(
    r"(?i)(?:decod|pars|unwrap|receiv)\w*pub_?sub|message[\"']\]\[[\"']data\b|\.message\??\.data\b"
)
"""A queue of Google's hands on what was verified before it was put there."""
_OPENED = re.compile(
    r"\b(\w+)\??\.(?:subscriptionType|objectId|propertyName|propertyValue|eventId|portalId)\b"
)
_STORED = re.compile(
    r"(?i)\b(?:kv|redis|cache|storage|store|db|prisma|supabase)\w*\s*[.(<]|\.find(?:One|First|Unique|Many|ById)\w*\("
)
_TAKES = re.compile(r"(?i)(?:handle|receive|process|on|incoming)_?\w*web_?hook")
_CODE = re.compile(r"(?i)authorization_?code|exchange\w*(?:code|token)|code\w*(?:for|to)_?\w*token")
"""The last step of a login."""
_OUTSIDE = re.compile(r"(?i)api\.hubapi|hubspot\w*client|hubspot\w*\.crm|HUBSPOT_\w*(?:TOKEN|KEY)")
_READS_BODY = re.compile(
    r"(?i)\b(?:req|request|ctx|c|context|event|r|self)\b\.?\w*\.?(?:body|json|data|get_json|get_data|get_media|media|text|rawBody|payload|form|rfile|"
    r"POST)|request\.body|getRequestBody|await "
    r"req|readBody|readRawBody|event\[[\"']body|event\.get\([\"']body|@Body|Body\(|: "
    r"(?:List|list|dict|Dict|Any|\w*Event|\w*Payload)|payload|events?\b"
    r"|\(\s*(?:req|request|ctx|c|event)\s*[,)]"
)

_ASKED_BY_GET = re.compile(r"queryStringParameters|req(?:uest)?\.query\b|searchParams\.get|request\.args")

# Something every handler of HubSpot's webhooks has: a name for what it is, or a field of the payload.
_SIGNS = (
    "webhook", "object_id", "objectid", "listener", "ingest", "incoming", "inbound", "portalid", "web_hook",
    "web-hook", "subscriptiontype", "subscription_type", "propertychange", "x-hubspot", "callbackid",
)  # fmt: skip
_ROUTE = re.compile(r"[\"'`]/[\w/-]*\n?")
_HANDLES = re.compile(r"handle\w*event")


@dataclass(slots=True)
class Handler:
    """A function that HubSpot calls."""

    unit: Unit
    func: Func
    route: str = ""
    guards: list[Expr] = field(default_factory=list)
    """Middleware named where the handler is registered."""
    wiring: tuple[Unit, Expr] | None = None
    """The registering call."""
    strong: bool = True
    """False when only names, not the payload, say that HubSpot calls it."""


def _possible(unit: Unit) -> bool:
    low, path = unit.low, unit.path.lower()
    if any(sign in low or sign in path for sign in _SIGNS) or _HANDLES.search(low):
        return True
    # A route that names HubSpot, looked for from its name backwards: that reads little of the file.
    at = low.find("hubspot")
    while at >= 0:
        start = max(0, at - 200)
        quote = max(low.rfind('"', start, at), low.rfind("'", start, at), low.rfind("`", start, at))
        if quote >= 0 and _ROUTE.fullmatch(low, quote, at):
            return True
        at = low.find("hubspot", at + 1)
    return False


def find_handlers(unit: Unit) -> list[Handler]:
    """HubSpot webhook handlers registered or declared in a file."""
    if unit.is_test or not _possible(unit) or not unit.memo(may_handle) or not may_offer(unit):
        return []
    out: list[Handler] = []
    seen: set[tuple[str, int]] = set()
    for handler in _candidates(unit):
        key = (handler.unit.path, handler.func.start)
        if key in seen or (handler.wiring is None and _wired_elsewhere(handler)):
            continue
        seen.add(key)
        judged = _from_hubspot(handler)
        if judged is not None:
            handler.strong = judged
            out.append(handler)
    if any(h.strong for h in out):
        # Where one handler opens HubSpot's events, what only lies under its path is somebody else's.
        out = [h for h in out if h.strong or _WORKFLOW.search(h.unit.body(h.func)) or _HUB.search(_tail(h))]
    return _outermost(out)


def _tail(handler: Handler) -> str:
    """What a route says without the prefix that it shares with the others of its class."""
    return f"{handler.route.rpartition('/')[2]} {handler.func.name}"


def _wired_elsewhere(handler: Handler) -> bool:
    """Registered in another file, which then speaks for it."""
    unit = handler.unit
    for importer, _ in unit.project.importers(unit):
        if importer is not unit and any(
            h.unit is unit and h.func.start == handler.func.start for h in importer.memo(_all_registered)
        ):
            return True
    return False


def _all_registered(unit: Unit) -> list[Handler]:
    return list(_registered(unit))


def _outermost(handlers: list[Handler]) -> list[Handler]:
    """A handler inside another one is part of it."""
    return [
        h
        for h in handlers
        if not any(
            o is not h and o.unit is h.unit and o.func.start <= h.func.start and h.func.end <= o.func.end
            for o in handlers
        )
    ]


def _candidates(unit: Unit) -> Iterator[Handler]:
    yield from _registered(unit)
    for func in unit.facts.functions:
        if func.decorators:
            yield from _decorated(unit, func)
    yield from _entries(unit)


def _registered(unit: Unit) -> Iterator[Handler]:
    """`app.post(path, guard, handler)` and its kin."""
    functions = {f.start: f for f in unit.facts.functions}
    for call in unit.facts.calls:
        head, _, last = call.text.rpartition(".")
        deploy = last in DEPLOY
        if not deploy and (last not in REGISTER or not _ROUTERS.match(head.rpartition(".")[2] or head)):
            continue
        if last == "use" and len(call.items) < 2:
            continue
        route = next((fold(unit, i) for i in call.items if i.kind in ("str", "template", "binary")), "")
        base = call.base.base if call.base is not None else None
        if not route and base is not None and base.kind == "call" and base.items:
            route = fold(unit, base.items[0])
        guards = [i for i in call.items if i.kind in ("name", "call", "array", "func")]
        options = [i for i in call.items if i.kind == "object"]
        if not guards and last == "route":
            # Hapi, and Fastify in full: `server.route({ method, path, handler })`.
            guards = [h for o in options if (h := o.get("handler")) is not None]
            route = next((fold(unit, p) for o in options if (p := o.get("path", "url")) is not None), route)
        if not guards:
            continue
        hooks = [h for o in options for name in _HOOKS if (h := o.get(name)) is not None]
        guards = [*hooks, *guards]
        handler = guards[-1]
        if handler.kind == "call" and handler.text.endswith(".bind"):
            handler = Expr("name", handler.start, handler.end, handler.text.removesuffix(".bind"))
        if handler.kind == "call" and handler.items:
            wrapped = next((i for i in reversed(handler.items) if i.kind in ("func", "name")), None)
            guards.append(wrapped) if wrapped is not None else None
            handler = wrapped or handler
        if handler.kind == "func" and handler.start in functions:
            where, what = _handed_on(unit, functions[handler.start])
            yield Handler(where, what, route, guards[:-1], (unit, call))
        elif handler.kind == "name":
            for where, what in resolve(unit, handler.text, call.start):
                yield Handler(where, what, route, guards[:-1], (unit, call))


def _decorated(unit: Unit, func: Func) -> Iterator[Handler]:
    for text in func.decorators:
        if unit.facts.language == "py":
            if not PY_ROUTE.match(text) or re.match(r"(?i)(?:\w+\.)*get\b", text):
                continue
            if "route(" in text and "GET" in text and "POST" not in text:
                continue
        elif not re.match(r"(?:Post|All|HttpPost)\b", text):
            continue
        match = re.search(r"[\"'`]([^\"'`]*)[\"'`]", text)
        klass = unit.facts.class_at(func.start)
        prefix = " ".join(re.findall(r"[\"'`]([^\"'`]+)[\"'`]", " ".join(klass.decorators))) if klass else ""
        prefix = prefix or router_prefix(unit, func)
        yield Handler(unit, func, f"{prefix}/{match.group(1) if match else ''}")


def _entries(unit: Unit) -> Iterator[Handler]:
    """Functions a platform calls by name or as the default export."""
    default = unit.facts.exports.get("default", "")
    for func in unit.facts.functions:
        if func.parent >= 0 and not func.owner:
            continue
        name = func.name.rpartition(".")[2]
        is_default = default and (default == func.name or default == f"@{func.start}")
        wanted = name in ENTRY_NAMES or (is_default and _ENTRY_FILE.search(unit.path))
        wanted = wanted or (name == "action" and ROUTE_FILE.search(unit.path))
        view = unit.facts.language == "py" and func.params[:1] == ("request",)
        django = view and HOOK.search(name) and not _READS.search(name)
        label = f"{func.owner}.{name}" if func.owner else name
        if func.params and _names_itself(label, unit.body(func)):
            yield Handler(unit, func, label)
            continue
        if func.owner and _INVOKED.issubset(func.params) and _takes_events(unit.body(func)):
            yield Handler(unit, func, label)
            continue
        if not wanted and not django:
            continue
        if unit.facts.language != "py" and not (func.exported or is_default or name in ("fetch",)):
            continue
        if name == "main" and not func.params:
            continue
        if name in ("post", "fetch", "webhook") and not func.params:
            continue
        if func.owner and name not in ("do_POST", "post", "on_post", "fetch"):
            continue
        yield from _routed(unit, func)
        where, what = _handed_on(unit, func)
        yield Handler(where, what, unit.path if _ENTRY_FILE.search(unit.path) else "")


def _routed(unit: Unit, func: Func) -> Iterator[Handler]:
    """Functions that an entry hands its request to, by the path that was asked for."""
    for call in unit.facts.calls_in(func.start, func.end) if func.params else ():
        if not re.search(r"(?i)web_?hook", call.text) or func.params[0] not in [a.text for a in call.args]:
            continue
        before = unit.code[max(func.start, call.start - 200) : call.start]
        route = (re.findall(r"[\"'`](/[\w/.-]+)[\"'`]", before) or [""])[-1]
        for where, what in resolve(unit, call.text, call.start):
            yield Handler(where, what, route)


def _handed_on(unit: Unit, func: Func) -> Target:
    """The function that does the work of one that only calls it with what it was given."""
    calls = list(unit.facts.calls_in(func.start, func.end))
    if len(calls) == 1 and [a.text for a in calls[0].args] == list(func.params):
        return next(iter(resolve(unit, calls[0].text, calls[0].start)), (unit, func))
    return unit, func


def _opens_events(body: str) -> bool:
    """Whether HubSpot's payload is opened: who only writes a type of subscription sells one."""
    found = set(STRONG.findall(body))
    return bool(found - _SUBSCRIPTION or (found and (_FIELDS.search(body) or _READ_TYPE.search(body))))


def _all_stored(unit: Unit, func: Func) -> bool:
    """Whether every event that a function opens was stored before, and not brought by its request."""
    names = set(_OPENED.findall(unit.body(func)))
    return bool(names) and all(_from_store(unit, name, func) for name in names)


def _from_store(unit: Unit, name: str, func: Func) -> bool:
    for _ in range(3):
        made = binding(unit, name, func.end - 1)
        if made is None:
            return False
        text = unit.code[made.value.start : made.value.end]
        if _STORED.search(text):
            return True
        name = re.split(r"\W", text, maxsplit=1)[0]
    return False


def _takes_events(body: str) -> bool:
    """A method of a function-as-a-service handler that opens HubSpot's payload."""
    return bool(STRONG.search(body)) and "objectId" in body and bool(re.search(r"(?i)body|json", body))


def _names_itself(name: str, body: str) -> bool:
    """A function that reads a request and says that it handles HubSpot's webhooks, whoever routes to it."""
    last = name.rpartition(".")[2]
    if _VERIFIES.match(last) or _READS.search(last):
        return False
    if not _DIRECT.search(name) and not (re.search(r"(?i)web_?hook", name) and STRONG.search(body)):
        return False
    return bool(REQUEST.search(body))


def _from_hubspot(handler: Handler) -> bool | None:
    """True if the payload is HubSpot's, False if only the names say so, None if it is no HubSpot webhook."""
    unit, func = handler.unit, handler.func
    own = unit.body(func)
    names = f"{handler.route} {func.name} {unit.path.rpartition('/')[2]} {func.owner}"
    spoken = f"{handler.route} {func.name}"
    strong = _opens_events(own)
    if _OAUTH.search(spoken) and not re.search(r"(?i)web_?-?hook", spoken):
        return None
    if _VENDORS.search(re.sub(r"(?i)hubspot[-_]?\w*", "", spoken)) and not strong:
        return None
    if not _READS_BODY.search(own) or (_ASKED_BY_GET.search(own) and not REQUEST.search(own)):
        return None
    hub_path = bool(_HUB.search(names) or _HUB.search(unit.path.rpartition("/")[0].rpartition("/")[2]))
    if _SETUP.search(f"{func.name} {unit.path.rpartition('/')[2]}") or (_LOGIN.search(own) and not strong):
        return None
    if _LOGIN.search(" ".join(func.decorators)) or (_MANAGES.search(own) and "objectId" not in own):
        return None
    if func.name.rpartition(".")[2] in ("handler", "lambda_handler", "main") and not re.search(
        r"(?i)body|headers|request", own
    ):
        return None
    if re.search(r"[\"'.]Records\b", own) and not re.search(r"(?i)headers", own):
        return None
    if (_PUSHED.search(own) and not re.search(r"(?i)headers", own)) or _all_stored(unit, func):
        return None
    parsed = re.search(r"(?i)JSON\.parse|json\(|\breq(?:uest)?\.body|get_json|json\.loads|event\.body", own)
    if _SERVERLESS.search(own):
        return None
    if strong or (parsed and re.search(r"(?i)x-hubspot-signature|hubspot signature", own)):
        return True
    fields = set(_FIELDS.findall(own))
    if len(fields) >= 2 and fields & _TELLING and "hubspot" in unit.low:
        return True
    if {"objectId", "portalId"} <= fields and re.search(r"(?i)web_?-?hook", names):
        return True
    if not fields and _CODE.search(own):
        return None
    other_vendor = _VENDORS.search(re.sub(r"(?i)hubspot", "", spoken))
    takes = _TAKES.search(func.name) and not _OUTSIDE.search(own)
    shaped = bool(fields or _WORKFLOW.search(own) or _HUB.search(spoken))
    shaped = shaped or bool(takes and _HUB.search(unit.path.rpartition("/")[2]))
    if hub_path and HOOK.search(names) and shaped and not other_vendor:
        return bool(fields)
    deeper = " ".join(u.body(f) for u, f in list(reach(unit, func, 2))[1:12])
    told = re.search(r"(?i)web_?-?hook", names) or (
        re.search(r"(?i)hub_?-?spot", names) and HOOK.search(f"{names} {own}")
    )
    opened = set(STRONG.findall(deeper)) - _SUBSCRIPTION or _READ_TYPE.search(deeper)
    if told and opened and _FIELDS.search(deeper):
        return True if not _VENDORS.search(names) else None
    if HOOK.search(spoken) and fields - {"portalId"} and _HUB.search(own):
        return False
    if re.search(r"(?i)web_?-?hook", names) and not _VENDORS.search(names) and _READ_ID.search(own):
        return False if _OUTSIDE.search(unit.code) else None
    return None
