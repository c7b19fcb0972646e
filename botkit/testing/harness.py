"""BotHarness: a whole bot in a test, so that the test reads like a chat."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from botkit.adapter import Adapter
from botkit.bot import Bot
from botkit.messages import Attachment, Chat, ChatKind, Message, MessageKind, Sender
from botkit.plugin import Plugin
from botkit.settings import DatabaseSettings, Settings, StationSettings
from botkit.testing.clock import FakeClock
from botkit.testing.fake import FakeAdapter, Sent
from botkit.testing.patience import PATIENCE
from botkit.testing.template import prepare


class BotHarness:
    """A bot on a fresh database, a fake platform and a fake clock::

        async with BotHarness([plugin]) as bot:
            await bot.says("/echo hello")
            bot.replied("hello")
            await bot.advance(minutes=10)

    Everything else is the real thing: storage, queues, dispatch, delivery. ``database_url`` runs it on
    another database, ``folder`` on files that outlive it (a second harness then is a restart). Plugins
    start no long work beside answering, such as fitting a model, unless ``background``; ``ready`` waits for it.
    """

    def __init__(
        self,
        plugins: Iterable[Plugin] = (),
        *,
        adapter: Adapter | None = None,
        clock: FakeClock | None = None,
        settings: Settings | None = None,
        tables: Mapping[str, Mapping[str, Any]] | None = None,
        database_url: str | None = None,
        folder: Path | None = None,
        handler_timeout: float = 10.0,
        background: bool = False,
    ) -> None:
        self.clock = clock or FakeClock()
        self.platform = adapter or FakeAdapter()
        self._temporary = tempfile.TemporaryDirectory() if folder is None else None
        data = folder or Path(self._temporary.name if self._temporary else "")
        settings = settings or Settings(station=StationSettings(demo=True))
        changes: dict[str, Any] = {}
        if database_url:
            changes["database"] = DatabaseSettings(url=database_url)
        if tables:
            changes["tables"] = tables
        self.bot = Bot(
            settings.model_copy(update=changes),
            data=data,
            plugins=plugins,
            adapters=(self.platform,),
            clock=self.clock,
            durable=False,
            handler_timeout=handler_timeout,
        )
        self.services = self.bot.services
        if not background:
            self.services.background = None
        self._ids = itertools.count(1)
        self._read = 0

    async def __aenter__(self) -> BotHarness:
        await prepare(self.services.database)
        await self.bot.start()
        self.bot.receive()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.bot.stop()
        if self._temporary is not None:
            self._temporary.cleanup()

    # what people do ---------------------------------------------------------------------------------------

    def message(
        self,
        text: str = "",
        *,
        who: str = "li",
        group: str | None = None,
        at_bot: bool = False,
        kind: MessageKind = MessageKind.TEXT,
        id: str | None = None,
        revision: int = 0,
        attachments: tuple[Attachment, ...] = (),
        data: Mapping[str, Any] | None = None,
        reply_to: str | None = None,
        at: datetime | None = None,
    ) -> Message:
        """A message as the platform would deliver it: in ``who``'s private chat, or in a group."""
        name = self.platform.name
        chat = Chat(name, group, ChatKind.GROUP) if group else Chat(name, f"dm-{who}")
        return Message(
            chat, Sender(who, who.title()), id or f"in-{next(self._ids)}", at or self.clock.now(), text, kind,
            revision, attachments, at_bot, (), reply_to, None, data or {},
        )  # fmt: skip

    async def says(self, text: str = "", **options: Any) -> Message:
        """Somebody writes, and the bot does all it has to. Options are those of ``message``."""
        message = self.message(text, **options)
        await self.deliver(message)
        return message

    async def presses(self, label: str, **options: Any) -> None:
        """Somebody presses the button with this label under the latest message that has it."""
        for sent in reversed(self.sent):
            for shown, value in sent.out.buttons:
                if shown == label:
                    await self.says(kind=MessageKind.BUTTON, data={"value": value}, **options)
                    return
        raise AssertionError(f"no button {label!r}; the last message has {self._buttons()}")

    async def deliver(self, *messages: Message) -> None:
        """The platform delivers these messages."""
        assert isinstance(self.platform, FakeAdapter)
        self.platform.put(messages)
        await self.settle()

    # what the bot does ------------------------------------------------------------------------------------

    @property
    def sent(self) -> list[Sent]:
        """Everything that reached the platform."""
        assert isinstance(self.platform, FakeAdapter)
        return self.platform.sent

    @property
    def last(self) -> str:
        """The latest text."""
        return self.sent[-1].text if self.sent else ""

    def news(self) -> list[str]:
        """Texts sent since ``news``, ``replied`` or ``kept_silent`` was last called."""
        texts = [sent.text for sent in self.sent[self._read :]]
        self._read = len(self.sent)
        return texts

    def replied(self, *parts: str) -> str:
        """The bot has said just one thing since the last look, and it contains these parts. Returns it."""
        news = self.news()
        assert len(news) == 1, f"expected one reply, got {news}"
        for part in parts:
            assert part in news[0], f"expected {part!r} in {news[0]!r}"
        return news[0]

    def kept_silent(self) -> None:
        """The bot has said nothing since the last look."""
        news = self.news()
        assert not news, f"expected silence, got {news}"

    async def advance(self, *, until: datetime | None = None, **span: float) -> None:
        """Let time pass (``minutes=10``), stopping wherever something is due."""
        await self.clock.pass_until(until or self.clock.now() + timedelta(**span), self.settle)

    async def settle(self) -> None:
        """Wait until nothing more happens without time passing."""
        async with asyncio.timeout(PATIENCE):
            calm = 0
            while calm < 3:
                busy = not (self._confirmed() and self.bot.dispatcher.idle and self.bot.delivery.quiet)
                calm = 0 if busy or await self.bot.scheduler.sweep() else calm + 1
                await asyncio.sleep(0.001)

    async def ready(self) -> None:
        """Wait until plugins' long work beside answering is done."""
        while self.services.background:
            await asyncio.gather(*self.services.background)

    def _confirmed(self) -> bool:
        return not isinstance(self.platform, FakeAdapter) or self.platform.confirmed

    def _buttons(self) -> list[str]:
        return [label for label, _ in self.sent[-1].out.buttons] if self.sent else []

    # what was kept ----------------------------------------------------------------------------------------

    async def disposition(self, message: Message) -> str | None:
        """How a message ended; None when it was never kept."""
        rows = await self.services.database.read(
            "SELECT disposition FROM inbox WHERE platform_id = ? AND revision = ?",
            message.id,
            message.revision,
        )
        return rows[0]["disposition"] if rows else None

    async def reason(self, message: Message) -> dict[str, Any]:
        """Why a message ended as it did."""
        import json

        rows = await self.services.database.read("SELECT reason FROM inbox WHERE platform_id = ?", message.id)
        return json.loads(rows[0]["reason"]) if rows and rows[0]["reason"] else {}
