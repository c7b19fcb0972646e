"""What the plugin's handlers decide about a group: frozen values, applied with the message's commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botkit.messages import Reply


@dataclass(frozen=True, slots=True)
class Settled:
    """Something was settled for a group: ``changes`` of its row, and what the audit log is told of it."""

    chat_id: int
    event: str
    actor: str
    changes: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """The platform gave a group another id."""

    chat_id: int
    platform_id: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A group is called something else."""

    chat_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The days are over for which the settings of a group are kept that the bot left."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody came into a group whose newcomers are greeted."""

    chat_id: int
    identity_id: int


@dataclass(frozen=True, slots=True)
class NotGreeted:
    """A greeting (row id) that will not be: whoever it was for has left, or is not to be greeted any more."""

    greeting: int


@dataclass(frozen=True, slots=True)
class PutOff:
    """A greeting (row id) that must wait for the morning after all; ``until`` its person counts as new."""

    greeting: int
    until: str


@dataclass(frozen=True, slots=True)
class Greeted:
    """A greeting (row id) goes out with this commit, or its person does not want to be written to."""

    greeting: int


@dataclass(frozen=True, slots=True)
class GreetingsOld:
    """The daily moment at which it is no longer kept who was greeted long ago."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A card for a group, to be pinned where that can be. ``card`` has a ``once`` key."""

    chat_id: int
    actor: str
    card: Reply
