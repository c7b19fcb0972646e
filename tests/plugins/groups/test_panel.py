"""/settings: one message that shows everything, buttons that change it in place, words that change it too (G2)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.adapter import Rank
from botkit.i18n import Catalogues
from botkit.messages import Text
from botkit.plugins.groups import choices
from botkit.plugins.groups.models import GroupSetting
from botkit.plugins.groups.settings import GroupsSettings
from botkit.testing.fake import FULL
from tests.plugins.groups.station import G, audited, enabled, officer, ranks, row, station, types

PANEL = """本群设置（群主、管理员和民警可以改）
只答 @ 我的：关
险情提醒：开
诈骗提醒：开
私下问候新人：关
安静时段：按本所统一设置
语言：跟随来信
每小时最多：按本所统一设置"""
BUTTONS = [
    "只答 @ 我的 → 开", "险情提醒 → 关", "诈骗提醒 → 关", "私下问候新人 → 开", "安静时段 → 开",
    "语言 → 中文", "每小时最多 → 5 条",
]  # fmt: skip


async def test_one_message_shows_and_changes_everything(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await enabled(bot)
        await types(bot, "/settings")
        assert bot.replied() == PANEL
        shown = bot.sent[-1]
        assert [label for label, _ in shown.out.buttons] == BUTTONS
        for label in BUTTONS:
            await bot.presses(label, group=G, who="wu")
        bot.kept_silent()
        assert shown.text.splitlines()[1:] == [
            "只答 @ 我的：开", "险情提醒：关", "诈骗提醒：关", "私下问候新人：开", "安静时段：22:00–07:00",
            "语言：中文", "每小时最多：5 条",
            "有人新进群，我会私下发一张名片，每人只发一次，群里不出声。发过的，我记 180 天，免得重复打扰。",
        ]  # fmt: skip
        kept = await row()
        assert (kept.mentions_only, kept.dangers, kept.scams, kept.greet, kept.language, kept.lines) == (
            True,
            False,
            False,
            True,
            "zh",
            5,
        )
        ways = bot.services.chats.ways(shown.out.chat)
        assert (ways.mentions_only, ways.dangers, ways.scams, ways.lines) == (True, False, False, 5)
        for label in ("安静时段 → 关", "语言 → 英文", "每小时最多 → 10 条"):
            await bot.presses(label, group=G, who="wu")
        assert "Quiet hours: off" in shown.text and "Language: English" in shown.text
        assert [event for event, _ in await audited()].count("group.changed") == 10


async def test_a_button_pressed_twice_changes_nothing_back() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings")
        await types(bot, "/settings mentions on")
        await bot.presses("只答 @ 我的 → 开", group=G, who="wu")
        assert (await row()).mentions_only


async def test_who_may_is_asked_again_at_the_press() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings", who="sun")
        bot.news()
        await bot.presses("险情提醒 → 关", group=G, who="li")
        bot.replied("抱歉", "群主、管理员或民警")
        ranks(bot)[G, "sun"] = Rank.MEMBER
        await bot.presses("险情提醒 → 关", group=G, who="sun")
        bot.replied("抱歉")
        assert (await row()).dangers
        ranks(bot)[G, "li"] = Rank.ADMIN
        await bot.presses("险情提醒 → 关", group=G, who="li")
        assert not (await row()).dangers


async def test_others_hear_a_polite_no() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings", who="li")
        bot.replied("抱歉")
        await types(bot, "/settings mentions on", who="zhao")
        bot.news()
        assert not (await row()).mentions_only


async def test_a_platform_that_cannot_tell_ranks_has_members_only() -> None:
    async with station() as bot:
        await enabled(bot)

        async def fails(*args: object) -> Rank:
            raise ConnectionError

        bot.platform.rank = fails  # type: ignore[method-assign]  # a platform that fails
        await types(bot, "/settings")
        bot.replied("抱歉")


async def test_where_nothing_can_be_edited_a_new_message_says_it() -> None:
    async with station(replace(FULL, edit=False)) as bot:
        await enabled(bot)
        await types(bot, "/settings")
        bot.news()
        await bot.presses("险情提醒 → 关", group=G, who="wu")
        bot.replied("险情提醒：关")


async def test_where_there_are_no_buttons_their_number_is_typed() -> None:
    async with station(replace(FULL, buttons=False, edit=False)) as bot:
        await enabled(bot)
        await types(bot, "/settings")
        bot.replied("2. 险情提醒 → 关")
        await types(bot, "2", who="li")
        bot.replied("抱歉")
        await types(bot, "/settings")
        bot.news()
        await types(bot, "2")
        bot.replied("险情提醒：关")


async def test_an_officer_types_in_english() -> None:
    async with station(language="en") as bot:
        await officer(bot)
        await enabled(bot)
        await types(bot, "/settings quiet 23:30-6", who="zhang")
        assert bot.replied() == "Done. Quiet hours: 23:30–06:00"
        await types(bot, "/settings lines 7", who="zhang")
        assert bot.replied() == "Done. At most: 7 lines an hour"
        await types(bot, "/settings", who="zhang")
        bot.replied("Quiet hours: 23:30–06:00", "At most: 7 lines an hour", "Speak up on danger: on")


async def test_keywords_do_not_change_a_groups_language() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings mentions on")
        assert bot.replied() == "已改好。只答 @ 我的：开"


async def test_the_language_that_was_chosen_is_spoken() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings language en")
        bot.news()
        await bot.says("@desk 你好", group=G, at_bot=True)
        bot.replied("Hello")
        await types(bot, "/settings language auto")
        bot.news()
        await bot.says("@desk 在吗", group=G, at_bot=True, who="zhao")
        bot.replied("您好")


@pytest.mark.parametrize(
    ("typed", "changes"),
    [
        ("mentions on", {"mentions_only": True}),
        ("ＭＥＮＴＩＯＮＳ　ＯＦＦ", {"mentions_only": False}),
        ("只听@ 开", {"mentions_only": True}),
        ("险情 关", {"dangers": False}),
        ("險情 開", {"dangers": True}),
        ("免打扰 关", {"quiet_from": "00:00", "quiet_until": "00:00"}),
        ("greet on", {"greet": True}),
        ("迎新 关", {"greet": False}),
        ("newcomers default", {"greet": None}),
        ("quiet on", {"quiet_from": "22:00", "quiet_until": "07:00"}),
        ("quiet 22：30 至 6：15", {"quiet_from": "22:30", "quiet_until": "06:15"}),
        ("quiet default", {"quiet_from": None, "quiet_until": None}),
        ("language 中文", {"language": "zh"}),
        ("language auto", {"language": None}),
        ("lines 60", {"lines": 60}),
        ("lines  default", {"lines": None}),
        ("mute locksmith", {"muted": "gas locksmith"}),
        ("unmute gas", {"muted": ""}),
    ],
)
def test_what_is_understood(typed: str, changes: dict[str, object]) -> None:
    choice = choices.parse(typed, GroupSetting(muted="gas"), GroupsSettings())
    assert choice is not None and choice.changes == changes


ODD = [
    "mentions", "mentions maybe", "mentions on off", "lines 0", "lines -5", "lines 61", "lines 999999999999999999999",
    "lines ٣", "quiet 25:00-07:00", "quiet 22:00", "quiet 22:60-07:00", "quiet 22:00-07:00-09:00",
    "language fr", "greet", "greet everybody",
    "mute", "mute 停水 停电", "mute ../../etc", f"mute {'a' * 65}", "🙂", "💥 on", "{name}", "%s on",
    "off mentions", "dangers\u0000on", "x" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("typed", ODD)
def test_what_is_not(typed: str) -> None:
    assert choices.parse(typed, GroupSetting(), GroupsSettings()) is None


async def test_odd_input_is_answered_with_what_is_possible() -> None:
    async with station() as bot:
        await enabled(bot)
        for typed in ("lines -5", "🙂", "quiet 25:00-07:00", "{name} %s"):
            await types(bot, f"/settings {typed}")
            bot.replied("没看懂", "/settings mentions on", "/settings quiet", "22:00-07:00", "1 到 60")
        assert [event for event, _ in await audited()] == ["group.enabled"]


async def test_at_most_so_many_topics_are_muted() -> None:
    full = GroupSetting(muted=" ".join(f"t{number}" for number in range(choices.MOST_MUTED)))
    assert choices.parse("mute another", full, GroupsSettings()) is None
    assert choices.parse("mute t1", full, GroupsSettings()) is not None


@given(st.text(max_size=60) | st.from_regex(r"(quiet|lines|mute|language|险情) .{0,20}", fullmatch=True))
def test_nothing_typed_breaks_it(typed: str) -> None:
    choice = choices.parse(typed, GroupSetting(), GroupsSettings())
    if choice is not None:
        changed = GroupSetting(mentions_only=False, dangers=True, scams=True, muted="")
        changed.update_from_dict(dict(choice.changes))
        for setting in choices.NAMES:
            choices.shown(setting, changed, GroupsSettings())


async def test_every_state_has_its_words() -> None:
    async with station() as bot:
        texts: Catalogues = bot.services.catalogues
        for language in ("zh", "en"):
            for setting in ("mentions", "dangers", "scams", "greet", "quiet", "language", "lines"):
                now = GroupSetting(mentions_only=False, dangers=True, scams=True)
                for _ in range(5):
                    word, told = choices.following(setting, now, GroupsSettings())
                    choice = choices.parse(f"{setting} {word}", now, GroupsSettings())
                    assert choice is not None
                    now.update_from_dict(dict(choice.changes))
                    state = choices.shown(setting, now, GroupsSettings())
                    said = texts.render(state, language) if isinstance(state, Text) else state
                    if setting != "quiet" or word == "off":
                        assert texts.render(told, language) == said
