"""The audit log: a chain in which nothing is changed unseen, and which holds no texts."""

from __future__ import annotations

from typing import Any

import pytest

from botkit.audit import verify
from botkit.storage import Database, UnitOfWork
from tests.kernel.kit import opened


async def write(database: Database, *events: str, **facts: Any) -> None:
    async def job(unit: UnitOfWork) -> None:
        for event in events:
            unit.audit(event, "case:7", actor="staff:3", **facts)

    await database.unit(job)


async def change(database: Database, sql: str) -> None:
    await database._get("default").execute_script(sql)


async def test_an_untouched_chain_is_whole_also_over_restarts(database_url: str) -> None:
    for _ in range(2):
        async with opened(database_url) as database:
            await write(database, "case.opened", "case.claimed", level="routine", number=3, flag=True)
            await write(database, "case.closed")
    async with opened(database_url) as database:
        assert await verify(database) == (6, None)
        rows = await database.read("SELECT seq, facts FROM audit ORDER BY seq")
        assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5, 6]
        assert rows[0]["facts"] == '{"flag":true,"level":"routine","number":3}'


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET actor = 'staff:4' WHERE seq = 3",
        "UPDATE audit SET facts = '{}' WHERE seq = 3",
        "UPDATE audit SET subject = 'case:8' WHERE seq = 3",
        "UPDATE audit SET event = 'x' WHERE seq = 3",
        "UPDATE audit SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 3",
        "UPDATE audit SET hash = previous WHERE seq = 3",
    ],
)
async def test_a_changed_entry_is_found(tampering: str, database_url: str) -> None:
    async with opened(database_url) as database:
        await write(database, "a.a", "b.b", "c.c", "d.d", number=1)
        await change(database, tampering)
        assert await verify(database) == (2, 3)


async def test_a_removed_entry_is_found(database_url: str) -> None:
    async with opened(database_url) as database:
        await write(database, "a.a", "b.b", "c.c", "d.d")
        await change(database, "DELETE FROM audit WHERE seq = 2")
        assert await verify(database) == (1, 3)


async def test_a_long_chain_is_walked_to_its_end(tmp_path: Any) -> None:
    async with opened(f"sqlite://{tmp_path / 'x.sqlite3'}") as database:
        await write(database, *[f"e.{n}" for n in range(2100)])
        assert await verify(database) == (2100, None)


@pytest.mark.parametrize(
    "facts",
    [
        {"text": "我家楼下" * 40},
        {"texts": ["短", "我家楼下" * 40]},
        {"deep": {"er": ("x" * 121,)}},
        {"keys": {"x" * 200: 1}},
    ],
)
async def test_texts_are_refused(facts: dict[str, Any], tmp_path: Any) -> None:
    async with opened(f"sqlite://{tmp_path / 'x.sqlite3'}") as database:
        with pytest.raises(ValueError, match="ids and facts"):
            await write(database, "case.opened", **facts)
        assert await verify(database) == (0, None)


async def test_a_failed_unit_leaves_no_gap(database_url: str) -> None:
    async with opened(database_url) as database:
        await write(database, "a.a")

        async def fails(unit: UnitOfWork) -> None:
            unit.audit("never.was")
            raise LookupError

        with pytest.raises(LookupError):
            await database.unit(fails)
        await write(database, "b.b")
        assert await verify(database) == (2, None)
