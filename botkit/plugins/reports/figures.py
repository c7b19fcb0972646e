"""Figures: what a day's report holds, as values, and their one canonical form as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from botkit.errors import BotkitError


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said: the kind of chat and, for groups and rooms, its title. A person's chat has no name."""

    kind: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A message that nobody answers for: a part of the difference. ``disposition`` is empty while it has none."""

    inbox: int
    place: Place
    at: datetime
    disposition: str
    rule: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Something that was to be said and did not arrive (``dead``), or may not have (``unknown``)."""

    outbox: int
    place: Place
    at: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not kept in time, as a ledger tells of it."""

    subject: str
    what: str
    due_at: datetime
    met_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A day's account: numbers, ids and rules, without a word of any resident.

    The day lies between ``begins`` and ``ends``. ``received`` are all rows of the inbox: ``events`` (of the
    platform, reactions, deletions), words said in staff ``rooms``, and what was ``addressed`` to the bot. Of that each
    is ``answered``, with a human (``cases``), ``ignored`` by one of the ``rules``, ``waiting``, or ``unsettled``.
    ``plain`` talk is counted only. ``undelivered`` is cut to the first ones, ``undelivered_count`` is not.

    Reports are kept for good: a field that is added later needs a default, so that older ones can still be read.
    """

    day: date
    begins: datetime
    ends: datetime
    received: int
    events: int
    rooms: int
    addressed: int
    answered: int
    cases: int
    ignored: int
    waiting: int
    rules: dict[str, int]
    unsettled: tuple[Unsettled, ...]
    plain: int
    undelivered_count: int
    undelivered: tuple[Undelivered, ...]
    breaches: tuple[Broken, ...]
    counts: dict[str, int]

    @property
    def difference(self) -> int:
        """How many messages nobody answers for."""
        return len(self.unsettled)

    def check(self) -> Figures:
        """These figures. Raises ``BotkitError`` if they don't add up, so that no such report is ever made."""
        settled = self.answered + self.cases + self.ignored + self.waiting
        if self.addressed != settled + self.difference:
            raise BotkitError(f"{self.addressed} addressed, but {settled} settled and {self.difference} unsettled")
        if self.received != self.events + self.rooms + self.addressed:
            raise BotkitError(f"{self.received} received are not {self.events}, {self.rooms} and {self.addressed}")
        if self.ignored != sum(self.rules.values()):
            raise BotkitError(f"{self.ignored} ignored, but by the rules {sum(self.rules.values())}")
        return self


def dump(figures: Figures) -> str:
    """Canonical JSON: keys sorted, no blanks, moments in UTC. The same figures are the same text."""
    return msgspec.json.encode(figures, order="sorted").decode()


def load(text: str) -> Figures | None:
    """The figures of a stored text; None where another hand has made it unreadable."""
    try:
        return msgspec.json.decode(text, type=Figures)
    except msgspec.MsgspecError:
        return None
