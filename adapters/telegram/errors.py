"""Errors: what Telegram or the way to it said, as what the framework is to do about it."""

from __future__ import annotations

from collections import OrderedDict

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from adapters.telegram.transport import Failed, Flood, Interrupted, NotSent
from botkit.adapter import Ambiguous, Refused, RetryLater, SendError, Unreachable

TOGETHER = 5
"""So many chats refused one after the other, with no message through between them, mean the whole account."""
BLOCKED = 60.0
"""Seconds until it is tried again with a token that Telegram refused: somebody has to put it right."""
_GONE = (
    "chat not found", "user not found", "user is deactivated", "group chat was deactivated", "bot was kicked",
    "bot is not a member", "peer_id_invalid", "chat_write_forbidden", "have no rights to send",
    "not enough rights to send", "need administrator rights", "chat_restricted", "group chat was deleted",
)  # fmt: skip
_UNTAKEN = frozenset({502, 503})
"""The gateway could not hand it on: unlike with a 500 or a 504, nothing was begun."""


class Told:
    """Turns errors into outcomes, and remembers who was told to wait."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, None] = OrderedDict()

    def went_through(self) -> None:
        """A message was taken: whatever limits there are, they are single chats'."""
        if self._waiting:
            self._waiting.clear()

    def outcome(self, problem: TelegramError, chat: str) -> Exception:
        """What a failed call means for the message. ``ChatMigrated`` is the caller's."""
        if isinstance(problem, Flood):
            self._waiting[chat] = None
            return RetryLater(problem.after, everywhere=len(self._waiting) >= TOGETHER)
        if isinstance(problem, Forbidden):
            return Unreachable("the bot may not write there")
        if isinstance(problem, BadRequest):
            return _refused(problem)
        if isinstance(problem, InvalidToken):
            return RetryLater(BLOCKED, everywhere=True)
        if isinstance(problem, NotSent) or (isinstance(problem, Failed) and problem.status in _UNTAKEN):
            # A passing fault, which the kernel tries again.
            return ConnectionError("Telegram could not be reached")
        # The bare classes: an answer that can't be read, a fault inside of the library's own request.
        if isinstance(problem, (TimedOut, Interrupted, Failed)) or type(problem) in (TelegramError, NetworkError):
            return Ambiguous("what became of it is not known")
        if isinstance(problem, (Conflict, ChatMigrated)):
            return ConnectionError("the call collided with another")
        return Refused("Telegram refuses it")


def _refused(problem: BadRequest) -> SendError:
    if says(problem, *_GONE):
        return Unreachable("the chat is not there for the bot")
    return Refused("Telegram refuses it")


def says(problem: TelegramError, *words: str) -> bool:
    """Whether Telegram's own words hold one of these. They are never shown or logged."""
    text = problem.message.lower()
    return any(word in text for word in words)
