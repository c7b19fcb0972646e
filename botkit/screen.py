"""The screen: whether a message concerns the bot at all, decided in memory before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import structlog

from botkit.decision import Concern, Verdict
from botkit.logs import where
from botkit.messages import Message, MessageKind

log = structlog.get_logger()

ADDRESSED = Verdict(Concern.ADDRESSED)
PLAIN = Verdict(Concern.PLAIN)
_ORDER = {Concern.EMERGENCY: 0, Concern.FRAUD: 1, Concern.ADDRESSED: 2, Concern.PLAIN: 3}
_QUIET = frozenset({MessageKind.SYSTEM, MessageKind.DELETED})

Hook = Callable[[Message], Verdict | None]


class Screen:
    """All plugins' screen hooks. The gravest verdict wins; without one a message is plain unless addressed."""

    def __init__(self, hooks: Iterable[Hook]) -> None:
        self._hooks: Sequence[Hook] = tuple(hooks)

    def __call__(self, message: Message) -> Verdict:
        """The verdict on a message. A hook that raises is skipped and logged: the others still protect."""
        best = ADDRESSED if message.addressed or message.private or message.kind in _QUIET else PLAIN
        for hook in self._hooks:
            try:
                verdict = hook(message)
                if verdict is not None and _ORDER[verdict.concern] < _ORDER[best.concern]:
                    best = verdict
            # Plugin code, at the border of the process: its fault must not stop the danger check of others.
            except Exception as problem:
                log.error("screen.failed", where=where(problem), problem=type(problem).__name__)
        return best
