"""Reports: one function per format, findings in, text out."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from hubwire.lint.run import Report

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")


def renderer(name: str) -> Callable[[Report], str]:
    """The function that writes a report in this format."""
    module = import_module(f"hubwire.lint.report.{'plain' if name == 'text' else name}")
    render: Callable[[Report], str] = module.render
    return render
