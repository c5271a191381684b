"""What is set for whole pairs of object types: labels' names, and limits."""

from __future__ import annotations

import re
from typing import Any

from hubwire.client.calls import associations
from hubwire.client.execute import execute
from hubwire.client.judge import entry_error
from hubwire.client.links import specs
from hubwire.client.session import Session
from hubwire.wire.flow import Flow


def internal_name(label: str) -> str:
    """The name HubSpot keeps a label by: no hyphen, and no digit first."""
    name = re.sub(r"\W+", "_", label.strip().lower()).strip("_")
    return f"label_{name}" if not name or name[0].isdigit() else name


def set_limit(session: Session, kinds: tuple[str, str], way: Any, most: int | None) -> Flow[None]:
    """A limit, or none any more. HubSpot answers a refusal as a partial success."""
    label, types = (way, None) if isinstance(way, str) else (None, way)
    spec = (yield from specs(session, kinds, label, types))[0]
    entry = {"category": spec["associationCategory"], "typeId": spec["associationTypeId"]}
    verb = "purge" if most is None else "create"
    inputs = [entry if most is None else {**entry, "maxToObjectIds": most}]
    call = associations.write_limits(session.version, verb, kinds, inputs)
    answer = yield from execute(call, session)
    if answer.errors:
        raise entry_error(answer.errors[0])
