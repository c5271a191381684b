"""HubSpot's Python client, `hubspot-api-client`, as published."""

from __future__ import annotations

from functools import reduce
from typing import Any

import hubspot
import pytest

from tests.oracle.sdk.kinds import KINDS, Family, Kind
from tests.oracle.server import Account


def client(account: Account, token: str | None = None) -> Any:
    return hubspot.Client.create(
        access_token=token or account.access_token, host=account.base_url, base_url=account.base_url
    )


def family(api: Any, kind: Kind) -> Family:
    return Family(kind, reduce(getattr, kind.route.split("."), api))


@pytest.fixture(scope="session")
def api(account: Account) -> Any:
    return client(account)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def objects(request: pytest.FixtureRequest, api: Any) -> Family:
    return family(api, request.param)


@pytest.fixture
def contacts(api: Any) -> Family:
    return family(api, KINDS[0])


@pytest.fixture
def companies(api: Any) -> Family:
    return family(api, KINDS[1])


@pytest.fixture
def deals(api: Any) -> Family:
    return family(api, KINDS[2])
