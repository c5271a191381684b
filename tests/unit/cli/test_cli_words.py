"""What the command says: every problem with its next step, every report with all its figures."""

from __future__ import annotations

import json

import pytest

from hubwire import errors
from hubwire.cli import main as cli
from hubwire.cli.explain import explain
from hubwire.cli.summary import summary
from hubwire.errors import Problem
from hubwire.mirror.push.layout import LeftOut
from hubwire.mirror.push.report import Associated, Change, Difference, Refusal, Report, Tally, Usage
from hubwire.mirror.push.states import State


def problem(status: int, message: str = "No.", **more: object) -> Problem:
    return Problem(status, {"message": message, **more})


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (errors.Unauthorized(problem(401)), "check HUBSPOT_ACCESS_TOKEN"),
        (errors.TokenExpired(problem(401)), "has expired: get a new one"),
        (errors.Forbidden(problem(403)), "Add the scope"),
        (
            errors.Forbidden(
                problem(403, context={"requiredGranularScopes": ["crm.objects.contacts.write"]})
            ),
            "lacks the scope crm.objects.contacts.write. Add the scope",
        ),
        (errors.ServerError(problem(502, "<html>\nBad   gateway</html>")), "HubSpot is in trouble"),
        (errors.NotFound(problem(404)), "(http://x.test). Is the base URL that of a HubSpot API?"),
        (errors.ConnectionFailed("nobody answers", sent=False), "nobody answers (http://x.test)."),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_a_problem_is_told_in_one_line_with_the_next_step(error: BaseException, said: str) -> None:
    told = explain(error, "http://x.test")
    assert said in told
    assert "\n" not in told
    assert ".." not in told


def report() -> Report:
    return Report(
        file="/data/people.csv",
        object="contacts",
        key="email",
        columns={"email": "contacts.email"},
        left_out=(LeftOut("Shoe Size", "the account has no such property"),),
        rows_in=1_234,
        portal_id=7,
        tally=Tally(created=1_000, updated=200, unchanged=30, refused=3),
        associated={
            "companies": Associated(
                "companies", "domain", Tally(5, 4, 3, 2), rows_refused=1, links_made=8, links_there=9
            )
        },
        refusals=[
            Refusal(line, "contacts", f"p{line}@x.test", "Email address is invalid", ())
            for line in range(30, 2, -1)
        ],
        verified=1_209,
        differences=[Difference("contacts", "11", "p@x.test", "lifecyclestage", "lead", "customer")],
        links_missing=1,
        usage=Usage(calls=70, batches=60, burst_remaining=120, burst_max=190, daily_remaining=624_930),
        seconds=4.25,
        refused_file="/data/people.refused.csv",
    )


def test_the_summary_holds_every_figure() -> None:
    told = summary(report())
    for figure in (
        "people.csv → contacts of account 7, by email",
        "rows in          1,234",
        "created          1,000",
        "updated            200",
        "unchanged           30",
        "refused              3   listed in /data/people.refused.csv",
        "not done             1",
        "companies           14   5 created, 4 updated, 3 unchanged, 2 refused",
        "associations        17   8 made, 9 there before, 1 rows without",
        "read back        1,209   as written; 2 not, see below",
        "calls               70   of them 60 batches; 429s met: 0",
        "quota left    120 of 190 in the 10-second window, 624,930 today",
        "seconds            4.2",
        "not written: column 'Shoe Size': the account has no such property",
        "contacts 11 (p@x.test): lifecyclestage is 'customer', written was 'lead'",
        "moves a lifecycle stage only forward",
        "1 associations were not found",
    ):
        assert figure in told


def test_long_lists_are_cut_and_counted_first_lines_first() -> None:
    told = summary(report())
    assert "line 3: p3@x.test: Email address is invalid" in told
    assert "line 13:" not in told
    assert "… and 18 more" in told


def test_a_dry_run_says_that_nothing_was_written_and_what_would_change() -> None:
    dry = report()
    dry.dry_run = True
    dry.changes = [Change(2, "contacts", "a@x.test", "updated", {"city": ("Köln", ""), "phone": (None, "1")})]
    told = summary(dry)
    assert "dry run: nothing was written" in told
    assert "line 2: contact a@x.test updated: city Köln → (empty), phone (empty) → 1" in told
    assert "read back" not in told.split("read back otherwise")[0]


def test_the_report_of_a_script_is_plain_data_with_the_same_figures() -> None:
    plain = json.loads(json.dumps(report().as_dict()))
    assert (plain["rows"], plain["created"], plain["not_done"], plain["complete"]) == (1_234, 1_000, 1, False)
    assert plain["companies"] == {
        "key": "domain", "created": 5, "updated": 4, "unchanged": 3, "refused": 2, "rows_refused": 1,
    }  # fmt: skip
    assert plain["associations"]["companies"] == {"made": 8, "already_there": 9}
    assert [each["line"] for each in plain["refusals"]] == list(range(3, 31))
    assert plain["quota_left"] == {"burst": 120, "burst_of": 190, "daily": 624_930}


def test_records_count_by_the_most_that_was_done_to_them() -> None:
    states = [
        State(("1",), {}, action="created"),
        State(("2",), {}, action="updated", refused=True),
        State(("3",), {}),
        State(("4", "5"), {}),
        State((), {}, refused=True),
        State((), {}),
    ]
    assert Tally.of(states) == Tally(created=1, updated=1, unchanged=1, refused=2)


def test_every_command_is_listed_and_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], *([module.NAME, "--help"] for module in cli.modules())):
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        assert end.value.code == 0
        told = capsys.readouterr().out
        assert told.startswith("usage: hubwire")
    assert {module.NAME for module in cli.modules()} >= {
        "auth",
        "demo",
        "doctor",
        "emulator",
        "lint",
        "login",
        "push",
        "types",
    }


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"hubwire {cli.version()}\n"


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["push"], ["push", "a.csv", "b.csv"]])
def test_a_wrong_command_line_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
