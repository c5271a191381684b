"""HubSpot's own Python clients with a hub's token, quota, retries and connections.

    client = compat.hubspot_api_client(hub)        # hubspot.Client, of hubspot-api-client
    client = compat.hubspot_sdk(hub)               # hubspot_sdk.HubSpot, of hubspot-sdk

Their calls, models and exceptions stay as they are; only what goes over the wire goes through the hub.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from hubwire.client.call import Call
from hubwire.client.execute import execute
from hubwire.client.hub import AsyncHub
from hubwire.client.hub_sync import Hub
from hubwire.client.raw import raw
from hubwire.client.session import Session
from hubwire.errors import ConfigError, ConnectionFailed, HubwireError
from hubwire.wire.flow import Flow
from hubwire.wire.message import Reply, Request

__all__ = ["hubspot_api_client", "hubspot_sdk"]

OURS = {"accept", "authorization", "connection", "content-length", "content-type", "host", "user-agent"}
"""Headers that the hub sets itself."""
UNTRUE = {"content-encoding", "content-length", "transfer-encoding"}
"""Headers that are no longer true of a body that was read."""


def hubspot_api_client(hub: Hub, **options: Any) -> Any:
    """A `hubspot.Client` whose calls go through the hub; `options` are the client's own.

    It keeps the API objects it has made: `client.crm.contacts.basic_api` costs nothing the second time.
    """
    library = _library("hubspot", "pip install 'hubwire[compat]'")
    discovery = import_module("hubspot.discovery.discovery_base").DiscoveryBase
    pool, made = _Pool(hub), dict[tuple[str, str], Any]()

    def factory(package: ModuleType, name: str, config: Mapping[str, Any]) -> Any:
        key = package.__name__, name
        if key not in made:
            made[key] = discovery._default_api_factory(package, name, config)
            made[key].api_client.rest_client.pool_manager = pool
        return made[key]

    base = hub._session.base_url
    client = library.Client.create(
        **{"access_token": "hubwire", **options, "host": base, "base_url": base, "api_factory": factory}
    )
    client.api_request = lambda asked: _requested(hub, client.config, asked)
    return client


def hubspot_sdk(hub: Hub | AsyncHub, **options: Any) -> Any:
    """A `hubspot_sdk.HubSpot` (of an `AsyncHub`, an `AsyncHubSpot`) whose calls go through the hub.

    It does not retry by itself: the hub does, and never sends a create twice.
    """
    library = _library("hubspot_sdk", "pip install --pre hubspot-sdk")
    httpx = import_module("httpx")
    given = {"access_token": "hubwire", **options, "base_url": hub._session.base_url, "max_retries": 0}
    if isinstance(hub, AsyncHub):
        client = httpx.AsyncClient(transport=_AsyncTransport(hub, httpx))
        return library.AsyncHubSpot(**given, http_client=client)
    return library.HubSpot(**given, http_client=httpx.Client(transport=_Transport(hub, httpx)))


def _requested(hub: Hub, config: dict[str, Any], asked: dict[str, Any]) -> Any:
    """What `client.api_request` answers: a `requests.Response`."""
    wanted = import_module("hubspot.utils.requests.http_request_builder").Request(config, asked)
    headers = {name.lower(): str(value) for name, value in wanted.headers.items()}
    body = wanted.body.encode() if isinstance(wanted.body, str) else wanted.body
    requests = import_module("requests")
    try:
        reply = hub._driver.run(exchange(hub._session, wanted.method, wanted.url, headers, body))
    except ConnectionFailed as failure:
        raise requests.exceptions.ConnectionError(str(failure)) from failure
    response = requests.Response()
    response.status_code, response._content, response.url = reply.status, reply.body, wanted.url
    response.headers.update(_true(reply))
    return response


class _Pool:
    """Stands in for urllib3's pool of connections, as far as the generated clients use it."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._urllib3 = hub, import_module("urllib3")

    def request(
        self,
        method: str,
        url: str,
        *,
        body: str | bytes | None = None,
        fields: Any = None,
        headers: Mapping[str, str] | None = None,
        encode_multipart: bool = True,
        preload_content: bool = True,
        **_: Any,
    ) -> Any:
        """One request; whatever its status, the response."""
        kept = {name.lower(): value for name, value in (headers or {}).items()}
        if method == "GET" and fields:
            url = f"{url}?{urlencode(fields)}"
        elif fields and encode_multipart:
            body, kept["content-type"] = self._urllib3.filepost.encode_multipart_formdata(fields)
        elif fields:
            body = urlencode(fields)
        data = body.encode() if isinstance(body, str) else body
        try:
            reply = self._hub._driver.run(exchange(self._hub._session, method, url, kept, data))
        except ConnectionFailed as failure:
            raise self._urllib3.exceptions.ProtocolError(str(failure)) from failure
        return self._urllib3.HTTPResponse(
            body=io.BytesIO(reply.body),
            headers=_true(reply),
            status=reply.status,
            preload_content=preload_content,
        )


class _Transport:
    """Stands in for httpx's transport."""

    def __init__(self, hub: Any, httpx: ModuleType) -> None:
        self._hub, self._httpx = hub, httpx

    def handle_request(self, request: Any) -> Any:
        """One request; whatever its status, the response."""
        try:
            reply = self._hub._driver.run(self._flow(request, request.read()))
        except ConnectionFailed as failure:
            raise self._failed(request, failure) from failure
        return self._response(reply)

    def close(self) -> None:
        """The hub closes its own connections."""

    def _flow(self, request: Any, body: bytes) -> Flow[Reply]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        return exchange(self._hub._session, request.method, str(request.url), headers, body or None)

    def _response(self, reply: Reply) -> Any:
        return self._httpx.Response(reply.status, headers=_true(reply), content=reply.body)

    def _failed(self, request: Any, failure: ConnectionFailed) -> Exception:
        kind = self._httpx.ReadError if failure.sent else self._httpx.ConnectError
        error: Exception = kind(str(failure), request=request)
        return error


class _AsyncTransport(_Transport):
    """The same for asyncio."""

    async def handle_async_request(self, request: Any) -> Any:
        """One request; whatever its status, the response."""
        try:
            reply = await self._hub._driver.run(self._flow(request, await request.aread()))
        except ConnectionFailed as failure:
            raise self._failed(request, failure) from failure
        return self._response(reply)

    async def aclose(self) -> None:
        """The hub closes its own connections."""


def exchange(
    session: Session, method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> Flow[Reply]:
    """HubSpot's answer to a request of somebody else's making, a refusal too.

    Raises `ConnectionFailed` where there is none, and what the hub says before anything is sent.
    """
    call = _call(session, method, url, headers, body)
    seen: list[Reply] = []
    try:
        return (yield from _noting(execute(call, session), seen))
    except HubwireError as error:
        cause = error.__cause__
        if isinstance(cause, ConnectionFailed):
            raise cause from error
        if isinstance(error, ConnectionFailed) or not seen:
            raise
        return seen[-1]


def _call(
    session: Session, method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> Call[Reply]:
    """The request with the hub's token; quota and safety as the catalogue knows them for its path."""
    if not url.startswith(session.base_url + "/"):
        raise ConfigError(
            f"a request to {urlsplit(url).netloc} cannot go through a hub for {session.base_url}"
        )
    path, _, query = url.removeprefix(session.base_url).partition("?")
    known = raw(method, path)
    request = Request(
        method,
        known.request.path,
        tuple(parse_qsl(query, keep_blank_values=True)),
        headers=tuple((name, value) for name, value in headers.items() if name not in OURS),
        body=body,
        content_type=headers.get("content-type", "application/json"),
    )
    return Call(known.op, request, lambda reply: reply, known.lane, known.safety)


def _noting(flow: Flow[Reply], seen: list[Reply]) -> Flow[Reply]:
    """The same flow; every reply it gets is noted."""
    try:
        step = next(flow)
        while True:
            try:
                answer = yield step
            except HubwireError as failure:
                step = flow.throw(failure)
            else:
                if isinstance(answer, Reply):
                    seen.append(answer)
                step = flow.send(answer)
    except StopIteration as stop:
        reply: Reply = stop.value
        return reply
    finally:
        flow.close()


def _true(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name not in UNTRUE}


def _library(name: str, install: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise ConfigError(f"{name} is not installed: {install}") from None
