"""Manual pages of the rules, made from the rules themselves."""

from __future__ import annotations

from hubwire.lint.cases import files_of
from hubwire.lint.rule import Rule

_FENCE = {
    "py": "python",
    "js": "js",
    "ts": "ts",
    "tsx": "tsx",
    "md": "markdown",
    "json": "json",
    "yaml": "yaml",
}


def page(rule: Rule) -> str:
    """The page of one rule, in Markdown."""
    what, why, instead = rule.manual()
    parts = [
        f"# {rule.code} {rule.name}",
        f"Severity: {rule.severity.label}.",
        f"## What it finds\n\n{what}",
        f"## Why\n\n{why}",
        f"## Instead\n\n{instead}",
        "## Reported\n\n" + "\n\n".join(_example(c) for c in rule.bad[:4]),
        "## Not reported\n\n" + "\n\n".join(_example(c) for c in rule.good[:4]),
        f"## Silence\n\n`# hubwire: ignore[{rule.code}] reason` (or `//`) on the line or on the line above.",
    ]
    if rule.references:
        parts.append("## References\n\n" + "\n".join(f"- <{r}>" for r in rule.references))
    return "\n\n".join(parts) + "\n"


def _example(case: object) -> str:
    out = []
    for name, text in files_of(case, shown=True).items():
        fence = _FENCE.get(name.rpartition(".")[2], "")
        out.append(f"`{name}`\n\n```{fence}\n{text.decode().rstrip()}\n```")
    return "\n\n".join(out)
