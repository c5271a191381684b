"""HS502: one request a record where one a hundred would do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.facts import Expr, Func, Loop, inside, merged
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.flow import leads_away, reach, resolve
from hubwire.lint.hubspot import HubCall, find_calls
from hubwire.lint.project import Unit
from hubwire.lint.reaching import may_repeat
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.values import binding

_NOT_DATA = re.compile(
    r"(?i)^(?:range\(|\[(?!\.\.\.)|\(\s*[\"'\d]|\{)|attempt|retr|enumerate\(\[|range\(\s*(?:max|retries|attempts|\d)|Object\.(?:keys|entries)\(\s*[A-Z_]+\s*\)|"
    r"^(?-i:[A-Z][A-Z0-9_]*)(?:\.items\(\)|\.keys\(\)|\.values\(\))?$|properties|\bprops\b|props[A-Z]|delays|fields|schema|stages|pipelines|\btypes\b|object_?types|definitions|"
    r"scopes|urls|endpoints|configs?$"
)
# A loop over accounts asks each of them with its own token, which no batch can do.
_TENANTS = re.compile(r"(?i)portals|accounts|tenants|users$|sites|connections|installations?")
_OWN_TOKEN = re.compile(r"(?i)token|client\(|connect|auth|installation|credential|new\s+\w*Client")
_PART = re.compile(r"(?i)^(?:chunk|batch|group|page|slice)s?\w*$|(?:chunk|batch|slice|page)$")
_STEPS = re.compile(r"range\([^,()]+(?:\([^()]*\))?[^,()]*,[^,()]+(?:\([^()]*\))?[^,()]*,|\+=\s*(?!1\b)\w")
_BODY = re.compile(r"(?i)\breq(?:uest)?\.body|request\.(?:get_)?json|event\.body|event\[[\"']body|rawBody")
# What collections, strings and logs are asked: no helper of the repository.
_HANDLES_DATA = re.compile(
    r"\.(?:append|get|items|keys|values|join|split|strip|lower|upper|format|replace|push|map|filter|log|info|debug|warn|warning|error|"
    r"startswith|endswith|includes|toString|toLowerCase|trim|isoformat|strftime|sort|find|some|has|now|json)$|"
    r"^(?:str|int|float|len|print|bool|dict|list|set|isinstance|String|Number|Boolean|Date|parseInt|parseFloat|range|enumerate)$"
)
_ENTRIES = re.compile(
    r"([\w.]+)\.(?:items|values|keys)\(\)$|Object\.(?:entries|values|keys)\(\s*([\w.$]+)\s*\)$"
)
_MAPS = (".apply(", "map(")
_FEW = re.compile(r"(?:\[\s*:\s*|\.slice\(\s*0\s*,\s*)(\d+)\s*[\])]$")
_EVENTS = re.compile(
    r"(?i)\bevents?\b|req\.body|request\.json|payload|notifications|messages|records\b.*event"
)


def _signs_in(unit: Unit, func: Func) -> bool:
    """Whether a function gets a token or a client for what it is given: `getClient(companyId)`."""
    given = "|".join(re.escape(p) for p in func.params if p.isidentifier())
    found = rf"(?i)\w*(?:token|client|credentials?|connection|auth)\w*\(\s*(?:{given})\b"
    return bool(given) and bool(re.search(found, unit.body(func)))


def _by_span(unit: Unit) -> dict[tuple[int, int], HubCall]:
    return {(c.start, c.end): c for c in reversed(unit.memo(find_calls))}


def _takes_out(unit: Unit, loop: Loop) -> bool:
    """`while queue: record = queue.pop()`: a loop over data after all."""
    name = re.search(
        r"^(?:not\s+|len\(\s*)?([\w.]+?)(?:\.empty\(\)|\.length)?(?:\)|\b)\s*(?:>\s*0|!=\s*0)?$",
        loop.over.strip("() "),
    )
    taken = r"\.(?:pop|popleft|get|get_nowait|shift)\("
    return (
        name is not None
        and f"{name.group(1)}." in unit.code
        and bool(re.search(rf"\b{re.escape(name.group(1))}{taken}", unit.code[loop.body : loop.end]))
    )


def _feeds(unit: Unit, loop: Loop, call: Expr) -> bool:
    """Whether a call makes what a comprehension goes over: it is sent once."""
    over = unit.source.text.rfind(loop.over, loop.start, loop.end) if loop.over else -1
    return 0 <= over <= call.start and call.end <= over + len(loop.over)


def _judged(unit: Unit) -> dict[tuple[int, int], bool]:
    """Where a loop and its body start → whether it goes over data, as far as anybody asked."""
    return {}


class SingleCallInLoop(Rule):
    """A loop over data reads, creates, updates or archives one record a request, where a batch endpoint
    exists.

    Helper functions are looked through. Loops over a handful of constants, over pages and over attempts are
    left alone; loops over the events of a webhook appear in the strict profile.

    Why: a hundred records cost a hundred requests of the quota instead of one, and take a hundred round
    trips.
    Instead: collect the inputs and call the batch endpoint of the object (100 inputs a request).
    """

    code, name, severity = "HS502", "single-call-in-loop", Severity.INFO
    follows = True
    references = ("https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide",)
    bad: ClassVar = (
        (
            "sync.py",
            "def push(rows):\n    for row in rows:\n"
            "        client.crm.contacts.basic_api.update(row['id'], "
            "SimplePublicObjectInput(properties=row))\n",
        ),
        (
            "sync.js",
            "async function close(id) {\n"
            "  return axios.patch(`https://api.hubapi.com/crm/v3/objects/deals/${id}`, { properties: "
            "{ dealstage: 'x' } });\n}\n"
            "async function closeAll(ids) {\n  for (const id of ids) {\n    await close(id);\n  }\n}\n",
        ),
        (
            "sync.ts",
            "export async function names(ids: string[]) {\n  const out = [];\n  for (const id of ids) {\n"
            "    const c = await hubspotClient.crm.companies.basicApi.getById(id);\n"
            "    out.push(c.properties.name);\n  }\n"
            "  return out;\n}\n",
        ),
    )
    good: ClassVar = (
        (
            "sync.py",
            "def push(rows):\n    for chunk in chunks(rows, 100):\n"
            "        client.crm.contacts.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=ch"
            "unk))\n",
        ),
        (
            "sync.js",
            "async function read(id) {\n  for (let attempt = 0; attempt < 3; attempt++) {\n"
            "    const res = await fetch(`https://api.hubapi.com/crm/v3/objects/deals/${id}`);\n"
            "    if (res.ok) return res.json();\n  }\n}\n",
        ),
        (
            "sync.ts",
            "for (const type of ['contacts', 'companies']) {\n"
            "  await client.crm.objects.basicApi.create(type, { properties: {} });\n}\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Every data loop that sends one batchable request an element, once a loop."""
        if unit.is_test or not unit.memo(may_repeat):
            return
        if unit.facts.language == "py":
            yield from self._mapped(unit)
        seen: set[int] = set()
        loops = unit.facts.loops
        if not loops:
            return
        spans = merged((x.body, x.end) for x in loops)
        for call in unit.facts.calls:
            if not inside(spans, call.start):
                continue
            loop = self._loop(unit, call)
            if loop is None or loop.start in seen:
                continue
            reached = self._single(unit, call, loop.over)
            if reached is None:
                continue
            seen.add(loop.start)
            where, target, direct = reached
            notes = [unit.source.place(loop.start, loop.body, f"the loop over {loop.over[:40]}")]
            if not direct:
                notes.append(where.source.place(target.start, target.end, "the request it sends"))
            yield self.at(
                unit, (call.start, min(call.end, call.start + 200)),
                f"{target.label} once for every element of `{loop.over[:40]}`; a batch call takes 100",
                confidence=Confidence.MEDIUM,
                related=notes,
                strict=self._events(unit, loop),
                fix=suggestion("collect the inputs and send them with the batch endpoint"),
            )  # fmt: skip

    def _mapped(self, unit: Unit) -> Iterator[Finding]:
        """`map(read, ids)` and `frame.apply(push)`: loops that are not written as one."""
        for call in unit.facts.calls if any(word in unit.low for word in _MAPS) else ():
            head, _, last = call.text.rpartition(".")
            if (last != "apply" or not head) and (call.text != "map" or len(call.args) < 2):
                continue
            given = call.args[0] if call.args else call
            over = head or call.args[1].text
            if _NOT_DATA.search(over) or unit.source.text[call.start - 1 : call.start] == "*":
                continue
            once = [given] if given.kind == "name" else unit.facts.calls_in(given.start, given.end)
            reached = next((r for one in once if (r := self._single(unit, one, over)) is not None), None)
            if reached is not None and given is not call:
                where, target, _ = reached
                yield self.at(
                    unit, (call.start, min(call.end, call.start + 200)),
                    f"{target.label} once for every element of `{over[:40]}`; a batch call takes 100",
                    confidence=Confidence.MEDIUM,
                    related=[where.source.place(target.start, target.end, "the request it sends")],
                    fix=suggestion("collect the inputs and send them with the batch endpoint"),
                )  # fmt: skip

    def _events(self, unit: Unit, loop: Loop) -> bool:
        """Whether the loop goes over what a webhook delivered."""
        made = binding(unit, loop.over.strip(), loop.start)
        given = unit.code[made.value.start : made.value.end][:200] if made is not None else ""
        named = any(re.search(r"(?i)^e$|^evt$|event|notification", name) for name in loop.names)
        if named or _EVENTS.search(loop.over) or _BODY.search(given):
            return True
        # What was put together of them before.
        put = re.compile(
            rf"\b{re.escape(loop.over.strip())}(?:\.(?:set|add|push|append)\(|\[[^\]\n]*\]\s*=[^=])"
        )
        owner = unit.facts.func_at(loop.start)
        return made is not None and any(
            (_EVENTS.search(x.over) or any("event" in name.lower() for name in x.names))
            and put.search(unit.code, x.body, x.end)
            for x in unit.facts.loops
            if made.start < x.start < loop.start and unit.facts.func_at(x.start) == owner
        )

    def _loop(self, unit: Unit, call: Expr) -> Loop | None:
        """The innermost data loop whose body holds the call in the same function."""
        chain = unit.facts.chain(call.start)
        for loop in reversed(unit.facts.loops_at(call.start)):
            if not loop.over or (loop.kind == "while" and not _takes_out(unit, loop)):
                continue
            if loop.kind == "comp" and _feeds(unit, loop, call):
                continue
            owner = unit.facts.func_at(loop.start)
            inner = chain.index(owner) if owner in chain else len(chain)
            crossed = [
                unit.facts.functions[i] for i in chain[:inner] if unit.facts.functions[i].start > loop.start
            ]
            if any(f.name and f.start != loop.body for f in crossed):
                continue
            if (
                loop.kind == "for"
                and not loop.names
                and not re.search(r"\.length|len\(|size|\.count\b|\.total\b|\bn\b|\bnum\w*", loop.over)
            ):
                continue
            known = unit.memo(_judged)
            key = (loop.start, loop.body)
            if key not in known:
                known[key] = self._over_data(unit, loop)
            return loop if known[key] else None
        return None

    def _over_data(self, unit: Unit, loop: Loop) -> bool:
        """Whether a loop goes over records: many, one by one, of one account."""
        over = loop.over.strip()
        counted = re.match(r"range\(\s*(?:0\s*,\s*)?len\(", over)
        if (_NOT_DATA.search(over) and not counted) or self._in_parts(unit, loop):
            return False
        if _TENANTS.search(over) and _OWN_TOKEN.search(unit.code[loop.body : loop.end]):
            return False
        few = _FEW.search(loop.over)
        if few is not None and int(few.group(1)) <= 10:
            return False
        entries = _ENTRIES.match(over)
        made = binding(unit, over.partition("enumerate(")[2].partition(",")[0] or over, loop.start)
        if entries is not None:
            made = binding(unit, entries.group(1) or entries.group(2), loop.start)
            if made is not None and made.value.kind != "object":
                return True
        if made is None:
            return True
        few = _FEW.search(unit.code[made.value.start : made.value.end])
        if few is not None and int(few.group(1)) <= 10:
            return False
        written = unit.code[made.value.start : made.value.end]
        listed = made.value.kind == ("array" if entries is None else "object") and not made.part
        return not listed or not 0 < len(made.value.items) <= 10 or "..." in written or "**" in written

    def _in_parts(self, unit: Unit, loop: Loop) -> bool:
        """A loop over chunks: what it sends once is already many."""
        if any(_PART.search(name) for name in loop.names):
            return True
        return bool(_STEPS.search(unit.code[loop.start : loop.body]) and "range" in loop.over) or bool(
            loop.kind == "for" and not loop.names and _STEPS.search(unit.code[loop.start : loop.body])
        )

    def _single(self, unit: Unit, call: Expr, over: str) -> tuple[Unit, HubCall, bool] | None:
        """The one-record request that a call sends, here or in the helper it names."""
        said = unit.memo(_by_span).get((call.start, call.end))
        if said is not None and said.operation.batchable:
            return unit, said, True
        # A method that is only guessed says less than the helper does.
        if said is not None and said.method and said.operation.kind != "other":
            return None
        asked_itself = call.text.startswith("this.") and call.text.count(".") == 1
        if (_HANDLES_DATA.search(call.text) and not asked_itself) or leads_away(unit, call.text):
            return None
        for where, what in resolve(unit, call.text, call.start):
            near = list(reach(where, what, 1))
            if _TENANTS.search(over) and any(_signs_in(u, f) for u, f in near):
                return None
            for u, f in near:
                for found in u.memo(find_calls):
                    inside = f.start <= found.start < f.end and found.operation.batchable
                    if inside and not u.facts.loops_at(found.start):
                        return u, found, False
        return None
