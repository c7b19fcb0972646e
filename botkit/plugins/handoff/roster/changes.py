"""Changes of the roster: dated duties, absences, swaps and spans that the bot covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from botkit.messages import Text, tr
from botkit.plugins.handoff.errors import HandoffError
from botkit.plugins.handoff.roster.areas import LONGEST, tidied
from botkit.plugins.handoff.roster.shifts import TEAMS, Place, Tier
from botkit.plugins.handoff.roster.spelling import plain

REASONS = ("", "leave", "training", "sick")
"""Why somebody is away; "" is not told."""
_NO_TITLES: Mapping[str, str] = MappingProxyType({})


class Kind(StrEnum):
    """What a change does."""

    DUTY = "duty"
    """A dated duty: while it runs it replaces the pattern's and earlier duties of the same tier, team and areas."""
    SWAP = "swap"
    """The duties of ``who`` that start within the span are taken by ``other``."""
    ABSENCE = "absence"
    """``who`` is away: on no duty during the span, so that the next tier is asked."""
    COVER = "cover"
    """The bot covers: routine cases wait for the end of the span; emergencies are not touched."""


class WrongChange(HandoffError):
    """A change that can't be: ``told`` says what is wrong, ``where`` names the field, ``fix`` says what to do."""

    def __init__(self, where: str) -> None:
        super().__init__(tr(f"handoff.roster.wrong.{where}"))
        self.where = where
        self.fix: Text = tr(f"handoff.roster.fix.{where}")


@dataclass(frozen=True, slots=True)
class Change:
    """One change between two instants, the end exclusive. Times are made UTC. Raises ``WrongChange``.

    ``titles`` of a duty may be empty: then those of the pattern's shift of the same tier are used. ``other`` belongs
    to a swap, ``tier``, ``titles``, ``team``, ``areas`` and ``routine`` to a duty, ``reason`` to an absence.

    Changes are applied in this order, whatever their ids: duties, swaps, absences, covers. So a swap hands on dated
    duties too, nobody is ever on duty while away, and whoever took over somebody's duty keeps it when that person is
    away. Within a kind they are applied by id, so the later one wins. A swap between the same two people, turned
    around, within exactly the same span takes the earlier one back.
    """

    id: int
    kind: Kind
    start: datetime
    end: datetime
    who: str = ""
    other: str = ""
    tier: Tier | None = None
    titles: Mapping[str, str] = field(default_factory=lambda: _NO_TITLES, hash=False)
    team: str = ""
    routine: bool = True
    reason: str = ""
    areas: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise WrongChange("zone")
        if self.end <= self.start:
            raise WrongChange("end")
        if self.kind is Kind.DUTY and self.tier is None:
            raise WrongChange("tier")
        if self.team not in TEAMS:
            raise WrongChange("team")
        if self.kind in (Kind.ABSENCE, Kind.SWAP) and not self.who:
            raise WrongChange("who")
        if self.kind is Kind.SWAP and self.other in ("", self.who):
            raise WrongChange("other")
        if self.kind is Kind.ABSENCE and self.reason not in REASONS:
            raise WrongChange("reason")
        if any(len(area) > LONGEST for area in self.areas):
            raise WrongChange("areas")
        object.__setattr__(self, "areas", tidied(self.areas))
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    @property
    def place(self) -> Place | None:
        """The place that a duty takes over from others; None for other changes."""
        return None if self.tier is None else (self.tier, self.team, tuple(map(plain, self.areas)))

    def runs(self, moment: datetime) -> bool:
        """Whether an aware moment lies in the span."""
        return self.start <= moment < self.end
