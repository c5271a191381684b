"""Reads a schema from a file: TOML, or a Python file that makes a `Schema`."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hubwire.errors import ConfigError, HubwireError
from hubwire.schema.checks import check
from hubwire.schema.declared import (
    CustomObject,
    Declared,
    Group,
    Label,
    Objects,
    Option,
    Pipeline,
    Property,
    Schema,
    StandardObject,
)

D = TypeVar("D", bound=Declared)


def load(path: str | Path) -> Schema:
    """The schema of a file, checked; a `ConfigError` tells everything that is wrong with it."""
    path = Path(path)
    try:
        schema = _of_python(path) if path.suffix == ".py" else read_toml(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} cannot be read: {problem}") from None
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path} is not TOML: {problem}") from None
    except ConfigError as problem:
        raise ConfigError(f"{path}: {problem}") from None
    try:
        check(schema)
    except ConfigError as problem:
        raise ConfigError(f"{path}: {problem}") from None
    return schema


def _of_python(path: Path) -> Schema:
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        names = runpy.run_path(str(path))
    except HubwireError:
        raise
    except Exception as fault:
        raise ConfigError(f"it cannot be run: {type(fault).__name__}: {fault}") from fault
    found = [value for name, value in names.items() if isinstance(value, Schema) and not name.startswith("_")]
    if len(found) != 1:
        raise ConfigError(f"it makes {len(found)} objects of hubwire.schema.Schema; it has to make one")
    return found[0]


def read_toml(text: str) -> Schema:
    """The schema that a TOML document declares."""
    data = tomllib.loads(text)
    unknown = data.keys() - {"custom", "objects", "labels"}
    if unknown:
        raise ConfigError(f"{sorted(unknown)[0]}: the tables of a schema are custom, objects and labels")
    return Schema(
        custom=tuple(
            _object(CustomObject, "custom", name, body) for name, body in _table(data, "custom", "")
        ),
        standard=tuple(
            _object(StandardObject, "objects", name, body) for name, body in _table(data, "objects", "")
        ),
        labels=tuple(
            _convert(Label, f"labels, number {place}", body)
            for place, body in enumerate(_list(data, "labels", ""), 1)
        ),
    )


def _object(kind: type[Objects], table: str, name: str, body: Mapping[str, Any]) -> Any:
    where = f"{table}.{name}"
    rest = {key: value for key, value in body.items() if key not in ("groups", "properties", "pipelines")}
    parts: dict[str, Any] = {
        "groups": tuple(_named(Group, f"{where}.groups", each) for each in _table(body, "groups", where)),
        "properties": tuple(
            _property(f"{where}.properties", each) for each in _table(body, "properties", where)
        ),
        "pipelines": tuple(
            _named(Pipeline, f"{where}.pipelines", each, key="id")
            for each in _table(body, "pipelines", where)
        ),
    }
    return msgspec.structs.replace(_convert(kind, where, {"name": name, **rest}), **parts)


def _property(where: str, item: tuple[str, Mapping[str, Any]]) -> Property:
    name, body = item
    options = body.get("options", [])
    if isinstance(options, dict):
        # The short form: value = "label".
        options = [{"value": value, "label": label} for value, label in options.items()]
    if not isinstance(options, list):
        raise ConfigError(f"{where}.{name}.options: a list of values, or a table of value = label")
    choices = [
        Option(each) if isinstance(each, str) else _convert(Option, f"{where}.{name}.options", each)
        for each in options
    ]
    rest = {key: value for key, value in body.items() if key != "options"}
    made = _convert(Property, f"{where}.{name}", {"name": name, **rest})
    return msgspec.structs.replace(made, options=tuple(choices))


def _named(kind: type[D], where: str, item: tuple[str, Mapping[str, Any]], key: str = "name") -> D:
    name, body = item
    return _convert(kind, f"{where}.{name}", {key: name, **body})


def _convert(kind: type[D], where: str, body: Any) -> D:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as fault:
        told = (
            str(fault)
            .replace("Object contains unknown field", "there is no setting")
            .replace(" - at `$`", "")
        )
        raise ConfigError(f"{where}: {told}") from None


def _table(data: Mapping[str, Any], name: str, where: str) -> list[tuple[str, Mapping[str, Any]]]:
    found = data.get(name, {})
    path = f"{where}.{name}".lstrip(".")
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: a table of tables, [{path}.NAME]")
    for key, body in found.items():
        if not isinstance(body, dict):
            raise ConfigError(f"{path}.{key}: a table, [{path}.{key}]")
    return list(found.items())


def _list(data: Mapping[str, Any], name: str, where: str) -> list[Any]:
    found = data.get(name, [])
    if not isinstance(found, list):
        raise ConfigError(f"{name}: written as [[{name}]], one for each")
    return found
