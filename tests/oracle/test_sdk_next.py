"""HubSpot's newer Python SDK (`hubspot-sdk`, a pre-release on the 2026-03 paths), unmodified.

Its OAuth calls are left out: this pre-release posts JSON where HubSpot documents a form.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.oracle.server import Account

sdk = pytest.importorskip("hubspot_sdk", reason="the hubspot-sdk pre-release is not installed")

Word = Callable[[str], str]
FAMILIES = {
    "contacts": lambda word: {"email": f"{word}@example.com", "firstname": "Ada"},
    "companies": lambda word: {"name": word, "domain": f"{word}.example"},
    "tickets": lambda word: {"subject": word, "hs_pipeline": "0", "hs_pipeline_stage": "1"},
    "products": lambda word: {"name": word, "price": "9.99"},
    "line_items": lambda word: {"name": word, "price": "9.99"},
}


@pytest.fixture(scope="module")
def hub(account: Account) -> Iterator[Any]:
    with sdk.HubSpot(access_token=account.access_token, base_url=account.base_url, max_retries=0) as client:
        yield client


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest, hub: Any) -> tuple[Any, Callable[[str], dict[str, str]]]:
    return getattr(hub.crm.objects, request.param), FAMILIES[request.param]


def place(call: Any) -> str:
    """Name of the argument that takes the record's id: `contact_id`, `company_id` …"""
    return next(name for name in inspect.signature(call).parameters if name.endswith("_id"))


def test_a_record_is_created_read_changed_and_archived(family: tuple[Any, Any], word: Word) -> None:
    api, sample = family
    sent = sample(word("next"))
    made = api.create(properties=sent, associations=[])
    assert made.id.isdecimal()
    assert {name: made.properties[name] for name in sent} == sent
    here = {place(api.get): made.id}
    read = api.get(**here, properties=["hubspot_owner_id", *sent])
    assert read.properties["hubspot_owner_id"] is None
    name = list(sent)[-1]
    assert (
        api.update(**{place(api.update): made.id}, properties={name: sent[name]}).properties[name]
        == sent[name]
    )
    api.delete(**{place(api.delete): made.id})
    with pytest.raises(sdk.NotFoundError):
        api.get(**here)
    assert api.get(**here, archived=True).archived is True


def test_records_are_listed_page_by_page(family: tuple[Any, Any], word: Word) -> None:
    api, sample = family
    made = {api.create(properties=sample(word("page")), associations=[]).id for _ in range(3)}
    assert made <= {record.id for record in api.list(limit=2)}


def test_records_are_written_and_read_in_batches(family: tuple[Any, Any], word: Word) -> None:
    api, sample = family
    rows = [{"properties": sample(word("batch")), "associations": []} for _ in range(2)]
    made = api.batch.create(inputs=rows)
    assert made.status == "COMPLETE"
    ids = [{"id": record.id} for record in made.results]
    read = api.batch.get(inputs=ids, properties=[], properties_with_history=[])
    assert {record.id for record in read.results} == {one["id"] for one in ids}
    api.batch.delete(inputs=ids)
    with pytest.raises(sdk.NotFoundError):
        api.get(**{place(api.get): ids[0]["id"]})


def test_records_are_searched(family: tuple[Any, Any], word: Word) -> None:
    api, sample = family
    made = api.create(properties=sample(word("find")), associations=[])
    groups = [{"filters": [{"propertyName": "hs_object_id", "operator": "EQ", "value": made.id}]}]
    found = api.search(after="0", filter_groups=groups, limit=10, properties=[], sorts=[])
    assert (found.total, [record.id for record in found.results]) == (1, [made.id])


def test_an_upsert_says_which_records_are_new(hub: Any, word: Word) -> None:
    contacts = hub.crm.objects.contacts
    old, fresh = f"{word('old')}@example.com", f"{word('new')}@example.com"
    known = contacts.create(properties={"email": old}, associations=[])
    rows = [{"id": one, "id_property": "email", "properties": {"firstname": "Up"}} for one in (old, fresh)]
    told = contacts.batch.upsert(inputs=rows)
    assert {record.id == known.id: record.new for record in told.results} == {True: False, False: True}


def test_a_pair_is_associated_listed_and_taken_apart(hub: Any, word: Word) -> None:
    objects, associations = hub.crm.objects, hub.crm.associations
    person = objects.contacts.create(properties={"email": f"{word('p')}@example.com"}, associations=[]).id
    firm = objects.companies.create(properties={"name": word("f")}, associations=[]).id
    told = associations.create(
        to_object_id=firm, from_object_type="contacts", from_object_id=person, to_object_type="companies"
    )
    assert told.status == "COMPLETE"
    ends = {"object_type": "contacts", "object_id": person, "to_object_type": "companies"}
    assert [str(to.to_object_id) for to in associations.list(**ends)] == [firm]
    associations.delete(to_object_id=firm, **ends)
    assert list(associations.list(**ends)) == []


def test_what_an_account_is_made_of(hub: Any) -> None:
    assert all("@" in owner.email for owner in hub.crm.owners.list())
    pipelines = hub.crm.pipelines.list(object_type="deals")
    assert [pipeline.id for pipeline in pipelines.results] == ["default"]
    assert "email" in {one.name for one in hub.crm.properties.list(object_type="contacts").results}


def test_refusals_are_the_sdks_errors(hub: Any, account: Account, word: Word) -> None:
    contacts = hub.crm.objects.contacts
    email = f"{word('twice')}@example.com"
    first = contacts.create(properties={"email": email}, associations=[])
    with pytest.raises(sdk.ConflictError) as conflict:
        contacts.create(properties={"email": email}, associations=[])
    assert conflict.value.body["message"] == f"Contact already exists. Existing ID: {first.id}"
    with pytest.raises(sdk.BadRequestError) as invalid:
        contacts.create(properties={"no_such_property": "1"}, associations=[])
    assert invalid.value.body["category"] == "VALIDATION_ERROR"
    stranger = hub.with_options(access_token="pat-na1-00000000-0000-0000-0000-000000000000")
    with pytest.raises(sdk.AuthenticationError):
        stranger.crm.objects.contacts.list(limit=1)
