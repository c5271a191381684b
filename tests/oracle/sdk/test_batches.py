"""Batch calls: statuses, the two response models, and what happens to bad inputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.oracle.sdk.kinds import Family

Word = Callable[[str], str]

CREATE = "BatchInputSimplePublicObjectBatchInputForCreate"
UPDATE = "BatchInputSimplePublicObjectBatchInput"
UPSERT = "BatchInputSimplePublicObjectBatchInputUpsert"
IDS = "BatchInputSimplePublicObjectId"


def make(family: Family, word: Word, count: int) -> list[Any]:
    rows = [{"properties": family.kind.properties(word("b"))} for _ in range(count)]
    return list(family.batch("create", family.inputs(CREATE, rows))[0].results)


def refused(family: Family, call: str, body: Any) -> Any:
    with pytest.raises(family.kind.models.ApiException) as caught:
        family.batch(call, body)
    return caught.value


def test_a_batch_is_created_whole(objects: Family, word: Word) -> None:
    rows = [{"properties": objects.kind.properties(word("many"))} for _ in range(3)]
    told, status = objects.batch("create", objects.inputs(CREATE, rows))
    assert status == 201
    assert type(told).__name__ == "BatchResponseSimplePublicObject"
    assert told.status == "COMPLETE"
    assert told.started_at <= told.completed_at
    keys = {row["properties"][objects.kind.key] for row in rows}
    assert {record.properties[objects.kind.key] for record in told.results} == keys


def test_a_batch_is_read_by_id(objects: Family, word: Word) -> None:
    made = make(objects, word, 2)
    body = objects.kind.models.BatchReadInputSimplePublicObjectId(
        inputs=[{"id": record.id} for record in made],
        properties=[objects.kind.key, objects.kind.unset],
        properties_with_history=[],
    )
    told, status = objects.batch("read", body)
    assert status == 200
    assert {record.id for record in told.results} == {record.id for record in made}
    assert all(record.properties[objects.kind.unset] is None for record in told.results)


def test_a_read_of_an_unknown_id_gives_the_rest_and_an_error(objects: Family, word: Word) -> None:
    made = make(objects, word, 1)
    body = objects.kind.models.BatchReadInputSimplePublicObjectId(
        inputs=[{"id": made[0].id}, {"id": "999999999"}], properties=[], properties_with_history=[]
    )
    told, status = objects.batch("read", body)
    assert status == 207
    assert type(told).__name__ == "BatchResponseSimplePublicObjectWithErrors"
    assert [record.id for record in told.results] == [made[0].id]
    assert told.num_errors == 1
    assert told.errors[0].category == "OBJECT_NOT_FOUND"
    assert told.errors[0].context == {"ids": ["999999999"]}


def test_a_batch_is_updated(objects: Family, word: Word) -> None:
    name, value = objects.kind.change
    made = make(objects, word, 2)
    rows = [{"id": record.id, "properties": {name: value}} for record in made]
    told, status = objects.batch("update", objects.inputs(UPDATE, rows))
    assert status == 200
    assert type(told).__name__ == "BatchResponseSimplePublicObject"
    assert [record.properties[name] for record in told.results] == [value, value]


def test_an_update_of_an_unknown_id_keeps_the_others(contacts: Family, word: Word) -> None:
    """Recorded: amp-labs/connectors providers/hubspot/test/batch/update/contacts/err-partial-success.json."""
    made = make(contacts, word, 1)
    rows = [{"id": one, "properties": {"firstname": "Siena"}} for one in (made[0].id, "999999999")]
    told, status = contacts.batch("update", contacts.inputs(UPDATE, rows))
    assert status == 207
    assert told.num_errors == 1
    assert told.errors[0].message == (
        "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid."
    )
    assert [record.id for record in told.results] == [made[0].id]


def test_an_upsert_says_which_records_are_new(contacts: Family, word: Word) -> None:
    old = contacts.create(contacts.kind.properties(word("old")))
    fresh = f"{word('fresh')}@example.com"
    rows = [
        {"id": old.properties["email"], "idProperty": "email", "properties": {"firstname": "Upserted"}},
        {"id": fresh, "idProperty": "email", "properties": {"firstname": "Upserted"}},
    ]
    told, status = contacts.batch("upsert", contacts.inputs(UPSERT, rows))
    assert status == 200
    assert type(told).__name__ == "BatchResponseSimplePublicUpsertObject"
    assert {record.id == old.id: record.new for record in told.results} == {True: False, False: True}


def test_a_batch_is_archived(objects: Family, word: Word) -> None:
    made = make(objects, word, 2)
    rows = [{"id": record.id} for record in made]
    assert objects.batch("archive", objects.inputs(IDS, rows)) == (None, 204)
    with pytest.raises(objects.kind.models.ApiException) as caught:
        objects.basic("get_by_id", made[0].id)
    assert caught.value.status == 404
    assert objects.batch("archive", objects.inputs(IDS, rows))[1] == 204


def test_one_bad_row_refuses_the_whole_batch(contacts: Family, word: Word) -> None:
    """Recorded: amp-labs/connectors …/create/contacts/err-many-invalid-properties.json."""
    good = contacts.kind.properties(word("good"))
    rows = [{"properties": good}, {"properties": {"email": f"{word('x')}@example.com", "first000name": "No"}}]
    problem = refused(contacts, "create", contacts.inputs(CREATE, rows))
    assert problem.status == 400
    body = json.loads(problem.body)
    assert body["category"] == "VALIDATION_ERROR"
    assert body["message"].startswith("Property values were not valid: [{")
    assert body["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    with pytest.raises(contacts.kind.models.ApiException):
        contacts.basic("get_by_id", good["email"], id_property="email")


def test_one_duplicate_refuses_the_whole_batch(contacts: Family, word: Word) -> None:
    old = contacts.create(contacts.kind.properties(word("dup")))
    rows = [
        {"properties": contacts.kind.properties(word("n"))},
        {"properties": {"email": old.properties["email"]}},
    ]
    problem = refused(contacts, "create", contacts.inputs(CREATE, rows))
    assert problem.status == 409
    body = json.loads(problem.body)
    assert body["category"] == "CONFLICT"
    assert body["message"].startswith("Contact already exists")


def test_with_trace_ids_the_good_rows_are_created(contacts: Family, word: Word) -> None:
    """Multi-status answers: https://developers.hubspot.com/docs/api-reference/latest/error-handling"""
    old = contacts.create(contacts.kind.properties(word("trace")))
    rows = [
        {"objectWriteTraceId": "good", "properties": contacts.kind.properties(word("t"))},
        {"objectWriteTraceId": "dup", "properties": {"email": old.properties["email"]}},
        {"objectWriteTraceId": "bad", "properties": {"no_such_property": "1"}},
    ]
    told, status = contacts.batch("create", contacts.inputs(CREATE, rows))
    assert status == 207
    assert type(told).__name__ == "BatchResponseSimplePublicObjectWithErrors"
    assert len(told.results) == 1
    assert told.results[0].object_write_trace_id in ("good", None)
    assert told.num_errors == 2
    by_trace = {error.context["objectWriteTraceId"][0]: error for error in told.errors}
    assert set(by_trace) == {"dup", "bad"}
    assert by_trace["dup"].category == "CONFLICT"
    assert by_trace["bad"].category == "VALIDATION_ERROR"


@pytest.mark.parametrize(("call", "model"), [("create", CREATE), ("update", UPDATE), ("archive", IDS)])
def test_more_than_a_hundred_inputs_are_refused(contacts: Family, word: Word, call: str, model: str) -> None:
    rows = [{"id": str(n), "properties": {"firstname": word("n")}} for n in range(1, 102)]
    problem = refused(contacts, call, contacts.inputs(model, rows))
    assert problem.status == 400
    assert json.loads(problem.body)["message"] == (
        "The maximum number of inputs supported in a batch is 100. "
        "Please reduce the number of items and try again"
    )


def test_one_id_twice_in_a_batch_is_refused(contacts: Family, word: Word) -> None:
    made = make(contacts, word, 1)[0]
    rows = [{"id": made.id, "properties": {"firstname": "Twice"}}] * 2
    problem = refused(contacts, "update", contacts.inputs(UPDATE, rows))
    assert problem.status == 400
    assert json.loads(problem.body)["message"] == (
        f"Duplicate IDs found in batch input: [{made.id}]. IDs must be unique"
    )


def test_a_batch_is_read_by_email(contacts: Family, word: Word) -> None:
    made = make(contacts, word, 2)
    body = contacts.kind.models.BatchReadInputSimplePublicObjectId(
        id_property="email",
        inputs=[{"id": record.properties["email"].upper()} for record in made],
        properties=["email"],
        properties_with_history=["firstname"],
    )
    told, status = contacts.batch("read", body)
    assert status == 200
    assert {record.id for record in told.results} == {record.id for record in made}
    assert all(record.properties_with_history["firstname"][0].value == "Ada" for record in told.results)
