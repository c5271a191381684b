"""The front page's HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from hubwire.emulator.pages.layout import frame


@dataclass(frozen=True, slots=True)
class Line:
    """One request as listed."""

    at: str
    portal_id: int
    method: str
    path: str
    op: str
    status: int


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt to deliver webhook events; `status` is None where no answer came."""

    at: str
    portal_id: int
    url: str
    events: int
    status: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Holding:
    """One account: its quota, and how many records of each type it has."""

    portal_id: int
    tier: str
    calls_today: int
    calls_limit: int
    resets: str
    burst: int
    enforced: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the page shows."""

    base_url: str
    portal_id: int
    access_token: str
    client_id: str
    accounts: Sequence[Holding]
    requests: Sequence[Line]
    deliveries: Sequence[Sent]


CLIENTS = (
    (
        "Clients that read HubSpot’s own environment names",
        "export HUBSPOT_BASE_URL={base}\nexport HUBSPOT_ACCESS_TOKEN={token}",
    ),
    ("hubwire (Python)", 'from hubwire import Hub\n\nhub = Hub("{token}", base_url="{base}")'),
    (
        "hubspot-api-client (Python)",
        'from hubspot import HubSpot\n\nclient = HubSpot(access_token="{token}", host="{base}")',
    ),
    (
        "@hubspot/api-client (Node)",
        'const {{ Client }} = require("@hubspot/api-client")\n\n'
        'const client = new Client({{ accessToken: "{token}", basePath: "{base}" }})',
    ),
    (
        "hubspot-sdk (Python)",
        'from hubspot_sdk import HubSpot\n\nclient = HubSpot(access_token="{token}", base_url="{base}")',
    ),
    ("curl", 'curl -H "Authorization: Bearer {token}" {base}/crm/v3/objects/contacts'),
)


def front(facts: Facts) -> str:
    """The whole page."""
    accounts = "".join(map(_account, facts.accounts))
    return frame(
        f"hubwire emulator · account {facts.portal_id}",
        f"{_about(facts)}{accounts}{_requests(facts)}{_deliveries(facts)}{_clients(facts)}",
        wide=True,
    )


def _about(facts: Facts) -> str:
    rows = {
        "Base URL": facts.base_url,
        "Account (portal) id": str(facts.portal_id),
        "Access token": facts.access_token,
        "OAuth client id": facts.client_id,
    }
    listed = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(value)}</code></dd>" for name, value in rows.items()
    )
    return (
        '<div class="card"><h1>hubwire emulator</h1>'
        '<p class="soft">A HubSpot account on this machine. Nothing here reaches HubSpot; '
        "what it does not serve, it answers with 501.</p>"
        f"<dl>{listed}</dl></div>"
    )


def _account(holding: Holding) -> str:
    look = f"/_emulator/look/{holding.portal_id}"
    rows = "".join(
        f'<tr><td><a href="{look}/{escape(name)}">{escape(name)}</a></td><td class="n">{count:,}</td></tr>'
        for name, count in holding.counts.items()
    )
    table = (
        f'<table><tr><th>Object type</th><th class="n">Records</th></tr>{rows}</table>' if rows else NONE_YET
    )
    limits = (
        f"{holding.calls_today:,} of {holding.calls_limit:,} calls today, until {escape(holding.resets)}; "
        f"{holding.burst} in ten seconds for each app"
        if holding.enforced
        else f"{holding.calls_today:,} calls today; limits are off"
    )
    return (
        f'<div class="card"><h2>Account {holding.portal_id}</h2>'
        f'<p class="soft">{escape(holding.tier)}. {limits}.</p>{table}</div>'
    )


def _deliveries(facts: Facts) -> str:
    rows = "".join(
        f'<tr><td class="k">{escape(one.at)}</td><td class="k">{one.portal_id}</td>'
        f"<td><code>{escape(one.url)}</code></td>"
        f'<td class="n">{one.events}</td>'
        f'<td class="n {"ok" if one.status is not None and one.status < 300 else "bad"}">'
        f"{escape(str(one.status or one.error))}</td></tr>"
        for one in facts.deliveries
    )
    head = (
        "<tr><th>When</th><th>Account</th><th>URL</th><th class='n'>Events</th><th class='n'>Answer</th></tr>"
    )
    table = f'<div class="scroll"><table>{head}{rows}</table></div>' if rows else NONE_YET
    return f'<div class="card"><h2>Last webhook deliveries</h2>{table}</div>'


def _clients(facts: Facts) -> str:
    blocks = "".join(
        f"<h2>{escape(name)}</h2>"
        f"<pre>{escape(code.format(base=facts.base_url, token=facts.access_token))}</pre>"
        for name, code in CLIENTS
    )
    return f'<div class="card">{blocks}</div>'


def _requests(facts: Facts) -> str:
    rows = "".join(
        f'<tr><td class="k">{escape(line.at)}</td><td class="k">{line.portal_id}</td>'
        f"<td>{escape(line.method)}</td>"
        f"<td><code>{escape(line.path)}</code></td>"
        f"<td>{escape(line.op)}</td>"
        f'<td class="n {"ok" if line.status < 400 else "bad"}">{line.status}</td></tr>'
        for line in facts.requests
    )
    names = "".join(f"<th>{name}</th>" for name in ("When", "Account", "Method", "Path", "Operation"))
    head = f"<tr>{names}<th class='n'>Status</th></tr>"
    table = f'<div class="scroll"><table>{head}{rows}</table></div>' if rows else NONE_YET
    return f'<div class="card"><h2>Last requests</h2>{table}</div>'


NONE_YET = '<p class="soft">None yet.</p>'
