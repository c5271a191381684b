"""Rows about one record are settled in file order, none is lost, and pushing a file twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.mirror.push.fields import Field
from hubwire.mirror.push.layout import Side, Target
from hubwire.mirror.push.parts import Part, Reader, Segment, Unusable, singly, together
from hubwire.mirror.push.repeats import find_repeats
from hubwire.mirror.push.rounds import Move, Result, Settler
from hubwire.mirror.push.states import State
from hubwire.mirror.push.table import Row, open_table

EMAIL = Field("email", "Email", unique=True, folded=True)
STAGE = Field(
    "stage", "Stage", type="enumeration", field_type="radio", options={"lead": "Lead", "won": "Won"}
)
FIELDS = (EMAIL, Field("city", "City"), STAGE)
Cut = Callable[[Iterable[Part]], list[Segment]]
SIDE = Side("contacts", EMAIL, 0, tuple(Target(at, each.name, each) for at, each in enumerate(FIELDS)))
DOMAIN = Field("domain", "Domain", folded=True)
LOOKUP = Side("companies", DOMAIN, 0, (Target(0, "domain", DOMAIN), *SIDE.targets[1:]))


class Account:
    """Records in a dictionary; refuses unknown stages and whatever `no` says."""

    def __init__(self, side: Side = SIDE) -> None:
        self.side = side
        self.records: dict[str, dict[str, str | None]] = {}
        self.sent: list[list[Move]] = []
        self.no: Callable[[Move], bool] = lambda move: False

    def find(self, keys: dict[str, str]) -> dict[str, State]:
        return {
            key: State((key,), dict(self.records[key]), existed=True)
            if key in self.records
            else State((), {})
            for key in keys
        }

    def send(self, moves: Sequence[Move]) -> Iterator[Result]:
        assert len({move.segment.key for move in moves}) == len(moves)
        if moves:
            self.sent.append(list(moves))
        for move in moves:
            if self.no(move) or move.changes.get("stage") not in (None, "", "lead", "won"):
                yield Result(move, refused="no")
                continue
            key = move.segment.key
            created = key not in self.records
            self.records.setdefault(key, {}).update(move.changes)
            yield Result(move, key, created=created)


def push(
    tmp_path: Path,
    account: Account,
    *rows: str,
    segments: Cut = singly,
    clear: bool = False,
) -> list[str]:
    """What became of each row, in file order."""
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["key,city,stage", *rows]) + "\n", encoding="utf-8")
    reader = Reader(open_table(path), account.side, clear)
    (repeats,) = find_repeats([reader])
    settler = Settler(account.side, account, account, repeats, segments)
    parts = [part for row in reader.table if isinstance(part := reader.part(row), Part)]
    verdicts = {verdict.part.row.line: verdict.action for verdict in settler.settle(parts)}
    return [verdicts[line] for line in sorted(verdicts)]


def test_a_new_row_is_created_a_differing_one_updated_an_equal_one_left_alone(tmp_path: Path) -> None:
    account = Account()
    account.records = {
        "b@x.test": {"city": "Bonn"},
        "c@x.test": {"city": "Celle", "email": "c@x.test"},
    }
    told = push(tmp_path, account, "a@x.test,Aachen,", "b@x.test,Berlin,", "C@x.test,Celle,")
    assert told == ["created", "updated", "unchanged"]
    (moves,) = account.sent
    assert [move.changes for move in moves] == [
        {"email": "a@x.test", "city": "Aachen"},
        {"email": "b@x.test", "city": "Berlin"},
    ]


def test_an_empty_cell_leaves_the_property_alone_unless_it_is_to_clear_it(tmp_path: Path) -> None:
    account = Account()
    account.records = {"a@x.test": {"email": "a@x.test", "city": "Aachen", "stage": "won"}}
    assert push(tmp_path, account, "a@x.test,,lead") == ["updated"]
    assert account.records["a@x.test"]["city"] == "Aachen"
    assert push(tmp_path, account, "a@x.test,,lead", clear=True) == ["updated"]
    assert account.records["a@x.test"]["city"] == ""


def test_rows_with_one_key_are_applied_in_file_order_and_each_is_accounted_for(tmp_path: Path) -> None:
    account = Account()
    rows = (
        "a@x.test,Aachen,lead",
        "A@X.TEST,Bonn,",
        "a@X.test,Bonn,lead",
        "a@x.test,Celle,",
    )
    assert push(tmp_path, account, *rows) == ["created", "updated", "unchanged", "updated"]
    assert account.records["a@x.test"] == {"email": "a@x.test", "city": "Celle", "stage": "lead"}


def test_a_file_pushed_a_second_time_changes_nothing(tmp_path: Path) -> None:
    account = Account()
    rows = (
        "a@x.test,Aachen,lead",
        "A@X.TEST,Bonn,",
        "b@x.test,Bonn,won",
        "a@x.test,,won",
    )
    push(tmp_path, account, *rows)
    account.sent.clear()
    assert push(tmp_path, account, *rows) == ["unchanged"] * 4
    assert account.sent == []


def test_a_refused_row_does_not_take_the_record_s_other_rows_with_it(tmp_path: Path) -> None:
    account = Account()
    rows = (
        "a@x.test,Aachen,astrology",
        "a@x.test,Bonn,",
        "a@x.test,,astrology",
        "a@x.test,,lead",
    )
    assert push(tmp_path, account, *rows) == ["refused", "created", "refused", "updated"]
    assert account.records["a@x.test"] == {"email": "a@x.test", "city": "Bonn", "stage": "lead"}
    # The row that was refused is sent, and refused, again; the others are as they should be.
    assert push(tmp_path, account, *rows) == ["refused", "unchanged", "refused", "unchanged"]


def test_rows_of_one_company_are_one_write(tmp_path: Path) -> None:
    account = Account(LOOKUP)
    rows = [f"x.example.com,{city},lead" for city in ("Aachen", "Aachen", "Bonn", "Aachen")]
    told = push(tmp_path, account, *rows, segments=together)
    assert told == ["created", "unchanged", "unchanged", "unchanged"]
    assert account.records["x.example.com"]["city"] == "Aachen"
    assert len(account.sent) == 1


def test_one_wrong_row_of_a_company_is_the_only_one_refused(tmp_path: Path) -> None:
    account = Account(LOOKUP)
    rows = ("x.example.com,Aachen,lead", "x.example.com,Bonn,astrology", "x.example.com,Celle,won")
    assert push(tmp_path, account, *rows, segments=together) == ["created", "refused", "updated"]
    assert account.records["x.example.com"] == {"domain": "x.example.com", "city": "Celle", "stage": "won"}


def test_a_refusal_that_was_not_foreseen_is_traced_to_its_row(tmp_path: Path) -> None:
    account = Account(LOOKUP)
    account.no = lambda move: move.segment.values.get("city") == "Bonn"
    rows = ("x.example.com,Aachen,lead", "x.example.com,Aachen,lead", "x.example.com,Bonn,lead")
    assert push(tmp_path, account, *rows, segments=together) == ["created", "unchanged", "refused"]
    assert account.records["x.example.com"]["city"] == "Aachen"


def test_a_key_that_several_records_share_is_refused_naming_them(tmp_path: Path) -> None:
    state = State(("11", "12"), {}, existed=True)
    account = Account(LOOKUP)
    account.find = lambda keys: dict.fromkeys(keys, state)  # type: ignore[method-assign]
    path = tmp_path / "rows.csv"
    path.write_text("key,city,stage\nx.example.com,Aachen,\n", encoding="utf-8")
    reader = Reader(open_table(path), LOOKUP)
    settler = Settler(LOOKUP, account, account, find_repeats([reader])[0])
    (verdict,) = settler.settle([part for row in reader.table if isinstance(part := reader.part(row), Part)])
    assert verdict.action == "refused"
    assert "(ids 11, 12)" in (verdict.reason or "")
    assert account.sent == []


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("", "Aachen", ""), "the cell of 'key', the key, is empty"),
        ((" ", "Aachen", ""), "the cell of 'key', the key, is empty"),
        (("a@x.test", "Aachen"), "the row has 2 cells, the header 3"),
    ],
)
def test_a_row_that_cannot_be_sent_is_refused_with_the_reason(
    tmp_path: Path, cells: tuple[str, ...], reason: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("key,city,stage\nx,y,\n", encoding="utf-8")
    part = Reader(open_table(path), SIDE).part(Row(2, cells))
    assert isinstance(part, Unusable)
    assert part.reason == reason


PEOPLE = st.sampled_from(["a@x.test", "A@x.test", "b@x.test"])
CITIES = st.sampled_from(["", "A", "B"])
STAGES = st.sampled_from(["", "lead", "won", "?"])
rows_of_few_people = st.lists(
    st.builds(
        "{},{},{}".format,
        PEOPLE,
        CITIES,
        STAGES,
    ),
    min_size=1,
    max_size=9,
)


@given(rows_of_few_people, st.sampled_from([singly, together]))
def test_the_account_ends_as_if_every_accepted_row_had_been_written_in_turn(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[str],
    segments: Cut,
) -> None:
    expected: dict[str, dict[str, str]] = {}
    for row in rows:
        key, city, stage = row.split(",")
        if stage != "?":
            given_ = {"email": key.lower(), "city": city, "stage": stage}
            expected.setdefault(key.lower(), {}).update(
                {name: value for name, value in given_.items() if value}
            )
    account, tmp_path = Account(), tmp_path_factory.mktemp("push")
    for again in (False, True):
        told = push(tmp_path, account, *rows, segments=segments)
        assert len(told) == len(rows)
        assert [action == "refused" for action in told] == [row.endswith("?") for row in rows]
        found = {
            key: {name: (value or "").lower() if name == "email" else value for name, value in record.items()}
            for key, record in account.records.items()
        }
        assert found == expected
        if again:
            assert set(told) <= {"unchanged", "refused"}
