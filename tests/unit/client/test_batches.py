"""Batch calls: exactly one outcome per input, in input order, whatever HubSpot answers."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.client import batches, jobs
from hubwire.client.calls.objects import Fields
from hubwire.client.log import Day
from hubwire.client.outcomes import Change, NewRecord, Outcome
from hubwire.errors import (
    ConfigError,
    ConnectionFailed,
    DailyLimitReached,
    FloorReached,
    Invalid,
    MaybeWritten,
    NotFound,
    ServerError,
    Unauthorized,
    UnexpectedAnswer,
)
from hubwire.wire.message import Reply, Request
from tests.unit.client.account import Account
from tests.unit.client.helpers import Serve, VirtualClock, body, each, reply, session


def do(
    verb: str, inputs: Iterable[Any], serve: Serve, by: str | None = None, width: int = 4
) -> list[Outcome]:
    clock = VirtualClock()
    made = session(clock)
    made.width = width
    job: batches.Job
    match verb:
        case "create":
            job = jobs.Create(made, "contacts")
        case "read":
            job = jobs.Read(made, "contacts", by, Fields(("email",)))
        case "update":
            job = jobs.Update(made, "contacts", by)
        case "upsert":
            job = jobs.Upsert(made, "contacts", by or "email")
        case _:
            job = jobs.Archive(made, "contacts")
    return list(each(batches.outcomes(made, job, inputs), serve, clock))


def complain(row: dict[str, Any]) -> str | None:
    """What is wrong with a row, in HubSpot's words."""
    email = row["properties"].get("email", row.get("id", ""))
    return f"Email address {email} is invalid" if email.startswith("bad") else None


def shown(row: dict[str, Any]) -> dict[str, Any]:
    return {"properties": row["properties"], "id": row.get("id")}


ROWS = st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.booleans()), max_size=260)


@given(ROWS, st.booleans(), st.booleans(), st.integers(1, 20))
def test_every_row_has_its_outcome_and_the_last_of_a_key_wins(
    drawn: list[tuple[int, bool, bool]], whole: bool, traces: bool, width: int
) -> None:
    rows = [
        {
            "email": f"{'bad' if bad else 'u'}{key}@Example.com"
            if upper
            else f"{'bad' if bad else 'u'}{key}@example.com",
            "n": str(number),
        }
        for number, (key, bad, upper) in enumerate(drawn)
    ]
    account = Account(bad=complain, whole=whole)
    account.traces = traces
    found = do("upsert", rows, account, width=width)
    assert [outcome.index for outcome in found] == list(range(len(rows)))
    assert all(outcome.input is row for outcome, row in zip(found, rows, strict=True))
    assert [outcome.ok for outcome in found] == [not bad for _, bad, _ in drawn]
    last = {row["email"].lower(): row["n"] for row in rows if not row["email"].startswith("bad")}
    assert {record["email"]: record["n"] for record in account.records.values()} == last
    for outcome in found:
        assert outcome.written == ("yes" if outcome.ok else "no")
        if outcome.record is not None:
            assert outcome.record["email"] == outcome.input["email"].lower()
        else:
            assert isinstance(outcome.error, Invalid)
    firsts = {row["email"].lower() for row in rows if not row["email"].startswith("bad")}
    assert sum(outcome.created is True for outcome in found) == len(firsts)


@given(st.lists(st.booleans(), max_size=230), st.booleans(), st.booleans())
def test_creates_are_settled_whatever_the_order(bad: list[bool], whole: bool, traces: bool) -> None:
    rows = [{"email": f"{'bad' if wrong else 'u'}{n}@example.com"} for n, wrong in enumerate(bad)]
    account = Account(bad=complain, whole=whole)
    account.traces = traces
    found = do("create", rows, account)
    assert [outcome.ok for outcome in found] == [not wrong for wrong in bad]
    for outcome, row in zip(found, rows, strict=True):
        assert outcome.record is None or outcome.record["email"] == row["email"]
        assert outcome.created is (True if outcome.ok else None)
    assert len(account.records) == bad.count(False)
    sent = [entry["objectWriteTraceId"] for _, inputs in account.calls for entry in inputs]
    assert all(sent)
    for _, inputs in account.calls:
        assert len({entry["objectWriteTraceId"] for entry in inputs}) == len(inputs)


def test_records_without_a_unique_property_are_told_apart_by_trace_id() -> None:
    account = Account()
    rows = [{"dealname": "same"} for _ in range(5)] + [{"dealname": "other"}]
    found = do("create", rows, account)
    assert len({outcome.record.id for outcome in found if outcome.record}) == 6
    assert found[5].record is not None
    assert found[5].record["dealname"] == "other"


def test_a_few_bad_values_in_a_refused_chunk_cost_one_more_call() -> None:
    account = Account(bad=complain, whole=True)
    rows = [{"email": f"{'bad' if n in (7, 40, 77) else 'u'}{n}@example.com"} for n in range(100)]
    found = do("create", rows, account)
    assert [outcome.index for outcome in found if not outcome.ok] == [7, 40, 77]
    assert [len(inputs) for _, inputs in account.calls] == [100, 97]
    error = found[40].error
    assert isinstance(error, Invalid)
    assert [refused.message for refused in error.properties] == ["Email address bad40@example.com is invalid"]


def test_a_refusal_that_names_nobody_is_found_by_halving() -> None:
    def serve(request: Request) -> Reply:
        if any(row["id"] == "13" for row in body(request)["inputs"]):
            return reply(400, {"message": "something is wrong", "category": "VALIDATION_ERROR"})
        return reply(
            200, {"results": [{"id": row["id"], "properties": {}} for row in body(request)["inputs"]]}
        )

    found = do("update", [Change(str(n), {"a": n}) for n in range(100)], serve)
    assert [outcome.index for outcome in found if not outcome.ok] == [13]


def test_a_refusal_of_the_call_itself_is_not_halved() -> None:
    calls = []

    def serve(request: Request) -> Reply:
        calls.append(1)
        return reply(400, {"message": "Unable to infer object type from: widgets"})

    found = do("update", [(str(n), {}) for n in range(100)], serve)
    assert len(calls) == 1
    assert all(isinstance(outcome.error, Invalid) and outcome.written == "no" for outcome in found)


@given(st.lists(st.integers(1000, 1040), max_size=250), st.integers(0, 9))
def test_reads_find_what_is_there_and_say_what_is_not(ids: list[int], seed: int) -> None:
    account = Account(seed=seed)
    for _ in range(20):
        account.store(None, {"email": "x"})
    found = do("read", ids, account)
    for outcome, asked in zip(found, ids, strict=True):
        if asked < 1020:
            assert outcome.record is not None
            assert outcome.record.id == str(asked)
        else:
            assert isinstance(outcome.error, NotFound)
        assert (outcome.written, outcome.created) == ("no", None)


def test_reads_by_a_unique_property_ask_for_it_and_ignore_letter_case() -> None:
    account = Account()
    do("upsert", [{"email": "ada@example.com"}, {"email": "bob@example.com"}], account)
    found = do("read", ["BOB@example.com", "Ada@Example.com", "eve@example.com"], account, by="email")
    assert [outcome.record["email"] if outcome.record else None for outcome in found] == [
        "bob@example.com",
        "ada@example.com",
        None,
    ]


def test_a_read_of_which_nothing_exists_may_be_a_404() -> None:
    calls = []

    def serve(request: Request) -> Reply:
        calls.append(1)
        return reply(404, {"message": "resource not found"})

    assert all(isinstance(outcome.error, NotFound) for outcome in do("read", range(100), serve))
    assert len(calls) == 1


def test_updates_of_unknown_ids_fail_alone() -> None:
    account = Account()
    do("create", [{"email": "a@example.com"}, {"email": "b@example.com"}], account)
    found = do("update", [("1000", {"n": 1}), ("9", {"n": 2}), ("1001", {"n": 3})], account)
    assert [outcome.ok for outcome in found] == [True, False, True]
    assert isinstance(found[1].error, NotFound)
    assert found[0].created is False


def test_archived_records_have_an_outcome_though_the_answer_is_empty() -> None:
    account = Account()
    found = do("archive", [str(n) for n in range(150)], account)
    assert [len(inputs) for _, inputs in account.calls] == [100, 50]
    assert all(outcome.ok and outcome.written == "yes" for outcome in found)


def test_what_hubspot_neither_returns_nor_refuses_is_never_taken_for_done() -> None:
    def serve(request: Request) -> Reply:
        first = body(request)["inputs"][0]
        return reply(200, {"results": [{"id": "1", "objectWriteTraceId": first["objectWriteTraceId"]}]})

    found = do("create", [{"a": "1"}, {"a": "2"}], serve)
    assert found[0].ok
    assert isinstance(found[1].error, UnexpectedAnswer)
    assert found[1].written == "maybe"


def test_refusals_that_say_not_whom_they_are_about_are_asked_about_again() -> None:
    def serve(request: Request) -> Reply:
        inputs = body(request)["inputs"]
        good = [row for row in inputs if "bad" not in row["properties"]]
        errors = [{"category": "VALIDATION_ERROR", "message": "no"} for _ in range(len(inputs) - len(good))]
        results = [
            {"id": f"{n}", "objectWriteTraceId": row["objectWriteTraceId"]} for n, row in enumerate(good)
        ]
        return reply(207, {"results": results, "errors": errors})

    found = do("create", [{"bad": "1"} if n in (2, 3, 8) else {"n": str(n)} for n in range(10)], serve)
    assert [outcome.index for outcome in found if not outcome.ok] == [2, 3, 8]


def test_a_lost_answer_to_a_create_leaves_its_rows_in_doubt_and_goes_on() -> None:
    account = Account()
    lost = []

    def serve(request: Request) -> Reply:
        answer = account(request)
        if not lost:
            lost.append(1)
            raise ConnectionFailed("lost", sent=True)
        return answer

    rows = [{"email": f"u{n}@example.com"} for n in range(150)]
    found = do("create", rows, serve, width=1)
    assert [outcome.written for outcome in found] == ["maybe"] * 100 + ["yes"] * 50
    traces = {error.trace_ids for outcome in found if isinstance(error := outcome.error, MaybeWritten)}
    assert len(traces) == 100
    assert all(len(trace_ids) == 1 for trace_ids in traces)
    assert len(account.records) == 150


def test_a_lost_answer_to_an_upsert_is_asked_for_again() -> None:
    account, lost = Account(), list[int]()

    def serve(request: Request) -> Reply:
        answer = account(request)
        if len(lost) < 2:
            lost.append(1)
            raise ConnectionFailed("lost", sent=True)
        return answer

    found = do("upsert", [{"email": "a@example.com"}], serve)
    assert found[0].ok
    assert len(account.calls) == 3


def test_a_server_that_stays_broken_leaves_repeatable_writes_in_doubt_too() -> None:
    found = do("upsert", [{"email": "a@example.com"}], lambda _: reply(502))
    assert isinstance(found[0].error, ServerError)
    assert found[0].written == "maybe"
    assert do("read", ["1"], lambda _: reply(502))[0].written == "no"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            reply(429, {"policyName": "DAILY", "message": "You have reached your daily limit."}),
            DailyLimitReached,
        ),
        (reply(401, {"category": "INVALID_AUTHENTICATION"}), Unauthorized),
        (ConnectionFailed("nobody there", sent=False), ConnectionFailed),
    ],
)
def test_what_would_meet_every_chunk_stops_the_rest(answer: Reply | Exception, kind: type[Exception]) -> None:
    account, calls = Account(), list[int]()

    def serve(request: Request) -> Reply:
        calls.append(1)
        if len(calls) == 1:
            return account(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    rows = [{"email": f"u{n}@example.com"} for n in range(1_000)]
    found = do("upsert", rows, serve, width=1)
    assert len(found) == 1_000
    assert all(outcome.ok for outcome in found[:100])
    assert all(isinstance(outcome.error, kind) and outcome.written == "no" for outcome in found[100:])
    assert len(calls) <= 5


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("create", "no mapping"),
        ("create", {"a": object()}),
        ("update", {"id": "1"}),
        ("update", ("", {})),
        ("upsert", {"firstname": "no key"}),
        ("upsert", {"email": " "}),
        ("read", ""),
        ("archive", None),
    ],
)
def test_an_input_that_cannot_be_sent_fails_alone(verb: str, given: Any) -> None:
    good = {"create": {"a": "1"}, "update": ("1", {}), "upsert": {"email": "a@b.c"}}.get(verb, "1")

    def serve(request: Request) -> Reply:
        inputs = body(request)["inputs"]
        return reply(200, {"results": [{**row, "id": "1"} for row in inputs]})

    found = do(verb, [good, given, good], serve)
    assert [outcome.ok for outcome in found] == [True, False, True]
    assert isinstance(found[1].error, ConfigError)
    assert found[1].written == "no"


def test_what_was_sent_is_accounted_for_when_the_inputs_break_off() -> None:
    account = Account()

    def rows() -> Iterator[dict[str, str]]:
        yield from ({"email": f"u{n}@example.com"} for n in range(250))
        raise OSError("the file is gone")

    seen = []
    made = session()
    found = each(batches.outcomes(made, jobs.Create(made, "contacts"), rows()), account)
    with pytest.raises(OSError, match="the file is gone"):
        seen.extend(found)
    assert len(seen) == len(account.records) == 200
    assert all(outcome.ok for outcome in seen)


def test_inputs_are_read_only_a_few_chunks_ahead() -> None:
    account, taken = Account(), list[int]()

    def rows() -> Iterator[dict[str, str]]:
        for n in range(100_000):
            taken.append(n)
            yield {"email": f"u{n}@example.com"}

    made = session()
    made.width = 2
    found = each(batches.outcomes(made, jobs.Create(made, "contacts"), rows()), account)
    assert next(found).ok
    assert len(taken) <= 400
    found.close()  # type: ignore[attr-defined]


def test_no_more_chunks_are_under_way_than_the_width() -> None:
    account, lock = Account(), threading.Lock()
    under_way, most = 0, 0

    def serve(request: Request) -> Reply:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        with lock:
            answer = account(request)
            under_way -= 1
        return answer

    do("create", [{"email": f"u{n}@example.com"} for n in range(2_000)], serve, width=3)
    assert 1 <= most <= 3


def test_new_records_bring_their_associations() -> None:
    seen: list[Any] = []

    def serve(request: Request) -> Reply:
        seen.extend(body(request)["inputs"])
        return reply(201, {"results": [{"id": "1", "properties": {"name": "n"}}]})

    do("create", [NewRecord({"email": "a@example.com"}, [("companies", 9), ("deals", "8", 4)])], serve)
    assert seen[0]["associations"] == [
        {"to": {"id": "9"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]},
        {"to": {"id": "8"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 4}]},
    ]


def test_histories_are_read_fifty_at_a_time() -> None:
    account = Account()
    made = session()
    job = jobs.Read(made, "contacts", None, Fields((), ("email",)))
    list(each(batches.outcomes(made, job, range(120)), account))
    assert sorted(len(inputs) for _, inputs in account.calls) == [20, 50, 50]


def test_a_later_row_of_a_key_is_sent_only_when_the_earlier_one_was_answered() -> None:
    account, second = Account(), threading.Event()

    def serve(request: Request) -> Reply:
        if body(request)["inputs"][0]["properties"]["n"] == "1":
            assert not second.wait(timeout=0.2)
            return account(request)
        second.set()
        return account(request)

    do("upsert", [{"email": "a@example.com", "n": 1}, {"email": "A@example.com", "n": 2}], serve)
    assert second.is_set()
    assert account.records["1000"]["n"] == "2"


def test_below_the_floor_nothing_is_sent_and_every_input_is_told() -> None:
    account, kept = Account(), session().spending(floor=10)
    kept.governor.windows.day = Day(100, 10, kept.now())
    rows = [{"email": f"n{n}@example.com"} for n in range(250)]
    done = [*each(batches.outcomes(kept, jobs.Upsert(kept, "contacts", "email"), rows), account)]
    assert [type(outcome.error) for outcome in done] == [FloorReached] * 250
    assert {outcome.written for outcome in done} == {"no"}
    assert account.calls == []
