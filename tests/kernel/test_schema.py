"""The schema: a migrated database is the one that the models describe, on both backends."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from tortoise.context import TortoiseContext

from botkit.storage import Database
from botkit.testing import FakeClock
from tests.kernel.kit import opened
from tests.postgres import Cluster


async def schema(database: Any, sqlite: bool) -> dict[str, Any]:
    """Columns, indexes and uniques by table: what they do, without their names."""
    if sqlite:
        tables = await database.execute_query_dict(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        found = {}
        for table in (row["name"] for row in tables):
            columns = await database.execute_query_dict(f"PRAGMA table_info({table})")
            indexes = set()
            for index in await database.execute_query_dict(f"PRAGMA index_list({table})"):
                parts = await database.execute_query_dict(f"PRAGMA index_info({index['name']})")
                if index["origin"] != "pk":
                    indexes.add((tuple(part["name"] for part in parts), bool(index["unique"])))
            found[table] = (
                {(c["name"], c["type"].upper(), bool(c["notnull"]), c["pk"]) for c in columns},
                indexes,
            )
        return found
    columns = await database.execute_query_dict(
        "SELECT table_name, column_name, data_type, character_maximum_length AS size, is_nullable"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    )
    indexes = await database.execute_query_dict(
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    tables = {row["table_name"] for row in columns}
    return {
        table: (
            {tuple(v for k, v in row.items() if k != "table_name") for row in columns if row["table_name"] == table},
            {
                ("UNIQUE" in row["indexdef"], re.sub(r"^.* USING ", "", row["indexdef"]))
                for row in indexes
                if row["tablename"] == table
            },
        )
        for table in tables
    }


async def fresh(url: str, models: tuple[str, ...]) -> dict[str, Any]:
    """The schema that the ORM makes of the models at once."""
    made = Database(url, clock=FakeClock())
    async with TortoiseContext() as context:
        await context.init(
            config={
                "connections": made._connections(),
                "apps": {"kernel": {"models": list(models), "default_connection": "default"}},
            }
        )
        await context.generate_schemas()
        found = await schema(context.connections.get("default"), made.sqlite)
        await context.connections.close_all()
    return found


async def test_migrated_is_what_the_models_say(database_url: str, tmp_path: Path, request: Any) -> None:
    async with opened(database_url) as database:
        migrated = await schema(database._get("default"), database.sqlite)
        sqlite = database.sqlite
    migrated.pop("tortoise_migrations", None)
    if sqlite:
        wanted = await fresh(f"sqlite://{tmp_path / 'fresh.sqlite3'}", ("botkit.storage.models",))
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        wanted = await fresh(await cluster.create("fresh_schema"), ("botkit.storage.models",))
        await cluster.drop("fresh_schema")
    assert migrated.keys() == wanted.keys() and len(wanted) >= 14
    for table, (columns, indexes) in wanted.items():
        assert migrated[table][0] == columns, table
        assert migrated[table][1] == indexes, table


async def test_the_queues_are_read_through_an_index(tmp_path: Path) -> None:
    async with opened(f"sqlite://{tmp_path / 'x.sqlite3'}") as database:
        for query in (
            "SELECT * FROM inbox WHERE done_at IS NULL AND id > 5 ORDER BY id LIMIT 10",
            "SELECT * FROM outbox WHERE done_at IS NULL AND id > 5 ORDER BY id LIMIT 10",
            "SELECT choices FROM outbox WHERE chat_id = 5 ORDER BY id DESC LIMIT 20",
            "SELECT * FROM timer WHERE due_at <= '2026' ORDER BY due_at LIMIT 10",
        ):
            plan = " ".join(row["detail"] for row in await database.read(f"EXPLAIN QUERY PLAN {query}"))
            assert "USING INDEX" in plan and "TEMP B-TREE" not in plan, (query, plan)


async def test_processes_that_start_together_migrate_once(postgres: Cluster) -> None:
    url = await postgres.create("together")
    program = (
        "import asyncio, sys\n"
        "from botkit.storage import Database\n"
        "from botkit.clock import SystemClock\n"
        "async def main():\n"
        "    database = Database(sys.argv[1], clock=SystemClock())\n"
        "    await database.open()\n"
        "    print(database.station_id)\n"
        "    await database.close()\n"
        "asyncio.run(main())\n"
    )
    import sys

    try:
        started = [
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                program,
                url,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            for _ in range(3)
        ]
        ends = [await process.communicate() for process in started]
        assert [process.returncode for process in started] == [0, 0, 0], ends
        assert len({out for out, _ in ends}) == 1, "one station for all"
    finally:
        await postgres.drop("together")


async def test_a_lost_index_or_unique_is_noticed(database_url: str) -> None:
    async with opened(database_url) as database:
        connection = database._get("default")
        whole = await schema(connection, database.sqlite)
        listed = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%due_at%'"
        if not database.sqlite:
            listed = "SELECT indexname AS name FROM pg_indexes WHERE indexdef LIKE '%due_at%'"
        [index] = await database.read(listed)
        await connection.execute_script(f'DROP INDEX "{index["name"]}"')
        lacking = await schema(connection, database.sqlite)
        assert lacking != whole and lacking["timer"][0] == whole["timer"][0]


async def test_opening_again_changes_nothing(database_url: str) -> None:
    async with opened(database_url) as database:
        first = await schema(database._get("default"), database.sqlite)
        station = database.station_id
    async with opened(database_url) as database:
        assert await schema(database._get("default"), database.sqlite) == first
        assert database.station_id == station
