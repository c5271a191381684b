"""Whatever is asked of the account's definitions, in whatever order, HubSpot's own kind of answer comes back.

Bodies are good ones with a field or two replaced by something else.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.edge import Caller

NAMES = ["alpha", "beta", "email", "hs_object_id", "Not valid", ""]
TYPES = ["contacts", "contacts", "p12345678_alpha", "deals", "tickets", "0-2", "p12345678_alpha", "widgets"]
OPTION = {"label": "A", "value": "a", "displayOrder": 0, "hidden": False}
PROPERTY = {
    "name": "alpha",
    "label": "A",
    "type": "string",
    "fieldType": "text",
    "groupName": "contactinformation",
    "options": [OPTION],
    "hasUniqueValue": True,
    "calculationFormula": None,
    "dataSensitivity": "non_sensitive",
    "externalOptions": False,
    "displayOrder": 1,
}
STAGE = {"label": "A", "stageId": "a", "displayOrder": 0, "metadata": {"probability": "0.5"}}
PIPELINE = {"label": "A", "pipelineId": "a", "displayOrder": 0, "stages": [STAGE]}
SCHEMA = {
    "name": "alpha",
    "labels": {"singular": "A", "plural": "As"},
    "primaryDisplayProperty": "hs_object_id",
    "secondaryDisplayProperties": [],
    "requiredProperties": [],
    "searchableProperties": [],
    "properties": [{"name": "beta", "label": "B"}],
    "associatedObjects": ["CONTACT"],
    "description": "",
}
LABEL = {"name": "alpha", "label": "A", "inverseLabel": "B", "associationTypeId": 1}
LIMIT = {"category": "USER_DEFINED", "typeId": 1, "maxToObjectIds": 1}
USER = {"email": "a@example.com", "firstName": "A", "primaryTeamId": None, "sendWelcomeEmail": True}
RULE = {"ruleArguments": ["5"], "shouldApplyNormalization": True}
MERGE = {"primaryObjectId": "1", "objectIdToMerge": 2}
ERASE = {"objectId": "a@example.com", "idProperty": "email"}
RECORD = {"properties": {"alpha": "a", "beta": "b", "dealstage": "a", "hs_pipeline_stage": "a"}}

CALLS: list[tuple[str, str, Any]] = [
    ("POST", "/crm/v3/properties/{type}", PROPERTY),
    ("PATCH", "/crm/v3/properties/{type}/{name}", PROPERTY),
    ("GET", "/crm/v3/properties/{type}/{name}", None),
    ("DELETE", "/crm/v3/properties/{type}/{name}", None),
    ("DELETE", "/crm/properties/2026-09/{type}/{name}", None),
    ("POST", "/crm/v3/properties/{type}/batch/create", {"inputs": [PROPERTY]}),
    ("POST", "/crm/v3/properties/{type}/batch/archive", {"inputs": [{"name": "alpha"}]}),
    ("POST", "/crm/v3/properties/{type}/groups", {"name": "alpha", "label": "A", "displayOrder": 1}),
    ("PATCH", "/crm/v3/properties/{type}/groups/{name}", {"label": "B", "displayOrder": 2}),
    ("DELETE", "/crm/v3/properties/{type}/groups/{name}", None),
    ("PUT", "/crm/v3/property-validations/{type}/{name}/rule-type/MIN_LENGTH", RULE),
    ("PUT", "/crm/v3/property-validations/{type}/{name}/rule-type/REGEX", RULE),
    ("PUT", "/crm/v3/property-validations/{type}/{name}/rule-type/START_DATE", RULE),
    ("POST", "/crm/v3/pipelines/{type}", PIPELINE),
    ("PUT", "/crm/v3/pipelines/{type}/a", PIPELINE),
    ("PATCH", "/crm/v3/pipelines/{type}/a", PIPELINE),
    ("DELETE", "/crm/v3/pipelines/{type}/a", None),
    ("POST", "/crm/pipelines/2026-09/{type}/a/stages", STAGE),
    ("PUT", "/crm/v3/pipelines/{type}/a/stages/a", STAGE),
    ("PATCH", "/crm/v3/pipelines/{type}/a/stages/a", STAGE),
    ("DELETE", "/crm/pipelines/2026-09/{type}/a/stages/a", None),
    ("GET", "/crm/v3/pipelines/{type}/a/audit", None),
    ("POST", "/crm/v3/schemas", SCHEMA),
    ("PATCH", "/crm/v3/schemas/{type}", SCHEMA),
    ("GET", "/crm/v3/schemas/{type}", None),
    ("DELETE", "/crm/v3/schemas/{type}", None),
    ("DELETE", "/crm/v3/schemas/{type}?archived=true", None),
    ("POST", "/crm/v3/schemas/{type}/associations", {"fromObjectTypeId": "0-1", "toObjectTypeId": "0-3"}),
    ("DELETE", "/crm/v3/schemas/{type}/associations/1", None),
    ("POST", "/crm/v4/associations/{type}/contacts/labels", LABEL),
    ("PUT", "/crm/v4/associations/{type}/contacts/labels", LABEL),
    ("DELETE", "/crm/v4/associations/{type}/contacts/labels/1", None),
    (
        "POST",
        "/crm/v4/associations/definitions/configurations/{type}/contacts/batch/create",
        {"inputs": [LIMIT]},
    ),
    (
        "POST",
        "/crm/v4/associations/definitions/configurations/{type}/contacts/batch/purge",
        {"inputs": [LIMIT]},
    ),
    ("POST", "/settings/v3/users", USER),
    ("PUT", "/settings/v3/users/81000001", USER),
    ("DELETE", "/settings/v3/users/81000001", None),
    ("POST", "/crm/v3/objects/{type}/merge", MERGE),
    ("POST", "/crm/v3/objects/contacts/gdpr-delete", ERASE),
    ("POST", "/crm/v3/objects/{type}", RECORD),
    ("POST", "/crm/objects/2026-09/{type}", RECORD),
    ("GET", "/crm/v3/objects/{type}?properties=alpha,beta", None),
    ("POST", "/crm/v3/objects/{type}/search", {"filters": [{"propertyName": "alpha", "operator": "EQ"}]}),
    ("GET", "/crm/v3/limits/records", None),
    ("GET", "/crm/v3/limits/associations/records/from", None),
    ("GET", "/crm/v3/limits/pipelines", None),
]
OTHERS = [
    None,
    True,
    0,
    -1,
    10**20,
    1.5,
    "",
    "alpha",
    "number",
    "enumeration",
    "bool",
    "date",
    "checkbox",
    "date",
    "sensitive",
    "2 * alpha",
    "beta + [",
    "é\u0000",
    "x" * 200,
    [],
    {},
    [None],
    ["alpha", "beta"],
    {"probability": "nan"},
    {"ticketState": "CLOSED"},
]


def paths(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the parts of a body are."""
    found: list[tuple[Any, ...]] = [so_far] if so_far else []
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        found += paths(part, (*so_far, key))
    return found


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, Any]:
    method, path, body = draw(st.sampled_from(CALLS))
    for _ in range(draw(st.integers(0, 2)) if body is not None else 0):
        body = changed(body, draw(st.sampled_from(paths(body))), draw(st.sampled_from(OTHERS)))
        if not paths(body):
            break
    place = {"type": draw(st.sampled_from(TYPES)), "name": draw(st.sampled_from(NAMES[:4]))}
    return method, path.format(**place), body


@settings(max_examples=150, deadline=None)
@given(asked=st.lists(requests(), min_size=1, max_size=8))
def test_no_definition_is_answered_with_a_fault(asked: list[tuple[str, str, Any]]) -> None:
    caller = Caller(tier="enterprise", limits=False)
    for method, path, body in asked:
        heard = caller(method, path, body)
        assert heard.status < 500, (method, path, body, heard.text)
    caller.emulator.close()
