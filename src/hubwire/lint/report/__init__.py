"""Reports: one function per format, findings in, text out."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from hubwire.lint.run import Report

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")
COUNTED = ("text", "json")
"""Formats that statistics are written in."""


def renderer(name: str, *, statistics: bool = False) -> Callable[[Report], str]:
    """The function that writes a report, or its counts per rule, in this format."""
    module = import_module(f"hubwire.lint.report.{'plain' if name == 'text' else name}")
    render: Callable[[Report], str] = module.statistics if statistics else module.render
    return render
