"""HS501: the first page taken for the whole."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.flow import by_name
from hubwire.lint.hubspot import HubCall, find_calls
from hubwire.lint.limits import function_at, scope_text
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.values import binding

CURSOR = re.compile(
    # "after the call" is prose: no program has a word behind a name.
    r"(?i)\bpaging\b|\bnext_?page|\bnext_after|"
    r"\bafter\b(?! (?!(?:is|or|and|in|if|else|not|instanceof)\b)[a-z])|"
    r"has_?-?more|vid-?_?offset|\boffset\b|\bcursor\b|get_?all\b|fetch_?all\w*\(|"
    r"paginat|\bnextLink|continuation|next_url|\.next\.|\bstart_?from"
)
_ONE_PAGE = re.compile(r"paginateassociations|associations_?api(?:\(\))?\.get_?all")
"""What sounds like pages and is one: the associations of a record."""
_CURSORS = (
    "paging", "nextpage", "next_page", "after", "more", "offset", "cursor", "getall", "get_all", "fetchall",
    "fetch_all", "paginat", "nextlink", "continuation", "next_url", ".next.", "startfrom", "start_from",
)  # fmt: skip
"""One of these stands in whatever speaks of a cursor: most code holds none."""
# The same in small letters: without the flag the engine can skip ahead.
_CURSOR_LOW = re.compile(CURSOR.pattern.removeprefix("(?i)").lower())
_RESULTS = re.compile(
    r"(?i)[\"'.]results\b|\bresults\s*[}\],]|\{\s*results\s*:|\.contacts\b|\[[\"'](?:contacts|companies|deals|objects|lists)[\"']\]|get\([\"'](?:results|contacts|companies|deals|tickets|objects)[\"']"
)
_FIRST = re.compile(
    r"results[\"']?\]?\)?(?:!|\?)?\.?\[\s*0\s*\]|results\.at\(0\)|results\.find\(|results\[:1\]|\[\s*(?:first|contact|company|deal)\s*\]\s*=|results\)?\.pop\("
)
_TOP = re.compile(_FIRST.pattern.replace(r"results\.find\(|", ""))
_LISTS = re.compile(
    r"(?i)(?:get|list|fetch|load|retrieve|read|all|extract|pull|download|export|collect|dump)\w*(?:s|data|_all)$"
)
_PLAIN = re.compile(
    r"(?i)(?:self|cls|limit|count|size|\w*token|api_?key|properties|props|archived|headers|client|hubspot\w*|\w*portal_?id)\b"
)
_LIMIT = re.compile(r"[\"']?limit[\"']?\s*[:=]\s*[\"']?(\d+)")
_LIMIT_NAME = re.compile(r"[\"']?limit[\"']?\s*[:=]\s*([A-Za-z_]\w*)\b")
_CALLERS = re.compile(
    r"(?i)\b(?:args|params|query|options|opts|input|body|payload)\w*(?:\??\.|\[[\"']|\.get\([\"'])(?:limit|count|max|top)|\bmin\("
)
_BY_DEFAULT = re.compile(r"(?i)\b(?:limit\w*|count|max_?\w*|page_?size|size|top)\b[^,)]*=\s*(\d+)")
# `...(email && { email })`: without it, all are asked for.
_SOMETIMES = re.compile(r"\.\.\.\s*\(?\s*[\w.]+\s*(?:&&|\?)\s*\{[^{}]*\}")
_LIMIT_URL = re.compile(r"[?&](?:limit|count)=(\d+)")
_EXACT = re.compile(
    r"[\"']?propertyName[\"']?\s*:\s*[\"'](?:email|hs_object_id|domain|hs_additional_emails|phone|mobilephone|(?!hubspot_(?:owner|team)_id)\w*_id|\w*Id|\w*_?number|name|dealname|sku|hs_sku|\w*_key|\w*_email)[\"']"
    r"|property_name\s*=\s*[\"'](?:email|hs_object_id|domain|phone|\w*_id|\w*_?number|name|dealname|sku)[\"']"
    r"|hs_object_id[\"']?\s*[,:][^{}\n]*(?:EQ|IN)\b"
)
_LINKED = re.compile(r"[\"']associations\.\w+[\"']")
"""A search for what a record is linked to, which is seldom much."""
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")
_SENDS = re.compile(
    r"\bafter\b\s*(?::[^=,)\n]+)?=\s*(?:none|\"\"|'')|\bif\s+after\b[^\n]*:|[\"']after[\"']\]?\s*[:=]\s*after\b|\bafter=after\b"
)
"""How a cursor that is given to a function goes into its request."""
_BY = re.compile(r"(?i)(?:contact|company|deal|ticket|owner|user|record|object|lead)(?:_?id)?_?by_?\w+$")
"""`get_contact_by_name`: one, says the name."""
_SHOWN = re.compile(r"(?i)^[^\n]*\b(?:print|log|logger|logging|console)\b[^\n]*$", re.M)
"""Lines that show something to people."""
_LISTED = re.compile(r"[\"']?operator[\"']?\s*[:=]\s*[\"']IN[\"']")
_STEPS = re.compile(r"range\([^\n]*,[^\n]*,|\b(?:chunk|batch|slice)\w*\s+(?:in|of)\b|\+=\s*(?!1\b)\w")
"""How a loop begins that takes a list in parts."""
_PARTS = re.compile(r"(?i)(?:^|_)(?:chunk|batch|slice)|(?-i:Chunk|Batch|Slice)")
"""What it goes over, if somebody cut it before."""
_ANSWER = r"(?P<name>[\w$]*(?:resp\w*|res|result|data|json|body|page))(?:\.(?:data|body|json\(\)))?"
_WHOLE = re.compile(rf"\breturn\s+(?:await\s+)?(?:[\w.$]+\.json\(\)|{_ANSWER})\s*(?:;|\n|$|as\b)")
_HANDED = re.compile(
    r"(?:res(?:ponse)?\.(?:json|send)\(|JSON\.stringify\(|jsonify\(|json\.dumps\(|NextResponse\.json\()\s*"
    rf"(?:await\s+)?{_ANSWER}\s*[,)]"
)

_RENDERED = re.compile(r"\b(?:res\.)?render(?:_template)?\(\s*(?:request,\s*)?[\"'][\w./-]+[\"']\s*,")


@lru_cache(64)
def _reads_cursor(code: str) -> bool:
    """Whether code speaks of the next page; `paginateAssociations` does not."""
    low = _ONE_PAGE.sub("", re.lowered(code))
    for word in _CURSORS:
        at = low.find(word)
        while at >= 0:
            # No cursor and no quotation goes beyond its line.
            end = low.find("\n", at)
            end = len(low) if end < 0 else end
            # What is said to people says nothing about pages.
            line = _QUOTED.sub(_without_prose, low[low.rfind("\n", 0, at) + 1 : end])
            if _CURSOR_LOW.search(line):
                return True
            at = low.find(word, end)
    return False


def _without_prose(quoted: re.Match[str]) -> str:
    text = quoted.group()
    return '""' if text.count(" ") > 1 and "=" not in text else text


def _reads_on(unit: Unit) -> bool:
    """Whether a file knows of cursors."""
    return _reads_cursor(unit.code)


def _whole(pattern: re.Pattern[str], scope: str) -> bool:
    """Whether what a pattern says is given away is the answer, and not a list or an object made here."""
    for match in pattern.finditer(scope):
        name = match.group("name")
        made = (
            re.findall(rf"\b{re.escape(name)}\s*(?::[^=\n]+)?=(?!=)\s*(\[|\{{|list\(|dict\(|\S)", scope)
            if name
            else []
        )
        if not made or any(one not in ("[", "{", "list(", "dict(") for one in made):
            return True
    return False


class MissingPagination(Rule):
    """The results of a list or search call are used as if they were all there is.

    Nothing reads, follows, returns or passes on the cursor. Lookups (an exact filter, the first hit, a
    small limit on purpose) are left alone.

    Why: HubSpot answers ten records unless told otherwise and never more than 100 (200 in a search). The
    code works until the account grows, then silently forgets the rest.
    Instead: follow `paging.next.after` until it is gone, or use `getAll`, `get_all`, `hub.contacts.all()`.
    """

    code, name, severity = "HS501", "missing-pagination", Severity.WARNING
    references = ("https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide",)
    bad: ClassVar = (
        (
            "app.py",
            "import requests\n\ndef contacts():\n"
            "    r = requests.get('https://api.hubapi.com/crm/v3/objects/contacts', headers=H, "
            "params={'limit': 100})\n"
            "    return [c['properties']['email'] for c in r.json()['results']]\n",
        ),
        (
            "app.js",
            "async function deals() {\n  const page = await hubspotClient.crm.deals.basicApi.getPage(100);\n"
            "  return page.results.map((d) => d.properties.dealname);\n}\n",
        ),
        (
            "app.ts",
            "export async function owners() {\n"
            "  const res = await fetch('https://api.hubapi.com/crm/v3/owners', { headers });\n"
            "  const json = await res.json();\n  return json.results.map((o: Owner) => o.email);\n}\n",
        ),
    )
    good: ClassVar = (
        (
            "app.py",
            "import requests\n\ndef contacts():\n    after = None\n    while True:\n"
            "        r = requests.get('https://api.hubapi.com/crm/v3/objects/contacts', params="
            "{'after': after}).json()\n"
            "        yield from r['results']\n"
            "        after = r.get('paging', {}).get('next', {}).get('after')\n"
            "        if not after:\n            return\n",
        ),
        ("app.js", "async function deals() {\n  return await hubspotClient.crm.deals.getAll();\n}\n"),
        (
            "app.ts",
            "export async function find(email: string) {\n"
            "  const found = await client.crm.contacts.searchApi.doSearch("
            "{ limit: 1, filterGroups: byEmail(email) });\n"
            "  return found.results[0];\n}\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Every list or search whose cursor is dropped."""
        if unit.is_test:
            return
        for call in unit.memo(find_calls):
            if call.operation.kind not in ("list", "search"):
                continue
            scope = self._scope(unit, call)
            near = self._near(unit, call, scope)
            if _reads_cursor(near) and not self._never_told(unit, call, near):
                continue
            association = call.operation.batchable or "ssociations" in call.url + call.call.text
            linked = call.operation.kind == "search" and bool(_LINKED.search(unit.code, call.start, call.end))
            lost = call.operation.kind == "list" and not association and self._lost(unit, call, scope)
            rendered = call.operation.kind == "list" and _RENDERED.search(scope)
            listed = "/lists/" in call.url and ".lists" in scope
            used = bool(_RESULTS.search(scope) or rendered) or listed
            if not lost and (not used or self._passed_on(unit, call, scope)):
                continue
            if self._lookup(unit, call, scope, association=association):
                continue
            yield self.at(
                unit, (call.start, min(call.end, call.start + 300)),
                f"{call.label} answers one page; the results are used as if that were all",
                confidence=Confidence.MEDIUM,
                strict=association or linked or self._asked_for_a_few(unit, call),
                fix=suggestion("follow paging.next.after until it is gone, or use getAll, get_all"),
            )  # fmt: skip

    def _scope(self, unit: Unit, call: HubCall) -> str:
        """The code that can see the answer: the function, or the file without its functions."""
        if function_at(unit, call.start) is not None:
            return scope_text(unit, call.start)
        out = []
        last = 0
        # `get(…).then((answer) => …)`: the answer goes to a function after all.
        chained = [c for c in unit.facts.calls if c.start <= call.start and call.end < c.end]
        for func in unit.facts.functions:
            if any(c.start <= func.start < c.end for c in chained):
                continue
            if func.parent < 0 and not func.start <= call.start < func.end:
                out += [unit.code[last : func.start], " " * (func.end - func.start)]
                last = func.end
        return "".join([*out, unit.code[last:]])

    def _near(self, unit: Unit, call: HubCall, scope: str) -> str:
        """Of a function that asks for several things, the part about this one."""
        func = function_at(unit, call.start)
        if func is None or any(x.kind == "while" for x in unit.facts.loops_at(call.start)):
            return scope
        asked = [
            c
            for c in unit.memo(find_calls)
            if c.operation.kind in ("list", "search") and func.start <= c.start < func.end
        ]
        if len(asked) < 2 or any(unit.facts.loops_at(c.start) for c in asked):
            return scope
        # A loop that reads a cursor and asks for an address nobody can tell may be about any of them.
        paged = (x for x in unit.facts.loops if x.kind == "while" and func.start <= x.start < func.end)
        if any(_reads_cursor(unit.code[x.start : x.end]) for x in paged):
            return scope
        before = max((c.end for c in asked if c.end <= call.start), default=func.start)
        after = min((c.start for c in asked if c.start >= call.end), default=func.end)
        return unit.code[before:after]

    def _never_told(self, unit: Unit, call: HubCall, near: str) -> bool:
        """A function that would send a cursor, gives none back, and is called without one."""
        func = function_at(unit, call.start)
        if func is None or "after" not in func.params or unit.facts.loops_at(call.start):
            return False
        if _CURSOR_LOW.search(_SENDS.sub(" ", near.lower())):
            return False
        last, place = func.name.rpartition(".")[2], func.params.index("after") - ("self" in func.params)
        called = [c for c in unit.facts.calls if c.text.rpartition(".")[2] == last]
        if any(last in user.code for user, _ in unit.project.importers(unit)):
            return False
        return bool(called) and not any(
            c.get("after") is not None or len(c.args) > place or unit.code[c.start : c.end].count("*")
            for c in called
        )

    def _lost(self, unit: Unit, call: HubCall, scope: str) -> bool:
        """A function returns its one page, takes nothing that could ask for the next, and nobody reads on."""
        func = function_at(unit, call.start)
        if func is None or not _LISTS.search(func.name) or not all(_PLAIN.match(p) for p in func.params):
            return False
        before = unit.code[max(0, call.start - 30) : call.start]
        direct = re.search(r"(?:return|=>)\s*(?:await\s+)?\(?$", before)
        if not direct and not _whole(_WHOLE, scope):
            return False
        return not any(u.memo(_reads_on) for u, _ in unit.project.importers(unit))

    def _asked_for_a_few(self, unit: Unit, call: HubCall) -> bool:
        """The caller says how many it wants, of a function that does not promise all."""
        own = unit.code[call.start : call.end]
        if "sorts" in own and re.search(r"\blimit[\"']?\s*[:=]\s*[A-Za-z_]", own):
            return True
        for name in _LIMIT_NAME.findall(own):
            made = binding(unit, name, call.start)
            if made is not None and _CALLERS.search(unit.code[made.value.start : made.value.end]):
                return True
        func = function_at(unit, call.start)
        asked = call.call.args[0].text if len(call.call.args) == 1 else ""
        if func is not None and call.operation.kind == "search" and asked in func.params:
            return True
        given = call.call.get("params", "json")
        if func is not None and given is not None and given.kind == "name" and given.text in func.params:
            return True
        if func is None or re.search(r"(?i)all|every", func.name):
            return False
        default = _BY_DEFAULT.search(unit.code[func.param_spans[0] : func.param_spans[1]])
        if default is not None and int(default.group(1)) >= 100:
            return False
        return any(re.match(r"(?i)(?:limit\w*|count|max_?\w*|page_?size|size|top)\b", p) for p in func.params)

    def _lookup(self, unit: Unit, call: HubCall, scope: str, *, association: bool) -> bool:
        """A call that wants a few records on purpose."""
        own = _SOMETIMES.sub("", unit.code[call.start : call.end])
        if "owners" in call.url and re.search(r"(?i)\bemail\b", own + call.url):
            return True
        limits = [
            int(n) for n in (*_LIMIT.findall(own), *_LIMIT_URL.findall(call.url), *_LIMIT_URL.findall(own))
        ]
        limits = limits or [int(n) for n in _LIMIT.findall(scope)]
        positional = [a.text for a in call.call.args if a.kind == "number"]
        limits += [int(p) for p in positional[:1] if p.isdigit() and call.via == "sdk"]
        if limits and min(limits) <= 25:
            return True
        if "sorts" in own and limits and min(limits) < 100:
            return True
        if not association and call.operation.kind == "list":
            # Another call of a long function may be the one whose first hit is wanted.
            near = unit.code[call.end : call.end + 400]
            return bool(_TOP.search(near) and len(re.findall(r"results", near)) <= 6)
        func = function_at(unit, call.start)
        if func is not None and call.operation.kind == "search" and _BY.search(func.name):
            return True
        if _FIRST.search(scope) and len(re.findall(r"results", scope)) <= 6:
            return True
        if re.search(r"\.total\b|\[[\"']total[\"']\]", scope) and not re.search(
            r"(?i)for\s|map\(|forEach|\bresults[\"']?\s*:\s*\w+\??\.results\b", scope
        ):
            return True
        if call.operation.kind == "search" and _LISTED.search(scope):
            around = unit.facts.loops_at(call.start)
            return any(_PARTS.search(x.over) or _STEPS.search(unit.code[x.start : x.body]) for x in around)
        return call.operation.kind == "search" and bool(_EXACT.search(scope))

    def _passed_on(self, unit: Unit, call: HubCall, scope: str) -> bool:
        """The whole answer, cursor included, goes to the caller."""
        before = unit.code[max(0, call.start - 30) : call.start]
        after = unit.code[call.end : call.end + 20]
        if re.search(r"(?:return|=>)\s*(?:await\s+)?\(?$", before) and not re.match(
            r"\s*\)?\s*[.\[]\s*(?:json\(\)\s*[.\[])?\s*(?:get\()?[\"']?results", after
        ):
            return True
        if _whole(_WHOLE, scope) and not re.search(
            r"(?:data|res\w*|result|json|body|page)\s*=[^=][^\n]*results", scope
        ):
            return True
        if _whole(_HANDED, self._without_enclosing(unit, call, _SHOWN.sub("", scope))):
            return True
        func = function_at(unit, call.start)
        return func is not None and self._looped_by_caller(unit, func.name)

    def _without_enclosing(self, unit: Unit, call: HubCall, scope: str) -> str:
        """The code without what is made by something that is given the asking function: `cached(() => …)`."""
        chain = [unit.facts.functions[i].start for i in unit.facts.chain(call.start)]
        for made in unit.facts.assigns:
            around = made.value.start <= call.start and call.end <= made.value.end
            if around and made.value.kind == "call" and any(made.value.start < at for at in chain):
                scope = re.sub(rf"\b{re.escape(made.target)}\b", "_", scope)
        return scope

    def _looped_by_caller(self, unit: Unit, name: str) -> bool:
        """A page function that a paging loop of the same file calls."""
        last = name.rpartition(".")[2]
        if not last or last not in unit.memo(by_name):
            return False
        for found in unit.facts.calls:
            if found.text.rpartition(".")[2] == last and any(
                x.kind == "while" for x in unit.facts.loops_at(found.start)
            ):
                return True
        return False
