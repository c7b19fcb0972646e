"""Files that lie with the platform are stored when their message concerns the bot, and never otherwise."""

from __future__ import annotations

import asyncio
import json

import pytest

from botkit import fetching
from botkit.adapter import Refused
from botkit.context import Context
from botkit.decision import Concern, Verdict
from botkit.files import ID
from botkit.messages import Attachment, Message, MessageKind
from botkit.plugin import Plugin, Stage
from botkit.testing import BotHarness, FakeAdapter
from tests.kernel.kit import until
from tests.web.test_files import photo


class Keeping(FakeAdapter):
    """Keeps files for whoever asks; ``trouble`` is raised by the next calls, one each."""

    fetches = True

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.trouble: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.content = photo()

    async def fetch(self, attachment: Attachment) -> bytes:
        self.asked.append(attachment.id)
        await self.gate.wait()
        if self.trouble:
            raise self.trouble.pop(0)
        return self.content


@pytest.fixture
def seen() -> list[Attachment]:
    return []


@pytest.fixture
def plugin(seen: list[Attachment]) -> Plugin:
    plugin = Plugin("test")

    @plugin.screen
    def screen(message: Message) -> Verdict | None:
        return Verdict(Concern.EMERGENCY, "fire", "fire") if "火" in message.text else None

    @plugin.stage(Stage.SAFETY)
    async def look(context: Context) -> str:
        seen.extend(context.message.attachments)
        return "seen"

    return plugin


PHOTO = Attachment(MessageKind.PHOTO, "AgAC-remote", "", "image/jpeg", 10)
VOICE = Attachment(MessageKind.VOICE, "AwAC-remote", "", "audio/ogg", 10)


async def kept(bot: BotHarness) -> list[str]:
    [row] = await bot.services.database.read("SELECT payload FROM inbox")
    return [file["id"] for file in json.loads(row["payload"])["files"]]


async def test_they_are_stored_before_the_decision(plugin: Plugin, seen: list[Attachment], database_url: str) -> None:
    adapter = Keeping()
    async with BotHarness([plugin], adapter=adapter, database_url=database_url) as bot:
        await bot.says(kind=MessageKind.PHOTO, attachments=(PHOTO, VOICE))
        picture, voice = seen
        assert ID.fullmatch(picture.id) and picture.mime == "image/jpeg" and not picture.broken
        assert voice.id.endswith(".bin") and voice.mime == "audio/ogg"
        assert await bot.services.files.display(picture.id)
        assert await kept(bot) == [picture.id, voice.id]


async def test_plain_talk_is_never_asked_for(plugin: Plugin) -> None:
    adapter = Keeping()
    async with BotHarness([plugin], adapter=adapter) as bot:
        await bot.says("看看", group="g", kind=MessageKind.PHOTO, attachments=(PHOTO,))
        assert adapter.asked == []


async def test_danger_waits_for_no_file(plugin: Plugin, seen: list[Attachment]) -> None:
    adapter = Keeping()
    adapter.gate.clear()
    async with BotHarness([plugin], adapter=adapter) as bot:
        await bot.says("着火了", kind=MessageKind.PHOTO, attachments=(PHOTO,))
        assert seen == [PHOTO]
        adapter.gate.set()
        await until(lambda: not bot.bot.dispatcher._fetching._tasks)
        await bot.services.unit(nothing)
        assert ID.fullmatch((await kept(bot))[0])


async def nothing(unit: object) -> None:
    """A unit of work after all others."""


async def test_a_passing_fault_is_tried_again_and_a_refusal_is_not(
    plugin: Plugin, seen: list[Attachment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PAUSE", 0)
    adapter = Keeping()
    async with BotHarness([plugin], adapter=adapter) as bot:
        adapter.trouble = [OSError()]
        await bot.says(kind=MessageKind.PHOTO, attachments=(PHOTO,))
        assert ID.fullmatch(seen[-1].id) and len(adapter.asked) == 2
        adapter.trouble = [Refused("gone")]
        await bot.says(kind=MessageKind.PHOTO, attachments=(PHOTO,))
        assert seen[-1] == PHOTO and len(adapter.asked) == 3
        await bot.says(kind=MessageKind.PHOTO, attachments=(Attachment(MessageKind.PHOTO, "x", "", "", 1 << 40),))
        assert len(adapter.asked) == 3
