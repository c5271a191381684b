"""The front page's HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from hubwire.emulator.pages import clients
from hubwire.emulator.pages.layout import frame


@dataclass(frozen=True, slots=True)
class Line:
    """One request as listed; `left` is what the app had left in its ten seconds."""

    at: str
    portal_id: int
    method: str
    path: str
    op: str
    left: int | None
    status: int


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt to deliver webhook events; `status` is None where no answer came."""

    at: str
    portal_id: int
    url: str
    events: Sequence[str]
    """Each as JSON."""
    attempt: int
    status: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Holding:
    """One account: its quota, and how many records of each type it has."""

    portal_id: int
    tier: str
    access_token: str
    calls_today: int
    calls_limit: int
    resets: str
    burst: int
    enforced: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """One app, and what it is told of."""

    app_id: int
    name: str
    kind: str
    client_id: str
    target: str
    events: Sequence[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the page shows."""

    base_url: str
    now: str
    portal_id: int
    accounts: Sequence[Holding]
    apps: Sequence[Told]
    faults: Sequence[str]
    requests: Sequence[Line]
    deliveries: Sequence[Sent]
    waiting: int
    """Webhook events that are not delivered yet."""


PARTS = {
    "accounts": "Accounts",
    "apps": "Apps",
    "requests": "Requests",
    "deliveries": "Webhook deliveries",
    "clients": "Connect a client",
}
NONE_YET = '<p class="soft">None yet.</p>'


def front(facts: Facts) -> str:
    """The whole page."""
    ways = "".join(f'<a href="#{name}">{escape(title)}</a>' for name, title in PARTS.items())
    faults = "".join(f"<li><code>{escape(one)}</code></li>" for one in facts.faults)
    broken = f"<h3>Set to go wrong</h3><ul>{faults}</ul>" if faults else ""
    about = (
        '<header class="card"><h1>hubwire emulator</h1>'
        '<p class="soft">A HubSpot on this machine. Nothing here reaches HubSpot; '
        "what it does not serve, it answers with 501.</p>"
        f"<dl><dt>Base URL</dt><dd><code>{escape(facts.base_url)}</code></dd>"
        f"<dt>Its clock</dt><dd>{escape(facts.now)}</dd></dl>{broken}"
        f'<nav class="jumps" aria-label="On this page">{ways}</nav></header>'
    )
    token = facts.accounts[0].access_token
    return frame(
        f"hubwire emulator · account {facts.portal_id}",
        about
        + _accounts(facts.accounts)
        + _apps(facts.apps)
        + _requests(facts.requests)
        + _deliveries(facts)
        + clients.lines(facts.base_url, token),
        wide=True,
    )


def _accounts(accounts: Sequence[Holding]) -> str:
    return f'<section id="accounts">{"".join(map(_account, accounts))}</section>'


def _account(holding: Holding) -> str:
    look = f"/_emulator/look/{holding.portal_id}"
    rows = [
        f'<td><a href="{look}/{escape(name)}">{escape(name)}</a></td><td class="n">{count:,}</td>'
        for name, count in holding.counts.items()
    ]
    told = (
        f"{holding.calls_today:,} of {holding.calls_limit:,} calls today, until {escape(holding.resets)}; "
        f"{holding.burst} in ten seconds for each app"
        if holding.enforced
        else f"{holding.calls_today:,} calls today; limits are off"
    )
    gauge = (
        f'<meter max="{holding.calls_limit}" value="{holding.calls_today}" '
        f'high="{holding.calls_limit * 0.9:.0f}" aria-label="Calls today"></meter>'
        if holding.enforced
        else ""
    )
    return (
        f'<div class="card"><h2>Account {holding.portal_id}</h2>'
        f'<p class="soft">{escape(holding.tier)}. {told}.</p>{gauge}'
        f"<dl><dt>Access token</dt><dd><code>{escape(holding.access_token)}</code></dd></dl>"
        f"{_table('Records', ('Object type', 'n:Records'), rows)}</div>"
    )


def _apps(apps: Sequence[Told]) -> str:
    rows = [
        f"<td class=wide>{escape(one.name)}</td><td class=k>{escape(one.kind)}</td>"
        f"<td class=k>{one.app_id}</td>"
        f"<td><code>{escape(one.client_id) or '–'}</code></td><td>{_wishes(one)}</td>"
        for one in apps
    ]
    head = ("Name", "Kind", "App id", "Client id", "Is told of")
    return f'<section class="card" id="apps"><h2>Apps</h2>{_table("Apps", head, rows)}</section>'


def _wishes(app: Told) -> str:
    if not app.target:
        return '<span class="soft">nothing</span>'
    events = "".join(f"<li><code>{escape(event)}</code></li>" for event in app.events)
    count = f"{len(app.events)} event{'' if len(app.events) == 1 else 's'}"
    return f"<code>{escape(app.target)}</code><details><summary>{count}</summary><ul>{events}</ul></details>"


def _requests(requests: Sequence[Line]) -> str:
    rows = [
        f"<td class=k>{escape(line.at)}</td><td class=k>{line.portal_id}</td>"
        f"<td class=k>{escape(line.method)}</td><td class=wide><code>{escape(line.path)}</code></td>"
        f'<td class="k">{escape(line.op)}</td>'
        f'<td class="n k">{"–" if line.left is None else f"{line.left:,}"}</td>'
        f'<td class="n {"ok" if line.status < 400 else "bad"}">{line.status or "none"}</td>'
        for line in requests
    ]
    head = ("When", "Account", "Method", "Path", "Operation", "n:Quota left", "n:Status")
    table = _table("Requests", head, rows)
    return f'<section class="card" id="requests"><h2>Last requests</h2>{table}</section>'


def _deliveries(facts: Facts) -> str:
    rows = [
        f"<td class=k>{escape(one.at)}</td><td class=k>{one.portal_id}</td>"
        f"<td><code>{escape(one.url)}</code></td><td>{_events(one.events)}</td>"
        f'<td class="n">{one.attempt + 1}</td>'
        f'<td class="n {"ok" if one.status is not None and one.status < 300 else "bad"}">'
        f"{escape(str(one.status or one.error))}</td>"
        for one in facts.deliveries
    ]
    one = facts.waiting == 1
    on_their_way = "event is on its way or waits" if one else "events are on their way or wait"
    waiting = f"{facts.waiting:,} {on_their_way} for a retry." if facts.waiting else ""
    head = ("When", "Account", "URL", "Events", "n:Attempt", "n:Answer")
    return (
        f'<section class="card" id="deliveries"><h2>Last webhook deliveries</h2>'
        f'<p class="soft">{waiting}</p>{_table("Webhook deliveries", head, rows)}</section>'
    )


def _events(events: Sequence[str]) -> str:
    shown = "\n".join(escape(event) for event in events)
    return f"<details><summary>{len(events)}</summary><pre tabindex=0>{shown}</pre></details>"


def _table(name: str, head: Iterable[str], rows: Sequence[str]) -> str:
    """Scrolls by itself, and with the keyboard, where it is too wide."""
    if not rows:
        return NONE_YET
    cells = "".join(
        f'<th scope="col"{" class=n" if title.startswith("n:") else ""}>{title.removeprefix("n:")}</th>'
        for title in head
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">'
        f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>"
    )
