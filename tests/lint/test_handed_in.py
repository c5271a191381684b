"""A sender that a class is given: a framework's is left to the framework, a bare HTTP client is not."""

from __future__ import annotations

import pytest

from hubwire.lint import lint_files
from hubwire.lint.config import Config

EVENTS = """import {{ {kind} }} from '{module}';
export class Events {{
  request: {kind}
  constructor(request: {kind}) {{ this.request = request; }}
  async define(json: object) {{
    return await this.request(`https://api.hubapi.com/events/v3/send`, {{ method: "POST", json }});
  }}
  async all(definitions: object[]) {{
    return await Promise.all(definitions.map((d) => this.define(d)));
  }}
}}
"""


@pytest.mark.parametrize(
    ("kind", "module", "said"),
    [
        ("RequestClient", "@vendor/actions-core", set()),
        ("AxiosInstance", "axios", {"HS301", "HS302"}),
        ("RequestPromise", "request-promise", {"HS301", "HS302"}),
    ],
)
def test_who_answers_for_the_limit_is_told_by_where_the_type_comes_from(
    kind: str, module: str, said: set[str]
) -> None:
    text = EVENTS.format(kind=kind, module=module)
    report = lint_files({"events.ts": text.encode()}, Config(select=("HS301", "HS302")))
    assert {f.code for f in report.findings} == said
