"""The fake platform passes the suite, with everything a platform can do and with nothing of it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from botkit.adapter import Adapter, Capabilities
from botkit.messages import Attachment, Chat, Message, MessageKind, Sender
from botkit.testing import FakeAdapter
from botkit.testing.conformance import AdapterConformance, Platform
from botkit.testing.fake import FULL


class FakePlatform(Platform):
    kinds = frozenset(MessageKind) - {MessageKind.BUTTON}
    edits = True

    def __init__(self, capabilities: Capabilities) -> None:
        self._capabilities = capabilities
        self._current = FakeAdapter(capabilities=capabilities)
        self._messages: dict[str, Message] = {}
        self._ids = itertools.count(1)

    def adapter(self) -> Adapter:
        new = FakeAdapter(capabilities=self._capabilities)
        # What users have seen and what was not confirmed belongs to the platform, not to the bot.
        new.sent, new._keys, new._waiting = self._current.sent, self._current._keys, self._current._waiting
        if new._waiting:
            new._wake.set()
        self._current = new
        return new

    def _put(self, message: Message) -> str:
        self._messages[message.id] = message
        self._current.put([message])
        return message.id

    def _message(self, text: str, **more: object) -> Message:
        name = f"m{next(self._ids)}"
        return Message(Chat("fake", "dm"), Sender("li"), name, datetime.now(UTC), text, **more)  # type: ignore[arg-type]  # keywords of Message

    async def write(self, text: str) -> str:
        return self._put(self._message(text))

    async def deliver(self, kind: MessageKind) -> None:
        files = (Attachment(kind, "f", size=1),) if kind in (MessageKind.PHOTO, MessageKind.VOICE) else ()
        self._put(self._message("", kind=kind, attachments=files))

    async def repeat(self, message: str) -> None:
        self._current.put([self._messages[message]])

    async def rewrite(self, message: str, text: str) -> None:
        old = self._messages[message]
        self._put(Message(old.chat, old.sender, old.id, datetime.now(UTC), text, revision=old.revision + 1))

    async def press(self, label: str) -> None:
        value = next(v for sent in reversed(self._current.sent) for shown, v in sent.out.buttons if shown == label)
        self._put(self._message("", kind=MessageKind.BUTTON, data={"value": value}))

    async def shown(self) -> list[str]:
        return [sent.text for sent in self._current.sent]


class TestRichPlatform(AdapterConformance):
    @pytest.fixture
    async def platform(self) -> AsyncIterator[Platform]:
        yield FakePlatform(FULL)


class TestPoorPlatform(AdapterConformance):
    @pytest.fixture
    async def platform(self) -> AsyncIterator[Platform]:
        yield FakePlatform(Capabilities(max_text=500))
