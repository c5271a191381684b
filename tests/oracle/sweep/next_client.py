"""Every method of the `hubspot-sdk` pre-release, by its code: path and HTTP method."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

CALLS = {"_get": "GET", "_get_api_list": "GET", "_post": "POST", "_put": "PUT", "_patch": "PATCH",
         "_delete": "DELETE"}  # fmt: skip
EXTRA = ("extra_headers", "extra_query", "extra_body", "timeout")


@dataclass(frozen=True)
class Method:
    module: str
    cls: str
    name: str
    http: str
    path: str

    @property
    def id(self) -> str:
        area = self.module.removeprefix("hubspot_sdk.resources.")
        return f"{area}.{self.cls.removesuffix('Resource')}.{self.name}"

    def on(self, client: Any) -> Any:
        return getattr(getattr(importlib.import_module(self.module), self.cls)(client), self.name)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        function = getattr(getattr(importlib.import_module(self.module), self.cls), self.name)
        return {
            name: one for name, one in signature(function).parameters.items() if name not in ("self", *EXTRA)
        }


def methods() -> Iterator[Method]:
    found = find_spec("hubspot_sdk")
    if found is None or found.origin is None:
        return
    root = Path(found.origin).parent
    for path in sorted(root.joinpath("resources").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        module = ".".join(["hubspot_sdk", *(part for part in parts if part != "__init__")])
        for cls in ast.parse(path.read_text("utf-8")).body:
            if isinstance(cls, ast.ClassDef) and cls.name.endswith("Resource") and "Async" not in cls.name:
                for node in cls.body:
                    if isinstance(node, ast.FunctionDef) and (call := _call(node)):
                        yield Method(module, cls.name, node.name, *call)


def _call(node: ast.FunctionDef) -> tuple[str, str] | None:
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in CALLS:
            first = each.args[0]
            if isinstance(first, ast.Call):
                first = first.args[0]
            return CALLS[each.func.attr], str(ast.literal_eval(first))
    return None
