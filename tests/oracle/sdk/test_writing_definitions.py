"""What an account is made of, written through the SDK: properties, groups, pipelines, labels, users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hubspot.crm import pipelines, properties
from hubspot.crm.associations.v4 import schema as labels
from hubspot.settings import users

Word = Callable[[str], str]


def call(api: Any, name: str, *arguments: Any, **options: Any) -> tuple[Any, int]:
    return getattr(api, f"{name}_with_http_info")(*arguments, _return_http_data_only=False, **options)[:2]


def number_property(name: str) -> properties.PropertyCreate:
    return properties.PropertyCreate(
        name=name, label=name, type="number", field_type="number", group_name="contactinformation"
    )


def test_a_property_lives_and_is_archived(api: Any, word: Word) -> None:
    core, name = api.crm.properties.core_api, word("shoe")
    made, status = call(core, "create", "contacts", number_property(name))
    assert status == 201
    assert type(made).__name__ == "ModelProperty"
    assert (made.name, made.type, made.archived, made.display_order) == (name, "number", False, -1)
    changed, status = call(core, "update", "contacts", name, properties.PropertyUpdate(label="Shoe"))
    assert (status, changed.label) == (200, "Shoe")
    _, status = call(core, "archive", "contacts", name)
    assert status == 204
    with pytest.raises(properties.ApiException) as caught:
        core.get_by_name("contacts", name)
    assert caught.value.status == 404
    tomb = core.get_by_name("contacts", name, archived=True)
    assert tomb.archived is True
    assert tomb.archived_at is not None
    with pytest.raises(properties.ApiException) as caught:
        core.create("contacts", {"name": "email", **number_property("x").to_dict(), "fieldType": "number"})
    assert caught.value.status in (400, 409)


def test_a_batch_of_properties(api: Any, word: Word) -> None:
    batch, names = api.crm.properties.batch_api, [word("size") for _ in range(2)]
    inputs = properties.BatchInputPropertyCreate(inputs=[number_property(name) for name in names])
    made, status = call(batch, "create", "contacts", inputs)
    assert status == 201
    assert [one.name for one in made.results] == names
    again, status = call(batch, "create", "contacts", inputs)
    assert status == 207
    assert again.num_errors == 2
    assert again.errors[0].sub_category == "Properties.PROPERTY_WITH_NAME_EXISTS"
    wanted = [properties.PropertyName(name=name) for name in names]
    read, status = call(
        batch, "read", "contacts", properties.BatchReadInputPropertyName(archived=False, inputs=wanted)
    )
    assert (status, len(read.results)) == (200, 2)
    _, status = call(batch, "archive", "contacts", properties.BatchInputPropertyName(inputs=wanted))
    assert status == 204


def test_a_group_is_made_renamed_and_taken_away(api: Any, word: Word) -> None:
    groups, name = api.crm.properties.groups_api, word("group")
    made, status = call(groups, "create", "deals", properties.PropertyGroupCreate(name=name, label="G"))
    assert (status, made.label, made.archived) == (201, "G", False)
    changed, status = call(groups, "update", "deals", name, properties.PropertyGroupUpdate(label="H"))
    assert (status, changed.label) == (200, "H")
    assert call(groups, "get_by_name", "deals", name)[1] == 200
    assert call(groups, "archive", "deals", name)[1] == 204


def test_a_pipeline_and_its_stages_are_written(api: Any, word: Word) -> None:
    lines, steps = api.crm.pipelines.pipelines_api, api.crm.pipelines.pipeline_stages_api
    label = word("Line ")

    def stage(text: str, order: int, chance: str) -> pipelines.PipelineStageInput:
        return pipelines.PipelineStageInput(label=text, display_order=order, metadata={"probability": chance})

    body = pipelines.PipelineInput(label=label, display_order=3, stages=[stage("In", 0, "0.1")])
    made, status = call(lines, "create", "deals", body)
    assert (status, made.label, len(made.stages)) == (201, label, 1)
    added, status = call(steps, "create", "deals", made.id, stage("Won", 1, "1.0"))
    assert (status, added.metadata["probability"]) == (201, "1.0")
    patch = pipelines.PipelineStagePatchInput(label="Sold", metadata={"probability": "1.0"})
    changed, status = call(steps, "update", "deals", made.id, added.id, patch)
    assert (status, changed.label) == (200, "Sold")
    put, status = call(steps, "replace", "deals", made.id, added.id, stage("Sold", 1, "0.9"))
    assert (status, put.metadata["probability"]) == (200, "0.9")
    assert call(steps, "archive", "deals", made.id, added.id)[1] == 204
    patched, status = call(lines, "update", "deals", made.id, pipelines.PipelinePatchInput(display_order=1))
    assert (status, patched.display_order) == (200, 1)
    replaced, status = call(
        lines,
        "replace",
        "deals",
        made.id,
        pipelines.PipelineInput(label=label, display_order=0, stages=[stage("Only", 0, "0.5")]),
    )
    assert (status, [one.label for one in replaced.stages]) == (200, ["Only"])
    audit, status = call(api.crm.pipelines.pipeline_audits_api, "get_audit", "deals", made.id)
    assert status == 200
    assert [one.action for one in audit.results] == ["UPDATE", "UPDATE", "CREATE"]
    of_stage, status = call(
        api.crm.pipelines.pipeline_stage_audits_api, "get_audit", "deals", replaced.stages[0].id
    )
    assert (status, of_stage.results) == (200, [])
    assert call(lines, "archive", "deals", made.id)[1] == 204


def test_labels_and_limits_of_associations(api: Any, word: Word) -> None:
    core = api.crm.associations.v4.schema.definitions_api
    wish = labels.PublicAssociationDefinitionCreateRequest(
        name=word("boss_"), label=word("Boss "), inverse_label="Staff"
    )
    made, status = call(core, "create", "contacts", "companies", wish)
    assert status == 200
    assert made.results[0].label == "Staff"
    there = made.results[1]
    limits = api.crm.associations.v4.schema.definition_configurations_api
    limit = labels.PublicAssociationDefinitionConfigurationCreateRequest(
        category="USER_DEFINED", type_id=there.type_id, max_to_object_ids=7
    )
    batch = labels.BatchInputPublicAssociationDefinitionConfigurationCreateRequest(inputs=[limit])
    set_, status = call(limits, "batch_create", "contacts", "companies", batch)
    assert (status, set_.results[0].user_enforced_max_to_object_ids) == (201, 7)
    every, status = call(limits, "get_all")
    assert status == 200
    assert there.type_id in {one.type_id for one in every.results}
    spec = labels.PublicAssociationSpec(category="USER_DEFINED", type_id=there.type_id)
    gone = labels.BatchInputPublicAssociationSpec(inputs=[spec])
    assert call(limits, "batch_remove", "contacts", "companies", gone)[1] == 204
    change = labels.PublicAssociationDefinitionUpdateRequest(
        association_type_id=there.type_id, label="Chief", inverse_label="Staff"
    )
    assert call(core, "update", "contacts", "companies", change)[1] == 204
    assert "Chief" in {one.label for one in core.get_all("contacts", "companies").results}
    assert call(core, "remove", "contacts", "companies", there.type_id)[1] == 204


def test_users_are_made_and_deleted(api: Any, word: Word) -> None:
    core = api.settings.users.users_api
    email = f"{word('person')}@example.com"
    made, status = call(core, "create", users.UserProvisionRequest(email=email, send_welcome_email=False))
    assert (status, made.super_admin) == (201, False)
    read, status = call(core, "get_by_id", made.id)
    assert (status, read.email) == (200, email)
    assert email in {one.email for one in core.get_page().results}
    assert call(core, "archive", made.id)[1] == 204
    assert call(api.settings.users.teams_api, "get_all")[1] == 200
    assert call(api.settings.users.roles_api, "get_all")[1] == 200


def test_a_formula_gives_the_sdks_records_their_value(api: Any, word: Word) -> None:
    name = word("twice")
    wanted = properties.PropertyCreate(
        name=name,
        label=name,
        type="number",
        field_type="calculation_equation",
        group_name="dealinformation",
        calculation_formula="if is_present(amount) then 2amount else 0 - 1",
    )
    made, status = call(api.crm.properties.core_api, "create", "deals", wanted)
    assert (status, made.calculated) == (201, True)
    assert made.calculation_formula == wanted.calculation_formula
    for sent, shown in (({"amount": "10.5"}, "21"), ({}, "-1")):
        deal = api.crm.deals.basic_api.create({"properties": sent})
        assert deal.properties[name] == shown
    refused = {**wanted.to_dict(), "name": word("broken")}
    bad = properties.PropertyCreate(**{**refused, "calculation_formula": "amount +"})
    with pytest.raises(properties.ApiException) as caught:
        api.crm.properties.core_api.create("deals", bad)
    assert caught.value.status == 400
