"""Python, by tree-sitter."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from typing import Any

from hubwire.lint.facts import Assign, Branch, Expr, Facts, Func, Import, Klass, Loop, Parts
from hubwire.lint.lang.common import Node, Reader, callee, dotted, plain

QUERY = """
(import_statement) @import
(import_from_statement) @import
(function_definition) @func
(lambda) @func
(class_definition) @class
(call) @call
(assignment) @assign
(named_expression) @assign
(for_statement) @loop
(while_statement) @loop
(list_comprehension) @comp
(set_comprehension) @comp
(generator_expression) @comp
(dictionary_comprehension) @comp
(return_statement) @return
(yield) @return
(comment) @comment
(expression_statement . (string) @doc .)
(ERROR) @error
"""
BRANCHES = "(if_statement) @branch (elif_clause) @branch"
COMPARES = "(comparison_operator) @compare"


@cache
def grammar() -> Any:
    """The language, made once."""
    import tree_sitter
    import tree_sitter_python

    return tree_sitter.Language(tree_sitter_python.language())


@cache
def query(pattern: str) -> Any:
    """A query, made once."""
    import tree_sitter

    return tree_sitter.Query(grammar(), pattern)


@cache
def machinery() -> tuple[Any, Any]:
    """Parser and query of the facts that every rule may ask for."""
    import tree_sitter

    return tree_sitter.Parser(grammar()), query(QUERY)


class PythonReader(Reader):
    """Builds expressions and facts of a Python file."""

    def build(self, node: Node) -> Expr:
        type_of = node.type
        maker = MAKERS.get(type_of)
        if maker is not None:
            return maker(self, node)
        kind = KINDS.get(type_of, "other")
        return Expr(kind, node.start_byte, node.end_byte, self.slice(node) if kind != "other" else "")

    def string(self, node: Node) -> Expr:
        start, end = node.start_byte, node.end_byte
        prefix = self.text[start : start + 3].lower().split('"')[0].split("'")[0]
        if "f" not in prefix:
            return Expr("str", start, end, unquote(self.text[start:end], prefix))
        parts = []
        for child in node.named_children:
            if child.type == "string_content":
                parts.append(Expr("str", child.start_byte, child.end_byte, self.slice(child)))
            elif child.type == "interpolation":
                parts.append(self.expr(child.child_by_field_name("expression")))
        return Expr("template", start, end, items=tuple(parts))

    def joined(self, node: Node) -> Expr:
        parts = tuple(self.expr(c) for c in node.named_children)
        return Expr("template", node.start_byte, node.end_byte, items=parts)

    def name(self, node: Node) -> Expr:
        start, end = node.start_byte, node.end_byte
        return Expr("name", start, end, dotted(self.text[start:end]))

    def attribute(self, node: Node) -> Expr:
        start, end = node.start_byte, node.end_byte
        text = dotted(self.text[start:end])
        base = None if plain(text) else self.expr(node.child_by_field_name("object"))
        return Expr("name", start, end, text, (), (), base)

    def call(self, node: Node) -> Expr:
        return self._call(node, node.start_byte, node.end_byte)

    def calls(self, nodes: Iterable[Node]) -> list[Expr]:
        """The expressions at call nodes: `expr` for the commonest kind, without its detours."""
        memo = self.memo
        out = []
        self.depth += 1
        for node in nodes:
            start, end = node.start_byte, node.end_byte
            made = memo.get((start, end))
            if made is None:
                made = memo[start, end] = self._call(node, start, end)
            out.append(made)
        self.depth -= 1
        return out

    def _call(self, node: Node, start: int, end: int) -> Expr:
        fn = node.child_by_field_name("function")
        if fn is None:
            return Expr("call", start, end, fill=self.later(self._arguments, node))
        # A call begins with its callee.
        text, simple = callee(self.text[start : fn.end_byte])
        base = None if simple else self.expr(fn)
        return Expr("call", start, end, text, (), (), base, self.later(self._arguments, node))

    def _arguments(self, node: Node) -> Parts:
        args = node.child_by_field_name("arguments")
        keys: list[str] = []
        items: list[Expr] = []
        children = args.named_children if args is not None and args.type == "argument_list" else [args]
        for child in children:
            if child is None or child.type == "comment":
                continue
            if child.type == "keyword_argument":
                keys.append(self.slice(child.child_by_field_name("name")))
                items.append(self.expr(child.child_by_field_name("value")))
            else:
                keys.append("")
                items.append(self.expr(child))
        return tuple(items), tuple(keys)

    def mapping(self, node: Node) -> Expr:
        return Expr("object", node.start_byte, node.end_byte, fill=self.later(self._entries, node))

    def _entries(self, node: Node) -> Parts:
        keys: list[str] = []
        items: list[Expr] = []
        for child in node.named_children:
            if child.type == "pair":
                key = self.expr(child.child_by_field_name("key"))
                keys.append(key.text if key.kind in ("str", "name") else "?")
                items.append(self.expr(child.child_by_field_name("value")))
            elif child.type == "dictionary_splat":
                keys.append("")
                items.append(self.expr(child.named_children[0] if child.named_children else None))
        return tuple(items), tuple(keys)

    def several(self, node: Node) -> Expr:
        kind = {"list": "array", "tuple": "array", "set": "array", "conditional_expression": "cond"}.get(
            node.type, "spread" if "splat" in node.type else "other"
        )
        return Expr(kind, node.start_byte, node.end_byte, fill=self.later(self._members, node))

    def _members(self, node: Node) -> Parts:
        items = tuple(self.expr(c) for c in node.named_children if c.type != "comment")
        if node.type == "conditional_expression" and len(items) == 3:
            items = (items[1], items[0], items[2])
        return items, ()

    def binary(self, node: Node) -> Expr:
        operator = node.child_by_field_name("operator")
        items = tuple(self.expr(c) for c in node.named_children)
        text = self.slice(operator) if operator is not None else ""
        return Expr("binary", node.start_byte, node.end_byte, text, items)

    def subscript(self, node: Node) -> Expr:
        value = self.expr(node.child_by_field_name("value"))
        index = self.expr(node.child_by_field_name("subscript"))
        text = self.dotted(node)
        return Expr("subscript", node.start_byte, node.end_byte, text, (index,), base=value)

    def inner(self, node: Node) -> Expr:
        return self.expr(node.named_child(0) if node.named_child_count else None)

    def compare(self, node: Node) -> Expr:
        items = tuple(self.expr(c) for c in node.named_children)
        operators = node.children_by_field_name("operators")
        text = self.slice(operators[0]) if operators else ""
        return Expr("binary", node.start_byte, node.end_byte, text, items)


KINDS = {
    "integer": "number",
    "float": "number",
    "true": "const",
    "false": "const",
    "none": "const",
    "lambda": "func",
}
MAKERS = {
    "string": PythonReader.string,
    "concatenated_string": PythonReader.joined,
    "identifier": PythonReader.name,
    "attribute": PythonReader.attribute,
    "call": PythonReader.call,
    "dictionary": PythonReader.mapping,
    "list": PythonReader.several,
    "tuple": PythonReader.several,
    "expression_list": PythonReader.several,
    "set": PythonReader.several,
    "list_splat": PythonReader.several,
    "dictionary_splat": PythonReader.several,
    "conditional_expression": PythonReader.several,
    "list_comprehension": PythonReader.several,
    "generator_expression": PythonReader.several,
    "binary_operator": PythonReader.binary,
    "boolean_operator": PythonReader.binary,
    "comparison_operator": PythonReader.compare,
    "subscript": PythonReader.subscript,
    "await": PythonReader.inner,
    "parenthesized_expression": PythonReader.inner,
    "keyword_argument": PythonReader.several,
    "not_operator": PythonReader.several,
}


def unquote(raw: str, prefix: str) -> str:
    """The value of a string literal; its inside as written when Python would not read it."""
    if "\\" in raw:
        try:
            value = ast.literal_eval(raw)
        except (ValueError, SyntaxError):
            pass
        else:
            return (
                value
                if isinstance(value, str)
                else value.decode("latin-1")
                if isinstance(value, bytes)
                else ""
            )
    body = raw[len(prefix) :]
    size = 3 if body[:3] in ('"""', "'''") else 1
    return body[size:-size]


def _decorators(node: Node, reader: PythonReader) -> tuple[str, ...]:
    parent = node.parent
    if parent is None or parent.type != "decorated_definition":
        return ()
    return tuple(reader.slice(c)[1:].strip() for c in parent.named_children if c.type == "decorator")


def _func(node: Node, reader: PythonReader) -> Func:
    name = node.child_by_field_name("name")
    params = node.child_by_field_name("parameters")
    body = node.child_by_field_name("body")
    names: list[str] = []
    types: list[tuple[str, str]] = []
    for child in params.named_children if params is not None else ():
        inner = child.child_by_field_name("name") or (
            child.named_children[0] if child.named_children and child.type != "identifier" else child
        )
        label = reader.slice(inner).lstrip("*")
        names.append(label)
        kind = child.child_by_field_name("type")
        if kind is not None:
            types.append((label, reader.slice(kind)))
    span = (params.start_byte, params.end_byte) if params is not None else (0, 0)
    return Func(
        reader.slice(name) if name is not None else "", node.start_byte, node.end_byte,
        body.start_byte if body is not None else node.start_byte, tuple(names), "",
        _decorators(node, reader), tuple(types), exported=True, param_spans=span,
    )  # fmt: skip


def _class(node: Node, reader: PythonReader) -> Klass:
    bases = node.child_by_field_name("superclasses")
    names = tuple(reader.slice(c) for c in bases.named_children) if bases is not None else ()
    name = reader.slice(node.child_by_field_name("name")) if node.child_by_field_name("name") else ""
    return Klass(name, node.start_byte, node.end_byte, names, _decorators(node, reader))


def _assigns(node: Node, reader: PythonReader) -> list[Assign]:
    left = node.child_by_field_name("left") or node.child_by_field_name("name")
    right = node.child_by_field_name("right") or node.child_by_field_name("value")
    if left is None or right is None:
        return []
    value = reader.expr(right)
    if left.type in ("pattern_list", "tuple_pattern") and value.kind == "array":
        pairs = zip(left.named_children, value.items, strict=False)
        return [Assign(reader.slice(n), n.start_byte, node.end_byte, v) for n, v in pairs]
    if left.type in ("pattern_list", "tuple_pattern"):
        return [Assign(reader.slice(n), n.start_byte, node.end_byte, value, "?") for n in left.named_children]
    if left.type == "subscript":
        target = reader.expr(left)
        index = target.items[0] if target.items else None
        name = target.base.text if target.base is not None else ""
        key = index.text if index is not None and index.kind == "str" else "?"
        return [Assign(f"{name}.{key}", node.start_byte, node.end_byte, value, keyed=True)]
    return [Assign(reader.dotted(left), node.start_byte, node.end_byte, value)]


def _loop(node: Node, reader: PythonReader) -> Loop | None:
    if node.type == "while_statement":
        cond, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
        if cond is None or body is None:
            return None
        return Loop("while", node.start_byte, node.end_byte, body.start_byte, reader.slice(cond))
    if node.type == "for_statement":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        body = node.child_by_field_name("body")
        if left is None or right is None or body is None:
            return None
        names = tuple(p.strip(" ()") for p in reader.slice(left).split(","))
        return Loop("for", node.start_byte, node.end_byte, body.start_byte, reader.slice(right), names)
    clause = next((c for c in node.named_children if c.type == "for_in_clause"), None)
    if clause is None:
        return None
    left, right = clause.child_by_field_name("left"), clause.child_by_field_name("right")
    if left is None or right is None:
        return None
    names = tuple(p.strip(" ()") for p in reader.slice(left).split(","))
    return Loop("comp", node.start_byte, node.end_byte, node.start_byte, reader.slice(right), names)


def _branch(node: Node) -> Branch | None:
    cond, then = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    if cond is None or then is None:
        return None
    others = node.children_by_field_name("alternative")
    other = (others[0].start_byte, others[-1].end_byte) if others else None
    return Branch(
        node.start_byte,
        node.end_byte,
        (cond.start_byte, cond.end_byte),
        (then.start_byte, then.end_byte),
        other,
    )


def _imports(node: Node, reader: PythonReader) -> list[Import]:
    out = []
    module_node = node.child_by_field_name("module_name")
    module = reader.slice(module_node) if module_node is not None else ""
    for child in node.children_by_field_name("name"):
        if child.type == "aliased_import":
            name = reader.slice(child.child_by_field_name("name"))
            local = reader.slice(child.child_by_field_name("alias"))
        else:
            name = local = reader.slice(child)
        symbol = name if module_node is not None else "*"
        out.append(Import(local, module or name, symbol, node.start_byte, node.end_byte))
    if module and any(c.type == "wildcard_import" for c in node.named_children):
        out.append(Import("*", module, "*", node.start_byte, node.end_byte))
    return out


def _asked(tree: Any, pattern: str) -> list[Node]:
    """The nodes of a tree that a pattern with one name finds: for what few rules look at."""
    import tree_sitter

    found = tree_sitter.QueryCursor(query(pattern)).captures(tree.root_node)
    return next(iter(found.values()), [])


def read(path: str, text: str, data: bytes) -> Facts:
    """Facts of a Python file."""
    import tree_sitter

    parser, everything = machinery()
    tree = parser.parse(data)
    reader = PythonReader(text)
    found = tree_sitter.QueryCursor(everything).captures(tree.root_node)
    facts = Facts(path, "py")
    facts.known = reader.memo
    facts.calls = reader.calls(found.get("call", ()))
    for node in found.get("assign", ()):
        facts.assigns += _assigns(node, reader)
    facts.functions = [_func(n, reader) for n in found.get("func", ())]
    facts.classes = [_class(n, reader) for n in found.get("class", ())]
    loops = (_loop(n, reader) for n in [*found.get("loop", ()), *found.get("comp", ())])
    facts.loops = [loop for loop in loops if loop is not None]
    facts.branches_of = lambda: [b for b in map(_branch, _asked(tree, BRANCHES)) if b is not None]
    facts.compares_of = lambda: [reader.expr(n) for n in _asked(tree, COMPARES)]
    facts.returns = [reader.inner(n) for n in found.get("return", ())]
    for node in found.get("import", ()):
        facts.imports += _imports(node, reader)
    facts.comments = [(n.start_byte, n.end_byte) for n in found.get("comment", ())]
    facts.quiet = facts.comments + [(n.start_byte, n.end_byte) for n in found.get("doc", ())]
    facts.errors = sum(n.end_byte - n.start_byte for n in found.get("error", ()))
    return facts
