"""The life of a case as one table: which step leads from which state to which, and nothing else does."""

from __future__ import annotations

from enum import StrEnum

from botkit.plugins.handoff.errors import IllegalStep


class State(StrEnum):
    """Where a case stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What can happen to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    CANCEL = "cancel"


class Level(StrEnum):
    """How urgent a case is, mildest first."""

    ROUTINE = "routine"
    FRAUD = "fraud"
    EMERGENCY = "emergency"

    @property
    def urgent(self) -> bool:
        """Whether it can't wait for a shift, and no resident may cancel it."""
        return self is not Level.ROUTINE


TABLE: dict[tuple[State, Step], State] = {
    (State.QUEUED, Step.CLAIM): State.CLAIMED,
    (State.QUEUED, Step.CANCEL): State.CANCELLED,
    (State.CLAIMED, Step.RELEASE): State.QUEUED,
    (State.CLAIMED, Step.RESOLVE): State.RESOLVED,
    (State.RESOLVED, Step.REOPEN): State.QUEUED,
    (State.RESOLVED, Step.CLOSE): State.CLOSED,
}
"""All legal steps."""

OPEN = frozenset({State.QUEUED, State.CLAIMED})
"""A human still owes something."""
LIVE = OPEN | {State.RESOLVED}
"""A message of the resident may still belong to it."""
ENDED = frozenset({State.CLOSED, State.CANCELLED})
"""Nothing more happens to it; what comes later is a new case."""


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
