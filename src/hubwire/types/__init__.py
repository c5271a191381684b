"""An account's own schema as a Python module: `hubwire types`.

from hubwire.types import read_account, source

text = source(read_account(hub))
"""

from hubwire.types.account import DEFAULT_OBJECTS, read_account
from hubwire.types.model import AccountTypes
from hubwire.types.module import source

__all__ = ["DEFAULT_OBJECTS", "AccountTypes", "read_account", "source"]
