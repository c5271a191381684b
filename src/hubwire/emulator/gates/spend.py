"""What the call costs, and what came with it."""

from __future__ import annotations

from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Asked
from hubwire.emulator.refusals import body_missing, unsupported_media_type

FORMS = frozenset({"oauth.token", "oauth.introspect", "oauth.revoke", "oauth.consent"})
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
OF_ANY_KIND = ("emulator.", "imports.create")
"""Operations, or what their names begin with, that see to it themselves."""
BODILESS = frozenset(
    {
        "associations.default",
        "associations.usage_report",
        "associations.v3.link",
        "legacy.companies.link",
        "legacy.companies.by_domain",
        "legacy.deals.link",
        "legacy.contacts.email_add",
        "legacy.engagements.link",
        "legacy.marketing.enroll",
    }
)
"""Posts that need no body."""
LISTS_BODILESS = frozenset(
    {
        "lists.rename", "lists.restore", "lists.memberships.add_from", "lists.folders.move",
        "lists.folders.rename", "imports.cancel",
    }
)  # fmt: skip
"""Those of lists and imports."""


def spend_quota(account: Account, asked: Asked) -> None:
    """Takes the call out of the app's and the account's quotas, or answers 429."""
    if asked.grant is not None and asked.endpoint is not None:
        account.quota.spend(asked.grant, asked.endpoint.lane, asked.now)


def check_kind(account: Account, asked: Asked) -> None:
    """Refuses a body that says it is no JSON, or no form where one is due; one that says nothing is taken.

    415: https://github.com/HubSpot/hubspot-local-dev-lib/pull/103, https://github.com/dimagi/commcare-hq/pull/8643
    (where bodies without the header were refused once and taken before), and for forms
    https://github.com/hubspot-net/HubSpot.NET/issues/102.
    """
    del account
    told = asked.headers.get("content-type")
    if not told or not asked.body or asked.endpoint is None or asked.endpoint.op.startswith(OF_ANY_KIND):
        return
    due = FORM if asked.endpoint.op in FORMS else JSON
    if told.partition(";")[0].strip().lower() != due:
        raise unsupported_media_type()


def read_body(account: Account, asked: Asked) -> None:
    """Refuses writes of JSON that came without any. Reading it is up to the handler, who knows its shape."""
    del account
    writes = asked.method in ("POST", "PUT", "PATCH")
    if writes and not asked.body.strip() and asked.grant is not None and asked.endpoint is not None:
        if asked.endpoint.op in BODILESS | LISTS_BODILESS:
            return
        raise body_missing()
