"""A path without what tells records, and so people, apart."""

from __future__ import annotations

import re
from functools import lru_cache

from hubwire.catalogue import load

PLACE = re.compile(r"\{(\w+)\}")
PLAIN = re.compile(r"[a-z][a-z_-]*|v\d|\d{4}-\d{2}(-beta)?|\d-\d+|p\d+_\w+")
KEPT = {"objectType", "fromObjectType", "toObjectType", "objectTypeId", "groupName", "propertyName"}
"""Places whose values are definitions of the account."""


@lru_cache(maxsize=4096)
def route(op: str, path: str) -> str:
    """The operation's template with its types filled in; else the path with all but plain words masked."""
    for pattern, template in _templates(op):
        found = pattern.fullmatch(path)
        if found:
            kept = [f"{{{name}}}" for name in found.groupdict() if name not in KEPT]
            shown = dict(zip(found.groupdict(), found.groups(), strict=True))
            return template.format_map(shown | {name[1:-1]: name for name in kept})
    return "/".join(part if not part or PLAIN.fullmatch(part) else "{…}" for part in path.split("/"))


@lru_cache(maxsize=512)
def _templates(op: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    known = [endpoint for endpoint in load.endpoints() if endpoint.op == op]
    return tuple(
        (_pattern(template), template)
        for endpoint in known
        for templates in endpoint.paths.values()
        for template in templates
    )


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", template)
    return re.compile(
        "".join(f"(?P<{part[1:-1]}>[^/]+)" if PLACE.fullmatch(part) else re.escape(part) for part in parts)
    )
