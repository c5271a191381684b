"""Exports through the SDK, each call with the status code it expects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hubspot.crm.exports import PublicCrmSearchRequest, PublicExportViewRequest

from tests.oracle.sdk.test_lists import call


def test_an_export_is_started_and_its_status_read(api: Any) -> None:
    exports = api.crm.exports.public_exports_api
    request = PublicExportViewRequest(
        export_type="VIEW",
        format="CSV",
        export_name="From the SDK",
        object_type="contacts",
        object_properties=["email"],
        language="EN",
        export_internal_values_options=["NAMES"],
        override_associated_objects_per_definition_per_row_limit=False,
        public_crm_search_request=PublicCrmSearchRequest(query="", filters=[], sorts=[]),
    )
    task, status = call(exports, "start", public_export_request=request)
    assert (status, type(task).__name__) == (202, "TaskLocator")
    told, status = call(exports, "get_status", task.id)
    assert status == 200
    assert told.status in ("PENDING", "PROCESSING", "COMPLETE")
    assert isinstance(told.started_at, datetime)
