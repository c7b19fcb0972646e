"""The emulator keeps Telegram's rules: seen from python-telegram-bot's own client."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, ReplyParameters, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.telegram import Emulator, Fault, Kind, Person


@pytest.fixture
def li(emulator: Emulator) -> Person:
    return emulator.person("li", "Li", username="li_ming")


@pytest.fixture
def owner(emulator: Emulator) -> Person:
    return emulator.person("owner", "Owner")


def buttons(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label)] for label in labels])


async def texts(bot: Bot, **options: int) -> list[str | None]:
    return [update.effective_message and update.effective_message.text for update in await bot.get_updates(**options)]


def refused(problem: str, error: type[TelegramError] = BadRequest) -> pytest.RaisesExc[TelegramError]:
    """What comes is refused with these words, whatever the case of their letters."""
    return pytest.raises(error, match=re.compile(re.escape(problem), re.IGNORECASE))


# receiving --------------------------------------------------------------------------------------------------


async def test_updates_are_kept_until_the_offset_confirms_them(bot: Bot, li: Person) -> None:
    for text in "abc":
        await li.says(text)
    first = (await bot.get_updates(limit=2))[-1].update_id
    assert await texts(bot) == ["a", "b", "c"]
    assert await texts(bot, offset=first + 1) == ["c"]
    assert await texts(bot) == ["c"]
    assert await texts(bot, offset=-1) == ["c"]


async def test_a_long_poll_ends_with_what_comes(bot: Bot, li: Person) -> None:
    asking = asyncio.create_task(texts(bot, timeout=20))
    await asyncio.sleep(0)
    await li.says("late")
    assert await asking == ["late"]


async def test_two_who_poll_are_a_conflict(emulator: Emulator, bot: Bot, li: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await emulator.until(lambda: emulator.updates.polled)
    async with Bot(emulator.token, base_url=f"{emulator.url}/bot") as other:
        second = asyncio.create_task(texts(other, timeout=20))
        with refused("terminated by other getUpdates", Conflict):
            await first
        await li.says("x")
        assert await second == ["x"]


async def test_polling_beside_a_webhook_is_a_conflict(bot: Bot) -> None:
    with refused("HTTPS"):
        await bot.set_webhook("http://desk.example/hook")
    await bot.set_webhook("https://desk.example/hook", secret_token="s", max_connections=1)
    with refused("webhook is active", Conflict):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).url == "https://desk.example/hook"
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_reactions_come_to_who_asks_for_them(emulator: Emulator, bot: Bot, li: Person) -> None:
    said = await li.says("x")
    await li.reacts(said, "👍")
    assert len(await bot.get_updates(allowed_updates=["message", "message_reaction"])) == 1
    await li.reacts(said, "👎")
    assert (await bot.get_updates())[-1].message_reaction.new_reaction[0].emoji == "👎"


async def test_tokens_and_methods(emulator: Emulator) -> None:
    ways = {f"424242:{'A' * 35}/getMe": 401, "nonsense/getMe": 404, f"{emulator.token}/flyAway": 404}
    async with aiohttp.ClientSession() as http:
        for way, status in ways.items():
            async with http.get(f"{emulator.url}/bot{way}") as answer:
                assert (answer.status, (await answer.json())["error_code"]) == (status, status)
    with pytest.raises(InvalidToken):
        async with Bot("424242:" + "A" * 35, base_url=f"{emulator.url}/bot"):
            pass


async def test_json_bodies_and_unknown_fields(emulator: Emulator, li: Person) -> None:
    await li.says("x")
    url = f"{emulator.url}/bot{emulator.token}/sendmessage"
    async with aiohttp.ClientSession() as http:
        async with http.post(url, json={"chat_id": li.id, "text": "hi"}) as answer:
            assert (await answer.json())["result"]["text"] == "hi"
        keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b", "colour": "red"}]]}
        async with http.post(url, json={"chat_id": li.id, "text": "hi", "reply_markup": keyboard}) as answer:
            assert answer.status == 400
        async with http.post(url, json={"chat_id": li.id}) as answer:
            assert answer.status == 400
    found = list(emulator.violations)
    emulator.violations.clear()
    assert len(found) == 2 and "colour" in found[0] and "text" in found[1]


# who sees what ----------------------------------------------------------------------------------------------


async def test_privacy_mode(emulator: Emulator, bot: Bot, li: Person, owner: Person) -> None:
    group = emulator.group("小区", owner=owner, members=[li])
    emulator.world.post(group.chat, emulator.bot, {"text": "mine"})
    [mine] = group.shown()
    await li.says("plain talk", in_=group)
    await li.says("@minjing_bot 你好", in_=group)
    await li.says("/help", in_=group)
    await li.says("/help@other_bot", in_=group)
    await li.says("yes", in_=group, reply_to=mine)
    await li.says("mail me@minjing_bot", in_=group)
    await owner.promotes(emulator.bot, group)
    await li.says("all of it", in_=group)
    seen = [update.message.text for update in await bot.get_updates() if update.message]
    assert seen == ["@minjing_bot 你好", "/help", "yes", "all of it"]


async def test_privacy_mode_off_counts_from_the_next_time_it_is_added(
    emulator: Emulator, bot: Bot, li: Person, owner: Person
) -> None:
    group = emulator.group("小区", owner=owner, members=[li])
    emulator.bot.reads_all = True
    assert (await bot.get_me()).can_read_all_group_messages
    await li.says("unseen", in_=group)
    await owner.removes_bot(group)
    await owner.adds_bot(group)
    await li.says("seen", in_=group)
    updates = await bot.get_updates()
    changes = [update.my_chat_member.new_chat_member.status for update in updates if update.my_chat_member]
    assert changes == ["kicked", "member"]
    assert [update.message.text for update in updates if update.message and update.message.text] == ["seen"]


async def test_entities_are_counted_in_utf_16(bot: Bot, li: Person) -> None:
    await li.says("😀 @li_ming see https://a.cn/1 /go")
    [update] = await bot.get_updates()
    assert update.message
    entities = update.message.parse_entities()
    assert sorted(entities.values()) == ["/go", "@li_ming", "https://a.cn/1"]
    assert update.message.entities[0].offset == 3


async def test_everything_that_people_do(emulator: Emulator, bot: Bot, li: Person, owner: Person) -> None:
    """Each is what the Bot API has: the fixture finds what is not."""
    group = emulator.group("小区", owner=owner, members=[li], bot="administrator", forum=True)
    news = emulator.channel("News", owner=owner, linked=group)
    topic = await group.topic(owner, "停水")
    said = await li.says("你好", in_=group, topic=topic)
    await owner.says("回复", in_=group, reply_to=said, quote="好")
    await li.edits(said, "你们好")
    await owner.says("hidden", in_=group, anonymous=True)
    await owner.says("as news", in_=group, as_channel=news)
    await li.says("Owner 在吗", in_=group, names=(owner,))
    post = await news.posts("公告 https://a.cn")
    await li.forwards(post)
    await li.forwards(said)
    await li.forwards(said, hidden=True)
    await li.album(3, "three")
    for kind in ("photo", "document", "voice", "video", "sticker", "location", "contact", "poll"):
        await getattr(li, kind)()
    await group.renamed(owner, "新小区")
    await group.pinned(owner, said)
    await group.topic_closed(owner, topic)
    await owner.removes(li, group)
    await owner.adds(li, group)
    await li.leaves(group)
    await li.joins(group)
    await owner.restricts(li, group, "can_send_messages")
    await li.blocks()
    await li.says("unheard")
    await li.unblocks()
    emulator.inject("telepathy", {"from": li.user.json()})
    updates = [update for update in await bot.get_updates(limit=100)]
    assert [update.update_id for update in updates] == sorted(update.update_id for update in updates)
    messages = [update.message for update in updates if update.message]
    assert messages[1].reply_to_message and messages[1].reply_to_message.forum_topic_created
    assert not any(message.text == "unheard" for message in messages)
    assert sum(message.media_group_id is not None for message in messages) == 3


async def test_a_channel_forwards_itself_to_its_group(emulator: Emulator, bot: Bot, li: Person, owner: Person) -> None:
    group = emulator.group("小区", owner=owner, bot="administrator")
    await emulator.channel("News", owner=owner, linked=group).posts("公告")
    [update] = await bot.get_updates()
    assert update.message and update.message.is_automatic_forward and update.message.sender_chat
    assert update.message.from_user and update.message.from_user.id == 777000


# sending ----------------------------------------------------------------------------------------------------


async def test_what_is_shown(emulator: Emulator, bot: Bot, li: Person) -> None:
    said = await li.says("x")
    sent = await bot.send_message(
        li.id, "<b>粗体</b> &lt;3", parse_mode="HTML", disable_notification=True, reply_markup=buttons("是", "否"),
        reply_parameters=ReplyParameters(said.id),
    )  # fmt: skip
    [shown] = li.sees()
    assert (shown.text, shown.labels, shown.silent, shown.reply_to) == ("粗体 <3", ("是", "否"), True, said.id)
    assert shown.entities == (("bold", 0, 2),)
    await bot.edit_message_text("2", li.id, sent.message_id, reply_markup=buttons("好"))
    await bot.edit_message_reply_markup(li.id, sent.message_id)
    await bot.set_message_reaction(li.id, sent.message_id, "👍")
    await bot.pin_chat_message(li.id, sent.message_id)
    [shown] = li.sees()
    assert (shown.text, shown.labels, shown.edited, shown.signs, shown.pinned) == ("2", (), True, ("👍",), True)
    await bot.unpin_chat_message(li.id)
    await bot.delete_message(li.id, sent.message_id)
    assert li.sees() == []
    await bot.send_chat_action(li.id, "typing")
    assert li.chat.actions == ["typing"]


REFUSED = {
    "": "message text is empty",
    " \n": "message text is empty",
    "字" * 4097: "message is too long",
    "😀" * 2049: "message is too long",
}


@pytest.mark.parametrize("text", REFUSED, ids=["nothing", "spaces", "4097", "2049 emojis"])
async def test_texts_that_are_refused(bot: Bot, li: Person, text: str) -> None:
    await li.says("x")
    with refused(REFUSED[text]):
        await bot.send_message(li.id, text)


MISTAKES = {
    "<b>a": 'Can\'t find end tag corresponding to start tag "b"',
    "a</b>": "Unexpected end tag",
    "<b>a</i>": "Unmatched end tag",
    "<p>a</p>": 'Unsupported start tag "p"',
    "a < b": "Unclosed start tag",
    "<span>a</span>": 'Tag "span" must have class "tg-spoiler"',
}


@pytest.mark.parametrize("source", MISTAKES)
async def test_markup_that_is_refused(bot: Bot, li: Person, source: str) -> None:
    await li.says("x")
    with refused(f"can't parse entities: {MISTAKES[source]}"):
        await bot.send_message(li.id, source, parse_mode="HTML")


async def test_markup_that_is_taken(bot: Bot, li: Person) -> None:
    await li.says("x")
    source = '😀<a href="https://a.cn?a=1&amp;b=2">l<i>i</i>nk</a> <tg-spoiler>s</tg-spoiler> <code>c</code>&#33;'
    sent = await bot.send_message(li.id, source, parse_mode="HTML")
    assert sent.text == "😀link s c!"
    assert [(one.type, one.offset, one.length) for one in sent.entities] == [
        ("text_link", 2, 4), ("italic", 3, 1), ("spoiler", 7, 1), ("code", 9, 1),
    ]  # fmt: skip
    assert sent.entities[0].url == "https://a.cn?a=1&b=2"


async def test_buttons_are_pressed_and_answered_in_time(emulator: Emulator, bot: Bot, li: Person) -> None:
    await li.says("x")
    with refused("button_data_invalid"):
        await bot.send_message(li.id, "?", reply_markup=buttons("字" * 22))
    await bot.send_message(li.id, "?", reply_markup=buttons("是", "否"))
    query = await li.presses("否")
    pressed = (await bot.get_updates())[-1].callback_query
    assert pressed and pressed.data == "否"
    await bot.answer_callback_query(pressed.id, "好")
    assert query.answer == {"text": "好", "alert": False}
    emulator.world.query_lifetime = -1
    with refused("too old"):
        await bot.answer_callback_query(pressed.id)


async def test_edits_and_deletions_that_are_refused(bot: Bot, li: Person) -> None:
    said = await li.says("x")
    sent = await bot.send_message(li.id, "same")
    for call, problem in (
        (bot.edit_message_text("same", li.id, sent.message_id), "message is not modified"),
        (bot.edit_message_text("y", li.id, 999), "message to edit not found"),
        (bot.edit_message_text("y", li.id, said.id), "can't be edited"),
        (bot.delete_message(li.id, 999), "message to delete not found"),
        (bot.pin_chat_message(li.id, 999), "message to pin not found"),
        (bot.set_message_reaction(li.id, sent.message_id, "🦀"), "REACTION_INVALID"),
        (bot.send_message(li.id, "y", reply_parameters=ReplyParameters(999)), "message to be replied not found"),
        (bot.send_message(12345, "y"), "chat not found"),
        (bot.get_file("nothing"), "file_id"),
    ):
        with refused(problem):
            await call


async def test_who_can_not_be_written_to(emulator: Emulator, bot: Bot, li: Person, owner: Person) -> None:
    with refused("can't initiate conversation", Forbidden):
        await bot.send_message(li.id, "x")
    await li.starts("payload")
    await li.blocks()
    with refused("blocked by the user", Forbidden):
        await bot.send_message(li.id, "x")
    await li.unblocks()
    await li.deletes_account()
    with refused("deactivated", Forbidden):
        await bot.send_message(li.id, "x")
    group = emulator.group("小区", owner=owner)
    await owner.restricts(emulator.bot, group)
    with refused("not enough rights"):
        await bot.send_message(group.id, "x")
    await owner.removes_bot(group)
    with refused("kicked from the supergroup chat", Forbidden):
        await bot.send_message(group.id, "x")
    await owner.adds_bot(group)
    with refused("not enough rights"):
        await bot.pin_chat_message(group.id, 1)
    await bot.leave_chat(group.id)
    with refused("not a member", Forbidden):
        await bot.get_chat(group.id)


async def test_a_group_that_moved(emulator: Emulator, bot: Bot, owner: Person) -> None:
    group = emulator.group("小区", owner=owner, type="group")
    old = group.id
    await group.migrates(owner)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old, "x")
    assert moved.value.new_chat_id == group.id
    await bot.send_message(group.id, "x")
    left, came = await bot.get_updates()
    assert left.message and came.message
    assert (left.message.migrate_to_chat_id, came.message.migrate_from_chat_id) == (group.id, old)


async def test_topics(emulator: Emulator, bot: Bot, owner: Person) -> None:
    group = emulator.group("值班室", owner=owner, bot="administrator", forum=True)
    topic = (await bot.create_forum_topic(group.id, "案件 1")).message_thread_id
    await bot.send_message(group.id, "in it", message_thread_id=topic)
    await bot.send_message(group.id, "not in it")
    assert [shown.text for shown in group.shown(topic)] == ["in it"]
    await bot.edit_forum_topic(group.id, topic, name="案件 1 已结")
    await bot.close_forum_topic(group.id, topic)
    with refused("topic_not_modified"):
        await bot.close_forum_topic(group.id, topic)
    for thread in (1, 999):
        with refused("message thread not found"):
            await bot.send_message(group.id, "x", message_thread_id=thread)
    await owner.promotes(emulator.bot, group, rights=frozenset({"can_manage_chat"}))
    with refused("TOPIC_CLOSED"):
        await bot.send_message(group.id, "x", message_thread_id=topic)
    with refused("not enough rights to create"):
        await bot.create_forum_topic(group.id, "no")
    plain = emulator.group("小区", owner=owner, bot="administrator")
    with refused("not a forum"):
        await bot.create_forum_topic(plain.id, "no")


async def test_files_go_both_ways(emulator: Emulator, bot: Bot, li: Person) -> None:
    photo = await li.photo(data=b"\xff\xd8 a photo")
    large = await li.document(size=21 * 2**20)
    file = await bot.get_file(photo.payload["photo"][-1]["file_id"])
    assert bytes(await file.download_as_bytearray()) == b"\xff\xd8 a photo"
    with refused("file is too big"):
        await bot.get_file(large.payload["document"]["file_id"])
    await bot.send_photo(li.id, b"one", caption="一")
    await bot.send_document(li.id, b"two", filename="2.pdf")
    await bot.send_media_group(li.id, [InputMediaPhoto(b"3", caption="三"), InputMediaPhoto(b"4")])
    shown = li.sees()
    assert [emulator.file(one.files[0]) for one in shown] == [b"one", b"two", b"3", b"4"]
    await bot.edit_message_caption(li.id, shown[0].id, caption="壹")
    assert li.sees()[0].text == "壹"


async def test_what_is_known_of_a_chat(emulator: Emulator, bot: Bot, li: Person, owner: Person) -> None:
    group = emulator.group("小区", owner=owner, members=[li], bot="administrator", username="estate")
    assert (await bot.get_chat("@estate")).id == group.id
    leading = await bot.get_chat_administrators(group.id)
    assert [member.status for member in leading] == ["creator", "administrator"]
    assert (await bot.get_chat_member(group.id, li.id)).status == "member"
    assert await bot.get_chat_member_count(group.id) == 3


async def test_the_menu_by_scope_and_language(bot: Bot) -> None:
    await bot.set_my_commands([("help", "帮助")], language_code="zh")
    await bot.set_my_commands([("help", "Help")], scope={"type": "all_group_chats"})
    assert [command.description for command in await bot.get_my_commands(language_code="zh")] == ["帮助"]
    assert await bot.get_my_commands() == ()
    await bot.delete_my_commands(language_code="zh")
    assert await bot.get_my_commands(language_code="zh") == ()
    with refused("command_invalid"):
        await bot.set_my_commands([("帮助", "x")])


# limits and faults ------------------------------------------------------------------------------------------


@pytest.fixture
def clock(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [1_000_000.0]
    monkeypatch.setattr(emulator.limits, "_clock", lambda: now[0])
    emulator.limits.on = True
    yield now


async def test_flood_limits(emulator: Emulator, bot: Bot, li: Person, owner: Person, clock: list[float]) -> None:
    await li.says("x")
    group = emulator.group("小区", owner=owner)
    for _ in range(20):
        await bot.send_message(group.id, "x")
        clock[0] += 1
    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(group.id, "x")
    assert flood.value.retry_after == timedelta(seconds=40)
    clock[0] += 40
    await bot.send_message(group.id, "x")
    for _ in range(5):
        await bot.send_message(li.id, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(li.id, "x")
    others = [emulator.group(str(number), owner=owner) for number in range(25)]
    for other in others[:24]:
        await bot.send_message(other.id, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(others[24].id, "x")
    assert emulator.limits.refused == 3


async def test_faults_on_order(emulator: Emulator, bot: Bot, li: Person) -> None:
    await li.says("x")
    emulator.faults.next("sendMessage", Fault(Kind.FLOOD, 7), Kind.BAD_GATEWAY, Kind.RESET_BEFORE, Kind.INTERNAL)
    with pytest.raises(RetryAfter):
        await bot.send_message(li.id, "1")
    with refused("Bad Gateway", NetworkError):
        await bot.send_message(li.id, "2")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(li.id, "3")
    assert li.sees() == []
    emulator.faults.next("sendMessage", Kind.LOST_ANSWER, Kind.RESET_AFTER, Kind.MALFORMED, Fault(Kind.SLOW, 0))
    with pytest.raises(TimedOut):
        await bot.send_message(li.id, "4", read_timeout=0.1)
    with pytest.raises(NetworkError):
        await bot.send_message(li.id, "5")
    with refused("Invalid server response", TelegramError):
        await bot.send_message(li.id, "6")
    await bot.send_message(li.id, "7")
    assert [shown.text for shown in li.sees()] == ["4", "5", "6", "7"]
    assert emulator.requests["sendMessage"] == 8 == len(emulator.calls("sendMessage"))


async def test_faults_at_random_are_the_same_again(emulator: Emulator) -> None:
    emulator.faults.rate(Kind.BAD_GATEWAY, 0.1)
    emulator.faults.rate(Kind.FLOOD, 0.2, methods=["sendMessage"])
    drawn = []
    for _ in range(2):
        emulator.faults.seed(7)
        drawn.append([emulator.faults.draw("sendMessage") for _ in range(1000)])
    assert drawn[0] == drawn[1]
    assert 70 < emulator.faults.happened[Kind.BAD_GATEWAY] / 2 < 130
    assert 160 < emulator.faults.happened[Kind.FLOOD] / 2 < 240
    assert not any(emulator.faults.draw("getUpdates") for _ in range(100))


# the webhook ------------------------------------------------------------------------------------------------


async def test_the_webhook_is_called_until_it_takes_each(emulator: Emulator, bot: Bot, li: Person) -> None:
    taken: list[str] = []
    refusals = [500, 503]

    async def hook(request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
        if refusals:
            return web.Response(status=refusals.pop())
        update = Update.de_json(await request.json(), bot)
        assert update.message
        taken.append(str(update.message.text))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        emulator.updates.routes["https://desk.example"] = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await bot.set_webhook("https://desk.example/hook", secret_token="s3cret")
        first = await li.says("1")
        await li.says("2")
        await emulator.until(lambda: emulator.updates.posted == 2)
        emulator.repeat(first)
        await emulator.until(lambda: emulator.updates.posted == 3)
    finally:
        await runner.cleanup()
    assert taken == ["1", "2", "1"]
    assert (await bot.get_webhook_info()).pending_update_count == 0
