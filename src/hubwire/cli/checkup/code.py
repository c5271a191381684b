"""What the code calls that ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hubwire.cli.checkup.finding import Finding

RULES = ("HS401", "HS402", "HS403")
MARKS = ("pyproject.toml", "package.json", ".git", "setup.py", "requirements.txt")
SHOWN = 5


def code(paths: list[Path]) -> Iterator[Finding]:
    """Calls to endpoints and versions with a date; of the working directory, if it looks like a project."""
    if not paths:
        if not any((Path.cwd() / name).exists() for name in MARKS):
            yield Finding("code", "skip", "no project here. Name files or folders to look through")
            return
        paths = [Path.cwd()]
    try:
        from hubwire.lint import Config, lint_paths
    except ImportError as missing:
        yield Finding("code", "skip", f"{missing.name} is not installed: pip install 'hubwire[lint]'")
        return
    report = lint_paths(paths, Config(select=RULES, profile="strict"))
    found = [finding for finding in report.findings if finding.code in RULES]
    if not found:
        yield Finding("code", "ok", "calls nothing that ends, as far as the checker can see")
        return
    by = Counter((finding.code, finding.message) for finding in found)
    for (rule, message), count in by.most_common(SHOWN):
        first = next(one for one in found if (one.code, one.message) == (rule, message))
        more = f" and {count - 1} more" if count > 1 else ""
        where = f"{first.place.path}:{first.place.line}{more}"
        yield Finding("code", "warn", f"{where}: {message} [{rule}]", facts={"count": count, "rule": rule})
    rest = sum(by.values()) - sum(count for _, count in by.most_common(SHOWN))
    if rest:
        yield Finding("code", "note", f"{rest} more", f"hubwire lint --select {','.join(RULES)}")
