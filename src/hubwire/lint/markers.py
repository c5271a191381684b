"""The byte prefilter: which files have anything to do with HubSpot."""

from __future__ import annotations

from hubwire.lint import patterns as re

# By what several have in common: a file without `hub` is searched once for it, not once for each.
_STEMS = (
    (b"hub", (b"hubspot", b"hubapi")),
    (b"hapi", (b"hapikey", b"hapi_key")),
    (b"/crm/v", (b"/crm/v3/", b"/crm/v4/")),
    (b"crm.", (b"crm.objects.", b"crm.schemas.", b"crm.lists.")),
    (b"basic", (b"basicapi", b"basic_api")),
    (b"subscriptiont", (b"subscriptiontype",)),
    (b"hsf", (b"hsforms",)),
    (b"pat-", (b"pat-na", b"pat-eu", b"pat-ap")),
    # How personal access keys begin: base64 of the account's region.
    (b"cir", (b"ciruy", b"cirld", b"cirhc")),
)


def marked(data: bytes, path: str = "") -> bool:
    """True if the bytes (or the path) speak of HubSpot or hold something shaped like its tokens."""
    low = data.lower()
    for stem, markers in _STEMS:
        if stem in low and any(marker in low for marker in markers):
            return True
    return "hubspot" in "/".join(path.lower().split("/")[-2:])


# A file that mentions HubSpot but none of these (a label, a type, a link) has nothing for the code rules.
# The likely ones come first.
WORKING = (
    "hubapi", "from hubspot", "import hubspot", "access_token", "/crm/", "webhook", "api-client",
    "from hapi.", "accesstoken", "crm.", "signature", "hapikey", "objectid", "client_secret", "clientsecret",
    "basicapi", "basic_api", "searchapi", "search_api", "batchapi", "batch_api", "oauth/v", "portalid",
    "require('hubspot", 'require("hubspot', "subscriptiontype", "associationtypeid", "tokensapi",
    "tokens_api", "apirequest", "api_request", "refreshtoken", "refresh_token", "hubspot_token",
)  # fmt: skip
# `createHubspotDeal(…)`, `hubspot.send(…)`, `HUBSPOT_API_URL`, `HUBSPOT_APP_TOKEN`, `from "./hubspot"`.
# Both begin with a letter that is looked for.
_NAMED = re.compile(
    r"hub_?spot(\w*(?:\.\w|\()|[_\"'\]\[.]*(?:api_?)?(?:base_?)?(?:url|uri|endpoint|host)\b|"
    r"_\w*(?:token|secret|key))?"
)
_IMPORTED = re.compile(r"(?:from|require|import)\b")


def working(low: str) -> bool:
    """True if code rules may have something to say about a marked file, given in small letters."""
    if any(word in low for word in WORKING):
        return True
    for found in _NAMED.finditer(low):
        if found.group(1) or _IMPORTED.search(low, low.rfind("\n", 0, found.start()) + 1, found.start()):
            return True
    return False
