"""HS503: more inputs than a batch takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.endpoints import path_of
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.hubspot import HubCall, find_calls
from hubwire.lint.knowledge import batch_limit
from hubwire.lint.limits import scope_text
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.values import binding

_CHUNKED = re.compile(
    r"(?i)chunk|batch_?size|slice\(|splice\(|islice|batched|range\([^)]*,[^)]*,|\[\s*\w*\s*:\s*|\b100\b|max_?batch|split|paginate|\blimit\b"
)
_SIZES = re.compile(
    r"\brange\([^\n]*,\s*(\d+)\)\s*:|\+=\s*(\d{3,})|\bslice\([^\n]*\+\s*(\d{3,})\)|batch_?size\s*=\s*(\d{3,})",
    re.I,
)
_WHOLE = re.compile(
    r"[\"']?inputs[\"']?\s*[:=]\s*(?:\[[^\n]*\bfor\b|\w+(?:\.\w+)*\.map\(|\w+\s*[,})\n])|\{\s*inputs\s*[,}]"
)
_PIECE = re.compile(r"(?i)[\"']?inputs[\"']?\s*[:=]\s*(?:batch|part|page|group|portion)\w*\b")
"""A list whose name says that somebody cut it."""


class BatchOverLimit(Rule):
    """A list of unknown length goes into one batch call.

    Why: object batches take 100 inputs (association reads 1,000, creates 2,000). One more and the whole
    call is refused with 400.
    Instead: send slices of 100.
    """

    code, name, severity = "HS503", "batch-over-limit", Severity.WARNING
    strict = True
    references = ("https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide",)
    bad: ClassVar = (
        (
            "sync.js",
            "async function push(rows) {\n"
            "  await hubspotClient.crm.contacts.batchApi.update({ inputs: rows.map((r) => ("
            "{ id: r.id, properties: r })) });\n}\n",
        ),
        (
            "sync.py",
            "import requests\ndef push(rows):\n    requests.post('https://api.hubapi.com/crm/v3/objects/contacts/batch/create',\n"
            "                  json={'inputs': [{'properties': r} for r in rows]})\n",
        ),
    )
    good: ClassVar = (
        (
            "sync.js",
            "async function push(rows) {\n  for (let i = 0; i < rows.length; i += 100) {\n"
            "    await hubspotClient.crm.contacts.batchApi.update({ inputs: rows.slice(i, i + 100) });\n"
            "  }\n}\n",
        ),
        (
            "sync.py",
            "def push(rows):\n    for chunk in chunks(rows):\n"
            "        client.crm.contacts.batch_api.create(BatchInput(inputs=[to_input(r) for r in "
            "chunk]))  # hubspot\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Batch calls whose inputs nothing bounds."""
        if unit.is_test:
            return
        for call in unit.memo(find_calls):
            limit = self._limit(call) if call.operation.kind == "batch" else None
            if limit is None:
                continue
            scope = scope_text(unit, call.start)
            sizes = [int(size) for found in _SIZES.findall(scope) for size in found if size]
            if sizes and min(sizes) > limit:
                yield self.at(
                    unit, (call.start, min(call.end, call.start + 200)),
                    f"{call.label} gets {min(sizes):,} inputs at a time; it takes {limit:,}",
                    fix=suggestion(f"send slices of {limit:,}"),
                )  # fmt: skip
                continue
            if (
                _CHUNKED.search(scope)
                or _PIECE.search(self._text(unit, call))
                or not _WHOLE.search(self._text(unit, call))
            ):
                continue
            yield self.at(
                unit, (call.start, min(call.end, call.start + 200)),
                f"{call.label} gets a list of unknown length; it takes {limit:,} inputs",
                confidence=Confidence.MEDIUM,
                fix=suggestion(f"send slices of {limit:,}"),
            )  # fmt: skip

    def _limit(self, call: HubCall) -> int | None:
        """Inputs the endpoint takes; through an SDK the name of the API tells which endpoint."""
        if call.url:
            return batch_limit(path_of(call.url))
        reads = call.call.text.rpartition(".")[2] in ("read", "getPage", "get_page")
        links = "ssociations" in call.call.text
        what = "associations/a/b" if links else "objects/a"
        return batch_limit(f"/crm/{'v4' if links else 'v3'}/{what}/batch/{'read' if reads else 'create'}")

    def _text(self, unit: Unit, call: HubCall) -> str:
        parts = [unit.code[call.start : call.end]]
        for item in call.call.items:
            if item.kind == "name":
                made = binding(unit, item.text, call.start)
                parts.append(unit.code[made.start : made.end] if made is not None else "")
        return "\n".join(parts)
