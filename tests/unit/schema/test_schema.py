"""Schema as code: what a plan says, what applying it does, and what is refused because data would be lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubwire import ConfigError, Hub
from hubwire.schema import (
    CustomObject,
    Group,
    Label,
    Option,
    Pipeline,
    Property,
    Schema,
    Stage,
    StandardObject,
    load,
    plan,
    pull,
    text,
)
from hubwire.schema.files import read_toml
from hubwire.schema.plans import Refusal, Stopped
from hubwire.testing.accounts import LocalAccount, local

enterprise = pytest.mark.hubspot(tier="enterprise", limits=False)

PROJECTS = """
[custom.projects]
singular = "Project"
plural = "Projects"
description = "What we deliver"
primary = "project_name"
secondary = ["status"]
searchable = ["project_name"]
required = ["project_name"]
associations = ["contacts", "companies", "milestones"]

[custom.projects.groups.money]
label = "Money"

[custom.projects.properties]
project_name = { label = "Project name", unique = true }
start_date = { type = "date" }
budget = { type = "number", group = "money" }
billable = { type = "bool" }
tags = { field = "checkbox", options = ["new", "hot"] }

[custom.projects.properties.status]
options = { planned = "Planned", active = "Under way", done = "Done" }

[custom.projects.pipelines.delivery]
stages = [{ id = "started" }, { id = "shipped", closed = true }]

[custom.milestones]
primary = "title"
properties = { title = {} }

[objects.contacts.properties.tier]
options = ["gold", "silver"]

[objects.deals.pipelines.renewals]
label = "Renewals"
stages = [{ id = "due", probability = 0.5 }, { id = "renewed", probability = 1.0 }]

[[labels]]
from = "projects"
to = "contacts"
label = "Project manager"
inverse = "Manages"
"""


def declared(text_: str, tmp_path: Path) -> Schema:
    path = tmp_path / "schema.toml"
    path.write_text(text_, encoding="utf-8")
    return load(path)


def applied(hub: Hub, schema: Schema) -> list[str]:
    """What was done, as it is told."""
    return [str(change) for change in plan(hub, schema).apply(hub)]


def things(*properties: Property, **more: Any) -> Schema:
    """A custom object with these and a name."""
    title = Property("title")
    return Schema(custom=[CustomObject("things", primary="title", properties=[title, *properties], **more)])


@enterprise
def test_a_custom_object_is_made_with_everything_it_has(hubspot: LocalAccount, tmp_path: Path) -> None:
    schema = declared(PROJECTS, tmp_path)
    with hubspot.hub() as hub:
        before = len(hubspot.requests)
        told = str(plan(hub, schema))
        assert "+ custom object projects: 6 properties; associated with contacts, companies" in told
        assert "+ property contacts.tier: enumeration, select: gold, silver" in told
        assert "+ label projects → contacts: Project manager: Manages from the other side" in told
        assert {seen.method for seen in hubspot.requests[before:]} == {"GET"}

        applied(hub, schema)
        ada = hub.contacts.create({"email": "ada@example.com", "tier": "gold"})
        engine = hub.objects("p12345678_projects").create(
            {"project_name": "Engine", "status": "active", "budget": "10", "hs_pipeline_stage": "started"}
        )
        hub.associations.link("p12345678_projects", engine.id, "contacts", ada.id, label="Project manager")
        found = {each.name: each for each in hub.properties("p12345678_projects").list()}
    assert found["budget"].group_name == "money"
    assert found["project_name"].has_unique_value
    assert [option.label for option in found["status"].options] == ["Planned", "Under way", "Done"]


@enterprise
def test_applied_twice_it_changes_nothing_the_second_time(hubspot: LocalAccount, tmp_path: Path) -> None:
    schema = declared(PROJECTS, tmp_path)
    with hubspot.hub() as hub:
        assert applied(hub, schema)
        again = plan(hub, schema)
        assert again.changes == []
        assert again.refused == []
        assert str(again).endswith("The account is as the schema declares it.")
        before = len(hubspot.requests)
        again.apply(hub)
        assert len(hubspot.requests) == before


@enterprise
def test_a_pulled_schema_changes_nothing_and_makes_the_same_account_anew(
    hubspot: LocalAccount, tmp_path: Path
) -> None:
    with hubspot.hub() as hub:
        applied(hub, declared(PROJECTS, tmp_path))
        document = text(pull(hub))
        assert text(read_toml(document)) == document
        assert plan(hub, read_toml(document)).empty
    with local(tier="enterprise", limits=False) as other, other.hub() as hub:
        applied(hub, read_toml(document))
        assert text(pull(hub)) == document


@enterprise
def test_what_was_declared_anew_is_extended(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        applied(hub, things(Property("status", options=["a", "b"])))
        wider = things(
            Property("status", label="State", options=["b", "a", Option("c", "Sea")]),
            Property("size", type="number", description="In metres"),
            singular="Thing",
            plural="Things",
            required=["title"],
            associations=["deals"],
            groups=[Group("more")],
            pipelines=[Pipeline("life", stages=[Stage("born"), Stage("dead", closed=True)])],
        )
        assert applied(hub, wider) == [
            "+ group things.more",
            "~ property things.status: label 'Status' → 'State'; option c added; order of the options",
            "+ property things.size: number, number",
            "~ custom object things: labels Things / Things → Thing / Things; "
            "requiredProperties: none → title",
            "+ association things – deals",
            "+ pipeline things.life: stages born, dead",
        ]
        assert plan(hub, wider).empty
        stages = [Stage("born", "Birth"), Stage("grown"), Stage("dead", closed=True)]
        assert applied(hub, things(pipelines=[Pipeline("life", "Life", stages)])) == [
            "~ pipeline things.life: stage grown added; stage born: label 'Born' → 'Birth'",
        ]


# What would lose data


@enterprise
def test_a_change_of_type_is_refused_and_nothing_else_is_done_then(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        applied(hub, things(Property("size", type="number")))
        found = plan(hub, things(Property("size"), Property("colour")))
        assert found.refused == []  # a type that is not said stays
        found = plan(hub, things(Property("size", type="string"), Property("colour")))
        (refused,) = found.refused
        assert refused.what == "property things.size"
        assert "its type is number" in refused.reason
        assert "size_2" in refused.instead
        before = len(hubspot.requests)
        with pytest.raises(Refusal, match="nothing was changed"):
            found.apply(hub)
        assert len(hubspot.requests) == before


@enterprise
def test_an_option_that_records_have_is_kept_and_one_that_none_has_goes(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        options = ["a", "b", "c"]
        applied(
            hub, things(Property("one", options=options), Property("many", field="checkbox", options=options))
        )
        records = hub.objects("p12345678_things")
        records.create({"title": "x", "one": "a", "many": "a;b"})
        found = plan(hub, things(Property("one", options=["b"]), Property("many", options=["a"])))
        assert [each.what for each in found.refused] == [
            "property things.one, option a",
            "property things.many, option b",
        ]
        assert "1 record holds" in found.refused[0].reason
        assert "hidden = true" in found.refused[0].instead
        assert applied(hub, things(Property("one", options=["a", "b"]))) == [
            "~ property things.one: option c removed, which no record holds"
        ]
        assert applied(hub, things(Property("one", options=["a", Option("b", hidden=True)]))) == [
            "~ property things.one: option b: hidden False → True"
        ]


@enterprise
def test_a_property_is_archived_only_when_no_record_has_a_value(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        applied(hub, things(Property("old"), Property("older")))
        hub.objects("p12345678_things").create({"title": "x", "old": "y"})
        gone = things(Property("old", absent=True), Property("older", absent=True))
        found = plan(hub, gone)
        assert [each.what for each in found.refused] == ["property things.old"]
        assert [str(each) for each in found.changes] == ["- property things.older: no record has a value"]
        assert applied(hub, things(Property("older", absent=True))) == [str(found.changes[0])]
        assert plan(hub, things(Property("older", absent=True))).empty
        own = Schema(standard=[StandardObject("contacts", properties=[Property("firstname", absent=True)])])
        assert "HubSpot's own" in plan(hub, own).refused[0].reason


@enterprise
def test_several_values_are_not_squeezed_into_one_and_uniqueness_is_fixed(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        applied(
            hub, things(Property("many", field="checkbox", options=["a", "b"]), Property("code", unique=True))
        )
        narrower = things(Property("many", field="select", options=["a", "b"]))
        assert plan(hub, narrower).refused == []
        hub.objects("p12345678_things").create({"title": "x", "many": "a;b"})
        assert "room for one" in plan(hub, narrower).refused[0].reason
        assert "fixes at creation" in plan(hub, things(Property("code", unique=False))).refused[0].reason


@enterprise
def test_an_object_is_archived_only_when_it_has_no_record(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        applied(hub, things(Property("code")))
        record = hub.objects("p12345678_things").create({"title": "x"})
        gone = things(Property("code"), absent=True)
        assert "1 record" in plan(hub, gone).refused[0].reason
        assert things(Property("code")).custom[0].name in {each.name for each in hub.schemas.list()}
        hub.objects("p12345678_things").archive(record.id)
        assert applied(hub, gone) == ["- custom object things: it has no record"]
        assert plan(hub, gone).empty
        assert "things" not in {each.name for each in hub.schemas.list()}


@enterprise
@pytest.mark.parametrize("made", [True, False])
def test_validation_rules_are_declared_too(hubspot: LocalAccount, made: bool) -> None:
    with hubspot.hub() as hub:
        if not made:
            applied(hub, things(Property("code")))
        ruled = things(Property("code", rules={"MIN_LENGTH": [3], "MAX_LENGTH": ["8"]}))
        assert "+ rule MIN_LENGTH of things.code: 3" in applied(hub, ruled)
        assert plan(hub, ruled).empty
        code = hub.properties("p12345678_things").rules.get("code", "MIN_LENGTH")
        assert code.rule_arguments == ("3",)
        stricter = things(Property("code", rules={"MIN_LENGTH": [4]}))
        found = plan(hub, stricter)
        assert [str(each) for each in found.changes] == ["~ rule MIN_LENGTH of things.code: 4"]
        assert "rule MAX_LENGTH" in str(found.extra[0])


@enterprise
@pytest.mark.parametrize("level", ["sensitive", "highly_sensitive"])
def test_sensitive_properties_are_made_and_stay_as_they_are(hubspot: LocalAccount, level: str) -> None:
    with hubspot.hub() as hub:
        secret = of_contacts(Property("health", sensitivity=level), Property("plainly"))
        applied(hub, secret)
        assert plan(hub, secret).empty
        other = plan(hub, of_contacts(Property("plainly", sensitivity=level)))
        assert "fixes at creation how sensitive" in other.refused[0].reason
    with pytest.raises(ConfigError, match=r"contacts.properties.health.sensitivity"):
        plan(hub, of_contacts(Property("health", sensitivity="very")))


def of_contacts(*properties: Property) -> Schema:
    return Schema(standard=[StandardObject("contacts", properties=properties)])


def test_a_stage_in_which_records_are_is_kept(hubspot: LocalAccount) -> None:
    stages = [Stage("due", probability=0.5), Stage("lost", probability=0), Stage("won", probability=1)]

    def renewals(*kept: Stage) -> Schema:
        return Schema(standard=[StandardObject("deals", pipelines=[Pipeline("renewals", stages=kept)])])

    with hubspot.hub() as hub:
        applied(hub, renewals(*stages))
        hub.deals.create({"dealname": "x", "pipeline": "renewals", "dealstage": "due"})
        (refused,) = plan(hub, renewals(*stages[1:])).refused
        assert refused.what == "pipeline deals.renewals, stage due"
        assert applied(hub, renewals(stages[0], stages[2])) == [
            "~ pipeline deals.renewals: stage lost removed, in which no record is"
        ]


# Drift


@enterprise
def test_what_only_the_account_has_is_shown_and_stays(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        applied(hub, things(Property("extra"), associations=["deals"]))
        tiers = [Property("tier"), Property("rank")]
        applied(hub, Schema(standard=[StandardObject("contacts", properties=tiers)]))
        applied(hub, Schema(custom=[CustomObject("others", primary="title", properties=[Property("title")])]))
        applied(hub, Schema(labels=[Label("contacts", "companies", "Adviser")]))
        contacts = StandardObject("contacts", properties=tiers[:1])
        smaller = Schema(
            custom=things().custom, standard=[contacts], labels=[Label("contacts", "companies", "Friend")]
        )
        told = [each.what for each in plan(hub, smaller).extra]
        assert told == [
            "property things.extra is in the account and not in the schema",
            "1 other property of contacts, not HubSpot's, not in the schema",
            "association things – deals is in the account and not in the schema",
            "label 0-1 → 0-2: Adviser is in the account and not in the schema",
            "custom object others is in the account and not in the schema",
        ]
        body = {"label": "Renamed by hand"}
        hub.request("PATCH", "/crm/properties/2026-09/p12345678_things/title", json=body)
        drift = plan(hub, things(Property("extra")))
        assert drift.changes == []  # no label was declared
        titled = Schema(custom=[CustomObject("things", properties=[Property("title", label="Title")])])
        assert [str(each) for each in plan(hub, titled).changes] == [
            "~ property things.title: label 'Renamed by hand' → 'Title'"
        ]


# Failures


@pytest.mark.hubspot(tier="professional")
def test_an_account_without_custom_objects_is_told_so(hubspot: LocalAccount, tmp_path: Path) -> None:
    with hubspot.hub() as hub:
        told = r"feature of HubSpot Enterprise.*custom-object-write.*Nothing was changed\."
        with pytest.raises(Stopped, match=told) as stop:
            plan(hub, declared(PROJECTS, tmp_path)).apply(hub)
        assert (stop.value.done, stop.value.status) == ((), 403)
        standard = Schema(standard=[StandardObject("contacts", properties=[Property("tier", options=["a"])])])
        assert applied(hub, standard)
        assert plan(hub, standard).empty


@enterprise
def test_when_it_stops_in_the_middle_the_next_plan_has_the_rest(
    hubspot: LocalAccount, tmp_path: Path
) -> None:
    schema = declared(PROJECTS, tmp_path)
    with hubspot.hub() as hub:
        whole = plan(hub, schema)
        for stop in range(len(whole.changes)):
            left = plan(hub, schema)
            assert len(left.changes) == len(whole.changes) - stop

            def interrupt(change: Any, left: Any = left) -> None:
                if change is not left.changes[0]:
                    raise KeyboardInterrupt

            try:
                left.apply(hub, interrupt)
            except KeyboardInterrupt:
                continue
        assert plan(hub, schema).empty


@enterprise
def test_a_refusal_of_hubspots_tells_what_was_done_before_it(hubspot: LocalAccount, tmp_path: Path) -> None:
    with hubspot.hub() as hub:
        found = plan(hub, declared(PROJECTS, tmp_path))
        hubspot.fault("status", status=400, op="properties.groups.create", count=1)
        with pytest.raises(Stopped, match=r"group projects.money could not be made.*2 of 9 changes") as stop:
            found.apply(hub)
        assert [each.what for each in stop.value.done] == [
            "custom object projects",
            "custom object milestones",
        ]
        assert len(plan(hub, declared(PROJECTS, tmp_path)).changes) == 7


@enterprise
def test_an_answer_that_was_lost_is_found_out_by_the_next_plan(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        hubspot.fault("drop-after", op="schemas.create", count=1)
        with pytest.raises(Stopped) as stop:
            plan(hub, things()).apply(hub)
        assert stop.value.may_have_written
        assert "Whether this one was made is not known" in str(stop.value)
        assert plan(hub, things()).empty


# Declarations

WRONG = {
    "[custom.projects]\nprimry = 'a'": "custom.projects: there is no setting `primry`",
    "[customs.a]": "customs: the tables of a schema",
    "[custom]\nprojects = 1": "custom.projects: a table",
    "[custom.projects.properties.a]\ntype = 'text'": "projects.properties.a.type: text is none of string",
    "[custom.projects.properties.a]\ntype = 'date'\nfield = 'text'": "a.field: date takes date, not text",
    "[custom.projects.properties.a]\ntype = 'date'\noptions = ['a']": "only an enumeration has options",
    "[custom.projects.properties.A]": "properties.A: a name has lower-case letters",
    "[custom.projects.properties.a]\noptions = ['x', 'x']": "x is declared 2 times",
    "[custom.projects.properties.a]\noptions = ['x;y']": "a value is not empty and has no ';'",
    "[custom.projects.properties.a]\noptions = 5": "a.options: a list of values, or a table",
    "[custom.projects]\nrequired = ['a']": "custom.projects.required: a is not among its properties",
    "[custom.'my projects']": "a name has up to 50 letters",
    "[objects.projekts.properties.a]": "no object type of HubSpot's",
    "[objects.deals.pipelines.a]\nstages = [{ id = 'x' }]": "a stage of deals needs a probability",
    "[objects.deals.pipelines.a]": "a pipeline has at least one stage",
    "[[labels]]\nfrom = 'a'\nto = 'b'": "labels, number 1: Object missing required field `label`",
    "labels = 5": "labels: written as [[labels]]",
    "[custom": "is not TOML",
}


@pytest.mark.parametrize("document", WRONG)
def test_what_is_wrong_with_a_file_is_told_with_its_place(document: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as fault:
        declared(document, tmp_path)
    assert WRONG[document] in str(fault.value)
    assert "schema.toml" in str(fault.value)


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as fault:
        declared("[custom.a]\nrequired = ['x']\n[objects.nothing]\n", tmp_path)
    assert str(fault.value).count("\n") == 2


def test_a_python_file_makes_one_schema(tmp_path: Path) -> None:
    path = tmp_path / "crm.py"
    source = "from hubwire.schema import *\nschema = Schema(custom=[CustomObject('things')])\n"
    path.write_text(source, encoding="utf-8")
    assert load(path).custom[0].name == "things"
    path.write_text(source + "second = Schema()\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="makes 2 objects"):
        load(path)
    path.write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="ZeroDivisionError"):
        load(path)
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "missing.py")


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: not name.startswith("hs_"))
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12
).filter(str.strip)


@st.composite
def properties(draw: st.DrawFn, name: str) -> Property:
    type_ = draw(st.sampled_from(["string", "number", "bool", "date", "datetime", "enumeration"]))
    labels = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True)) if type_ == "enumeration" else []
    options = [
        Option(f"v{place}", label, draw(st.sampled_from([None, True]))) for place, label in enumerate(labels)
    ]
    return Property(name, type=type_, label=draw(WORDS), options=options, description=draw(st.none() | WORDS))


@settings(max_examples=25)
@given(data=st.data())
def test_whatever_is_declared_is_applied_once_and_pulled_back(data: st.DataObject) -> None:
    names = data.draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    own = [data.draw(properties(name)) for name in names]
    schema = Schema(
        custom=[CustomObject("things", primary=names[0], properties=own)],
        standard=[StandardObject("contacts", properties=[Property(f"x_{names[0]}", label=data.draw(WORDS))])],
    )
    with local(tier="enterprise", limits=False) as account, account.hub() as hub:
        applied(hub, schema)
        assert plan(hub, schema).empty
        pulled = text(pull(hub))
        assert plan(hub, read_toml(pulled)).empty
        assert read_toml(pulled).custom[0].primary == names[0]
