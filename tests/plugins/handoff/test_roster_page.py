"""The rota's page, as officers and the commander use it: reading, changing, files in and out, and calendars."""

from __future__ import annotations

import html
import io
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from botkit.chats import Ways
from botkit.messages import Sender
from botkit.plugins.handoff.staffing import CalendarAddress, RosterChange, ShiftStart
from botkit.storage.models import AuditEntry
from botkit.testing import FakeClock
from botkit.web.app import build
from botkit.web.sessions import COOKIE
from botkit.web.shell import SHELL
from tests.plugins.handoff.rota import Rota, at, rota
from tests.plugins.handoff.station import desk

PAGE = "/desk/roster/"
SHEET = """日期,开始,结束,岗位,姓名或账号,备注
2026-03-20,08:30,17:30,主班,Wang,代班
2026-03-21,08:30,17:30,备班,wang,
"""


class Reader:
    """Somebody at the page, with a browser."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client

    async def get(self, path: str = PAGE) -> tuple[int, str]:
        async with self.client.get(path, headers={"Accept": "text/html"}, allow_redirects=False) as response:
            return response.status, await response.text()

    async def file(self, path: str) -> tuple[bytes, str, str]:
        """A download: its bytes, its type, and the name it asks for."""
        async with self.client.get(path) as response:
            assert response.status == 200, response.status
            name = response.headers.get("Content-Disposition", "")
            return await response.read(), response.content_type, name

    async def post(
        self, action: str, data: Any = None, *, csrf: str | None = None, **fields: str | list[str]
    ) -> tuple[int, str]:
        """Send a form; follows the redirect after a success."""
        if csrf is None:
            csrf = self.csrf((await self.get())[1])
        headers = {"Accept": "text/html", "Origin": str(self.client.make_url("/")).rstrip("/")}
        if data is None:
            data = FormData({"csrf": csrf})
            for name, value in fields.items():
                for each in [value] if isinstance(value, str) else value:
                    data.add_field(name, each)
        else:
            data.add_field("csrf", csrf)
        async with self.client.post(f"{PAGE}{action}", data=data, headers=headers) as response:
            return response.status, await response.text()

    async def uploads(self, name: str, content: bytes) -> tuple[int, str]:
        """Choose a file and send it."""
        form = FormData()
        form.add_field("file", io.BytesIO(content), filename=name, content_type="application/octet-stream")
        return await self.post("import", form)

    async def confirms(self, page: str) -> tuple[int, str]:
        """Press the button under what a file would change."""
        return await self.post("confirm", **{name: value_of(page, name) for name in ("name", "content")})

    @staticmethod
    def csrf(page: str) -> str:
        found = re.search(r'name="csrf" value="([^"]*)"', page)
        return found[1] if found else ""


def value_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return html.unescape(found[1])


@asynccontextmanager
async def reader(station: Rota, login: str) -> AsyncIterator[Reader]:
    """Log somebody in, or nobody."""
    app = build(station.bot.services)
    client: TestClient[Any, Any] = TestClient(TestServer(app))
    await client.start_server()
    try:
        if login:
            token = await station.bot.services.staff.begin(await station.who(login))
            client.session.cookie_jar.update_cookies({app[SHELL].cookie(COOKIE): token}, client.make_url("/"))
        yield Reader(client)
    finally:
        await client.close()


@asynccontextmanager
async def open_rota(
    tmp_path: Path, *logins: str, linked: Iterable[str] = ("zhang", "li", "wang", "chief"), hour: int = 10
) -> AsyncIterator[tuple[Any, ...]]:
    """A station on Wednesday the 11th, and these people at its page."""
    async with AsyncExitStack() as stack:
        station = await stack.enter_async_context(rota(tmp_path, FakeClock(at(11, hour))))
        await station.enrol(linked=linked)
        yield (station, *[await stack.enter_async_context(reader(station, login)) for login in logins])


async def test_everybody_with_a_desk_reads_two_weeks_from_today(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "zhang") as (_, zhang):
        status, page = await zhang.get()
        assert status == 200 and page.count("08:30–17:30") == 10 + 14 and "17:30–08:30 (+1)" in page
        assert "2026-03-11" in page and "2026-03-24" in page and "2026-03-25" not in page
        assert "2026-03-10" not in page
        assert "Zhang" in page and "只办紧急" in page and "未来七天都有人值班" in page
        assert "加一个班" not in page and "导入排班" not in page and "撤销整次" not in page
        _, page = await zhang.get(f"{PAGE}?lang=en")
        assert "Two weeks from today" in page and "Wednesday" in page and "handoff.roster" not in page


async def test_a_night_shift_that_still_runs_stands_above_today(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "wang", hour=8) as (_, wang):
        _, page = await wang.get()
        yesterday = page[page.index("2026-03-10") : page.index("2026-03-11")]
        assert "Wang" in yesterday and "17:30–08:30 (+1)" in yesterday and "Li" not in yesterday


async def test_roles_and_tokens_are_asked_for(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "zhang", "") as (station, zhang, nobody):
        assert (await nobody.get())[0] == 303
        await station.bot.services.staff.create("root", "Root", ["admin"])
        async with reader(station, "root") as root:
            assert (await root.get())[0] == 403
            assert (await root.get(f"{PAGE}roster.csv"))[0] == 403
        fields = {"reason": "leave", "from": "2026-03-12"}
        assert (await zhang.post("away", csrf="", **fields))[0] == 403
        assert (await zhang.post("away", csrf="0" * 64, **fields))[0] == 403
        for action in ("duty", "cover", "undo"):
            status, page = await zhang.post(action, **{"from": "2026-03-12", "tier": "primary"})
            assert status == 422 and "只有所长" in page
        assert (await zhang.uploads("duties.csv", SHEET.encode()))[0] == 403
        assert (await zhang.post("confirm", name="x.csv", content=""))[0] == 403
        assert not await RosterChange.exists()


async def test_leave_is_entered_shown_and_withdrawn_by_oneself(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "zhang", "li", "chief") as (station, zhang, li, chief):
        status, page = await zhang.post(
            "away", reason="training", begins="14:00", ends="17:00", **{"from": "2026-03-12"}
        )
        assert status == 200 and "已登记离岗" in page and "Zhang培训：明天 14:00 至 明天 17:00" in page
        row = await RosterChange.get()
        assert (row.starts_at, row.ends_at, row.who) == (at(12, 14), at(12, 17), "zhang")
        # Not for a colleague, whatever the form says.
        await li.post("away", reason="leave", who="zhang", **{"from": "2026-03-13"})
        assert (await RosterChange.get(reason="leave")).who == "li"
        status, page = await li.post("withdraw", change=str(row.id))
        assert status == 422 and "不是您的" in page
        status, page = await zhang.post("withdraw", change=str(row.id))
        assert status == 200 and "已撤销" in page and "Zhang培训" not in page
        status, page = await zhang.post("withdraw", change=str(row.id))
        assert status == 422
        await chief.post("withdraw", change=str((await RosterChange.get(reason="leave")).id))
        assert not await RosterChange.filter(state="active").exists()
        await chief.post("away", reason="sick", who="wang", **{"from": "2026-03-11"})
        assert desk(station.bot).roster.duty_of("wang", at(11, 18)) is None
        _, page = await zhang.get()
        assert "未来七天没人值班的时段" in page and "不在岗：wang" in page


async def test_what_is_wrong_is_said_and_what_was_typed_stays(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "zhang", "chief") as (_, zhang, chief):
        typed = {"reason": "sick", "from": "2026-03-12", "begins": "17:00", "ends": "14:00"}
        status, page = await zhang.post("away", **typed)
        assert status == 422 and "结束要晚于开始" in page and 'role="alert"' in page
        assert 'value="17:00"' in page and 'value="2026-03-12"' in page and '<option value="sick" selected>' in page
        for wrong in ({"from": ""}, {"from": "gestern"}, {"from": "2026-03-12", "begins": "25:99"}):
            status, page = await zhang.post("away", reason="leave", **wrong)
            assert status == 422 and "请填写日期" in page
        status, page = await zhang.post("away", reason="holiday", **{"from": "2026-03-12"})
        assert status == 422
        status, page = await chief.post("duty", who="nobody", tier="primary", **{"from": "2026-03-12"})
        assert status == 422 and "请选一位同事" in page
        status, page = await chief.post("duty", tier="king", **{"from": "2026-03-12"})
        assert status == 422
        assert (await zhang.post("withdraw", change="9" * 40))[0] == 422
        assert not await RosterChange.exists()


async def test_the_commander_adds_a_duty_and_a_cover(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "chief") as (station, chief):
        status, page = await chief.post(
            "duty", who="wang", tier="primary", routine="on", begins="09:00", ends="12:00", **{"from": "2026-03-14"}
        )
        assert status == 200 and "主班加班次，Wang" in page
        duty = desk(station.bot).roster.on_duty(at(14, 10))
        assert (duty.who, duty.routine, duty.title("zh")) == ("wang", True, "社区民警")
        await chief.post("cover", begins="10:30", ends="11:00", **{"from": "2026-03-11"})
        assert not desk(station.bot).roster.covered(at(11, 10))
        assert desk(station.bot).roster.covered(at(11, 10, 45))
        events = [entry.event for entry in await AuditEntry.filter(event__startswith="roster.")]
        assert events == ["roster.changed", "roster.changed"]


async def test_a_duty_for_some_areas_is_entered_shown_exported_and_read_again(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "chief", "zhang") as (station, chief, zhang):
        for area in ("东区", "西区", "北区"):
            where = (await station.bot.says("大家好", group=f"g-{area}", who="anna", at_bot=True)).chat
            station.bot.services.chats.find(where).ways = Ways(area=area)
        _, page = await chief.get()
        assert page.count('type="checkbox" name="area"') == 3 and "没有群归属" not in page
        fields = {"tier": "primary", "routine": "on", "begins": "09:00", "ends": "12:00", "from": "2026-03-14"}
        for who, area in (("wang", ["东区", "西区"]), ("zhang", ["北区"])):
            status, page = await chief.post("duty", who=who, area=area, **fields)
            assert status == 200
        assert "主班（东区、西区）加班次，Wang" in page and "主班（北区）加班次，Zhang" in page
        running = desk(station.bot).roster.at(at(14, 10))
        assert {(duty.who, duty.areas) for duty in running if duty.areas} == {
            ("wang", ("东区", "西区")), ("zhang", ("北区",)),
        }  # fmt: skip
        # What was typed stays where something is wrong.
        status, page = await chief.post("duty", who="wang", area=["北区"], **{**fields, "tier": "king"})
        assert status == 422 and 'value="北区" checked' in page and 'value="东区" checked' not in page
        _, sheet = await zhang.get(f"{PAGE}roster.csv")
        assert "东区、西区" in sheet and "片区" in sheet.splitlines()[0]
        _, calendar = await zhang.get(f"{PAGE}roster.ics")
        assert "area:北区" in calendar
        for name, content in (("duties.csv", sheet), ("duties.ics", calendar)):
            _, page = await chief.uploads(name, content.encode())
            assert "没有新的班可以加入" in page, "all of it stands already"


async def test_areas_that_no_group_has_are_shown_to_the_commander_and_do_no_harm(tmp_path: Path) -> None:
    head, hours = "日期,开始,结束,岗位,姓名,片区", "2026-03-14,09:00,12:00,主班"
    sheet = f"{head}\n{hours},zhang,东区\n{hours},wang,西区"
    async with open_rota(tmp_path, "chief", "zhang") as (station, chief, zhang):
        where = (await station.bot.says("大家好", group="g", who="anna", at_bot=True)).chat
        station.bot.services.chats.find(where).ways = Ways(area="东区")
        _, page = await chief.uploads("duties.csv", sheet.encode())
        assert "主班 · <bdi>东区</bdi>" in page
        status, page = await chief.confirms(page)
        assert status == 200 and "没有群归属的片区：西区" in page
        assert "没有群归属" not in (await zhang.get())[1]
        assert {duty.who for duty in desk(station.bot).roster.at(at(14, 10))} >= {"zhang", "wang"}


async def test_a_running_duty_that_is_added_begins_at_once(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "chief") as (station, chief):
        await chief.post("duty", who="wang", tier="primary", begins="09:00", ends="12:00", **{"from": "2026-03-11"})
        await station.bot.settle()
        assert any(chat == "wang" and "上岗：" in text for chat, text in station.heard())


async def test_without_an_account_one_arrives_on_the_page(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "zhang", "li", linked=["li", "wang", "chief"], hour=8) as (station, zhang, li):
        assert "您的班已经开始" not in (await zhang.get())[1]
        await station.bot.advance(until=at(11, 8, 35))
        _, page = await zhang.get()
        assert "您的班已经开始" in page
        source = value_of(page, "source")
        assert "您的班已经开始" not in (await li.get())[1]
        assert (await li.post("arrived", source=source))[0] == 422
        status, page = await zhang.post("arrived", source=source)
        assert status == 200 and "收到，辛苦了" in page and "已到岗" in page and "您的班已经开始" not in page
        assert (await ShiftStart.get(who="zhang")).state == "there"


async def test_a_swap_is_answered_on_the_page(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "li", "wang", linked=["zhang", "wang", "chief"]) as (station, li, wang):
        await station.bot.says("/swap 3-12 li", who="zhang")
        row = await RosterChange.get()
        assert "等对方同意" in (await wang.get())[1]
        assert (await wang.post("answer", change=str(row.id), answer="yes"))[0] == 422
        assert 'name="answer"' in (await li.get())[1]
        station.heard()
        status, page = await li.post("answer", change=str(row.id), answer="yes")
        assert status == 200 and "Li替Zhang的班" in page
        await station.bot.settle()
        assert any("换班生效" in text for text in station.told("zhang"))
        assert (await li.post("answer", change=str(row.id), answer="no"))[0] == 422


async def test_a_sheet_is_shown_first_then_stored_and_undone_as_a_whole(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "chief") as (station, chief):
        wrong = SHEET + "2026-03-22,08:30,17:30,主班,Nemo,\n2026-03-01,08:30,17:30,主班,zhang,\n"
        status, page = await chief.uploads("排班 <b>.csv", wrong.encode())
        assert status == 200 and "新的班 2 个，已有 0 个，已过去 1 个，读不了 1 处" in page
        assert "第 4 行" in page and "没有叫“Nemo”的同事" in page and "请检查姓名" in page and "<b>" not in page
        assert not await RosterChange.exists()
        station.heard()
        status, page = await chief.confirms(page)
        assert status == 200 and "已加入 2 个班" in page and "导入的 2 个班" in page
        assert desk(station.bot).roster.on_duty(at(20, 10)).who == "wang"
        assert [row.note for row in await RosterChange.all().order_by("id")] == ["代班", None]
        # The same file again has nothing new.
        status, again = await chief.uploads("duties.csv", SHEET.encode())
        assert "没有新的班可以加入" in again and "已有 2 个" in again
        status, page = await chief.post("undo", batch=value_of(page, "batch"))
        assert status == 200 and "整次导入已撤销" in page and "导入的" not in page
        assert desk(station.bot).roster.on_duty(at(20, 10)).who == "zhang"
        assert {row.state for row in await RosterChange.all()} == {"withdrawn"}
        assert [entry.event for entry in await AuditEntry.filter(event__startswith="roster.").order_by("id")] == [
            "roster.imported",
            "roster.withdrawn",
        ]
        assert (await chief.post("undo", batch="0"))[0] == 422


async def test_an_import_is_read_again_when_it_is_confirmed(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "chief") as (_, chief):
        _, page = await chief.uploads("duties.csv", SHEET.encode())
        assert (await chief.confirms(page))[0] == 200
        _, page = await chief.confirms(page)
        assert "没有新的班可以加入" in page and await RosterChange.all().count() == 2
        assert (await chief.post("confirm", name="x.csv", content="no base64!"))[0] == 422


@pytest.mark.parametrize("form", ["xlsx", "csv", "ics"])
async def test_what_is_exported_comes_back_with_nothing_new(tmp_path: Path, form: str) -> None:
    async with open_rota(tmp_path, "chief") as (_, chief):
        content, kind, name = await chief.file(f"{PAGE}roster.{form}")
        assert f"roster-2026-03-11.{form}" in name and kind
        status, page = await chief.uploads(f"roster.{form}", content)
        assert status == 200 and "新的班 0 个" in page and "读不了 0 处" in page and "没有新的班可以加入" in page


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("duties.csv", b"hello", "没有找到表头"),
        ("duties.xlsx", b"PK\x03\x04broken", "文件打不开"),
        ("duties.xls", b"\xd0\xcf\x11\xe0....", "旧的 XLS 格式"),
        ("duties.ics", b"BEGIN:NOTHING", "不是日历文件"),
        ("duties.csv", b"\x00\xff" * 10, "读不了 1 处"),
        ("duties.csv", b"x" * ((2 << 20) + 1), "文件太大"),
        ("duties.ics", b"BEGIN:VCALENDAR\r\n" + b"x" * (2 << 20), "文件太大"),
    ],
)
async def test_files_that_are_none(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    async with open_rota(tmp_path, "chief") as (_, chief):
        status, page = await chief.uploads(name, content)
        assert status == 200 and told in page and "没有新的班可以加入" in page
        assert not await RosterChange.exists()


async def test_no_file_and_a_huge_one(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "chief") as (_, chief):
        status, page = await chief.post("import", file="words")
        assert status == 422 and "请选一个文件" in page
        assert (await chief.uploads("duties.csv", b"x" * (13 << 20)))[0] == 413


async def test_a_personal_calendar_needs_no_login_and_can_be_revoked(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "zhang", "") as (station, zhang, calendar):
        await station.bot.says("楼道灯坏了三天了，我叫安娜", who="anna")
        status, page = await zhang.post("address")
        assert status == 200 and "只显示这一次" in page
        first = re.search(r"/roster/[\w-]+\.ics", page)[0]  # type: ignore[index]  # it is there
        assert first not in (await zhang.get())[1]
        content, kind, _ = await calendar.file(first)
        text = content.decode()
        assert kind == "text/calendar" and "主班：Zhang" in text and text.count("BEGIN:VEVENT") > 40
        assert "Li" not in text and "wang" not in text and "楼道灯" not in text
        row = await CalendarAddress.get()
        assert row.digest not in first
        _, page = await zhang.post("address")
        second = re.search(r"/roster/[\w-]+\.ics", page)[0]  # type: ignore[index]  # it is there
        assert (await calendar.get(first))[0] == 404 and (await calendar.get(second))[0] == 200
        await station.bot.services.staff.suspend("zhang")
        assert (await calendar.get(second))[0] == 404
        await station.bot.services.staff.restore("zhang")
        async with reader(station, "zhang") as again:
            assert "日历地址已停用" in (await again.post("address_off"))[1]
        assert (await calendar.get(second))[0] == 404
        assert (await calendar.get("/roster/" + "x" * 32 + ".ics"))[0] == 404


async def test_a_returning_person_is_asked_and_there_at_once(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "zhang") as (station, zhang):
        await zhang.post("away", reason="leave", **{"from": "2026-03-11"})
        await station.bot.settle()
        assert desk(station.bot).roster.duty_of("zhang", station.bot.clock.now()) is None
        station.heard()
        await zhang.post("withdraw", change=str((await RosterChange.get()).id))
        await station.bot.settle()
        assert any("上岗：" in text for text in station.told("zhang"))
        await station.bot.advance(minutes=1)
        assert station.bot.clock.now() - at(11, 10) == timedelta(minutes=1)
        assert desk(station.bot).roster.duty_of("zhang", station.bot.clock.now()) is not None


async def test_names_that_are_markup_stay_text(tmp_path: Path) -> None:
    async with open_rota(tmp_path, "chief") as (station, chief):
        member, _ = await station.bot.services.staff.create("eve", "<script>alert(1)</script>", ["officer"])
        await station.bot.services.officers.enrol(member, "fake", Sender("eve"))
        await chief.post("duty", who="eve", tier="primary", **{"from": "2026-03-12"})
        assert "<script>alert" not in (await chief.get())[1]
