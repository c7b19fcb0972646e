"""What the plugin's own handlers decide about a case: frozen values, applied with the message's commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The resident no longer needs the case."""

    case_id: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The resident's word on a resolved case: it helped, or it didn't, which reopens it."""

    case_id: int
    helped: bool


@dataclass(frozen=True, slots=True)
class Expired:
    """The days in which a resolved case could be reopened are over."""

    case_id: int
    epoch: int


@dataclass(frozen=True, slots=True)
class PageDue:
    """The next rung of a case's chain has come. ``rung`` counts through all rounds from ``began``.

    ``told`` is a line for the resident (text, chat, and what it edits) that is said once the page is out.
    """

    case_id: int
    epoch: int
    began: datetime
    rung: int
    told: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ClockDue:
    """A promise of a round runs out soon (``step``), or now, at the moment ``due`` (seconds since 1970)."""

    case_id: int
    round: int
    due: float
    step: int


@dataclass(frozen=True, slots=True)
class LeaseDue:
    """A claim has gone without an action: its holder is asked, then (``asked``) the case goes back to the queue."""

    case_id: int
    epoch: int
    asked: bool


@dataclass(frozen=True, slots=True)
class WaitDue:
    """Somebody was waited for long enough: a reminder, or the end of the wait."""

    case_id: int
    epoch: int


@dataclass(frozen=True, slots=True)
class OfferDue:
    """Whoever was asked to take a case over did not answer."""

    case_id: int
    to: int


@dataclass(frozen=True, slots=True)
class DraftDue:
    """An officer's words were not taken back."""

    draft_id: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody wanted to be reminded of a case: one that they put off (``snoozed``), or look at again later."""

    case_id: int
    staff_id: int
    snoozed: bool


@dataclass(frozen=True, slots=True)
class Revised:
    """A resident changed or deleted a message that belongs to cases."""

    chat_id: int
    platform_id: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Ordered:
    """Somebody of the station ordered something in chat. ``room`` is the chat (row id) that hears what became of it.

    ``to`` is a colleague, ``other`` another case, ``chat`` the place that a reply goes to, ``draft`` words that were
    held back until a second yes, which ``confirmed`` brings.
    """

    verb: str
    officer_id: int
    room: int
    case_id: int = 0
    text: str = ""
    to: int = 0
    other: int = 0
    chat: int | None = None
    until: datetime | None = None
    result: str = ""
    draft: int = 0
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Retracted:
    """Somebody who may says that a line of the bot's in a group was wrong. ``text`` replaces it; empty: an apology."""

    chat_id: int
    platform_id: str
    inbox_id: int
    actor: str
    text: str = ""
    delete: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """Somebody gave a code: their account becomes a colleague's, or this group a room of staff."""

    digest: str
    chat_id: int
    identity_id: int


@dataclass(frozen=True, slots=True)
class Erased:
    """A resident wants to be forgotten."""

    identity_id: int


@dataclass(frozen=True, slots=True)
class SweepDue:
    """Once a day: what was kept long enough is erased."""


@dataclass(frozen=True, slots=True)
class Switched:
    """The bot is switched off or on again: everywhere (``all``), or for a topic."""

    name: str
    off: bool
    actor: str
    room: int


@dataclass(frozen=True, slots=True)
class PartnerDid:
    """Somebody in a partner's room did something with what was given to them; ``inbox_id`` is where they said so.

    ``what`` is taken, done, or added: more about it, such as a photo.
    """

    case_id: int
    what: str
    staff_id: int
    inbox_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Late:
    """A message came in long after it was written, at ``at``: the officers hear that there was a gap."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DutyDue:
    """A shift begins (``tap`` False), or its person did not say that they are there (``tap`` True)."""

    source: str
    who: str
    tap: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody said that they are there for their shift."""

    source: str
    staff_id: int


@dataclass(frozen=True, slots=True)
class RosterDue:
    """Once a day: the next days are looked through for gaps, and the next shifts are set to begin."""


@dataclass(frozen=True, slots=True)
class RotaChange:
    """Somebody changes the rota: an absence, a swap that ``other`` is asked for, a span that the bot covers."""

    kind: str
    start: datetime
    end: datetime
    who: str
    reason: str
    other: str
    staff_id: int
    room: int


@dataclass(frozen=True, slots=True)
class SwapAnswer:
    """Whoever was asked for a swap said yes or no."""

    change_id: int
    staff_id: int
    accepted: bool
    room: int


@dataclass(frozen=True, slots=True)
class AwayDue:
    """An absence begins."""

    change_id: int


@dataclass(frozen=True, slots=True)
class CardDue:
    """Something happened to a case: its cards are brought up to date."""

    case_id: int
