"""The subscriptions as a `*-hsmeta.json` of a HubSpot project, for apps whose webhooks REST cannot set.

https://developers.hubspot.com/docs/apps/developer-platform/add-features/configure-webhooks; shape of
HubSpot/hubspot-project-components, 2026.09-beta/components/webhooks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from hubwire.catalogue.load import object_type
from hubwire.webhooks.subscriptions import Subscription, together
from hubwire.webhooks.sync import Settings


def document(wanted: Iterable[Subscription], settings: Settings, uid: str = "webhooks") -> dict[str, Any]:
    """The whole file: `object.*` under `crmObjects`, erasure and conversations under `hubEvents`."""
    settings.checked()
    groups: dict[str, list[dict[str, Any]]] = {"crmObjects": [], "legacyCrmObjects": [], "hubEvents": []}
    for each in together(wanted):
        groups[_group(each)].append(_entry(each))
    return {
        "uid": uid,
        "type": "webhooks",
        "config": {
            "settings": {"targetUrl": settings.target, "maxConcurrentRequests": settings.concurrency},
            "subscriptions": {name: entries for name, entries in groups.items() if entries},
        },
    }


def text(wanted: Iterable[Subscription], settings: Settings, uid: str = "webhooks") -> str:
    """As it is written to a file; the same for the same subscriptions."""
    return json.dumps(document(wanted, settings, uid), indent=2) + "\n"


def _group(each: Subscription) -> str:
    family, _, action = each.event.partition(".")
    if family == "object":
        return "crmObjects"
    return "hubEvents" if family == "conversation" or action == "privacyDeletion" else "legacyCrmObjects"


def _entry(each: Subscription) -> dict[str, Any]:
    entry: dict[str, Any] = {"subscriptionType": each.event}
    if each.object_type:
        kind = object_type(each.object_type)
        entry["objectType"] = kind.singular if kind else each.object_type
    if each.property:
        entry["propertyName"] = each.property
    return entry | {"active": True}
