"""The file of refused rows can be mended and pushed again, and is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from hubwire.mirror.push import open_table, refused
from hubwire.mirror.push.report import Refusal
from hubwire.mirror.push.table import Table


def table(tmp_path: Path, content: str = "email,city\na@x.test,Köln\n", delimiter: str = ",") -> Table:
    path = tmp_path / "people.csv"
    path.write_text(content, encoding="utf-8")
    return open_table(path, delimiter)


def refusal(line: int, *cells: str, reason: str = "no") -> Refusal:
    return Refusal(line, "contacts", cells[0], reason, cells)


def test_rows_keep_their_columns_and_gain_line_and_reason(tmp_path: Path) -> None:
    told = refused.text(
        table(tmp_path), [refusal(9, "b", "x,y"), refusal(3, "a", 'say "no"', reason="not, so")]
    )
    assert told == 'email,city,line,reason\na,"say ""no""",3,"not, so"\nb,"x,y",9,no\n'


def test_a_row_that_was_refused_twice_is_one_row_with_both_reasons(tmp_path: Path) -> None:
    told = refused.text(
        table(tmp_path), [refusal(3, "a", "b", reason="one"), refusal(3, "a", "b", reason="two")]
    )
    assert told.splitlines()[1:] == ["a,b,3,one; two"]


def test_a_short_row_is_filled_up(tmp_path: Path) -> None:
    assert refused.text(table(tmp_path), [refusal(3, "a")]).splitlines()[1] == "a,,3,no"


def test_the_delimiter_is_that_of_the_input(tmp_path: Path) -> None:
    told = refused.text(table(tmp_path, "email;city\na;b\n", ";"), [refusal(3, "a", "b")])
    assert told == "email;city;line;reason\na;b;3;no\n"


def test_the_columns_of_an_earlier_round_are_replaced(tmp_path: Path) -> None:
    again = table(tmp_path, "email,city,line,reason\na,b,3,no\n")
    assert refused.text(again, [refusal(2, "a", "b", "3", "no", reason="still no")]) == (
        "email,city,line,reason\na,b,2,still no\n"
    )


def test_an_unwritten_file_leaves_the_old_one_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.refused.csv"
    path.write_text("old", encoding="utf-8")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        refused.write(path, "new")
    assert path.read_text("utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["people.refused.csv"]


def test_only_a_file_of_this_input_s_refused_rows_is_removed(tmp_path: Path) -> None:
    source, path = table(tmp_path), tmp_path / "people.refused.csv"
    for content in ("email,city\n", "something else", "email,town,line,reason\n", ""):
        path.write_text(content, encoding="utf-8")
        refused.remove_stale(path, source)
        assert path.exists()
    path.write_text("email,city,line,reason\na,b,3,no\n", encoding="utf-8")
    refused.remove_stale(path, source)
    assert not path.exists()
    refused.remove_stale(path, source)
