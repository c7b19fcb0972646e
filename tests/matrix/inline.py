"""A module that Synapse loads: its database in the main thread, as its own tests have it, and not in one beside.

A sixth of what Synapse costs is handing each statement to a thread and back. It runs in Synapse's interpreter.
"""

from __future__ import annotations

from typing import Any

from twisted.internet import defer


class Inline:
    """Made by Synapse when it starts, before it listens."""

    def __init__(self, config: Any, api: Any) -> None:
        for database in api._hs.get_datastores().databases:
            pool = database._db_pool
            pool.runWithConnection = lambda work, *args, of=pool, **options: defer.execute(
                of._runWithConnection, work, *args, **options
            )

    @staticmethod
    def parse_config(config: Any) -> Any:
        """Nothing to set."""
        return config
