"""HS504: a search paged past its ten thousandth result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.hubspot import find_calls
from hubwire.lint.limits import scope_text
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion

_PAGES = re.compile(r"(?i)\bafter\b")
_WINDOW = re.compile(
    r"(?i)10_?000|9_?9\d\d|(?-i:\b(?:GTE?|LTE?|BETWEEN|EQ|IN)\b)|last_?id|lastmodified|createdate|since|window|slice|max_?(?:pages|results|records)|\.total\b|\[[\"']total"
)
_LISTS = re.compile(r"\b(?:sorts?|properties)[\"']?\s*[:=]\s*\[[^\]]*\]")
"""An order and the properties asked for narrow nothing."""


class SearchOver10k(Rule):
    """A search is paged to its end without a window that keeps it below 10,000 results.

    Why: HubSpot answers 400 to the page after the ten thousandth result, whatever the total.
    Instead: sort by `hs_object_id` and search again from the last one, or slice by time; to export
    everything, list instead of search.
    """

    code, name, severity = "HS504", "search-over-10k", Severity.WARNING
    strict = True
    references = ("https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide",)
    bad: ClassVar = (
        (
            "all.js",
            "async function all() {\n  let after;\n  do {\n"
            "    const page = await hubspotClient.crm.contacts.searchApi.doSearch("
            "{ filterGroups: [], limit: 100, after });\n"
            "    after = page.paging?.next?.after;\n  } while (after);\n}\n",
        ),
        (
            "all.py",
            "import requests\ndef everything():\n    after = None\n    while True:\n"
            "        page = requests.post('https://api.hubapi.com/crm/v3/objects/deals/search', "
            "json={'after': after}).json()\n"
            "        yield from page['results']\n"
            "        after = page.get('paging', {}).get('next', {}).get('after')\n"
            "        if not after:\n            return\n",
        ),
    )
    good: ClassVar = (
        ("all.js", "async function all() {\n  return hubspotClient.crm.contacts.getAll(100);\n}\n"),
        (
            "changed.py",
            "import requests\ndef changed(since):\n    after = None\n    while True:\n"
            "        page = requests.post('https://api.hubapi.com/crm/v3/objects/deals/search',\n"
            "                             json={'after': after, 'filterGroups': newer_than(since)}).json()\n"
            "        after = page.get('paging', {}).get('next', {}).get('after')\n        if not after:\n"
            "            return\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Searches in a paging loop that nothing narrows."""
        if unit.is_test:
            return
        for call in unit.memo(find_calls):
            if call.operation.kind != "search":
                continue
            looped = any(x.kind == "while" for x in unit.facts.loops_at(call.start))
            scope = _LISTS.sub("", scope_text(unit, call.start))
            if looped and _PAGES.search(scope) and not _WINDOW.search(scope):
                yield self.at(
                    unit, (call.start, min(call.end, call.start + 200)),
                    f"{call.label} is paged to the end; HubSpot refuses the page after 10,000 results",
                    confidence=Confidence.MEDIUM,
                    fix=suggestion("search again from the last hs_object_id, or list instead"),
                )  # fmt: skip
