"""A CSV file is read strictly, and what is wrong with it is said with its place."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.mirror.push.faults import BadInput
from hubwire.mirror.push.table import bad_byte, open_table


def file(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_rows_carry_the_line_of_the_file_on_which_they_start(tmp_path: Path) -> None:
    table = open_table(file(tmp_path, 'email,notes\na@example.com,"one\ntwo\nthree"\n\nb@example.com,x\n'))
    assert [(row.line, row.cells[0]) for row in table] == [(2, "a@example.com"), (6, "b@example.com")]


def test_line_ends_of_windows_and_a_byte_order_mark_are_no_content(tmp_path: Path) -> None:
    table = open_table(file(tmp_path, "\ufeffemail,city\r\na@example.com,Köln\r\n"))
    assert table.columns == ("email", "city")
    assert [row.cells for row in table] == [("a@example.com", "Köln")]


def test_a_table_can_be_read_more_than_once(tmp_path: Path) -> None:
    table = open_table(file(tmp_path, "email\na@example.com\nb@example.com\n"))
    assert table.count == len(list(table)) == len(list(table)) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("email,city\n", "a header and no rows"),
        (",,\n1,2,3\n", "names no column"),
        ("email,city,email\na@example.com,x,y\n", "more than one column called 'email'"),
        ("email;city\na@example.com;x\n", "it looks like ';'. Say so with --delimiter ';'"),
        ("email\tcity\na@example.com\tx\n", "it looks like tab. Say so with --delimiter tab"),
        ("email|city\na@example.com|x\n", "it looks like '|'. Say so with --delimiter '|'"),
        ("email,city\na@example.com,x\nb\0@example.com,y\n", "line 3 holds a NUL byte"),
        ('email,city\na@example.com,"x\nb@example.com,y\n', "starts on line 2 is not CSV: a quotation mark"),
        ('email,city\na@example.com,"x"y\n', "starts on line 2 is not CSV: a quotation mark inside"),
        (b"email,city\na@example.com,K\xf6ln\n", "line 2, byte 27 of the file is 0xf6"),
        ("email,city\na@example.com,x\n".encode("utf-16"), "it is UTF-16"),
        (b"email,city\na@example.com,x\nb@example.com,\xed\xa0\x80\n", "line 3"),
    ],
)
def test_an_unusable_file_is_refused_with_the_reason(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        open_table(file(tmp_path, content))
    assert said in str(refused.value)
    assert "people.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("make", "said"), [(lambda path: path.mkdir(), "is not a file"), (lambda path: None, "No such")]
)
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, make: object, said: str) -> None:
    path = tmp_path / "people.csv"
    make(path)  # type: ignore[operator]
    with pytest.raises(BadInput, match=said):
        open_table(path)


@pytest.mark.parametrize("spelling", [";", "semicolon"])
def test_another_delimiter_is_taken_when_it_is_named(tmp_path: Path, spelling: str) -> None:
    table = open_table(file(tmp_path, "email;city\na@example.com;x\n"), spelling)
    assert table.columns == ("email", "city")


@pytest.mark.parametrize("spelling", ["tab", "\\t", "\t"])
def test_a_tab_can_be_named_in_the_ways_a_shell_allows(tmp_path: Path, spelling: str) -> None:
    assert open_table(file(tmp_path, "email\tcity\na@example.com\tx\n"), spelling).columns == (
        "email",
        "city",
    )


@pytest.mark.parametrize("spelling", ["", ";;", '"', "\n"])
def test_what_is_no_delimiter_is_refused(tmp_path: Path, spelling: str) -> None:
    with pytest.raises(BadInput, match="is no delimiter"):
        open_table(file(tmp_path, "email\na@example.com\n"), spelling)


def test_a_row_of_another_length_is_told_with_what_is_too_much(tmp_path: Path) -> None:
    table = open_table(
        file(tmp_path, "email,city\na@example.com\nb@example.com,x,surplus\nc@example.com,y\n")
    )
    told = [table.ragged(row) for row in table]
    assert told == [
        "the row has 1 cells, the header 2",
        "the row has 3 cells, the header 2; beyond the last column: 'surplus'",
        None,
    ]


def test_a_cell_may_be_as_long_as_the_longest_value_of_hubspot(tmp_path: Path) -> None:
    long = "ü" * 65_536
    table = open_table(file(tmp_path, f"email,notes\na@example.com,{long}\n"))
    assert next(iter(table)).cells[1] == long


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6))
def test_lines_and_cells_come_back_as_a_writer_wrote_them(
    tmp_path_factory: pytest.TempPathFactory, rows: list
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["a", "b", "c"])
    starts = []
    for row in rows:
        before = out.getvalue()
        # A carriage return alone, or with a line feed, or a line feed: each ends a line.
        starts.append(len((before.replace("\r\n", "\n").replace("\r", "\n")).split("\n")))
        writer.writerow(row)
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    path.write_bytes(out.getvalue().encode())
    found = list(open_table(path))
    assert [row.cells for row in found] == rows
    assert [row.line for row in found] == starts


def test_a_file_that_is_sound_when_looked_at_again_has_changed(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="changed while it was being read"):
        bad_byte(file(tmp_path, "email\na@example.com\n"))
