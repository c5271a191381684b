"""HubSpot credentials in any text: found by shape, typed by the name beside them, shown only masked."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from hubwire.lint import patterns as re

if TYPE_CHECKING:
    from hubwire.lint.project import Unit

Kind = Literal["api-key", "access-token", "refresh-token", "client-secret", "personal-access-key"]

HEX = "0123456789abcdefABCDEF"
_TAIL = re.compile(r"-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9a-zA-Z])")
_HEAD = re.compile(
    r"(?:(pat-[a-z]{2}\d{1,2}-)|\b([a-z]{2}\d-))?(?:[0-9a-fA-F]{8}|(?<=[a-z]\d-)[0-9a-fA-F]{4})$"
)
_PERSONAL = re.compile(r"CiR(?:uY[TX]|ldT|hcD)[A-Za-z0-9_+/=-]{50,}")
_OPAQUE = re.compile(r"C[A-Z][A-Za-z0-9_\-]{61,}={0,2}")
_OPERATOR = re.compile(r"(\|\||\?\?|\bor|=>|:=|[:=,])\s*$")
_ANNOTATED = re.compile(r"\s*:\s*(?:&(?:'\w+ )?)?[A-Za-z_][\w|\[\]. ]{0,30}$")
_WORDS = re.compile(r"([A-Za-z$_][\w$.\-]*(?: [A-Za-z][\w\-]*){0,2})[\"'`*\])\s]*$")
_WORD = re.compile(r"([A-Za-z$_][\w$.\-\[\]\"']*?)[\"'`\])\s]*$")
_VENDORS = re.compile(
    r"(?i)stripe|sendgrid|airtable|notion|salesforce|pipedrive|zendesk|intercom|slack|twilio|shopify|mailchimp|monday|"
    r"openai|anthropic|google|sheets?_|azure|aws|github|gitlab|supabase|firebase|jira|atlassian|asana|clickup|calendly|typeform|"
    r"segment|mixpanel|amplitude|sentry|datadog|auth0|okta|xero|quickbooks|netsuite|apollo|clearbit|zoominfo|lemlist|"
    r"brevo|mailgun|postmark|heroku|vercel|netlify|algolia|contentful|sanity|webflow|wix|hotjar|zapier|make_|n8n|"
    r"tenant|postgres|mysql|mongo|redis|database|session|jwt|encryption|cookie|csrf|next_?auth|docusign|linkedin|facebook|"
    r"instrumentation|app_?insights|instantly|buildium|servicem8|eventbrite|zoom|teams|outlook|microsoft|graph|crm_?dynamics|freshdesk|chargebee|"
    r"pandadoc|gong|aircall|ringcentral|canny|productboard|pendo|crisp|drift|braintree|paypal|square|gocardless|licen[cs]e"
)
_IGNORED = re.compile(
    r"(?i)client[_-]?id|app[_-]?id|application[_-]?id|form|portal|guid|uuid|pipeline|stage|hub[_-]?id|account|org|user|"
    r"workspace|owner|campaign|template|correlation|request[_-]?id|trace|message|thread|channel|inbox|subscription|"
    r"project|deploy|build|widget|list[_-]?id|(?<![a-z])id$|[a-z]Id$|_id$|\bref\b|embed|region|instance|session|nonce|"
    r"signature|hash|checksum|digest|idempotency|write_?(?:trace|key)|public[_-]?key|site[_-]?key|measurement|pixel"
)
_SECRET = re.compile(
    r"(?i)client[_\-. ]?secret|app(?:lication)?[_\-. ]?secret|webhook[_\-. ]?secret|signing[_\-. "
    r"]?secret|secret"
)
_REFRESH = re.compile(r"(?i)refresh[_\-. ]?token")
_CODE = re.compile(r"(?i)auth(?:ori[sz]ation)?[_\-. ]?code$")
"""What is exchanged for a token, once and within minutes."""
_OTHERS = re.compile(r"(?i)verif(?:y|ication)[_\-. ]?token|(?<![a-z])secret[_\-. ]?key$")
"""What Meta's webhooks are registered with, and what web frameworks sign their cookies with."""
_TOKEN = re.compile(r"(?i)token|bearer|authorization|private[_\-. ]?app|service[_\-. ]?key|access[_\-. ]?key")
_API = re.compile(
    r"(?i)hapi[_\-. ]?key|api[_\-. ]?key|apikey|developer[_\-. ]?key|dev[_\-. ]?key|[_\-. "
    r"]key\b|key$|^key|hubspot|hubapi|^hs_?api"
)
_HUB = re.compile(r"(?i)hub_?spot|hubapi|hapi_?key|(?:^|[^a-z])hs[_-]|\bhs[A-Z]")
_ENTRY = re.compile(
    r"\b(?:name|key|Name|Key)[\"']?\s*[:=]\s*[\"']?([\w.-]+)|\bvariable\s+\"([\w-]+)\"\s*\{"
    r"|[\"']?([A-Za-z][\w-]{3,})[\"']?\s*[:=]\s*\{(?=[^{}]*$)"
)
MIXED = (".html", ".htm", ".vue", ".svelte", ".astro", ".php", ".erb", ".ejs", ".hbs", ".twig")
"""Pages with code in them: what they are about may stand far from a value."""
_SPLIT = re.compile(r"\bpat-[a-z]{2}\d{1,2}-?[\"'`]\s*[+.]\s*[\"'`]-?$")
"""The prefix of a token, joined to the rest."""
_BUILDS = re.compile(
    r"(?i)\bnew\s+[\w.\\]*hub_?spot(?:_?api|_?client|_?service|3)?\(\s*[\"'`]$|hub_?spot\\Factory::create\(\s*[\"'`]$"
)
"""`new HubSpotApi("…")`: the only thing such clients were ever given."""
_SCOPES = re.compile(r"\bcrm\.(?:objects|schemas|lists)\.[a-z_.]{3,40}(?:read|write)\b")
"""Nobody else's scopes are called so."""
_NAMED = re.compile(r"([\w.$-]+)[\"'`\s:=(]*$")
_ELEMENT_KEY = re.compile(r"<[A-Za-z][^<>\n]*\skey=[\"'`{]*$")
_ENCODED = re.compile(r"cGF0L(?:W5h|WV1|WFw)M[Siy][0-3][A-Za-z0-9+/]{40,}={0,2}")
"""Base64 of `pat-na1-…`, as in the data of a Kubernetes Secret."""
_HEADLINE = re.compile(r"(?i)[\s#*-]*hub_?spot[ \w-]{0,30}\b(?:key|secret|token)[\s*]*$")
"""A note's line that only says what the next one is."""
_URL = re.compile(r"https?://([^/\s\"'`<>]+)[^\s\"'`<>]*$")
_FAKE = re.compile(
    r"(?i)12345678-?1234|1234-?1234-?1234|abcd-?efgh|aaaa-?bbbb|1111-?2222|0000-?0000|1234-?5678-?9|a1b2-?c3d4|"
    r"abcdef12-?3456|deadbeef|example|dummy|550e8400-e29b|f47ac10b-58cc|123e4567-e89b|your[_-]|changeme|redacted|xxxx"
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential in a text: its place, what kind it is, the name that told so."""

    start: int
    end: int
    kind: Kind
    name: str
    value: str
    sure: bool
    """False when only the surroundings say that it is HubSpot's."""

    @property
    def digest(self) -> str:
        """SHA-256 of the value, for `secret-allow`."""
        return hashlib.sha256(self.value.encode("latin-1")).hexdigest()


def placeholder(value: str) -> bool:
    """True for values nobody was ever issued: few distinct digits, counting sequences, well-known fakes."""
    digits = re.sub(r"^pat-[a-z]{2}\d+-|^[a-z]{2}\d-", "", value).replace("-", "").lower()
    if len(set(digits)) < 7 or _FAKE.search(value):
        return True
    steps = [ord(b) - ord(a) for a, b in pairwise(digits)]
    return sum(s in (0, 1) for s in steps) > len(steps) * 0.55 or _periodic(digits)


def _periodic(digits: str) -> bool:
    return any(digits[: n * 3] == digits[:n] * 3 for n in (2, 3, 4, 8))


def redact(value: str) -> str:
    """Enough of a secret to recognise it, not to use it."""
    prefix = re.match(r"pat-[a-z]{2}\d+-|[a-z]{2}\d-", value)
    head = prefix.group() if prefix else ""
    return f"{head}{value[len(head) : len(head) + 4]}…({len(value)} characters)"


def mask(text: str) -> str:
    """A text with everything that has the shape of a secret redacted."""
    if "-" in text:
        for match in reversed(list(_TAIL.finditer(text))):
            head = _HEAD.search(text[: match.start()])
            if head is not None:
                text = text[: head.start()] + redact(text[head.start() : match.end()]) + text[match.end() :]
    for pattern in (_PERSONAL, _OPAQUE, _ENCODED):
        text = pattern.sub(lambda m: redact(m.group()), text)
    return text


def scan(unit: Unit) -> list[Secret]:
    """Every credential of a text, in order, placeholders and allowed values left out."""
    allowed = set(unit.project.config.secret_allow)
    found = [*_uuids(unit), *_personal(unit), *_opaque(unit), *_encoded(unit)]
    out: list[Secret] = []
    for secret in sorted(found, key=lambda s: s.start):
        if placeholder(secret.value) or secret.digest in allowed:
            continue
        if out and secret.start < out[-1].end:
            continue
        out.append(secret)
    return out


def _uuids(unit: Unit) -> Iterator[Secret]:
    text = unit.source.text
    for tail in _TAIL.finditer(text):
        head = _HEAD.search(text, max(0, tail.start() - 24), tail.start())
        if head is None or (head.start() > 0 and text[head.start() - 1] in HEX + "-_/"):
            before = text[head.start() - 1] if head is not None and head.start() > 0 else ""
            if head is None or before != "/" or not head.group(1):
                continue
        value = text[head.start() : tail.end()]
        if head.group(1):
            yield Secret(
                head.start(), tail.end(), "access-token", _label(_context(text, head.start())), value, True
            )
            continue
        if len(value) < 36 and not head.group(2):
            continue
        typed = _type(unit, head.start())
        if typed is not None:
            yield Secret(head.start(), tail.end(), typed[0], typed[1], value, typed[2])


def _context(text: str, start: int) -> str:
    """What stands before a value: the rest of its line, or the line above when the value begins its own."""
    begin = text.rfind("\n", 0, start) + 1
    left = text[max(begin, start - 160) : start]
    if not left.strip(" \t\"'`([{-") and begin > 1:
        above = text.rfind("\n", 0, begin - 1) + 1
        line = text[max(above, begin - 160) : begin].rstrip()
        if re.search(r"(?:[:=(\[{|\\]|\|\||\?\?|[>|][-+]?|\bor)$", line):
            left = line + " " + left.strip()
        elif _HEADLINE.match(line):
            left = line.strip(" \t#*-") + ": " + left.strip()
    # Code inside of JSON, as in a notebook.
    return left.replace('\\"', '"')


def _label(left: str) -> str:
    """The name that a value is given, read from the text before it."""
    left = re.sub(r"(?i)\b(?:bearer|token)\s+$|[>|][-+]?\s*$", "", left).rstrip(" \t\"'`")
    left = re.sub(r"(?<!\w)[rbfuRBFU]$", "", left).rstrip(" \t([{>")
    # `**API key:** …` in Markdown.
    left = left[:-2] if left.endswith((":**", ":__")) else left
    operator = _OPERATOR.search(left)
    if operator is None:
        match = _WORDS.search(left)
        return match.group(1) if match else ""
    before = left[: operator.start()]
    if operator.group(1) in ("=", ":="):
        typed = _ANNOTATED.search(before)
        # `config:set HUBSPOT_KEY=…` and `$env:HUBSPOT_KEY = …` have a name there.
        if typed is not None and not _HUB.search(typed.group()):
            before = before[: typed.start()]
    match = (_WORDS if operator.group(1) == ":" else _WORD).search(before)
    return match.group(1).strip(".-[]$\"'") if match else ""


def _type(unit: Unit, start: int) -> tuple[Kind, str, bool] | None:
    """Kind, name and certainty of a bare UUID; None if nothing says it is a HubSpot credential."""
    text = unit.source.text
    left = _context(text, start)
    if re.search(r"(?i)hapi_?key[\"'\]]?\s*[=:,]\s*[\"'`]?$|[?&]hapikey=$", left):
        return "api-key", "hapikey", True
    elsewhere = _URL.search(left)
    if elsewhere is not None and not _HUB.search(elsewhere.group(1)):
        return None
    if _SPLIT.search(left):
        return "access-token", _label(left), True
    if _BUILDS.search(left):
        return "api-key", "apiKey", True
    if _ELEMENT_KEY.search(left):
        return None
    name = _label(left)
    if name.lower() in ("value", "default", "val", "current_value", "initialvalue"):
        name = _entry(text, start) or name
    words = name
    if re.search(r"(?i)Bearer\s+$", left):
        words = words + " bearer"
    if not words:
        return None
    sure = bool(_HUB.search(words))
    if not sure and (_VENDORS.search(words) or not _nearby(unit, start) or _anothers(text, start)):
        return None
    if (
        sure
        and _VENDORS.search(re.sub(r"(?i)hubspot|hubapi", "", words))
        and not re.search(r"(?i)^(next_public|vite|react)", words)
    ):
        return None
    kind = _kind(words, sure)
    return (kind, name, sure) if kind else None


def _entry(text: str, start: int) -> str:
    """The name of the entry that a `value` or `default` belongs to."""
    before = text[max(0, start - 240) : start]
    found = _ENTRY.findall(before)
    return next((name for name in found[-1] if name), "") if found else ""


def _kind(words: str, sure: bool) -> Kind | None:
    bare = re.sub(r"(?i)hub_?spot", "", words)
    if _OTHERS.search(words) and not sure:
        return None
    if _SECRET.search(bare) or (sure and re.search(r"(?i)(?:^|\W)_?cs$", bare)):
        return "client-secret"
    if _REFRESH.search(bare):
        return "refresh-token"
    if re.search(r"(?i)hapi_?key|api[_\-. ]?key|apikey", bare):
        return "api-key"
    if _CODE.search(words):
        return None
    if _TOKEN.search(bare):
        return "access-token"
    if _IGNORED.search(bare):
        return None
    if (
        re.search(r"(?i)key", bare)
        or re.fullmatch(r"(?i)(?:hs_?)?api", bare)
        or (sure and re.fullmatch(r"(?i)[\W_]*(api|auth|dev|developer|prod|test|private)?[\W_]*", bare))
    ):
        return "api-key"
    return None


def _anothers(text: str, start: int) -> bool:
    """Whether the braces around a value name an address, and HubSpot is neither it nor mentioned; or what
    the value stands under is another vendor's name."""
    owner = _owner(text, start)
    if _VENDORS.search(owner) and not _HUB.search(owner):
        return True
    opened, closed = text.rfind("{", max(0, start - 400), start), text.find("}", start, start + 400)
    # `Hubspot.configure({ … })`: what the braces are given to counts too.
    lead = text.rfind("\n", 0, max(opened, 0)) + 1
    block = text[max(lead, opened - 80) : closed] if opened >= 0 and closed > 0 else ""
    return "}" not in block and "://" in block and not re.search(r"(?i)hub_?spot|hubapi|hs-sites", block)


def _owner(text: str, start: int) -> str:
    """The name of the braces, the indented block or the `[section]` that a value stands in."""
    begin = text.rfind("\n", 0, start) + 1
    lines = text[max(0, begin - 600) : begin].splitlines()
    inside = text[max(begin, start - 160) : start]
    opened = inside.rfind("{")
    if opened > inside.rfind("}"):
        named = _NAMED.search(inside[:opened])
        return named.group(1) if named is not None else ""
    indent = len(inside) - len(inside.lstrip(" \t-"))
    for line in reversed(lines):
        stripped = line.strip()
        section = stripped.startswith("[") and stripped.endswith("]")
        deep = len(line) - len(line.lstrip(" \t-"))
        if section or (deep < indent and stripped.endswith((":", "{", "["))):
            return stripped
        if stripped and deep < indent:
            return ""
    return ""


def _nearby(unit: Unit, start: int, end: int = 0) -> bool:
    """Whether HubSpot is what the surroundings of a value speak of."""
    folders = f"{unit.project.home}/{unit.path}".lower().split("/")[-2:]
    if "hubspot" in unit.path.lower() or "hubspot" in "/".join(folders):
        return True
    text = unit.source.text
    low = text[max(0, start - 600) : max(start, end) + 400].lower()
    if "hubspot" in low or "hubapi" in low or "hs-sites" in low or _SCOPES.search(low):
        return True
    whole = unit.source.language or unit.path.endswith(MIXED)
    return bool(whole) and ("hubspot" in text.lower() or "hubapi" in text.lower())


def _personal(unit: Unit) -> Iterator[Secret]:
    for match in _PERSONAL.finditer(unit.source.text):
        yield Secret(
            match.start(), match.end(), "personal-access-key", "personalAccessKey", match.group(), True
        )


def _encoded(unit: Unit) -> Iterator[Secret]:
    """Private-app tokens in base64."""
    text = unit.source.text
    for match in _ENCODED.finditer(text) if "cGF0LW" in text else ():
        try:
            plain = base64.b64decode(match.group() + "==").decode("ascii")
        except ValueError:
            continue
        tail = _TAIL.search(plain)
        if tail is not None and not placeholder(plain[: tail.end()]):
            label = _label(_context(text, match.start()))
            yield Secret(match.start(), match.end(), "access-token", label, match.group(), True)


def _opaque(unit: Unit) -> Iterator[Secret]:
    """OAuth access tokens: long, opaque, starting with a capital C, beside the word for what they are."""
    text = unit.source.text
    for match in _OPAQUE.finditer(text):
        value = match.group()
        left = _context(text, match.start())
        label = _label(left)
        if text[match.start() - 1 : match.start()].isalnum() or not _TOKEN.search(label + left[-8:]):
            continue
        if _VENDORS.search(label):
            continue
        mixed = re.search(r"[a-z]", value) and re.search(r"[A-Z]", value) and re.search(r"\d", value)
        if (
            mixed
            and _nearby(unit, match.start(), match.end())
            and not re.search(r"(?i)example|your|xxx", value)
        ):
            yield Secret(match.start(), match.end(), "access-token", label, value, False)
