"""Tasks: telling the end of our own task from a cancellation that some other code let out."""

from __future__ import annotations

import asyncio


def ending() -> bool:
    """Whether the running task itself is being cancelled.

    A plugin or a platform's library that awaits something cancelled raises ``CancelledError`` too. That is a
    fault like any other, and must not end the worker that met it.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
