"""The tables: migrating an empty database gives what the models describe."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from tortoise.models import Model
from tortoise.utils import get_schema_sql

from botkit.storage import Database
from botkit.testing import FakeClock
from directory import models

APPS = {"directory": (("directory.models",), "directory.migrations")}
MODELS = [m for m in vars(models).values() if isinstance(m, type) and issubclass(m, Model) and not m._meta.abstract]


def described(connection: sqlite3.Connection, table: str) -> tuple[list[Any], list[Any]]:
    """Columns (name, type, not null, primary key) and indexes (columns, unique) of a table."""
    columns = sorted((r[1], r[2], r[3], r[5]) for r in connection.execute(f"PRAGMA table_info({table})"))
    indexes = []
    for _, name, unique, *_ in connection.execute(f"PRAGMA index_list({table})").fetchall():
        indexes.append((tuple(r[2] for r in connection.execute(f"PRAGMA index_info({name})")), unique))
    return columns, sorted(indexes)


async def test_migrations_make_what_the_models_describe(tmp_path: Path) -> None:
    path = tmp_path / "migrated.sqlite3"
    database = Database(f"sqlite://{path}", clock=FakeClock(), apps=APPS, durable=False)
    await database.open("test")
    schema = get_schema_sql(database._get("default"), safe=False)
    await database.close()
    migrated, fresh = sqlite3.connect(path), sqlite3.connect(":memory:")
    fresh.executescript(schema)
    for model in MODELS:
        table = model._meta.db_table
        assert described(migrated, table) == described(fresh, table), table
        assert described(fresh, table)[0], table
    migrated.close()
    fresh.close()


def test_every_row_may_stand_for_the_whole_city() -> None:
    for model in MODELS:
        assert model._meta.fields_map["station_id"].null and not model._meta.pk.generated, model
