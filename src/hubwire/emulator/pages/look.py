"""The HTML of lists of records and of single records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from hubwire.emulator.pages.layout import frame

SCROLL = '<div class="scroll" tabindex="0">'
NOTHING = '<span class="soft">–</span>'


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is: its account and object type."""

    portal_id: int
    kind: str

    @property
    def url(self) -> str:
        return f"/_emulator/look/{self.portal_id}/{self.kind}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list."""

    place: Place
    total: int
    columns: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str | None]]]
    begins: bool
    """Is this the first page?"""
    after: int | None
    """Where the next one starts."""
    sought: str = ""
    """What the list was searched for."""


@dataclass(frozen=True, slots=True)
class Version:
    """A value that a property had."""

    value: str
    at: str
    source: str


@dataclass(frozen=True, slots=True)
class Linked:
    """An associated record."""

    kind: str
    id: int
    name: str
    labels: str


@dataclass(frozen=True, slots=True)
class Told:
    """One record."""

    place: Place
    id: int
    name: str
    facts: Mapping[str, str]
    properties: Mapping[str, Sequence[Version]]
    linked: Sequence[Linked]


def listing(page: Listed) -> str:
    """The page of a list."""
    place = page.place
    head = "".join(f"<th>{escape(name)}</th>" for name in ("id", *page.columns))
    rows = "".join(
        f'<tr><td><a href="{escape(place.url)}/{number}">{number}</a></td>'
        + "".join(f"<td>{escape(value) if value else NOTHING}</td>" for value in values)
        + "</tr>"
        for number, values in page.rows
    )
    table = f"{SCROLL}<table><tr>{head}</tr>{rows}</table></div>" if rows else "<p>None here.</p>"
    first = "" if page.begins else f'<a href="{escape(place.url)}">First page</a> '
    following = (
        f'<a rel="next" href="{escape(place.url)}?after={page.after}">Next page</a>' if page.after else ""
    )
    steps = f'<nav class="buttons">{first}{following}</nav>' if first or following else ""
    what = f"{page.total:,} found" if page.sought else f"{page.total:,} records, by id"
    find = (
        f'<form class="find" role="search" action="{escape(place.url)}">'
        f'<input type="search" name="q" aria-label="Find" value="{escape(page.sought)}" '
        'placeholder="id, or words as in a search"><button class="no">Find</button></form>'
    )
    return _page(place, f"<h1>{escape(place.kind)}</h1><p class='soft'>{what}</p>{find}{table}{steps}")


def record(page: Told) -> str:
    """The page of a record."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in page.facts.items())
    card = f"<h1>{escape(page.name)}</h1><dl>{facts}</dl>"
    linked = "".join(
        f'<tr><td><a href="/_emulator/look/{page.place.portal_id}/{escape(one.kind)}/{one.id}">'
        f"{escape(one.kind)} {one.id}</a></td><td>{escape(one.name)}</td><td>{escape(one.labels)}</td></tr>"
        for one in page.linked
    )
    head = "<tr><th>Record</th><th>Name</th><th>As</th></tr>"
    associations = f"{SCROLL}<table>{head}{linked}</table></div>" if linked else '<p class="soft">None.</p>'
    properties = "".join(_property(name, versions) for name, versions in page.properties.items())
    return _page(
        page.place,
        card,
        f"<h2>Associations</h2>{associations}",
        f'<h2>Properties</h2>{SCROLL}<table class="properties"><tr><th>Name</th><th>Value</th>'
        f"<th>Set</th></tr>{properties}</table></div>",
    )


def _property(name: str, versions: Sequence[Version]) -> str:
    now, earlier = versions[0], versions[1:]
    past = "".join(
        f"<li>{escape(one.value) or NOTHING} <code>{escape(one.at)} · {escape(one.source)}</code></li>"
        for one in earlier
    )
    count = f"{len(earlier)} earlier value{'s' if len(earlier) > 1 else ''}"
    history = f"<details><summary>{count}</summary><ul>{past}</ul></details>" if past else ""
    return (
        f"<tr><td class=wide><code>{escape(name)}</code></td>"
        f"<td class=wide>{escape(now.value) or NOTHING}{history}</td>"
        f'<td class="soft k">{escape(now.at)}<br>{escape(now.source)}</td></tr>'
    )


def _page(place: Place, *cards: str) -> str:
    way = (
        f'<nav class="soft"><a href="/">hubwire emulator</a> › account {place.portal_id} › '
        f'<a href="{escape(place.url)}">{escape(place.kind)}</a></nav>'
    )
    body = "".join(f'<div class="card">{card}</div>' for card in cards)
    return frame(f"{place.kind} · account {place.portal_id}", way + body, wide=True)
