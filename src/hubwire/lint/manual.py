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


_FIXES = {
    "safe": "`--fix` makes the change where the program stays the same, `--unsafe-fixes` where it may not.",
    "none": "By hand: what to do is told with every finding.",
}


def profile(rule: Rule) -> str:
    """The profiles that show a rule."""
    return "strict, audit" if rule.strict else "default, strict, audit"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def page(rule: Rule) -> str:
    """The page of one rule, in Markdown."""
    what, why, instead = rule.manual()
    parts = [
        f"# {rule.code} {rule.name}",
        f"Severity: {rule.severity.label}. Profile: {profile(rule)}.",
        f"## What it finds\n\n{what}",
        f"## Why\n\n{_sentence(why)}",
        f"## Instead\n\n{_sentence(instead)}",
        f"## Fix\n\n{_FIXES[rule.fixes]}",
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
