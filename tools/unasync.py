"""Writes the blocking facade from the async one: `python tools/unasync.py`, or with `--check` compares only.

The sources are rewritten as syntax trees: no name inside a string or a longer name is hit by accident.
The whole text is compared, and a substitution that nothing uses is an error: an idle rule hides a rename.
"""

from __future__ import annotations

import ast
import difflib
import re
import subprocess
import sys
from pathlib import Path

CLIENT = Path(__file__).resolve().parents[1] / "src" / "hubwire" / "client"
SOURCES = (
    "account",
    "app_settings",
    "associations",
    "bulk",
    "driver",
    "exports",
    "family",
    "hub",
    "imports",
    "journal",
    "labels",
    "lists",
    "objects",
    "pipelines",
    "properties",
    "schemas",
    "selection",
    "typed_records",
)
HEADER = """# Generated from {name}.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002, ASYNC109, C416

"""

NAMES = {
    "AsyncAssociationLimits": "AssociationLimits",
    "AsyncExports": "Exports",
    "AsyncFamily": "Family",
    "AsyncGroups": "Groups",
    "AsyncImports": "Imports",
    "AsyncJournal": "Journal",
    "AsyncLabels": "Labels",
    "AsyncLimits": "Limits",
    "AsyncLists": "Lists",
    "AsyncRules": "Rules",
    "AsyncSchemas": "Schemas",
    "AsyncStages": "Stages",
    "AsyncUsers": "Users",
    "AsyncWebhooks": "Webhooks",
    "AsyncAccount": "Account",
    "AsyncAssociationBatch": "AssociationBatch",
    "AsyncAssociations": "Associations",
    "AsyncBatch": "Batch",
    "AsyncDriver": "Driver",
    "AsyncEach": "Each",
    "AsyncHttpTransport": "HttpTransport",
    "AsyncHub": "Hub",
    "AsyncIterator": "Iterator",
    "AsyncKind": "Kind",
    "AsyncOwners": "Owners",
    "AsyncPipelines": "Pipelines",
    "AsyncProperties": "Properties",
    "AsyncRecords": "Records",
    "AsyncSelection": "Selection",
    "AsyncTransport": "Transport",
    "AsyncTypedRecords": "TypedRecords",
    "__aenter__": "__enter__",
    "__aiter__": "__iter__",
    "__aexit__": "__exit__",
    "aclose": "close",
    "aeach": "each",
    "arun": "run",
    "asleep": "sleep",
}
MODULES = {
    **{f"hubwire.client.{name}": f"hubwire.client.{name}_sync" for name in SOURCES if name != "hub"},
    "hubwire.wire.tasks": "hubwire.wire.blocking",
}
WORDS = {
    "AsyncRecords(": "Records(",
    "AsyncSelection(": "Selection(",
    "AsyncHub(": "Hub(",
    "AsyncTypedRecords(": "TypedRecords(",
    ", for asyncio": "",
}
"""Pieces of strings."""

POINTER = re.compile(r"\s+`\w+_sync\.py` is generated from this file by `tools/unasync\.py`\.")
"""What a source says of its twin, and the twin need not."""


class Blocking(ast.NodeTransformer):
    """The same code without waiting for anything."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def name(self, name: str) -> str:
        """A name in its blocking form."""
        if name in NAMES:
            self.used.add(name)
        return NAMES.get(name, name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """`async def` becomes `def`."""
        plain = ast.FunctionDef(node.name, node.args, node.body, node.decorator_list, node.returns)
        return self.visit_FunctionDef(ast.copy_location(plain, node))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Methods are renamed where they are defined."""
        node.name = self.name(node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Classes too."""
        node.name = self.name(node.name)
        return self.generic_visit(node)

    def visit_Await(self, node: ast.Await) -> ast.AST:
        """`await x` becomes `x`."""
        found: ast.AST = self.visit(node.value)
        return found

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """`async for` becomes `for`."""
        node.is_async = 0
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Names are renamed where they are used."""
        node.id = self.name(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Attributes too."""
        node.attr = self.name(node.attr)
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """Modules have blocking twins."""
        if node.module in MODULES:
            self.used.add(node.module)
            node.module = MODULES[node.module]
        for alias in node.names:
            alias.name = self.name(alias.name)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Strings that speak of the async form."""
        if isinstance(node.value, str):
            for old, new in WORDS.items():
                if old in node.value:
                    self.used.add(old)
                    node.value = node.value.replace(old, new)
        return node


def generate() -> dict[Path, str]:
    """The blocking modules, formatted as everything here is."""
    rewriter = Blocking()
    texts = {}
    for name in SOURCES:
        tree = rewriter.visit(ast.parse((CLIENT / f"{name}.py").read_text("utf-8")))
        code = POINTER.sub("", ast.unparse(ast.fix_missing_locations(tree)))
        texts[CLIENT / f"{name}_sync.py"] = formatted(HEADER.format(name=name) + code)
    idle = (NAMES.keys() | MODULES.keys() | WORDS.keys()) - rewriter.used
    if idle:
        raise SystemExit(f"substitutions that nothing uses: {', '.join(sorted(idle))}")
    return texts


def formatted(code: str) -> str:
    """Imports sorted, lines broken, idle suppressions removed."""
    ruff = [sys.executable, "-m", "ruff"]
    for arguments in (
        ["check", "--fix-only", "--quiet", "--select", "I,RUF100,A002,C416"],
        ["format", "--quiet"],
    ):
        command = [*ruff, *arguments, "--stdin-filename", str(CLIENT / "generated.py"), "-"]
        code = subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout
    return code


def main(arguments: list[str]) -> int:
    """0 when the files are as they should be."""
    checking = arguments == ["--check"]
    stale = 0
    for path, text in generate().items():
        present = path.read_text("utf-8") if path.exists() else ""
        if present == text:
            continue
        stale = 1
        if checking:
            difference = difflib.unified_diff(
                present.splitlines(), text.splitlines(), str(path), "generated", lineterm=""
            )
            print("\n".join(difference))
        else:
            path.write_text(text, "utf-8")
    if checking and stale:
        print("run: python tools/unasync.py")
    return stale if checking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
