"""Custom objects through the SDK: their schemas and their records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hubspot.crm import objects, schemas

from tests.oracle.sdk.conftest import client
from tests.oracle.server import Account, running

Word = Callable[[str], str]


@pytest.fixture(scope="module")
def enterprise() -> Iterator[Account]:
    with running("--seed", "empty", "--limits", "off", "--tier", "enterprise") as started:
        yield started


@pytest.fixture(scope="module")
def api(enterprise: Account) -> Any:
    return client(enterprise)


def call(api: Any, name: str, *arguments: Any, **options: Any) -> tuple[Any, int]:
    return getattr(api, f"{name}_with_http_info")(*arguments, _return_http_data_only=False, **options)[:2]


def egg(name: str) -> schemas.ObjectSchemaEgg:
    vin = schemas.ObjectTypePropertyCreate(name="vin", label="VIN", type="string", field_type="text")
    vin.has_unique_value = True
    return schemas.ObjectSchemaEgg(
        name=name,
        labels=schemas.ObjectTypeDefinitionLabels(singular="Car", plural="Cars"),
        properties=[vin],
        required_properties=["vin"],
        searchable_properties=["vin"],
        primary_display_property="vin",
        associated_objects=["CONTACT"],
    )


@pytest.fixture
def car(api: Any, word: Word) -> Any:
    made, status = call(api.crm.schemas.core_api, "create", egg(word("car")))
    assert status == 201
    return made


def test_a_schema_is_read_changed_and_deleted(api: Any, car: Any) -> None:
    core = api.crm.schemas.core_api
    assert type(car).__name__ == "ObjectSchema"
    assert car.object_type_id == f"2-{car.id}"
    assert {"vin", "hs_object_id"} <= {one.name for one in car.properties}
    assert "0-1" in {one.to_object_type_id for one in car.associations}
    read, status = call(core, "get_by_id", car.fully_qualified_name)
    assert (status, read.name) == (200, car.name)
    assert car.name in {one.name for one in core.get_all().results}
    patch = schemas.ObjectTypeDefinitionPatch(description="Cars of the company")
    changed, status = call(core, "update", car.object_type_id, patch)
    assert status == 200
    assert type(changed).__name__ == "ObjectTypeDefinition"
    assert changed.description == "Cars of the company"
    wish = schemas.AssociationDefinitionEgg(
        from_object_type_id=car.object_type_id, to_object_type_id="0-3", name=f"{car.name}_sold"
    )
    made, status = call(core, "create_association", car.object_type_id, wish)
    assert (status, made.to_object_type_id) == (201, "0-3")
    assert call(core, "archive_association", car.object_type_id, made.id)[1] == 204
    assert call(core, "archive", car.object_type_id)[1] == 204
    with pytest.raises(schemas.ApiException):
        core.get_by_id(car.object_type_id)


def test_records_of_a_custom_object(api: Any, car: Any) -> None:
    basic, kind = api.crm.objects.basic_api, car.object_type_id
    new = objects.SimplePublicObjectInputForCreate(properties={"vin": "W1"}, associations=[])
    made, status = call(basic, "create", kind, new)
    assert status == 201
    read, status = call(basic, "get_by_id", kind, "W1", id_property="vin")
    assert (status, read.id) == (200, made.id)
    found = api.crm.objects.search_api.do_search(kind, objects.PublicObjectSearchRequest(query="w1"))
    assert found.total == 1
    with pytest.raises(objects.ApiException) as caught:
        basic.create(kind, objects.SimplePublicObjectInputForCreate(properties={}, associations=[]))
    assert caught.value.status == 400
    assert call(basic, "archive", kind, made.id)[1] == 204


def test_merging_and_erasing(api: Any) -> None:
    from hubspot.crm import contacts

    basic = api.crm.contacts.basic_api
    ids = [
        basic.create(
            contacts.SimplePublicObjectInputForCreate(properties={"firstname": name}, associations=[])
        ).id
        for name in "ab"
    ]
    wish = contacts.PublicMergeInput(primary_object_id=ids[0], object_id_to_merge=ids[1])
    merged, status = call(basic, "merge", wish)
    assert status == 200
    assert merged.id not in ids
    assert {basic.get_by_id(one).id for one in ids} == {merged.id}
    gone = contacts.PublicGdprDeleteInput(object_id=merged.id)
    assert call(basic, "purge", gone)[1] == 204
    with pytest.raises(contacts.ApiException):
        basic.get_by_id(merged.id)
