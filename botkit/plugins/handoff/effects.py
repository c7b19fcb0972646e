"""What the plugin's own handlers decide about a case: frozen values, applied with the message's commit."""

from __future__ import annotations

from dataclasses import dataclass


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
