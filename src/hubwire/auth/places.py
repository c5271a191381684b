"""Where hubwire keeps things, as the XDG base directory specification has it."""

from __future__ import annotations

import os
from pathlib import Path


def config_home() -> Path:
    """`~/.config/hubwire`: settings and the key."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "hubwire"


def data_home() -> Path:
    """`~/.local/share/hubwire`: tokens."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "hubwire"
