"""A tool that knows only the emulator's description of itself finds no request that it fails at."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubwire.emulator import Clock, Emulator, Identity

schemathesis = pytest.importorskip("schemathesis", reason="pip install -e '.[dev]' brings schemathesis")

pytestmark = pytest.mark.oracle
EMULATOR = Emulator(
    clock=Clock.at(1_767_258_000), identity=Identity.for_tests(), tier="enterprise", limits=False, seed="demo"
)
TOKEN = {"Authorization": f"Bearer {EMULATOR.identity.access_token}"}
URL = "http://127.0.0.1:8765"
DOCUMENT = EMULATOR.ask("GET", "/_emulator/openapi.json", headers={"Host": "127.0.0.1:8765"})
DESCRIBED = schemathesis.openapi.from_dict(json.loads(DOCUMENT.body))


OPERATIONS = [found.ok() for found in DESCRIBED.get_all_operations()]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_request_that_the_description_allows_is_answered_with_a_fault(data: st.DataObject) -> None:
    """Which operations is left to chance: `st run …/_emulator/openapi.json` takes all, and many minutes."""
    case: Any = data.draw(data.draw(st.sampled_from(OPERATIONS)).as_strategy())
    asked = requests.Request(**case.as_transport_kwargs(base_url=URL)).prepare()
    sent = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    answer = EMULATOR.ask(str(asked.method), asked.path_url, headers={**asked.headers, **TOKEN}, body=sent)
    assert answer.status < 500, answer.body


def test_it_knows_every_operation() -> None:
    assert len(OPERATIONS) > 700
