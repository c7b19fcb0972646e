"""Many reports of one incident: one case where the place is told, one page where it is not, and everybody hears."""

from __future__ import annotations

from pathlib import Path

from botkit.plugins.handoff.models import Case, CaseEvent, Report
from botkit.plugins.handoff.states import OPEN
from botkit.testing import BotHarness
from tests.plugins.handoff.station import card, colleague, room, rota, said_in, station
from tests.plugins.handoff.test_paging import PEOPLE, alarms

ROOM = "民警群"
TELLING = (
    "阳光花园3号楼有焦味", "焦味很大！阳光花园 3号楼", "阳光花园三号楼楼道焦味", "阳光花园3栋有焦味，快来人",
    "3号楼焦味，阳光花园的", "阳光花园3号楼2单元有焦味",
)  # fmt: skip
BARE = ("楼道有焦味", "有焦味！快来", "闻到焦味了", "这里焦味好大", "走廊里一股焦味", "焦味越来越浓")


async def forty(bot: BotHarness, texts: tuple[str, ...]) -> None:
    """Forty people in twelve groups."""
    messages = [
        bot.message(texts[n % len(texts)], who=f"r{n}", group=f"g{n % 12}", at_bot=True) for n in range(40)
    ]  # fmt: skip
    await bot.deliver(*messages)


async def test_forty_reports_of_one_place_are_one_case_one_page_and_twelve_outcomes(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await forty(bot, TELLING)
        case = await Case.get()
        assert await Report.filter(case_id=case.id).count() == 40
        assert await CaseEvent.filter(what="case.paged").count() == 1
        assert len([text for text in said_in(bot, "dm-zhang") if "#0311-01" in text]) == 1
        assert "40 人、12 处反映" in card(bot, "0311-01").text
        await bot.says("接 #0311-01", who="zhang", group=ROOM)
        bot.news()
        await bot.says("办结 #0311-01 已处置 明火已扑灭，没有人受伤。", who="zhang", group=ROOM)
        await bot.presses("照发", who="zhang", group=ROOM)
        told = [sent.out.chat.id for sent in bot.sent if sent.text == "明火已扑灭，没有人受伤。"]
        assert sorted(told) == sorted(f"g{n}" for n in range(12))


async def test_forty_reports_without_a_place_are_one_page_and_no_wrong_merger(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await forty(bot, BARE)
        cases = await Case.all().order_by("id")
        assert len(cases) == 40 and all(case.state == "queued" for case in cases)
        assert await CaseEvent.filter(what="case.paged").count() == 1
        assert len([text for text in said_in(bot, "dm-zhang") if "【" in text]) == 1
        await bot.says("接 #0311-01", who="zhang", group=ROOM)
        assert any("另有 39 件像是同一件事" in text for text in said_in(bot, ROOM))
        # Nobody joins the rest to it: they are not forgotten, and share the next page.
        await bot.advance(minutes=10)
        assert await CaseEvent.filter(what="case.paged").count() == 2
        await bot.says("并入 #0311-02 #0311-01", who="zhang", group=ROOM)
        merged = await Case.get(number="0311-02")
        assert (merged.state, merged.merged_into) == ("merged", cases[0].id)


async def test_two_places_at_once_are_two_cases_and_two_pages(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await colleague(bot, "zhang")
        await bot.says("阳光花园3号楼有焦味", who="a", group="g1", at_bot=True)
        await bot.says("阳光花园9号楼有焦味", who="b", group="g1", at_bot=True)
        assert await Case.filter(state__in=list(OPEN)).count() == 2
        assert await CaseEvent.filter(what="case.paged").count() == 2


async def test_people_at_risk_never_join_by_themselves(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await colleague(bot, "zhang")
        for who in ("a", "b"):
            await bot.says("阳光花园3号楼502有人打人", who=who, group="g1", at_bot=True)
        assert await Case.all().count() == 2
        assert await CaseEvent.filter(what="case.paged").count() == 2


async def test_after_a_quarter_of_an_hour_it_is_another_incident(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await bot.says("阳光花园3号楼有焦味", who="a", group="g1", at_bot=True)
        await bot.advance(minutes=15, seconds=1)
        await bot.says("阳光花园3号楼有焦味", who="b", group="g2", at_bot=True)
        assert await Case.all().count() == 2


async def test_a_group_of_one_estate_need_not_say_it(tmp_path: Path) -> None:
    tables = {"handoff": {"estates": {"阳光花园": []}}}
    async with station([alarms], config=rota(tmp_path, *PEOPLE), tables=tables) as bot:
        await bot.says("你好", who="a", group="g1", at_bot=True)
        chat = bot.services.chats.groups()[0]
        chat.ways = type(chat.ways)(area="阳光花园")
        await bot.says("3号楼有焦味", who="a", group="g1", at_bot=True)
        await bot.says("阳光花园3号楼有焦味", who="b", group="g2", at_bot=True)
        assert await Case.filter(topic="fire").count() == 1


async def test_a_joined_reporter_asks_how_it_stands_and_reopens(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("阳光花园3号楼有焦味", who="a")
        await bot.says("阳光花园3号楼有焦味", who="b")
        bot.news()
        await bot.says("#0311-01 怎么样了", who="b")
        bot.replied("#0311-01")
        await bot.says("接 #0311-01", who="zhang", group=ROOM)
        await bot.says("办结 #0311-01 已处置 已扑灭", who="zhang", group=ROOM)
        assert "已扑灭" in said_in(bot, "dm-a") and "已扑灭" in said_in(bot, "dm-b")
        await bot.presses("还没解决", who="b")
        assert (await Case.get()).state == "queued"
