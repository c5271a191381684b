"""Writes `docs/rules/` from the rules: `python -m hubwire.lint.pages docs/rules`."""

from __future__ import annotations

import sys
from pathlib import Path

from hubwire.lint.manual import page
from hubwire.lint.rule import Rule, all_rules


def pages() -> dict[str, str]:
    """File name → text of every page."""
    rules = all_rules()
    rows = "\n".join(
        f"| [{r.code}]({r.code}.md) | {r.name} | {r.severity.label} | {_gist(r)} |" for r in rules
    )
    head = "# Rules of `hubwire lint`\n\n| code | name | severity | finds |\n| --- | --- | --- | --- |\n"
    return {"index.md": f"{head}{rows}\n"} | {f"{r.code}.md": page(r) for r in rules}


def _gist(rule: Rule) -> str:
    """The first sentence of a manual, on one line."""
    return " ".join(rule.manual()[0].split()).partition(". ")[0].rstrip(".")


def main(target: str) -> None:
    """Write the pages."""
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
