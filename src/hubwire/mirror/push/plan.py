"""The whole order of a push: check, then window by window write the rows, their associated records and the
links.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hubwire.mirror.push.account import Account, canonical
from hubwire.mirror.push.columns import Wish, resolve
from hubwire.mirror.push.finders import ByKey, ByLookup, Clock
from hubwire.mirror.push.forecast import work
from hubwire.mirror.push.journal import Journal
from hubwire.mirror.push.layout import Layout, Side
from hubwire.mirror.push.links import Links, Pair, read_back
from hubwire.mirror.push.parts import Part, Reader, Unusable, no_key, singly, together
from hubwire.mirror.push.repeats import find_repeats
from hubwire.mirror.push.report import Associated, Report, Tally
from hubwire.mirror.push.rounds import Finder, Sender, Settler, Verdict
from hubwire.mirror.push.senders import ByCreation, ById, ByUpsert, Pretend
from hubwire.mirror.push.table import Row, Table, open_table
from hubwire.mirror.push.usage import measure

if TYPE_CHECKING:
    from hubwire import Hub

WINDOW = 5_000
"""Rows in memory at a time."""


class Steps(Protocol):
    """Hears how far the push has come."""

    def begin(self, total: int) -> None: ...
    def step(self, doing: str, amount: int = 1) -> None: ...


class _Unheard:
    def begin(self, total: int) -> None:
        return

    def step(self, doing: str, amount: int = 1) -> None:
        return


class _Wall:
    """The real clock."""

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def prepare(
    hub: Hub,
    path: str | os.PathLike[str],
    wish: Wish,
    *,
    delimiter: str = ",",
    clear_empty: bool = False,
    journal_directory: Path | None = None,
    clock: Clock | None = None,
) -> Plan:
    """Read the file and the account's definitions and settle what goes where. Raises `BadInput`; writes
    nothing.
    """
    table = open_table(path, delimiter)
    account = Account(hub)
    portal_id = account.portal_id()
    wish = Wish(canonical(wish.object), wish.key, wish.maps, wish.associate)
    layout = resolve(table, wish, account.fields)
    journal = Journal.of(table.path, portal_id, journal_directory)
    sides = (layout.main, *layout.associated)
    report = Report(
        file=str(table.path),
        object=layout.main.object,
        key=layout.main.key.name,
        columns={
            target.column: f"{side.object}.{target.field.name}" for side in sides for target in side.targets
        },
        left_out=layout.left_out,
        rows_in=table.count,
        portal_id=portal_id,
        associated={side.object: Associated(side.object, side.key.name) for side in layout.associated},
    )
    return Plan(account, table, layout, journal, report, clock or _Wall(), clear_empty)


@dataclass
class Plan:
    """A push that is ready to run."""

    account: Account
    table: Table
    layout: Layout
    journal: Journal
    report: Report
    """Kept true while the push runs: whoever catches an error finds here what was done before it."""
    clock: Clock
    clear_empty: bool = False
    finished: bool = False
    """Whether `run` came to its end."""
    _readers: dict[str, Reader] = field(default_factory=dict)
    _settlers: dict[str, Settler] = field(default_factory=dict)
    _linked: set[Pair] = field(default_factory=set)
    """Pairs of records that a later window may be about again."""

    @property
    def hub(self) -> Hub:
        """The account's hub."""
        return self.account.hub

    def run(self, *, dry: bool = False, steps: Steps | None = None) -> Report:
        """Carry it out; with `dry`, find out what would happen and write nothing. May be called once."""
        steps = steps or _Unheard()
        started = self.clock.now()
        self.report.dry_run = dry
        self._set_up(dry)
        steps.begin(self.table.count * (2 + len(self.layout.associated)))
        try:
            rows = iter(self.table)
            while window := list(islice(rows, WINDOW)):
                self._window(window, steps, dry)
        except BaseException as problem:
            self.report.stopped = "interrupted" if isinstance(problem, KeyboardInterrupt) else str(problem)
            self.journal.close(done=False)
            raise
        else:
            self.journal.close(done=not dry)
            self.finished = True
        finally:
            self._measure(started)
        return self.report

    def _set_up(self, dry: bool) -> None:
        sides = (self.layout.main, *self.layout.associated)
        readers = [Reader(self.table, side, self.clear_empty) for side in sides]
        for side, reader, repeats in zip(sides, readers, find_repeats(readers), strict=True):
            self._readers[side.object] = reader
            main = side is self.layout.main
            self._settlers[side.object] = Settler(
                side, self._finder(side), self._sender(side, dry), repeats, singly if main else together
            )

    def _finder(self, side: Side) -> Finder:
        if side.mode == "lookup":
            return ByLookup(self.account, side, self.journal, self.clock)
        return ByKey(self.hub, side)

    def _sender(self, side: Side, dry: bool) -> Sender:
        if dry:
            return Pretend()
        if side.mode == "lookup":
            return ByCreation(self.account, side, self.journal, self.clock)
        return ByUpsert(self.hub, side) if side.mode == "unique" else ById(self.hub, side)

    def _window(self, rows: list[Row], steps: Steps, dry: bool) -> None:
        main = self.layout.main
        settler = self._settlers[main.object]
        verdicts = self._settle(main, rows, steps)
        written = [verdict for verdict in verdicts if verdict.reason is None]
        if not dry:
            self._read_back(main, written)
        steps.step("reading back", len(rows))
        for side in self.layout.associated:
            self._associate(side, written, steps, dry)
            steps.step(side.object, len(rows) - len(written))
        if main.mode != "lookup":
            settler.forget()

    def _settle(self, side: Side, rows: list[Row], steps: Steps) -> list[Verdict]:
        """Settle one side of the rows; returns the verdicts on those that could be sent."""
        parts: list[Part] = []
        for row in rows:
            part = self._readers[side.object].part(row)
            if isinstance(part, Part):
                parts.append(part)
                continue
            steps.step(side.object)
            if isinstance(part, Unusable):
                self.report.unusable(side.object, part)
            elif side is self.layout.main:
                self.report.unusable(side.object, Unusable(row, no_key(self.table, side)))
        verdicts = []
        for verdict in self._settlers[side.object].settle(parts):
            self.report.take(verdict, side.object)
            verdicts.append(verdict)
            steps.step(side.object)
        return verdicts

    def _associate(self, side: Side, written: list[Verdict], steps: Steps, dry: bool) -> None:
        """Settle the records that the written rows belong to, and link them."""
        by_line = {verdict.part.row.line: verdict for verdict in written}
        try:
            others = self._settle(side, [verdict.part.row for verdict in written], steps)
        finally:
            states = self._settlers[side.object].states.values()
            self.report.associated[side.object].records = Tally.of(states)
        pairs: dict[Pair, Verdict] = {}
        for other in others:
            mine, theirs = by_line[other.part.row.line].state.id, other.state.id
            if other.reason is None and mine and theirs and (mine, theirs) not in self._linked:
                pairs[mine, theirs] = other
        existed = {verdict.state.id for verdict in written if verdict.state.existed}
        self._link(side, pairs, existed & {mine for mine, _ in pairs}, dry)
        repeated = {
            verdict.state.id
            for verdict in written
            if verdict.part.key in self._settlers[self.report.object].repeats
        }
        self._linked |= {pair for pair in pairs if pair[0] in repeated}
        if not dry:
            self._read_back(side, others)

    def _link(self, side: Side, pairs: dict[Pair, Verdict], may_have: set[str | None], dry: bool) -> None:
        links, account = (
            Links(self.hub, self.layout.main.object, side.object),
            self.report.associated[side.object],
        )
        there = links.existing(sorted(filter(None, may_have))) & pairs.keys()
        missing = [pair for pair in pairs if pair not in there]
        account.links_there += len(there)
        if dry:
            account.links_made += len(missing)
            return
        made: set[Pair] = set()
        for pair, refused in links.make(missing):
            if refused is None:
                made.add(pair)
                account.links_made += 1
            else:
                part = pairs[pair].part
                account.rows_refused += 1
                self.report.refuse(part.row, side.object, part.spelled, refused)
        found = links.existing(sorted({mine for mine, _ in made}))
        self.report.links_missing += len(made - found)

    def _read_back(self, side: Side, verdicts: list[Verdict]) -> None:
        written = {
            verdict.part.key: verdict.state
            for verdict in verdicts
            if verdict.action in ("created", "updated")
        }
        for differences in read_back(self.hub, side, written):
            self.report.differences += differences
            self.report.verified += not differences

    def _measure(self, started: float) -> None:
        self.report.seconds = self.clock.now() - started
        self.report.usage = measure(self.account)
        if self.report.dry_run and self.finished:
            sides = (self.layout.main, *self.layout.associated)
            spent = self.hub.usage.calls_by_lane
            self.report.forecast = self.hub.plan(work(self.report, sides, spent))
