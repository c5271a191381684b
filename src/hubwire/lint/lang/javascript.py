"""JavaScript, TypeScript and TSX, by tree-sitter: expressions and the query."""

from __future__ import annotations

from functools import cache
from typing import Any

from hubwire.lint import patterns as re
from hubwire.lint.facts import Expr, Parts
from hubwire.lint.lang.common import Node, Reader, plain

QUERY = """
(import_statement) @import
(export_statement) @export
(function_declaration) @func
(function_expression) @func
(generator_function_declaration) @func
(arrow_function) @func
(method_definition) @func
(class_declaration) @class
(class) @class
(call_expression) @call
(new_expression) @call
(variable_declarator) @assign
(assignment_expression) @assign
(FIELD) @assign
(for_statement) @loop
(for_in_statement) @loop
(while_statement) @loop
(do_statement) @loop
(if_statement) @branch
(binary_expression operator: ["==" "===" "!=" "!=="]) @compare
(return_statement) @return
(comment) @comment
(ERROR) @error
"""
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.S)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


@cache
def machinery(language: str) -> tuple[Any, Any]:
    """Parser and query of a dialect, made once."""
    import tree_sitter

    if language == "js":
        import tree_sitter_javascript

        grammar = tree_sitter.Language(tree_sitter_javascript.language())
        query = QUERY.replace("FIELD", "field_definition")
    else:
        import tree_sitter_typescript

        made = tree_sitter_typescript.language_tsx() if language == "tsx" else None
        grammar = tree_sitter.Language(made or tree_sitter_typescript.language_typescript())
        query = QUERY.replace("FIELD", "public_field_definition") + "(abstract_class_declaration) @class\n"
    return tree_sitter.Parser(grammar), tree_sitter.Query(grammar, query)


def _unescape(match: re.Match[str]) -> str:
    inner = match.group(1)
    if inner[0] in "ux" and len(inner) > 1:
        return chr(int(inner[1:], 16))
    return _PLAIN.get(inner, "" if inner == "\n" else inner)


def unquote(raw: str) -> str:
    """The value of a string literal."""
    body = raw[1:-1]
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


class ScriptReader(Reader):
    """Builds expressions of JavaScript and its dialects."""

    def build(self, node: Node) -> Expr:
        maker = MAKERS.get(node.type)
        if maker is not None:
            return maker(self, node)
        kind = KINDS.get(node.type, "other")
        return Expr(
            kind, node.start_byte, node.end_byte, self.slice(node) if kind in ("number", "const") else ""
        )

    def string(self, node: Node) -> Expr:
        return Expr("str", node.start_byte, node.end_byte, unquote(self.slice(node)))

    def template(self, node: Node) -> Expr:
        parts: list[Expr] = []
        for child in node.named_children:
            if child.type in ("string_fragment", "escape_sequence"):
                parts.append(Expr("str", child.start_byte, child.end_byte, self.slice(child)))
            elif child.type == "template_substitution":
                parts.append(self.inner(child))
        if all(p.kind == "str" for p in parts):
            return Expr("str", node.start_byte, node.end_byte, "".join(p.text for p in parts))
        return Expr("template", node.start_byte, node.end_byte, items=tuple(parts))

    def name(self, node: Node) -> Expr:
        return Expr("name", node.start_byte, node.end_byte, self.dotted(node))

    def member(self, node: Node) -> Expr:
        text = self.dotted(node)
        base = self.expr(node.child_by_field_name("object")) if not plain(text) else None
        return Expr("name", node.start_byte, node.end_byte, text, base=base)

    def call(self, node: Node) -> Expr:
        new = node.type == "new_expression"
        fn = node.child_by_field_name("constructor" if new else "function")
        text = self.dotted(fn)
        base = self.expr(fn) if fn is not None and not plain(text) else None
        kind = "new" if new else "call"
        fill = self.later(self._arguments, node)
        return Expr(kind, node.start_byte, node.end_byte, text, base=base, fill=fill)

    def _arguments(self, node: Node) -> Parts:
        args = node.child_by_field_name("arguments")
        children = args.named_children if args is not None else []
        items = tuple(self.expr(c) for c in children if c.type != "comment")
        return items, ("",) * len(items)

    def mapping(self, node: Node) -> Expr:
        return Expr("object", node.start_byte, node.end_byte, fill=self.later(self._entries, node))

    def _entries(self, node: Node) -> Parts:
        keys: list[str] = []
        items: list[Expr] = []
        for child in node.named_children:
            if child.type == "pair":
                keys.append(self.key(child.child_by_field_name("key")))
                items.append(self.expr(child.child_by_field_name("value")))
            elif child.type == "shorthand_property_identifier":
                keys.append(self.slice(child))
                items.append(Expr("name", child.start_byte, child.end_byte, self.slice(child)))
            elif child.type == "spread_element":
                keys.append("")
                items.append(self.inner(child))
            elif child.type == "method_definition":
                keys.append(self.key(child.child_by_field_name("name")))
                items.append(Expr("func", child.start_byte, child.end_byte))
        return tuple(items), tuple(keys)

    def key(self, node: Node | None) -> str:
        if node is None:
            return "?"
        if node.type == "string":
            return unquote(self.slice(node))
        if node.type == "computed_property_name":
            inner = self.inner(node)
            return inner.text if inner.kind == "str" else "?"
        return self.slice(node)

    def several(self, node: Node) -> Expr:
        kind = {"array": "array", "ternary_expression": "cond", "spread_element": "spread"}.get(
            node.type, "other"
        )
        return Expr(kind, node.start_byte, node.end_byte, fill=self.later(self._members, node))

    def _members(self, node: Node) -> Parts:
        return tuple(self.expr(c) for c in node.named_children if c.type != "comment"), ()

    def binary(self, node: Node) -> Expr:
        operator = node.child_by_field_name("operator")
        items = (self.expr(node.child_by_field_name("left")), self.expr(node.child_by_field_name("right")))
        return Expr("binary", node.start_byte, node.end_byte, self.slice(operator), items)

    def subscript(self, node: Node) -> Expr:
        value = self.expr(node.child_by_field_name("object"))
        index = self.expr(node.child_by_field_name("index"))
        return Expr("subscript", node.start_byte, node.end_byte, self.dotted(node), (index,), base=value)

    def inner(self, node: Node) -> Expr:
        children = [c for c in node.named_children if c.type != "comment"]
        return self.expr(children[0] if children else None)

    def func(self, node: Node) -> Expr:
        return Expr("func", node.start_byte, node.end_byte)


KINDS = {
    "number": "number",
    "true": "const",
    "false": "const",
    "null": "const",
    "undefined": "const",
    "regex": "regex",
}
MAKERS = {
    "string": ScriptReader.string,
    "template_string": ScriptReader.template,
    "identifier": ScriptReader.name,
    "this": ScriptReader.name,
    "member_expression": ScriptReader.member,
    "call_expression": ScriptReader.call,
    "new_expression": ScriptReader.call,
    "object": ScriptReader.mapping,
    "array": ScriptReader.several,
    "ternary_expression": ScriptReader.several,
    "spread_element": ScriptReader.several,
    "unary_expression": ScriptReader.several,
    "assignment_expression": ScriptReader.several,
    "binary_expression": ScriptReader.binary,
    "subscript_expression": ScriptReader.subscript,
    "await_expression": ScriptReader.inner,
    "parenthesized_expression": ScriptReader.inner,
    "as_expression": ScriptReader.inner,
    "satisfies_expression": ScriptReader.inner,
    "non_null_expression": ScriptReader.inner,
    "arrow_function": ScriptReader.func,
    "function_expression": ScriptReader.func,
    "function": ScriptReader.func,
}
