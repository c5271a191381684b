"""What HubSpot's paths do: list, search, batch, single record, OAuth."""

from __future__ import annotations

from dataclasses import dataclass

from hubwire.lint import patterns as re

HOSTS = re.compile(r"(?i)\bapi(?:-[a-z]{2}\d)?\.(?:hubapi(?:qa|\{\})?|hubspot)\.com|\bhubapi\.com")
FAMILIES = (
    r"crm/v[1-4]|crm/(?:objects|associations|properties|owners|pipelines|lists|imports|exports|schemas)/20\d\d-\d\d|"
    r"crm-object-schemas/|contacts/v[1-3]/|companies/v[2-3]/|deals/v[1-3]/|engagements/v1|tickets/v\d|crm-objects/v1|"
    r"crm-associations/v1|crm-pipelines/v1|properties/v[12]/|owners/v[23]|marketing/v[1-4]/|automation/v[2-4]/|cms/v\d|"
    r"files/v[23]|filemanager/api|webhooks/v[1-4]|app-webhooks/|settings/v3|settings/users|account-info/|"
    r"communication-preferences/|email/public/v1|marketing-emails/v1|forms/v2|form-integrations/v1|conversations/v[23]|"
    r"events/v[23]|integrations/v1|content/api/v2|hubdb/api|broadcast/v1|calendar/v1|oauth/v[1-3]/|oauth/20\d\d-\d\d/|"
    r"email/v\d|subscriptions/v\d|extensions/|crm/timeline|crm/extensions|calling/v1|social/v1|reports/v2|analytics/v2"
)
PATHS = re.compile(rf"(?:^|[/}}])(?:{FAMILIES})")
_STRIP = re.compile(r"^.*?(?:hubapi(?:qa|\{\})?|hubspot)\.com|^(?:\{\})+(?=/)")
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
    rf"/crm-objects/v1/objects/{ID}/paged|/deals/v1/deal/associated/\w+/{ID}(?:/paged)?|/associations/v\d/{ID}/{ID}/{ID}|"
    rf"/content/api/v2/(?:blog-posts|pages)|/events/v3/events|/crm/v3/imports|/automation/v4/flows)/?$"
)
SINGLE = re.compile(
    rf"^(?:{OBJECTS}(?:/{ID})?|/crm/v3/objects/{ID}/{ID}/associations/{ID}/{ID}(?:/{ID})?|"
    rf"/crm/v4/objects/{ID}/{ID}/associations/(?:default/)?{ID}/{ID}|/contacts/v1/contact(?:/{ID}){{0,4}}|"
    rf"/companies/v2/companies(?:/{ID})?|/deals/v1/deal(?:/{ID})?|/crm-associations/v1/associations|"
    rf"/crm-objects/v1/objects/{ID}(?:/{ID})?|/cms/v3/(?:blogs/posts|pages/\w[\w-]*)/{ID}|"
    rf"/cms/v3/hubdb/tables/{ID}/rows(?:/{ID})?)/?$"
)


# What a record is linked to: read one record a time here, a hundred or a thousand with the batch endpoint.
LINKS = re.compile(
    rf"^(?:/crm/v[34]/objects/{ID}/{ID}/associations/{ID}|/crm/objects/20\d\d-\d\d/{ID}/{ID}/associations/{ID}|"
    rf"/crm-associations/v1/associations/{ID}/{ID}/{ID}|/deals/v1/deal/associated/\w+/{ID}(?:/paged)?|"
    rf"/associations/v\d/{ID}/{ID}/{ID}|/companies/v2/companies/{ID}/(?:contacts|vids))/?$"
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
    if "/" not in url and "." not in url:
        return False
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
        return Operation("list", kind, batchable=bool(LINKS.match(path)))
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
