"""Associations v4 through the SDK, single pairs and batches, with HubSpot's own type ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hubspot.crm.associations import v4

from tests.oracle.sdk.kinds import Family

Word = Callable[[str], str]
PRIMARY = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}
PLAIN = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}


@pytest.fixture
def pair(contacts: Family, companies: Family, word: Word) -> tuple[str, str]:
    """A contact and a company, not associated."""
    person = contacts.create(contacts.kind.properties(word("p")))
    firm = companies.create(companies.kind.properties(word("f")))
    return person.id, firm.id


def call(api: Any, name: str, *arguments: Any, **options: Any) -> tuple[Any, int]:
    return getattr(api, f"{name}_with_http_info")(*arguments, _return_http_data_only=False, **options)[:2]


def types(api: Any, person: str, firm: str) -> set[int]:
    page = api.crm.associations.v4.basic_api.get_page("contacts", person, "companies")
    return {
        kind.type_id for to in page.results if str(to.to_object_id) == firm for kind in to.association_types
    }


def test_a_default_association_goes_both_ways(api: Any, pair: tuple[str, str]) -> None:
    basic = api.crm.associations.v4.basic_api
    told, status = call(basic, "create_default", "contacts", pair[0], "companies", pair[1])
    assert status == 200
    assert type(told).__name__ == "BatchResponsePublicDefaultAssociation"
    assert told.status == "COMPLETE"
    found = {
        (str(row._from.id), str(row.to.id), row.association_spec.association_type_id) for row in told.results
    }
    assert {(pair[0], pair[1], 279), (pair[1], pair[0], 280)} <= found
    back = basic.get_page("companies", pair[1], "contacts")
    assert [str(to.to_object_id) for to in back.results] == [pair[0]]


def test_a_labelled_association_is_answered_with_its_labels(api: Any, pair: tuple[str, str]) -> None:
    basic = api.crm.associations.v4.basic_api
    told, status = call(basic, "create", "contacts", pair[0], "companies", pair[1], [PRIMARY])
    assert status == 201
    assert type(told).__name__ == "LabelsBetweenObjectPair"
    assert told.labels == ["Primary"]
    assert (told.from_object_type_id, told.to_object_type_id) == ("0-1", "0-2")
    assert (str(told.from_object_id), str(told.to_object_id)) == pair
    assert types(api, *pair) == {1, 279}


def test_the_list_names_label_and_type(api: Any, pair: tuple[str, str]) -> None:
    basic = api.crm.associations.v4.basic_api
    call(basic, "create", "contacts", pair[0], "companies", pair[1], [PRIMARY])
    page, status = call(basic, "get_page", "contacts", pair[0], "companies")
    assert status == 200
    assert page.paging is None
    labels = {kind.type_id: kind.label for kind in page.results[0].association_types}
    assert labels == {1: "Primary", 279: None}
    assert {kind.category for kind in page.results[0].association_types} == {"HUBSPOT_DEFINED"}


def test_a_list_of_associations_is_paged(
    api: Any, pair: tuple[str, str], contacts: Family, word: Word
) -> None:
    basic = api.crm.associations.v4.basic_api
    people = {contacts.create(contacts.kind.properties(word("l"))).id for _ in range(3)}
    for person in people:
        basic.create_default("contacts", person, "companies", pair[1])
    seen: list[str] = []
    page = basic.get_page("companies", pair[1], "contacts", limit=2)
    seen += [str(to.to_object_id) for to in page.results]
    assert len(seen) == 2
    page = basic.get_page("companies", pair[1], "contacts", limit=2, after=page.paging.next.after)
    seen += [str(to.to_object_id) for to in page.results]
    assert page.paging is None
    assert sorted(seen) == sorted(people)


def test_a_pair_is_taken_apart(api: Any, pair: tuple[str, str]) -> None:
    basic = api.crm.associations.v4.basic_api
    basic.create_default("contacts", pair[0], "companies", pair[1])
    assert call(basic, "archive", "contacts", pair[0], "companies", pair[1]) == (None, 204)
    assert types(api, *pair) == set()
    assert basic.get_page("companies", pair[1], "contacts").results == []


def test_pairs_are_associated_in_a_batch(api: Any, pair: tuple[str, str]) -> None:
    batch = api.crm.associations.v4.batch_api
    body = v4.BatchInputPublicAssociationMultiPost(
        inputs=[{"from": {"id": pair[0]}, "to": {"id": pair[1]}, "types": [PLAIN]}]
    )
    told, status = call(batch, "create", "contacts", "companies", body)
    assert status == 201
    assert type(told).__name__ == "BatchResponseLabelsBetweenObjectPair"
    assert (str(told.results[0].from_object_id), str(told.results[0].to_object_id)) == pair
    assert 279 in types(api, *pair)


def test_pairs_are_associated_by_default_in_a_batch(api: Any, pair: tuple[str, str]) -> None:
    batch = api.crm.associations.v4.batch_api
    body = v4.BatchInputPublicDefaultAssociationMultiPost(
        inputs=[{"from": {"id": pair[0]}, "to": {"id": pair[1]}}]
    )
    told, status = call(batch, "create_default", "contacts", "companies", body)
    assert status == 200
    assert type(told).__name__ == "BatchResponsePublicDefaultAssociation"
    assert 279 in types(api, *pair)


def test_a_batch_read_reports_who_has_none(
    api: Any, pair: tuple[str, str], contacts: Family, word: Word
) -> None:
    """Recorded: amp-labs/connectors providers/hubspot/test/search/contacts/contacts-to-companies.json."""
    lonely = contacts.create(contacts.kind.properties(word("lonely"))).id
    api.crm.associations.v4.basic_api.create_default("contacts", pair[0], "companies", pair[1])
    body = v4.BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": pair[0]}, {"id": lonely}])
    told, status = call(api.crm.associations.v4.batch_api, "get_page", "contacts", "companies", body)
    assert status == 207
    assert type(told).__name__ == "BatchResponsePublicAssociationMultiWithLabelWithErrors"
    assert [str(row._from.id) for row in told.results] == [pair[0]]
    assert [str(to.to_object_id) for to in told.results[0].to] == [pair[1]]
    assert told.num_errors == 1
    assert told.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert told.errors[0].message == f"No company is associated with contact {lonely}."


def test_a_batch_read_of_the_associated_is_plain(api: Any, pair: tuple[str, str]) -> None:
    api.crm.associations.v4.basic_api.create_default("contacts", pair[0], "companies", pair[1])
    body = v4.BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": pair[0]}])
    told, status = call(api.crm.associations.v4.batch_api, "get_page", "contacts", "companies", body)
    assert status == 200
    assert type(told).__name__ == "BatchResponsePublicAssociationMultiWithLabel"
    assert len(told.results) == 1


def test_pairs_are_taken_apart_in_a_batch(api: Any, pair: tuple[str, str]) -> None:
    api.crm.associations.v4.basic_api.create_default("contacts", pair[0], "companies", pair[1])
    body = v4.BatchInputPublicAssociationMultiArchive(
        inputs=[{"from": {"id": pair[0]}, "to": [{"id": pair[1]}]}]
    )
    batch = api.crm.associations.v4.batch_api
    assert call(batch, "archive", "contacts", "companies", body) == (None, 204)
    assert types(api, *pair) == set()


def test_a_label_is_taken_off_and_the_pair_stays(api: Any, pair: tuple[str, str]) -> None:
    call(api.crm.associations.v4.basic_api, "create", "contacts", pair[0], "companies", pair[1], [PRIMARY])
    body = v4.BatchInputPublicAssociationMultiPost(
        inputs=[{"from": {"id": pair[0]}, "to": {"id": pair[1]}, "types": [PRIMARY]}]
    )
    batch = api.crm.associations.v4.batch_api
    assert call(batch, "archive_labels", "contacts", "companies", body) == (None, 204)
    assert types(api, *pair) == {279}


def test_the_older_batches_name_their_types(api: Any, pair: tuple[str, str]) -> None:
    """v3. Recorded: NangoHQ/integration-templates integrations/hubspot/tests/create-association.test.json."""
    batch = api.crm.associations.batch_api
    one = {"from": {"id": pair[0]}, "to": {"id": pair[1]}, "type": "contact_to_company"}
    told, status = call(batch, "create", "contacts", "companies", {"inputs": [one]})
    assert status == 201
    assert type(told).__name__ == "BatchResponsePublicAssociation"
    found = [(str(row._from.id), str(row.to.id), row.type) for row in told.results]
    assert found == [
        (pair[1], pair[0], "company_to_contact"),
        (pair[0], pair[1], "contact_to_company"),
    ]
    read, status = call(batch, "read", "contacts", "companies", {"inputs": [{"id": pair[0]}]})
    assert status == 200
    assert {str(to.id) for to in read.results[0].to} == {pair[1]}
    assert call(batch, "archive", "contacts", "companies", {"inputs": [one]}) == (None, 204)


def test_the_older_list_of_types_is_there(api: Any) -> None:
    told, status = call(api.crm.associations.schema.types_api, "get_all", "contacts", "companies")
    assert status == 200
    assert "contact_to_company" in {one.name for one in told.results}


@pytest.mark.parametrize(
    ("from_", "to", "number"),
    [
        ("contacts", "companies", 279),
        ("companies", "contacts", 280),
        ("deals", "companies", 341),
        ("deals", "contacts", 3),
        ("tickets", "companies", 339),
        ("contacts", "contacts", 449),
    ],
)
def test_the_defined_types_of_a_pair_are_listed(api: Any, from_: str, to: str, number: int) -> None:
    """Ids: https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    told, status = call(api.crm.associations.v4.schema.definitions_api, "get_all", from_, to)
    assert status == 200
    assert (number, "HUBSPOT_DEFINED", None) in {
        (kind.type_id, kind.category, kind.label) for kind in told.results
    }


def test_the_first_company_becomes_the_primary_one(api: Any, pair: tuple[str, str]) -> None:
    api.crm.associations.v4.basic_api.create_default("contacts", pair[0], "companies", pair[1])
    assert types(api, *pair) == {1, 279}
