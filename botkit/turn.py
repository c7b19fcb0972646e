"""A turn: what is finished during one turn of the event loop, handed over together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Turn(Generic[T]):
    """Collects items; at the end of the turn ``give`` gets them all, in the order they came."""

    def __init__(self, give: Callable[[list[T]], None]) -> None:
        self._give = give
        self._items: list[T] = []

    def add(self, item: T) -> None:
        """Hand an item over at the end of this turn."""
        if not self._items:
            asyncio.get_running_loop().call_soon(self.end)
        self._items.append(item)

    def end(self) -> None:
        """Hand over what there is, now."""
        items, self._items = self._items, []
        if items:
            self._give(items)
