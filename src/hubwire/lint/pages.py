"""Writes `docs/rules/` from the rules: `python -m hubwire.lint.pages docs/rules`."""

from __future__ import annotations

import sys
from pathlib import Path

from hubwire.lint.manual import page
from hubwire.lint.rule import Rule, all_rules

_SETTINGS = """
## Settings

`hubwire.toml` (at the top or under `[lint]`), `[tool.hubwire.lint]` in `pyproject.toml`, or `"hubwire"` in
`package.json`; the nearest file above what is checked counts.

| name | holds |
| --- | --- |
| `select`, `ignore` | rules by code, beginning of a code, or name, in any spelling |
| `exclude` | files and folders to leave out, named on the command line or staged ones too |
| `per-file-ignores` | pattern → codes or names that do not count there |
| `profile` | `default`: sure findings; `strict`: strict rules too; `audit`: guesses too |
| `fail-on` | the least severity that makes the exit code 1; `never` |
| `baseline` | file with findings that are known, beside the settings file; `--write-baseline` makes it |
| `verifier-functions`, `retry-helpers`, `throttle-helpers` | names of your functions that do this |
| `secret-allow` | SHA-256 of values that are no secrets, in hexadecimal |

A strict rule that `select` names by itself is shown in every profile.

Patterns are relative to the folder of the settings file, wherever the command is run. One that names a
folder means all in it; one without `/` means a file or folder of that name anywhere. The command line
overrules the file, except `--ignore`, which adds to it. A setting of the wrong type or an unknown name ends
the run with code 2. `printf %s "$VALUE" | sha256sum` prints what `secret-allow` takes.

## Silencing

`# hubwire: ignore[HS301] reason` on the line of a finding, at the end of its statement, or above it; `//`,
`/* */`, `{/* */}`, `;`, `--` and `<!-- -->` do as well, whatever is a comment there. Several codes are
separated by commas; beginnings of codes and names count; without brackets every rule is meant.
`ignore-file[HS1]` holds for the whole file. JSON has no comments: use `per-file-ignores` or a baseline. A
comment that silences nothing is HS901.
"""


def pages() -> dict[str, str]:
    """File name → text of every page."""
    rules = all_rules()
    rows = "\n".join(
        f"| [{r.code}]({r.code}.md) | {r.name} | {r.severity.label} | {'strict' if r.strict else 'default'} "
        f"| {_gist(r)} |"
        for r in rules
    )
    columns = "| code | name | severity | profile | finds |\n| --- | --- | --- | --- | --- |\n"
    head = f"# Rules of `hubwire lint`\n\n{columns}"
    return {"index.md": f"{head}{rows}\n{_SETTINGS}"} | {f"{r.code}.md": page(r) for r in rules}


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
