"""Writes checked before they are sent: what is refused here, HubSpot refuses, and what passes, it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hubwire import Conflict, Hub, HubwireError, Invalid, Preflight, Validation
from hubwire.client.validation import Conditional
from hubwire.testing.accounts import LocalAccount, local

OPTIONS = [{"label": value.title(), "value": value} for value in ("red", "green", "light blue")]
TRUTH = [{"label": "Yes", "value": "true"}, {"label": "No", "value": "false"}]
PROPERTIES: dict[str, dict[str, Any]] = {
    "a_text": {"type": "string", "fieldType": "text"},
    "a_number": {"type": "number", "fieldType": "number"},
    "a_bool": {"type": "bool", "fieldType": "booleancheckbox", "options": TRUTH},
    "a_date": {"type": "date", "fieldType": "date"},
    "a_moment": {"type": "datetime", "fieldType": "date"},
    "a_choice": {"type": "enumeration", "fieldType": "select", "options": OPTIONS},
    "some_choices": {"type": "enumeration", "fieldType": "checkbox", "options": OPTIONS},
    "a_code": {"type": "string", "fieldType": "text", "hasUniqueValue": True},
    "a_sum": {"type": "number", "fieldType": "calculation_equation", "calculationFormula": "a_number + 1"},
}
RULES: list[tuple[str, str, list[str]]] = [
    ("string", "ALPHANUMERIC", ["ALPHANUMERIC"]),
    ("string", "ALPHANUMERIC", ["ALPHA_ONLY"]),
    ("string", "ALPHANUMERIC", ["NUMERIC_ONLY"]),
    ("string", "DOMAIN", []),
    ("string", "EMAIL", []),
    ("string", "EMAIL_ALLOWED_DOMAINS", ["example.com", "Example.org"]),
    ("string", "EMAIL_BLOCKED_DOMAINS", ["example.com"]),
    ("string", "FORMAT", ["CAPITALIZATION"]),
    ("string", "FORMAT", ["UPPER"]),
    ("string", "FORMAT", ["LOWER"]),
    ("string", "MIN_LENGTH", ["3"]),
    ("string", "MAX_LENGTH", ["4"]),
    ("string", "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE", []),
    ("string", "REGEX", ["^[a-c]+$", "Letters a to c"]),
    ("string", "SPECIAL_CHARACTERS", ["NOT_ALLOWED"]),
    ("string", "URL", []),
    ("string", "URL_ALLOWED_DOMAINS", ["example.com"]),
    ("string", "URL_BLOCKED_DOMAINS", ["example.com"]),
    ("string", "WHITESPACE", ["ALL"]),
    ("string", "WHITESPACE", ["TRIM"]),
    ("number", "MIN_NUMBER", ["-1.5"]),
    ("number", "MAX_NUMBER", ["100"]),
    ("number", "DECIMAL", ["2"]),
    ("date", "START_DATE", ["1772323200000"]),
    ("date", "END_DATE", ["1772323200000"]),
    ("date", "DAYS_OF_WEEK", ["MONDAY", "SUNDAY"]),
    ("datetime", "START_DATETIME", ["1772323200000"]),
    ("datetime", "END_DATETIME", ["1772323200000"]),
]
RULED = {f"ruled_{n}": (type_, rule, arguments) for n, (type_, rule, arguments) in enumerate(RULES)}
FIELD = {"string": "text", "number": "number", "date": "date", "datetime": "date"}
MAIN = "thing_information"


@contextmanager
def account() -> Iterator[LocalAccount]:
    """An account with a custom object that has a property of every type, and one for every rule."""
    with local(tier="enterprise", limits=False) as opened:
        with opened.hub() as hub:
            define(hub)
        yield opened


def define(hub: Hub) -> None:
    properties = [{"name": name, "label": name, **how} for name, how in PROPERTIES.items()]
    properties += [
        {
            "name": name,
            "label": name,
            "type": type_,
            "fieldType": "phonenumber" if rule.startswith("PHONE") else FIELD[type_],
        }
        for name, (type_, rule, _) in RULED.items()
    ]
    schema = {
        "name": "things",
        "labels": {"singular": "Thing", "plural": "Things"},
        "primaryDisplayProperty": "a_text",
        "requiredProperties": ["a_number"],
        "properties": properties,
    }
    type_id = hub.request("POST", "/crm-object-schemas/2026-09/schemas", json=schema)["objectTypeId"]
    for place, (name, (_, rule, arguments)) in enumerate(RULED.items()):
        path = f"/crm/property-validations/2026-09/{type_id}/{name}/rule-type/{rule}"
        body = {"ruleArguments": arguments, "shouldApplyNormalization": place % 2 == 0}
        hub.request("PUT", path, json=body)


THINGS = "p12345678_things"
TEXTS = st.sampled_from(
    ["", " ", "a", "Ab c", "ABC", "abc", "a-b", "abcde", " abc ", "ada@example.com", "ada@mail.example.org",
     "ada@EXAMPLE.com", "https://example.com/a?b", "www.example.net", "+44 20 7946 0958", "12", "x" * 65_537]
)  # fmt: skip
NUMBERS = st.sampled_from(
    [
        "0",
        "1.5",
        "-1.5",
        "-2",
        "1e3",
        ".5",
        "5.",
        "1,5",
        "NaN",
        "Infinity",
        "1_000",
        "٣",
        "100.001",
        "1e9999",
        "",
    ]
)
MOMENTS = st.sampled_from(
    ["2026-03-01", "2026-03-02", "2026-02-30", "2026-03-01T00:00:00Z", "2026-03-01T10:00", "1772323200000",
     "1772323200001", "2026-03-01T02:00:00+02:00", "2026-03-01T10:00:00.5Z", "0001-01-01T00:00:00+05:00",
     "99999999999999999", "2026-3-1", "2026-03-01T24:00:00Z", "today", "20260301", "2026-W09-7",
     " 2026-03-01 ", ""]
)  # fmt: skip
CHOICES = st.sampled_from(
    [
        "red",
        "Red",
        "red;green",
        ";red",
        "red;;light blue",
        "red; green",
        "mauve",
        "red;mauve",
        ";",
        "true",
        "",
    ]
)
VALUE = {
    "string": TEXTS | st.text(max_size=8),
    "number": NUMBERS | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    "bool": st.sampled_from(["true", "FALSE", "yes", "1", " true ", ""]),
    "date": MOMENTS,
    "datetime": MOMENTS,
    "enumeration": CHOICES,
}
KINDS = {
    **{name: how["type"] for name, how in PROPERTIES.items()},
    **{n: t for n, (t, _, _) in RULED.items()},
}


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    others = [name for name in KINDS if name != "a_code"]
    names = draw(st.lists(st.sampled_from([*others, "a_number", "no_such_thing"]), max_size=4, unique=True))
    row = {name: draw(VALUE[KINDS.get(name, "string")]) for name in names}
    return row if draw(st.booleans()) else {"a_number": "1", **row}


def told(error: HubwireError | None) -> set[tuple[str, str]]:
    if error is None:
        return set()
    assert isinstance(error, Invalid), error
    return {(problem.name, problem.code) for problem in error.properties}


def sent(hub: Hub, kind: str, row: Mapping[str, str], record_id: str | None = None) -> HubwireError | None:
    """What HubSpot itself says."""
    try:
        records = hub.objects(kind)
        if record_id is None:
            records.create(row)
        else:
            records.update(record_id, row)
    except Conflict:
        return None  # of uniqueness a schema tells nothing
    except HubwireError as refusal:
        return refusal
    return None


@pytest.mark.parametrize("version", ["2026-09", "2026-03", "v3"])
def test_preflight_and_hubspot_agree_on_every_value_of_every_type(version: str) -> None:
    with account() as opened, opened.hub(version=version) as hub:
        old = hub.objects(THINGS).create({"a_number": "1"})

        @settings(max_examples=400)
        @given(row=rows())
        @example(row={"a_number": ""})
        def agree(row: dict[str, str]) -> None:
            (created,) = hub.objects(THINGS).batch.check("create", [row])
            assert told(created.error) == told(sent(hub, THINGS, row)), row
            (changed,) = hub.objects(THINGS).batch.check("update", [(old.id, row)])
            assert told(changed.error) == told(sent(hub, THINGS, row, old.id)), row
            # Of an upsert nobody knows here whether the record is there, and has what is required.
            whole = {**row, "a_code": f"code {next(codes)}"}
            (either,) = hub.objects(THINGS).batch.check("upsert", [whole], by="a_code")
            (done,) = hub.objects(THINGS).batch.upsert([whole], by="a_code")
            unforeseen = told(done.error) - told(either.error)
            assert told(either.error) <= told(done.error), row
            assert {code for _, code in unforeseen} <= {"MISSING_REQUIRED_PROPERTY"}, row

        codes = count()
        agree()


@given(
    row=st.fixed_dictionaries(
        {},
        optional={
            "pipeline": st.sampled_from(["default", "other", "nowhere", ""]),
            "dealstage": st.sampled_from(["closedwon", "won", "lost", "nowhere", ""]),
            "amount": NUMBERS,
            "dealtype": st.sampled_from(["newbusiness", "nobusiness", ""]),
            "hs_is_closed": st.just("true"),
        },
    )
)
def test_preflight_and_hubspot_agree_on_pipelines_and_stages(deals: Hub, row: dict[str, str]) -> None:
    (outcome,) = deals.deals.batch.check("create", [row])
    assert told(outcome.error) == told(sent(deals, "deals", row)), row


@pytest.fixture(scope="module")
def deals() -> Iterator[Hub]:
    with local(limits=False) as opened, opened.hub() as hub:
        stages = [
            {"label": label, "stageId": label, "displayOrder": place, "metadata": {"probability": "0.5"}}
            for place, label in enumerate(("won", "lost"))
        ]
        body = {"label": "Other", "pipelineId": "other", "displayOrder": 1, "stages": stages}
        hub.request("POST", "/crm/pipelines/2026-09/deals", json=body)
        yield hub


@pytest.fixture(scope="module")
def contacts() -> Iterator[Hub]:
    with local(limits=False) as opened:
        opened.emulator.require("contacts", "firstname", when=[("city", "country", ["Germany", "France"])])
        validation = Validation(
            required={"contacts": ["firstname"]},
            conditional={"contact": [Conditional("city", "country", ["Germany", "France"])]},
        )
        with opened.hub(validate=validation) as hub:
            yield hub


@given(
    row=st.fixed_dictionaries(
        {},
        optional={
            "firstname": st.sampled_from(["Ada", "", " "]),
            "country": st.sampled_from(["Germany", "France", "Italy", ""]),
            "city": st.sampled_from(["Bonn", ""]),
            "email": st.sampled_from(
                ["ada@example.com", "ada", "a@b", "Ada <ada@example.com>", "ä@exämple.de", ""]
            ),
        },
    )
)
def test_preflight_and_hubspot_agree_on_required_properties_and_addresses(
    contacts: Hub, row: dict[str, str]
) -> None:
    (outcome,) = contacts.contacts.batch.check("create", [row])
    try:
        contacts.contacts.create(row, validate=False)
        said: HubwireError | None = None
    except Conflict:
        said = None
    except HubwireError as refusal:
        said = refusal
    assert told(outcome.error) == told(said), row


# What callers see


def test_a_bad_write_costs_no_call_and_names_every_property(hubspot: LocalAccount) -> None:
    with hubspot.hub(validate=True) as hub:
        hub.contacts.create({"email": "ada@example.com"})
        calls = len(hubspot.requests)
        with pytest.raises(Preflight) as refused:
            hub.contacts.create({"email": "nobody", "shoe_size": 5, "firstname": "Ada"})
        assert len(hubspot.requests) == calls
    error = refused.value
    assert isinstance(error, Invalid)
    assert told(error) == {("email", "INVALID_EMAIL"), ("shoe_size", "PROPERTY_DOESNT_EXIST")}
    assert (error.status, error.category, error.may_have_written) == (400, "VALIDATION_ERROR", False)
    assert str(error).startswith("not sent: email: Email address nobody is invalid; shoe_size: ")


def test_the_bad_rows_of_a_batch_are_refused_and_the_others_written(hubspot: LocalAccount) -> None:
    rows = [{"email": f"ada{n}@example.com" if n % 10 else "nobody"} for n in range(250)]
    with hubspot.hub(validate=True) as hub:
        outcomes = hub.contacts.batch.create(rows)
        assert [outcome.ok for outcome in outcomes] == [bool(n % 10) for n in range(250)]
        assert [outcome.index for outcome in outcomes] == list(range(250))
        bad = outcomes[10]
        assert isinstance(bad.error, Preflight)
        assert (bad.error.row, bad.written, bad.input) == (10, "no", rows[10])
        assert "row 10: email: " in str(bad.error)
        assert sum(1 for _ in hub.contacts.list()) == 225
    creates = [seen for seen in hubspot.requests if seen.path.endswith("batch/create")]
    assert len(creates) == 3


def test_one_call_can_ask_for_it_or_do_without(hubspot: LocalAccount) -> None:
    with hubspot.hub() as plain, hubspot.hub(validate=True) as strict:
        with pytest.raises(Preflight):
            plain.contacts.create({"email": "nobody"}, validate=True)
        for error in (
            plain.contacts.batch.upsert([{"email": "nobody"}], by="email", validate=True)[0].error,
            plain.contacts.batch.update([("1", {"nothing": "a"})], validate=True)[0].error,
        ):
            assert isinstance(error, Preflight)
        with pytest.raises(Invalid) as refused:
            strict.contacts.create({"email": "nobody"}, validate=False)
        assert not isinstance(refused.value, Preflight)


def test_the_schema_is_read_once_and_again_when_it_has_aged(hubspot: LocalAccount) -> None:
    def reads() -> int:
        return sum(seen.path.startswith("/crm/properties/") for seen in hubspot.requests)

    with hubspot.hub(validate=Validation(max_age=60)) as hub:
        for number in range(5):
            hub.contacts.create({"email": f"ada{number}@example.com"})
        once = reads()
        hubspot.clock.advance(61)
        hub.contacts.create({"email": "joan@example.com"})
        assert reads() == 2 * once
        hub.refresh_schema()
        hub.contacts.create({"email": "mary@example.com"})
        assert reads() == 3 * once


def new_property(hub: Hub) -> None:
    body = {
        "name": "shoe_size",
        "label": "Shoe size",
        "type": "number",
        "fieldType": "number",
        "groupName": "contactinformation",
    }
    hub.request("POST", "/crm/properties/2026-09/contacts", json=body)


def test_nothing_is_refused_for_what_was_added_since_the_schema_was_read(hubspot: LocalAccount) -> None:
    with hubspot.hub(validate=True) as hub:
        hub.contacts.create({"email": "ada@example.com"})
        new_property(hub)
        hubspot.clock.advance(31)
        assert hub.contacts.create({"shoe_size": 5}).id
        assert hub.contacts.batch.create([{"shoe_size": 6}]).ok


def test_a_refusal_that_was_not_foreseen_is_learned(hubspot: LocalAccount) -> None:
    hubspot.emulator.require("contacts", "firstname", when=[("city", "country", ["Germany"])])
    with hubspot.hub(validate=True) as hub:
        for row in ({"lastname": "Lovelace"}, {"firstname": "Ada", "country": "Germany"}):
            with pytest.raises(Invalid) as first:
                hub.contacts.create(row)
            assert not isinstance(first.value, Preflight)
            with pytest.raises(Preflight) as second:
                hub.contacts.create(row)
            assert told(first.value) == told(second.value)
        assert hub.contacts.create({"firstname": "Ada", "country": "Italy"}).id


def test_a_property_that_went_away_is_noticed(hubspot: LocalAccount) -> None:
    with hubspot.hub(validate=True) as hub:
        new_property(hub)
        hub.contacts.create({"shoe_size": 5})
        hub.request("DELETE", "/crm/properties/2026-09/contacts/shoe_size")
        with pytest.raises(Invalid):
            hub.contacts.create({"shoe_size": 5})
        with pytest.raises(Preflight):
            hub.contacts.create({"shoe_size": 5})


def test_what_the_token_may_not_read_is_left_to_hubspot(hubspot: LocalAccount) -> None:
    scopes = ["crm.objects.contacts.write", "crm.objects.contacts.read", "crm.schemas.contacts.read"]
    with hubspot.hub(hubspot.token(scopes=scopes), validate=True) as hub:
        assert hub.contacts.create({"email": "ada@example.com"}).id


def test_the_same_works_for_asyncio(hubspot: LocalAccount) -> None:
    import asyncio

    async def job() -> list[bool]:
        async with hubspot.async_hub(validate=True) as hub:
            checked = await hub.contacts.batch.check("create", [{"email": "a@example.com"}, {"email": "a"}])
            written = await hub.contacts.batch.create([{"email": "a@example.com"}, {"email": "a"}])
            return [outcome.ok for outcome in [*checked, *written]]

    assert asyncio.run(job()) == [True, False, True, False]
