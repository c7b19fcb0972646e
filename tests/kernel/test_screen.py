"""The screen in a room of staff: an order is for the bot, unless it names another."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from botkit.decision import Concern
from botkit.messages import Chat, ChatKind, Message, Sender
from botkit.screen import Screen


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
