"""Imports through the SDK, each call with the status code it expects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.oracle.sdk.test_lists import call

COLUMN = {"columnObjectTypeId": "0-1", "columnName": "Email", "propertyName": "email"}


def start(api: Any, folder: Path) -> Any:
    (folder / "people.csv").write_text("Email\nimported@example.com\n")
    page = {"hasHeader": True, "columnMappings": [COLUMN]}
    files = [{"fileName": "people.csv", "fileFormat": "CSV", "fileImportPage": page}]
    request = json.dumps({"name": "From the SDK", "files": files})
    made, status = call(
        api.crm.imports.core_api, "create", files=str(folder / "people.csv"), import_request=request
    )
    assert (status, type(made).__name__) == (200, "PublicImportResponse")
    return made


def test_an_import_is_started_read_and_canceled(api: Any, tmp_path: Path) -> None:
    made, imports = start(api, tmp_path), api.crm.imports.core_api
    assert (made.import_name, made.import_source, made.mapped_object_type_ids) == (
        "From the SDK",
        "API",
        ["0-1"],
    )
    assert made.state in ("STARTED", "DEFERRED")
    read, status = call(imports, "get_by_id", made.id)
    assert (status, read.id, len(read.metadata.file_ids)) == (200, made.id, 1)
    page, status = call(imports, "get_page", limit=100)
    assert (status, made.id in [one.id for one in page.results]) == (200, True)
    errors, status = call(api.crm.imports.public_imports_api, "get_errors", made.id, include_row_data=True)
    assert (status, errors.results) == (200, [])
    ended, status = call(imports, "cancel", made.id)
    assert (status, ended.status) == (200, "CANCELED")
    assert imports.get_by_id(made.id).state == "CANCELED"
