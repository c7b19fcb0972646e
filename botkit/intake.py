"""Intake: the durable inbox. What concerns the bot is committed before the platform is told that it arrived."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import structlog

from botkit.adapter import Adapter, Batch
from botkit.codec import clean, dump, encode
from botkit.decision import Concern, Verdict
from botkit.handlers import parse_command
from botkit.i18n import LANGUAGES
from botkit.language.detect import detect
from botkit.logs import where
from botkit.messages import ChatKind, Lane, Message, MessageKind, Outgoing
from botkit.screen import Screen
from botkit.services import Services
from botkit.sql import Statement, Write, insert
from botkit.tasks import ending

log = structlog.get_logger()

INSERT = insert(
    "inbox",
    "id station_id adapter_id chat_id identity_id platform_id revision concern verdict payload received_at",
    tells=True,
)
CURSOR = Statement(
    "INSERT INTO adapter_account (id, station_id, name, cursor) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor"
)
GROUP = ChatKind.GROUP
SETTLING = frozenset({MessageKind.SYSTEM, MessageKind.DELETED, MessageKind.BUTTON})
"""Kinds that are taken in groups where the bot is not enabled, as commands are."""
WORDLESS = frozenset(
    (
        "/start",
        "/settings",
        "/rules",
        "/card",
        "/link",
        "/绑定",
        "/verify",
        "/核验",
        "/核实",
        "/on",
        "/off",
        "/swap",
        "/换班",
    )
)
"""Commands that are followed by tokens, keywords and logins, which are nobody's language."""
COUNT = insert(
    "plain_count",
    "id station_id chat_id hour lines",
    "ON CONFLICT (chat_id, hour) DO UPDATE SET lines = plain_count.lines + excluded.lines",
)


@dataclass(slots=True)
class Item:
    """A committed event on its way to its disposition."""

    inbox_id: int
    chat_id: int
    identity_id: int
    message: Message
    verdict: Verdict
    language: str
    received_at: datetime
    advised: bool = False
    troubled: str = ""


class Intake:
    """Runs the adapters' receive loops, screens, and commits."""

    def __init__(self, services: Services, screen: Screen, offer: Callable[[list[Item]], None]) -> None:
        self._services = services
        self._screen = screen
        self._offer = offer
        self._advised: set[tuple[str, str, str]] = set()
        self._commands = frozenset(name for plugin in services.plugins for name in plugin.commands)

    async def run(self, adapter: Adapter) -> None:
        """Receive from an adapter until it says that nothing more will come."""
        pause = 1.0
        while True:
            try:
                async with contextlib.aclosing(adapter.receive()) as batches:
                    async for batch in batches:
                        await self.accept(adapter, batch)
                        pause = 1.0
                return
            # The border to a platform: its library may raise anything, and the other platforms go on. A batch
            # that could not be stored ends here too: it is received again.
            except (Exception, asyncio.CancelledError) as problem:
                if isinstance(problem, asyncio.CancelledError) and ending():
                    raise
                self._services.metrics.failed.labels("receive").inc()
                log.error("receive.failed", adapter=adapter.name, problem=type(problem).__name__, where=where(problem))
            await self._services.clock.sleep_until(self._services.clock.now() + timedelta(seconds=pause))
            pause = min(pause * 2, 10)

    async def accept(self, adapter: Adapter, batch: Batch) -> None:
        """Screen a batch and return when what concerns the bot is committed, with the cursor.

        Raises ``StorageError`` when it can't be: then nothing is confirmed, but advice on danger has been sent.
        """
        items, writes = self._prepare(adapter, batch)
        if not writes:
            return
        try:
            known = await self._services.database.writer.rows(writes)
        # Whatever kept it from being stored: what was noted in memory is taken back, and danger is answered now.
        except Exception:
            self._services.chats.forget(writes)
            await self._advise(adapter, items)
            raise
        if batch.cursor is not None:
            self._services.cursors[adapter.name] = batch.cursor
        self._offer([item for item in items if item.inbox_id not in known])

    def _prepare(self, adapter: Adapter, batch: Batch) -> tuple[list[Item], list[Write]]:
        services = self._services
        chats, ids, now = services.chats, services.database.ids, services.clock.now()
        activity, spoke = services.activity, services.activity.spoke
        station = services.database.station_id
        items: list[Item] = []
        writes: list[Write] = list(batch.writes)
        plain: dict[int, int] = {}
        counted: dict[Concern, int] = {}
        for event in batch.events:
            message = clean(event)
            row = chats.enter(message.chat, writes)
            if message.chat.kind is GROUP and row.chat.kind is ChatKind.DM:
                chats.widen(row, message.chat, writes)
            elif message.chat.kind is GROUP and row.chat.kind is not GROUP:
                # The platform knows a group; to us it is a room of staff.
                message = replace(message, chat=row.chat)
            group = message.chat.kind is GROUP
            if group and not row.ways.enabled and not self._settles(message):
                # Nobody has allowed the bot to listen here: not even danger is looked for.
                counted[Concern.PLAIN] = counted.get(Concern.PLAIN, 0) + 1
                plain[row.id] = plain.get(row.id, 0) + (not message.membership)
                continue
            if group:
                spoke(row, message, now, writes)
            verdict = self._screen(message)
            counted[verdict.concern] = counted.get(verdict.concern, 0) + 1
            if verdict.concern is Concern.PLAIN:
                plain[row.id] = plain.get(row.id, 0) + (not message.membership)
                continue
            if group and verdict.concern is Concern.ADDRESSED:
                activity.asked(row, message, now)
            identity = chats.enter_identity(adapter.name, message.sender, writes)
            if message.private:
                chats.met(identity, row.id, writes)
            # A command's name says nothing about the language of who gives it, nor do tokens and keywords after it.
            words = message.text
            if words.startswith("/"):
                name, _, words = words.partition(" ")
                words = "" if name.partition("@")[0] in WORDLESS else words
            given = message.language if message.language in LANGUAGES else None
            language = given or (detect(words) if any(map(str.isalpha, words)) else None)
            if row.language_set or message.chat.kind.staffed:
                # A room of staff speaks the station's language, whatever a case in it is about.
                language = row.language_set or services.settings.station.language
            elif language:
                chats.spoke(row, language, writes)
            else:
                language = row.language or services.settings.station.language
            item = Item(ids(), row.id, identity, message, verdict, language, now)
            key = (adapter.name, message.chat.id, message.id)
            if self._advised and key in self._advised:
                item.advised = True
            items.append(item)
            found = verdict_json(verdict)
            writes.append(
                Write(INSERT, (
                    item.inbox_id, station, adapter.name, row.id, identity, message.id, message.revision,
                    verdict.concern.value, found, dump(message), now,
                ))
            )  # fmt: skip
        if plain:
            hour = now.replace(minute=0, second=0, microsecond=0)
            writes.extend(Write(COUNT, (ids(), station, chat, hour, lines)) for chat, lines in plain.items() if lines)
        if batch.cursor is not None:
            writes.append(Write(CURSOR, (ids(), station, adapter.name, batch.cursor)))
        for concern, number in counted.items():
            services.metrics.received.labels(adapter.name, concern.value).inc(number)
        return items, writes

    def _settles(self, message: Message) -> bool:
        """Whether it may be about enabling the bot: a command of ours, a button, what is told of the chat itself."""
        if message.kind in SETTLING:
            return not message.membership
        command = parse_command(message.text) if message.addressed else None
        return command is not None and command[0] in self._commands

    async def _advise(self, adapter: Adapter, items: list[Item]) -> None:
        """Degraded mode: say the fixed advice on danger although nothing can be stored."""
        for item in items:
            message, advice = item.message, item.verdict.advice
            key = (adapter.name, message.chat.id, message.id)
            if not advice or key in self._advised:
                continue
            self._advised.add(key)
            item.advised = True
            text = self._services.catalogues.text(item.language, advice)
            out = Outgoing(f"advice:{message.id}", message.chat, text, reply_to=message.id, lane=Lane.URGENT)
            try:
                await asyncio.wait_for(adapter.send(out), 10)
            # The platform's border again. Advice that could not be sent is sent when dispatch gets the message.
            except (Exception, asyncio.CancelledError) as problem:
                self._advised.discard(key)
                item.advised = False
                if isinstance(problem, asyncio.CancelledError) and ending():
                    raise
                log.error("advice.failed", adapter=adapter.name, problem=type(problem).__name__, where=where(problem))


def verdict_json(verdict: Verdict) -> str | None:
    """A verdict as JSON for its row; None for one that says no more than its concern."""
    if verdict.concern is Concern.ADDRESSED and not verdict.rule:
        return None
    return encode({name: value for name, value in asdict(verdict).items() if value and name != "concern"})
