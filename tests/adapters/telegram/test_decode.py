"""Decoding: every kind of update is what it means, and nothing that comes can stop what follows."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.account import Account
from adapters.telegram.adapter import MALFORMED
from adapters.telegram.albums import Albums
from botkit import codec
from botkit.messages import Chat, ChatKind, MessageKind, Sender
from tests.adapters.telegram.raw import AT, BOT, DM, GROUP, LI, NOW, decoder, entity, message, one, read


def test_plain_talk() -> None:
    event = one("今晚停水吗")
    assert event.chat == Chat("telegram", "-1001000000001", ChatKind.GROUP, "3号楼")
    assert event.sender == Sender("7", "秀英 李")
    assert (event.id, event.text, event.kind, event.revision) == ("5", "今晚停水吗", MessageKind.TEXT, 0)
    assert event.at == datetime.fromtimestamp(AT, UTC)
    assert not event.addressed and event.language is None and not event.data


def test_in_private_everything_is_said_to_the_bot() -> None:
    event = one("hello", chat=DM)
    assert event.private and event.addressed and event.language is None
    assert one("/start abc", chat=DM).language == "zh"
    assert one(None, chat=DM, photo=[{"file_id": "f", "file_size": 3}]).language == "zh"


@pytest.mark.parametrize(
    ("text", "marks", "ours", "mentions"),
    [
        ("@Desk_Bot 在吗", ["mention"], True, ()),
        ("😀🏠@desk_bot 在吗", ["mention"], True, ()),
        ("@wang 在吗", ["mention"], False, ("wang",)),
        ("/rules", ["bot_command"], True, ()),
        ("/rules@desk_bot", ["bot_command"], True, ()),
        ("/rules@other_bot", ["bot_command"], False, ()),
        ("/weather", ["bot_command"], False, ()),
        ("/weather@desk_bot", ["bot_command"], True, ()),
    ],
)
def test_who_is_meant(text: str, marks: list[str], ours: bool, mentions: tuple[str, ...]) -> None:
    part = text[text.index("@") :].split()[0] if marks == ["mention"] else text.split()[0]
    event = one(text, entities=[entity(kind, text, part) for kind in marks])
    assert (event.addressed, event.mentions) == (ours, mentions)
    assert bool(event.data.get("elsewhere")) == ("@other" in text)


def test_a_person_without_a_name_is_mentioned_by_number() -> None:
    text = "问一下 秀英"
    assert one(text, entities=[entity("text_mention", text, "秀英", user=LI)]).mentions == ("7",)
    assert one(text, entities=[entity("text_mention", text, "秀英", user=BOT)]).addressed
    assert one(None, caption="@desk_bot", caption_entities=[entity("mention", "@desk_bot", "@desk_bot")],
               photo=[{"file_id": "f"}]).addressed  # fmt: skip


def test_an_answer_to_the_bot_is_said_to_it() -> None:
    event = one("还没来", reply_to_message=message("记下了", number=3, from_=BOT), message_thread_id=3)
    assert event.addressed and event.reply_to == "3" and event.data["reply_author"] == "4242"
    other = one("/rules@other_bot", reply_to_message=message("记下了", number=3, from_=BOT),
                entities=[entity("bot_command", "/rules@other_bot", "/rules@other_bot")])  # fmt: skip
    assert not other.addressed


def test_whose_words_are_answered() -> None:
    def author(**fields: Any) -> object:
        return one("/verify", reply_to_message=message("我是民警", number=3, **fields)).data["reply_author"]

    assert author() == "7"
    assert author(forward_origin={"type": "user", "sender_user": {"id": 99}}) == "99"
    assert author(forward_origin={"type": "hidden_user", "sender_user_name": "王警官"}) == "hidden:hidden_user"
    assert author(sender_chat=GROUP) == "-1001000000001"


def test_topics_and_chains() -> None:
    topic = {"chat": GROUP | {"is_forum": True}, "is_topic_message": True, "message_thread_id": 3}
    opened = message(None, number=3, from_=BOT, forum_topic_created={"name": "#1129-07", "icon_color": 1})
    event = one("接了", reply_to_message=opened, **topic)
    assert event.thread == "topic:3" and event.reply_to is None and not event.addressed
    read_ = decoder()
    [first] = read_({"update_id": 1, "message": message("查过了", number=8, reply_to_message=message("#7", number=3))})
    [then] = read_({"update_id": 2, "message": message("好", number=9, reply_to_message=message("查过了", number=8))})
    assert first.thread == then.thread == "3" and then.reply_to == "8"


def test_who_is_no_person() -> None:
    anonymous = one("通知", from_={"id": 1087968824, "is_bot": True, "first_name": "Group"}, sender_chat=GROUP)
    assert anonymous.sender == Sender("-1001000000001", "3号楼")
    channel = {"id": -1009, "type": "channel", "title": "社区发布"}
    posted = one("通知", from_={"id": 136817688, "is_bot": True, "first_name": "Channel"}, sender_chat=channel)
    assert posted.sender == Sender("-1009", "社区发布")
    automatic = one("通知", from_={"id": 777000, "is_bot": False, "first_name": "Telegram"}, sender_chat=channel,
                    is_automatic_forward=True, forward_origin={"type": "channel"})  # fmt: skip
    assert automatic.sender.is_bot
    assert one("转", forward_origin={"type": "channel", "chat": channel}).data["forwarded"] == "channel"
    assert one("转", forward_origin={"type": "user", "sender_user": LI}).data["forwarded"] == "user"
    assert one("哔", from_={"id": 9, "is_bot": True, "first_name": "b"}).sender.is_bot
    [post] = read("channel_post", {"message_id": 1, "chat": channel, "date": AT, "text": "…"})
    assert post.kind is MessageKind.UNKNOWN and post.sender.is_bot


def test_edits_are_revisions_in_their_order() -> None:
    def edit(update_id: int, at: int) -> int:
        [event] = read("edited_message", message("改了", edit_date=at), update_id)
        assert event.id == "5" and event.at == datetime.fromtimestamp(at, UTC)
        return event.revision

    assert 0 < edit(100, AT + 1) < edit(101, AT + 1) < edit(102, AT + 2)
    assert edit(100, AT + 1) == edit(100, AT + 1)


def test_quotes_and_albums_are_told() -> None:
    event = one("这个", quote={"text": "水管", "position": 0}, media_group_id="77", photo=[{"file_id": "f"}])
    assert event.data["quote"] == "水管" and event.data["album"] == "77"


def test_a_press_is_read_whole() -> None:
    keyboard = {"inline_keyboard": [[{"text": "接", "callback_data": "x"}, {"text": "查", "url": "https://a.b"}]]}
    under = message("#7", number=3, from_=BOT, reply_markup=keyboard)
    [event] = read("callback_query", {"id": "88", "from": LI, "message": under, "chat_instance": "1", "data": "x"})
    assert event.kind is MessageKind.BUTTON and event.reply_to == "3" and event.id == "press:3:88"
    assert event.at == NOW and event.sender.id == "7"
    assert event.data == {"query": "88", "raw": "x", "shown": ["x"], "speaks": "zh"}
    assert read("callback_query", {"id": "88", "from": LI, "chat_instance": "1", "game_short_name": "g"}) == ()


def test_reactions() -> None:
    def react(old: list[str], new: list[str], **who: Any) -> Any:
        signs = [[{"type": "emoji", "emoji": sign} for sign in given] for given in (old, new)]
        body = {"chat": GROUP, "message_id": 3, "date": AT, "old_reaction": signs[0], "new_reaction": signs[1]}
        [event] = read("message_reaction", body | (who or {"user": LI}))
        assert event.kind is MessageKind.REACTION and event.reply_to == "3"
        return event

    assert react([], ["👀"]).data == {"sign": "👀"}
    assert react(["👀"], ["👀", "👍"]).data == {"sign": "👍"}
    assert react(["👀"], []).data == {"sign": ""}
    assert react([], ["👀"], actor_chat=GROUP).sender.id == "-1001000000001"


def members(old: str, new: str, chat: Any = GROUP, **more: Any) -> list[str]:
    body = {
        "chat": chat, "from": LI, "date": AT, "old_chat_member": {"status": old, "user": BOT},
        "new_chat_member": {"status": new, "user": BOT, **more},
    }  # fmt: skip
    account = Account(4242, "desk_bot", sees_all=False)
    events = decoder(account)({"update_id": 1, "my_chat_member": body})
    assert len({event.id for event in events}) == len(events)
    return [event.data["event"] for event in events]


def test_the_bots_own_membership() -> None:
    assert members("left", "member") == ["bot.added", "bot.blinded"]
    assert members("left", "administrator") == ["bot.added", "bot.sighted"]
    assert members("member", "administrator") == ["bot.sighted"]
    assert members("administrator", "member") == ["bot.blinded"]
    assert members("administrator", "administrator") == []
    assert members("member", "kicked") == members("member", "left") == ["bot.removed"]
    assert members("member", "restricted", is_member=False) == ["bot.removed"]
    assert members("left", "kicked") == []
    assert members("member", "kicked", DM) == ["bot.removed"]
    assert members("kicked", "member", DM) == ["bot.added"]


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        ({"new_chat_title": "新名"}, {"event": "chat.renamed", "title": "新名"}),
        ({"migrate_to_chat_id": -1002}, {"event": "chat.moved", "to": "-1002"}),
        ({"new_chat_members": [LI, BOT]}, {"event": "member.joined", "count": 1}),
        ({"left_chat_member": LI}, {"event": "member.left"}),
        ({"pinned_message": {"message_id": 1}}, {"event": "chat.pinned_message"}),
    ],
)
def test_what_happens_in_a_group(fields: dict[str, Any], data: dict[str, Any]) -> None:
    event = one(None, **fields)
    assert event.kind is MessageKind.SYSTEM and event.data == data and event.id == "5"


def test_a_move_told_in_the_new_chat_is_of_the_old_one() -> None:
    event = one(None, chat=GROUP, migrate_from_chat_id=-55)
    assert event.chat.id == "-55" and event.id == "5"
    assert event.data == {"event": "chat.moved", "to": "-1001000000001"}


def test_people_come_and_go() -> None:
    def change(old: str, new: str) -> list[Any]:
        members = {"old_chat_member": {"status": old, "user": LI}, "new_chat_member": {"status": new, "user": LI}}
        events = read("chat_member", {"chat": GROUP, "from": LI, "date": AT, **members})
        return [(event.data["event"], event.sender.id) for event in events]

    assert change("left", "member") == [("member.joined", "7")]
    assert change("member", "left") == [("member.left", "7")]
    assert change("member", "administrator") == []


def test_what_is_not_known_is_kept_as_such() -> None:
    assert one(None, paid_star_gift={"x": 1}).kind is MessageKind.UNKNOWN
    [event] = read("holographic_message", {"chat": GROUP, "from": LI, "date": AT})
    assert event.kind is MessageKind.UNKNOWN and event.id == "event:0:100" and event.sender.id == "7"
    assert read("poll", {"id": "1", "question": "?"}) == ()
    assert decoder()({"update_id": 1}) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["text", "entities", "from", "chat", "date", "photo", "location", "poll", "reply_to_message", "sender_chat",
     "edit_date", "forward_origin", "quote", "message_id", "media_group_id", "contact", "sticker"]
)  # fmt: skip


@given(st.dictionaries(FIELDS, JSON, max_size=3), st.sampled_from(["message", "edited_message"]))
def test_malformed_updates_raise_nothing_unforeseen(fields: dict[str, Any], kind: str) -> None:
    with contextlib.suppress(*MALFORMED):
        for event in decoder()({"update_id": 1, kind: message() | fields}):
            # What passes can be stored.
            assert codec.load(codec.dump(codec.clean(event)), event.chat, event.id, event.revision).id == event.id
            assert all(isinstance(each, str) for each in (event.text, event.chat.title, event.sender.name))
            Albums().join([event])
