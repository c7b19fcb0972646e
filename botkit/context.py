"""Context: everything a handler may want to know about the message it decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from botkit.clock import Clock
from botkit.decision import Verdict
from botkit.messages import Chat, Message, Sender

if TYPE_CHECKING:
    from botkit.services import Services

NOBODY = Message(Chat("kernel", ""), Sender(""), "", datetime.fromtimestamp(0, UTC))
"""Stands where there is no message: the context of a timer."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Context:
    """One message on its way through the stages.

    ``inbox_id``, ``chat_id`` and ``identity_id`` are row ids (0 for a timer, which has no message).
    ``stepped`` says that the message ends the conversation under way: its
    step took it, or it is a command. Stages read; they must not write anything but
    their own return value.
    """

    __slots__ = (
        "args",
        "chat_id",
        "data",
        "identity_id",
        "inbox_id",
        "key",
        "language",
        "match",
        "message",
        "payload",
        "plugin",
        "segment",
        "segments",
        "services",
        "stepped",
        "verdict",
    )

    def __init__(
        self,
        services: Services,
        message: Message,
        *,
        inbox_id: int = 0,
        chat_id: int = 0,
        identity_id: int = 0,
        verdict: Verdict | None = None,
        language: str = "zh",
        data: Mapping[str, Any] = NOTHING,
        key: str = "",
    ) -> None:
        self.services = services
        self.message = message
        self.inbox_id = inbox_id
        self.chat_id = chat_id
        self.identity_id = identity_id
        self.verdict = verdict
        self.language = language
        self.segment = message.text
        self.segments: tuple[str, ...] = ()
        self.args = ""
        self.payload = ""
        self.match: re.Match[str] | None = None
        self.data = data
        self.key = key
        self.plugin = ""
        self.stepped = False

    @property
    def chat(self) -> Chat:
        return self.message.chat

    @property
    def sender(self) -> Sender:
        return self.message.sender

    @property
    def clock(self) -> Clock:
        return self.services.clock

    @property
    def settings(self) -> Any:
        """The settings of the plugin whose handler is running."""
        return self.services.plugin_settings(self.plugin)
