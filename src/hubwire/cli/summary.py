"""The report of a push, for people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from hubwire.catalogue import load
from hubwire.mirror.push.report import Associated, Report

SHOWN = 10
"""Refusals, changes and differences listed in full; the rest is counted."""


def summary(report: Report) -> str:
    """The whole report as text."""
    return "\n".join([_title(report), "", *_figures(report), *_remarks(report)])


def _title(report: Report) -> str:
    account = f" of account {report.portal_id}" if report.portal_id else ""
    title = f"{PurePath(report.file).name} → {report.object}{account}, by {report.key}"
    return f"{title}\ndry run: nothing was written; this is what would happen" if report.dry_run else title


def _figures(report: Report) -> Iterator[str]:
    tally = report.tally
    yield _figure("rows in", report.rows_in)
    yield _figure("created", tally.created)
    yield _figure("updated", tally.updated)
    yield _figure("unchanged", tally.unchanged)
    yield _figure("refused", tally.refused, _where(report))
    if report.rows_open:
        yield _figure("not done", report.rows_open, "not sent, or sent and the answer not seen")
    for each in report.associated.values():
        yield from _associated(each)
    if not report.dry_run:
        wrong = len(report.differences) + report.links_missing
        yield _figure(
            "read back", report.verified, "as written" if not wrong else f"as written; {wrong} not, see below"
        )
    usage = report.usage
    batches = f"of them {usage.batches:,} batches; " if usage.batches else ""
    yield _figure("calls", usage.calls, f"{batches}429s met: {usage.refused_429}")
    yield f"  {'quota left':<14}{_quota(report)}"
    yield f"  {'seconds':<14}{report.seconds:>8.1f}"
    if report.forecast is not None:
        yield f"  {'the push':<14}{report.forecast}"


def _figure(name: str, number: int, remark: str = "") -> str:
    return f"  {name:<14}{number:>8,}{'   ' + remark if remark else ''}"


def _where(report: Report) -> str:
    if report.refused_file is not None:
        return f"listed in {report.refused_file}"
    return "expected; the account decides" if report.dry_run and report.tally.refused else ""


def _associated(each: Associated) -> Iterator[str]:
    records = each.records
    parts = [
        f"{records.created:,} created",
        f"{records.updated:,} updated",
        f"{records.unchanged:,} unchanged",
    ]
    if records.refused:
        parts.append(f"{records.refused:,} refused")
    yield _figure(each.object, records.settled, ", ".join(parts))
    links = [f"{each.links_made:,} made", f"{each.links_there:,} there before"]
    if each.rows_refused:
        links.append(f"{each.rows_refused:,} rows without")
    yield _figure("associations", each.links_made + each.links_there, ", ".join(links))


def _quota(report: Report) -> str:
    usage = report.usage
    left = []
    if usage.burst_remaining is not None:
        of = f" of {usage.burst_max:,}" if usage.burst_max else ""
        left.append(f"{usage.burst_remaining:,}{of} in the 10-second window")
    if usage.daily_remaining is not None:
        left.append(f"{usage.daily_remaining:,} today")
    return ", ".join(left) or "not told by the account"


def _singular(kind: str) -> str:
    known = load.object_type(kind)
    return known.singular.replace("_", " ") if known else kind


def _remarks(report: Report) -> Iterator[str]:
    yield from _listed("", [str(each) for each in report.left_out], limit=1_000)
    refused = sorted(report.refusals, key=lambda each: each.line)
    yield from _listed(
        "refused:",
        [": ".join(filter(None, (f"line {each.line}", each.key, each.reason))) for each in refused],
    )
    yield from _listed(
        "would change:",
        [
            f"line {each.line}: {_singular(each.object)} {each.key} {each.action}: "
            + ", ".join(
                f"{name} {old or '(empty)'} → {new or '(empty)'}"
                for name, (old, new) in each.properties.items()
            )
            for each in sorted(report.changes, key=lambda each: each.line)
        ],
    )
    yield from _listed(
        "read back otherwise than written:",
        [
            f"{each.object} {each.id} ({each.key}): {each.property} is {each.found!r}, written was "
            f"{each.written!r}"
            for each in report.differences
        ],
    )
    if any(each.property == "lifecyclestage" for each in report.differences):
        yield "  HubSpot moves a lifecycle stage only forward: clear it first to move it back"
    if report.links_missing:
        yield f"{report.links_missing} associations were not found when read back"


def _listed(title: str, lines: list[str], limit: int = SHOWN) -> Iterator[str]:
    if not lines:
        return
    yield ""
    if title:
        yield title
    indent = "  " if title else ""
    yield from (indent + line for line in lines[:limit])
    if len(lines) > limit:
        yield f"{indent}… and {len(lines) - limit:,} more (all of them with --json)"
