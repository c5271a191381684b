"""Single-record calls of every family. The SDK maps these statuses to models; any other gives it None."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.oracle.sdk.kinds import Family

Word = Callable[[str], str]


def kind_of(model: object) -> str:
    return type(model).__name__


def test_a_created_record_comes_back_with_what_was_sent(objects: Family, word: Word) -> None:
    sent = objects.kind.properties(word("new"))
    body = objects.kind.models.SimplePublicObjectInputForCreate(properties=sent)
    made, status = objects.basic("create", body)
    assert status == 201
    assert kind_of(made) == "SimplePublicObject"
    assert made.id.isdecimal()
    assert made.properties["hs_object_id"] == made.id
    assert {name: made.properties.get(name) for name in sent} == sent
    assert made.archived is False
    assert made.created_at == made.updated_at
    assert made.created_at.tzinfo is not None


def test_a_record_is_read_with_the_properties_asked_for_and_null_where_unset(
    objects: Family, word: Word
) -> None:
    made = objects.create(objects.kind.properties(word("read")))
    asked = [*objects.kind.sample, objects.kind.unset]
    read, status = objects.basic("get_by_id", made.id, properties=asked)
    assert status == 200
    assert kind_of(read) == "SimplePublicObjectWithAssociations"
    assert read.id == made.id
    assert {*asked, "hs_object_id"} <= set(read.properties)
    assert read.properties[objects.kind.unset] is None
    assert list(read.properties) == sorted(read.properties)
    assert read.associations is None


def test_an_undefined_property_vanishes_from_a_read(objects: Family, word: Word) -> None:
    made = objects.create(objects.kind.properties(word("odd")))
    read, _ = objects.basic("get_by_id", made.id, properties=["no_such_property_here"])
    assert "no_such_property_here" not in read.properties
    assert len(read.properties) == 3


def test_a_change_is_answered_and_kept(objects: Family, word: Word) -> None:
    name, value = objects.kind.change
    made = objects.create(objects.kind.properties(word("chg")))
    changed, status = objects.basic(
        "update", made.id, objects.kind.models.SimplePublicObjectInput(properties={name: value})
    )
    assert status == 200
    assert kind_of(changed) == "SimplePublicObject"
    assert changed.properties[name] == value
    read, _ = objects.basic("get_by_id", made.id, properties=[name, objects.kind.key])
    assert read.properties[name] == value
    assert read.created_at == made.created_at


def test_an_archived_record_is_gone_unless_asked_for(objects: Family, word: Word) -> None:
    made = objects.create(objects.kind.properties(word("arc")))
    nothing, status = objects.basic("archive", made.id)
    assert (nothing, status) == (None, 204)
    with pytest.raises(objects.kind.models.ApiException) as caught:
        objects.basic("get_by_id", made.id)
    assert caught.value.status == 404
    kept, _ = objects.basic("get_by_id", made.id, archived=True)
    assert kept.archived is True
    assert kept.archived_at >= made.created_at
    assert objects.basic("archive", made.id)[1] == 204


def test_pages_follow_each_other_until_there_is_no_more(objects: Family, word: Word) -> None:
    made = {objects.create(objects.kind.properties(word("page"))).id for _ in range(3)}
    page, status = objects.basic("get_page", limit=2)
    assert status == 200
    assert len(page.results) == 2
    seen = [record.id for record in page.results]
    while page.paging is not None:
        assert page.paging.next.link
        page, _ = objects.basic("get_page", limit=2, after=page.paging.next.after)
        seen += [record.id for record in page.results]
    assert made <= set(seen)
    assert seen == sorted(seen, key=int)
    assert len(set(seen)) == len(seen)


def test_get_all_collects_every_page(contacts: Family, word: Word) -> None:
    """The SDK's own helper: pages of 100."""
    rows = [{"properties": contacts.kind.properties(word("all"))} for _ in range(105)]
    body = contacts.kind.models.BatchInputSimplePublicObjectBatchInputForCreate
    made = contacts.batch("create", body(inputs=rows[:100]))[0].results
    made += contacts.batch("create", body(inputs=rows[100:]))[0].results
    found = {record.id for record in contacts.apis.get_all(properties=["email"])}
    assert {record.id for record in made} <= found


def test_get_all_stops_at_its_limit(contacts: Family, word: Word) -> None:
    for _ in range(3):
        contacts.create(contacts.kind.properties(word("few")))
    assert len(contacts.apis.get_all(limit=2)) == 2


def test_archived_records_are_listed_apart(contacts: Family, word: Word) -> None:
    made = contacts.create(contacts.kind.properties(word("gone")))
    contacts.basic("archive", made.id)
    archived = contacts.apis.get_all(archived=True)
    assert made.id in {record.id for record in archived}
    assert all(record.archived for record in archived)
    assert made.id not in {record.id for record in contacts.apis.get_all()}


def test_a_contact_is_found_by_email_in_any_letter_case(contacts: Family, word: Word) -> None:
    name = word("Mixed.Case")
    made = contacts.create({"email": f"{name}@Example.com"})
    assert made.properties["email"] == f"{name}@Example.com".lower()
    read, _ = contacts.basic("get_by_id", f"{name}@EXAMPLE.com".lower(), id_property="email")
    assert read.id == made.id
    changed, _ = contacts.basic(
        "update",
        f"{name}@example.com".lower(),
        contacts.kind.models.SimplePublicObjectInput(properties={"firstname": "By mail"}),
        id_property="email",
    )
    assert changed.id == made.id


def test_history_lists_values_newest_first(contacts: Family, word: Word) -> None:
    made = contacts.create(contacts.kind.properties(word("hist")))
    update = contacts.kind.models.SimplePublicObjectInput
    contacts.basic("update", made.id, update(properties={"firstname": "Second"}))
    contacts.basic("update", made.id, update(properties={"firstname": "Third"}))
    read, _ = contacts.basic("get_by_id", made.id, properties_with_history=["firstname"])
    versions = read.properties_with_history["firstname"]
    assert [version.value for version in versions] == ["Third", "Second", "Ada"]
    assert kind_of(versions[0]) == "ValueWithTimestamp"
    assert all(isinstance(version.timestamp, datetime) and version.source_type for version in versions)
    assert read.properties["firstname"] == "Third"


def test_associations_are_named_by_object_and_type(contacts: Family, companies: Family, word: Word) -> None:
    firm = companies.create(companies.kind.properties(word("firm")))
    person = contacts.create(
        contacts.kind.properties(word("works")),
        associations=[
            {
                "to": {"id": firm.id},
                "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}],
            }
        ],
    )
    read, _ = contacts.basic("get_by_id", person.id, associations=["companies", "deals"])
    assert set(read.associations) == {"companies"}
    links = read.associations["companies"].results
    assert {link.id for link in links} == {firm.id}
    assert "contact_to_company_unlabeled" in {link.type for link in links}


def test_times_are_points_in_time(contacts: Family, word: Word) -> None:
    before = datetime.now(UTC)
    made = contacts.create(contacts.kind.properties(word("time")))
    assert abs((made.created_at - before).total_seconds()) < 60
    assert made.properties["createdate"].endswith("Z")


def test_an_empty_string_clears_a_property(contacts: Family, word: Word) -> None:
    made = contacts.create(contacts.kind.properties(word("clear")))
    update = contacts.kind.models.SimplePublicObjectInput
    contacts.basic("update", made.id, update(properties={"firstname": ""}))
    read, _ = contacts.basic("get_by_id", made.id, properties=["firstname"])
    assert read.properties["firstname"] == ""
