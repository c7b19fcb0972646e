"""What a story needs of a platform: the other side of the adapter, as people and groups meet it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botkit.adapter import Adapter, Capabilities
from botkit.messages import MessageKind

if TYPE_CHECKING:
    from botkit.testing import FakeClock
    from tests.stories.station import Station


@dataclass(frozen=True, slots=True)
class Line:
    """Something the bot said, as it stands in a chat now. ``ref`` is the platform's id of it."""

    ref: str
    text: str
    buttons: tuple[str, ...] = ()
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Something a person said: where, and the platform's id of it."""

    ref: str
    group: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """What a person sends: a text, a photo or another kind, addressed to the bot or not, as an answer or not."""

    text: str = ""
    kind: MessageKind = MessageKind.TEXT
    to_bot: bool = False
    reply_to: str | None = None
    photo: bytes | None = None
    channel: bool = False
    """Passed on from a channel."""


class Driver(ABC):
    """People on one platform, and the bot there. ``group`` is the platform's id of one, None the private chat.

    What causes an event returns when the bot has committed that event; only ``says`` does not wait, ``heard`` does.
    Everything else is true at once: the bot runs in this process, and a story waits until it is at rest.
    """

    name: str
    variant = ""
    """What tells it from another one of the same platform."""
    capabilities: Capabilities
    seats: int | None = None
    """How many people can talk to the bot there; None is without limit."""

    slow = False
    """Whether it takes seconds for a story: deep ones are told there with BOTKIT_SOAK=1 only."""
    slowest = False
    """Whether all of them are."""
    hidden = False
    """Whether the platform can hide from the bot what a group says."""
    fixtures: tuple[str, ...] = ()
    """The fixtures that it needs; ``given`` holds them."""
    given: Mapping[str, Any]

    async def start(self, clock: FakeClock) -> Mapping[str, Any]:
        """The platform is there, by this clock. Returns the bot's settings of it, tables by name."""
        return {}

    @abstractmethod
    def adapter(self) -> Adapter:
        """The bot's account, new: called once."""

    async def open(self, station: Station) -> None:
        """The bot runs; whatever lives on its web server may start."""
        self.station = station

    async def close(self) -> None:  # noqa: B027 (most platforms need nothing)
        """The bot is about to stop."""

    async def end(self) -> None:  # noqa: B027
        """The bot has stopped: the platform may go."""

    # what people do ---------------------------------------------------------------------------------------

    @abstractmethod
    async def says(self, who: str, group: str | None, words: Words) -> str:
        """Somebody sends something; returns the platform's id of it, which the bot will know it by."""

    async def heard(self, ref: str, since: int) -> str:
        """Wait until the bot committed what was sent; ``since`` is how many events it had before. Returns its id."""
        return (await self.station.arrival(lambda it: it.chat.adapter == self.name and it.id == ref, since)).id

    @abstractmethod
    async def shown(self, who: str, group: str | None) -> Sequence[Line]:
        """The bot's lines as this person sees them now, oldest first."""

    async def presses(self, who: str, group: str | None, line: Line, label: str) -> None:
        """Somebody presses a button under a line. Only with ``buttons``."""
        raise NotImplementedError(f"{self.name} has no buttons")

    async def edits(self, who: str, said: Said, words: Words) -> None:
        """Somebody edits what they said in a group."""
        raise NotImplementedError(f"{self.name} has no edits")

    async def reacts(self, who: str, group: str, ref: str, sign: str) -> None:
        """Somebody sets a sign on a message."""
        raise NotImplementedError(f"{self.name} has no reactions")

    async def is_renamed(self, who: str, name: str) -> None:
        """Somebody gives themselves another name."""
        raise NotImplementedError(f"{self.name} has no names")

    # groups -----------------------------------------------------------------------------------------------

    async def group(self, title: str, owner: str, *, small: bool = False) -> str:
        """A group of an owner who has invited the bot; returns its id. A ``small`` one can move."""
        raise NotImplementedError(f"{self.name} has no groups")

    async def joins(self, who: str, group: str) -> None:
        """Somebody comes in."""
        raise NotImplementedError(f"{self.name} has no groups")

    async def leaves(self, who: str, group: str) -> None:
        """Somebody goes."""
        raise NotImplementedError(f"{self.name} has no groups")

    async def removes(self, group: str) -> None:
        """The owner takes the bot out."""
        raise NotImplementedError(f"{self.name} has no groups")

    async def moves(self, group: str) -> str:
        """The platform gives the group another id: an upgrade; returns it."""
        raise NotImplementedError(f"{self.name} has no groups")

    async def renames(self, group: str, title: str) -> None:
        """The owner gives the group another name."""
        raise NotImplementedError(f"{self.name} has no groups")

    async def hides_talk(self, group: str) -> None:
        """From now on the platform hides the group's talk from the bot. Only where ``hidden``."""
        raise NotImplementedError(f"{self.name} has no groups")

    async def pinned(self, group: str) -> Sequence[str]:
        """The ids of what is pinned."""
        raise NotImplementedError(f"{self.name} pins nothing")

    async def signs(self, group: str, ref: str) -> Sequence[str]:
        """The signs that the bot has set on a message."""
        raise NotImplementedError(f"{self.name} has no reactions")

    def account(self, who: str) -> str:
        """The platform's id of somebody."""
        return who
