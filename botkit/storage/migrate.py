"""Migrating: bringing a database's tables to what the code expects, once, whoever else is starting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

LOCK = 0x626F746B6974
"""Advisory lock id ('botkit'): concurrent migrations crash, so processes take turns."""


async def migrate(context: TortoiseContext, apps: Mapping[str, Any], *, lock: bool) -> None:
    """Apply all migrations that are missing. ``lock`` takes PostgreSQL's advisory lock meanwhile."""
    connection = context.connections.get("default")
    apps = {label: app for label, app in apps.items() if app["migrations"]}
    executor = MigrationExecutor(connection, apps)
    targets = [MigrationTarget(app_label=label, name="__latest__") for label in apps]
    if not lock:
        await executor.migrate(targets)
        return
    # A session lock must be taken and let go on one and the same connection of the pool.
    async with connection.acquire_connection() as raw:
        await raw.execute("SELECT pg_advisory_lock($1)", LOCK)
        try:
            await executor.migrate(targets)
        finally:
            await raw.execute("SELECT pg_advisory_unlock($1)", LOCK)
