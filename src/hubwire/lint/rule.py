"""What a rule is: a check, its manual and its cases, in one file."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from hubwire.lint import patterns as re
from hubwire.lint.finding import Confidence, Edit, Finding, Fix, Place, Severity

if TYPE_CHECKING:
    from hubwire.lint.project import Unit

DOCS = "https://hubwire.readthedocs.io/rules/"
_CODE = re.compile(r"^HS\d{3}$")
_NAME = re.compile(r"^[a-z][a-z0-9-]+$")


class IncompleteRule(TypeError):
    """A rule class lacks its manual or its cases."""


class Rule:
    """Base of every rule.

    A subclass states `code`, `name`, `severity`, a docstring of the form *what* / `Why:` / `Instead:`, and
    at least one bad and one good case. Cases are `(file name, text)` pairs, or tuples of several such pairs
    for a repository.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    reads: ClassVar[Literal["text", "code"]] = "code"
    """`text` rules see every marked file, `code` rules those with facts."""
    follows: ClassVar[bool] = False
    """Whether it has something to say about a file that only calls one that speaks of HubSpot."""
    strict: ClassVar[bool] = False
    """Whether every finding is one of the strict profile; the default profile then leaves the rule out."""
    fixes: ClassVar[Literal["safe", "none"]] = "none"
    """`safe` if some of its findings can be fixed by a machine."""
    references: ClassVar[tuple[str, ...]] = ()
    bad: ClassVar[tuple[object, ...]]
    good: ClassVar[tuple[object, ...]]

    def __init_subclass__(cls) -> None:
        missing = [n for n in ("code", "name", "severity", "bad", "good") if not getattr(cls, n, None)]
        doc = cls.__doc__ or ""
        missing += [f"{part} in the docstring" for part in ("Why:", "Instead:") if part not in doc]
        if missing:
            raise IncompleteRule(f"{cls.__name__} lacks {', '.join(missing)}")
        if not _CODE.match(cls.code) or not _NAME.match(cls.name):
            raise IncompleteRule(f"{cls.__name__}: code is HSnnn, name is lower-case words joined by -")
        if cls.check is Rule.check:
            raise IncompleteRule(f"{cls.__name__} checks nothing")

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Findings in one file."""
        raise NotImplementedError  # an abstract base: a rule without a check is refused above

    @property
    def url(self) -> str:
        """The page about this rule."""
        return f"{DOCS}{self.code}/"

    def manual(self) -> tuple[str, str, str]:
        """What the rule finds, why that is bad, what to do instead."""
        text = inspect.cleandoc(self.__doc__ or "")
        what, _, rest = text.partition("Why:")
        why, _, instead = rest.partition("Instead:")
        return what.strip(), why.strip(), instead.strip()

    @cached_property
    def why(self) -> str:
        """The reason on one line."""
        return " ".join(self.manual()[1].split())

    def at(
        self,
        unit: Unit,
        span: tuple[int, int],
        message: str,
        *,
        confidence: Confidence = Confidence.HIGH,
        fix: Fix | None = None,
        related: Iterable[Place] = (),
        strict: bool | None = None,
    ) -> Finding:
        """A finding of this rule."""
        place = unit.source.place(*span)
        return Finding(
            self.code,
            self.name,
            self.severity,
            confidence,
            place,
            message,
            fix,
            tuple(related),
            why=self.why,
            strict=self.strict if strict is None else strict,
        )


def suggestion(summary: str) -> Fix:
    """A fix that only says what to do."""
    return Fix(summary)


def replacement(summary: str, span: tuple[int, int], text: str, *, safe: bool) -> Fix:
    """A fix that replaces one stretch."""
    return Fix(summary, (Edit(span[0], span[1], text),), safe)


@cache
def all_rules() -> tuple[Rule, ...]:
    """One instance of every rule under `hubwire.lint.rules`, by code."""
    rules = importlib.import_module("hubwire.lint.rules")
    for module in pkgutil.iter_modules(rules.__path__):
        importlib.import_module(f"{rules.__name__}.{module.name}")
    found = [cls() for cls in _leaves(Rule)]
    return tuple(sorted(found, key=lambda r: r.code))


def _leaves(cls: type[Rule]) -> Iterator[type[Rule]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _leaves(sub)


def find_rule(wanted: str) -> Rule | None:
    """The rule with this code or name."""
    return next((r for r in all_rules() if wanted in (r.code, r.name)), None)
