"""PostgreSQL is killed, restarted and cut off again and again while events come in, and so are its users.

In a cluster of its own: needs PostgreSQL's `initdb` and `pg_ctl`. `HUBWIRE_KILLS=200` kills as often as that.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.journeys.test_webhooks_postgres_killed import KILLS, load, running

pytestmark = [pytest.mark.postgres, pytest.mark.socket, pytest.mark.timeout(3600)]
OPTIONS = "-c fsync=off -c listen_addresses=127.0.0.1"
"""Nothing here cuts the power: what is written survives the death of every process."""
TRIES = 30


class Cluster:
    """A PostgreSQL of one's own. It does not run as root, so root hands it to somebody else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
        self._run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-N", "--no-locale")
        self.start()

    def start(self) -> None:
        options = f"{OPTIONS} -p {self.port} -k {self.folder}"
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"),
                  "-o", options, "start")  # fmt: skip

    def restart(self) -> None:
        """As after a crash: nothing is written before it ends."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")
        self.start()

    def kill(self) -> None:
        """`kill -9` of all its processes."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        # It does not start as long as one of them still has the shared memory.
        for _ in range(TRIES):
            with contextlib.suppress(subprocess.CalledProcessError):
                return self.start()
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def cut_off(self) -> None:
        """Ends every connection."""
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as db:
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE 'hubwire%'"
            )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, user=self.user)


@contextmanager
def cluster() -> Iterator[Cluster]:
    if not (shutil.which("initdb") and shutil.which("pg_ctl")):
        pytest.skip("initdb and pg_ctl are not on the PATH")
    if not Path("/proc/self/task").is_dir():
        pytest.skip("the processes of a PostgreSQL are found through /proc")
    # Not below pytest's folder, which nobody else may enter.
    folder = Path(tempfile.mkdtemp(prefix="hubwire-pg-"))
    try:
        ours = Cluster(folder)
        try:
            yield ours
        finally:
            ours.stop()
    finally:
        shutil.rmtree(folder)


def test_when_postgresql_comes_back_everything_acknowledged_is_handled(tmp_path: Path) -> None:
    chance = random.Random(11)
    with cluster() as database, running(tmp_path, f"{database.address}?heartbeat=2") as three:
        victims = [
            database.kill, database.restart, database.cut_off,
            *[partial(three.kill, name) for name in ("receiver", "one", "two")],
        ]  # fmt: skip
        order = [victims[turn % len(victims)] for turn in range(KILLS)]
        chance.shuffle(order)
        left = iter(order)
        load(three, KILLS, lambda: next(left)())
