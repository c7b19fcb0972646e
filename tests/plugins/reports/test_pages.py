"""The commander's pages, file, command and command line; and that nobody's words are in any of them."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest

from botkit.messages import Sender
from botkit.plugins.handoff.models import Report
from botkit.plugins.reports import book
from botkit.plugins.reports.csvfile import cell
from botkit.plugins.reports.models import Reconciliation
from botkit.storage.models import AuditEntry
from tests.plugins.reports.station import DAY, WORDS, a_day, at, kept, reported, room, station, visitor


async def test_the_commander_reads_the_days_and_a_day() -> None:
    async with station() as bot, visitor(bot) as chief:
        status, page = await chief.get("/desk/reports/")
        assert status == 200 and "还没有日报" in page
        await a_day(bot)
        status, page = await chief.makes("2026-03-11")
        assert status == 200
        assert "差额为 0" in page and "应回应 6 = 已答复 2 + 转民警 2 + 按规则不回 2 + 等待处理 0 + 差额 0" in page
        assert "当天还没有结束" in page and "有效" in page and "新开案件" in page and "同一人提问过多" in page
        _, page = await chief.get("/desk/reports/")
        assert 'href="/desk/reports/2026-03-11"' in page and "有效" in page
        _, page = await chief.get("/desk/reports/2026-03-11?lang=en")
        assert "Addressed 6 = answered 2 + cases 2 + ignored by rule 2 + waiting 0 + difference 0" in page


async def test_a_difference_is_shown_row_by_row() -> None:
    async with station() as bot, visitor(bot) as chief:
        await a_day(bot)
        lost = (await Report.all().order_by("-id"))[0]
        await bot.services.unit(lambda unit: Report.filter(id=lost.id).delete())
        _, page = await chief.makes("2026-03-11")
        assert "差额 1" in page and str(lost.inbox_id) in page and "nobody_else" in page


async def test_breaches_lead_to_their_cases() -> None:
    async with station() as bot:
        await bot.says("楼道灯不亮了")
        await bot.advance(until=at(12, 17))
        async with visitor(bot) as chief:
            status, page = await chief.get("/desk/reports/2026-03-12")
            assert status == 200 and "当天还没有结束" not in page
            found = re.findall(r'<a href="(/desk/handoff/2026/0311-01)"><bdi>#0311-01</bdi>', page)
            assert len(found) == 3 and "响应" in page and "还没有完成" in page
            assert (await chief.get(found[0]))[0] == 200


async def test_making_it_again_shows_the_newest_and_keeps_the_older() -> None:
    async with station() as bot, visitor(bot) as chief:
        await chief.makes("2026-03-11")
        first = await kept(bot)
        await a_day(bot)
        _, page = await chief.makes("2026-03-11")
        assert "应回应 6" in page and "这一天的所有日报" in page
        _, page = await chief.get(f"/desk/reports/2026-03-11?made={first.id}")
        assert "应回应 0" in page and "之后又重新生成过" in page
        assert (await AuditEntry.filter(event="day.reconciled").order_by("-seq"))[0].actor == chief.member.actor


async def test_a_changed_report_says_so() -> None:
    async with station() as bot, visitor(bot) as chief:
        await chief.makes("2026-03-11")
        row = Reconciliation.filter(id=(await kept(bot)).id)
        await bot.services.unit(lambda unit: row.update(signature="0" * 64))
        assert "签名不符" in (await chief.get("/desk/reports/2026-03-11"))[1]
        assert "不符" in (await chief.get("/desk/reports/"))[1]
        await bot.services.unit(lambda unit: row.update(figures='{"day":1}'))
        for path in ("/desk/reports/", "/desk/reports/2026-03-11"):
            status, page = await chief.get(path)
            assert status == 200 and "读不出来了" in page
        assert (await chief.get("/desk/reports/2026-03-11.csv"))[0] == 404


@pytest.mark.parametrize("roles", [("officer",), ("backup",), ("admin",), ("maintainer",), ("anti_fraud",)])
async def test_nobody_else_may(roles: tuple[str, ...]) -> None:
    async with station() as bot, visitor(bot, "other", roles) as other:
        await book.make(bot.services, DAY, "test")
        for path in ("/desk/reports/", "/desk/reports/2026-03-11", "/desk/reports/2026-03-11.csv"):
            assert (await other.get(path))[0] == 403
        assert (await other.makes("2026-03-11", csrf="x"))[0] == 403
        assert await reported() == ["2026-03-11"]


async def test_a_form_without_its_token_and_days_that_are_none_change_nothing() -> None:
    async with station() as bot, visitor(bot) as chief:
        assert (await chief.makes("2026-03-11", csrf="x"))[0] == 403
        for day, told in (("2026-03-12", "还没有到"), ("2026-02-30", "请选一个日期"), ("", "请选一个日期")):
            status, page = await chief.makes(day)
            assert status == 422 and told in page
        for path in ("2026-03-10", "2026-13-40", "2026-03-11", "2026-03-11.csv", "9999-12-31", "2026-03-11?made=x"):
            assert (await chief.get(f"/desk/reports/{path}"))[0] == 404
        assert await reported() == []


async def test_the_file_opens_as_it_is_meant() -> None:
    async with station() as bot, visitor(bot) as chief:
        await bot.says("楼道灯不亮了", group="=HYPERLINK(1)", at_bot=True)
        await bot.services.unit(lambda unit: Report.all().delete())
        await book.make(bot.services, DAY, "test")
        async with chief.client.get("/desk/reports/2026-03-11.csv") as response:
            raw = await response.read()
            assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
            assert response.headers["Content-Disposition"] == 'attachment; filename="report-2026-03-11.csv"'
        assert raw.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(StringIO(raw.decode("utf-8-sig"))))
        assert "2026-03-11 日报" in rows[0][0] and (await kept(bot)).signature in rows[0][0]
        assert ["应回应", "1"] in rows and ["差额", "1"] in rows
        assert not [each for row in rows for each in row if each.startswith(("=", "+", "-", "@"))]
        assert await AuditEntry.filter(event="day.exported", actor=chief.member.actor).count() == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_cells_are_no_formulas(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell("1=1") == "1=1"


async def test_nobodys_words_or_names_are_in_a_report() -> None:
    async with station() as bot:
        await a_day(bot)
        await bot.services.unit(lambda unit: Report.all().delete())
        await bot.advance(until=at(12, 17))
        assert await reported() == ["2026-03-11", "2026-03-12"]
        found = repr(await Reconciliation.all().values())
        async with visitor(bot) as chief:
            for path in ("", "2026-03-11", "2026-03-12", "2026-03-11.csv", "2026-03-12.csv"):
                status, page = await chief.get(f"/desk/reports/{path}")
                assert status == 200
                found += page
        found += repr(await AuditEntry.filter(event__startswith="day.").values())
        assert "差额" in found and "0311-01" in found
        for word in (*WORDS, "楼道", "开门", "天气", "微信", "wang", "Wang", "qian", "Qian", "dm-"):
            assert word not in found


async def test_the_command_tells_the_commander_yesterday() -> None:
    async with station() as bot:
        await room(bot)
        await a_day(bot)
        for who, roles in (("chief", ["commander"]), ("zhang", ["officer"])):
            member, _ = await bot.services.staff.create(who, who, roles)
            await bot.services.officers.enrol(member, bot.platform.name, Sender(who))
        bot.news()
        await bot.advance(until=at(11, 16, 31))
        await bot.says("/report", who="zhang", group="民警群")
        bot.replied("日报只给所长看")
        await bot.says("/report", who="stranger", group="民警群")
        bot.replied("日报只给所长看")
        await bot.says("/report", who="chief", group="民警群")
        told = bot.replied("2026-03-11 日报：应回应 ", "差额 0", "新开案件：2", "管理台")
        assert len(told.split("\n")) <= 8
        assert not [word for word in WORDS if word in told]
        assert await reported() == ["2026-03-11"]


async def test_the_command_makes_what_is_not_there_yet_and_is_none_elsewhere() -> None:
    async with station() as bot:
        await room(bot)
        member, _ = await bot.services.staff.create("chief", "Chief", ["commander"])
        await bot.services.officers.enrol(member, bot.platform.name, Sender("chief"))
        await bot.says("/report", who="chief", group="民警群")
        bot.replied("2026-03-10 日报：应回应 0 条")
        assert (await kept(bot, DAY - timedelta(days=1))).signature
        await bot.says("/report 楼上漏水", who="li")
        bot.replied("编号 #0311-0")
