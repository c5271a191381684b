"""HubSpot's own clients, unmodified, with our token, quota, retries and connections."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from collections.abc import Iterator
from typing import Any

import hubspot
import pytest
from hubspot.crm import contacts, deals
from hubspot.crm.contacts.exceptions import ServiceException
from urllib3.exceptions import ProtocolError

import hubwire
from hubwire import compat
from hubwire.testing.accounts import LocalAccount, local

needs_sdk = pytest.mark.skipif(
    importlib.util.find_spec("hubspot_sdk") is None, reason="the hubspot-sdk pre-release is not installed"
)


@pytest.fixture
def account() -> Iterator[LocalAccount]:
    with local(tier="free") as opened:
        yield opened


@pytest.fixture
def hub(account: LocalAccount) -> Iterator[hubwire.Hub]:
    with account.hub() as opened:
        yield opened


@pytest.fixture
def client(hub: hubwire.Hub) -> Any:
    return compat.hubspot_api_client(hub)


def test_their_calls_and_models_stay_as_they_are(client: Any) -> None:
    api = client.crm.contacts.basic_api
    given = contacts.SimplePublicObjectInputForCreate(
        properties={"email": "ada@example.com"}, associations=[]
    )
    made = api.create(given)
    assert isinstance(made, contacts.SimplePublicObject)
    assert api.get_by_id(made.id, properties=["email"]).properties["email"] == "ada@example.com"
    search = deals.PublicObjectSearchRequest(filter_groups=[], limit=1)
    assert client.crm.deals.search_api.do_search(search).total == 0
    api.archive(made.id)
    with pytest.raises(contacts.ApiException) as missing:
        api.get_by_id(made.id)
    assert missing.value.status == 404
    assert "resource not found" in missing.value.body
    assert [one.name for one in client.crm.properties.core_api.get_all("contacts").results][:1]
    assert client.crm.owners.owners_api.get_page().results


def test_they_keep_the_quota(hub: hubwire.Hub, client: Any) -> None:
    """Their own retries pass over searches, and 20 calls make 20 connections."""
    for _ in range(150):
        client.crm.contacts.basic_api.get_page(limit=1)
        client.crm.contacts.search_api.do_search(contacts.PublicObjectSearchRequest(limit=1))
    assert hub.usage.refused_429 == 0
    assert hub.usage.calls_by_lane == {"burst": 150, "search": 150}


def test_they_get_the_retries(account: LocalAccount, hub: hubwire.Hub, client: Any) -> None:
    account.fault("status", status=502, op="objects.list", count=2)
    assert client.crm.contacts.basic_api.get_page().results == []
    assert hub.usage.retries == 2


def test_a_create_is_sent_once_whatever_happens(account: LocalAccount, client: Any) -> None:
    api = client.crm.contacts.basic_api
    given = contacts.SimplePublicObjectInputForCreate(properties={"email": "a@example.com"}, associations=[])
    account.fault("drop-after", op="objects.create", count=1)
    with pytest.raises(ProtocolError):
        api.create(given)
    account.fault("status", status=502, op="objects.create", count=1)
    with pytest.raises(ServiceException):
        api.create(given)
    assert [seen.method for seen in account.requests] == ["POST", "POST"]
    with pytest.raises(contacts.ApiException) as conflict:
        api.create(given)
    assert conflict.value.status == 409


def test_a_request_of_any_path_goes_through_the_hub(hub: hubwire.Hub, client: Any) -> None:
    made = {"properties": {"email": "ada@example.com"}}
    answer = client.api_request({"method": "POST", "path": "/crm/v3/objects/contacts", "body": made})
    assert (answer.status_code, answer.json()["properties"]["email"]) == (201, "ada@example.com")
    asked = {"path": "/crm/v3/objects/contacts/9", "qs": {"properties": ["email", "phone"]}}
    assert client.api_request(asked).status_code == 404
    assert hub.usage.calls == 2


def test_files_go_up(client: Any, tmp_path: Any) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Email\nada@example.com\n", encoding="utf-8")
    request = (
        '{"name": "x", "files": [{"fileName": "a.csv", "fileImportPage": {"columnMappings": '
        '[{"columnObjectTypeId": "0-1", "columnName": "Email", "propertyName": "email"}]}}]}'
    )
    started = client.crm.imports.core_api.create(import_request=request, files=[str(path)])
    assert started.state == "STARTED"


def test_threads_share_it(hub: hubwire.Hub, client: Any) -> None:
    results: list[Any] = []

    def work() -> None:
        for _ in range(5):
            results.append(client.crm.contacts.basic_api.get_page(limit=1).results)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert results == [[]] * 20
    assert hub.usage.calls == 20


def test_a_token_is_the_hubs(account: LocalAccount) -> None:
    narrow = account.token(scopes=["crm.objects.companies.read"])
    with account.hub(narrow) as hub, pytest.raises(contacts.ApiException) as refused:
        compat.hubspot_api_client(hub).crm.contacts.basic_api.get_page()
    assert refused.value.status == 403


def test_an_address_elsewhere_is_not_for_the_hub(hub: hubwire.Hub) -> None:
    client = compat.hubspot_api_client(hub)
    client.config["host"] = "https://elsewhere.example"
    with pytest.raises(hubwire.ConfigError, match=r"elsewhere\.example"):
        client.crm.companies.basic_api.get_page()
    assert isinstance(client, hubspot.Client)


@needs_sdk
def test_the_new_sdk_goes_through_the_hub(account: LocalAccount, hub: hubwire.Hub) -> None:
    import hubspot_sdk

    client = compat.hubspot_sdk(hub)
    made = client.crm.objects.contacts.create(properties={"email": "ada@example.com"}, associations=[])
    assert client.crm.objects.contacts.get(made.id).id == made.id
    account.fault("status", status=502, op="objects.create", count=1)
    with pytest.raises(hubspot_sdk.InternalServerError):
        client.crm.objects.contacts.create(properties={"email": "b@example.com"}, associations=[])
    account.fault("drop-after", op="objects.create", count=1)
    with pytest.raises(hubspot_sdk.APIConnectionError):
        client.crm.objects.contacts.create(properties={"email": "b@example.com"}, associations=[])
    posts = [seen for seen in account.requests if seen.method == "POST"]
    assert len(posts) == 3
    assert hub.usage.calls == 3


@needs_sdk
def test_the_new_sdk_for_asyncio_goes_through_the_async_hub(account: LocalAccount) -> None:
    async def story() -> None:
        async with account.async_hub() as hub:
            client = compat.hubspot_sdk(hub)
            made = await client.crm.objects.contacts.create(
                properties={"email": "ada@example.com"}, associations=[]
            )
            assert (await hub.contacts.get(made.id))["email"] == "ada@example.com"

    asyncio.run(story())
