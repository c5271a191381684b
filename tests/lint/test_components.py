"""Vue, Svelte and Astro files: their scripts are read like any other, their markup is not."""

from __future__ import annotations

from collections import Counter

import pytest

from hubwire.lint import lint_files
from hubwire.lint.cases import files_of
from hubwire.lint.config import Config
from hubwire.lint.source import Source
from tests.lint.casefiles import Case, cases, told

VUE = (
    '<template>\n  <p v-if="a > b">{{ name }}</p>\n</template>\n\n'
    '<script lang="ts">\n%s\n</script>\n\n<style>p { }</style>\n'
)
SVELTE = (
    "<svelte:head><title>HubSpot</title></svelte:head>\n<script>\n%s\n</script>\n"
    "<button on:click={go}>Go</button>\n"
)
ASTRO = "---\n%s\n---\n<ul>{items.map((one) => <li>{one}</li>)}</ul>\n"
PAGES = {".vue": VUE, ".svelte": SVELTE, ".astro": ASTRO}
AMOUNT = 2
CALL = "fetch('https://api.hubapi.com/crm/v3/objects/deals/1', { headers })"


def some() -> list[Case]:
    """The first few cases of every rule that reads code, good ones and bad ones."""
    seen: Counter[tuple[str, bool]] = Counter()
    out = []
    for case in cases():
        if case.ending != ".ts" or case.code in ("HS901", "HS902"):
            continue
        seen[case.code, case.bad] += 1
        if seen[case.code, case.bad] <= AMOUNT:
            out.append(case)
    return out


@pytest.mark.parametrize("ending", PAGES)
@pytest.mark.parametrize("case", some(), ids=lambda c: c.label)
def test_a_script_in_a_page_is_read_like_a_file(case: Case, ending: str) -> None:
    text = PAGES[ending] % case.text
    assert bool(told(case.code, files_of((f"src/hubspot{ending}", text)))) == case.bad


def test_a_finding_tells_the_line_of_the_page() -> None:
    text = VUE % "const r = await fetch(`https://api.hubapi.com/crm/v3/objects/contacts/${id}`, { headers });"
    found = lint_files({"src/page.vue": text.encode()}, Config(select=("HS301",))).findings
    assert [(f.code, f.place.line) for f in found] == [("HS301", 6)]


def test_characters_of_several_bytes_move_nothing() -> None:
    source = Source("page.vue", "<p>größer – ü</p>\r\n<script>\r\nlet ä = 1\r\n</script>\r\n".encode())
    code = source.scripts()
    assert len(code) == len(source.data)
    assert code.decode().split("\r\n")[2] == "let ä = 1"
    assert code.decode().strip() == "let ä = 1"


@pytest.mark.parametrize(
    "page",
    [
        f"<!-- <script>\n{CALL}\n</script> -->\n<p>HubSpot</p>\n",
        f'<script type="application/ld+json">{{"url": {CALL}}}</script>',
        f"<pre>{CALL}</pre>\n",
        f"<script>\n// hubspot\n</script>\n<code>await {CALL}</code>\n",
    ],
)
@pytest.mark.parametrize("ending", PAGES)
def test_markup_is_no_code(page: str, ending: str) -> None:
    assert not told("HS301", {f"src/page{ending}": page.encode()})


def test_the_tag_of_a_script_may_hold_an_angle_bracket() -> None:
    page = (
        '<script setup lang="ts" generic="T extends Record<string, X>">\n'
        f"const r = await {CALL};\n</script>\n"
    )
    assert told("HS301", {"src/page.vue": page.encode()})


def test_both_scripts_of_a_page_are_read() -> None:
    page = (
        "<script>\nexport const prerender = true;\n</script>\n<script setup>\n"
        f"const r = await {CALL};\n</script>\n"
    )
    assert told("HS301", {"src/page.vue": page.encode()})


@pytest.mark.parametrize(
    "said",
    [
        "<!-- hubwire: ignore-file[HS301] a demo -->\n",
        "<script>\n// hubwire: ignore-file[HS301] a demo\n</script>\n",
    ],
)
def test_a_comment_of_either_kind_silences(said: str) -> None:
    page = said + VUE % f"const r = await {CALL};"
    report = lint_files({"src/page.vue": page.encode()}, Config(select=("HS301",)))
    assert not report.findings
    assert [f.code for f in report.silenced] == ["HS301"]


def test_a_key_in_a_page_is_found_and_left_to_people() -> None:
    page = '<script setup>\nconst token = "{pat}"\n</script>\n<Form token="{pat}" />\n'
    found = lint_files(files_of(("src/page.vue", page)), Config(select=("HS102",))).findings
    assert [f.place.line for f in found] == [2, 4]
    assert not any(f.fix is not None and f.fix.edits for f in found)
