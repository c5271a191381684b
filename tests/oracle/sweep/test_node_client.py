"""Every method of `@hubspot/api-client` whose path the emulator serves is called, and gets its own type."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import Any

import pytest

from tests.oracle.server import Account
from tests.oracle.sweep.extensions import SAMPLES
from tests.oracle.sweep.known import Known
from tests.oracle.sweep.node_client import LIB, Method, methods
from tests.oracle.sweep.samples import Sample, World

pytestmark = pytest.mark.node
SCRIPT = LIB.parents[3].parent / "sweep.js"

BROKEN = {
    "crm.pipelines.PipelineStageAuditsApi.getAudit": "it leaves `{pipelineId}` in the path as it is",
    "crm.exports.PublicExportsApi.start": "its model of a request has no fields and cannot be sent",
}
"""Methods that cannot work against HubSpot either."""
REFUSED = {
    # No survey was answered, no form and no e-mail was made, and none can be through the API.
    "crm.objects.feedback_submissions.BasicApi.getById": 404,
    "marketing.emails.MarketingEmailsApi.getById": 404,
    "marketing.forms.FormsApi.getById": 404,
}
"""What the emulator rightly refuses, by method."""
EVERY = {method.id: method for method in methods() if method.id not in BROKEN}


def given(method: Method, sample: Sample, places: dict[str, str]) -> list[Any]:
    """The arguments in the method's order, as the script reads them."""
    told: dict[str, Any] = {method.places[name]: {"value": value} for name, value in places.items()}
    for name, value in sample.query.items():
        if name in method.queries:
            told[method.queries[name]] = {"value": value}
    for name, value in (sample.form or {}).items():
        if name in method.form:
            told[method.form[name]] = {"value": value}
    if sample.file and "files" in method.parameters:
        told["files"] = {"file": {"name": sample.file[0], "text": sample.file[1].decode()}}
    if method.body and sample.body is not None:
        argument, kind, shape = method.body
        told[argument] = {"value": sample.body, "type": kind, "format": shape}
    return [told.get(name) for name in method.parameters]


@pytest.fixture(scope="module")
def called(everything: Account, world: World, known: Known) -> dict[str, Any]:
    """What every method brought back, by its id."""
    node = shutil.which("node")
    if node is None or not LIB.is_dir():
        pytest.skip("needs Node.js and the npm packages of tests/oracle/node")
    lines = []
    for method in EVERY.values():
        found = known.find(method.http, method.path)
        if found is not None:
            sample = SAMPLES[found.op](world, found.kind)
            arguments = given(method, sample, found.values(sample.places))
            call = {"id": method.id, "folder": method.folder, "cls": method.cls, "method": method.name}
            lines.append(json.dumps({**call, "given": arguments}))
    told = {
        "BASE_URL": everything.base_url,
        "ACCESS_TOKEN": everything.access_token,
        "DEVELOPER_KEY": everything.developer_api_key,
    }
    done = subprocess.run(
        [node, str(SCRIPT)],
        input="\n".join(lines),
        cwd=SCRIPT.parent,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {(one := json.loads(line))["id"]: one for line in done.stdout.splitlines()}


@pytest.mark.parametrize("name", EVERY)
def test_the_method_gets_its_own_type(name: str, called: dict[str, Any], everything: Account) -> None:
    method = EVERY[name]
    if name not in called:
        # Nothing that looks like an answer: the path is said not to be served.
        places = re.sub(r"\{\w+\}", "1", method.path)
        assert everything.raw(method.http, places, {}).status in (404, 405, 501)
        return
    told = called[name]
    if name in REFUSED:
        assert told["status"] == REFUSED[name], told
        return
    assert "error" not in told, told
    if method.answers:
        assert told["status"] in method.answers, f"{told['status']} is none of {method.answers}"
        expected = method.answers[told["status"]]
        # The constructor's name, where the client's description has that of a primitive type.
        named = "Array" if expected.startswith("Array") else expected.replace("string", "String")
        assert told["type"] == named
    else:
        assert told["type"] is None
        assert told["status"] in (200, 204)
