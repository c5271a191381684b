"""The checker: finds what goes wrong in code that talks to HubSpot.

Names are loaded when first touched: a run over a tree without HubSpot code needs few of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubwire.lint.config import Config as Config
    from hubwire.lint.finding import Confidence as Confidence
    from hubwire.lint.finding import Finding as Finding
    from hubwire.lint.finding import Fix as Fix
    from hubwire.lint.finding import Place as Place
    from hubwire.lint.finding import Severity as Severity
    from hubwire.lint.rule import Rule as Rule
    from hubwire.lint.rule import all_rules as all_rules
    from hubwire.lint.rule import find_rule as find_rule
    from hubwire.lint.run import Report as Report
    from hubwire.lint.run import lint_files as lint_files
    from hubwire.lint.run import lint_paths as lint_paths

_HOMES = {
    "hubwire.lint.config": ("Config",),
    "hubwire.lint.finding": ("Confidence", "Finding", "Fix", "Place", "Severity"),
    "hubwire.lint.rule": ("Rule", "all_rules", "find_rule"),
    "hubwire.lint.run": ("Report", "lint_files", "lint_paths"),
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
