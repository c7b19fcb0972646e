"""People at risk: nothing of what they said is ever repeated, nobody calls them up, no group hears of it (R4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from botkit.messages import MessageKind
from botkit.plugins.handoff.models import Case
from botkit.testing import BotHarness
from tests.plugins.handoff.estate import OFFICERS, PARTNER, account, person, receipts, reply, room, said_in, senses
from tests.plugins.handoff.station import Officer, officer, only_case, station

CRIES = {
    "violence": "我老公王大勇又打我，就在丹桂苑7号楼603室",
    "self harm": "我不想活了，药都在丹桂苑7号楼603室备好了",
    "stalking": "前男友陈小刚天天跟踪我，在丹桂苑7号楼603室楼下",
}
SECRETS = (
    "王大勇", "陈小刚", "老公", "前男友", "丹桂苑", "603", "7号楼", "打我", "不想活", "跟踪", "药", "Meili", "meili",
)  # fmt: skip


def public(bot: BotHarness) -> list[str]:
    """Everything that stands in a chat where others than police read."""
    return [sent.text for sent in bot.sent if sent.out.chat.id not in (OFFICERS, "dm-zhang")]


def told_nothing(bot: BotHarness) -> None:
    """No part of what was said, no name and no place stands anywhere but with the police."""
    for text in public(bot):
        assert not any(secret in text for secret in SECRETS), text


async def set_up(bot: BotHarness, zhang: Officer) -> None:
    await account(bot, zhang.member)
    await room(bot, "officers", OFFICERS)
    await room(bot, "partner", PARTNER, "丹桂物业")
    await person(bot, "wu", ["partner"])


@pytest.mark.parametrize("cry", CRIES.values(), ids=CRIES)
async def test_the_whole_life_of_a_case_tells_a_group_nothing(cry: str) -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await set_up(bot, zhang)
        await bot.says("你好", who="meili")
        await bot.says("不用了", who="meili")
        before = len(said_in(bot, "dm-meili"))
        await bot.says(cry, group="g1", at_bot=True, who="meili")
        case = await Case.all().order_by("-id").first()
        assert case is not None and case.at_risk
        assert any(cry in sent.text for sent in said_in(bot, OFFICERS))
        advice = [sent.text for sent in said_in(bot, "g1")]
        assert advice in ([], ["110"])
        seen = receipts(bot)
        await zhang.does("claim", case)
        await bot.says(f"{cry}，他来了", group="g1", at_bot=True, who="meili", id="x1")
        await bot.says(f"{cry}，改", group="g1", at_bot=True, who="meili", id="x1", revision=1)
        await bot.says(kind=MessageKind.DELETED, group="g1", who="meili", id="x1", revision=2)
        await bot.says("不用了", group="g1", at_bot=True, who="meili")
        await zhang.does("note", case, text=f"备注：{cry}")
        await zhang.does("await", case)
        await bot.advance(hours=30)
        async with officer(bot, "wang") as wang:
            await wang.opens(case)
        async with officer(bot, "chief", ("commander",)) as chief:
            await chief.does("claim", case)
            status, page = await chief.does("resolve", case, result="handled", text=f"已上门：{cry}")
            assert "结果没有发出" in page or status == 409
        await bot.advance(days=16)
        assert [sent.text for sent in said_in(bot, "g1")] in ([], ["110"], ["110", "110"])
        assert len(said_in(bot, "dm-meili")) == before
        assert said_in(bot, PARTNER)[1:] == []
        assert receipts(bot) == seen
        told_nothing(bot)


async def test_a_reply_to_the_group_is_refused_with_the_way_out() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await set_up(bot, zhang)
        await bot.says(CRIES["violence"], group="g1", at_bot=True, who="meili")
        case = await only_case()
        await zhang.does("claim", case)
        await bot.settle()
        card = next(sent for sent in said_in(bot, OFFICERS) if "丹桂苑" in sent.text)
        await reply(bot, card, "我们马上到", who="zhang")
        assert "不能发到群里" in bot.last and "当面或电话" in bot.last
        await bot.says(f"回复 #{case.number} 我们马上到", who="zhang", group=OFFICERS)
        assert "不能发到群里" in bot.last
        page = await zhang.opens(case)
        assert 'action="/desk/handoff/2026/0311-01/reply"' not in page
        confirmed = {"confirm_public": "on", "confirm_details": "on"}
        status, page = await zhang.does("reply", case, text="我们马上到", **confirmed)
        assert status == 422 and "不能发到群里" in page
        await bot.advance(minutes=1)
        assert not any("马上到" in sent.text for sent in said_in(bot, "g1"))


async def test_where_they_wrote_in_private_themselves_an_officer_answers_there() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await bot.says(CRIES["violence"], who="meili")
        case = await only_case()
        bot.news()
        await zhang.does("claim", case)
        await bot.settle()
        bot.kept_silent()
        status, _ = await zhang.does("reply", case, text="我们在路上，方便说话吗？")
        assert status == 200
        await bot.settle()
        bot.replied("方便说话吗")
        status, page = await zhang.does("resolve", case, result="handled", text="已安全。")
        assert "居民已收到结果" in page
        await bot.settle()
        assert "已安全。" in bot.news()[0]


async def test_an_outcome_in_chat_says_that_nobody_was_told() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await set_up(bot, zhang)
        await bot.says(CRIES["violence"], group="g1", at_bot=True, who="meili")
        await zhang.does("claim", await only_case())
        await bot.says("办结 #0311-01 handled 已处置", who="zhang", group=OFFICERS)
        assert any("结果没有发到群里" in text for text in bot.news())
        assert not any("已处置" in text for text in public(bot))


async def test_they_never_join_another_nor_share_a_page() -> None:
    async with station([senses]) as bot:
        for who in ("meili", "hong", "ting"):
            await bot.says(CRIES["violence"], group="g1", at_bot=True, who=who)
        cases = await Case.all()
        assert len(cases) == 3 and all(case.beside is None and case.at_risk for case in cases)


async def test_somebody_at_risk_never_stands_in_their_own_ordinary_case() -> None:
    async with station([senses]) as bot:
        await bot.says("楼道堆物", who="meili")
        await bot.says(CRIES["stalking"], who="meili")
        assert [case.at_risk for case in await Case.all().order_by("id")] == [False, True]


async def test_what_they_ask_in_the_group_afterwards_says_nothing_of_it() -> None:
    async with station([senses]) as bot:
        await bot.says(CRIES["stalking"], group="g1", at_bot=True, who="meili")
        bot.kept_silent()
        await bot.says("户口怎么迁", group="g1", at_bot=True, who="meili")
        bot.replied("#0311-02")
        await bot.says("/case", group="g1", at_bot=True, who="meili")
        assert "0311-01" not in bot.replied()
        await bot.says("0311-01 好了吗", group="g1", at_bot=True, who="meili")
        assert all("0311-01" not in text for text in bot.news())


@pytest.mark.parametrize("cry", CRIES.values(), ids=CRIES)
async def test_after_an_outage_nobody_is_called_up_about_it(cry: str) -> None:
    async with station([senses]) as bot:
        await bot.says("你好", who="meili")
        await bot.says("不用了", who="meili")
        bot.news()
        long_ago = bot.clock.now() - timedelta(hours=2)
        await bot.says(cry, group="g1", at_bot=True, who="meili", at=long_ago)
        bot.kept_silent()
        case = await Case.all().order_by("-id").first()
        assert case is not None and case.at_risk


async def test_at_night_as_by_day() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await set_up(bot, zhang)
        bot.clock.set(datetime(2026, 3, 11, 18, 0, tzinfo=UTC))
        await bot.says(CRIES["violence"], group="g1", at_bot=True, who="meili")
        await bot.advance(hours=3)
        told_nothing(bot)
        assert len(said_in(bot, "g1")) == 1
