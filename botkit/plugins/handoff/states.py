"""The life of a case as one table: which step leads from which state to which, and nothing else does."""

from __future__ import annotations

from enum import StrEnum

from botkit.plugins.handoff.errors import IllegalStep


class State(StrEnum):
    """Where a case stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    WAITING_RESIDENT = "waiting_resident"
    WAITING_AGENCY = "waiting_agency"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


class Step(StrEnum):
    """What can happen to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    HAND_OVER = "hand_over"
    AWAIT_RESIDENT = "await_resident"
    AWAIT_AGENCY = "await_agency"
    RESUME = "resume"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    CANCEL = "cancel"
    MERGE = "merge"
    UNMERGE = "unmerge"


class Level(StrEnum):
    """How urgent a case is, mildest first."""

    ROUTINE = "routine"
    FRAUD = "fraud"
    EMERGENCY = "emergency"

    @property
    def urgent(self) -> bool:
        """Whether it can't wait for a shift, and no resident may cancel it."""
        return self is not Level.ROUTINE


HELD = frozenset({State.CLAIMED, State.WAITING_RESIDENT, State.WAITING_AGENCY})
"""Somebody has it."""
OPEN = HELD | {State.QUEUED}
"""A human still owes something."""
LIVE = OPEN | {State.RESOLVED}
"""A message of the resident may still belong to it."""
ENDED = frozenset({State.CLOSED, State.CANCELLED, State.MERGED})
"""Nothing more happens to it by itself; what comes later is a new case, or belongs to the survivor of a merger."""

TABLE: dict[tuple[State, Step], State] = {
    (State.QUEUED, Step.CLAIM): State.CLAIMED,
    (State.QUEUED, Step.CANCEL): State.CANCELLED,
    (State.CLAIMED, Step.AWAIT_RESIDENT): State.WAITING_RESIDENT,
    (State.CLAIMED, Step.AWAIT_AGENCY): State.WAITING_AGENCY,
    (State.WAITING_RESIDENT, Step.RESUME): State.CLAIMED,
    (State.WAITING_AGENCY, Step.RESUME): State.CLAIMED,
    **{(state, Step.RELEASE): State.QUEUED for state in sorted(HELD)},
    **{(state, Step.HAND_OVER): State.CLAIMED for state in sorted(HELD)},
    **{(state, Step.RESOLVE): State.RESOLVED for state in sorted(HELD)},
    **{(state, Step.MERGE): State.MERGED for state in sorted(OPEN)},
    (State.MERGED, Step.UNMERGE): State.QUEUED,
    (State.RESOLVED, Step.REOPEN): State.QUEUED,
    (State.RESOLVED, Step.CLOSE): State.CLOSED,
}
"""All legal steps."""


def after(state: State, step: Step) -> State:
    """The state a step leads to. Raises ``IllegalStep`` for a step that this state doesn't have."""
    try:
        return TABLE[state, step]
    except KeyError:
        raise IllegalStep(state, step) from None


def sources(step: Step) -> tuple[State, ...]:
    """The states that have this step: the condition of the update that takes it."""
    return tuple(state for state, other in TABLE if other is step)


def target(step: Step) -> State:
    """The state that a step leads to, wherever it starts. Every step has just one."""
    return next(end for (_, other), end in TABLE.items() if other is step)
