"""HS301: nobody expects the answer 429."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.clients import find_clients
from hubwire.lint.endpoints import HOSTS, is_hubspot
from hubwire.lint.facts import Expr, Func
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.flow import reach, resolve, unresolved_import
from hubwire.lint.gates import may_be_asked
from hubwire.lint.hubspot import LIBRARIES, HubCall
from hubwire.lint.limits import handed_in, one_shot, paced, prepared, relevant, scope_text, wrapped
from hubwire.lint.markers import marked, working
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.values import binding, fold

_SENDS = re.compile(
    r"^UrlFetchApp\.fetch$|^(?:fetch|\$fetch|ofetch|nodeFetch|axios|got|ky|request|rp|needle|superagent)$|^(?:requests|httpx|axios|got|ky|urllib\.request|https?)\.\w+$|"
    r"(?i:(?:client|session|http\w*|axios|api)(?:\(\))?\.(?:request|get|post|put|patch|delete|send)$)"
)
_PROXIES = re.compile(r"(?i)(?:proxy|fetch|request|http|send|call)\w*$")
_WRAPPED = re.worded(
    ("retry", "limit", "429", "queue"), r"(?i)with_?retry|retry\(|p-?limit|\b429\b|p-?queue|limiter"
)


def _around(unit: Unit, call: Expr) -> str:
    """The code next to a call: its innermost function with what that is handed to, or the file."""
    chain = unit.facts.chain(call.start)
    if not chain:
        return unit.code
    named = scope_text(unit, call.start)
    func = unit.facts.functions[chain[0]]
    # A function that registers all routes of a server says nothing about one call in it.
    return named if len(named) < 6000 else unit.code[max(0, func.start - 200) : func.end + 100]


def _prepared_with_imports(unit: Unit) -> bool:
    """Whether a file, or one of the repository that it imports, shows signs of handling 429."""
    others = (unit.project.resolve_module(unit, i.module) for i in unit.facts.imports)
    return any(prepared(other) for other in (unit, *others) if other is not None)


def _asks_own_server(call: Expr) -> bool:
    """`fetch("/api/proxy", …)` in a browser: the server behind it asks HubSpot."""
    first = next(iter(call.args), call)
    head = first if first.kind == "str" else next(iter(first.items), first)
    own = head.kind == "str" and head.text.startswith("/") and not is_hubspot(head.text)
    return own and first is not call and (head.text.startswith("/api/") or call.text.endswith("fetch"))


class MissingRateLimitHandling(Rule):
    """Code calls HubSpot and would not survive the answer 429: no retry, no back-off, no limiter, no queue.

    It is reported once a file, where the client is made or at the first call. OAuth exchanges, tests and
    scripts run by hand are left alone; paced scripts appear in the strict profile.

    Why: an app has 100 to 190 requests in ten seconds and shares the day's quota with every other app of
    the account. A 429 that nobody handles is a lost record, and often half of a sync.
    Instead: retry 429 after the pause that its policy asks for (ten seconds for `TEN_SECONDLY_ROLLING`),
    with a cap, and keep below the limit with a limiter. `hubwire.Hub` does both; the Node SDK retries with
    `numberOfApiCallRetries`.
    """

    code, name, severity = "HS301", "missing-rate-limit-handling", Severity.WARNING
    references = ("https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines",)
    bad: ClassVar = (
        (
            "sync.py",
            "import requests\n\ndef contact(id):\n"
            '    r = requests.get(f"https://api.hubapi.com/crm/v3/objects/contacts/{id}", headers=HEADERS)\n'
            "    r.raise_for_status()\n    return r.json()\n",
        ),
        (
            "hubspot.js",
            "const hubspot = require('@hubspot/api-client');\n"
            "const client = new hubspot.Client({ accessToken: process.env.TOKEN });\n"
            "exports.contact = (id) => client.crm.contacts.basicApi.getById(id);\n",
        ),
        (
            "hubspot.ts",
            "export async function company(id: string) {\n"
            "  const res = await fetch(`https://api.hubapi.com/crm/v3/objects/companies/${id}`, "
            "{ headers });\n"
            "  return res.json();\n}\n",
        ),
    )
    good: ClassVar = (
        (
            "sync.py",
            "import requests\nfrom requests.adapters import HTTPAdapter\nfrom urllib3.util import Retry\n\n"
            "session = requests.Session()\nsession.mount('https://', HTTPAdapter(max_retries=Retry(5, "
            "status_forcelist=[429])))\n\n"
            "def contact(id):\n    return session.get(f'https://api.hubapi.com/crm/v3/objects/contacts/{id}').json()\n",
        ),
        (
            "hubspot.js",
            "const hubspot = require('@hubspot/api-client');\n"
            "const client = new hubspot.Client("
            "{ accessToken: process.env.TOKEN, numberOfApiCallRetries: 3 });\n"
            "exports.contact = (id) => client.crm.contacts.basicApi.getById(id);\n",
        ),
        (
            "oauth.ts",
            "export const exchange = (body: URLSearchParams) =>\n"
            "  fetch('https://api.hubapi.com/oauth/v1/token', { method: 'POST', body });\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """The first unprotected client or call of a file."""
        place = self._place(unit)
        if place is None:
            return
        if prepared(unit):
            return
        start, end, what = place
        confidence = Confidence.LOW if self._handled_elsewhere(unit) else Confidence.HIGH
        strict = one_shot(unit) or paced(unit)
        yield self.at(
            unit, (start, min(end, start + 300)),
            f"{what}: an answer 429 (too many requests) is not handled",
            confidence=confidence,
            strict=strict,
            fix=suggestion("retry 429 with a pause and a cap, or use a client that does"),
        )  # fmt: skip

    def _place(self, unit: Unit) -> tuple[int, int, str] | None:
        calls = relevant(unit)
        for client in find_clients(unit):
            if client.retries:
                return None
            told = any(i.kind != "object" or i.items for i in client.call.items)
            if told and client.kind == "sdk-js" and self._for_sign_in(unit, client.call):
                continue
            if client.kind == "http" or told or self._used_later(unit, client.call, calls):
                return client.call.start, client.call.end, "this client talks to HubSpot without retries"
        own = [c for c in calls if c.via == "raw" and self._owned(unit, c)]
        if own:
            return own[0].start, own[0].end, f"{own[0].label} is called directly"
        sender = self._sender(unit, calls) or self._asked(unit)
        return (sender.start, sender.end, "HubSpot is called from here") if sender is not None else None

    def _used_later(self, unit: Unit, made: Expr, calls: list[HubCall]) -> bool:
        """A client made without a credential is for the OAuth dance, unless it is given one and used."""
        names = {a.target.removeprefix("const ") for a in unit.facts.assigns if a.value is made}
        return any(
            c.via == "sdk" and any(c.call.text.startswith(f"{name}.") for name in names) for c in calls
        )

    def _for_sign_in(self, unit: Unit, made: Expr) -> bool:
        """Whether all that a client does in the function that makes it is to ask about tokens."""
        name = next((a.target.removeprefix("const ") for a in unit.facts.assigns if a.value is made), "")
        index = unit.facts.func_at(made.start)
        if not name.isidentifier() or index < 0:
            return False
        body = unit.code[made.end : unit.facts.functions[index].end]
        used = re.findall(rf"(?<![\w.]){re.escape(name)}\b(\.oauth\.)?", body)
        return bool(used) and all(used)

    def _sender(self, unit: Unit, calls: list[HubCall]) -> Expr | None:
        """The request inside a helper that HubSpot's paths are handed to, or the call of a helper that stands
        in a file that never says HubSpot."""
        for call in calls:
            if call.via not in ("raw", "wrapper"):
                continue
            for where, what in resolve(unit, call.call.text, call.start):
                if where is not unit and marked(where.source.data, where.path) and working(where.low):
                    # It is reported there.
                    continue
                for near, helper in reach(where, what, 1):
                    if near is not where:
                        continue
                    addresses = self._addresses(unit, call.call, helper)
                    sent = near.facts.calls_in(helper.body, helper.end)
                    found = next((c for c in sent if self._sends(c, addresses)), None)
                    if found is not None and near is unit:
                        return found
                    if found is not None and addresses and not _prepared_with_imports(near):
                        return call.call
        return None

    def _asked(self, unit: Unit) -> Expr | None:
        """The request inside a function of this file that other files hand HubSpot's addresses to."""
        if not may_be_asked(unit):
            return None
        passing = {f.start: sent for f in unit.facts.functions if (sent := self._passes(unit, f)) is not None}
        if not passing:
            return None
        users = {user.path: user for user, _ in unit.project.importers(unit) if not user.is_test}
        for user in users.values():
            for call in relevant(user) if user is not unit else ():
                if call.via not in ("raw", "wrapper"):
                    continue
                for where, what in resolve(user, call.call.text, call.start):
                    if where is unit and what.start in passing and self._addresses(user, call.call, what):
                        return passing[what.start]
        return None

    def _passes(self, unit: Unit, func: Func) -> Expr | None:
        """The request of a function that goes to an address the function is given."""
        given = set(func.params) - {"self", "cls", "this"}
        given |= {
            a.target
            for a in unit.facts.assigns
            if func.start <= a.start < func.end and a.value.kind == "name" and a.value.text in given
        }
        for call in unit.facts.calls_in(func.body, func.end) if given else ():
            if _SENDS.search(call.text) and call.items:
                options = next((i for i in call.items if i.kind == "object"), call)
                address = options.get("url", "uri") or call.get("url") or (call.args or [call])[0]
                if any(x.kind == "name" and x.text in given for x in (address, *address.items)):
                    return call
        return None

    def _addresses(self, unit: Unit, call: Expr, helper: Func) -> set[str]:
        """The parameters of a helper that are given an address of HubSpot's."""
        given = [name for name in helper.params if name not in ("self", "cls", "this")]
        named = zip(call.keys, call.items, strict=False)
        told = {**dict(zip(given, call.args, strict=False)), **{name: value for name, value in named if name}}
        return {name for name, value in told.items() if is_hubspot(fold(unit, value))}

    def _sends(self, call: Expr, addresses: set[str]) -> bool:
        """A request, by its name or by what it is given first: the address that the helper got."""
        if not call.items or _asks_own_server(call):
            return False
        handed = _PROXIES.search(call.text) and call.args and call.args[0].text in addresses
        return bool(_SENDS.search(call.text) or handed)

    def _owned(self, unit: Unit, call: HubCall) -> bool:
        """Whether the request is sent from here, not through a helper defined elsewhere."""
        head = call.call.text.partition(".")[0]
        imported = next((i for i in unit.facts.imports if i.local == head), None)
        if imported is not None:
            return bool(LIBRARIES.match(imported.module))
        made = binding(unit, head, call.start)
        if made is not None and made.value.kind in ("new", "call"):
            maker = made.value.text.partition(".")[0]
            source = next((i for i in unit.facts.imports if i.local == maker), None)
            if source is not None and unit.project.resolve_module(unit, source.module) is not None:
                return False
        for index in unit.facts.chain(call.start):
            func = unit.facts.functions[index]
            if head in func.params and head not in ("self", "cls", "this"):
                kind = dict(func.types).get(head, "")
                plain = re.search(r"(?i)session|httpx|aiohttp|axios", f"{head} {kind}")
                return plain is not None and not wrapped(unit, kind) and bool(HOSTS.search(call.url))
        if head in ("this", "self") or "." in call.call.text:
            if resolve(unit, call.call.text, call.start) or handed_in(unit, call):
                return False
            return bool(HOSTS.search(call.url)) or not unresolved_import(unit, call.call.text)
        return not resolve(unit, call.call.text, call.start)

    def _handled_elsewhere(self, unit: Unit) -> bool:
        """Whether most of those that call into this file handle the answer around their call."""
        asked = handled = 0
        for user, imported in unit.project.importers(unit):
            if user.is_test:
                continue
            for call in user.facts.calls:
                if call.text.partition(".")[0] == imported.local:
                    asked += 1
                    handled += bool(_WRAPPED.search(_around(user, call)))
        return handled > 0 and handled * 2 >= asked
