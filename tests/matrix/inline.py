"""A module that Synapse loads, to spare what nothing depends on here. It runs in Synapse's interpreter.

Its database is in the main thread, as its own tests have it, and not in one beside: a sixth of what Synapse costs is
handing each statement to a thread and back. What it measures of itself, and the random names of its log lines, are
made for each of a hundred statements of a request; what it would say for debugging, nobody listens to.
"""

from __future__ import annotations

import logging
from typing import Any

from prometheus_client.metrics import MetricWrapperBase
from synapse.logging import context
from synapse.util import clock
from twisted.internet import defer


class Inline:
    """Made by Synapse when it starts, before it listens."""

    def __init__(self, config: Any, api: Any) -> None:
        for database in api._hs.get_datastores().databases:
            pool = database._db_pool
            pool.runWithConnection = lambda work, *args, of=pool, **options: defer.execute(
                of._runWithConnection, work, *args, **options
            )
        MetricWrapperBase.labels = _labels
        context.random_string_insecure_fast = clock.random_string_insecure_fast = "x".__mul__
        logging.Logger.debug = lambda self, *what, **more: None

    @staticmethod
    def parse_config(config: Any) -> Any:
        """Nothing to set."""
        return config


_find = MetricWrapperBase.labels


def _labels(self: Any, *values: Any, **named: Any) -> Any:
    known, key = vars(self).setdefault("_of_ours", {}), (values, *named.items())
    found = known.get(key)
    if found is None:
        found = known[key] = _find(self, *values, **named)
    return found
