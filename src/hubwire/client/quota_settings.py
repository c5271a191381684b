"""The quota of hubs that are given none: the table `[quota]` of `hubwire.toml`, and the environment.

    [quota]
    store = "redis://cache"
    share = 0.25
    floor = 50_000

Read are the nearest `hubwire.toml` from the working directory upwards that has the table, else the user's
(`~/.config/hubwire/hubwire.toml`); `HUBWIRE_CONFIG` names another file instead of both. Variables
`HUBWIRE_QUOTA_…` come before what the file says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hubwire.auth.places import config_home
from hubwire.errors import ConfigError

FILE, VARIABLE, PREFIX = "hubwire.toml", "HUBWIRE_CONFIG", "HUBWIRE_QUOTA_"


def settings() -> dict[str, Any]:
    """By field name of `Quota`; empty when nothing is set anywhere."""
    return next(_tables(), {}) | _variables()


def _variables() -> dict[str, str]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and value
    }


def _tables() -> Iterator[dict[str, Any]]:
    for path in _files():
        try:
            text = path.read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as fault:
            raise ConfigError(f"{path} cannot be read: {fault}") from None
        if "quota" not in text:  # most files are about something else, and a parser takes its time to load
            continue
        import tomllib

        try:
            table = tomllib.loads(text).get("quota")
        except tomllib.TOMLDecodeError as odd:
            raise ConfigError(f"{path} is not TOML: {odd}") from None
        if table is not None:
            if not isinstance(table, dict):
                raise ConfigError(f"{path}: quota is a table: [quota]")
            yield table


def _files() -> Iterator[Path]:
    if named := os.environ.get(VARIABLE):
        yield Path(named)
        return
    here = Path.cwd()
    yield from (folder / FILE for folder in (here, *here.parents))
    yield config_home() / FILE
