"""What HubSpot's paths do: list, search, batch, single record, OAuth."""

from __future__ import annotations

import re
from dataclasses import dataclass

HOSTS = re.compile(r"(?i)\bapi(?:-[a-z]{2}\d)?\.(?:hubapi|hubspot)\.com|\bhubapi\.com")
_FAMILIES = (
    r"crm/v[1-4]|crm/(?:objects|associations|properties|owners|pipelines|lists|imports|exports|schemas)/20\d\d-\d\d|"
    r"crm-object-schemas/|contacts/v[1-3]/|companies/v[2-3]/|deals/v[1-3]/|engagements/v1|tickets/v\d|crm-objects/v1|"
    r"crm-associations/v1|crm-pipelines/v1|properties/v[12]/|owners/v[23]|marketing/v[1-4]/|automation/v[2-4]/|cms/v\d|"
    r"files/v[23]|filemanager/api|webhooks/v[1-4]|app-webhooks/|settings/v3|settings/users|account-info/|"
    r"communication-preferences/|email/public/v1|marketing-emails/v1|forms/v2|form-integrations/v1|conversations/v[23]|"
    r"events/v[23]|integrations/v1|content/api/v2|hubdb/api|broadcast/v1|calendar/v1|oauth/v[1-3]/|oauth/20\d\d-\d\d/|"
    r"email/v\d|subscriptions/v\d|extensions/|crm/timeline|crm/extensions|calling/v1|social/v1|reports/v2|analytics/v2"
)
PATHS = re.compile(rf"(?:^|[/}}])(?:{_FAMILIES})")
_STRIP = re.compile(r"^.*?(?:hubapi|hubspot)\.com|^(?:\{\})+(?=/)")
ID = r"(?:\{\}|:?\w[\w\-]*|\{\w+\})"
OBJECTS = rf"(?:/crm/v3/objects|/crm/objects/20\d\d-\d\d|/crm/v4/objects)/(?P<type>{ID})"
LISTS = re.compile(
    rf"^(?:{OBJECTS}|/crm/(?:v3/owners|owners/20\d\d-\d\d)|/contacts/v1/lists/(?:all|{ID})/contacts/(?:all|recent)|"
    rf"/contacts/v1/lists(?:/static|/dynamic)?|/companies/v2/companies/(?:paged|recent/\w+)|/deals/v1/deal/(?:paged|recent/\w+)|"
    rf"/engagements/v1/engagements/(?:paged|recent/modified)|/companies/v2/companies/{ID}/(?:contacts|vids)|"
    rf"/crm/(?:v3/lists|lists/20\d\d-\d\d)/{ID}/memberships(?:/join-order)?|/marketing/v3/emails/?|/marketing/v3/forms|"
    rf"/cms/v3/blogs/(?:posts|authors|tags)|/cms/v3/pages/\w[\w-]*|/form-integrations/v1/submissions/forms/{ID}|"
    rf"/conversations/v3/conversations/threads|/crm/v3/objects/{ID}/{ID}/associations/{ID}|"
    rf"/crm/v4/objects/{ID}/{ID}/associations/{ID}|/crm-associations/v1/associations/{ID}/{ID}/{ID}|/email/public/v1/events|"
    rf"/content/api/v2/(?:blog-posts|pages)|/events/v3/events|/crm/v3/imports|/automation/v4/flows)/?$"
)
SINGLE = re.compile(
    rf"^(?:{OBJECTS}(?:/{ID})?|/crm/v3/objects/{ID}/{ID}/associations/{ID}/{ID}(?:/{ID})?|"
    rf"/crm/v4/objects/{ID}/{ID}/associations/(?:default/)?{ID}/{ID}|/contacts/v1/contact(?:/{ID}){{0,4}}|"
    rf"/companies/v2/companies(?:/{ID})?|/deals/v1/deal(?:/{ID})?|/crm-associations/v1/associations|"
    rf"/crm-objects/v1/objects/{ID}(?:/{ID})?)/?$"
)


@dataclass(frozen=True, slots=True)
class Operation:
    """What a call does. kind: list, search, batch, read, create, update, delete, oauth, form, other."""

    kind: str
    object_type: str = ""
    batchable: bool = False


def path_of(url: str) -> str:
    """The path of a folded URL: host, query and leading unknowns removed."""
    text = _STRIP.sub("", url).partition("?")[0].partition("#")[0]
    return text if text.startswith("/") else "/" + text


def is_hubspot(url: str) -> bool:
    """Whether a folded URL goes to HubSpot's API."""
    return bool(HOSTS.search(url)) or bool(PATHS.search(url) and not re.match(r"https?://", url))


def classify(url: str, method: str) -> Operation:
    """What a request to this URL does."""
    if re.search(r"(?i)api\.hsforms\.com|forms\.hubspot\.com|/submissions/v3/", url):
        return Operation("form")
    path = path_of(url)
    method = method.upper()
    if "/oauth/" in path:
        return Operation("oauth")
    if "/batch" in path:
        return Operation("batch")
    match = re.search(OBJECTS, path)
    kind = match.group("type") if match else ""
    if re.search(r"/search/?$", path) and "/v1/" not in path:
        return Operation("search", kind)
    if method in ("GET", "") and LISTS.match(path):
        return Operation("list", kind)
    if SINGLE.match(path) and not re.search(r"/(?:merge|gdpr-delete|recent|paged|all|statistics)/?$", path):
        verb = {
            "GET": "read",
            "": "read",
            "POST": "create",
            "PATCH": "update",
            "PUT": "update",
            "DELETE": "delete",
        }
        return Operation(verb.get(method, "other"), kind, batchable=method != "?")
    return Operation("other", kind)


@dataclass(frozen=True, slots=True)
class Sunset:
    """An announced end of a family of paths."""

    pattern: str
    what: str
    verb: str
    date: str
    instead: str
    source: str


_CHANGELOG = "https://developers.hubspot.com/changelog/"
SUNSETS = (
    Sunset(
        r"^/contacts/v1/lists",
        "the v1 contact lists",
        "ended",
        "30 April 2026",
        "/crm/lists/2026-09",
        _CHANGELOG,
    ),
    Sunset(
        r"^/crm-pipelines/v1|^/deals/v1/pipelines",
        "pipelines v1",
        "ends",
        "4 December 2026",
        "/crm/pipelines/2026-09",
        _CHANGELOG,
    ),
    Sunset(
        r"^/oauth/v1/",
        "OAuth v1",
        "ends",
        "16 February 2027",
        "/oauth/2026-09/token",
        _CHANGELOG + "v1-oauth-api-deprecation",
    ),
    Sunset(
        r"^/crm/v4/associations/",
        "v4",
        "loses support",
        "30 March 2027",
        "/crm/associations/2026-09/…",
        _CHANGELOG,
    ),
    Sunset(
        r"^/crm/v4/objects/", "v4", "loses support", "30 March 2027", "/crm/objects/2026-09/…", _CHANGELOG
    ),
    Sunset(
        r"^/webhooks/v4/", "v4", "loses support", "30 March 2027", "/webhooks-journal/…/2026-03", _CHANGELOG
    ),
)
# https://developers.hubspot.com/docs/api-reference/legacy/migration-guide
_DATED = (
    (r"^/crm/v3/objects/", "/crm/objects/2026-09/…"),
    (r"^/crm/v3/(owners|pipelines|lists|imports|exports)", r"/crm/\1/2026-09"),
    (r"^/crm/v3/properties", "/crm/properties/2026-09/…"),
    (r"^/crm/v3/schemas", "/crm-object-schemas/2026-09/schemas"),
    (r"^/oauth/v3/", "/oauth/2026-09/token"),
    (r"^/account-info/v3", "/account-info/2026-09/…"),
    (r"^/files/v3/files", "/files/2026-09/files"),
)


def dated(path: str) -> str:
    """The dated path that replaces a numeric one, or nothing."""
    for pattern, newer in _DATED:
        match = re.match(pattern, path)
        if match:
            return match.expand(newer) if "\\" in newer else newer
    return ""


@dataclass(frozen=True, slots=True)
class Association:
    """What an association type id of HubSpot's own means."""

    pair: tuple[str, str]
    primary: bool


# https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide
ASSOCIATIONS = {
    1: Association(("contac", "compan"), True),
    2: Association(("compan", "contac"), True),
    3: Association(("deal", "contac"), False),
    4: Association(("contac", "deal"), False),
    5: Association(("deal", "compan"), True),
    6: Association(("compan", "deal"), True),
    15: Association(("contac", "ticket"), False),
    16: Association(("ticket", "contac"), False),
    279: Association(("contac", "compan"), False),
    280: Association(("compan", "contac"), False),
    341: Association(("deal", "compan"), False),
    342: Association(("compan", "deal"), False),
}
# https://developers.hubspot.com/scopes
SCOPES = {
    name: (f"crm.objects.{name}.read", f"crm.objects.{name}.write")
    for name in ("contacts", "companies", "deals", "quotes", "line_items")
} | {"tickets": ("tickets", "tickets")}
