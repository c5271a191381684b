"""The checker: finds what goes wrong in code that talks to HubSpot."""

from __future__ import annotations

from hubwire.lint.config import Config
from hubwire.lint.finding import Confidence, Finding, Fix, Place, Severity
from hubwire.lint.rule import Rule, all_rules, find_rule
from hubwire.lint.run import Report, lint_files, lint_paths

__all__ = [
    "Confidence",
    "Config",
    "Finding",
    "Fix",
    "Place",
    "Report",
    "Rule",
    "Severity",
    "all_rules",
    "find_rule",
    "lint_files",
    "lint_paths",
]
