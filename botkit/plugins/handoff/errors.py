"""The plugin's error tree: what an officer tried, why it can't be, and what happened meanwhile."""

from __future__ import annotations

from botkit.errors import BotkitError
from botkit.messages import Text, tr


class HandoffError(BotkitError):
    """Base of the plugin's errors. ``told`` is what the person at the desk reads."""

    def __init__(self, told: Text) -> None:
        super().__init__(told.key)
        self.told = told


class IllegalStep(HandoffError):
    """A case in this state has no such step."""

    def __init__(self, state: str, step: str) -> None:
        super().__init__(tr("handoff.error.step"))
        self.state = state
        self.step = step


class NoSuchCase(HandoffError):
    """There is no such case, or this person may not know that there is."""

    def __init__(self) -> None:
        super().__init__(tr("handoff.error.none"))


class Taken(HandoffError):
    """Somebody else holds the case: the text says who, and since when."""


class Stale(HandoffError):
    """The case has moved on since the page was read: the text says how."""


class Incomplete(HandoffError):
    """Something that the action needs was left out: the text says what."""


class NeedsConfirmation(HandoffError):
    """The text is sent only when the officer says so a second time. ``concern`` names what is confirmed."""

    def __init__(self, told: Text, concern: str) -> None:
        super().__init__(told)
        self.concern = concern
