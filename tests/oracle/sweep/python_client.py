"""Every method of `hubspot-api-client`, by its code: path, method, arguments and the answers it knows."""

from __future__ import annotations

import ast
import importlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hubspot

ROOT = Path(hubspot.__file__).parent
REQUIRED = re.compile(r":param (\w+):.*\(required\)")
TYPES = re.compile(r":type (\w+): ([^\n]+)")


@dataclass(frozen=True)
class Method:
    module: str
    cls: str
    name: str
    http: str
    path: str
    places: dict[str, str]
    """Place of the path → argument."""
    queries: dict[str, str]
    """Name in the query → argument."""
    required: tuple[str, ...]
    types: dict[str, str]
    answers: dict[int, str]

    @property
    def id(self) -> str:
        return f"{self.module.removeprefix('hubspot.').replace('.api', '')}.{self.name}"

    def on(self, config: Any) -> Any:
        """The bound method, on a client of its family."""
        package = importlib.import_module(self.module.partition(".api.")[0])
        cls = getattr(importlib.import_module(self.module), self.cls)
        return getattr(cls(package.ApiClient(configuration=config(package))), f"{self.name}_with_http_info")

    @property
    def models(self) -> Any:
        return importlib.import_module(self.module.partition(".api.")[0])

    @property
    def body(self) -> str | None:
        """The argument that is the body."""
        taken = {*self.places.values(), *self.queries.values()}
        return next((name for name in self.required if name not in taken), None)


def methods() -> Iterator[Method]:
    for path in sorted(ROOT.rglob("*_api.py")):
        module = ".".join(["hubspot", *path.relative_to(ROOT).with_suffix("").parts])
        with warnings.catch_warnings():
            # Its code has escapes that Python does not know.
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_text("utf-8"))
        for cls in tree.body:
            if isinstance(cls, ast.ClassDef):
                for node in cls.body:
                    if isinstance(node, ast.FunctionDef) and node.name.endswith("_with_http_info"):
                        yield _method(module, cls.name, node)


def _method(module: str, cls: str, node: ast.FunctionDef) -> Method:
    told = ast.get_docstring(node) or ""
    call = next(
        each
        for each in ast.walk(node)
        if isinstance(each, ast.Call) and getattr(each.func, "attr", "") == "call_api"
    )
    path, http = (ast.literal_eval(argument) for argument in call.args[:2])
    text = ast.unparse(node)
    places = dict(re.findall(r"path_params\['(\w+)'\] = local_var_params\['(\w+)'\]", text))
    queries = dict(re.findall(r"query_params\.append\(\('(\w+)', local_var_params\['(\w+)'\]\)\)", text))
    answers = next(
        (
            ast.literal_eval(each.value)
            for each in ast.walk(node)
            if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == "response_types_map"
        ),
        {},
    )
    return Method(
        module,
        cls,
        node.name.removesuffix("_with_http_info"),
        http,
        path,
        places,
        queries,
        tuple(REQUIRED.findall(told)),
        dict(TYPES.findall(told)),
        answers,
    )
