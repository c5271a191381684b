"""Webhooks: nothing forged gets in, nothing acknowledged gets lost, every change handled in order per record.

    from hubwire.webhooks import App

    app = App()

    @app.on("contact.propertyChange", property="lifecyclestage")
    def moved(event, context):
        print(event.object_id, event.value)

`hubwire webhooks serve MODULE:app` receives and handles; `Service` does the same inside an application of
your own, behind `adapters.asgi`, `adapters.wsgi` or `adapters.aws_lambda`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubwire.webhooks.app import App as App
    from hubwire.webhooks.app import Backoff as Backoff
    from hubwire.webhooks.context import Context as Context
    from hubwire.webhooks.delivery import Answer as Answer
    from hubwire.webhooks.delivery import Delivery as Delivery
    from hubwire.webhooks.events import Event as Event
    from hubwire.webhooks.outcomes import Retry as Retry
    from hubwire.webhooks.receiver import Receiver as Receiver
    from hubwire.webhooks.service import Service as Service
    from hubwire.webhooks.signature import Secrets as Secrets
    from hubwire.webhooks.signature import verify as verify

_HOMES = {
    "App": "app",
    "Answer": "delivery",
    "Backoff": "app",
    "Context": "context",
    "Delivery": "delivery",
    "Event": "events",
    "Receiver": "receiver",
    "Retry": "outcomes",
    "Secrets": "signature",
    "Service": "service",
    "verify": "signature",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
