"""A request that came in, and what is answered: all that the receiver knows of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """One POST as it arrived."""

    method: str
    url: str
    """As HubSpot called it: the public address, not that of the machine behind the proxy."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """The raw bytes: parsed and written again they would not carry the same signature."""

    def __repr__(self) -> str:
        # Neither body nor headers: both end up in logs, and hold customers' data and signatures.
        return f"Delivery({self.method} {self.url.partition('?')[0]}, {len(self.body)} bytes)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_headers(self) -> list[tuple[str, str]]:
        """With the length, which every server wants to be told; 204 must not have one."""
        length = {} if self.status == 204 else {"content-length": str(len(self.body))}
        kind = {"content-type": "application/json"} if self.body else {}
        return list({**kind, **length, **self.headers}.items())


def told(status: int, text: str, **headers: str) -> Answer:
    """A refusal with its reason, for the person who looks at HubSpot's delivery log."""
    import msgspec

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, msgspec.json.encode({"error": text}), named)
