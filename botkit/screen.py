"""The screen: whether a message concerns the bot at all, decided in memory before anything is written."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from botkit.decision import Concern, Verdict
from botkit.logs import where
from botkit.messages import Message, MessageKind

if TYPE_CHECKING:
    from botkit.services import Services

log = structlog.get_logger()

ADDRESSED = Verdict(Concern.ADDRESSED)
PLAIN = Verdict(Concern.PLAIN)
_ORDER = {Concern.EMERGENCY: 0, Concern.FRAUD: 1, Concern.ADDRESSED: 2, Concern.PLAIN: 3}
_QUIET = frozenset({MessageKind.SYSTEM, MessageKind.DELETED})
_MEANT = frozenset({MessageKind.BUTTON, *_QUIET})
"""Kinds that nobody can mean for somebody else, however a platform marks them: a press is of our own button."""
_SAID_TO_BOT = frozenset({MessageKind.REACTION, *_MEANT})

Hook = Callable[[Message], Verdict | None]


class Screen:
    """All plugins' screen hooks. The gravest verdict wins; without one a message is plain unless addressed.

    A hook with a second parameter gets the ``Services`` of its bot. What no person wrote in a group (bots, the
    own account, posts of channels) is plain, whatever it says. So is who comes and goes, unless a hook wants to know.
    """

    def __init__(self, hooks: Iterable[Callable[..., Verdict | None]], services: Services | None = None) -> None:
        self._hooks: Sequence[Hook] = tuple(_bound(hook, services) for hook in hooks)

    def __call__(self, message: Message) -> Verdict:
        """The verdict on a message. A hook that raises is skipped and logged: the others still protect."""
        if (message.sender.is_bot or message.data) and _nobody(message):
            return PLAIN
        to_bot: object = message.addressed
        if message.chat.kind.staffed:
            # Those who work there talk among themselves too: what is no answer to the bot, in no case's thread and
            # no order is theirs alone.
            order = message.text.startswith("/") and not message.data.get("elsewhere")
            answers = message.reply_to or message.thread or order
            to_bot = to_bot or answers or message.kind in _SAID_TO_BOT
        meant = to_bot or message.private or message.kind in _MEANT
        best = ADDRESSED if meant and not message.membership else PLAIN
        for hook in self._hooks:
            try:
                verdict = hook(message)
                if verdict is not None and (
                    _rank(verdict) < _rank(best) or (best is ADDRESSED and verdict.concern is Concern.ADDRESSED)
                ):
                    best = verdict
            # Plugin code, at the border of the process: its fault must not stop the danger check of others.
            except Exception as problem:
                log.error("screen.failed", where=where(problem), problem=type(problem).__name__)
        return best


def _rank(verdict: Verdict) -> float:
    """The gravest first. A quiet doubt comes before plain talk only."""
    return _ORDER[Concern.ADDRESSED] + 0.5 if verdict.quiet else _ORDER[verdict.concern]


def _nobody(message: Message) -> bool:
    """Whether no person speaks. In the officers' room other programs may report."""
    if message.sender.is_bot:
        return not message.chat.kind.staffed
    if not message.data or message.private or message.addressed:
        return False
    return message.data.get("forwarded") == "channel"


def _bound(hook: Callable[..., Any], services: Services | None) -> Hook:
    names = list(inspect.signature(hook).parameters)
    return partial(hook, **{names[1]: services}) if len(names) > 1 else hook
