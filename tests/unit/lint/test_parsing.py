"""A file that cannot be parsed is told, also where only its head is looked at."""

import pytest

from hubwire.lint import lint_files

ABOUT = b"# hubspot access_token\n"
CODE = b"def one(a):\n    if a:\n        return [a, {'b': (a,)}]\n    return None\n\n\n" * 200
BROKEN = {
    "a template": ABOUT + b"{% for x in y %}\nclass {{ x }}:\n    {{ z }} ???\n{% endfor %}\n" * 100,
    "another language": ABOUT + b"function one(a) { const b = a ? 1 : 2; return `${b}`; }\n" * 100,
    "a page": ABOUT + b"<div class='a'><p>One?</p><br/></div> $$$ !!!\n" * 100,
    "a merge gone wrong": ABOUT + CODE[:2000] + b"<<<<<<< HEAD ??? !!! $$$ ======= class class def\n" * 100,
    "a bracket left open": ABOUT + CODE[:2100] + b"x = (\n" + b"def two(a) -> class ??? $$$ !!!\n" * 100,
}  # fmt: skip


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_long_file_that_makes_no_sense_is_told(text):
    (finding,) = lint_files({"src/app.py": text}).findings
    assert finding.code == "HS902"


def test_a_long_file_that_makes_sense_is_not():
    assert lint_files({"src/app.py": ABOUT + CODE}).findings == []
