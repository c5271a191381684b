"""The fix of a credential in code: the literal becomes a look at the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubwire.lint import patterns as re
from hubwire.lint.finding import Edit, Fix

if TYPE_CHECKING:
    from hubwire.lint.lang.common import Node
    from hubwire.lint.project import Unit
    from hubwire.lint.secrets import Secret

VARIABLES = {
    "api-key": "HUBSPOT_API_KEY",
    "access-token": "HUBSPOT_ACCESS_TOKEN",
    "refresh-token": "HUBSPOT_REFRESH_TOKEN",
    "client-secret": "HUBSPOT_CLIENT_SECRET",
    "personal-access-key": "HUBSPOT_PERSONAL_ACCESS_KEY",
}
_NO_VALUE = {
    "concatenated_string", "interpolation", "template_substitution", "type", "literal_type",
    "property_signature", "enum_assignment", "enum_body", "case_pattern", "case_clause", "switch_case",
    "import_statement", "export_statement",
}  # fmt: skip
"""Nodes in which a literal is no expression that another one could replace."""
_STATEMENT = re.compile(r"_(?:statement|definition|declaration)$|^(?:module|program|block|statement_block)$")
_READER = re.compile(r"(?:^|\.)(?:getenv|environ\.get)$")
_BROWSER = re.compile(r"import\.meta\.env|\bDeno\.|[\"']use client[\"']|\bdocument\.|\bwindow\.|<script")


def from_environment(unit: Unit, secret: Secret) -> Fix:
    """Read the credential from the environment.

    Safe where a whole value of a program that knows its environment is replaced; a suggestion where the
    literal is a part of something, or the file is no program or one for the browser.
    """
    variable = VARIABLES[secret.kind]
    summary = f"read it from the environment variable {variable}"
    python = unit.facts.language == "py"
    program = unit.source.language and not unit.source.component and not unit.path.endswith(".gs")
    if not program or _BROWSER.search(unit.source.text):
        return Fix(summary)
    node = _literal(unit, secret)
    if node is None:
        return Fix(summary)
    fallback = _fallback(unit, node)
    if fallback is not None:
        return Fix("leave the fallback out", (Edit(*fallback, ""),), True)
    if not python:
        typed = unit.path.endswith((".ts", ".mts", ".cts", ".tsx"))
        text = f"process.env.{variable}{'!' if typed else ''}"
        attribute = node.parent.type == "jsx_attribute"
        made = Edit(node.start_byte, node.end_byte, f"{{{text}}}" if attribute else text)
        return Fix(summary, (made,), not unit.path.endswith((".jsx", ".tsx")))
    root = unit.memo(tree)
    environment, at = _environment(unit, root)
    shadowed = {p for i in unit.facts.chain(secret.start) for p in unit.facts.functions[i].params}
    if environment.partition(".")[0] in shadowed:
        return Fix(summary)
    edits = [Edit(node.start_byte, node.end_byte, f'{environment}["{variable}"]')]
    if at is not None:
        edits.insert(0, at)
    return Fix(summary, tuple(edits), at is None)


def tree(unit: Unit) -> Node:
    """The syntax tree of a file, for places that facts do not tell of."""
    if unit.source.language == "py":
        from hubwire.lint.lang.python import machinery as of_python

        return of_python()[0].parse(unit.source.data).root_node
    from hubwire.lint.lang.javascript import machinery

    return machinery(unit.source.language)[0].parse(unit.source.data).root_node


def _literal(unit: Unit, secret: Secret) -> Node | None:
    """The literal that holds the credential and nothing else, if it stands where a value may stand."""
    node = unit.memo(tree).descendant_for_byte_range(secret.start, secret.end)
    while node is not None and node.type not in ("string", "template_string"):
        if node.end_byte - node.start_byte > secret.end - secret.start + 8:
            return None
        node = node.parent
    if node is None or node.parent is None or not _whole(unit, node, secret):
        return None
    parent = node.parent
    key = parent.child_by_field_name("key")
    if key is not None and key.id == node.id:
        return None
    # A tag reads its template itself.
    if node.type == "template_string" and parent.type == "call_expression":
        return None
    return None if parent.type == "expression_statement" or _no_value(parent) else node


def _whole(unit: Unit, node: Node, secret: Secret) -> bool:
    """Whether a literal is text (not bytes) and the credential is all of it."""
    text = unit.source.text
    opened = text[node.start_byte : secret.start].lower()
    closed = text[secret.end : node.end_byte]
    quotes = opened.lstrip("rfu")
    return quotes == closed and bool(re.fullmatch(r"\"|'|`|\"\"\"|'''", quotes))


def _no_value(node: Node | None) -> bool:
    """Whether a literal in this node is part of a text, a type, a pattern or a name of a module."""
    while node is not None and not _STATEMENT.search(node.type):
        if node.type in _NO_VALUE:
            return True
        node = node.parent
    return node is not None and node.type in _NO_VALUE


def _fallback(unit: Unit, node: Node) -> tuple[int, int] | None:
    """The stretch to leave out when the literal only stands in for a variable that is not set."""
    parent = node.parent
    text = unit.source.text
    if parent.type in ("boolean_operator", "binary_expression"):
        left, right = (parent.child_by_field_name(side) for side in ("left", "right"))
        operator = parent.child_by_field_name("operator")
        if left is None or right is None or right.id != node.id or operator is None:
            return None
        asked = re.search(r"\benv\b|environ|getenv", text[left.start_byte : left.end_byte])
        return (left.end_byte, node.end_byte) if operator.type in ("or", "||", "??") and asked else None
    call = parent.parent
    if parent.type == "argument_list" and call is not None and parent.named_child_count == 2:
        function = call.child_by_field_name("function")
        first = parent.named_children[0]
        if function is not None and _READER.search(text[function.start_byte : function.end_byte]):
            return (first.end_byte, node.end_byte) if first.id != node.id else None
    return None


def _environment(unit: Unit, root: Node) -> tuple[str, Edit | None]:
    """How the file names the environment; with the import to add, if it has none for all of it."""
    top = [n for n in root.named_children if n.type in ("import_statement", "import_from_statement")]
    for found in unit.facts.imports:
        if not any(n.start_byte <= found.start < n.end_byte for n in top):
            continue
        if found.module == "os" and found.symbol == "environ":
            return found.local, None
        if found.module == "os" and found.symbol == "*" and found.local:
            return f"{found.local}.environ", None
    return "os.environ", _import(unit, root, top)


def _import(unit: Unit, root: Node, top: list[Node]) -> Edit:
    """`import os` before the first import, or below the head of the file."""
    text = unit.source.text
    end = "\r\n" if "\r\n" in text[:2000] else "\n"
    if top:
        return Edit(top[0].start_byte, top[0].start_byte, f"import os{end}")
    at = 3 if unit.source.data.startswith(b"\xef\xbb\xbf") else 0
    for node in root.named_children:
        line = text[node.start_byte : node.end_byte]
        head = node.type == "comment" and (line.startswith("#!") or "coding" in line)
        doc = node.type == "expression_statement" and [c.type for c in node.children] == ["string"]
        if not (head or doc or node.type == "future_import_statement"):
            break
        after = text.find("\n", node.end_byte)
        at = after + 1 if after >= 0 else len(text)
    return Edit(at, at, f"{end if at > 3 else ''}import os{end}{end}")
