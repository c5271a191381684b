"""What other engines make of the same work: `python -m benchmarks.webhooks_peers`, where they are installed.

Each takes in events by the hundred, durably, and has a handler that does nothing run for each of them;
measured from the first to the last. None of them knows events twice, keeps their history, or answers HubSpot.
As they come out of the box, each made to be as safe as it can:

* huey 3.5, SQLite with fsync: a hundred calls a request, for it has none for many; two threads; no order.
* dbos 3.4, SQLite as it sets it up, and PostgreSQL: a queue with a partition for each record, one at a time
  in it, so that a record has its order; one enqueue per event, which is its public way.
* procrastinate 3.10, PostgreSQL: a hundred jobs in one statement, with a lock for each record, so that it has
  its order; eight at a time.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.webhooks import OBJECTS, end_to_end, fresh

NUMBER = 5
"""Requests of a hundred."""
PATIENCE = 120.0


def records() -> list[int]:
    from random import Random

    chance = Random(5)
    return [chance.randrange(OBJECTS) for _ in range(NUMBER * 100)]


def counted(begun: float, done: Callable[[], int]) -> float:
    """Events a second, when all are done; so far, when they take too long."""
    while done() < NUMBER * 100 and time.perf_counter() - begun < PATIENCE:
        time.sleep(0.01)
    return done() / (time.perf_counter() - begun)


def huey(folder: Path) -> float:
    from huey import SqliteHuey

    app = SqliteHuey(filename=str(folder / "huey.db"), fsync=True)
    done: list[int] = []

    @app.task()
    def handler(record: int) -> None:
        done.append(record)

    consumer = app.create_consumer(workers=2, check_worker_health=False)
    consumer.start()
    begun = time.perf_counter()
    for record in records():
        handler(record)
    try:
        return counted(begun, lambda: len(done))
    finally:
        consumer.stop(graceful=False)


def dbos(address: str) -> float:
    from dbos import DBOS, SetEnqueueOptions

    done: list[int] = []
    DBOS(config={"name": "bench", "system_database_url": address, "log_level": "ERROR"})

    @DBOS.workflow()
    def handler(record: int) -> None:
        done.append(record)

    DBOS.launch()
    try:
        DBOS.register_queue("events", partition_concurrency=1, polling_interval_sec=0.1)
        begun = time.perf_counter()
        for record in records():
            with SetEnqueueOptions(queue_partition_key=str(record)):
                DBOS.enqueue_workflow("events", handler, record)
        return counted(begun, lambda: len(done))
    finally:
        DBOS.destroy(destroy_registry=True)


def procrastinate(address: str, schema: str) -> float:
    from procrastinate import App, PsycopgConnector

    done: list[int] = []

    async def main() -> float:
        app = App(
            connector=PsycopgConnector(conninfo=address, kwargs={"options": f"-c search_path={schema}"})
        )

        @app.task(name="handler")
        async def handler(record: int) -> None:
            done.append(record)

        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            worker = asyncio.create_task(
                app.run_worker_async(
                    concurrency=8, install_signal_handlers=False, fetch_job_polling_interval=0.1
                )
            )
            begun = time.perf_counter()
            every = records()
            for start in range(0, len(every), 100):
                jobs = [handler.configure(lock=str(each)) for each in every[start : start + 100]]
                await app.job_manager.batch_defer_jobs_async(
                    [job.job.evolve(task_kwargs={"record": int(str(job.job.lock))}) for job in jobs]
                )
            while len(done) < NUMBER * 100 and time.perf_counter() - begun < PATIENCE:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            took = time.perf_counter() - begun
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
            return len(done) / took

    return asyncio.run(main())


def within(name: str, measure: Callable[[], float]) -> None:
    if importlib.util.find_spec(name.partition(" ")[0]) is None:
        print(f"{name:50} not installed")
        return
    print(f"{name:50} {measure():10,.0f} events/s", flush=True)


def in_postgres(measure: Callable[[str, str], float]) -> float:
    """In a database of its own: some make their schema where they please."""
    import psycopg

    from benchmarks.webhooks_postgres import DSN

    name = f"hubwire_bench_{os.urandom(4).hex()}"
    with psycopg.connect(DSN, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
        try:
            return measure(f"{DSN.rpartition('/')[0]}/{name}", "public")
        finally:
            db.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    logging.disable(logging.CRITICAL)

    def ours(folder: Path) -> Any:
        return end_to_end(folder / "inbox.db", 200)

    within("hubwire SQLite", lambda: fresh(ours))
    within("huey SQLite", lambda: fresh(huey))
    with tempfile.TemporaryDirectory() as folder:
        within("dbos SQLite", lambda: dbos(f"sqlite:///{folder}/dbos.db"))
    try:
        within("hubwire PostgreSQL", lambda: in_postgres(lambda where, _: asyncio.run(end_to_end(where, 60))))
        within("dbos PostgreSQL", lambda: in_postgres(lambda where, _: dbos(where)))
        within("procrastinate PostgreSQL", lambda: in_postgres(procrastinate))
    except OSError as missing:
        print(f"PostgreSQL does not answer: {missing}")
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(1.0)


if __name__ == "__main__":
    main()
