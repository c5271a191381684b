"""Reads like one that passed all gates a moment ago: straight from what was told then.

A lane holds what the gates established, and leads to the records as they are told. Every request that is no
plain read ends all lanes, and so does whatever the emulator itself is told to do: what a lane rests on cannot
have changed meanwhile. Records that change are forgotten one by one, where they are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import quick, render
from hubwire.emulator.account import Account, Seen, World
from hubwire.emulator.exchange import Answer, Asked, Grant, Refusal
from hubwire.emulator.handlers.objects import next_link, page_size
from hubwire.emulator.privacy import hidden
from hubwire.emulator.quota import left
from hubwire.emulator.scopes import READ_OPS, READS
from hubwire.emulator.shapes import ReadBatch, taken

if TYPE_CHECKING:
    # NumPy is loaded only for accounts with many records.
    from hubwire.emulator.columnar.bodies import Alike, Listed

READ, BATCH, LIST = "objects.read", "objects.batch.read", "objects.list"
QUERIES = {
    READ: frozenset({"properties", "idProperty", "archived"}),
    BATCH: frozenset({"archived"}),
    LIST: frozenset({"properties", "limit", "after", "archived"}),
}
CURSOR = re.compile(r"\d{1,18}", re.ASCII)
ADDRESS, ID = "email", "hs_object_id"
"""The only `idProperty` that single reads have a short way by: no word of a path has an `@`. Batches have one
by any that is not the id itself."""
WRITES = frozenset(
    {
        "objects.create",
        "objects.update",
        "objects.archive",
        "objects.batch.create",
        "objects.batch.update",
        "objects.batch.upsert",
        "objects.batch.archive",
    }
)
"""What changes records, which are forgotten where they are written, and nothing that a lane rests on."""
LARGEST = 100
MOST, MOST_SHOWN = 256, 64
"""Lanes at a time, and sets of properties of one: callers, types and sets that are read in turn."""
MOST_ONCE = 10_000
"""Batches that are known to have been asked for once."""
MOST_ALIKE, MOST_LISTED = 16, 4
"""Lengths of bodies of which one lane knows what they are like, and ways to write others."""
UNSAFE = ("oauth.", "emulator.")
DIGITS = 15
"""Ids with more go the long way, as do texts that are no plain number."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Several records, with commas between them; or the whole answer."""

    texts: list[bytes]
    whole: bool = False


Told = msgspec.Raw | list[msgspec.Raw] | Pieces
"""One record, or several."""
Key = tuple[str, str, str, str]
"""The method, the path (without the id of a single record), the query, and the caller's credentials."""
Listing = tuple[str, str, str, str | None]
"""The path of a list, its query without the cursor, the caller's credentials, the host that was called."""
Names = tuple[str, ...]
Wish = tuple[Names, str]
"""The properties, and by what records are named if not by their ids."""
Nothing = Annotated[list[str], msgspec.Meta(max_length=0)]


class One(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    id: str


class Several(msgspec.Struct, forbid_unknown_fields=True):
    """A batch that asks for nothing special; others do not fit."""

    inputs: list[One]
    properties: Names | None = None
    propertiesWithHistory: Nothing | None = None
    idProperty: str | None = None


_decode = msgspec.json.Decoder(Several).decode


@dataclass(frozen=True, slots=True)
class Shown:
    """How records are told to one who asks for certain properties."""

    view: render.View
    known: Mapping[str, msgspec.Raw]
    """Those that were told so before and are remembered, by id."""
    once: set[int] = field(default_factory=set)
    """The first ids of batches that were told and not remembered: most are not asked for again."""

    def first_time(self, id_: int) -> bool:
        """Whether no batch that begins so was asked for; from now on there was one."""
        if id_ in self.once:
            return False
        if len(self.once) >= MOST_ONCE:
            self.once.clear()
        self.once.add(id_)
        return True


@dataclass(frozen=True, slots=True)
class Lane:
    account: Account
    kind: ObjectType
    grant: Grant
    op: str
    quota: str
    """Which one its calls are counted in."""
    expires: float | None
    by_address: bool = False
    """Single records are named by their e-mail address."""
    shown: dict[Wish, Shown] = field(default_factory=dict)
    """By what a batch asks for; what is asked of a single record stands in the key."""
    alike: dict[int, tuple[Alike, Shown] | None] = field(default_factory=dict)
    """What bodies of that length are like; None if there was one, and no second."""
    listed: list[tuple[Listed, str, Shown]] = field(default_factory=list)
    """What bodies are like that name records by such a property."""

    def one(self, id_: str) -> Told | None:
        """A record, if it lives."""
        shown = self.shown[(), ""]
        if self.by_address:
            address = unquote(id_)
            found = self.account.portal.find(self.kind, ADDRESS, [address]) if "@" in address else {}
            if address not in found:
                return None
            id_ = str(found[address])
        known = shown.known.get(id_)
        if known is not None:
            return known
        if not _plain(id_):
            return None
        told = quick.told_one(self.account.portal, self.kind, int(id_), shown.view)
        if told is not None:
            return msgspec.Raw(told)
        return quick.fetched(self.account.portal, self.kind, [int(id_)], shown.view).get(int(id_))

    def several(self, body: bytes) -> Told | None:
        """The records of a batch in the order that it is told in, if all live."""
        return self._like_another(body) or self._taken_apart(body)

    def _like_another(self, body: bytes) -> Told | None:
        """For a body that has other ids than one before, and nothing else that is other."""
        known = self.alike.get(len(body))
        numbers = None if known is None else known[0].numbers(body)
        if known is None or numbers is None:
            return self._listed(body)
        first = int(numbers[0])
        if first in known[1].once:
            return None
        told = quick.numbered(self.account.portal, self.kind, numbers, known[1].view)
        if told is None:
            return None
        known[1].first_time(first)
        return Pieces(told)

    def _taken_apart(self, body: bytes) -> Told | None:
        try:
            wanted = _decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        shown = self.shown.get((wanted.properties or (), wanted.idProperty or ""))
        if shown is None or len(wanted.inputs) > LARGEST:
            return None
        given = [one.id for one in wanted.inputs]
        if wanted.idProperty:
            return self._by(body, wanted.idProperty, given, shown)
        ids = list(dict.fromkeys(given))
        try:
            return render.scrambled(list(map(shown.known.__getitem__, ids)))
        except KeyError:
            pass
        if not all(map(_plain, ids)):
            return None
        numbers = render.scrambled(list(map(int, ids)))
        self._remember(body, given, shown)
        if numbers and shown.first_time(numbers[0]):
            told = quick.told(self.account.portal, self.kind, numbers, shown.view)
            if told is not None:
                return Pieces(told)
        found = quick.fetched(self.account.portal, self.kind, numbers, shown.view)
        if len(found) < len(numbers):
            return None
        return [found[number] for number in numbers]

    def _listed(self, body: bytes) -> Told | None:
        """The same for one that names records by something else."""
        for listed, name, shown in self.listed:
            texts = listed.texts(body)
            if texts is not None and len(texts) <= LARGEST:
                told = quick.addressed(self.account.portal, self.kind, name, texts, shown.view)
                return None if told is None else Pieces(told)
        return None

    def _by(self, body: bytes, name: str, given: Sequence[str], shown: Shown) -> Told | None:
        portal, kind = self.account.portal, self.kind
        texts = list(dict.fromkeys(given))
        found = portal.find(kind, name, texts)
        if len(found) < len(texts):
            return None
        numbers = render.scrambled(list(dict.fromkeys(found[text] for text in texts)))
        told = quick.told(portal, kind, numbers, shown.view)
        if told is not None:
            self._remember_listed(body, name, given, shown)
            return Pieces(told)
        raw = quick.fetched(portal, kind, numbers, shown.view)
        return [raw[number] for number in numbers] if len(raw) == len(numbers) else None

    def _remember_listed(self, body: bytes, name: str, given: Sequence[str], shown: Shown) -> None:
        if any(known is shown for _, _, known in self.listed):
            return
        listed = quick.listed(body, given)
        if listed is not None:
            if len(self.listed) >= MOST_LISTED:
                self.listed.clear()
            self.listed.append((listed, name, shown))

    def _remember(self, body: bytes, ids: Sequence[str], shown: Shown) -> None:
        """What the body is like, if it is the second that is so long."""
        if len(body) not in self.alike:
            if len(self.alike) >= MOST_ALIKE:
                self.alike.clear()
            self.alike[len(body)] = None
        elif self.kind.id in self.account.portal.columns:
            alike = quick.alike(body, ids)
            self.alike[len(body)] = None if alike is None else (alike, shown)


@dataclass(frozen=True, slots=True)
class Paged:
    """Pages of a list, one like the other."""

    lane: Lane
    view: render.View
    limit: int
    link: bytes
    """JSON text of where the next page is, but for the cursor and the quote at its end."""

    def page(self, start: int) -> Pieces | None:
        """The one that begins at that id, if another comes after it."""
        found = quick.page(self.lane.account.portal, self.lane.kind, start, self.limit, self.view)
        if found is None:
            return None
        texts, after = found
        texts[0] = b'{"results":[' + texts[0]
        texts.append(b'],"paging":{"next":{"after":"%d","link":%b%d"}}}' % (after, self.link, after))
        return Pieces(texts, whole=True)


class Lanes:
    """The caller holds the world's lock."""

    def __init__(self, world: World, correlation_id: Callable[[], str]) -> None:
        self._world, self._correlation_id = world, correlation_id
        self._open: dict[Key, Lane] = {}
        self._paged: dict[Listing, Paged] = {}

    def close(self) -> None:
        """Something may have changed."""
        self._open.clear()
        self._paged.clear()

    def learn(self, account: Account, asked: Asked, answer: Answer) -> None:
        """Opens a lane for requests like this one; closes all after one that may have changed something
        besides records."""
        op = asked.endpoint.op if asked.endpoint else ""
        if op in WRITES:
            return
        if not (asked.method in READS or op in READ_OPS) or op.startswith(UNSAFE):
            self.close()
        elif op in QUERIES and answer.status == 200 and not self._world.faults.any:
            self._learn(account, asked)

    def _learn(self, account: Account, asked: Asked) -> None:
        endpoint = asked.endpoint
        if asked.grant is None or endpoint is None or asked.method == "HEAD":
            return
        if asked.query.keys() - QUERIES[endpoint.op]:
            return
        if asked.one("idProperty", ADDRESS) != ADDRESS or asked.flag("archived"):
            return
        if endpoint.op == LIST:
            self._learn_pages(account, asked)
            return
        path, names, by = asked.path, Names(), ""
        if endpoint.op == BATCH:
            wanted = taken(asked.body, ReadBatch)
            names, by = tuple(wanted.properties or ()), wanted.idProperty or ""
        else:
            path = path.rpartition("/")[0]
        lane = self._lane(account, asked, path)
        if lane is None or by == ID:
            return
        portal, kind = account.portal, lane.kind
        view = render.View.of(
            portal, kind, names or asked.many("properties"), hidden=hidden(portal, asked, kind)
        )
        if len(lane.shown) >= MOST_SHOWN:
            lane.shown.clear()
        lane.shown[names, by] = Shown(view, portal.table(kind).remembered.told(tuple(view.names)))

    def _learn_pages(self, account: Account, asked: Asked) -> None:
        cut = without_cursor(asked.raw_query)
        lane = self._new_lane(account, asked)
        # A cursor may be written otherwise, or be there twice.
        if cut is None or lane is None or ("after" in asked.query) != (cut[0] != asked.raw_query):
            return
        portal, kind = account.portal, lane.kind
        view = render.View.of(portal, kind, asked.many("properties"), hidden=hidden(portal, asked, kind))
        link = render.encode(next_link(asked, ""))[:-1]
        if len(self._paged) >= MOST:
            self._paged.clear()
        key = asked.path, cut[0], asked.headers.get("authorization", ""), asked.headers.get("host")
        self._paged[key] = Paged(lane, view, page_size(asked, LARGEST), link)

    def _lane(self, account: Account, asked: Asked, path: str) -> Lane | None:
        """The one for requests like this, open already or new."""
        key = asked.method, path, asked.raw_query, asked.headers.get("authorization", "")
        lane = self._open.get(key) or self._new_lane(account, asked)
        if lane is not None:
            if len(self._open) >= MOST:
                self._open.clear()
            self._open[key] = lane
        return lane

    def _new_lane(self, account: Account, asked: Asked) -> Lane | None:
        grant, endpoint, authorization = asked.grant, asked.endpoint, asked.headers.get("authorization", "")
        access = account.tokens.find(authorization.strip().partition(" ")[2].strip())
        if access is None or grant is None or endpoint is None:
            return None
        kind, by_address = account.portal.kind(asked.places["objectType"]), asked.one("idProperty") == ADDRESS
        return Lane(account, kind, grant, endpoint.op, endpoint.lane, access.expires_at, by_address)

    def answer(
        self, method: str, path: str, query: str, authorization: str, host: str | None, body: bytes
    ) -> Answer | None:
        """None for what has to go the long way."""
        if method == "GET":
            head, _, last = path.rpartition("/")
            lane = self._open.get((method, head, query, authorization))
            told: Told | None = None if lane is None else lane.one(last)
            if lane is None and (cut := without_cursor(query)) is not None:
                paged = self._paged.get((path, cut[0], authorization, host))
                if paged is not None:
                    lane, told = paged.lane, paged.page(cut[1])
        else:
            lane = self._open.get((method, path, query, authorization))
            told = None if lane is None or lane.op != BATCH else lane.several(body)
        if lane is None or told is None:
            return None
        now = self._world.clock.now()
        due = lane.account.portal.next_job
        if (lane.expires is not None and now >= lane.expires) or (due is not None and now * 1000 >= due):
            return None
        try:
            lane.account.quota.spend(lane.grant, lane.quota, now)
        except Refusal:
            return None
        return self._finished(lane, method, path, told, now)

    def _finished(self, lane: Lane, method: str, path: str, told: Told, now: float) -> Answer:
        """As `Emulator.answer` would answer, and noted as it is there."""
        correlation_id = self._correlation_id()
        headers = lane.account.quota.headers(lane.grant, now)
        portal_id = lane.account.identity.portal_id
        self._world.requests.append(
            Seen(now, method, path, lane.op, 200, correlation_id, portal_id, left(headers))
        )
        match told:
            case Pieces(texts, whole=True):
                text = b"".join(texts)
            case Pieces(texts):
                text = render.around(render.batch(now, now, []), texts)
            case list():
                text = render.encode(render.batch(now, now, told))
            case _:
                text = bytes(told)
        return Answer(200, text, [("X-HubSpot-Correlation-Id", correlation_id), *headers])


def _plain(id_: str) -> bool:
    """Whether the text is how a record's number is written."""
    return id_.isascii() and id_.isdecimal() and len(id_) <= DIGITS and id_[0] != "0"


def without_cursor(query: str) -> tuple[str, int] | None:
    """A list's query without the cursor, and the id that this is: 0 if there is none. None if it is no id."""
    if "after=" not in query:
        return query, 0
    parts = query.split("&")
    others = [part for part in parts if not part.startswith("after=")]
    if len(others) < len(parts) - 1:
        return None
    cursor = next((part.removeprefix("after=") for part in parts if part.startswith("after=")), "0")
    return ("&".join(others), int(cursor)) if CURSOR.fullmatch(cursor) else None
