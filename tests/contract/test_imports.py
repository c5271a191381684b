"""Imports of CSV files.

Guide: https://developers.hubspot.com/docs/api-reference/crm-imports-v3/guide; models of the SDKs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.crm import account, create, demo_properties, hits, read, value
from tests.contract.edge import Caller, Heard
from tests.contract.test_lists import members, root

IMPORTS = "/crm/v3/imports/"
LONG = 3_600.0


def column(name: str, prop: str | None, kind: str = "0-1", **more: Any) -> dict[str, Any]:
    return {"columnObjectTypeId": kind, "columnName": name, "propertyName": prop, **more}


def asked(*columns: dict[str, Any], file: str = "people.csv", **more: Any) -> dict[str, Any]:
    page = {"hasHeader": True, "columnMappings": list(columns)}
    return {
        "name": "People",
        "files": [{"fileName": file, "fileFormat": "CSV", "fileImportPage": page}],
        **more,
    }


def send(call: Caller, request: Any, **files: str) -> Heard:
    """As `requests` writes a form with a JSON field and files."""
    lines = ["--b0", 'Content-Disposition: form-data; name="importRequest"', "Content-Type: application/json"]
    lines += ["", request if isinstance(request, str) else json.dumps(request)]
    for name, text in files.items():
        head = f'Content-Disposition: form-data; name="files"; filename="{name}.csv"'
        lines += ["--b0", head, "Content-Type: text/csv", "", text]
    body = "\r\n".join([*lines, "--b0--", ""]).encode()
    return call("POST", IMPORTS, body, headers={"content-type": "multipart/form-data; boundary=b0"})


def done(call: Caller, request: Any, **files: str) -> Any:
    """The import as it is when it is over."""
    started = send(call, request, **files)
    assert started.status == 200, started.text
    call.clock.advance(LONG)
    return call("GET", f"{IMPORTS}{started.json['id']}").json


def error_types(call: Caller, import_id: str) -> list[str]:
    return [error["errorType"] for error in call("GET", f"{IMPORTS}{import_id}/errors").json["results"]]


PEOPLE = asked(column("Email", "email"), column("First", "firstname"), column("Since", "customer_since"))


def test_an_import_goes_from_started_to_done_on_the_clock() -> None:
    """Spec: PublicImportResponse and its states; source API; 200."""
    call = demo_properties(account())
    heard = send(call, PEOPLE, people="Email,First,Since\r\na@example.com,Ada,03/04/2025\r\n")
    assert heard.status == 200
    assert (heard.json["state"], heard.json["importSource"], heard.json["optOutImport"]) == (
        "STARTED",
        "API",
        False,
    )
    assert (heard.json["importName"], heard.json["mappedObjectTypeIds"]) == ("People", ["0-1"])
    assert heard.json["importRequestJson"] == PEOPLE
    assert len(heard.json["metadata"]["fileIds"]) == 1
    path = f"{IMPORTS}{heard.json['id']}"
    call.clock.advance(1)
    assert call("GET", path).json["state"] == "PROCESSING"
    assert hits(call, "contacts", ("email", "EQ", "a@example.com")) == []
    call.clock.advance(60)
    over = call("GET", path).json
    assert over["state"] == "DONE"
    counters = over["metadata"]["counters"]
    assert counters == {
        "TOTAL_ROWS": 1,
        "CREATED_OBJECTS": 1,
        "PROPERTY_VALUES_EMITTED": 3,
        "UNIQUE_OBJECTS_WRITTEN": 1,
    }
    (contact,) = hits(call, "contacts", ("email", "EQ", "a@example.com"))
    assert value(call, "contacts", contact, "customer_since") == "2025-03-04"
    assert value(call, "contacts", contact, "hs_object_source") == "IMPORT"


def test_records_are_there_for_whoever_asks_next() -> None:
    call = account()
    send(call, asked(column("Email", "email")), people="Email\na@example.com\n")
    call.clock.advance(LONG)
    (contact,) = hits(call, "contacts", ("email", "EQ", "a@example.com"))
    assert read(call, "contacts", contact)["createdAt"] < "2026-01-01T09:01"


@pytest.mark.parametrize(
    ("order", "cell"),
    [("MONTH_DAY_YEAR", "3/4/2025"), ("DAY_MONTH_YEAR", "04-03-2025"), ("YEAR_MONTH_DAY", "2025.03.04")],
)
def test_dates_are_read_in_the_order_that_was_named(order: str, cell: str) -> None:
    """Guide: dateFormat, by default month, day, year."""
    call = demo_properties(account())
    over = done(
        call, {**PEOPLE, "dateFormat": order}, people=f"Email,First,Since\na@example.com,Ada,{cell}\n"
    )
    assert over["metadata"]["counters"].get("ERRORS") is None
    (contact,) = hits(call, "contacts", ("email", "EQ", "a@example.com"))
    assert value(call, "contacts", contact, "customer_since") == "2025-03-04"


@pytest.mark.parametrize(
    ("operation", "counters", "errors"),
    [
        (None, {"CREATED_OBJECTS": 1, "UPDATED_OBJECTS": 1}, []),
        ("UPSERT", {"CREATED_OBJECTS": 1, "UPDATED_OBJECTS": 1}, []),
        ("CREATE", {"CREATED_OBJECTS": 1}, ["CREATE_ONLY_IMPORT"]),
        ("UPDATE", {"UPDATED_OBJECTS": 1}, ["UPDATE_ONLY_IMPORT"]),
    ],
)
def test_operations_say_whether_rows_create_or_update(
    operation: str | None, counters: dict[str, int], errors: list[str]
) -> None:
    """Guide: importOperations by type, UPSERT if none is named; error types of the spec."""
    call = account()
    known = create(call, "contacts", email="a@example.com", firstname="Old")["id"]
    request = asked(column("Email", "email", columnType="HUBSPOT_ALTERNATE_ID"), column("First", "firstname"))
    if operation:
        request["importOperations"] = {"0-1": operation}
    over = done(call, request, people="Email,First\na@example.com,Ada\nb@example.com,Bea\n")
    told = over["metadata"]["counters"]
    assert told["TOTAL_ROWS"] == 2
    assert {name: told[name] for name in told if name.endswith("D_OBJECTS")} == counters
    assert error_types(call, over["id"]) == errors
    assert value(call, "contacts", known, "firstname") == ("Old" if operation == "CREATE" else "Ada")


def test_what_is_wrong_with_rows_is_told() -> None:
    """Spec: PublicImportError; message and row only when asked for."""
    call = demo_properties(account())
    stage, unknown = column("Stage", "lifecyclestage"), column("X", "nosuch")
    request = asked(column("Email", "email"), column("Since", "customer_since"), stage, unknown)
    rows = "Email,Since,Stage,X\nnot an address,,,\na@example.com,13/13/2025,lead,\nb@example.com,,nobody,\n"
    over = done(call, request, people=rows + "c@example.com,1\nd@example.com,,,y\n")
    assert over["state"] == "DONE"
    assert error_types(call, over["id"]) == [
        "INVALID_EMAIL",
        "COULD_NOT_PARSE_DATE",
        "INVALID_ENUMERATION_OPTION",
        "INCORRECT_NUMBER_OF_COLUMNS",
        "PROPERTY_DEFINITION_NOT_FOUND",
    ]
    assert over["metadata"]["counters"]["ERRORS"] == 5
    assert len(hits(call, "contacts", ("email", "HAS_PROPERTY"))) == 3
    path = f"{IMPORTS}{over['id']}/errors"
    plain = call("GET", path).json["results"][0]
    assert "errorMessage" not in plain
    assert (plain["objectTypeId"], plain["invalidValue"]) == ("0-1", "not an address")
    assert isinstance(plain["createdAt"], int)
    assert (plain["knownColumnNumber"], plain["invalidValueToDisplay"]) == (0, "not an address")
    assert set(plain["sourceData"]) == {
        "rowData",
        "additionalRowData",
        "lineNumber",
        "fileId",
        "containsEncryptedProperties",
    }
    assert (plain["sourceData"]["rowData"], plain["sourceData"]["additionalRowData"]) == ([], [])
    columns = [each.get("knownColumnNumber") for each in call("GET", path).json["results"]]
    assert columns == [0, 1, 2, None, 3]
    full = call("GET", f"{path}?includeErrorMessage=true&includeRowData=true&limit=1").json
    assert full["results"][0]["sourceData"]["rowData"] == ["not an address", "", "", ""]
    assert full["results"][0]["sourceData"]["lineNumber"] == 2
    assert "not an address" in full["results"][0]["errorMessage"]
    rest = call("GET", f"{path}?after={full['paging']['next']['after']}").json
    assert len(rest["results"]) == 4


def test_a_line_is_counted_in_the_file() -> None:
    """Spec: lineNumber is that of the row in the source file. Of a row of several lines it is the first."""
    call = account()
    rows = 'Email,First\n"a@example.com","two\nlines"\n\nb@example.com\n'
    over = done(call, asked(column("Email", "email"), column("First", "firstname")), people=rows)
    (wrong,) = call("GET", f"{IMPORTS}{over['id']}/errors").json["results"]
    assert wrong["sourceData"]["lineNumber"] == 5
    assert over["metadata"]["counters"]["TOTAL_ROWS"] == 2


def test_options_are_read_by_label_and_multiselects_by_semicolon() -> None:
    """Guide: enumerations by label or internal name."""
    call = demo_properties(account())
    request = asked(
        column("Email", "email"), column("Stage", "lifecyclestage"), column("Likes", "product_interests")
    )
    done(call, request, people='Email,Stage,Likes\na@example.com,Customer,"Software; support"\n')
    (contact,) = hits(call, "contacts", ("email", "EQ", "a@example.com"))
    assert value(call, "contacts", contact, "lifecyclestage") == "customer"
    assert value(call, "contacts", contact, "product_interests") == "software;support"


def test_two_types_in_a_row_are_associated() -> None:
    """Guide: one file, several objects."""
    call = account()
    domain = column("Domain", "domain", "0-2", columnType="HUBSPOT_ALTERNATE_ID")
    request = asked(column("Email", "email"), domain, column("Company", "name", "0-2"))
    rows = "Email,Domain,Company\na@example.com,acme.example,Acme\nb@example.com,acme.example,Acme\n"
    over = done(call, request, people=rows)
    assert sorted(over["mappedObjectTypeIds"]) == ["0-1", "0-2"]
    assert over["metadata"]["counters"]["UNIQUE_OBJECTS_WRITTEN"] == 3
    (company,) = hits(call, "companies", ("domain", "EQ", "acme.example"))
    linked = call("GET", f"/crm/v4/objects/companies/{company}/associations/contacts").json["results"]
    assert len(linked) == 2


def test_two_files_are_associated_by_a_common_column() -> None:
    """Guide: two files, `toColumnObjectTypeId` with a `foreignKeyType`."""
    call = account()
    key = {"associationTypeId": 280, "associationCategory": "HUBSPOT_DEFINED"}
    contacts = asked(
        column("Email", "email"), column("Company", None, toColumnObjectTypeId="0-2", foreignKeyType=key)
    )
    companies = asked(column("Domain", "domain", "0-2", columnType="HUBSPOT_ALTERNATE_ID"), file="firms.csv")
    request = {**contacts, "files": contacts["files"] + companies["files"]}
    done(call, request, people="Email,Company\na@example.com,acme.example\n", firms="Domain\nacme.example\n")
    (contact,) = hits(call, "contacts", ("email", "EQ", "a@example.com"))
    linked = call("GET", f"/crm/v4/objects/contacts/{contact}/associations/companies").json["results"]
    assert len(linked) == 1


def test_a_common_column_finds_records_that_were_there_before() -> None:
    """Guide: the common column is a record's id, an email or a domain, or another unique property."""
    call = account()
    company = create(call, "companies", name="Acme", domain="acme.example")["id"]
    for named in ("acme.example", company):
        firm = column("Company", None, toColumnObjectTypeId="0-2")
        done(
            call,
            asked(column("Email", "email"), firm),
            people=f"Email,Company\n{company}{named}@x.example,{named}\n",
        )
    linked = call("GET", f"/crm/v4/objects/companies/{company}/associations/contacts").json["results"]
    assert len(linked) == 2


def test_a_column_of_ids_with_an_association_type_associates() -> None:
    """Guide: the last example, in the older names; its column of ids names no type and no property."""
    call = account()
    first, second = (create(call, "companies", name=name)["id"] for name in ("Acme", "Brill"))
    older = {"ignored": False, "columnObjectType": "CONTACT", "associationIdentifierColumn": False}
    columns = [
        {**older, "columnName": "First Name", "idColumnType": None, "propertyName": "firstname"},
        {**older, "columnName": "Email", "idColumnType": "HUBSPOT_ALTERNATE_ID", "propertyName": "email"},
        {
            **older,
            "columnName": "Company ID",
            "idColumnType": "HUBSPOT_OBJECT_ID",
            "propertyName": None,
            "foreignKeyType": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1},
        },
        {**older, "columnName": "Notes", "propertyName": "lastname", "ignored": True},
    ]
    rows = (
        f"First Name,Email,Company ID,Notes\nAda,a@example.com,{first};{second},x\nBea,b@example.com,12,y\n"
    )
    over = done(call, asked(*columns), people=rows)
    (contact,) = hits(call, "contacts", ("email", "EQ", "a@example.com"))
    linked = call("GET", f"/crm/v4/objects/contacts/{contact}/associations/companies").json["results"]
    assert {str(one["toObjectId"]) for one in linked} == {first, second}
    assert value(call, "contacts", contact, "lastname") is None
    assert error_types(call, over["id"]) == ["ASSOCIATION_RECORD_NOT_FOUND"]
    assert len(hits(call, "contacts", ("email", "EQ", "b@example.com"))) == 1


def test_columns_in_another_order_are_found_by_their_names() -> None:
    """Guide: if the order does not match, the system tries to put them in order."""
    call = account()
    done(
        call,
        asked(column("Email", "email"), column("First", "firstname")),
        people="First,Email\nAda,a@example.com\n",
    )
    (contact,) = hits(call, "contacts", ("email", "EQ", "a@example.com"))
    assert value(call, "contacts", contact, "firstname") == "Ada"


def test_a_file_with_a_column_that_is_not_mapped_fails() -> None:
    """Guide: the request may be taken, and the import begins with an incorrect number of columns; line 0 is
    for errors of the whole file (spec: ImportRowCore)."""
    call = account()
    over = done(call, asked(column("Email", "email")), people="Email,First\na@example.com,Ada\n")
    (wrong,) = call("GET", f"{IMPORTS}{over['id']}/errors").json["results"]
    assert over["state"] == "FAILED"
    assert (wrong["errorType"], wrong["sourceData"]["lineNumber"]) == ("INCORRECT_NUMBER_OF_COLUMNS", 0)


@pytest.mark.parametrize("marketing", [True, False, None])
def test_contacts_can_be_imported_as_marketing_contacts(marketing: bool | None) -> None:
    """Guide: marketableContactImport, for contacts only; nothing else writes that property."""
    call = account()
    old = create(call, "contacts", email="a@example.com")["id"]
    domain = column("Domain", "domain", "0-2", columnType="HUBSPOT_ALTERNATE_ID")
    request = asked(column("Email", "email"), domain, marketableContactImport=marketing)
    over = done(call, request, people="Email,Domain\na@example.com,acme.example\nb@example.com,\n")
    assert "ERRORS" not in over["metadata"]["counters"]
    (new,) = hits(call, "contacts", ("email", "EQ", "b@example.com"))
    told = [value(call, "contacts", each, "hs_marketable_status") for each in (old, new)]
    assert told == [None if marketing is None else str(marketing).lower()] * 2


def test_records_of_one_type_are_associated_by_a_column_of_keys() -> None:
    """Guide: ASSOCIATION_KEYS, for associations between records of the same object."""
    call = account()
    known = create(call, "contacts", email="known@example.com")["id"]
    label = {"label": "Manager", "name": "manager", "inverseLabel": "Report"}
    assert call("POST", "/crm/v4/associations/contacts/contacts/labels", label).status == 200
    request = asked(
        column("Email", "email"),
        column("Associated contact", "email", columnType="ASSOCIATION_KEYS"),
        column("Label", None, columnType="FLEXIBLE_ASSOCIATION_LABEL", toColumnObjectTypeId="0-1"),
    )
    rows = (
        "Email,Associated contact,Label\n"
        "a@example.com,b@example.com,Manager\n"
        f"b@example.com,{known},\n"
        "c@example.com,nobody@example.com,\n"
    )
    over = done(call, request, people=rows)
    assert over["metadata"]["counters"]["ERRORS"] == 1
    (wrong,) = call("GET", f"{IMPORTS}{over['id']}/errors").json["results"]
    assert (wrong["errorType"], wrong["invalidValue"]) == (
        "ASSOCIATION_RECORD_NOT_FOUND",
        "nobody@example.com",
    )
    linked = {}
    for name in "ab":
        (contact,) = hits(call, "contacts", ("email", "EQ", f"{name}@example.com"))
        found = call("GET", f"/crm/v4/objects/contacts/{contact}/associations/contacts").json["results"]
        linked[name] = {
            (str(one["toObjectId"]), kind["label"]) for one in found for kind in one["associationTypes"]
        }
        linked[f"{name} is"] = contact
    assert linked["a"] == {(linked["b is"], None), (linked["b is"], "Manager")}
    assert linked["b"] == {(linked["a is"], None), (linked["a is"], "Report"), (known, None)}


def test_a_canceled_import_writes_nothing() -> None:
    """Spec: ActionResponse."""
    call = account()
    started = send(call, asked(column("Email", "email")), people="Email\na@example.com\n").json
    heard = call("POST", f"{IMPORTS}{started['id']}/cancel")
    assert (heard.status, heard.json["status"]) == (200, "CANCELED")
    call.clock.advance(LONG)
    assert call("GET", f"{IMPORTS}{started['id']}").json["state"] == "CANCELED"
    assert hits(call, "contacts", ("email", "HAS_PROPERTY")) == []


def test_a_fourth_import_waits_for_the_first_three() -> None:
    """Guide: three run at once, others are DEFERRED."""
    call = account()
    request = asked(column("Email", "email"))
    states = [send(call, request, people=f"Email\n{n}@example.com\n").json["state"] for n in range(4)]
    assert states == ["STARTED", "STARTED", "STARTED", "DEFERRED"]
    call.clock.advance(LONG)
    assert {one["state"] for one in call("GET", IMPORTS).json["results"]} == {"DONE"}


def test_contacts_can_be_gathered_in_a_list() -> None:
    """Guide: createContactListFromImport."""
    call = account()
    over = done(
        call,
        asked(column("Email", "email"), createContactListFromImport=True),
        people="Email\na@example.com\n",
    )
    (listed,) = over["metadata"]["objectLists"]
    assert listed["objectType"] == "CONTACT"
    assert call("GET", f"/crm/v3/lists/{listed['listId']}").json["list"]["size"] == 1


def test_a_list_can_be_made_of_what_an_import_wrote() -> None:
    """hubspot-sdk: public_in_list_filter_metadata.py; that updated records count too is assumed."""
    call = account()
    old = create(call, "contacts", email="a@example.com")["id"]
    other = create(call, "contacts", email="c@example.com")["id"]
    started = send(call, asked(column("Email", "email")), people="Email\na@example.com\nb@example.com\n")
    number = started.json["id"]

    def made(name: str, operator: str, id_: Any) -> Heard:
        about = {"id": id_, "inListType": "IMPORT"}
        branch = root({"filterType": "IN_LIST", "operator": operator, "metadata": about})
        body = {"name": name, "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": branch}
        return call("POST", "/crm/v3/lists/", body)

    inside, outside = (made(each, each, number).json["list"]["listId"] for each in ("IN_LIST", "NOT_IN_LIST"))
    assert members(call, inside) == set()
    assert members(call, outside) == {old, other}
    call.clock.advance(LONG)
    (new,) = hits(call, "contacts", ("email", "EQ", "b@example.com"))
    assert members(call, inside) == {old, new}
    assert members(call, outside) == {other}
    for operator, id_ in (("IN_LIST", "1"), ("IN_LIST", "x"), ("IN_LIST", None), ("SOMETIMES", number)):
        assert made(f"{operator} {id_}", operator, id_).status == 400


def test_an_app_sees_only_its_own_imports() -> None:
    """Guide: only imports that the same app made."""
    call = account()
    started = send(call, asked(column("Email", "email")), people="Email\n").json
    other = call.emulator.token(scopes=["crm.import"])
    assert call("GET", IMPORTS, token=other).json["results"] == []
    assert call("GET", f"{IMPORTS}{started['id']}", token=other).status == 404
    stranger = call.emulator.token(scopes=["crm.export"])
    assert call("GET", IMPORTS, token=stranger).status == 403


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("{", 400),
        ({**PEOPLE, "name": None}, 400),
        ({**PEOPLE, "files": []}, 400),
        ({**PEOPLE, "dateFormat": "ISO"}, 400),
        ({**PEOPLE, "importOperations": {"0-1": "MERGE"}}, 400),
        (asked(column("Email", "email"), file="other.csv"), 400),
        (asked(column("Email", "email", "widgets")), 400),
        (asked(column("When", None, columnType="EVENT_TIMESTAMP")), 501),
    ],
)
def test_requests_that_are_no_import_are_refused(request_: Any, status: int) -> None:
    assert send(account(), request_, people="Email\n").status == status


def test_only_a_form_is_taken() -> None:
    assert account()("POST", IMPORTS, {"importRequest": "{}"}).status == 415
