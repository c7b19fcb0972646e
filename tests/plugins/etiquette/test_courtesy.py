"""Thanks, stickers, abuse, and a conversation that an officer holds (E14, E16, E17)."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.errors import SettingsError
from botkit.messages import MessageKind
from botkit.plugins.etiquette.abuse import Abuse, load
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import work
from botkit.testing import BotHarness, FakeAdapter
from tests.plugins.etiquette.station import CONFIG, OPEN_GROUP, cases, station

ABUSE = CONFIG.parent / "etiquette" / "abuse.toml"


def reactions(bot: BotHarness) -> list[tuple[str, str]]:
    assert isinstance(bot.platform, FakeAdapter)
    return bot.platform.reactions


async def test_thanks_in_a_group_get_a_sign_at_most() -> None:
    async with station() as bot:
        thanks = await bot.says("@desk 谢谢", group="g", at_bot=True)
        assert reactions(bot) == [(thanks.id, "👍")]
        for text in ("👍", "好的", "再见", "哈哈哈"):
            message = await bot.says(f"@desk {text}", group="g", at_bot=True)
            assert await bot.disposition(message) == "smalltalk"
        await bot.says(kind=MessageKind.STICKER, group="g", at_bot=True)
        bot.kept_silent()
        await bot.says("谢谢", group="g")
        assert len(reactions(bot)) == 1
        await bot.says("谢谢")
        bot.replied("不客气")
    async with station(OPEN_GROUP) as bot:
        await bot.says("@desk 谢谢", group="g", at_bot=True)
        bot.kept_silent()
        assert reactions(bot) == []


async def test_abuse_is_met_calmly_in_private_and_not_at_all_in_a_group() -> None:
    async with station() as bot:
        message = await bot.says("傻逼机器人！滚！", group="g", at_bot=True)
        bot.kept_silent()
        assert await bot.disposition(message) == "silent"
        await bot.says("傻逼机器人！滚！")
        assert len(bot.replied("我在听").splitlines()) == 1
        assert await cases() == 0
        await bot.presses("转给民警")
        bot.replied("转")
        assert await cases() == 1


@pytest.mark.parametrize(
    ("text", "disposition"),
    [
        ("傻逼物业三天不修电梯", "escalated"),
        ("他妈的停水了", "answered"),
        ("操你妈我要砍死你", "emergency"),
        ("有人骂我傻逼还打我", "emergency|escalated"),
        ("what the fuck, my bike was stolen", "escalated"),
    ],
)
async def test_an_ask_or_danger_in_rude_words_is_an_ask_or_danger(text: str, disposition: str) -> None:
    async with station() as bot:
        message = await bot.says(text)
        assert await bot.disposition(message) in disposition.split("|")


@pytest.fixture(scope="module")
def abuse() -> Abuse:
    return load(ABUSE)


@pytest.mark.parametrize(
    "text",
    [
        "傻逼",
        "你是傻逼吗",
        "你个废物机器人",
        "滚犊子吧",
        "垃圾玩意",
        "fuck you",
        "You stupid bot!!",
        "操你妈的",
    ],
)
def test_abuse_and_nothing_else(abuse: Abuse, text: str) -> None:
    assert abuse.is_all(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "你好", "你们", "垃圾怎么分类", "垃圾", "有病要看医生", "滚动门坏了", "废物回收电话", "王八汤在哪买",
        "the police are useless, who do I complain to", "我老公打我骂我废物", "@desk", "妈的死人了",
        "警察救我", "有病", "trash",
    ],
)  # fmt: skip
def test_what_only_sounds_like_it(abuse: Abuse, text: str) -> None:
    assert not abuse.is_all(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [("words = [", "TOML"), ("words = []\n", ":1: words"), ('words = ["x"]\naround = "y"\n', ":2: around")],
)
def test_a_wrong_list_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "abuse.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=says):
        load(path)
    with pytest.raises(SettingsError, match="no such file"):
        load(tmp_path / "nothing.toml")


async def test_where_an_officer_took_over_the_bot_is_silent(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await bot.says("身份证丢了怎么补")
        case = await Case.get()
        member, _ = await bot.services.staff.create("zhang", "张", ["officer"], title="社区民警")
        desk = desk_of(bot.services.database)
        action = work.Action(member, case.id, case.epoch)
        await bot.services.unit(lambda unit: work.claim(desk, unit, action))
        await bot.settle()
        bot.news()
        for text in ("停水了怎么办", "你好", "谢谢"):
            message = await bot.says(text)
            bot.kept_silent()
            assert (await bot.reason(message))["rule"] == "takeover"
        await bot.says("我家着火了")
        bot.replied("119")
