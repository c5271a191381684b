"""However a push ends before its end, starting it again leads to the same account, and nothing is there
twice.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hubwire.emulator.exchange import Answer
from hubwire.testing.accounts import Account
from tests.journeys.conftest import Command
from tests.journeys.test_push import contacts, domains, employers

pytestmark = [
    pytest.mark.socket,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent"),
]

Start = Callable[..., subprocess.Popen[str]]


class Ambush:
    """Does something to the account's caller at a certain request: before it is answered, or instead of
    answering.
    """

    def __init__(
        self, account: Account, what: str, deed: Callable[[], None], *, after: bool, nth: int = 1
    ) -> None:
        self.what, self.deed, self.after, self.left = what, deed, after, nth
        self._receive = account.emulator.receive
        account.emulator.receive = self.receive  # type: ignore[method-assign]

    def receive(self, method: str, path: str, *rest: Any) -> Answer:
        hit = path.endswith(self.what)
        if hit:
            self.left -= 1
        if hit and self.left == 0 and not self.after:
            self.deed()
        answer = self._receive(method, path, *rest)
        if hit and self.left == 0 and self.after:
            self.deed()
        return answer


def end_state(account: Account) -> tuple[object, ...]:
    return contacts(account, "firstname", "lastname"), domains(account), employers(account)


@pytest.mark.parametrize("after", [False, True], ids=["before it is done", "after it is done"])
@pytest.mark.parametrize("moment", ["contacts/batch/upsert", "companies/batch/create", "associate/default"])
def test_a_push_that_was_killed_is_completed_by_the_next_one(
    account: Account, hubwire: Command, process: Start, people: Path, moment: str, after: bool
) -> None:
    children: list[subprocess.Popen[str]] = []

    def kill() -> None:
        children[0].kill()
        children[0].wait()

    Ambush(account, moment, kill, after=after)
    children.append(process("push", people))
    assert children[0].wait() == -signal.SIGKILL
    report = hubwire("push", people, "--json").report
    assert report["complete"]
    assert report["created"] + report["unchanged"] == 30
    assert report["companies"]["created"] + report["companies"]["unchanged"] == 6
    state = end_state(account)
    assert set(domains(account).values()) == {1}
    assert len(contacts(account)) == 30
    assert employers(account)["person04@example.com"] == {"firm4.example.com"}
    assert hubwire("push", people, "--json").report["unchanged"] == 30
    assert end_state(account) == state
    assert not list(people.parent.glob(".*journal"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_push_that_is_interrupted_tells_what_was_done(
    account: Account, hubwire: Command, process: Start, people: Path, number: signal.Signals, code: int
) -> None:
    children: list[subprocess.Popen[str]] = []
    Ambush(account, "companies/batch/create", lambda: children[0].send_signal(number), after=False)
    children.append(process("push", people, "--json"))
    out, err = children[0].communicate()
    assert children[0].returncode == code
    report = json.loads(out)
    assert report["stopped"] == "interrupted"
    assert report["created"] == 30
    assert "Up to here 30 rows were written" in err
    assert "Run the same command again" in err
    assert "Traceback" not in err
    assert hubwire("push", people).code == 0
    assert set(domains(account).values()) == {1}
    assert len(employers(account)["person29@example.com"]) == 1


def test_a_day_whose_calls_run_out_midway_is_told_and_the_next_push_completes_it(
    account: Account, hubwire: Command, people: Path
) -> None:
    quota = account.emulator.account.quota
    Ambush(account, "contacts/batch/upsert", lambda: quota.use_day(10**7, account.clock.now()), after=False)
    ended = hubwire("push", people)
    assert ended.code == 1
    assert "calls of today are used up" in ended.err
    assert "Up to here 0 rows were written" in ended.err
    quota.use_day(-(10**7), account.clock.now())
    assert hubwire("push", people).code == 0
    assert len(contacts(account)) == 30


def test_a_token_that_is_revoked_midway_is_told_and_the_next_push_completes_it(
    account: Account, hubwire: Command, people: Path
) -> None:
    tokens = account.emulator.account.tokens

    def revoke() -> None:
        tokens._access.pop(account.access_token)

    access = tokens.find(account.access_token)
    assert access is not None
    Ambush(account, "companies/batch/create", revoke, after=False)
    ended = hubwire("push", people, "--json")
    assert ended.code == 1
    assert "mistyped, revoked" in ended.report["stopped"]
    assert (ended.report["created"], ended.report["companies"]["created"]) == (30, 0)
    tokens._access[account.access_token] = access
    report = hubwire("push", people, "--json").report
    assert (report["unchanged"], report["companies"]["created"], report["complete"]) == (30, 6, True)
