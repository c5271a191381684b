"""What the README's comparison says about the three clients, checked on the three clients."""

from __future__ import annotations

from importlib.metadata import files
from typing import Any

import hubspot
import pytest
from hubspot.crm.contacts import ApiException
from urllib3.util.retry import Retry

import hubwire
from hubwire.testing.accounts import local
from tests.oracle.scripted import Answer, scripted

TOKEN = "pat-na1-0"
MOMENT = "2026-03-12T07:33:46.615Z"
CONTACT = {
    "id": "1",
    "properties": {"email": "ada@example.com"},
    "createdAt": MOMENT,
    "updatedAt": MOMENT,
    "archived": False,
}
BUSY: Answer = (
    429,
    {
        "status": "error",
        "message": "You have reached your secondly limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": "00000000-0000-0000-0000-000000000000",
        "policyName": "SECONDLY",
    },
)
EXPIRED: Answer = (401, {"status": "error", "message": "expired", "category": "EXPIRED_AUTHENTICATION"})
BROKEN: Answer = (502, {"status": "error", "message": "bad gateway"})
FOUND: Answer = (200, {"total": 1, "results": [CONTACT]})
SEARCH = {"filterGroups": [], "limit": 1}


def old(base_url: str, **more: Any) -> Any:
    return hubspot.Client.create(access_token=TOKEN, host=base_url, **more)


def new(base_url: str) -> Any:
    sdk = pytest.importorskip("hubspot_sdk", reason="the hubspot-sdk pre-release is not installed")
    return sdk.HubSpot(access_token=TOKEN, base_url=base_url)


# A search is refused because five were sent in a second


def test_hubwire_sends_a_refused_search_again() -> None:
    with scripted(BUSY, FOUND) as server, hubwire.Hub(TOKEN, base_url=server.base_url) as hub:
        assert [contact.id for contact in hub.contacts.search(limit=1)] == ["1"]
        assert len(server.requests) == 2


def test_the_old_client_hands_a_refused_search_to_you_its_readmes_retry_notwithstanding() -> None:
    with scripted(BUSY, FOUND) as server:
        client = old(server.base_url, retry=Retry(total=5, status_forcelist=(429,)))
        with pytest.raises(ApiException) as caught:
            client.crm.contacts.search_api.do_search(SEARCH)
        assert caught.value.status == 429
        assert len(server.requests) == 1


def test_the_new_client_tries_a_refused_search_three_times() -> None:
    with scripted(BUSY) as server, new(server.base_url) as client:
        with pytest.raises(Exception, match="429"):
            client.crm.objects.contacts.search(after="0", filter_groups=[], limit=1, properties=[], sorts=[])
        assert len(server.requests) == 3


# A search has more than 10,000 results. What the other two are told is in sdk/test_search.py


def test_hubwire_finds_what_lies_beyond_ten_thousand() -> None:
    # In process: at five searches a second the real clock would take a while.
    with local(limits=False) as account, account.hub() as hub:
        made = hub.tickets.batch.each.create({"subject": "Many"} for _ in range(10_100))
        assert sum(outcome.ok for outcome in made) == 10_100
        mine = [{"propertyName": "subject", "operator": "EQ", "value": "Many"}]
        assert len({ticket.id for ticket in hub.tickets.search(mine)}) == 10_100
        newest = [ticket.id for ticket in hub.tickets.search(mine, sort="-createdate")]
        assert len(set(newest)) == len(newest) == 10_100


# A create is answered with 502: the contact may be there


def test_hubwire_sends_a_create_once_and_says_that_it_may_be_there() -> None:
    with scripted(BROKEN) as server, hubwire.Hub(TOKEN, base_url=server.base_url) as hub:
        with pytest.raises(hubwire.HubwireError) as caught:
            hub.contacts.create({"email": "ada@example.com"})
        assert caught.value.may_have_written
        assert len(server.requests) == 1


def test_the_old_client_sends_a_create_once() -> None:
    with scripted(BROKEN) as server:
        with pytest.raises(ApiException):
            old(server.base_url).crm.contacts.basic_api.create({"properties": {}})
        assert len(server.requests) == 1


def test_the_new_client_sends_a_create_three_times() -> None:
    with scripted(BROKEN) as server, new(server.base_url) as client:
        with pytest.raises(Exception, match="502"):
            client.crm.objects.contacts.create(properties={}, associations=[])
        assert server.requests == ["POST /crm/objects/2026-03/contacts"] * 3


# The access token has expired


def test_the_old_client_hands_an_expired_token_to_you() -> None:
    with scripted(EXPIRED) as server:
        with pytest.raises(ApiException) as caught:
            old(server.base_url).crm.contacts.basic_api.get_by_id("1")
        assert (caught.value.status, len(server.requests)) == (401, 1)


def test_the_new_client_hands_an_expired_token_to_you() -> None:
    with scripted(EXPIRED) as server, new(server.base_url) as client:
        with pytest.raises(Exception, match="401"):
            client.crm.objects.contacts.get(contact_id="1")
        assert len(server.requests) == 1


# HubSpot answers 200 where its specification says 201


def test_hubwire_takes_any_success() -> None:
    with scripted((200, CONTACT)) as server, hubwire.Hub(TOKEN, base_url=server.base_url) as hub:
        assert hub.contacts.create({"email": "ada@example.com"}).id == "1"


def test_the_old_client_returns_none() -> None:
    with scripted((200, CONTACT)) as server:
        assert old(server.base_url).crm.contacts.basic_api.create({"properties": {}}) is None


def test_the_new_client_takes_any_success() -> None:
    with scripted((200, CONTACT)) as server, new(server.base_url) as client:
        assert client.crm.objects.contacts.create(properties={}, associations=[]).id == "1"


# Twenty calls written as in the README


def test_hubwire_keeps_one_connection() -> None:
    with scripted((200, CONTACT)) as server, hubwire.Hub(TOKEN, base_url=server.base_url) as hub:
        for _ in range(20):
            hub.contacts.get("1")
        assert server.connections == 1


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_old_client_opens_twenty_connections() -> None:
    with scripted((200, CONTACT)) as server:
        client = old(server.base_url)
        for _ in range(20):
            client.crm.contacts.basic_api.get_by_id("1")
        assert server.connections == 20


def test_the_new_client_keeps_one_connection() -> None:
    with scripted((200, CONTACT)) as server, new(server.base_url) as client:
        for _ in range(20):
            client.crm.objects.contacts.get(contact_id="1")
        assert server.connections == 1


@pytest.mark.parametrize(("package", "typed"), [("hubspot-api-client", False), ("hubspot-sdk", True)])
def test_which_of_them_is_typed(package: str, typed: bool) -> None:
    if package == "hubspot-sdk":
        pytest.importorskip("hubspot_sdk", reason="the hubspot-sdk pre-release is not installed")
    assert any(path.name == "py.typed" for path in files(package) or ()) is typed
