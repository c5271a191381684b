"""A call with a type argument is awaited like any other."""

from __future__ import annotations

import pytest

from hubwire.lint import lint_files
from hubwire.lint.config import Config

NOTES = """async function ask<T>(url: string, options: RequestInit): Promise<T> {{
  const response = await fetch(url, options);
  return (await response.json()) as T;
}}
export async function write(drafts: Record<string, string>) {{
  for (const [id, body] of Object.entries(drafts)) {{
    {call}(`https://api.hubapi.com/crm/v3/objects/notes/${{id}}`, {{ method: 'PATCH', body }});
  }}
}}
"""


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("await ask<Record<string, unknown>>", []),
        ("await ask", []),
        ("ask<Record<string, unknown>>", ["HS302"]),
        ("ask", ["HS302"]),
    ],
)
def test_only_what_nobody_waits_for_runs_at_once(call: str, said: list[str]) -> None:
    report = lint_files({"notes.ts": NOTES.format(call=call).encode()}, Config(select=("HS302",)))
    assert [f.code for f in report.findings] == said
