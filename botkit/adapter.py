"""All that the framework asks of a chat platform: one abstract class, its capabilities and its errors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botkit.errors import BotkitError
from botkit.messages import Attachment, Chat, Message, Outgoing, Sender, Text

if TYPE_CHECKING:
    import typer
    from aiohttp import web

    from botkit.services import Services
    from botkit.storage import UnitOfWork, Write


class Rank(StrEnum):
    """What somebody is in a group."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. The framework asks these, never which platform it is.

    ``rate_global`` is in messages a second, ``rate_chat`` in messages a minute, ``rate_burst`` in routine messages that
    may be sent at once, the others following evenly; ``max_text`` is in characters, or with
    ``utf16`` in UTF-16 units, of which an emoji has two; ``reply_window_s`` is in seconds; ``None`` means without
    limit. What is missing degrades: buttons become
    numbered choices, edits new messages; read receipts and silence are left out.
    """

    groups: bool = False
    sees_plain_group: bool = False
    can_start_dm: bool = False
    officers_room: bool = False
    buttons: bool = False
    max_buttons: int = 0
    threads: bool = False
    reactions: bool = False
    edit: bool = False
    delete: bool = False
    pin: bool = False
    typing: bool = False
    read_receipts: bool = False
    silent_send: bool = False
    media_in: bool = False
    media_out: bool = False
    max_text: int = 4000
    utf16: bool = False
    reply_window_s: int | None = None
    idempotent_send: bool = False
    e2ee: bool = False
    rate_global: float | None = None
    rate_chat: float | None = None
    rate_burst: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Events received together, with the cursor that confirms them and the adapter's own rows.

    ``cursor`` is saved in the events' commit and given back by ``Services.cursor`` after a restart.
    ``writes`` are rows of the adapter's own tables, written in the same commit.
    """

    events: Sequence[Message]
    cursor: str | None = None
    writes: Sequence[Write] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that ``botkit doctor`` found out about an adapter, and what to do where it is ``wrong``."""

    what: Text
    fix: Text | None = None
    wrong: bool = False


class SendError(BotkitError):
    """A message could not be sent. The subclasses say what follows."""


class RetryLater(SendError):
    """The platform asks to wait ``after`` seconds. ``everywhere`` says that it meant all chats, not this one."""

    def __init__(self, after: float, *, everywhere: bool = False) -> None:
        super().__init__(f"the platform asks to wait {after:g} s")
        self.after = after
        self.everywhere = everywhere


class Unreachable(SendError):
    """This chat can't be written to any more: blocked, kicked, deleted. Not retried."""


class Refused(SendError):
    """The platform refuses this very message (too long, malformed). Not retried."""


class Ambiguous(SendError):
    """The message may or may not have arrived. Becomes ``unknown``; retried only where that can't double it."""


class Adapter(ABC):
    """One account on one platform.

    An adapter speaks its platform and nothing else: it holds no queue that would be lost with the process,
    and retries nothing. ``name`` is the adapter's id in settings and rows.
    """

    name: str
    capabilities: Capabilities
    models: tuple[str, ...] = ()
    """Modules with Tortoise models of its own."""
    migrations: str | None = None
    """The package of their migrations."""
    locales: str | None = None
    """Folder of its gettext catalogues."""
    cli: typer.Typer | None = None
    """Commands of its own, run as ``botkit <adapter> …``."""
    fetches: bool = False
    """Whether its messages' files still lie with the platform: the framework fetches and stores them."""

    async def open(self, services: Services) -> None:
        """Connect. ``services`` stays valid until ``close`` returns."""
        self.services = services

    async def close(self) -> None:
        """Disconnect and let go of everything. Called once, also after a failed ``open``."""
        return None

    @abstractmethod
    def receive(self) -> AsyncGenerator[Batch, None]:
        """Yield batches of events, for as long as the adapter is open.

        When the generator is resumed, everything it yielded before is committed: only then may it be
        confirmed to the platform. When it is closed instead (``GeneratorExit``), the last batch is *not*
        stored: the framework calls ``receive`` again, after a pause, and the adapter goes on from its last
        cursor, so that the same events come again. So it is after an exception of the adapter's own. A
        generator that returns by itself says that there is nothing more to come (a pipe that ended).
        """

    @abstractmethod
    async def send(self, out: Outgoing) -> str:
        """Send one message and return the platform's id for it.

        Raises one of the ``SendError`` classes; anything else counts as a passing fault and is retried.
        With ``idempotent_send`` the same ``out.key`` never makes a second message.
        """

    async def edit(self, out: Outgoing) -> str:
        """Replace the text and buttons of message ``out.target``. Called only with the capability ``edit``."""
        raise Refused(f"{self.name} can't edit")

    async def delete(self, out: Outgoing) -> str | None:
        """Delete message ``out.target``. Called only with the capability ``delete``."""
        raise Refused(f"{self.name} can't delete")

    async def open_thread(self, out: Outgoing) -> str:
        """Open a thread titled ``out.text`` and return its id. Called only with the capability ``threads``.

        Where a thread grows from a message, that is ``out.target``. Asked twice it may return the same thread.
        """
        raise Refused(f"{self.name} has no threads")

    async def rank(self, chat: Chat, sender: Sender) -> Rank:
        """What somebody is in a group, as the platform says now. Asked before anything that owners alone may do."""
        return Rank.MEMBER

    async def seen(self, out: Outgoing) -> None:
        """Tell the resident that a human saw message ``out.target``. Called only with ``read_receipts``."""
        raise Refused(f"{self.name} has no read receipts")

    async def present(self, chat: Chat, sender: Sender) -> bool:
        """Whether somebody is in a group now, as far as the platform tells. Asked before they are written to for that.

        Raises whatever the platform's library does where it can't be asked: then it is asked again later.
        """
        return True

    async def react(self, out: Outgoing) -> None:
        """Set the sign ``out.text`` on message ``out.target``. Called only with the capability ``reactions``."""
        raise Refused(f"{self.name} has no reactions")

    async def pin(self, out: Outgoing) -> str | None:
        """Pin message ``out.target`` in its group. Called only with the capability ``pin``."""
        raise Refused(f"{self.name} can't pin")

    async def typing(self, chat: Chat) -> None:
        """Show in a chat, for some seconds, that an answer is coming. Called only with the capability ``typing``."""
        return None

    async def private_chat(self, sender: Sender) -> Chat | None:
        """The private chat with somebody met in a group, if it can be written to. Asked only with ``can_start_dm``."""
        return None

    def private_link(self, token: str) -> str | None:
        """An address that opens a private chat with the bot and gives it ``/start <token>``; None: there is none."""
        return None

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of an attachment. Raises ``Refused`` where there are none."""
        raise Refused(f"{self.name} has no files")

    async def erase(self, unit: UnitOfWork, chat: Chat, before: datetime) -> None:
        """Forget the words that the adapter itself stored of a private chat before a moment, in this unit of work."""
        return None

    def routes(self) -> Sequence[web.RouteDef]:
        """Pages and endpoints of its own on the shared web server."""
        return ()

    async def check(self, services: Services) -> Sequence[Finding]:
        """Look at everything that may be wrong with the account, for ``botkit doctor``. The adapter is not open."""
        return ()

    def describe(self) -> Mapping[str, Any]:
        """What ``botkit doctor`` shows: addresses, rights, warnings. No secrets."""
        return field_values(self.capabilities)


def field_values(capabilities: Capabilities) -> dict[str, Any]:
    """The capabilities that are there, by name."""
    return {name: value for name in capabilities.__slots__ if (value := getattr(capabilities, name))}


__all__ = [
    "Adapter",
    "Ambiguous",
    "Batch",
    "Capabilities",
    "Finding",
    "Rank",
    "Refused",
    "RetryLater",
    "SendError",
    "Unreachable",
]
