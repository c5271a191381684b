"""Writes the blocking facade from the async one: `python tools/unasync.py`, or with `--check` compares only.

The sources are rewritten as syntax trees, so a name inside a string or a longer name is never hit by accident. The
whole text is compared, and a substitution that nothing uses is an error: a rule that has become idle hides a rename.
"""

from __future__ import annotations

import ast
import difflib
import subprocess
import sys
from pathlib import Path

CLIENT = Path(__file__).resolve().parents[1] / "src" / "hubwire" / "client"
PAIRS = {"objects.py": "objects_sync.py", "hub.py": "hub_sync.py"}

NAMES = {
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
    "AsyncTransport": "Transport",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "aclose": "close",
    "aeach": "each",
    "arun": "run",
    "asleep": "sleep",
}
MODULES = {
    "hubwire.client.objects": "hubwire.client.objects_sync",
    "hubwire.wire.tasks": "hubwire.wire.blocking",
}
WORDS = {
    "AsyncRecords(": "Records(",
    "AsyncHub(": "Hub(",
    ", for asyncio": "",
    "The front of the client. `hub_sync.py` is generated from this file": "The front of the client. Generated from `hub.py`",
    "Records of one type. `objects_sync.py` is generated from this file": "Records of one type. Generated from `objects.py`",
}
"""Pieces of strings."""


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
        plain = ast.FunctionDef(**{field: getattr(node, field, None) for field in node._fields})
        return self.visit(ast.copy_location(plain, node))

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
        return self.visit(node.value)

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
    for source, target in PAIRS.items():
        tree = rewriter.visit(ast.parse((CLIENT / source).read_text("utf-8")))
        texts[CLIENT / target] = formatted(ast.unparse(ast.fix_missing_locations(tree)))
    idle = (NAMES.keys() | MODULES.keys() | WORDS.keys()) - rewriter.used
    if idle:
        raise SystemExit(f"substitutions that nothing uses: {', '.join(sorted(idle))}")
    return texts


def formatted(code: str) -> str:
    """Imports sorted, lines broken."""
    ruff = [sys.executable, "-m", "ruff"]
    for arguments in (["check", "--fix-only", "--quiet", "--select", "I"], ["format", "--quiet"]):
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
