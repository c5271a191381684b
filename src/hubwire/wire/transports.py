"""The default transport, found by name: what stands above this layer may not be imported by it."""

from __future__ import annotations

from importlib import import_module

from hubwire.wire.message import AsyncTransport, Transport

DEFAULT = ("hubwire.client.transport", "HttpTransport")
ASYNC_DEFAULT = ("hubwire.client.transport", "AsyncHttpTransport")


def default_transport() -> Transport:
    """A pool of connections of its own."""
    module, name = DEFAULT
    transport: Transport = getattr(import_module(module), name)()
    return transport


def default_async_transport() -> AsyncTransport:
    """The same for asyncio."""
    module, name = ASYNC_DEFAULT
    transport: AsyncTransport = getattr(import_module(module), name)()
    return transport
