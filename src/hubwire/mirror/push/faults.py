"""What can end a push: the input or its options (nothing was written), or something on the way."""

from __future__ import annotations

from hubwire.errors import ConfigError


class BadInput(ConfigError):
    """The file, the mapping or an option cannot be used as given. Raised before anything is written."""
