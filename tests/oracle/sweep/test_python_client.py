"""Every method of `hubspot-api-client` whose path the emulator serves, called; it gets its own type back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.server import Account
from tests.oracle.sweep.extensions import SAMPLES
from tests.oracle.sweep.known import Known
from tests.oracle.sweep.python_client import Method, methods
from tests.oracle.sweep.samples import Sample, World

BROKEN = {
    "crm.pipelines.pipeline_stage_audits_api.get_audit": "it leaves `{pipelineId}` in the path as it is",
    "crm.associations.v4.report_api.request": "it reads as text what HubSpot was recorded to send as object",
}
"""Methods that cannot work against HubSpot either."""
EVERY = [method for method in methods() if method.id not in BROKEN]
REFUSED = {
    # No survey was answered, no form and no e-mail was made, and none can be through the API.
    "crm.objects.feedback_submissions.basic_api.get_by_id": 404,
    "marketing.emails.marketing_emails_api.get_by_id": 404,
    "marketing.forms.forms_api.get_by_id": 404,
}
"""What the emulator rightly refuses, by method."""


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def body_of(method: Method, sample: Sample, folder: Path) -> dict[str, Any]:
    """The body as the client's own model, which checks what it is given."""
    if sample.form and sample.file:
        name, content = sample.file
        path = folder / name
        path.write_bytes(content)
        return {"files": str(path), "import_request": sample.form["importRequest"]}
    if sample.form:
        return {snake(name): value for name, value in sample.form.items()}
    if sample.body is None or method.body is None:
        return {}
    model = getattr(method.models, method.types[method.body], None)
    if model is None or not isinstance(sample.body, dict):
        return {method.body: sample.body}
    names = {wire: name for name, wire in model.attribute_map.items()}
    return {
        method.body: model(**{names[wire]: value for wire, value in sample.body.items() if wire in names})
    }


def arguments(method: Method, known: Known, world: World, folder: Path) -> dict[str, Any] | None:
    found = known.find(method.http, method.path)
    if found is None:
        return None
    sample = SAMPLES[found.op](world, found.kind)
    places = found.values(sample.places)
    return {
        **{method.places[place]: value for place, value in places.items()},
        **{method.queries[name]: value for name, value in sample.query.items() if name in method.queries},
        **body_of(method, sample, folder),
    }


@pytest.mark.parametrize("method", EVERY, ids=lambda method: method.id)
def test_the_method_gets_its_own_type(
    method: Method, known: Known, world: World, everything: Account, tmp_path: Path
) -> None:
    given = arguments(method, known, world, tmp_path)
    if given is None:
        # Nothing that looks like an answer: the path is said not to be served.
        places = re.sub(r"\{\w+\}", "1", method.path)
        assert everything.raw(method.http, places, {}).status in (404, 405, 501)
        return

    def config(package: Any) -> Any:
        made = package.Configuration(host=everything.base_url)
        made.access_token = everything.access_token
        made.api_key["developer_hapikey"] = everything.developer_api_key
        return made

    call = method.on(config)
    refused = REFUSED.get(method.id)
    if refused:
        with pytest.raises(method.models.ApiException) as caught:
            call(**given, _return_http_data_only=False)
        assert caught.value.status == refused
        return
    answer, status, _ = call(**given, _return_http_data_only=False)
    if method.answers:
        assert status in method.answers, f"{status} is none of {method.answers}"
        assert type(answer).__name__ == method.answers[status]
    else:
        assert answer is None
        assert status in (200, 201, 204)
