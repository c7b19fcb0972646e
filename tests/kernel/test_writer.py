"""The writer: work that is committed in groups, and fails alone."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import Any

import asyncpg
import pytest
from tortoise import connections
from tortoise.exceptions import IntegrityError, OperationalError

from botkit.decision import FollowUp
from botkit.errors import BotkitError, StorageError
from botkit.sql import Statement, Write, insert
from botkit.storage import Database, UnitOfWork
from botkit.storage.models import Person, Timer
from botkit.testing import PATIENCE
from tests.kernel.kit import busy, opened, until

PERSON = insert("person", "id station_id created_at")
STRICT = Statement("INSERT INTO person (id, station_id, created_at) VALUES (?, ?, ?)")


async def add(unit: UnitOfWork, id: int) -> None:
    await Person.create(id=id, station_id=1, created_at=unit.database.clock.now())


async def people(database: Database) -> list[int]:
    return [row["id"] for row in await database.read("SELECT id FROM person ORDER BY id")]


def units(database: Database, *jobs: Any) -> asyncio.Future[list[Any]]:
    return asyncio.gather(*[database.unit(job) for job in jobs], return_exceptions=True)


async def test_what_waits_together_is_committed_together(database_url: str) -> None:
    async with opened(database_url) as database:
        before = database.writer.groups

        def job(n: int) -> Any:
            async def work(unit: UnitOfWork) -> int:
                await add(unit, n)
                return n

            return work

        assert await units(database, *[job(n) for n in range(1, 51)]) == list(range(1, 51))
        assert await people(database) == list(range(1, 51))
        assert database.writer.groups - before <= 2


async def test_a_unit_that_fails_undoes_only_itself(database_url: str) -> None:
    async with opened(database_url) as database:
        told: list[str] = []

        async def good(unit: UnitOfWork) -> None:
            await add(unit, 1)
            unit.write(PERSON, 2, 1, database.clock.now())
            unit.audit("test.done")
            unit.after_commit(lambda: told.append("good"))

        async def bad(unit: UnitOfWork) -> None:
            await add(unit, 11)
            unit.write(PERSON, 12, 1, database.clock.now())
            unit.audit("test.undone")
            unit.follow_up(FollowUp("test", "late", "k", database.clock.now()))
            unit.after_commit(lambda: told.append("bad"))
            raise LookupError("no such thing")

        async def good_too(unit: UnitOfWork) -> None:
            await add(unit, 3)

        results = await units(database, good, bad, good_too)
        assert [type(result) for result in results] == [type(None), LookupError, type(None)]
        assert await people(database) == [1, 2, 3]
        assert told == ["good"]
        assert [row["event"] for row in await database.read("SELECT event FROM audit")] == ["test.done"]
        assert not await Timer.all()


async def test_a_raw_row_that_breaks_a_constraint_fails_its_own_job(database_url: str) -> None:
    async with opened(database_url) as database:
        ran: list[int] = []

        def job(n: int, row: int) -> Any:
            async def work(unit: UnitOfWork) -> None:
                ran.append(n)
                await add(unit, n)
                unit.write(STRICT, row, 1, database.clock.now())

            return work

        results = await units(database, job(1, 101), job(2, 101), job(3, 103))
        assert [type(result) for result in results] == [type(None), IntegrityError, type(None)]
        # The spoiled group is undone as a whole and each job run again: still each is written once.
        assert await people(database) == [1, 3, 101, 103]
        assert sorted(ran) == [1, 1, 2, 2, 3, 3]


async def test_plain_rows_report_what_became_of_them(database_url: str) -> None:
    async with opened(database_url) as database:
        heard: dict[str, BaseException | None] = {}
        now = database.clock.now()
        for name, row in (
            ("first", (1, 1, now)),
            ("again", (1, 1, now)),
            ("broken", (2, None, now)),
            ("last", (3, 1, now)),
        ):
            database.writer.write([Write(PERSON, row)], lambda result, error, name=name: heard.__setitem__(name, error))
        await until(lambda: len(heard) == 4)
        assert heard["first"] is heard["again"] is heard["last"] is None
        # A conflict is passed over by the statement; a missing value is too on neither backend.
        assert await people(database) == [1, 3]
        if not database.sqlite:
            assert isinstance(heard["broken"], IntegrityError)


async def test_reads_see_committed_rows_only_and_a_unit_its_own(database_url: str) -> None:
    async with opened(database_url) as database:

        async def first(unit: UnitOfWork) -> None:
            await add(unit, 1)
            assert await Person.all().count() == 1
            assert len(await database.read("SELECT id FROM person")) == 1

        async with busy(database, first):
            assert await Person.all().count() == 0
            assert await people(database) == []
        assert await Person.all().count() == 1


async def test_nothing_outside_of_a_unit_can_write_on_sqlite(tmp_path: Any) -> None:
    async with opened(f"sqlite://{tmp_path / 'x.sqlite3'}") as database:
        with pytest.raises((OperationalError, StorageError), match="readonly"):
            await database.read("DELETE FROM station")
        with pytest.raises((OperationalError, StorageError), match="readonly"):
            await database._get("reader").execute_query("DELETE FROM station")


async def test_tasks_started_by_a_commit_are_outside_of_it(database_url: str) -> None:
    async with opened(database_url) as database:
        started: list[asyncio.Task[int]] = []

        async def later() -> int:
            async def work(unit: UnitOfWork) -> int:
                await add(unit, 2)
                return await Person.all().count()

            return await database.unit(work)

        async def job(unit: UnitOfWork) -> None:
            await add(unit, 1)
            unit.after_commit(lambda: started.append(asyncio.create_task(later())))

        await database.unit(job)
        assert await started[0] == 2


async def test_a_unit_inside_a_unit_is_refused_instead_of_waiting_for_itself(database_url: str) -> None:
    async with opened(database_url) as database:

        async def inner(unit: UnitOfWork) -> None:
            await add(unit, 2)

        async def outer(unit: UnitOfWork) -> None:
            await database.unit(inner)

        with pytest.raises(BotkitError, match="can't wait for another"):
            await database.unit(outer)
        await database.unit(inner)
        assert await people(database) == [2]


async def test_callbacks_and_cancellations_of_others_do_not_end_the_writer(database_url: str) -> None:
    async with opened(database_url) as database:

        async def raising(unit: UnitOfWork) -> None:
            await add(unit, 1)
            unit.after_commit(lambda: 1 // 0)

        async def awaits_cancelled(unit: UnitOfWork) -> None:
            await add(unit, 2)
            nobody: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            nobody.cancel()
            await nobody

        await database.unit(raising)
        with pytest.raises(BotkitError, match="cancelled"):
            await database.unit(awaits_cancelled)
        assert await people(database) == [1]


async def test_hundreds_of_cancelled_callers_leak_nothing(database_url: str) -> None:
    async with opened(database_url) as database:

        def job(n: int) -> Any:
            async def work(unit: UnitOfWork) -> None:
                await add(unit, n)

            return work

        tasks = [asyncio.create_task(database.unit(job(n))) for n in range(1, 401)]
        for n, task in enumerate(tasks):
            if n % 40 == 0:
                await asyncio.sleep(0)
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert any(isinstance(result, asyncio.CancelledError) for result in results)
        async with asyncio.timeout(PATIENCE):
            await database.unit(job(1000))
        # Cancelling stops the waiting, never half of a job: what was queued is there.
        kept = await people(database)
        assert kept == sorted(set(kept)) and kept[-1] == 1000


async def test_who_is_cancelled_while_a_transaction_begins_keeps_nothing(database_url: str) -> None:
    async with opened(database_url) as database:

        async def begins() -> None:
            async with database.transaction():
                await asyncio.Event().wait()

        # More often than the pool has connections, and at each step on the way.
        for steps in range(60):
            task = asyncio.create_task(begins())
            for _ in range(steps % 12):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(PATIENCE), database.transaction():
            pass
        pool = getattr(connections.get("default"), "_pool", None)
        assert pool is None or pool.get_idle_size() == pool.get_size()


async def test_after_closing_nobody_waits_for_ever(database_url: str) -> None:
    async with opened(database_url) as database:
        pass

    async def job(unit: UnitOfWork) -> None:
        await add(unit, 1)

    async with asyncio.timeout(PATIENCE):
        with pytest.raises(StorageError, match="closed"):
            await database.unit(job)


async def test_a_full_disk_is_an_error_with_a_fix_and_writes_nothing_by_half(tmp_path: Any) -> None:
    async with opened(f"sqlite://{tmp_path / 'x.sqlite3'}") as database:
        writing = database._get("default")
        pages = (await database.read("PRAGMA page_count"))[0]["page_count"]
        await writing.execute_query(f"PRAGMA max_page_count={pages + 4}")

        async def much(unit: UnitOfWork) -> None:
            await add(unit, 1)
            for n in range(200):
                await Timer.create(
                    id=n + 1, station_id=1, plugin="t", name="t", key=str(n), due_at=database.clock.now(),
                    data="x" * 1000, attempts=0,
                )  # fmt: skip

        async def many_rows(unit: UnitOfWork) -> None:
            await add(unit, 2)
            for n in range(20_000):
                unit.write(PERSON, 1000 + n, 1, database.clock.now())

        for job in (much, many_rows):
            with pytest.raises(StorageError) as caught:
                await database.unit(job)
            assert "full" in str(caught.value) and caught.value.fix
            assert await people(database) == [] and not await Timer.all()

        async def little(unit: UnitOfWork) -> None:
            await add(unit, 3)

        # What fits goes on beside what does not.
        results = await units(database, much, little)
        assert isinstance(results[0], StorageError) and results[1] is None
        await writing.execute_query("PRAGMA max_page_count=1000000")
        await database.unit(much)
        assert await people(database) == [1, 3]
        assert await Timer.all().count() == 200


# The driver itself leaves futures behind that nobody asks, when its connection is cut.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_lost_connections_cost_what_was_under_way_and_no_more(postgres: Any) -> None:
    url = await postgres.create("lost_connection")
    try:
        async with asyncio.timeout(PATIENCE), opened(url) as database:

            def job(n: int) -> Any:
                async def work(unit: UnitOfWork) -> None:
                    await add(unit, n)

                return work

            async def cut(unit: UnitOfWork) -> None:
                other = await asyncpg.connect(url)
                await other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                await other.close()
                await add(unit, 1000)

            written = []
            # More often than the pool has connections: none may be lost on the way.
            for n in range(1, 8):
                with pytest.raises(StorageError):
                    await database.unit(cut)
                for _ in range(5):
                    with contextlib.suppress(StorageError):
                        await database.unit(job(n))
                        written.append(n)
                        break
            assert written == [1, 2, 3, 4, 5, 6, 7] == await people(database)
    finally:
        gc.collect()
        await postgres.drop("lost_connection")


async def test_databases_that_cannot_be_opened_say_what_to_do(tmp_path: Any) -> None:
    (tmp_path / "text.sqlite3").write_text("this is no database, only a text that somebody put here " * 100)
    (tmp_path / "file").write_text("")
    for url in (
        f"sqlite://{tmp_path / 'text.sqlite3'}",
        f"sqlite://{tmp_path / 'file' / 'x.sqlite3'}",
        "postgres://nobody:secret@127.0.0.1:9/none",
    ):
        with pytest.raises(StorageError) as caught:
            async with opened(url):
                pass
        assert caught.value.fix and "secret" not in str(caught.value)
