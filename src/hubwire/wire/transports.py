"""The default transport, found by name: what stands above this layer may not be imported by it."""

from __future__ import annotations

from importlib import import_module

from hubwire.wire.message import Transport

DEFAULT = ("hubwire.client.transport", "HttpTransport")


def default_transport() -> Transport:
    """A pool of connections of its own."""
    module, name = DEFAULT
    transport: Transport = getattr(import_module(module), name)()
    return transport
