"""Where a file makes the client it talks to HubSpot with."""

from __future__ import annotations

from dataclasses import dataclass

from hubwire.lint import patterns as re
from hubwire.lint.endpoints import HOSTS
from hubwire.lint.facts import Expr
from hubwire.lint.gates import BASES, may_make
from hubwire.lint.project import Unit
from hubwire.lint.values import binding, fold

_SDK_JS = re.compile(r"^@hubspot/api-client|^hubspot$|^node-hubspot")
_SDK_PY = re.compile(r"^hubspot(?:\.|$)|^hubspot3|^hapi\.")


_MAKERS = re.compile(r"(?:Client(?:\.create)?|HubSpot|Hubspot3|client\.(?:HubSpot|Client)|)")
_NO_CREDENTIAL = {
    "developerApiKey", "developer_api_key", "clientId", "clientSecret", "redirectUri", "redirectURI",
    "basePath",
}  # fmt: skip
"""With nothing but these no record is read: the exchange of OAuth codes needs no more."""


@dataclass(slots=True)
class Client:
    """A client object under construction. kind: sdk-js, sdk-py, http."""

    kind: str
    call: Expr
    retries: bool
    api_key: bool


def find_clients(unit: Unit) -> list[Client]:
    """Every client of HubSpot made in a file."""
    out: list[Client] = []
    if not unit.memo(may_make):
        return out
    sdk = _sdk_names(unit)
    if not sdk and not any(word in unit.low for word in BASES):
        return out
    for call in unit.facts.calls:
        made = _sdk(unit, call, sdk) if sdk else None
        made = made or _http(unit, call)
        if made is not None:
            out.append(made)
    return out


def _sdk_names(unit: Unit) -> set[str]:
    pattern = _SDK_PY if unit.facts.language == "py" else _SDK_JS
    return {i.local for i in unit.facts.imports if pattern.search(i.module) and i.local}


def _sdk(unit: Unit, call: Expr, names: set[str]) -> Client | None:
    head, _, last = call.text.partition(".")
    if head not in names:
        return None
    python = unit.facts.language == "py"
    if python and not last and head.endswith("Client") and call.get("api_key") is not None:
        # `hubspot3` has a client for every object.
        return Client("sdk-py", call, retries=False, api_key=True)
    if python and not _MAKERS.fullmatch(last):
        return None
    if python and not last and head not in ("HubSpot", "Hubspot3", "Client"):
        return None
    if not python and not (call.kind == "new" and last in ("", "Client")):
        return None
    options = next((i for i in call.items if i.kind == "object"), None) or _kept_options(unit, call) or call
    keys = set(options.keys)
    if keys and keys <= _NO_CREDENTIAL:
        return None
    retries = bool(keys & {"numberOfApiCallRetries", "retry", "limiterOptions"})
    return Client("sdk-py" if python else "sdk-js", call, retries, bool(keys & {"apiKey", "api_key"}))


def _kept_options(unit: Unit, call: Expr) -> Expr | None:
    """Options that got a name before they were given: `new Hubspot(settings)`."""
    given = call.args[0] if len(call.args) == 1 and call.args[0].kind == "name" else None
    made = binding(unit, given.text, call.start) if given is not None else None
    return made.value if made is not None and made.value.kind == "object" and not made.part else None


def _http(unit: Unit, call: Expr) -> Client | None:
    last = call.text.rpartition(".")[2]
    if last not in ("create", "extend", "Client", "AsyncClient", "ClientSession", "instance", "defaults"):
        return None
    holders = [call, *(i for i in call.items if i.kind == "object")]
    for holder in holders:
        base = holder.get("baseURL", "baseUrl", "base_url", "prefixUrl")
        if base is not None and HOSTS.search(fold(unit, base)):
            retries = bool(holder.get("retry", "retries", "transport"))
            return Client("http", call, retries, False)
    return None
