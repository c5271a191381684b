"""The loader's rules for data files."""

from __future__ import annotations

import pytest

from hubwire.catalogue.facts import Grade
from hubwire.catalogue.tables import BadTable, graded, table_rows


def table(**changes: str) -> dict[str, object]:
    whole = {"source": "somewhere", "grade": "docs", "columns": "name value", "rows": "a | 1\n\n  b | 2\n"}
    whole.update(changes)
    return {"table": [{key: text for key, text in whole.items() if text != "-"}]}


def test_a_row_carries_the_source_and_grade_of_its_table() -> None:
    rows = list(table_rows(table()))
    assert rows == [
        {"source": "somewhere", "grade": Grade.DOCS, "name": "a", "value": "1"},
        {"source": "somewhere", "grade": Grade.DOCS, "name": "b", "value": "2"},
    ]


def test_a_table_without_a_source_or_grade_inherits_that_of_the_file() -> None:
    header = {"source": "the file", "grade": "spec"}
    (row, _) = table_rows({**header, **table(source="-", grade="-")})
    assert (row["source"], row["grade"]) == ("the file", Grade.SPEC)


def test_a_row_of_its_own_goes_before_the_header() -> None:
    row = graded({"source": "near", "grade": "recorded"}, {"source": "far", "grade": "assumed"})
    assert (row["source"], row["grade"]) == ("near", Grade.RECORDED)


@pytest.mark.parametrize("missing", ["source", "grade"])
def test_a_table_without_source_or_grade_is_refused(missing: str) -> None:
    with pytest.raises(BadTable, match=f"without a {missing}"):
        list(table_rows(table(**{missing: "-"})))


@pytest.mark.parametrize("source", ["", "  ", 7])
def test_an_empty_source_is_no_source(source: object) -> None:
    with pytest.raises(BadTable, match="without a source"):
        graded({"source": source, "grade": "docs"})


@pytest.mark.parametrize("grade", ["", "Docs", "rumour", 3])
def test_an_unknown_grade_is_refused(grade: object) -> None:
    with pytest.raises(BadTable, match="unknown grade"):
        graded({"source": "somewhere", "grade": grade})


@pytest.mark.parametrize("line", ["a", "a | 1 | 2"])
def test_a_line_with_too_few_or_too_many_cells_is_refused(line: str) -> None:
    with pytest.raises(BadTable, match="2 columns"):
        list(table_rows(table(rows=line)))
