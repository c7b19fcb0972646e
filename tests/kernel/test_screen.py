"""The screen: what an order in a room of staff is for, and that of who comes and goes nothing is kept unasked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from botkit.decision import Concern, Verdict
from botkit.messages import Chat, ChatKind, Message, MessageKind, Sender
from botkit.plugin import Plugin
from botkit.screen import Screen
from botkit.storage.models import Identity, Inbox, PlainCount
from botkit.testing import BotHarness


@pytest.mark.parametrize(
    ("text", "data", "concern"),
    [
        ("/claim 12", {}, Concern.ADDRESSED),
        ("/claim@weather_bot 12", {"elsewhere": True}, Concern.PLAIN),
        ("谁去吃饭", {}, Concern.PLAIN),
    ],
)
def test_an_order_for_another_bot_is_not_ours(text: str, data: dict[str, bool], concern: Concern) -> None:
    room = Chat("fake", "room", ChatKind.OFFICERS)
    message = Message(room, Sender("wang"), "1", datetime(2026, 3, 4, tzinfo=UTC), text, data=data)
    assert Screen(())(message).concern is concern


@pytest.mark.parametrize("event", ["member.joined", "member.left"])
async def test_of_who_comes_and_goes_nothing_is_kept_unless_a_plugin_asks(event: str) -> None:
    curious = Plugin("curious")
    heard: list[str] = []
    curious.event(event)(lambda context: heard.append(context.sender.id))

    @curious.screen
    def wanted(message: Message) -> Verdict | None:
        return Verdict(Concern.ADDRESSED) if message.membership and message.chat.id == "wanted" else None

    async with BotHarness([curious]) as bot:
        for group in ("g", "wanted"):
            await bot.says(kind=MessageKind.SYSTEM, group=group, who=f"in-{group}", data={"event": event})
        assert heard == ["in-wanted"]
        assert [row.platform_id for row in await Identity.all()] == ["in-wanted"]
        assert await Inbox.all().count() == 1
        # Nor is it talk.
        assert not await PlainCount.exists()
