"""Columns find their properties, and whatever does not is either left out loudly or refused before anything
is written.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hubwire.mirror.push.columns import Wish, resolve
from hubwire.mirror.push.faults import BadInput
from hubwire.mirror.push.fields import Field
from hubwire.mirror.push.layout import Fields, Layout
from hubwire.mirror.push.table import open_table

CONTACTS = {
    field.name: field
    for field in (
        Field("email", "Email", unique=True, folded=True),
        Field("firstname", "First Name"),
        Field("lastname", "Last Name"),
        Field("jobtitle", "Job Title"),
        Field("company", "Company Name"),
        Field("createdate", "Create Date", type="datetime", read_only=True),
        Field("hs_object_id", "Record ID", type="number", read_only=True),
        Field("one", "Twin"),
        Field("other", "Twin"),
    )
}
COMPANIES = {
    field.name: field
    for field in (Field("domain", "Company Domain Name", folded=True), Field("name", "Company name"))
}


def definitions(object_: str) -> Fields:
    return {
        "contacts": CONTACTS,
        "companies": COMPANIES,
        "deals": {"dealname": Field("dealname", "Deal Name")},
    }[object_]


def settle(tmp_path: Path, header: str, *maps: str, **wish: object) -> Layout:
    path = tmp_path / "people.csv"
    path.write_text(f"{header}\n{','.join('x' for _ in header.split(','))}\n", encoding="utf-8")
    options: dict[str, object] = {"object": "contacts", "key": "email", "maps": maps, **wish}
    return resolve(open_table(path), Wish(**options), definitions)  # type: ignore[arg-type]


def written(layout: Layout) -> dict[str, str]:
    sides = (layout.main, *layout.associated)
    return {target.column: f"{side.object}.{target.field.name}" for side in sides for target in side.targets}


def test_columns_match_by_name_then_by_label_in_any_letter_case(tmp_path: Path) -> None:
    layout = settle(tmp_path, "EMAIL,firstname,last name,Job Title")
    assert written(layout) == {
        "EMAIL": "contacts.email",
        "firstname": "contacts.firstname",
        "last name": "contacts.lastname",
        "Job Title": "contacts.jobtitle",
    }
    assert layout.left_out == ()


def test_columns_of_the_company_belong_to_an_associated_record_found_by_its_domain(tmp_path: Path) -> None:
    layout = settle(tmp_path, "email,company,company.domain,companies.Company name")
    (companies,) = layout.associated
    assert (companies.object, companies.key.name, companies.mode) == ("companies", "domain", "lookup")
    assert written(layout)["company"] == "contacts.company"
    assert written(layout)["companies.Company name"] == "companies.name"


def test_a_column_can_be_mapped_renamed_and_dropped(tmp_path: Path) -> None:
    layout = settle(
        tmp_path, "Mail,Firm,Site,Noise", "Mail=email", "firm=company.name", "Site=companies.domain", "Noise="
    )
    assert written(layout) == {"Mail": "contacts.email", "Site": "companies.domain", "Firm": "companies.name"}
    assert layout.left_out == ()


def test_a_column_name_may_hold_an_equals_sign(tmp_path: Path) -> None:
    assert written(settle(tmp_path, "email,a=b", "a=b=firstname"))["a=b"] == "contacts.firstname"


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (
            "Shoe Size",
            "the account has no such property; map it with --map 'Shoe Size=PROPERTY' or create it",
        ),
        ("Frist Name", "the account has no such property (close: 'firstname'"),
        ("createdate", "HubSpot sets 'createdate' itself"),
        ("Record ID", "HubSpot sets 'hs_object_id' itself"),
        ("Twin", "the account has no such property"),
        ("company.size", "the account has no such property of companies"),
    ],
)
def test_a_column_that_cannot_be_written_is_left_out_with_the_reason(
    tmp_path: Path, column: str, reason: str
) -> None:
    layout = settle(tmp_path, f"email,company.domain,{column}")
    (left,) = layout.left_out
    assert left.column == column
    assert left.reason.startswith(reason)


def test_an_unnamed_column_is_only_mentioned_when_something_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    for cell, told in (("", 0), ("x", 1)):
        path.write_text(f"email,\na@example.com,{cell}\n", encoding="utf-8")
        assert len(resolve(open_table(path), Wish("contacts", "email"), definitions).left_out) == told


def test_the_two_columns_of_a_file_of_refused_rows_are_skipped(tmp_path: Path) -> None:
    layout = settle(tmp_path, "email,firstname,line,reason")
    assert layout.left_out == ()
    assert set(written(layout)) == {"email", "firstname"}


def test_the_record_id_can_be_the_key_and_is_not_written(tmp_path: Path) -> None:
    layout = settle(tmp_path, "Record ID,firstname", key="hs_object_id")
    assert layout.main.mode == "id"
    assert set(written(layout)) == {"firstname"}


@pytest.mark.parametrize(
    ("header", "wish", "said"),
    [
        ("E-Mail Adress,firstname", {}, "no column for 'email', the key of contacts"),
        ("e_mail,firstname", {}, "(close: 'e_mail')"),
        ("email,firstname", {"key": "emial"}, "no property 'emial' (close: 'email'"),
        ("email,firstname", {"maps": ("Frist=firstname",)}, "has no column 'Frist'"),
        ("email,First", {"maps": ("First=frstname",)}, "no property 'frstname' (close: 'firstname'"),
        ("email,First", {"maps": ("First=createdate",)}, "HubSpot sets 'createdate' itself"),
        ("email,First", {"maps": ("First",)}, "should read 'column=property'"),
        ("email,First", {"maps": ("First=firstname", "first=lastname")}, "names column 'First' twice"),
        (
            "email,First Name,firstname",
            {},
            "'First Name' and 'firstname' both mean contacts property 'firstname'",
        ),
        ("email,company.name", {}, "none for 'domain', which tells companies apart"),
        ("email,deal.dealname", {}, "Say which property tells deals apart: --associate deals:PROPERTY"),
        ("email,firstname", {"associate": ("companies:domain",)}, "no column is about companies"),
        ("email,firstname", {"associate": ("companies",)}, "should read 'object:key'"),
        ("email,firstname", {"associate": ("planets:name",)}, "should read 'object:key'"),
        ("firstname,email;lastname", {}, "it looks like ';'"),
    ],
)
def test_what_cannot_be_as_asked_is_refused_before_anything_is_written(
    tmp_path: Path, header: str, wish: dict[str, object], said: str
) -> None:
    with pytest.raises(BadInput) as refused:
        settle(tmp_path, header, **wish)
    assert said in str(refused.value)


def test_another_key_of_an_associated_object_is_taken_when_named(tmp_path: Path) -> None:
    layout = settle(tmp_path, "email,company.name", associate=("company:name",))
    assert layout.associated[0].key.name == "name"
