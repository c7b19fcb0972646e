"""Authors: who wrote an event and in which thread, remembered for a while; names and words are not."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

KEPT = 20_000
"""Events whose author is remembered; of older ones the homeserver is asked."""


class Written(NamedTuple):
    """By whom, and in which thread. An ``author`` of None says that the homeserver doesn't show the event.

    ``closed``: it gets no new version, being one itself or taken back.
    """

    author: str | None
    thread: str | None = None
    closed: bool = False


class Authors:
    """The latest events of all rooms. An event of one room is unknown in every other."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Written] = OrderedDict()

    def note(self, room: str, event: str, written: Written) -> None:
        """Remember who wrote an event."""
        self._kept[room, event] = written
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def get(self, room: str, event: str | None) -> Written | None:
        """Who wrote an event; None where that is not remembered."""
        return self._kept.get((room, event)) if event is not None else None
