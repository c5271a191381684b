"""Events on timelines: templates, tokens, events.

https://developers.hubspot.com/docs/api/crm/timeline and HubSpot-public-api-spec-collection @99893791,
PublicApiSpecs/CRM/Timeline.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import create, read, value
from tests.contract.edge import Caller, Heard

BASE = "/integrators/timeline/v3"
NINE = "2026-01-01T09:00:00Z"
TOKENS = [
    {"name": "petAge", "label": "Pet age", "type": "number", "options": []},
    {
        "name": "petColor",
        "label": "Color",
        "type": "enumeration",
        "options": [{"label": "White", "value": "white"}, {"label": "Black", "value": "black"}],
    },
    {
        "name": "petName",
        "label": "Pet name",
        "type": "string",
        "options": [],
        "objectPropertyName": "company",
    },
]


class Timeline:
    def __init__(self) -> None:
        self.call = Caller(limits=False)
        self.app = self.call.emulator.identity.app_id

    def templates(self, method: str, tail: str = "", body: Any = None) -> Heard:
        return self.call(method, f"{BASE}/{self.app}/event-templates{tail}", body)

    def template(self, **more: Any) -> str:
        body = {"name": "Pet seen", "objectType": "contacts", "tokens": TOKENS, **more}
        heard = self.templates("POST", "", body)
        assert heard.status == 201, heard.text
        return str(heard.json["id"])

    def send(self, template: str, **more: Any) -> Heard:
        return self.call("POST", f"{BASE}/events", {"eventTemplateId": template, "tokens": {}, **more})


def test_a_template_is_made_changed_and_deleted() -> None:
    line = Timeline()
    number = line.template(headerTemplate="{{petName}} was seen")
    read_ = line.templates("GET", f"/{number}").json
    assert (read_["id"], read_["objectType"], read_["headerTemplate"]) == (
        number,
        "contacts",
        "{{petName}} was seen",
    )
    assert [token["name"] for token in read_["tokens"]] == ["petAge", "petColor", "petName"]
    assert read_["tokens"][2]["objectPropertyName"] == "company"
    assert "detailTemplate" not in read_
    changed = line.templates("PUT", f"/{number}", {"id": number, "name": "Seen", "tokens": TOKENS[:1]})
    assert (changed.status, changed.json["name"], len(changed.json["tokens"])) == (200, "Seen", 1)
    assert line.templates("GET").json == {"results": [changed.json]}
    assert line.templates("DELETE", f"/{number}").status == 204
    assert line.templates("GET", f"/{number}").status == 404


def test_tokens_come_and_go_one_by_one() -> None:
    line = Timeline()
    number = line.template()
    made = line.templates("POST", f"/{number}/tokens", {"name": "vet", "label": "Vet", "type": "string"})
    assert (made.status, made.json["name"]) == (200, "vet")
    assert (
        line.templates("POST", f"/{number}/tokens", {"name": "vet", "label": "V", "type": "date"}).status
        == 400
    )
    changed = line.templates("PUT", f"/{number}/tokens/vet", {"label": "Doctor", "options": []})
    assert (changed.json["label"], changed.json["type"]) == ("Doctor", "string")
    assert line.templates("DELETE", f"/{number}/tokens/vet").status == 204
    assert line.templates("DELETE", f"/{number}/tokens/vet").status == 404
    assert len(line.templates("GET", f"/{number}").json["tokens"]) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"objectType": "widgets"},
        {"tokens": [{"name": "log", "label": "L", "type": "string"}]},
        {"tokens": [{"name": "a b", "label": "L", "type": "string"}]},
        {"tokens": [{"name": "a", "label": "L", "type": "enumeration"}]},
        {"tokens": [{"name": "a", "label": "L", "type": "bool"}]},
        {"tokens": [TOKENS[0], TOKENS[0]]},
    ],
)
def test_a_template_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    line = Timeline()
    body = {"name": "Pet seen", "objectType": "contacts", "tokens": TOKENS, **wrong}
    assert line.templates("POST", "", body).status == 400
    assert line.templates("GET").json == {"results": []}


def test_an_app_has_seven_hundred_and_fifty_templates_at_most() -> None:
    """https://developers.hubspot.com/docs/guides/apps/api-usage/usage-details"""
    line = Timeline()
    assert {line.template(tokens=[]) for _ in range(750)}
    refused = line.templates("POST", "", {"name": "One more", "objectType": "contacts", "tokens": []})
    assert (refused.status, "750" in refused.json["message"]) == (400, True)


def test_an_event_of_a_known_contact() -> None:
    """The guide's example: numbers come back as text."""
    line = Timeline()
    contact = create(line.call, "contacts", email="art3mis@petspot.example")
    number = line.template()
    heard = line.send(
        number,
        email="art3mis@petspot.example",
        tokens={"petName": "Art3mis", "petAge": 3, "petColor": "black"},
        extraData={"questions": [{"answer": "Bark!"}]},
        timelineIFrame={
            "linkLabel": "View",
            "headerLabel": "Dog",
            "url": "https://my.petspot.example/pets/1",
            "width": 600,
            "height": 400,
        },
    )
    assert heard.status == 201
    event = heard.json
    assert event["tokens"] == {"petName": "Art3mis", "petAge": "3", "petColor": "black"}
    assert (event["objectType"], event["objectId"], event["eventTemplateId"]) == (
        "contacts",
        contact["id"],
        number,
    )
    assert event["timestamp"] == event["createdAt"] == NINE
    assert event["timelineIFrame"]["width"] == 600
    assert line.call("GET", f"{BASE}/events/{number}/{event['id']}").json == event
    # A token that names a property of the record sets it.
    assert value(line.call, "contacts", contact["id"], "company") == "Art3mis"


def test_an_event_makes_a_contact_that_nobody_knew() -> None:
    line = Timeline()
    event = line.send(line.template(), email="new@petspot.example").json
    made = read(line.call, "contacts", event["objectId"])
    assert made["properties"]["email"] == "new@petspot.example"


def test_an_id_with_an_address_changes_the_address() -> None:
    line = Timeline()
    contact = create(line.call, "contacts", email="old@petspot.example")
    line.send(line.template(), objectId=contact["id"], email="new@petspot.example")
    assert value(line.call, "contacts", contact["id"], "email") == "new@petspot.example"


def test_other_types_are_named_by_id() -> None:
    line = Timeline()
    company = create(line.call, "companies", name="Pets", domain="pets.example")
    number = line.template(objectType="companies", tokens=[])
    assert line.send(number, objectId=company["id"]).json["objectId"] == company["id"]
    assert line.send(number, domain="pets.example").status == 400
    assert line.send(number, objectId="12").status == 404


def test_ids_are_made_or_taken_and_one_that_was_there_is_replaced() -> None:
    line = Timeline()
    number = line.template()
    one, two = (line.send(number, email="a@petspot.example").json["id"] for _ in range(2))
    assert one != two
    three, four = (line.send(number, id="x-{{uuid}}", email="a@petspot.example").json["id"] for _ in range(2))
    assert three.startswith("x-")
    assert "{{" not in three
    assert three != four
    line.send(number, id="mine", email="a@petspot.example", tokens={"petAge": 1})
    line.send(number, id="mine", email="a@petspot.example", tokens={"petAge": 2})
    assert line.call("GET", f"{BASE}/events/{number}/mine").json["tokens"] == {"petAge": "2"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"tokens": {"petAge": "old"}},
        {"tokens": {"petColor": "green"}},
        {"tokens": {"unheard": "x"}},
        {"timestamp": "yesterday"},
        {"email": None},
        {"email": None, "utk": "0123"},
        {"email": "nonsense"},
    ],
)
def test_an_event_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    line = Timeline()
    number = line.template()
    heard = line.send(number, id="e", **{"email": "a@petspot.example", **wrong})
    assert heard.status == 400
    assert line.call("GET", f"{BASE}/events/{number}/e").status == 404
    assert line.call("GET", "/crm/v3/objects/contacts").json["results"] == []


def test_the_path_of_earlier_sdks_is_the_same() -> None:
    """https://github.com/clarkmcc/go-hubspot generated/v3/timeline"""
    line = Timeline()
    number = line.template()
    body = {"eventTemplateId": number, "id": "e", "email": "a@petspot.example", "tokens": {"petAge": 1}}
    assert line.call("POST", "/crm/v3/timeline/events", body).status == 201
    assert line.call("GET", f"{BASE}/events/{number}/e").json["tokens"] == {"petAge": "1"}
    assert len(line.call("GET", f"/crm/v3/timeline/{line.app}/event-templates").json["results"]) == 1


def test_a_batch_reports_what_it_refuses() -> None:
    line = Timeline()
    number = line.template()
    good = {"eventTemplateId": number, "id": "1", "email": "a@petspot.example", "tokens": {"petAge": "4"}}
    path = f"{BASE}/events/batch/create"
    whole = line.call("POST", path, {"inputs": [good, {**good, "id": "2"}]})
    assert (whole.status, len(whole.json["results"])) == (201, 2)
    part = line.call("POST", path, {"inputs": [{**good, "eventTemplateId": "5"}, {**good, "id": "3"}]})
    assert (part.status, part.json["numErrors"], part.json["results"][0]["id"]) == (207, 1, "3")
    assert "No event template found with ID 5" in part.json["errors"][0]["message"]


def test_the_detail_has_the_event_s_values_in_it() -> None:
    """hubspot-api-client 12.0.0 get_detail_by_id: `extraData` that is not there is ignored."""
    line = Timeline()
    number = line.template(detailTemplate="{{petName}} at {{ extraData.place.name }}{{extraData.none}}.")
    line.send(
        number,
        id="e",
        email="a@petspot.example",
        tokens={"petName": "Rex"},
        extraData={"place": {"name": "home"}},
    )
    assert line.call("GET", f"{BASE}/events/{number}/e/detail").json == {"details": "Rex at home."}
    blocks = line.template(detailTemplate="{{#each extraData.questions}}x{{/each}}")
    line.send(blocks, id="e", email="a@petspot.example")
    assert line.call("GET", f"{BASE}/events/{blocks}/e/detail").status == 501


def test_another_app_has_other_templates() -> None:
    line = Timeline()
    number = line.template()
    other = line.call.emulator.token(scopes=["timeline", "crm.objects.contacts.write"])
    body = {"eventTemplateId": number, "email": "a@petspot.example", "tokens": {}}
    assert line.call("POST", f"{BASE}/events", body, token=other).status == 404
    lacking = line.call.emulator.token(scopes=["crm.lists.read"])
    assert line.call("POST", f"{BASE}/events", body, token=lacking).status == 403


def test_header_and_detail_are_rendered_as_html() -> None:
    """hubspot-api-client 12.0.0 get_render_by_id: Markdown with the event's values, the header unless
    `detail=true`. What HTML is made of it is assumed."""
    line = Timeline()
    detail = "# Pet\n\nSeen **{{petName}}** at\n[home](https://a.example/?a=1&b=2).\n\n- _one_\n- two\n\n1. x"
    number = line.template(headerTemplate="{{petName}} was seen", detailTemplate=detail)
    tokens = {"petName": "<Rex>", "petAge": 3}
    line.send(number, id="e", email="a@example.com", tokens=tokens)
    path = f"{BASE}/events/{number}/e/render"
    heard = line.call("GET", path, headers={"accept": "text/html"})
    assert (heard.status, heard.text) == (200, "<p>&lt;Rex&gt; was seen</p>")
    assert line.call("GET", f"{path}?detail=true").text.split("\n") == [
        "<h1>Pet</h1>",
        '<p>Seen <strong>&lt;Rex&gt;</strong> at <a href="https://a.example/?a=1&amp;b=2">home</a>.</p>',
        "<ul><li><em>one</em></li><li>two</li></ul>",
        "<ol><li>x</li></ol>",
    ]
    blocks = line.template(headerTemplate="{{#if petName}}x{{/if}}")
    line.send(blocks, id="e", email="a@example.com")
    assert line.call("GET", f"{BASE}/events/{blocks}/e/render").status == 501


# 2026-03: events of apps that are projects

DATED = "/integrators/timeline/2026-03"


def occurred(line: Timeline, template: str, **more: Any) -> Heard:
    name = f"ae{line.app}_integrators-timeline-event-type-id-{template}"
    body = {"eventTypeName": name, "id": "seen-1", "properties": {"petName": "Rex"}, **more}
    return line.call("POST", f"{DATED}/events", body)


def test_an_occurrence_is_on_the_record_and_cannot_be_sent_twice() -> None:
    """Guide: they cannot be changed once made; spec: 201 with the occurrence, 409."""
    line = Timeline()
    template = line.template()
    person = create(line.call, "contacts", email="ann@example.com")["id"]
    heard = occurred(line, template, objectId=person)
    assert heard.status == 201
    assert heard.json == {
        "eventTypeName": f"ae{line.app}_integrators-timeline-event-type-id-{template}",
        "id": "seen-1",
        "properties": {"petName": "Rex"},
        "objectId": person,
        "timestamp": NINE,
    }
    assert value(line.call, "contacts", person, "company") == "Rex"
    assert line.call("GET", f"{BASE}/events/{template}/seen-1").json["objectId"] == person
    assert occurred(line, template, objectId=person).status == 409


def test_a_kind_of_events_is_resolved_by_its_symbol_and_named_by_it_too() -> None:
    line = Timeline()
    template = line.template(name="pet_seen")
    sent = {"projectName": "zoo", "developerSymbol": "pet_seen"}
    heard = line.call("POST", f"{DATED}/types/projects", sent)
    assert heard.json == {
        "developerQualifiedSymbol": sent,
        "fullyQualifiedName": f"ae{line.app}_integrators-timeline-event-type-id-{template}",
    }
    by_symbol = occurred(line, template, eventTypeName="pet_seen", email="new@example.com")
    assert (by_symbol.status, by_symbol.json["eventTypeName"]) == (201, "pet_seen")
    key = line.call.emulator.identity.developer_api_key
    keyed = line.call("POST", f"{DATED}/types/projects?hapikey={key}", sent, token=None)
    assert keyed.json == heard.json
    unknown = {**sent, "developerSymbol": "cat_seen"}
    assert line.call("POST", f"{DATED}/types/projects", unknown).status == 404
    assert occurred(line, template, eventTypeName="cat_seen").status == 404


def test_a_batch_of_occurrences_tells_what_was_refused() -> None:
    """Spec: 200 BatchResponseAppEventOccurrence; properties of no such kind are refused (guide)."""
    line = Timeline()
    template = line.template(name="pet_seen")
    good = {"eventTypeName": "pet_seen", "id": "a", "email": "a@example.com", "properties": {}}
    inputs = [
        good,
        {**good, "id": "b", "properties": {"tail": "long"}},
        good,
        {**good, "id": "c", "email": None},
    ]
    heard = line.call("POST", f"{DATED}/events/batch", {"inputs": inputs})
    assert (heard.status, heard.json["numErrors"]) == (200, 3)
    assert [one["id"] for one in heard.json["results"]] == ["a"]
    assert [list(one)[:2] for one in heard.json["errors"]] == [["status", "message"]] * 3
    assert not any("errors" in one for one in heard.json["errors"])
    assert line.call("GET", f"{BASE}/events/{template}/a").status == 200


def test_occurrences_need_a_right_to_the_timeline() -> None:
    line = Timeline()
    line.template(name="pet_seen")
    body = {"eventTypeName": "pet_seen", "id": "a", "email": "a@example.com", "properties": {}}
    for scope, status in (("crm.lists.read", 403), ("timeline", 404)):
        token = line.call.emulator.token(scopes=[scope], kind="oauth")
        # The other app has no such kind of events.
        assert line.call("POST", f"{DATED}/events", body, token=token).status == status
