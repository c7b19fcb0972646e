"""Messages as JSON: what a platform may send comes back from the inbox as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from botkit.codec import clean, dump, load
from botkit.messages import Attachment, Chat, ChatKind, Message, MessageKind, Sender
from botkit.plugin import Plugin
from botkit.testing import BotHarness

ANY = st.text(st.characters(exclude_categories=()), max_size=40)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 62), 1 << 62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3),
    max_leaves=6,
)
FILES = st.builds(Attachment, st.sampled_from(list(MessageKind)), ANY, ANY, ANY, st.integers(0, 1 << 40), st.booleans())
MESSAGES = st.builds(
    Message,
    st.builds(Chat, ANY, ANY, st.sampled_from(list(ChatKind)), ANY),
    st.builds(Sender, ANY, ANY, st.booleans()),
    ANY,
    st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)),
    ANY,
    st.sampled_from(list(MessageKind)),
    st.integers(0, 1 << 50),
    st.lists(FILES, max_size=2).map(tuple),
    st.booleans(),
    st.lists(ANY, max_size=2).map(tuple),
    st.none() | ANY,
    st.none() | st.sampled_from(["zh", "en"]),
    st.dictionaries(ANY, JSON, max_size=2),
)


@settings(max_examples=200, deadline=None)
@given(MESSAGES)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    kept = clean(message)
    payload = dump(kept)
    payload.encode()
    assert load(payload, kept.chat, kept.id, kept.revision) == kept
    assert clean(kept) == kept
    if all("\x00" not in part and part.isprintable() for part in (message.text, message.sender.name)):
        assert (kept.text, kept.sender.name) == (message.text, message.sender.name)


def test_an_ordinary_message_is_not_touched() -> None:
    message = Message(Chat("fake", "1"), Sender("li", "李"), "m", datetime.now(UTC), "你好 😀")
    assert clean(message) is message
    assert "text" not in dump(Message(Chat("fake", "1"), Sender("li"), "m", datetime.now(UTC)))


def test_what_cannot_be_kept_is_replaced() -> None:
    message = Message(
        Chat("fake", "1"), Sender("li", "\ud800"), "m", datetime.now(UTC), "a\x00b\udfff",
        data={"value": "x\x00", "odd": {1: object, "big": 1 << 80}},
    )  # fmt: skip
    kept = clean(message)
    assert (kept.text, kept.sender.name, kept.data["value"]) == ("ab?", "?", "x")
    assert load(dump(kept), kept.chat, kept.id, 0).data["odd"]["big"] == str(1 << 80)


async def test_databases_keep_what_the_strangest_message_says(database_url: str) -> None:
    plugin = Plugin("test")

    @plugin.stage(70)  # type: ignore[arg-type]  # Stage.HANDOFF, by number
    async def echo(message: Message) -> str:
        return "said: " + message.text

    strange = [
        "\x00",
        "a\x00b",
        "\ud83d",
        "\u202eabc",
        "\x07\x1b[31m",
        "\"\\'; DROP TABLE inbox; --",
        "{}",
        "😀",
        "\u2028",
    ]
    async with BotHarness([plugin], database_url=database_url) as bot:
        for text in strange:
            await bot.says(text)
            said: Any = bot.replied("said: ")
            assert said == "said: " + text.replace("\x00", "").replace("\ud83d", "?")
