"""HS302: as many requests at once as there are records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.facts import Expr
from hubwire.lint.finding import Finding, Severity
from hubwire.lint.flow import leads_away, reach, resolve
from hubwire.lint.hubspot import HubCall
from hubwire.lint.limits import HANDLED, THROTTLED, handed_in, one_shot, relevant, scope_text
from hubwire.lint.project import Unit
from hubwire.lint.reaching import may_reach
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.values import binding

_TOGETHER = re.compile(
    r"^(?:Promise\.(?:all|allSettled|any)|asyncio\.gather|gather|asyncio\.wait|asyncio\.as_completed|anyio\.gather|Q\.all|Bluebird\.map)$"
)
_FANS = ("gather", "promise.", "asyncio.wait", "executor", "pool", "q.all", "bluebird.map")
_PY_FANS = (
    "gather", "asyncio.wait", "as_completed", "create_task", "ensure_future", "executor", "pool",
    "taskgroup", "open_nursery", "thread(", "process(", "spawn", "parallel(",
)  # fmt: skip
_CHUNKED = re.compile(
    r"(?i)chunk|batch|slice\(|splice\(|page|\[\s*(\w+)\s*:\s*\1\s*\+|^range\([^,\n]*,[^,\n]*,"
)

_ANSWERED = re.compile(r"(?i)\bbatch\w*\??\.(?:data|results|body)\b")
"""What a batch read gave back: a hundred records are no chunk."""
_MAKES_LIMITER = re.compile(
    r"(?i)(?:\bself\.|\bthis\.)?\b(\w+)\s*(?::[^=\n]+)?=\s*(?:await\s+)?(?:new\s+)?[\w.]*"
    r"(?:p-?limit|p-?queue|queue|bottleneck|semaphore|throttl\w*|limiter|rate_?limit\w*|async_?pool)\w*\s*\("
)


_MAKES_LIMITED = re.compile(r"\b(\w+)\s*=(?!=)[^\n]*?(?:\bhttpx\.Limits\(|TCPConnector\(\s*limit)")


def _limiters(unit: Unit) -> set[str]:
    """Names that a file binds to a limiter."""
    found = {m.group(1) for m in _MAKES_LIMITER.finditer(unit.code)}
    return found | {m.group(1) for m in _MAKES_LIMITED.finditer(unit.code)}


_ENTRIES = re.compile(r"\s*Object\.(?:entries|keys|values)\(\s*([\w.$]+)\s*\)$")
_SPREAD = re.compile(r"^\s*\[\s*\.\.\.(?:new Set\()?([^\[\],()]+)\)?\s*\]$")
_BEGINS = re.compile(r"[;{})]\s*$|(?:[\]\w\"'`])[ \t]*\n\s*$")
_GOES_ON = re.compile(r"(?:\b(?:await|return|yield|void|in|of|case|new|typeof)|=>|=)\s*$")
_POOLS = r"(?:ThreadPool|ProcessPool)Executor|\bPool"
_WAITS = re.compile(r"^UrlFetchApp\.|[sS]ync$")
_POOLED = re.compile(r"\.(?:map|submit)$")
_SPAWNED = re.compile(r"(?:^|\.)(?:Thread|Process|spawn)$")
_PARALLEL = re.compile(r"(?:^|\.)Parallel\(\)$")
_HANDED = {
    "to_thread": 0,
    "run_in_executor": 1,
    "delayed": 0,
    "spawn": 0,
    "map": 0,
    "submit": 0,
    "start_soon": 0,
}
"""Which argument of these is the function that they run."""
_MANY = re.compile(
    r"(?:max_workers|n_jobs|processes)\s*=\s*(?:[3-9]\d|\d{3,}|-1)|\bPool\(\s*(?:[3-9]\d|\d{3,})\s*\)"
    r"|ThreadPool\(\s*(?:[3-9]\d|\d{3,})\s*\)"
)
"""A pool that is no limit: HubSpot takes a hundred-odd requests in ten seconds."""
_SMALL = re.compile(r"(?:n_jobs|processes)\s*=\s*[12]?\d\b|Pool\(\s*[12]?\d\s*\)")
_STAGGERED = re.compile(r"\b(?:sleep|delay|wait)\w*\s*=(?!=)")
"""Each is told when to begin."""
_STARTED = re.compile(r"\.(?:create_task|ensure_future)$")
_GROUPED = re.compile(r"\.(?:create_task|start_soon)$")
_STARTERS = {
    "all", "allSettled", "any", "gather", "wait", "as_completed", "map", "Thread", "Process", "spawn",
    "Parallel()", "create_task", "start_soon", "ensure_future", "submit",
}  # fmt: skip
"""How the names of all that start things side by side end."""


def _begins_statement(unit: Unit, offset: int) -> bool:
    """Whether nothing awaits, returns, keeps or passes on what stands at an offset."""
    # To the parser `await get<T>(url)` is a call of what is awaited.
    if unit.code.startswith("await", offset):
        return False
    before = unit.code[max(0, offset - 80) : offset]
    return bool(_BEGINS.search(before)) and not _GOES_ON.search(before)


class UnthrottledParallelCalls(Rule):
    """A collection of unknown size becomes that many HubSpot requests at the same time.

    `Promise.all(xs.map(…))`, `asyncio.gather(*[… for x in xs])`, tasks, threads and big pools, and
    `xs.forEach(async …)` without a limiter, through helper functions too. The Node SDK limits itself and is
    left alone.

    Why: the quota is a hundred-odd requests in ten seconds. The first hundred go through, the rest get 429,
    and which ones is a matter of luck.
    Instead: one batch call for a hundred records, or a limiter (`p-limit`, `Bottleneck`,
    `asyncio.Semaphore`).
    """

    code, name, severity = "HS302", "unthrottled-parallel-calls", Severity.WARNING
    follows = True
    references = ("https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines",)
    bad: ClassVar = (
        (
            "sync.js",
            "const axios = require('axios');\nasync function sync(ids) "
            "{\n  await Promise.all(ids.map((id) =>\n"
            "    axios.patch(`https://api.hubapi.com/crm/v3/objects/contacts/${id}`, body, opts)));\n}\n",
        ),
        (
            "sync.ts",
            "async function update(id: string) {\n"
            "  await fetch(`https://api.hubapi.com/crm/v3/objects/deals/${id}`, "
            "{ method: 'PATCH', body });\n}\n"
            "export function all(ids: string[]) {\n  ids.forEach(async (id) => "
            "{\n    await update(id);\n  });\n}\n",
        ),
        (
            "sync.py",
            "import asyncio\n\nasync def one(client, id):\n"
            "    return await client.get(f'https://api.hubapi.com/crm/v3/objects/contacts/{id}')\n\n"
            "async def many(client, ids):\n    return await asyncio.gather(*[one(client, i) for i in ids])\n",
        ),
    )
    good: ClassVar = (
        (
            "sync.js",
            "const pLimit = require('p-limit');\nconst limit = pLimit(5);\nasync function sync(ids) {\n"
            "  await Promise.all(ids.map((id) => limit(() =>\n"
            "    axios.patch(`https://api.hubapi.com/crm/v3/objects/contacts/${id}`, body))));\n}\n",
        ),
        (
            "both.ts",
            "const [a, b] = await Promise.all([\n  fetch('https://api.hubapi.com/crm/v3/objects/contacts/1'),\n"
            "  fetch('https://api.hubapi.com/crm/v3/objects/deals/2'),\n]);\n",
        ),
        (
            "sync.py",
            "import asyncio\nslots = asyncio.Semaphore(5)\n\nasync def one(client, id):\n"
            "    async with slots:\n"
            "        return await client.get(f'https://api.hubapi.com/crm/v3/objects/contacts/{id}')\n\n"
            "async def many(client, ids):\n    return await asyncio.gather(*[one(client, i) for i in ids])\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Every unbounded fan-out that reaches HubSpot."""
        if unit.source.language == "py" and not any(word in unit.low for word in _PY_FANS):
            return
        if not unit.memo(may_reach):
            return
        seen: set[tuple[int, str]] = set()
        for call, over, body in self._fans(unit):
            around = max((x.start for x in unit.facts.loops_at(call.start)), default=call.start)
            if (
                self._bounded(unit, call, over)
                or _STAGGERED.search(unit.code, *body)
                or (around, over) in seen
            ):
                continue
            reached = self._reached(unit, body)
            if reached is None:
                continue
            where, target = reached
            if self._slowed(unit, call.start) or self._slowed(where, target.start):
                continue
            seen.add((around, over))
            handled = bool(HANDLED.search(scope_text(where, target.start)))
            related = [where.source.place(target.start, target.end, "the request it sends")]
            yield self.at(
                unit, (call.start, min(call.end, call.start + 200)),
                f"one request at the same time for every element of `{over[:40]}`: {target.label}",
                related=related,
                strict=handled or one_shot(unit),
                fix=suggestion("use the batch endpoint, or a limiter such as p-limit or asyncio.Semaphore"),
            )  # fmt: skip

    def _slowed(self, unit: Unit, offset: int) -> bool:
        """Whether the code around an offset passes through a limiter."""
        scope = _MANY.sub("", unit.around(offset))
        if _SMALL.search(scope):
            return True
        names = unit.memo(_limiters)
        return bool(THROTTLED.search(scope)) or any(re.search(rf"\b{name}\b", scope) for name in names)

    def _fans(self, unit: Unit) -> Iterator[tuple[Expr, str, tuple[int, int]]]:
        """Fan-outs: the call, what it iterates, and the span that runs once an element."""
        loops = unit.facts.loops
        fans = _PY_FANS if unit.facts.language == "py" else _FANS
        calls = unit.facts.calls if any(word in unit.low for word in fans) else []
        for call in calls:
            if call.text.rpartition(".")[2] not in _STARTERS:
                continue
            if _TOGETHER.match(call.text):
                named = [binding(unit, i.text, call.start) for i in call.walk() if i.kind == "name"]
                spans = [
                    (call.start, call.end),
                    *((a.start, a.end) for a in named if a is not None and not a.part),
                ]
                for loop in loops:
                    if loop.kind in ("map", "flatMap", "comp") and any(a <= loop.start < b for a, b in spans):
                        yield call, loop.over, (loop.body, loop.end)
                for each in calls:
                    by_name = bool(each.args) and each.args[0].kind == "name" and each.text.endswith(".map")
                    if by_name and any(a <= each.start < b for a, b in spans):
                        yield call, each.text.removesuffix(".map"), (each.start, each.end)
                for each in call.walk():
                    if each.kind == "call" and each.text == "map" and len(each.args) > 1:
                        yield call, each.args[1].text, (each.start, each.end)
                yield from self._gathered(unit, call)
            elif _SPAWNED.search(call.text) and (call.args or call.get("target") is not None):
                inside = [x for x in unit.facts.loops_at(call.start) if x.over and x.kind != "while"]
                if inside and ".join(" not in unit.code[inside[-1].body : inside[-1].end]:
                    yield call, inside[-1].over, (call.start, call.end)
            elif _PARALLEL.search(call.text):
                for loop in loops:
                    if loop.kind == "comp" and call.start <= loop.start < call.end:
                        yield call, loop.over, (loop.body, loop.end)
            elif _GROUPED.search(call.text) and self._is(
                unit, call, "TaskGroup|open_nursery|create_task_group"
            ):
                inside = [x for x in unit.facts.loops_at(call.start) if x.over and x.kind != "while"]
                if inside:
                    yield call, inside[-1].over, (call.start, call.end)
            elif _STARTED.search(call.text) and call.text.partition(".")[0] in ("asyncio", "loop"):
                inside = [x for x in unit.facts.loops_at(call.start) if x.over and x.kind == "for"]
                line = unit.code[unit.code.rfind("\n", 0, call.start) + 1 : call.start]
                if inside and not line.strip():
                    yield call, inside[-1].over, (call.start, call.end)
            elif call.args and _POOLED.search(call.text) and self._is(unit, call, _POOLS):
                yield call, "its input", (call.start, call.end)
        if unit.facts.language != "py":
            yield from self._dropped(unit)

    def _dropped(self, unit: Unit) -> Iterator[tuple[Expr, str, tuple[int, int]]]:
        """Loops that start requests and wait for none: `xs.forEach(x => post(x))`, `for (…) { post(x); }`."""
        functions = {f.start: f for f in unit.facts.functions}
        for loop in unit.facts.loops:
            if loop.kind in ("forEach", "map") and loop.body in functions:
                kept = loop.kind == "map" and not _begins_statement(unit, loop.start)
                made = next((c for c in unit.facts.calls if c.start == loop.start), None)
                if made is not None and not kept:
                    yield made, loop.over, (loop.body, loop.end)
            elif loop.kind == "for" and loop.over and loop.names:
                around = unit.facts.func_at(loop.start)
                for call in unit.facts.calls_in(loop.body, loop.end):
                    if unit.facts.func_at(call.start) == around and _begins_statement(unit, call.start):
                        yield call, loop.over, (call.start, call.start + 1)

    def _is(self, unit: Unit, call: Expr, what: str) -> bool:
        """Whether the object that is called was made as one of these, or is named as pools are."""
        head = call.text.rpartition(".")[0]
        if what == _POOLS and re.search(r"(?i)(?:executor|pool)\w*(?:\(\))?$", head):
            return True
        made = ("Pool",) if what == _POOLS else what.split("|")
        if unit.facts.language != "py" or not any(one in unit.code for one in made):
            return False
        name = re.escape(head)
        return bool(
            re.search(rf"(?:{what})\([^\n]*\bas\s+{name}\b|\b{name}\s*=[^\n]*(?:{what})\(", unit.code)
        )

    def _gathered(self, unit: Unit, together: Expr) -> Iterator[tuple[Expr, str, tuple[int, int]]]:
        """Requests started one by one in a loop, kept in a list, awaited together."""
        lists = {i.text for i in together.walk() if i.kind == "name"}
        around = unit.facts.func_at(together.start)
        for call in unit.facts.calls:
            head, _, last = call.text.rpartition(".")
            if head not in lists or last not in ("push", "append") or call.start >= together.start:
                continue
            inside = [x for x in unit.facts.loops_at(call.start) if x.over and x.kind != "while"]
            waits = re.match(r"[^(]*\(\s*await\b", unit.code[call.start : call.end])
            if inside and not waits and around in (unit.facts.func_at(inside[-1].start), -1):
                given = call.args[0] if call.args else call
                made = binding(unit, given.text, call.start) if given.kind == "name" else None
                if made is not None and inside[-1].body <= made.start:
                    yield together, inside[-1].over, (made.value.start, made.value.end)
                else:
                    yield together, inside[-1].over, (call.start, call.end)

    def _bounded(self, unit: Unit, call: Expr, over: str) -> bool:
        entries = _ENTRIES.match(over)
        over = _ANSWERED.sub("_", entries.group(1) if entries else _SPREAD.sub(r"\1", over))
        if over.lstrip().startswith(("[", "(", "Object.")) or _CHUNKED.search(over):
            return True
        for loop in unit.facts.loops_at(call.start):
            if over.strip() in loop.names and _CHUNKED.search(f"{over} {loop.over}"):
                return True
        made = binding(unit, over.strip(), call.start)
        if made is not None:
            text = unit.code[made.value.start : made.value.end]
            wanted = "object" if entries else "array"
            listed = made.value.kind == wanted and made.value.items and "..." not in text
            if listed or _CHUNKED.search(_ANSWERED.sub("_", text[:200])):
                return True
        return over.rpartition(".")[2].isupper()

    def _reached(self, unit: Unit, span: tuple[int, int]) -> tuple[Unit, HubCall] | None:
        for found in relevant(unit):
            if span[0] <= found.start < span[1] and self._unlimited(unit, found):
                return unit, found
        for call in unit.facts.calls_in(*span):
            if leads_away(unit, call.text):
                continue
            given = self._handed(call)
            for where, what in resolve(unit, given or call.text, call.start):
                for u, f in reach(where, what, 1):
                    for found in relevant(u):
                        if f.start <= found.start < f.end and self._unlimited(u, found):
                            return u, found
        return None

    def _handed(self, call: Expr) -> str:
        """The function that a call is given to run."""
        target = call.get("target") if _SPAWNED.search(call.text) else None
        if target is not None:
            return target.text
        index = _HANDED.get(call.text.removesuffix("()").rpartition(".")[2], 9)
        return call.args[index].text if len(call.args) > index else ""

    def _unlimited(self, unit: Unit, call: HubCall) -> bool:
        """Calls that nothing slows down: not the Node SDK (it has a limiter), nor a framework's sender."""
        if call.via in ("raw", "wrapper") and handed_in(unit, call):
            return False
        if unit.facts.language == "py":
            return True
        return call.via not in ("sdk", "stainless") and not _WAITS.search(call.call.text)
