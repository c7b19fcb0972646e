"""What a console shows, for tests that read it."""

from __future__ import annotations

import io


class Sink(io.StringIO):
    """A terminal's screen: remembers what was printed, print by print."""

    def __init__(self) -> None:
        super().__init__()
        self.prints: list[str] = []
        self._parts: list[str] = []

    def write(self, text: str) -> int:
        self._parts.append(text)
        return len(text)

    def flush(self) -> None:
        if self._parts:
            self.prints.append("".join(self._parts).removesuffix("\n"))
            self._parts = []
