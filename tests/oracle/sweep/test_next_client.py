"""Every method of `hubspot-sdk` whose path the emulator serves, called; answers have the SDK's shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pydantic
import pytest

from tests.oracle.server import Account
from tests.oracle.sweep.extensions import SAMPLES
from tests.oracle.sweep.known import Known
from tests.oracle.sweep.next_client import Method, methods
from tests.oracle.sweep.samples import Sample, World

sdk = pytest.importorskip("hubspot_sdk", reason="the hubspot-sdk pre-release is not installed")

BROKEN = {
    "auth.oauth.OAuth.create_token": "it posts JSON where HubSpot documents a form",
    "auth.oauth.OAuth.introspect_token": "the same",
    "auth.oauth.OAuth.revoke_token": "the same",
}
"""Methods that cannot work against HubSpot either."""
EVERY = [method for method in methods() if method.id not in BROKEN]
REFUSED = {
    # A private app's static token is no OAuth app.
    "crm.app_uninstalls.AppUninstalls.uninstall": 403,
    # A contract is not made through the API.
    "crm.objects.contracts.contracts.Contracts.get": 404,
    # No survey was answered, and none can be through the API.
    "crm.objects.feedback_submissions.feedback_submissions.FeedbackSubmissions.get": 404,
    # HubSpot's own rates are off, and cover nothing.
    "settings.currencies.central_fx_rates.CentralFxRates.create_currency": 400,
    # Tax rates are made in HubSpot's own pages.
    "settings.tax_rates.TaxRates.get": 404,
}
"""What the emulator rightly refuses, by method."""


@pytest.fixture(scope="module")
def client(everything: Account) -> Iterator[Any]:
    with sdk.HubSpot(
        access_token=everything.access_token,
        developer_api_key=everything.developer_api_key,
        base_url=everything.base_url,
        max_retries=0,
        _strict_response_validation=True,
    ) as made:
        yield made


def snake(name: str) -> str:
    word = re.sub(r"(?<!^)(?=[A-Z])", "_", name.replace("UI", "Ui")).lower()
    return f"{word}_" if word in ("from", "format") else word


def arguments(method: Method, sample: Sample, places: dict[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = dict(places)
    given |= {snake(name): value for name, value in sample.query.items()}
    if isinstance(sample.body, list):
        given["body"] = sample.body
    elif sample.body is not None:
        given |= {snake(name): value for name, value in sample.body.items()}
    if sample.file:
        given["files"] = sample.file
    given |= {snake(name): value for name, value in (sample.form or {}).items()}
    known = {name.rstrip("_"): name for name in method.parameters}
    return {known[name.rstrip("_")]: value for name, value in given.items() if name.rstrip("_") in known}


@pytest.mark.parametrize("method", EVERY, ids=lambda method: method.id)
def test_the_method_gets_its_own_shape(
    method: Method, known: Known, world: World, everything: Account, client: Any
) -> None:
    found = known.find(method.http, method.path)
    if found is None:
        # Nothing that looks like an answer: the path is said not to be served.
        places = re.sub(r"\{\w+\}", "1", method.path)
        assert everything.raw(method.http, places, {}).status in (400, 404, 405, 501)
        return
    sample = SAMPLES[found.op](world, found.kind)
    given = arguments(method, sample, found.values(sample.places))
    refused = REFUSED.get(method.id)
    if refused:
        with pytest.raises(sdk.APIStatusError) as caught:
            method.on(client)(**given)
        assert caught.value.status_code == refused
        return
    if found.op.startswith("journal."):
        client = client.with_options(access_token=world.journal_token)
    assert not strange(lambda: method.on(client)(**given))


def strange(call: Callable[[], Any]) -> list[Any]:
    """Where an answer is not of the SDK's shape, but for where recorded answers are not either.

    Properties without a value are null, and ids in associations are numbers: 2026-03 as recorded.
    """
    try:
        call()
    except sdk.APIResponseValidationError as wrong:
        if not isinstance(wrong.__cause__, pydantic.ValidationError):
            return [wrong]
        errors = wrong.__cause__.errors()
    else:
        return []
    return [
        error
        for error in errors
        if not ("properties" in error["loc"] and error["input"] is None)
        and not (error["loc"][-1] in ("toObjectId", "fromObjectId") and isinstance(error["input"], int))
    ]
