"""What an account is made of, read through the SDK: owners, pipelines, properties."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest


def call(api: Any, name: str, *arguments: Any, **options: Any) -> tuple[Any, int]:
    return getattr(api, f"{name}_with_http_info")(*arguments, _return_http_data_only=False, **options)[:2]


def test_owners_are_listed_and_read(api: Any) -> None:
    page, status = call(api.crm.owners.owners_api, "get_page", limit=100)
    assert status == 200
    assert type(page).__name__ == "CollectionResponsePublicOwnerForwardPaging"
    assert page.results
    first = page.results[0]
    assert first.id.isdecimal()
    assert first.type == "PERSON"
    assert "@" in first.email
    assert isinstance(first.user_id, int)
    assert first.archived is False
    read, status = call(api.crm.owners.owners_api, "get_by_id", int(first.id))
    assert status == 200
    assert (read.id, read.email) == (first.id, first.email)
    by_user, _ = call(api.crm.owners.owners_api, "get_by_id", first.user_id, id_property="userId")
    assert by_user.id == first.id


def test_owners_are_found_by_email(api: Any) -> None:
    first = api.crm.owners.owners_api.get_page().results[0]
    assert [owner.id for owner in api.crm.owners.owners_api.get_page(email=first.email).results] == [first.id]
    assert api.crm.owners.owners_api.get_page(email="nobody@example.com").results == []


def test_get_all_owners(api: Any) -> None:
    assert {owner.email for owner in api.crm.owners.get_all()}


def test_the_deal_pipeline_is_hubspots(api: Any) -> None:
    """Recorded: NangoHQ/integration-templates integrations/hubspot/tests/fetch-pipelines.test.json."""
    told, status = call(api.crm.pipelines.pipelines_api, "get_all", "deals")
    assert status == 200
    (sales,) = told.results
    assert (sales.id, sales.label) == ("default", "Sales Pipeline")
    assert [(stage.id, stage.metadata["probability"]) for stage in sales.stages] == [
        ("appointmentscheduled", "0.2"),
        ("qualifiedtobuy", "0.4"),
        ("presentationscheduled", "0.6"),
        ("decisionmakerboughtin", "0.8"),
        ("contractsent", "0.9"),
        ("closedwon", "1.0"),
        ("closedlost", "0.0"),
    ]
    assert sales.created_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_pipeline_and_its_stages_are_read(api: Any) -> None:
    pipeline, status = call(api.crm.pipelines.pipelines_api, "get_by_id", "tickets", "0")
    assert status == 200
    assert pipeline.label == "Support Pipeline"
    stages, status = call(api.crm.pipelines.pipeline_stages_api, "get_all", "tickets", "0")
    assert status == 200
    assert [stage.id for stage in stages.results] == ["1", "2", "3", "4"]
    stage, status = call(api.crm.pipelines.pipeline_stages_api, "get_by_id", "tickets", "0", "4")
    assert status == 200
    assert (stage.label, stage.metadata["ticketState"]) == ("Closed", "CLOSED")
    assert stage.write_permissions == "CRM_PERMISSIONS_ENFORCEMENT"


@pytest.mark.parametrize(
    "kind", ["contacts", "companies", "deals", "tickets", "products", "line_items", "0-1"]
)
def test_property_definitions_are_listed(api: Any, kind: str) -> None:
    told, status = call(api.crm.properties.core_api, "get_all", kind)
    assert status == 200
    defined = {one.name: one for one in told.results}
    assert "hs_object_id" in defined
    assert all(one.label and one.type and one.field_type and one.group_name for one in defined.values())


def test_one_property_definition_is_read(api: Any) -> None:
    email, status = call(api.crm.properties.core_api, "get_by_name", "contacts", "email")
    assert status == 200
    assert type(email).__name__ == "ModelProperty"
    assert (email.type, email.field_type, email.group_name) == ("string", "text", "contactinformation")
    stage, _ = call(api.crm.properties.core_api, "get_by_name", "contacts", "lifecyclestage")
    assert "lead" in {option.value for option in stage.options}
    number, _ = call(api.crm.properties.core_api, "get_by_name", "contacts", "hs_object_id")
    assert number.modification_metadata.read_only_value is True


def test_an_unknown_property_is_not_found(api: Any) -> None:
    from hubspot.crm.properties import ApiException

    with pytest.raises(ApiException) as caught:
        api.crm.properties.core_api.get_by_name("contacts", "no_such_property")
    assert caught.value.status == 404


def test_property_groups_are_listed(api: Any) -> None:
    told, status = call(api.crm.properties.groups_api, "get_all", "contacts")
    assert status == 200
    assert "contactinformation" in {group.name for group in told.results}
