"""What the catalogue knows about HubSpot, in the form the rules ask for. Every answer has a source there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hubwire.lint import patterns as re

# A hole of a folded URL, a place of a template, or a word.
_PLACE = r"(?:\{\}|\{\w+\}|:?[\w.\-]+)"
_DATE = r"20\d\d-\d\d"
_ENDS = {
    "oauth v1": r"^/oauth/v1/",
    "v4": r"^/(?:crm|webhooks)/v4/",
    "pipelines v1": r"^/crm-pipelines/v1|^/deals/v1/pipelines",
    "lists v1": r"^/contacts/v1/lists",
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ending:
    """An announced end of a family of paths."""

    pattern: str
    what: str
    day: str
    """In words: `16 February 2027`, `September 2027`."""
    instead: str
    source: str


@cache
def endings() -> tuple[Ending, ...]:
    """Ends that show in a path, the earliest first. Numeric versions as such are HS403's."""
    from hubwire.catalogue.load import sunsets

    return tuple(
        Ending(_ENDS[s.touches], s.what, in_words(s.day), s.instead, s.source)
        for s in sunsets()
        if s.touches in _ENDS
    )


@cache
def numeric_end() -> str:
    """When the numeric versions lose support, in words."""
    from hubwire.catalogue.load import sunsets

    return next(in_words(s.day) for s in sunsets() if s.touches == "numeric versions")


def in_words(day: str) -> str:
    """`2027-02-16` as people say it; a day of `00` is a month only."""
    year, month, number = day.split("-")
    name = _MONTHS[int(month) - 1]
    return f"{name} {year}" if number == "00" else f"{int(number)} {name} {year}"


def _pattern(template: str) -> re.Pattern[str]:
    """What a path template matches, whatever the date of its version."""
    parts = re.split(r"(\{\w+\}|(?<=/)20\d\d-\d\d)", template)
    shape = (_PLACE if p.startswith("{") else _DATE if p[:2] == "20" else re.escape(p) for p in parts)
    return re.compile(f"^{''.join(shape)}/?$")


@cache
def _replaced() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Numeric path, method, newest dated path; the most literal path first."""
    from hubwire.catalogue.load import endpoints

    out = []
    for endpoint in endpoints():
        newest = max((v for v in endpoint.paths if v[0].isdigit()), default="")
        for path in endpoint.paths.get("v3", ()) if newest else ():
            out.append((path.count("{"), _pattern(path), endpoint.method, endpoint.paths[newest][0]))
    out.sort(key=lambda row: row[0])
    return tuple(row[1:] for row in out)


@cache
def newer(path: str, method: str = "") -> str:
    """The dated path that replaces a numeric one, or nothing."""
    if not re.search(r"/v[1-4](?:/|$)", path):
        return ""
    return next(
        (new for pattern, verb, new in _replaced() if pattern.match(path) and method in ("", "?", verb)), ""
    )


@cache
def _batches() -> tuple[tuple[re.Pattern[str], int], ...]:
    from hubwire.catalogue.load import endpoints

    return tuple(
        (_pattern(path), endpoint.limit)
        for endpoint in endpoints()
        if ".batch." in endpoint.op and endpoint.limit
        for paths in endpoint.paths.values()
        for path in paths
    )


@cache
def batch_limit(path: str) -> int | None:
    """How many inputs a batch path takes, in any version."""
    return next((limit for pattern, limit in _batches() if pattern.match(path)), None)


@dataclass(frozen=True, slots=True)
class Link:
    """What an association type id of HubSpot's own means."""

    pair: tuple[str, str]
    """Singular names, from and to."""
    primary: bool


@cache
def link(number: int) -> Link | None:
    """The meaning of an association type id, if HubSpot defines it."""
    from hubwire.catalogue.load import association_type, object_type

    known = association_type("HUBSPOT_DEFINED", number)
    if known is None:
        return None
    ends = [object_type(i) for i in (known.from_type, known.to_type)]
    names = [
        e.singular if e is not None else i
        for e, i in zip(ends, (known.from_type, known.to_type), strict=True)
    ]
    return Link((names[0], names[1]), known.label == "Primary")


@cache
def scopes(spelling: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Scopes that permit reading and writing an object type; any one of each is enough."""
    from hubwire.catalogue.load import object_type

    known = object_type(spelling) if spelling else None
    return (known.scope_read, known.scope_write) if known is not None and known.scope_read else None
