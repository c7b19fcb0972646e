"""Migrating: a new database is made at once, and is what going step by step would have made. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from botkit.storage import Database
from botkit.storage import migrate as module
from botkit.storage.schema import installed
from botkit.testing import FakeClock

APPS = {label: (app["models"], app["migrations"]) for label, app in installed()["apps"].items()}


async def step_by_step(connection: Any, apps: Any) -> None:
    """As a database goes that has data already."""
    targets = [MigrationTarget(app_label=label, name="__latest__") for label in apps]
    await MigrationExecutor(connection, dict(apps)).migrate(targets)


async def described(database: Database) -> list[tuple[Any, ...]]:
    """Tables with their columns and indexes, and which migrations count as applied."""
    if database.sqlite:
        tables = await database.read("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        told: list[tuple[Any, ...]] = []
        for row in tables:
            columns = await database.read(f"PRAGMA table_info({row['name']})")
            told += sorted((row["name"], c["name"], c["type"], c["notnull"], c["pk"]) for c in columns)
            for index in await database.read(f"PRAGMA index_list({row['name']})"):
                parts = await database.read(f"PRAGMA index_info({index['name']})")
                told.append((row["name"], tuple(part["name"] for part in parts), index["unique"]))
    else:
        columns = await database.read(
            "SELECT table_name, column_name, data_type, is_nullable, character_maximum_length"
            " FROM information_schema.columns WHERE table_schema = 'public'"
        )
        indexes = await database.read("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        told = [tuple(row.values()) for row in columns]
        # Names of indexes are the library's own; what they hold counts.
        told += [(row["tablename"], *row["indexdef"].partition(" ON ")[::2]) for row in indexes]
        told = [(row[0], "UNIQUE" in row[1], row[2]) if len(row) == 3 else row for row in told]
    applied = await database.read("SELECT app, name FROM tortoise_migrations")
    return sorted(map(repr, [*told, *((row["app"], row["name"]) for row in applied)]))  # type: ignore[arg-type]


@pytest.fixture
def opened(database_url: str) -> Database:
    return Database(database_url, clock=FakeClock(), apps=APPS, durable=False)


@pytest.fixture
async def second_url(request: pytest.FixtureRequest, opened: Database, tmp_path: Path) -> AsyncIterator[str]:
    """Another empty database of the same kind."""
    if opened.sqlite:
        yield f"sqlite://{tmp_path / 'second.sqlite3'}"
        return
    cluster = request.getfixturevalue("postgres")
    yield await cluster.create("second")
    await cluster.drop("second")


async def test_at_once_is_as_step_by_step(opened: Database, monkeypatch: pytest.MonkeyPatch, second_url: str) -> None:
    await opened.open("test")
    at_once = await described(opened)
    await opened.close()
    monkeypatch.setattr(module, "_migrate", step_by_step)
    other = Database(second_url, clock=FakeClock(), apps=APPS, durable=False)
    await other.open("test")
    assert await described(other) == at_once
    await other.close()


async def test_a_start_that_died_between_tables_goes_on(opened: Database) -> None:
    await opened.open("test")
    await opened._direct("DELETE FROM station")
    await opened._direct("DELETE FROM tortoise_migrations WHERE name <> ?", "0001_initial")
    await opened.close()
    again = Database(opened.url, clock=FakeClock(), apps=APPS, durable=False)
    await again.open("test")
    assert again.station_id
    await again.close()
