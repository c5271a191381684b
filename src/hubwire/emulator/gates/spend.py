"""What the call costs, and what came with it."""

from __future__ import annotations

from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Asked
from hubwire.emulator.refusals import body_missing

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


def read_body(account: Account, asked: Asked) -> None:
    """Refuses writes of JSON that came without any. Reading it is up to the handler, who knows its shape."""
    del account
    writes = asked.method in ("POST", "PUT", "PATCH")
    if writes and not asked.body.strip() and asked.grant is not None and asked.endpoint is not None:
        if asked.endpoint.op in BODILESS | LISTS_BODILESS:
            return
        raise body_missing()
