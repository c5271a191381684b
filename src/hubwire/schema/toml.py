"""A schema as a TOML document, in the form that `load` reads."""

from __future__ import annotations

from typing import Any

from hubwire.errors import ConfigError
from hubwire.schema.declared import Objects, Option, Property, Schema, plain


def text(schema: Schema) -> str:
    """The whole document. `ConfigError` when tomlkit is not installed."""
    try:
        import tomlkit
    except ImportError:
        raise ConfigError("writing TOML needs tomlkit: pip install 'hubwire[schema]'") from None
    document = tomlkit.document()
    for name, objects in (("custom", schema.custom), ("objects", schema.standard)):
        if objects:
            table = tomlkit.table(is_super_table=True)
            for each in objects:
                table[each.name] = _table(_object(each))
            document[name] = table
    if schema.labels:
        array = tomlkit.aot()
        for label in schema.labels:
            array.append(_table(plain(label)))
        document["labels"] = array
    return tomlkit.dumps(document)


def _object(each: Objects) -> dict[str, Any]:
    data = plain(each)
    del data["name"]
    for part in ("groups", "pipelines"):
        if part in data:
            key = "id" if part == "pipelines" else "name"
            data[part] = {one.pop(key): one for one in data[part]}
    if each.properties:
        data["properties"] = {one.name: _property(one) for one in each.properties}
    # Plain settings come before tables, or they would be the tables' own.
    return dict(sorted(data.items(), key=lambda item: isinstance(item[1], dict)))


def _property(one: Property) -> dict[str, Any]:
    data = plain(one)
    del data["name"]
    if one.options:
        choices = one.choices
        short = all(option.hidden is None for option in choices)
        data["options"] = (
            {option.value: option.label or option.value for option in choices}
            if short
            else [_option(option) for option in choices]
        )
    return dict(sorted(data.items(), key=lambda item: isinstance(item[1], dict)))


def _option(option: Option) -> dict[str, Any]:
    return plain(option)


def _table(data: dict[str, Any]) -> Any:
    """Tables in tables under headings of their own, lists of tables inline, one a line."""
    import tomlkit

    table = tomlkit.table()
    for key, value in data.items():
        if isinstance(value, dict):
            table[key] = _table(value)
        elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            array = tomlkit.array().multiline(True)
            for each in value:
                inline = tomlkit.inline_table()
                inline.update(each)
                array.append(inline)
            table[key] = array
        else:
            table[key] = value
    return table
