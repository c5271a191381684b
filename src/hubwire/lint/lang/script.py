"""JavaScript, TypeScript and TSX: statements and declarations as facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hubwire.lint.facts import Assign, Branch, Expr, Facts, Func, Import, Klass, Loop
from hubwire.lint.lang.common import Node
from hubwire.lint.lang.javascript import ScriptReader, machinery

EACH = ("map", "forEach", "flatMap", "filter", "reduce", "each", "eachSeries", "mapSeries")


def read(path: str, text: str, data: bytes, language: str) -> Facts:
    """Facts of a JavaScript or TypeScript file."""
    import tree_sitter

    parser, query = machinery(language)
    tree = parser.parse(data)
    if language == "js" and tree.root_node.has_error and "/>" in text:
        # The JavaScript grammar stops at a JSX attribute named like a keyword (`default`, `for`).
        other, another = machinery("tsx")
        retried = other.parse(data)
        if _lost(retried.root_node) < _lost(tree.root_node):
            tree, query = retried, another
    reader = ScriptReader(text)
    found = tree_sitter.QueryCursor(query).captures(tree.root_node)
    facts = Facts(path, "ts" if path.endswith((".ts", ".mts", ".cts", ".tsx")) else "js")
    facts.known = reader.memo
    facts.calls = [reader.expr(n) for n in found.get("call", ())]
    for node in found.get("assign", ()):
        facts.assigns += _assigns(node, reader)
    facts.functions = [_func(n, reader) for n in found.get("func", ())]
    facts.classes = [_class(n, reader) for n in found.get("class", ())]
    loops = (_loop(n, reader) for n in found.get("loop", ()))
    facts.loops = [loop for loop in loops if loop is not None]
    facts.loops += _callback_loops(facts, text)
    facts.branches_of = lambda: [b for b in map(_branch, found.get("branch", ())) if b is not None]
    facts.compares_of = lambda: [reader.expr(n) for n in found.get("compare", ())]
    facts.returns = [reader.inner(n) for n in found.get("return", ())]
    facts.returns += _answers(found.get("func", ()), reader)
    for node in found.get("import", ()):
        facts.imports += _imports(node, reader)
    facts.imports += _requires(facts)
    for node in found.get("export", ()):
        _export(node, reader, facts)
    _module_exports(facts)
    facts.comments = [(n.start_byte, n.end_byte) for n in found.get("comment", ())]
    facts.quiet = list(facts.comments)
    facts.errors = sum(n.end_byte - n.start_byte for n in found.get("error", ()))
    return facts


def _lost(root: Node) -> int:
    """Bytes of a tree that stand in error nodes below its top."""
    if root.type == "ERROR":
        return int(root.end_byte - root.start_byte)
    return sum(
        c.end_byte - c.start_byte if c.type == "ERROR" else (1 if c.has_error else 0) for c in root.children
    )


def _params(node: Node | None, reader: ScriptReader) -> tuple[list[str], list[tuple[str, str]]]:
    names: list[str] = []
    types: list[tuple[str, str]] = []
    if node is None:
        return names, types
    if node.type == "identifier":
        return [reader.slice(node)], types
    for child in node.named_children:
        inner = child.child_by_field_name("pattern") or child.child_by_field_name("left") or child
        if inner.type in ("object_pattern", "array_pattern"):
            names.append(reader.slice(inner))
        else:
            names.append(reader.slice(inner).lstrip("."))
        kind = child.child_by_field_name("type")
        if kind is not None:
            types.append((names[-1], reader.slice(kind).lstrip(": ")))
    return names, types


def _name(node: Node, reader: ScriptReader) -> str:
    own = node.child_by_field_name("name")
    if own is not None:
        return reader.slice(own).strip("'\"")
    parent = node.parent
    hops = 0
    while parent is not None and hops < 4:
        kind = parent.type
        if kind in ("variable_declarator", "public_field_definition", "field_definition"):
            label = parent.child_by_field_name("name") or parent.child_by_field_name("property")
            return reader.slice(label) if label is not None else ""
        if kind == "assignment_expression":
            return reader.dotted(parent.child_by_field_name("left"))
        if kind == "pair":
            return reader.key(parent.child_by_field_name("key"))
        if kind not in ("parenthesized_expression", "call_expression", "arguments", "as_expression"):
            return ""
        if (
            kind == "call_expression"
            and reader.dotted(parent.child_by_field_name("function")).split(".")[-1] in EACH
        ):
            return ""
        parent = parent.parent
        hops += 1
    return ""


def _decorators(node: Node, reader: ScriptReader) -> tuple[str, ...]:
    out = [reader.slice(c)[1:] for c in node.named_children if c.type == "decorator"]
    before = node.prev_named_sibling
    while before is not None and before.type in ("decorator", "comment"):
        if before.type == "decorator":
            out.append(reader.slice(before)[1:])
        before = before.prev_named_sibling
    parent = node.parent
    if parent is not None and parent.type == "export_statement":
        out += [reader.slice(c)[1:] for c in parent.named_children if c.type == "decorator"]
    return tuple(out)


def _func(node: Node, reader: ScriptReader) -> Func:
    params = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    body = node.child_by_field_name("body")
    names, types = _params(params, reader)
    decorators = _decorators(node, reader) if node.type == "method_definition" else ()
    span = (params.start_byte, params.end_byte) if params is not None else (0, 0)
    return Func(
        _name(node, reader), node.start_byte, node.end_byte,
        body.start_byte if body is not None else node.start_byte,
        tuple(names), "", decorators, tuple(types), param_spans=span,
    )  # fmt: skip


def _class(node: Node, reader: ScriptReader) -> Klass:
    name = node.child_by_field_name("name")
    heritage = [c for c in node.named_children if c.type == "class_heritage"]
    bases = tuple(reader.slice(h).replace("extends", "").strip() for h in heritage)
    label = reader.slice(name) if name is not None else ""
    return Klass(label, node.start_byte, node.end_byte, bases, _decorators(node, reader))


def _pattern(left: Node, value: Expr, end: int, reader: ScriptReader) -> list[Assign]:
    out = []
    for child in left.named_children:
        if child.type == "shorthand_property_identifier_pattern":
            out.append(Assign(reader.slice(child), child.start_byte, end, value, reader.slice(child)))
        elif child.type == "pair_pattern":
            key, target = child.child_by_field_name("key"), child.child_by_field_name("value")
            if target.type == "assignment_pattern":
                target = target.child_by_field_name("left")
            out.append(Assign(reader.slice(target), child.start_byte, end, value, reader.key(key)))
        elif child.type == "object_assignment_pattern":
            name = reader.slice(child.child_by_field_name("left"))
            out.append(Assign(name, child.start_byte, end, value, name))
        elif child.type == "identifier":
            out.append(Assign(reader.slice(child), child.start_byte, end, value, "?"))
    return out


def _assigns(node: Node, reader: ScriptReader) -> list[Assign]:
    if node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    else:
        left = node.child_by_field_name("name") or node.child_by_field_name("property")
        right = node.child_by_field_name("value")
    if left is None or right is None:
        return []
    value = reader.expr(right)
    if left.type in ("object_pattern", "array_pattern"):
        return _pattern(left, value, node.end_byte, reader)
    target = reader.dotted(left)
    if left.type == "subscript_expression":
        index = reader.expr(left).items[0]
        base = reader.dotted(left.child_by_field_name("object"))
        return [
            Assign(
                f"{base}.{index.text if index.kind == 'str' else '?'}",
                node.start_byte,
                node.end_byte,
                value,
                keyed=True,
            )
        ]
    if node.type.endswith("field_definition"):
        target = "this." + target
    return [Assign(target, node.start_byte, node.end_byte, value)]


def _loop(node: Node, reader: ScriptReader) -> Loop | None:
    body = node.child_by_field_name("body")
    if body is None:
        return None
    if node.type == "for_in_statement":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        names = tuple(p.strip(" []{}") for p in reader.slice(left).split(",")) if left is not None else ()
        over = reader.slice(right) if right is not None else ""
        return Loop("for", node.start_byte, node.end_byte, body.start_byte, over, names)
    cond = node.child_by_field_name("condition")
    over = reader.slice(cond) if cond is not None else ""
    kind = "for" if node.type == "for_statement" else "while"
    return Loop(kind, node.start_byte, node.end_byte, body.start_byte, over)


def _answers(functions: Iterable[Node], reader: ScriptReader) -> Iterator[Expr]:
    """What arrows with a name and without braces return: `const url = (path) => HOST + path`."""
    for node in functions:
        body = node.child_by_field_name("body") if node.type == "arrow_function" else None
        if body is not None and body.type != "statement_block" and _name(node, reader):
            yield reader.expr(body)


def _callback_loops(facts: Facts, text: str) -> list[Loop]:
    """`xs.map(x => …)` iterates as much as `for` does."""
    params = {f.start: f.params for f in facts.functions}
    out = []
    for call in facts.calls:
        head, _, last = call.text.rpartition(".")
        made = call.text == "Array.from" and len(call.args) == 2
        if (last in EACH or made) and call.items and head:
            func = next((a for a in call.items if a.kind == "func"), None)
            if func is not None:
                names = params.get(func.start, ())
                if "Object." in head or "[..." in head:
                    # What the entries are of, and what is spread, is not in a dotted path.
                    head = text[call.start : func.start].rpartition(f".{last}")[0][:120]
                out.append(
                    Loop(
                        "map" if made else last,
                        call.start,
                        call.end,
                        func.start,
                        call.args[0].text if made else head,
                        names[1:2] if last == "reduce" else names[:1],
                    )
                )
    return out


def _branch(node: Node) -> Branch | None:
    cond, then = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    if cond is None or then is None:
        return None
    other = node.child_by_field_name("alternative")
    return Branch(
        node.start_byte, node.end_byte, (cond.start_byte, cond.end_byte), (then.start_byte, then.end_byte),
        (other.start_byte, other.end_byte) if other is not None else None,
    )  # fmt: skip


def _imports(node: Node, reader: ScriptReader) -> list[Import]:
    source = node.child_by_field_name("source")
    if source is None:
        return []
    module = reader.slice(source)[1:-1]
    out: list[Import] = []
    span = (node.start_byte, node.end_byte)
    clause = next((c for c in node.named_children if c.type == "import_clause"), None)
    for child in clause.named_children if clause is not None else ():
        if child.type == "identifier":
            out.append(Import(reader.slice(child), module, "default", *span))
        elif child.type == "namespace_import":
            out.append(Import(reader.slice(child.named_children[0]), module, "*", *span))
        elif child.type == "named_imports":
            for one in child.named_children:
                name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
                if name is not None:
                    out.append(Import(reader.slice(alias or name), module, reader.slice(name), *span))
    return out or [Import("", module, "", *span)]


def _requires(facts: Facts) -> list[Import]:
    out = []
    for assign in facts.assigns:
        value = assign.value
        tail = ""
        if value.kind == "name" and value.base is not None:
            tail, value = value.text.rpartition(".")[2], value.base
        if (
            value.kind == "call"
            and value.text in ("require", "import")
            and value.items
            and value.items[0].kind == "str"
        ):
            symbol = assign.part or tail or "*"
            out.append(Import(assign.target, value.items[0].text, symbol, assign.start, assign.end))
    return out


def _export(node: Node, reader: ScriptReader, facts: Facts) -> None:
    source = node.child_by_field_name("source")
    module = reader.slice(source)[1:-1] if source is not None else ""
    declaration = node.child_by_field_name("declaration")
    value = node.child_by_field_name("value")
    default = any(c.type == "default" for c in node.children)
    if declaration is not None:
        names = [declaration.child_by_field_name("name")]
        if names[0] is None:
            names = [d.child_by_field_name("name") for d in declaration.named_children]
        for name in names:
            if name is not None:
                facts.exports["default" if default else reader.slice(name)] = reader.slice(name)
    elif value is not None:
        facts.exports["default"] = (
            reader.dotted(value) if value.type == "identifier" else f"@{value.start_byte}"
        )
    for clause in (c for c in node.named_children if c.type == "export_clause"):
        for one in clause.named_children:
            name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
            if name is not None:
                local = reader.slice(name)
                facts.exports[reader.slice(alias or name)] = f"{module}:{local}" if module else local
    if module and any(c.type == "*" for c in node.children):
        facts.exports["*" + module] = f"{module}:*"


def _module_exports(facts: Facts) -> None:
    for assign in facts.assigns:
        head, _, name = assign.target.rpartition(".")
        if head in ("exports", "module.exports"):
            facts.exports[name] = (
                assign.value.text if assign.value.kind == "name" else f"@{assign.value.start}"
            )
        elif assign.target == "module.exports":
            value = assign.value
            facts.exports["default"] = value.text if value.kind in ("name", "new") else f"@{value.start}"
            if value.kind == "object":
                for key, item in zip(value.keys, value.items, strict=True):
                    facts.exports[key] = item.text if item.kind == "name" else f"@{item.start}"
