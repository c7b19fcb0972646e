"""Migrating: bringing a database's tables to what the code expects, once, whoever else is starting.

A new database gets its tables at once, as the models describe them; only one that has data goes step by step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.utils import get_schema_sql

LOCK = 0x626F746B6974
"""Advisory lock id ('botkit'): concurrent migrations crash, so processes take turns."""


async def migrate(context: TortoiseContext, apps: Mapping[str, Any], *, lock: bool) -> None:
    """Apply all migrations that are missing. ``lock`` takes PostgreSQL's advisory lock meanwhile."""
    connection = context.connections.get("default")
    apps = {label: app for label, app in apps.items() if app["migrations"]}
    if not lock:
        await _migrate(connection, apps)
        return
    # A session lock must be taken and let go on one and the same connection of the pool.
    async with connection.acquire_connection() as raw:
        await raw.execute("SELECT pg_advisory_lock($1)", LOCK)
        try:
            await _migrate(connection, apps)
        finally:
            await raw.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def _migrate(connection: Any, apps: Mapping[str, Any]) -> None:
    # Step by step the library makes all models anew for each operation: seconds, and tens of MB.
    fresh = await _is_new(connection)
    if fresh:
        await connection.execute_script(get_schema_sql(connection, safe=True))
    targets = [MigrationTarget(app_label=label, name="__latest__") for label in apps]
    await MigrationExecutor(connection, dict(apps)).migrate(targets, fake=fresh)


async def _is_new(connection: Any) -> bool:
    """Whether no station ever lived here. If a process died while it made the tables, making them goes on."""
    try:
        return not await connection.execute_query_dict("SELECT id FROM station LIMIT 1")
    except OperationalError:
        return True
