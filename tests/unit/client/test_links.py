"""Associations of pairs, one and many."""

from __future__ import annotations

from typing import Any

import pytest

from hubwire.client import links
from hubwire.client.outcomes import Link, LinkType, Outcome
from hubwire.errors import ConfigError, NotFound, UnexpectedAnswer
from hubwire.wire.message import Reply, Request
from tests.unit.client.helpers import Serve, body, each, reply, run, script, session

PERSON, FIRM = ("contacts", "1"), ("companies", "9")
KINDS = ("contacts", "companies")
LABELS = {
    "results": [
        {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None},
        {"category": "USER_DEFINED", "typeId": 144, "label": "Manager"},
    ]
}


def test_a_pair_without_a_label_gets_the_default_association() -> None:
    serve, seen = script(reply(200, {"results": []}))
    run(links.link(session(), PERSON, FIRM, None, None), serve)
    assert (seen[0].method, seen[0].path) == (
        "PUT",
        "/crm/objects/2026-09/contacts/1/associations/default/companies/9",
    )
    assert seen[0].body is None


def test_a_label_is_looked_up_once_in_any_letter_case() -> None:
    serve, seen = script(reply(200, LABELS), reply(201, {}), reply(201, {}))
    made = session()
    run(links.link(made, PERSON, FIRM, "manager", None), serve)
    run(links.link(made, PERSON, FIRM, "Manager", None), serve)
    assert [request.method for request in seen] == ["GET", "PUT", "PUT"]
    assert body(seen[1]) == [{"associationCategory": "USER_DEFINED", "associationTypeId": 144}]


def test_an_unknown_label_is_refused_with_the_known_ones() -> None:
    serve, _ = script(reply(200, LABELS))
    with pytest.raises(ConfigError, match="'Manager'"):
        run(links.link(session(), PERSON, FIRM, "Boss", None), serve)


@pytest.mark.parametrize(
    ("types", "sent"),
    [
        (1, [("HUBSPOT_DEFINED", 1)]),
        ([1, ("USER_DEFINED", 36)], [("HUBSPOT_DEFINED", 1), ("USER_DEFINED", 36)]),
        (LinkType("USER_DEFINED", 36, "x"), [("USER_DEFINED", 36)]),
        ([{"associationCategory": "USER_DEFINED", "associationTypeId": 36}], [("USER_DEFINED", 36)]),
    ],
)
def test_types_may_be_numbers_or_pairs(types: Any, sent: list[tuple[str, int]]) -> None:
    serve, seen = script(reply(201, {}))
    run(links.link(session(), PERSON, FIRM, None, types), serve)
    assert [(one["associationCategory"], one["associationTypeId"]) for one in body(seen[0])] == sent


@pytest.mark.parametrize("types", [True, "Manager", [None]])
def test_a_type_that_is_none_is_refused(types: Any) -> None:
    with pytest.raises(ConfigError):
        run(links.link(session(), PERSON, FIRM, None, types), script()[0])


def test_a_pair_is_parted_wholly_or_in_one_label_only() -> None:
    serve, seen = script(reply(204), reply(204))
    run(links.unlink(session(), PERSON, FIRM, None, None), serve)
    run(links.unlink(session(), PERSON, FIRM, None, 1), serve)
    assert [(request.method, request.path.rsplit("/", 1)[-1]) for request in seen] == [
        ("DELETE", "9"),
        ("POST", "archive"),
    ]
    assert body(seen[1])["inputs"][0]["types"]


def test_all_pages_of_linked_records_are_read() -> None:
    def to(number: int) -> dict[str, Any]:
        return {
            "toObjectId": number,
            "associationTypes": [{"category": "H", "typeId": 1, "label": "Primary"}],
        }

    more = {"paging": {"next": {"after": "MC0yLTE1"}}}
    serve, seen = script(reply(200, {"results": [to(5)], **more}), reply(200, {"results": [to(6)]}))
    found = list(each(links.linked(session(), PERSON, "companies"), serve))
    assert found == [Link("5", (LinkType("H", 1, "Primary"),)), Link("6", (LinkType("H", 1, "Primary"),))]
    assert dict(seen[1].query)["after"] == "MC0yLTE1"


def many(flow: Any, serve: Serve) -> list[Outcome]:
    return list(each(flow, serve))


def both_ways(request: Request) -> Reply:
    rows = body(request)["inputs"]
    told = [{"from": row["to"], "to": row["from"]} for row in rows if int(row["to"]["id"]) < 50]
    return reply(200, {"results": told})


def test_pairs_are_settled_in_whichever_direction_they_are_told() -> None:
    found = many(links.link_many(session(), KINDS, [("1", "9"), (2, 9), ("3", "60")], None, None), both_ways)
    assert [outcome.ok for outcome in found] == [True, True, False]
    assert isinstance(found[2].error, UnexpectedAnswer)


def test_labelled_pairs_are_told_in_another_form() -> None:
    def serve(request: Request) -> Reply:
        rows = body(request)["inputs"]
        assert rows[0]["types"] == [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
        told = [{"fromObjectId": int(row["from"]["id"]), "toObjectId": int(row["to"]["id"])} for row in rows]
        return reply(201, {"results": told})

    assert many(links.link_many(session(), KINDS, [("1", "9"), ("2", "9")], None, 1), serve)[1].ok


def test_a_refused_pair_is_found_by_the_side_that_is_missing() -> None:
    """Record 5 of one type and record 5 of the other are two records."""
    entry = {
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.TO_OBJECT_NOT_FOUND",
        "message": "No company with ID 5 exists",
        "context": {"objectType": ["company"], "id": ["5"]},
    }
    answer = reply(207, {"results": [{"from": {"id": "5"}, "to": {"id": "7"}}], "errors": [entry]})
    found = many(links.link_many(session(), KINDS, [("5", "7"), ("1", "5")], None, None), lambda _: answer)
    assert [outcome.ok for outcome in found] == [True, False]
    assert isinstance(found[1].error, NotFound)


def test_a_refusal_that_names_a_record_in_words_only_is_understood() -> None:
    entry = {"category": "VALIDATION_ERROR", "message": "Object 8 cannot be associated to itself (8)"}
    answer = reply(207, {"results": [{"from": {"id": "1"}, "to": {"id": "2"}}], "errors": [entry]})
    pairs = [("1", "2"), ("8", "8")]
    found = many(links.link_many(session(), ("contacts", "contacts"), pairs, None, None), lambda _: answer)
    assert [outcome.ok for outcome in found] == [True, False]


@pytest.mark.parametrize("answer", [Reply(204), reply(200, {"status": "COMPLETE", "results": []})])
def test_pairs_are_parted_though_the_answer_is_empty(answer: Reply) -> None:
    found = many(links.unlink_many(session(), KINDS, [("1", "9")], None, None), lambda _: answer)
    assert (found[0].ok, found[0].written) == (True, "yes")


def test_records_linked_with_nothing_have_no_links_rather_than_an_error() -> None:
    """Recorded in February 2026: they are reported as errors of a 207."""
    nothing = {
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": "No company is associated with contact 3.",
        "context": {"fromObjectId": ["3"], "fromObjectType": ["contact"], "toObjectType": ["company"]},
    }
    result = {"from": {"id": "1"}, "to": [{"toObjectId": 9, "associationTypes": []}]}
    answer = reply(207, {"results": [result], "errors": [nothing], "numErrors": 1})
    found = many(links.linked_many(session(), KINDS, ["3", "1"]), lambda _: answer)
    assert [outcome.links for outcome in found] == [(), (Link("9"),)]


def test_links_that_fill_a_page_are_read_to_the_end() -> None:
    def serve(request: Request) -> Reply:
        row = body(request)["inputs"][0]
        first = "after" not in row
        result = {
            "from": {"id": row["id"]},
            "to": [{"toObjectId": 1 if first else 2, "associationTypes": []}],
        }
        return reply(200, {"results": [result | ({"paging": {"next": {"after": "x"}}} if first else {})]})

    found = many(links.linked_many(session(), KINDS, ["7"]), serve)
    assert found[0].links == (Link("1"), Link("2"))


def test_a_pair_is_two_ids() -> None:
    found = many(links.link_many(session(), KINDS, ["12", ("1",), ("1", "")], None, None), both_ways)
    assert all(isinstance(outcome.error, ConfigError) for outcome in found)
