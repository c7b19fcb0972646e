"""Advisories: the station's own warnings of scams that go around now; they take effect when the file is saved."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import structlog

from botkit.language.neardup import NearDup
from botkit.language.normalise import normalise

log = structlog.get_logger()

FILE = "advisories.toml"
_SHORTEST_PHRASE = 4
_SHORTEST = 8
_LONGEST = 4_000
_PART, _FEW = 3, 4


@dataclass(frozen=True, slots=True)
class Advisory:
    """A scam that goes around: its kind, texts of it, phrases that all its texts share, and when it counts."""

    id: str
    kind: str
    texts: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    first: date
    last: date


class Advisories:
    """What stands in ``advisories.toml``, read again when the file has changed, looked at once a second at most.

    A file that can't be read leaves the last good one in force, and is logged.
    """

    def __init__(self, folder: Path, kinds: Collection[str], seconds: Callable[[], float] = time.monotonic) -> None:
        self._path = folder / FILE
        self._kinds = kinds
        self._seconds = seconds
        self._looked = float("-inf")
        self._stamp: tuple[int, int] | None = None
        self._all: dict[str, Advisory] = {}
        self._near = NearDup()
        self._parts: set[str] = set()

    def find(self, text: str, today: date) -> Advisory | None:
        """The advisory in force that a text is of: a near-duplicate of its texts, or having its phrases."""
        self._refresh()
        if not self._all or len(text) < _SHORTEST:
            return None
        plain = normalise(text[:_LONGEST])
        # Signatures take long; most texts have nothing in common with any advisory.
        near = self._near.nearest(text[:_LONGEST]) if self._alike(plain) else None
        if near is not None:
            advisory = self._all[near.key.partition("\n")[0]]
            if advisory.first <= today <= advisory.last:
                return advisory
        for advisory in self._all.values():
            if advisory.first <= today <= advisory.last and any(
                all(phrase in plain for phrase in phrases) for phrases in advisory.phrases
            ):
                return advisory
        return None

    def _alike(self, plain: str) -> bool:
        return len(self._parts.intersection(plain[at : at + _PART] for at in range(len(plain)))) >= _FEW

    def _refresh(self) -> None:
        now = self._seconds()
        if now - self._looked < 1.0:
            return
        self._looked = now
        try:
            found = self._path.stat()
            stamp = found.st_mtime_ns, found.st_size
            if stamp != self._stamp:
                self._stamp = stamp
                self._take(tomllib.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            self._stamp, self._all, self._near = None, {}, NearDup()
        except (OSError, ValueError, KeyError, TypeError) as problem:
            log.error("safety.advisories_unread", file=str(self._path), problem=str(problem))

    def _take(self, data: dict[str, Any]) -> None:
        every = {row["id"]: self._advisory(row) for row in data.get("advisory", [])}
        near = NearDup()
        for advisory in every.values():
            for number, text in enumerate(advisory.texts):
                near.add(f"{advisory.id}\n{number}", text)
        self._all, self._near = every, near
        plain = (normalise(text) for advisory in every.values() for text in advisory.texts)
        self._parts = {text[at : at + _PART] for text in plain for at in range(len(text))}

    def _advisory(self, row: dict[str, Any]) -> Advisory:
        if row["kind"] not in self._kinds:
            raise ValueError(f"advisory {row['id']}: {row['kind']!r} is no kind of fraud")
        phrases = tuple(tuple(normalise(word) for word in one.split("|")) for one in row.get("phrases", []))
        if any(len(word) < _SHORTEST_PHRASE for one in phrases for word in one):
            raise ValueError(f"advisory {row['id']}: a phrase has {_SHORTEST_PHRASE} characters at least")
        first, last = row["from"], row["until"]
        if not isinstance(first, date) or not isinstance(last, date) or last < first:
            raise ValueError(f"advisory {row['id']}: from and until are dates, in order")
        return Advisory(str(row["id"]), row["kind"], tuple(row.get("texts", [])), phrases, first, last)
