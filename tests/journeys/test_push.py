"""A file gets into an account: correctly, once, with an account of every row."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hubwire import Hub
from hubwire.testing.accounts import Account
from tests.journeys.conftest import Command

WRITES = ("create", "update", "upsert", "archive", "associations.batch.default", "associations.default")
pytestmark = pytest.mark.socket


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def contacts(account: Account, *properties: str) -> dict[str, dict[str, Any]]:
    """Everything the account holds, by e-mail."""
    with Hub(account.access_token, base_url=account.base_url) as hub:
        found = [record.properties for record in hub.contacts.list(properties=["email", *properties])]
    return {record["email"] or "": {name: record[name] for name in properties} for record in found}


def domains(account: Account) -> Counter[str | None]:
    with Hub(account.access_token, base_url=account.base_url) as hub:
        return Counter(record["domain"] for record in hub.companies.list(properties=["domain"]))


def employers(account: Account) -> dict[str, set[str]]:
    """Domains of the companies each contact is associated with."""
    with Hub(account.access_token, base_url=account.base_url) as hub:
        people = {record.id: record["email"] or "" for record in hub.contacts.list(properties=["email"])}
        firms = {record.id: record["domain"] or "" for record in hub.companies.list(properties=["domain"])}
        linked = hub.associations.batch.linked("contacts", "companies", list(people))
        return {people[each.input]: {firms[link.to_id] for link in each.links or ()} for each in linked}


def written(account: Account) -> list[str]:
    """Operations that may have written something."""
    return [seen.op for seen in account.requests if seen.op and seen.op.endswith(WRITES)]


def test_contacts_and_their_companies_are_created_associated_and_read_back(
    account: Account, hubwire: Command, people: Path
) -> None:
    ended = hubwire("push", people, "--object", "contacts", "--key", "email", "--json")
    assert ended.code == 0
    report = ended.report
    assert (report["rows"], report["created"], report["updated"], report["unchanged"], report["refused"]) == (
        30,
        30,
        0,
        0,
        0,
    )
    assert report["companies"] == {
        "key": "domain", "created": 6, "updated": 0, "unchanged": 0, "refused": 0, "rows_refused": 0,
    }  # fmt: skip
    assert report["associations"] == {"companies": {"made": 30, "already_there": 0}}
    assert (report["verified"], report["refused_429"], report["complete"]) == (36, 0, True)
    assert contacts(account, "lastname")["person07@example.com"] == {"lastname": "Nº 7"}
    assert set(domains(account).values()) == {1}
    assert employers(account) == {
        f"person{number:02d}@example.com": {f"firm{number % 6}.example.com"} for number in range(30)
    }
    assert not list(people.parent.glob("*.refused.csv"))
    assert not list(people.parent.glob(".*journal"))


def test_the_second_push_of_a_file_writes_nothing(account: Account, hubwire: Command, people: Path) -> None:
    assert hubwire("push", people).code == 0
    before = len(written(account))
    report = hubwire("push", people, "--json").report
    assert report["unchanged"] == report["rows"] == 30
    assert report["companies"]["unchanged"] == 6
    assert report["associations"] == {"companies": {"made": 0, "already_there": 30}}
    assert len(written(account)) == before


@pytest.mark.hubspot(seed="demo")
def test_a_dry_run_writes_nothing_and_says_exactly_what_the_push_then_does(
    account: Account, hubwire: Command, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "people.csv",
        "Email,First Name,customer_since,product_interests,Nonsense,company.domain,company.name",
        "customer0000@example.com,Ada,2020-01-31,hardware|Training,x,firm000.example.com,Firm Nought",
        "CUSTOMER0000@example.com,Bea,,,,,",
        "customer0000@example.com,Bea,,,,,",
        "new@example.com,Çağla,2021-02-28,,,fresh.example.com,Fresh",
        "New@Example.com,Çağla,,,,fresh.example.com,Fresh",
        "nobody,Ada,,,,other.example.com,Other",
        ",Ada,,,,,",
        "late@example.com,Ada,31/12/2024,,,,",
        "odd@example.com,Ada,,Astrology,,,",
        "ragged@example.com,Ada",
    )
    files = set(tmp_path.iterdir())
    dry = hubwire("push", path, "--dry-run", "--json")
    assert written(account) == []
    assert set(tmp_path.iterdir()) == files
    real = hubwire("push", path, "--json")
    assert dry.report["plan"]["fits_today"]
    # Each kind of doubtful value goes in a batch of its own, once the account has said what it thinks of it.
    assert 0 <= real.report["calls"] - dry.report["plan"]["calls"] <= 4
    assert dry.code == real.code == 1
    for name in ("rows", "created", "updated", "unchanged", "refused", "companies", "not_written"):
        assert dry.report[name] == real.report[name], name
    assert (
        real.report["created"],
        real.report["updated"],
        real.report["unchanged"],
        real.report["refused"],
    ) == (1, 2, 2, 5)
    assert [each["line"] for each in dry.report["refusals"]] == [
        each["line"] for each in real.report["refusals"]
    ]
    change = next(each for each in dry.report["changes"] if each["line"] == 3)
    assert change["properties"] == {"firstname": {"from": "Ada", "to": "Bea"}}
    assert "other.example.com" not in domains(account)


def test_a_dry_run_for_a_person_says_that_nothing_was_written(
    account: Account, hubwire: Command, people: Path
) -> None:
    ended = hubwire("push", people, "--dry-run")
    assert re.search(r"the push +\d+ calls, less than a second, \d+\.\d% of the day", ended.out)
    assert ended.code == 0
    assert "nothing was written" in ended.out
    assert "line 2: contact person00@example.com created: email (empty) → person00@example.com" in ended.out
    assert written(account) == []


def test_a_dry_run_calls_an_associated_record_by_its_name(
    account: Account, hubwire: Command, tmp_path: Path
) -> None:
    path = tmp_path / "one.csv"
    path.write_text("email,company.domain\nada@example.com,engines.example\n", encoding="utf-8")
    assert "line 2: company engines.example created" in hubwire("push", path, "--dry-run").out


@pytest.mark.hubspot(seed="demo")
def test_every_refused_row_is_listed_with_its_line_and_hubspot_s_reason(
    account: Account, hubwire: Command, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "people.csv",
        "email,firstname,lastname,product_interests",
        'a@example.com,"two\nlines",x,',
        "b@@example.com,Bea,x,",
        "c@example.com,Cleo,x,Astrology",
        "d@example.com,Dora,x,hardware",
    )
    ended = hubwire("push", path)
    assert ended.code == 1
    with (tmp_path / "people.refused.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["email"], row["firstname"]) for row in rows] == [
        ("4", "b@@example.com", "Bea"),
        ("5", "c@example.com", "Cleo"),
    ]
    assert rows[0]["reason"] == "Email address b@@example.com is invalid (INVALID_EMAIL)"
    assert rows[1]["reason"].startswith("Astrology was not one of the allowed options: [")
    assert "line 4: b@@example.com: Email address" in ended.out
    assert set(contacts(account)) >= {"a@example.com", "d@example.com"}


def test_a_mended_file_of_refused_rows_can_be_pushed_as_it_is(
    account: Account, hubwire: Command, tmp_path: Path
) -> None:
    path = write(tmp_path / "people.csv", "email,firstname", "a@@example.com,Ada", "b@example.com,Bea")
    assert hubwire("push", path).code == 1
    refused = tmp_path / "people.refused.csv"
    refused.write_text(refused.read_text("utf-8").replace("a@@", "a@"), "utf-8")
    assert hubwire("push", refused).code == 0
    assert set(contacts(account)) == {"a@example.com", "b@example.com"}
    path.write_text(path.read_text("utf-8").replace("a@@", "a@"), "utf-8")
    assert hubwire("push", path).code == 0
    assert not refused.exists()


def test_rows_with_one_address_in_different_case_are_one_contact_and_the_last_one_wins(
    account: Account, hubwire: Command, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "people.csv",
        "email,firstname,city",
        "A@example.com,Ada,Köln",
        "a@EXAMPLE.com,Bea,",
        "a@example.com,,Bonn",
    )
    report = hubwire("push", path, "--json").report
    assert (report["created"], report["updated"], report["refused"]) == (1, 2, 0)
    assert contacts(account, "firstname", "city") == {"a@example.com": {"firstname": "Bea", "city": "Bonn"}}
    assert hubwire("push", path, "--json").report["unchanged"] == 3


def test_an_empty_cell_clears_a_property_only_when_asked_to(
    account: Account, hubwire: Command, tmp_path: Path
) -> None:
    write(tmp_path / "one.csv", "email,city", "a@example.com,Köln")
    write(tmp_path / "two.csv", "email,city", "a@example.com,")
    assert hubwire("push", "one.csv").code == hubwire("push", "two.csv").code == 0
    assert contacts(account, "city") == {"a@example.com": {"city": "Köln"}}
    assert hubwire("push", "two.csv", "--clear-empty").code == 0
    assert contacts(account, "city") == {"a@example.com": {"city": ""}}


def test_companies_that_share_a_domain_are_left_alone_and_named(
    account: Account, hubwire: Command, people: Path
) -> None:
    with Hub(account.access_token, base_url=account.base_url) as hub:
        ids = [hub.companies.create({"domain": "firm3.example.com"}).id for _ in range(2)]
    ended = hubwire("push", people, "--json")
    assert ended.code == 1
    report = ended.report
    assert (report["created"], report["companies"]["refused"], report["companies"]["rows_refused"]) == (
        30,
        1,
        5,
    )
    (reason,) = {each["reason"] for each in report["refusals"]}
    assert f"(ids {', '.join(ids)})" in reason
    assert "the row itself was written, without its companies" in reason
    assert employers(account).get("person03@example.com", set()) == set()
    assert domains(account)["firm3.example.com"] == 2


def test_columns_can_be_mapped_and_a_column_without_property_is_told_loudly(
    account: Account, hubwire: Command, tmp_path: Path
) -> None:
    path = write(tmp_path / "people.csv", "Mail;Given;Site;Shoe Size", "a@example.com;Ada;x.example.com;38")
    options = [
        "--delimiter",
        ";",
        "--map",
        "Mail=email",
        "--map",
        "Given=firstname",
        "--map",
        "Site=company.domain",
    ]
    ended = hubwire("push", path, *options)
    assert ended.code == 1
    message = "not written: column 'Shoe Size': the account has no such property"
    assert message in ended.out
    assert message in ended.err
    assert contacts(account, "firstname") == {"a@example.com": {"firstname": "Ada"}}
    assert employers(account) == {"a@example.com": {"x.example.com"}}
    assert hubwire("push", path, *options, "--skip-unknown").code == 0
    assert hubwire("push", path, *options, "--map", "Shoe Size=").code == 0


def test_companies_can_be_pushed_by_domain(account: Account, hubwire: Command, tmp_path: Path) -> None:
    path = write(
        tmp_path / "firms.csv",
        "domain,name,contact.email",
        "X.example.com,Ex,a@example.com",
        "y.example.com,Why,b@example.com",
    )
    report = hubwire("push", path, "--object", "company", "--json").report
    assert (report["object"], report["key"], report["created"], report["contacts"]["created"]) == (
        "companies", "domain", 2, 2,
    )  # fmt: skip
    assert employers(account)["b@example.com"] == {"y.example.com"}
    again = hubwire("push", path, "--object", "companies", "--json").report
    assert (again["unchanged"], again["associations"]["contacts"]["already_there"]) == (2, 2)


def test_records_can_be_updated_by_their_id(
    account: Account, hubwire: Command, people: Path, tmp_path: Path
) -> None:
    hubwire("push", people)
    with Hub(account.access_token, base_url=account.base_url) as hub:
        known = hub.contacts.get("person01@example.com", by="email").id
    path = write(tmp_path / "ids.csv", "Record ID,city", f"{known},Köln", "1,Bonn", "x,Celle")
    report = hubwire("push", path, "--key", "hs_object_id", "--json").report
    assert (report["updated"], report["refused"]) == (1, 2)
    assert contacts(account, "city")["person01@example.com"] == {"city": "Köln"}


@pytest.mark.hubspot(seed="demo")
def test_a_unique_property_of_the_account_can_be_the_key(
    account: Account, hubwire: Command, tmp_path: Path
) -> None:
    path = write(tmp_path / "people.csv", "external_id,city", "P-00001,Köln", "P-99999,Bonn")
    report = hubwire("push", path, "--key", "external_id", "--json").report
    assert (report["created"], report["updated"]) == (1, 1)


@pytest.mark.hubspot(tier="free")
def test_the_quota_of_the_smallest_account_is_not_overstepped(
    account: Account, hubwire: Command, people: Path
) -> None:
    report = hubwire("push", people, "--json").report
    assert report["refused_429"] == 0
    assert report["quota_left"]["burst_of"] == 100
    assert 0 < report["batches"] < report["calls"]


def test_the_report_of_a_person_and_that_of_a_script_tell_the_same(
    account: Account, hubwire: Command, people: Path
) -> None:
    human = hubwire("push", people, "--dry-run").out
    machine = json.loads(hubwire("push", people, "--dry-run", "--json").out)
    for name in ("created", "updated", "unchanged", "refused"):
        assert f"  {name:<14}{machine[name]:>8}" in human
