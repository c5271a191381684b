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


_FUNCTION = re.compile(
    r"(?P<export>export\s+)?(?P<async>async\s+)?(?:def|function)\s+(?P<name>[A-Za-z_]\w*)\s*\((?P<params>[^()]*)\)"
)


def _blocks(case: Case) -> list[str]:
    """What stands at the top of a file: statements and functions, each with what belongs to it."""
    made = re.split(r"(?m)^(?=[^\s)\]}#])", case.text)
    return [block if block.endswith("\n") else block + "\n" for block in made if block]


def _movable(case: Case, blocks: list[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Functions at the top of a file that nothing decorates and that take plain parameters."""
    for n, block in enumerate(blocks):
        found = _FUNCTION.match(block)
        plain = found is not None and re.fullmatch(r"[\w\s,]*", found["params"])
        if found is not None and plain and not (n and blocks[n - 1].lstrip().startswith("@")):
            yield n, found


def wrapped(case: Case) -> str | None:
    """Every function behind another one that hands everything on; None if there is no function to wrap."""
    blocks = _blocks(case)
    for n, found in list(_movable(case, blocks)):
        name, inner = found["name"], f"inside_{found['name']}"
        export, waits = found["export"] or "", found["async"] or ""
        body = blocks[n].replace(f"{export}{waits}", waits, 1) if export else blocks[n]
        body = re.sub(rf"\b(def|function)(\s+){name}\b", rf"\1\g<2>{inner}", body, count=1)
        hands = "await " if waits else ""
        if case.ending == ".py":
            shell = f"{waits}def {name}({found['params']}):\n    return {hands}{inner}({found['params']})\n"
        else:
            call = f"return {hands}{inner}({found['params']});"
            shell = f"{export}{waits}function {name}({found['params']}) {{\n  {call}\n}}\n"
        blocks[n] = body + "\n" + shell
    made = "".join(blocks)
    return made if made != "".join(_blocks(case)) else None


def moved(case: Case) -> dict[str, str] | None:
    """The first function that others use in a file of its own; None if there is none."""
    blocks = _blocks(case)
    settings = [b for b in blocks if _SETTING.match(b)]
    for n, found in _movable(case, blocks):
        name = found["name"]
        rest = blocks[:n] + blocks[n + 1 :]
        used = any(re.search(rf"\b{name}\b", b) for b in rest)
        others = {f["name"] for m, f in _movable(case, blocks) if m != n}
        if not used or any(re.search(rf"\b{other}\b", blocks[n]) for other in others):
            continue
        if case.ending == ".py":
            helper = "".join(settings) + blocks[n]
            return {
                "src/hubspot.py": f"from lib.hubspot_part import {name}\n" + "".join(rest),
                "lib/hubspot_part.py": helper,
            }
        body = blocks[n] if found["export"] else "export " + blocks[n]
        helper = "".join(settings) + body
        return {
            f"src/hubspot{case.ending}": f"import {{ {name} }} from '../lib/hubspot_part';\n" + "".join(rest),
            f"lib/hubspot_part{case.ending}": helper,
        }
    return None


_SETTING = re.compile(
    r"(?:import|from)\s|(?:const|let|var)\s+[{\w\s,}:]+=\s*(?:require|process|['\"`{\d]|new\s|\w+\.create)|[A-Za-z_]\w*\s*=\s*(?:['\"{\d]|\w+\.[A-Z])|[A-Z_]+\s*="
)
