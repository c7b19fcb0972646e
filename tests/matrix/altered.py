"""A module that Synapse loads: what may be other about a server than about the next. It runs in Synapse's interpreter.

Its clock may be wrong, by what a file says at that moment; its timers go on as they were. And it may be so old that it
does not know some versions of rooms.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synapse.federation import federation_client, federation_server
from synapse.handlers import federation, message, room


class Altered:
    """Made by Synapse when it starts, before it listens."""

    def __init__(self, config: Any, api: Any) -> None:
        clock, file = api._hs.get_clock(), Path(config["shift"])
        right = clock.time_msec

        def shifted() -> int:
            return int(right()) + (int(file.read_text("ascii")) if file.exists() else 0)

        clock.time_msec = shifted
        for module in (federation_client, federation_server, federation, message, room):
            known = module.KNOWN_ROOM_VERSIONS
            module.KNOWN_ROOM_VERSIONS = {key: known[key] for key in known if key not in config["unknown"]}

    @staticmethod
    def parse_config(config: Any) -> Any:
        """The path of the file, and the versions."""
        return config
