"""A module that Synapse loads: its clock may be wrong, by what a file says at that moment. Timers go on as they were.

It runs in Synapse's interpreter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Shifted:
    """Made by Synapse when it starts, before it listens."""

    def __init__(self, config: Any, api: Any) -> None:
        clock, file = api._hs.get_clock(), Path(config["file"])
        right = clock.time_msec

        def shifted() -> int:
            return int(right()) + (int(file.read_text("ascii")) if file.exists() else 0)

        clock.time_msec = shifted

    @staticmethod
    def parse_config(config: Any) -> Any:
        """The path of the file."""
        return config
