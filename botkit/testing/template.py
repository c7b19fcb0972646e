"""A migrated, empty database to copy: migrating takes longer than most tests."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from botkit.storage import Database
from botkit.testing.clock import FakeClock

_TEMPLATES: dict[str, bytes] = {}


async def prepare(database: Database) -> None:
    """Put migrated tables where a database is about to be opened, if it is a new SQLite file.

    The tables come from the real migrations, run once in this process for each set of models.
    """
    if not database.sqlite or database.path.exists():
        return
    key = repr(sorted(database.apps.items()))
    if key not in _TEMPLATES:
        with tempfile.TemporaryDirectory() as folder:
            # Of long ago, so that the id of the station in it is nobody else's.
            clock = FakeClock(datetime(2024, 6, 1, tzinfo=UTC))
            made = Database(f"sqlite://{folder}/template", clock=clock, apps=database.apps, durable=False)
            await made.open()
            await made.close()
            _TEMPLATES[key] = Path(folder, "template").read_bytes()
    database.path.write_bytes(_TEMPLATES[key])
