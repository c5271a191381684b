"""Excel workbooks in imports and out of exports, and bodies with files.

Guides: https://developers.hubspot.com/docs/api-reference/crm-imports-v3/guide (fileFormat SPREADSHEET, 512 MB
a file) and crm-exports-v3/guide (format XLSX).
"""

from __future__ import annotations

import asyncio
import io
import json
from datetime import date
from typing import Any

import pytest

from hubwire.emulator import spreadsheet
from tests.contract.crm import account, create, demo_properties, hits, read
from tests.contract.edge import Caller, Heard
from tests.contract.test_exports import start, status
from tests.contract.test_imports import IMPORTS, LONG, asked, column, error_types

openpyxl = pytest.importorskip("openpyxl", reason="the extra `spreadsheets` is not installed")


def book(*rows: list[Any]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def form(request: Any, name: str, data: bytes) -> bytes:
    head = 'Content-Disposition: form-data; name="files"; filename="' + name + '"'
    field = 'Content-Disposition: form-data; name="importRequest"'
    text = f"--b0\r\n{field}\r\n\r\n{json.dumps(request)}\r\n--b0\r\n{head}\r\n\r\n"
    return text.encode() + data + b"\r\n--b0--\r\n"


def send(call: Caller, data: bytes, *columns: dict[str, Any], **more: Any) -> Heard:
    request = asked(*columns, file="people.xlsx", **more)
    request["files"][0]["fileFormat"] = "SPREADSHEET"
    headers = {"content-type": "multipart/form-data; boundary=b0"}
    return call("POST", IMPORTS, form(request, "people.xlsx", data), headers=headers)


PEOPLE = (column("Email", "email"), column("Since", "customer_since"), column("VIP", "vip"))


def test_rows_of_a_workbook_become_records() -> None:
    call = demo_properties(account())
    data = book(["Email", "Since", "VIP"], ["a@example.com", date(2025, 3, 4), True], [None, None, None])
    started = send(call, data, *PEOPLE, dateFormat="DAY_MONTH_YEAR")
    assert started.status == 200, started.text
    call.clock.advance(LONG)
    told = call("GET", f"{IMPORTS}{started.json['id']}").json
    assert (told["state"], told["metadata"]["counters"]["CREATED_OBJECTS"]) == ("DONE", 1)
    (number,) = hits(call, "contacts", ("email", "EQ", "a@example.com"))
    made = read(call, "contacts", number, "properties=customer_since,vip")
    assert (made["properties"]["customer_since"], made["properties"]["vip"]) == ("2025-03-04", "true")


def test_a_file_that_is_no_workbook_fails_the_import() -> None:
    call = demo_properties(account())
    started = send(call, b"Email,Since,VIP\r\n", *PEOPLE)
    call.clock.advance(LONG)
    assert call("GET", f"{IMPORTS}{started.json['id']}").json["state"] == "FAILED"
    assert error_types(call, started.json["id"]) == ["INVALID_FILE_TYPE"]


def test_an_export_can_be_a_workbook() -> None:
    call = account()
    number = create(call, "contacts", email="a@example.com", firstname="Zoë")["id"]
    begun = start(call, format="XLSX", objectProperties=["email", "firstname"])
    assert begun.status == 202, begun.text
    call.clock.advance(60)
    url = status(call, begun.json["id"])["result"].removeprefix("https://api.hubapi.com")
    answer = call.emulator.ask("GET", url)
    assert answer.content_type == spreadsheet.KIND
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).active
    rows = [[cell.value for cell in row] for row in sheet]
    assert len(rows) == 2
    assert {number, "a@example.com", "Zoë"} <= {str(value) for value in rows[1]}


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "find_spec", lambda name: None)
    call = demo_properties(account())
    for heard in (send(call, book(["a"]), *PEOPLE), start(call, format="XLSX")):
        assert heard.status == 501
        assert "pip install 'hubwire[spreadsheets]'" in heard.json["message"]


@pytest.mark.parametrize(
    ("content_type", "expected"), [("multipart/form-data; boundary=b0", 401), ("x", 413)]
)
def test_only_a_body_with_files_may_be_larger_than_32_mib(content_type: str, expected: int) -> None:
    sent: list[Any] = []
    rest = 40

    async def receive() -> dict[str, Any]:
        nonlocal rest
        rest -= 1
        return {"type": "http.request", "body": bytes(1 << 20), "more_body": rest > 0}

    async def send_(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": IMPORTS, "query_string": b"",
        "headers": [(b"content-type", content_type.encode())],
    }  # fmt: skip
    asyncio.run(account().emulator.asgi(scope, receive, send_))
    assert sent[0]["status"] == expected
