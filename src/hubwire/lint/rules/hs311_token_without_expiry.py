"""HS311: an OAuth token kept without the time it dies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.facts import Func
from hubwire.lint.finding import Confidence, Finding, Place, Severity
from hubwire.lint.flow import reach, resolve
from hubwire.lint.hubspot import HubCall, find_calls
from hubwire.lint.limits import function_at
from hubwire.lint.project import Unit
from hubwire.lint.reaching import may_exchange, may_reach
from hubwire.lint.rule import Rule, suggestion

EXPIRY = re.worded(
    (
        "expir",
        "ttl",
        "validuntil",
        "valid_until",
        "issuedat",
        "issued_at",
        "obtainedat",
        "obtained_at",
        "createdat",
        "created_at",
        "tokenage",
        "token_age",
        "lifetime",
        "maxage",
        "max_age",
        "refreshedat",
        "refreshed_at",
    ),
    r"(?i)expir(?!ed_?auth)|\bttl\b|valid_?until|issued_?at|obtained_?at|created_?at|token_?age|lifetime|maxAge|max_age|refreshed_?at",
)
_STORE = re.compile(
    r"(?i)(?:\b(?:save|insert|update|upsert|store|persist|put|set|create|write|add|commit|execute|query|setex|hset|updateOne|insertOne|findOneAndUpdate|"
    r"findByIdAndUpdate|updateMany|setItem|writeFile\w*|dump|merge|from)\w*\s*\()|session\s*(?:\[|\.(?!(?:get|post|put|patch|delete|request|headers)\b))|\btokens?\s*\[|Store\s*\[|process\.env\.\w+\s*=|"
    r"\b(?!client|api|hubspot_?client|config)\w+\.(?:hub_?spot_?)?(?:access|refresh)_?token\s*=(?!=)|"
    r"\b(?!client|api|config|headers|axios)\w+\.(?:\w*hub_?spot\w*|integrations?|oauth|tokens?|auth|credentials|crm)\s*=\s*\{|"
    r"(?:this|self|global|cache|tokenStore|tokenCache|refreshTokenStore|accessTokenCache)\.?\w*\s*(?:\[[^\]]+\])?\s*=(?![=>])"
)
_MADE = re.compile(
    r"\b(?!HubSpot|\w*(?:Client|Hubspot|Session|Response|Error|Exception)\()[A-Z]\w+\((?=$|[^)\n]*(?i:(?:access|refresh)_?token)\s*=)"
)
_KEPT = re.compile(r"(?i)\s*(?:os\.environ\[[^\]]*\]|(\w+))\s*=(?!=).*(?:access|refresh)_?token")
"""A variable of the module, or of the environment, is given a token."""
_GIVEN = re.compile(r"(?i)(?:access|refresh)_?token\s*=")
_ADDED = re.compile(r"\.(?:add|save|merge|put|commit|persist|flush)\(")
"""A row is made and added."""
_TOKEN = re.compile(r"(?i)access_?token|refresh_?token")
_ACCESS = re.compile(r"(?i)access_?token")
_TOKENS = ("access_token", "accesstoken", "refresh_token", "refreshtoken")
_EXCHANGES = re.compile(r"(?:getAccessToken|refreshAccessToken|create_?[tT]oken)\w*\s*\(")
_DEFINES = re.compile(
    r"\s*(?:(?:async|static|public|private|protected|export|default|function|def)\s+)*[\w$]+\s*\("
)
"""A line that may begin a function: what it takes is stored nowhere."""
_WHOLE = re.compile(
    r"(?i)(?:save|store|set|put|persist|write|insert|upsert|dump)\w*\([^()\n]*\b(?:tokens?|token_?data|token_?resp\w*|data|response\.data|tokenResponse|result|res\.data)\b\s*[,)]"
)


class TokenWithoutExpiry(Rule):
    """An OAuth token is stored, and the time it expires is not.

    Why: an access token lives 30 minutes. Without the time of its end the code learns of it by a 401, in
    the middle of a job, and HubSpot says that a 401 by itself is no reason to refresh.
    Instead: store `now + expires_in` beside the token, on first exchange and on every refresh, and refresh
    a minute before.
    """

    code, name, severity = "HS311", "token-without-expiry", Severity.WARNING
    references = (
        "https://developers.hubspot.com/docs/api-reference/legacy/authentication/manage-oauth-tokens",
    )
    bad: ClassVar = (
        (
            "oauth.py",
            "import requests\n\ndef callback(code):\n"
            "    r = requests.post('https://api.hubapi.com/oauth/v1/token', data={'code': code})\n"
            "    body = r.json()\n"
            "    account.access_token = body['access_token']\n"
            "    account.refresh_token = body['refresh_token']\n    account.save()\n",
        ),
        (
            "oauth.js",
            "app.get('/callback', async (req, res) => {\n"
            "  const { data } = await axios.post('https://api.hubapi.com/oauth/v1/token', form);\n"
            "  await db.update({ accessToken: data.access_token, refreshToken: data.refresh_token });\n"
            "  res.redirect('/');\n});\n",
        ),
        (
            "oauth.ts",
            "export async function exchange(code: string) {\n"
            "  const t = await hubspotClient.oauth.tokensApi.create('authorization_code', code, REDIRECT, "
            "ID, SECRET);\n"
            "  session.accessToken = t.accessToken;\n  session.refreshToken = t.refreshToken;\n}\n",
        ),
    )
    good: ClassVar = (
        (
            "oauth.py",
            "import requests\nimport time\n\ndef callback(code):\n"
            "    body = requests.post('https://api.hubapi.com/oauth/v1/token', data={'code': code}).json()\n"
            "    account.access_token = body['access_token']\n"
            "    account.expires_at = time.time() + body['expires_in']\n    account.save()\n",
        ),
        (
            "oauth.js",
            "async function exchange(form) {\n"
            "  const { data } = await axios.post('https://api.hubapi.com/oauth/v1/token', form);\n"
            "  return data;\n}\n",
        ),
        (
            "oauth.ts",
            "export async function exchange(form: URLSearchParams) {\n"
            "  const res = await fetch('https://api.hubapi.com/oauth/v1/token', "
            "{ method: 'POST', body: form });\n"
            "  const t = await res.json();\n"
            "  await db.save({ accessToken: t.access_token, expiresAt: Date.now() + t.expires_in * 1000 "
            "});\n}\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Every token exchange whose result is stored without its end."""
        if unit.is_test:
            return
        seen: set[int] = set()
        for source, scopes in self._sources(unit):
            for start, end in scopes:
                store = self._store(unit, start, end)
                if store is None or store[0] in seen:
                    continue
                seen.add(store[0])
                yield self.at(
                    unit, store,
                    "the token is stored here, the time it expires is not",
                    confidence=Confidence.MEDIUM,
                    related=[source],
                    fix=suggestion("store now + expires_in beside the token, here and on refresh"),
                )  # fmt: skip
                break

    def _sources(self, unit: Unit) -> Iterator[tuple[Place, list[tuple[int, int]]]]:
        """Where tokens come from, and the spans of this file that get them."""
        for call in unit.memo(find_calls):
            if self._exchanges(call):
                place = unit.source.place(call.start, call.end, "where the token comes from")
                yield place, list(self._scopes(unit, call))
        # A case-blind search walks every character.
        if not any(word in unit.low for word in _TOKENS) or not unit.memo(may_reach):
            return
        if unit.source.language == "py" and not may_exchange(unit):
            return
        low = re.lowered(unit.code)
        if not any(word in low for word in _TOKENS):
            return
        imported = {i.local for i in unit.facts.imports}
        for called in unit.facts.calls:
            if called.text.partition(".")[0] not in imported:
                continue
            outer = function_at(unit, called.start)
            for where, what in resolve(unit, called.text, called.start) if outer is not None else ():
                if where is not unit and self._hands_out(where, what) and outer is not None:
                    place = unit.source.place(called.start, called.end, "where the token comes from")
                    yield place, [(outer.start, outer.end), *self._callers(unit, outer)]

    def _hands_out(self, unit: Unit, func: Func) -> bool:
        """Whether a function asks for tokens, itself or through another one, and keeps none of them."""
        asks = any(
            self._exchanges(call) and f.start <= call.start < f.end
            for u, f in reach(unit, func, 1)
            for call in u.memo(find_calls)
        )
        return asks and not self._store(unit, func.start, func.end)

    def _exchanges(self, call: HubCall) -> bool:
        """A request for tokens, not for information about one."""
        if call.operation.kind != "oauth":
            return False
        last = call.call.text.rpartition(".")[2]
        if call.via == "sdk":
            return last in (
                "create", "createToken", "create_token", "getAccessToken", "refreshAccessToken"
            )  # fmt: skip
        return bool(re.search(r"/oauth/[^/]+/token/?$", call.url)) and call.method != "GET"

    def _scopes(self, unit: Unit, call: HubCall) -> Iterator[tuple[int, int]]:
        """The exchanging function, then its callers."""
        func = function_at(unit, call.start)
        if func is None:
            yield 0, len(unit.code)
            return
        yield func.start, func.end
        yield from self._callers(unit, func)

    def _callers(self, unit: Unit, func: Func, depth: int = 0) -> Iterator[tuple[int, int]]:
        """Functions of the file that call a function; one that only hands the token on has callers too."""
        last = func.name.rpartition(".")[2]
        for found in unit.facts.calls if last else ():
            if found.text.rpartition(".")[2] != last or func.start <= found.start < func.end:
                continue
            outer = function_at(unit, found.start)
            if outer is not None:
                yield outer.start, outer.end
                if depth == 0 and "return" in unit.body(outer):
                    yield from self._callers(unit, outer, 1)

    def _module_variable(self, unit: Unit, line: str) -> bool:
        """`accessToken = data.access_token`, where a variable of the module lives on between requests."""
        match = re.match(r"\s*(\w*[tT]oken\w*)\s*=(?![=>])", line)
        if match is None or unit.facts.language == "py":
            return False
        return bool(re.search(rf"(?m)^(?:export )?(?:let|var) [^\n]*\b{match.group(1)}\b", unit.code))

    def _store(self, unit: Unit, start: int, end: int, *, deeper: bool = False) -> tuple[int, int] | None:
        """Where a scope stores the token, if nothing in it speaks of expiry."""
        text = unit.code[start:end]
        if EXPIRY.search(text) or _WHOLE.search(text):
            return None
        for call in unit.facts.calls_in(start, end):
            for where, what in resolve(unit, call.text, call.start):
                if EXPIRY.search(where.body(what)):
                    return None
        added = _ADDED.search(text)
        shared = {n for names in re.findall(r"\bglobal\s+([\w, ]+)", text) for n in re.findall(r"\w+", names)}
        offset = start
        named = {f.start for f in unit.facts.functions if f.name}
        for line in text.splitlines(keepends=True):
            if _DEFINES.match(line) and any(offset <= at < offset + len(line) for at in named):
                offset += len(line)
                continue
            window = text[offset - start : offset - start + 400]
            kept = _KEPT.match(line)
            if kept is not None and (kept.group(1) is None or kept.group(1) in shared):
                return offset + len(line) - len(line.lstrip()), offset + len(line.rstrip())
            stored = _STORE.search(line) or self._module_variable(unit, line)
            if (
                stored or (added and _MADE.search(line.rstrip()) and _GIVEN.search(window))
            ) and not re.search(
                r"(?i)oauth/|headers|Authorization|console\.|print\(|logger|(?:form|params?|body|data|query|qs)\w*\.(?:set|append|update)\(",
                line,
            ):
                near = _TOKEN.search(_EXCHANGES.sub("(", line)) or (
                    re.search(r"[({]\s*$", line) and _TOKEN.search(window.split(";")[0])
                )
                if near and not re.search(
                    r"(?i)(?:tokens_?Api|oauth|requests|axios|fetch|httpx|client)\W*\.?\w*\(", line
                ):
                    if not _ACCESS.search(window.split(";")[0]):
                        offset += len(line)
                        continue
                    lead = len(line) - len(line.lstrip())
                    return offset + lead, offset + len(line.rstrip())
            offset += len(line)
        return None if deeper else self._saved(unit, start, end)

    def _saved(self, unit: Unit, start: int, end: int) -> tuple[int, int] | None:
        """The same in a method that a scope calls to keep what it has: `self.save()`."""
        for call in unit.facts.calls_in(start, end):
            if re.match(r"(?:self|this)\.\w*(?:save|store|persist)\w*$", call.text):
                for where, what in resolve(unit, call.text, call.start):
                    found = self._store(unit, what.start, what.end, deeper=True) if where is unit else None
                    if found is not None:
                        return found
        return None
