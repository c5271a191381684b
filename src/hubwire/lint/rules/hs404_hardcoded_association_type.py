"""HS404: the wrong number for an association."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.facts import Expr
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.knowledge import link
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion

_CATEGORY = re.compile(r"HUBSPOT_DEFINED|HubspotDefined", re.I)
_PAIR = re.compile(
    r"(contact|compan|deal|ticket)\w*(?:_to_|To|[^a-z]{1,6}to[^a-z]{1,6}|/associations/(?:default/)?|->|→)[_\s]*(contact|compan|deal|ticket)"
    r"|[\"'](contact|compan|deal|ticket)\w*[\"']\s*,\s*[^,\"'\n]+,\s*[\"'](contact|compan|deal|ticket)",
    re.I,
)


def _stem(name: str) -> str:
    """Companies and company are one type."""
    return name.lower()[:6]


class HardcodedAssociationType(Rule):
    """A literal `associationTypeId` does not mean what the code says, or means *primary* company by
    mistake.

    Contact → company is 279 and company → contact 280; 1 and 2 are their *primary* labels. Deal → company
    is 341 and company → deal 342; 5 and 6 are the primary ones.

    Why: the wrong number is accepted and makes another link than the one meant; a primary one replaces the
    old primary.
    Instead: the plain type, by name from a table, or the `default` association endpoint, which takes no
    number.
    """

    code, name, severity = "HS404", "hardcoded-association-type", Severity.INFO
    strict = True
    references = ("https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide",)
    bad: ClassVar = (
        (
            "link.js",
            "// hubspot: contact_to_company\n"
            "const contact_to_company = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 "
            "}];\n",
        ),
        (
            "link.py",
            "# hubspot\ndeal_to_company = [{'associationCategory': 'HUBSPOT_DEFINED', "
            "'associationTypeId': 5}]\n",
        ),
    )
    good: ClassVar = (
        (
            "link.js",
            "// hubspot\nconst contact_to_company = ["
            "{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 }];\n",
        ),
        (
            "link.py",
            "# hubspot: the primary company\n"
            "primary_company = [{'associationCategory': 'HUBSPOT_DEFINED', 'associationTypeId': 5}]\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Literal type ids whose meaning differs from the pair the code names."""
        if "associationTypeId" not in unit.code and "association_type_id" not in unit.code:
            return
        for match in re.finditer(
            r"(?:associationTypeId|association_type_id)[\"']?\s*[:=]\s*[\"']?(\d+)", unit.code
        ):
            line = unit.source.line_of(match.start())
            start = unit.source.starts[max(0, line - 6)]
            end = unit.source.line_span(min(len(unit.source.starts), line + 1))[1]
            around = unit.source.text[start:end]
            pair = _PAIR.search(unit.source.text[start : match.end()])
            known = link(int(match.group(1)))
            if known is None or not _CATEGORY.search(around) or re.search(r"(?i)primary", around):
                continue
            if pair is None and not known.primary:
                continue
            said = tuple(_stem(p) for p in pair.groups() if p) if pair else None
            wrong = said is not None and said != tuple(_stem(p) for p in known.pair)
            if known.primary or wrong:
                meaning = f"{known.pair[0]} → {known.pair[1]}{' (primary)' if known.primary else ''}"
                yield self._report(unit, Expr("", match.start(), match.end()), int(match.group(1)), meaning)

    def _report(self, unit: Unit, where: Expr, number: int, meaning: str) -> Finding:
        return self.at(
            unit, (where.start, where.end), f"association type {number} means {meaning}",
            confidence=Confidence.MEDIUM,
            fix=suggestion("use the plain type (279, 280, 341, 342) or the default association endpoint"),
        )  # fmt: skip
