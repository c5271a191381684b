"""Rewritings of a case that mean the same: remarks, another order, other names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hubwire.lint.lang import javascript, python
from tests.lint.casefiles import Case

UNRELATED = {
    ".py": "def unrelated(a):\n    return a\n\n\n",
    ".js": "function unrelated(a) {\n  return a;\n}\n",
}
# Names that are evidence by themselves: what is known of a callee that is not there is its name.
_TELLING = re.compile(
    r"(?i)hub|sign|token|secret|key|limit|retr|queue|batch|chunk|slice|page|paging|after|offset|cursor|all|delay|sleep|"
    r"session|client|api|axios|got|fetch|request|response|result|event|webhook|url|head|param|prop|stage|^req$|^res$|^self$|^cls$|get|list|pool|^to_|record"
)


def commented(case: Case) -> str:
    """A remark above every line that begins with a word."""
    mark = "#" if case.ending == ".py" else "//"
    lines = case.text.splitlines(keepends=True)
    return "".join(f"{mark} a remark\n{line}" if line[:1].isalpha() else line for line in lines)


def reordered(case: Case) -> str:
    """The functions at the top of a file in reverse order; what is no function stays where it is."""
    blocks = re.split(r"(?m)^(?=[^\s)\]}#])", case.text)
    movable = [
        n
        for n, block in enumerate(blocks)
        if re.match(r"(?:async )?(?:def|function)\b", block)
        and (n == 0 or not blocks[n - 1].lstrip().startswith("@"))
    ]
    turned = dict(zip(movable, [blocks[n] for n in reversed(movable)], strict=True))
    made = (turned.get(n, block) for n, block in enumerate(blocks))
    return "".join(block if block.endswith("\n") else block + "\n" for block in made)


def renamed(case: Case) -> str:
    """Other names for what a file binds, unless the name itself says something."""
    parser = (python.machinery() if case.ending == ".py" else javascript.machinery("js"))[0]
    data = case.text.encode()
    found = list(_identifiers(parser.parse(data).root_node))
    written = {name for name, _, binds in found if binds} - {n for n, at, _ in found if at is None}
    names = {n: f"thing_{i}" for i, n in enumerate(sorted(written)) if not _TELLING.search(n) and n.islower()}
    for name, at, _ in sorted(found, key=lambda row: row[1] or 0, reverse=True):
        if at is not None and name in names:
            data = data[:at] + names[name].encode() + data[at + len(name) :]
    return data.decode()


_BINDING = {
    "assignment", "for_statement", "for_in_clause", "function_definition", "parameters",
    "variable_declarator",
    "function_declaration", "formal_parameters", "for_in_statement", "arrow_function",
}  # fmt: skip
_FIXED = {"import_statement", "import_from_statement", "dotted_name"}


def _identifiers(node: Any) -> Iterator[tuple[str, int | None, bool]]:
    """Name, place and whether it is bound there; no place for a name that must stay (a key, a keyword)."""
    if "shorthand_property" in node.type:
        yield node.text.decode(), None, False
    elif node.type == "identifier":
        parent = node.parent
        attribute = parent.type == "attribute" and parent.child_by_field_name("attribute") == node
        keyword = parent.type == "keyword_argument" and parent.child_by_field_name("name") == node
        if parent.type in _FIXED or keyword or attribute:
            yield node.text.decode(), None, False
        else:
            value = parent.child_by_field_name("right") or parent.child_by_field_name("value")
            yield node.text.decode(), node.start_byte, parent.type in _BINDING and value != node
    for child in node.children:
        yield from _identifiers(child)
