"""Another engine behind the same four methods, to show that they are all there is to it: procrastinate.

For tests only. A lane is a job whose `lock` keeps two of them from running at a time and whose
`queueing_lock` keeps two of them from waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from hubwire.webhooks.engine import Engine, Work
from hubwire.webhooks.inbox import Inbox
from hubwire.webhooks.postgres import PostgresInbox

TASK = "lane"
DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY[
    ROW('default', $1, 0, $2, $2, jsonb_build_object('lane', $2::text), $3)]::procrastinate_job_to_defer_v1[])
"""


class ProcrastinateEngine:
    """An `Engine` over the database of a `PostgresInbox`."""

    def __init__(self, inbox: PostgresInbox, *, width: int = 8) -> None:
        from procrastinate import App, PsycopgConnector

        self._inbox, self._width = inbox, width
        self._app = App(
            connector=PsycopgConnector(
                conninfo=inbox.dsn, kwargs={"options": f"-c search_path={inbox.schema}"}
            )
        )
        self._worker: asyncio.Task[None] | None = None
        self._closed = False
        inbox.on_ring, inbox.on_open = self.ring, self.prepare

    async def prepare(self, db: Any) -> None:
        """Makes its tables beside the inbox's."""
        if not await db.fetchval("SELECT to_regclass('procrastinate_jobs') IS NOT NULL"):
            await db.execute(self._app.schema_manager.get_schema())

    async def ring(self, tx: Any, lanes: Collection[str], not_before: int = 0) -> None:
        from asyncpg import UniqueViolationError

        if tx is None:
            async with self._inbox.transaction() as own:
                await self.ring(own, lanes, not_before)
            return
        at = datetime.fromtimestamp(not_before / 1000, UTC) if not_before else None
        for lane in sorted(lanes):
            try:
                # It refuses a second one by an error, which would be the end of the transaction.
                async with tx.transaction():
                    await tx.execute(DEFER, TASK, lane, at)
            except UniqueViolationError:
                continue

    async def run(self, work: Work) -> None:
        async def lane_run(lane: str) -> None:
            while (due := await work(lane)) == 0:
                pass
            if due is not None:
                await self.ring(None, [lane], due)

        self._app.task(lane_run, name=TASK)
        async with self._app.open_async():
            self._worker = asyncio.ensure_future(
                self._app.run_worker_async(
                    concurrency=self._width,
                    fetch_job_polling_interval=0.1,
                    install_signal_handlers=False,
                    delete_jobs="always",
                )
            )
            if self._closed:
                self._worker.cancel()
            await asyncio.wait({self._worker})

    async def live_lanes(self) -> set[str]:
        async with self._inbox.transaction() as db:
            rows = await db.fetch("SELECT lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
        return {row["lock"] for row in rows}

    async def close(self) -> None:
        self._closed = True
        if self._worker is not None:
            self._worker.cancel()


class ProcrastinateStore:
    """A `Store`."""

    def __init__(self, dsn: str, schema: str) -> None:
        self._dsn, self._schema = dsn, schema

    def inbox(self) -> Inbox:
        inbox = PostgresInbox(self._dsn, schema=self._schema)
        ProcrastinateEngine(inbox)
        return inbox

    def engine(
        self, inbox: Any, *, width: int, clock: Callable[[], float], steady: Callable[[], float]
    ) -> Engine:
        return ProcrastinateEngine(inbox, width=min(width, 16))
