"""Excel workbooks of the format before 2007 (XLS) out of exports and into imports.

Guides: https://developers.hubspot.com/docs/api-reference/crm-exports-v3/guide (format XLS) and
crm-imports-v3/guide (fileFormat SPREADSHEET). Formats: Microsoft's [MS-CFB] and [MS-XLS].
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import pytest
import xlrd

from hubwire.emulator import old_workbook, spreadsheet
from tests.contract.crm import account, create, demo_properties, hits, read
from tests.contract.edge import Caller
from tests.contract.test_exports import start, status
from tests.contract.test_imports import IMPORTS, LONG, asked, column, error_types
from tests.contract.test_spreadsheets import form

# A workbook that the library xlwt wrote: Email, Since (a date), VIP (a truth) and Name; a row with a number.
FOREIGN = zlib.decompress(base64.b64decode(
    "eNrtWD1oFEEU/mZu73I5cpfLn5AIIQSMGhNBbGwuGyUxWCScP/gTBN1LtjhyfxwWaqHRmEoEwUqxCcTCJmrjDypoJyJEtFAEJdEy"
    "laBgkWR983ZXL1EhBxqIzLfMm5n35r15OzNvZmdfTtfMTNxpmsUydCGARacSoRKeoFTpV+IgueOoop+HKTkaawqVYZrIUBAPoy8q"
    "1Byq+Z6FxG3jKVHgI6WjKGAgn7NbVhG72AdLKB8SRAWuEyeGRvaqlukQ0zqmt7jlI6bdzLnENEFtZ8Qgps2B9h3eKj4sW1kWg7J7"
    "j3XeMWcbGvBMreKzl4XbNoidxbSVWWOCZqMKk6AJ7bNzdlHVq3EDEeAIobO/v7OnZwb1NNmT+Oq0AF/8qH7Sovmryxcg/rel/Io/"
    "8MM0icv5V6QBjMI5zkEyTos6YbiBXLDzhYw9jwNqIXAKAr1ZK52hfH86N2QHgIN7ktR8wMraUcDqtk9aWVLaOpTPhkBhk8cc9Zd4"
    "iw8kTpWKI+ow4M0jvmTziHJQVREdRjWXazi04uT9/M3Pr/pTSfMYc0b5wHCPlQ3qLeDgnNIg5RhLAkzJW7Szxham59nqei43Ma2n"
    "NpS3JRu8wu4xbnOBpW3Uz3bGa3NjSXkTlcfn9t5vHv9kbqbyVN/s6fqpN+YEWumYGyZ99YyhQ3SIa1cVHph+Lrwt6D3Txl+2o7CM"
    "s+8GHO/srMaCCkBCDVO3pkZH/KhJb6zcWoBqAc+W+I0twbbUuJ2REfa1FqnnEkEZprJky247ZSnoWZI8okstSbakZk/pStYFHvM7"
    "Kt2LdUrezD50yVrcVQq0zf5EBBoaGhoaGhoaGmsCgj873U9tw/vYDnnXBfVfZ4HSov5N8t9iH13x8jhBl7xe5Cgv4lRZ62cdgsK3"
    "JVao4/8vVDhEvRcxghT7MVL2+qUriih9nxUrxv9eCJXb/2I5fv7j/r8DI3zlHQ=="
))  # fmt: skip
ODD = ["", "a", "Zoë", "😀" * 9_000, "é" * 33_000, "x" * 20_000, "\n", "<&>"]


def export(call: Caller, **more: Any) -> Any:
    number = start(call, format="XLS", **more).json["id"]
    call.clock.advance(60)
    return call.emulator.ask("GET", status(call, number)["result"].removeprefix("https://api.hubapi.com"))


def send(call: Caller, data: bytes, *columns: dict[str, Any], **more: Any) -> str:
    request = asked(*columns, file="people.xls", **more)
    request["files"][0]["fileFormat"] = "SPREADSHEET"
    headers = {"content-type": "multipart/form-data; boundary=b0"}
    started = call("POST", IMPORTS, form(request, "people.xls", data), headers=headers)
    assert started.status == 200, started.text
    call.clock.advance(LONG)
    return str(started.json["id"])


def test_an_export_can_be_an_old_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "find_spec", lambda name: None)
    call = account()
    number = create(call, "contacts", email="a@example.com", firstname="Zoë")["id"]
    answer = export(call, objectProperties=["email", "firstname"], associatedObjectType=[])
    assert answer.content_type == "application/vnd.ms-excel"
    assert dict(answer.headers)["Content-Disposition"].endswith('.xls"')
    assert answer.body[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    monkeypatch.undo()
    header, row = held(answer.body)
    assert header[0] == "Record ID"
    assert row == [number, "a@example.com", "Zoë"]


def held(data: bytes) -> list[list[Any]]:
    sheet = xlrd.open_workbook(file_contents=data).sheet_by_index(0)
    return [sheet.row_values(place) for place in range(sheet.nrows)]


def test_what_it_writes_another_library_reads() -> None:
    """xlrd is the reader that most programs had."""
    rows = [["one", "two"], *([text, str(place)] for place, text in enumerate(ODD))]
    data = old_workbook.written(rows)
    assert held(data) == [[text[:32_767], place] for text, place in rows]


@pytest.mark.parametrize("count", [0, 1, 1_000, 70_000])
def test_no_row_is_lost(count: int) -> None:
    """A sheet holds 65,536 rows: what is more goes on another."""
    data = old_workbook.written([[f"row {number}"] for number in range(count)])
    assert held(data) == [[f"row {number}"] for number in range(min(count, 65_536))]
    assert data.count(b"Export 2") == (count > 65_536)


def test_an_export_has_no_more_columns_than_a_sheet() -> None:
    call = account()
    names = [one["name"] for one in call("GET", "/crm/v3/properties/contacts").json["results"]]
    assert len(names) > 256
    more = {"format": "XLS", "associatedObjectType": []}
    assert start(call, objectProperties=names[:255], **more).status == 202
    refused = start(call, objectProperties=names[:256], **more)
    assert (refused.status, "256 columns" in refused.json["message"]) == (400, True)


def test_rows_of_a_foreign_workbook_become_records() -> None:
    call = demo_properties(account())
    columns = [
        column("Email", "email"), column("Since", "customer_since"), column("VIP", "vip"),
        column("Name", "firstname"),
    ]  # fmt: skip
    import_id = send(call, FOREIGN, *columns, column("", None), dateFormat="DAY_MONTH_YEAR")
    told = call("GET", f"{IMPORTS}{import_id}").json
    assert (told["state"], told["metadata"]["counters"]["CREATED_OBJECTS"]) == ("DONE", 2)
    (number,) = hits(call, "contacts", ("email", "EQ", "a@example.com"))
    made = read(call, "contacts", number, "properties=customer_since,vip,firstname")["properties"]
    assert (made["customer_since"], made["vip"], made["firstname"]) == ("2025-03-04", "true", "Zoë 😀")
    (other,) = hits(call, "contacts", ("email", "EQ", "b@example.com"))
    made = read(call, "contacts", other, "properties=vip,firstname")["properties"]
    assert (made["vip"], made["firstname"]) == ("false", "12.5")


def test_a_broken_workbook_fails_the_import() -> None:
    call = demo_properties(account())
    import_id = send(call, FOREIGN[:1_500], column("Email", "email"))
    assert call("GET", f"{IMPORTS}{import_id}").json["state"] == "FAILED"
    assert error_types(call, import_id) == ["INVALID_FILE_TYPE"]


@pytest.mark.parametrize("step", range(0, 5_600, 53))
def test_whatever_is_wrong_with_a_workbook_is_said(step: int) -> None:
    """Each byte in turn, and each length: rows, or that it is broken."""
    for wrong in (FOREIGN[:step], FOREIGN[:step] + b"\xff" + FOREIGN[step + 1 :]):
        try:
            rows = list(spreadsheet.rows_of(wrong, "DAY_MONTH_YEAR"))
        except spreadsheet.Unreadable:
            continue
        assert all(isinstance(cell, str) for _, row in rows for cell in row)
