"""A page to look at webhooks as they arrive: what came, what became of it, and doing it again.

`Console(inbox, token)` is an ASGI application; `hubwire webhooks serve --console` serves it.
"""

from __future__ import annotations

from hubwire.console.app import Console as Console

__all__ = ["Console"]
