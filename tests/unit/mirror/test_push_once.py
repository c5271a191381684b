"""What HubSpot would let happen twice happens once: creations are noted, and looked up when in doubt."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from hubwire import Hub
from hubwire.errors import ConnectionFailed
from hubwire.mirror.push import Plan, Wish, finders, prepare
from hubwire.mirror.push.finders import LAG
from hubwire.mirror.push.journal import Journal, JournalLost, state_directory
from hubwire.testing.accounts import LocalAccount
from hubwire.testing.transport import InProcess
from hubwire.wire.message import Reply, Request, Timeout

FIRMS = 6


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    rows = [f"person{number}@example.com,firm{number % FIRMS}.example.com" for number in range(12)]
    path.write_text("\n".join(["email,company.domain", *rows]) + "\n", encoding="utf-8")
    return path


def plan(account: LocalAccount, hub: Hub, path: Path) -> Plan:
    return prepare(hub, path, Wish("contacts"), clock=account.pace)


def domains(account: LocalAccount) -> Counter[str | None]:
    with account.hub() as hub:
        return Counter(record["domain"] for record in hub.companies.list(properties=["domain"]))


class Lossy(InProcess):
    """Loses the answer to the first creation of companies, or the request itself if it is not to arrive."""

    def __init__(self, account: LocalAccount, *, arrives: bool, stays_cut: bool = False) -> None:
        super().__init__(account.emulator.asgi, account.pace)
        self.arrives, self.stays_cut, self.lost = arrives, stays_cut, False

    def send(self, request: Request, timeout: Timeout) -> Reply:
        if self.lost and self.stays_cut:
            raise ConnectionFailed("the connection was cut", sent=False)
        if self.lost or not request.target.endswith("companies/batch/create"):
            return super().send(request, timeout)
        self.lost = True
        if self.arrives:
            super().send(request, timeout)
        raise ConnectionFailed("the connection was cut", sent=True)


@pytest.mark.parametrize("arrives", [False, True])
def test_a_creation_whose_answer_was_lost_is_looked_up_before_it_is_sent_again(
    hubspot: LocalAccount, people: Path, arrives: bool
) -> None:
    before = hubspot.clock.now()
    with hubspot.hub(transport=Lossy(hubspot, arrives=arrives)) as hub:
        report = plan(hubspot, hub, people).run()
    assert report.complete
    assert report.associated["companies"].records.created == FIRMS
    assert domains(hubspot) == {f"firm{number}.example.com": 1 for number in range(FIRMS)}
    assert hubspot.clock.now() - before >= LAG
    assert list(people.parent.iterdir()) == [people]


def test_a_connection_that_stays_cut_ends_the_push_and_the_next_one_completes_it(
    hubspot: LocalAccount, people: Path
) -> None:
    with hubspot.hub(transport=Lossy(hubspot, arrives=True, stays_cut=True)) as hub:
        running = plan(hubspot, hub, people)
        with pytest.raises(ConnectionFailed):
            running.run()
    assert running.report.tally.created == 12
    assert "the connection was cut" in (running.report.stopped or "")
    with hubspot.hub() as hub:
        report = plan(hubspot, hub, people).run()
    assert (report.complete, report.associated["companies"].records.unchanged) == (True, FIRMS)
    assert set(domains(hubspot).values()) == {1}


def left_open(account: LocalAccount, path: Path, *keys: str) -> Journal:
    """What a push leaves that was killed while it created these."""
    journal = Journal.of(path, account.identity.portal_id)
    journal.sending("companies", keys, account.clock.now())
    journal.close(done=False)
    return journal


def test_searches_are_not_trusted_until_they_must_show_what_an_earlier_push_created(
    hubspot: LocalAccount, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finders, "LISTABLE", 0)
    with hubspot.hub() as hub:
        hub.companies.batch.create([{"domain": f"other{number}.example.com"} for number in range(450)])
        hub.companies.create({"domain": "firm0.example.com"})
        left_open(hubspot, people, "firm0.example.com")
        before = hubspot.clock.now()
        report = plan(hubspot, hub, people).run()
    assert hubspot.clock.now() - before >= LAG
    assert report.associated["companies"].records.created == FIRMS - 1
    assert domains(hubspot)["firm0.example.com"] == 1


def test_a_small_account_is_read_whole_instead_of_waiting(hubspot: LocalAccount, people: Path) -> None:
    with hubspot.hub() as hub:
        hub.companies.batch.create([{"domain": f"other{number}.example.com"} for number in range(450)])
        hub.companies.create({"domain": "firm0.example.com"})
        left_open(hubspot, people, "firm0.example.com")
        before = hubspot.clock.now()
        report = plan(hubspot, hub, people).run()
    assert hubspot.clock.now() - before < LAG
    assert report.associated["companies"].records.created == FIRMS - 1


def test_a_large_account_is_searched_for_the_domains_of_the_file(hubspot: LocalAccount, people: Path) -> None:
    with hubspot.hub() as hub:
        hub.companies.batch.create([{"domain": f"other{number}.example.com"} for number in range(450)])
        hub.companies.create({"domain": "FIRM0.example.com"})
        plan(hubspot, hub, people).run()
    searched = [seen.op for seen in hubspot.requests].count("objects.search")
    listed = [seen.op for seen in hubspot.requests].count("objects.list")
    assert (searched, listed) == (2, 0)  # how many there are, and which of them
    assert sum(1 for name in domains(hubspot).elements() if (name or "").lower().startswith("firm")) == FIRMS


def test_a_search_never_asks_for_more_than_its_body_may_hold(hubspot: LocalAccount, tmp_path: Path) -> None:
    long = [f"{'x' * 50}{number}.{'y' * 60}.example.com" for number in range(150)]
    path = tmp_path / "people.csv"
    rows = [f"p{number}@example.com,{domain}" for number, domain in enumerate(long)]
    path.write_text("\n".join(["email,company.domain", *rows]) + "\n", encoding="utf-8")
    with hubspot.hub() as hub:
        hub.companies.batch.create([{"domain": f"other{number}.example.com"} for number in range(990)])
        hub.companies.batch.create([{"domain": domain} for domain in long])
        report = plan(hubspot, hub, path).run()
    assert report.associated["companies"].records.unchanged == 150
    assert {seen.status for seen in hubspot.requests if seen.op == "objects.search"} == {200}


def test_what_the_journal_says_was_created_is_believed_only_if_the_account_agrees(
    hubspot: LocalAccount, people: Path
) -> None:
    with hubspot.hub() as hub:
        foreign = hub.companies.create({"domain": "elsewhere.example.com"}).id
        journal = Journal.of(people, hubspot.identity.portal_id)
        journal.answered("companies", {"firm0.example.com": foreign, "firm1.example.com": "999"}, [])
        journal.close(done=False)
        report = plan(hubspot, hub, people).run()
    assert report.associated["companies"].records.created == FIRMS
    assert set(domains(hubspot).values()) == {1}


def test_a_dry_run_leaves_the_journal_of_an_interrupted_push(hubspot: LocalAccount, people: Path) -> None:
    journal = left_open(hubspot, people, "firm0.example.com")
    with hubspot.hub() as hub:
        plan(hubspot, hub, people).run(dry=True)
    assert journal.path.exists()


# The journal itself


def test_the_journal_remembers_what_was_sent_and_what_came_of_it(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    journal = Journal.of(path, 1)
    journal.sending("companies", ["a", "b", "c"], 5.0)
    journal.answered("companies", {"a": "11"}, ["b"])
    journal.close(done=False)
    again = Journal.of(path, 1)
    assert again.created == {("companies", "a"): "11"}
    assert again.pending == {("companies", "c"): 5.0}
    assert Journal.of(path, 2).pending == {}


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_line_that_was_cut_short_does_not_spoil_the_journal(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "people.csv"
    journal = Journal.of(path, 1)
    journal.sending("companies", ["a"], 5.0)
    journal.sending("companies", ["b"], 6.0)
    journal.close(done=False)
    journal.path.write_bytes(journal.path.read_bytes()[:-cut])
    again = Journal.of(path, 1)
    again.sending("companies", ["c"], 7.0)
    again.close(done=False)
    assert {("companies", "a"): 5.0, ("companies", "c"): 7.0}.items() <= Journal.of(path, 1).pending.items()


def test_a_creation_is_on_disk_before_it_is_sent(tmp_path: Path) -> None:
    journal = Journal.of(tmp_path / "people.csv", 1)
    assert not journal.path.exists()
    journal.sending("companies", ["a"], 5.0)
    assert json.loads(journal.path.read_text("utf-8"))["sent"] == ["a"]
    journal.close(done=True)
    assert not journal.path.exists()


def test_without_a_journal_nothing_is_created(hubspot: LocalAccount, people: Path) -> None:
    with hubspot.hub() as hub:
        running = plan(hubspot, hub, people)
        running.journal.path = people / "not a directory" / "journal"
        with pytest.raises(JournalLost, match="cannot be written"):
            running.run()
    assert domains(hubspot) == {}
    assert running.report.tally.created == 12


def test_beside_a_file_that_nothing_can_be_written_to_the_state_directory_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    journal = Journal.of(tmp_path / "people.csv", 1)
    journal.sending("companies", ["a"], 5.0)
    assert journal.path.parent == state_directory() == tmp_path / "state" / "hubwire"
    assert Journal.of(tmp_path / "people.csv", 1).pending == {("companies", "a"): 5.0}
    assert Journal.of(tmp_path / "other" / "people.csv", 1).pending == {}
    journal.close(done=True)
