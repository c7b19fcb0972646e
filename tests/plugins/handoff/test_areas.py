"""Areas: a group's area decides which officers are asked, promised, told and shown its cases, and never nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from botkit.plugins.groups import plugin as groups
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.roster import areas
from botkit.plugins.handoff.roster.changes import Change, Kind, WrongChange
from botkit.plugins.handoff.roster.gaps import Gap, gaps
from botkit.plugins.handoff.roster.roster import Roster, Tier
from botkit.testing import FakeClock
from tests.plugins.handoff.rosters import SHANGHAI, december, weekly
from tests.plugins.handoff.rota import ROOM, Rota, at, rota
from tests.plugins.handoff.station import only_case

FIRE = "着火了！3号楼有人被困"
LAMP = "楼道灯坏了三天了"
WEST, EAST = "西区", "东区"
OPEN = {"groups": {"consent": False}}

ROSTER = """
[[shift]]
tier = "primary"
hours = "08:30-17:30"
title = { zh = "西区民警", en = "west officer" }
who = "zhang"
areas = ["西区"]

[[shift]]
tier = "primary"
hours = "08:30-17:30"
title = { zh = "东区民警", en = "east officer" }
who = "zhou"
areas = ["东区"]

[[shift]]
tier = "backup"
hours = "08:30-17:30"
title = { zh = "综合民警", en = "duty officer" }
who = "li"

[[shift]]
tier = "backup"
hours = "17:30-08:30"
title = { zh = "值班民警", en = "duty officer" }
who = "wang"
routine = false

[[shift]]
tier = "commander"
hours = "00:00-24:00"
title = { zh = "所长", en = "commander" }
who = "chief"
routine = false
"""
PEOPLE = ("zhang", "zhou", "li", "wang", "chief")


@asynccontextmanager
async def station(folder: Path, roster: str = ROSTER) -> AsyncIterator[Rota]:
    """Two areas with a group each; ten minutes before the day's shift on a Wednesday."""
    async with rota(folder, FakeClock(at(11, 8, 20)), roster=roster, plugins=[groups], tables=OPEN) as running:
        await running.enrol(PEOPLE, linked=PEOPLE)
        for area in (WEST, EAST):
            await running.bot.says(f"/area {area}", group=f"g-{area}", who="li", at_bot=True)
        running.heard()
        yield running


async def on_duty(running: Rota) -> None:
    """The day's shift begins, and all of it is there."""
    await running.bot.advance(until=at(11, 8, 30))
    for login in ("zhang", "zhou", "li"):
        await running.taps(login)
    running.heard()


def private(running: Rota) -> set[str]:
    """Whose private chats heard something since the last look."""
    return {chat for chat, _ in running.heard() if chat in PEOPLE}


# who is asked -----------------------------------------------------------------------------------------------


def test_those_of_the_area_first_then_those_of_all_and_others_in_need_only() -> None:
    west, east = weekly("08:00", "18:00", "zhang", areas=(WEST,)), weekly("08:00", "18:00", "zhou", areas=(EAST,))
    everywhere = weekly("08:00", "12:00", "li")
    roster = Roster((east, west, everywhere), SHANGHAI)

    def asked(area: str, hour: int) -> str:
        duty = roster.on_duty(december(1, hour), area=area)
        working = roster.working(december(1, hour), area)
        assert duty == working and duty is not None
        return duty.who

    assert [asked(area, 9) for area in (WEST, EAST, "北区", "")] == ["zhang", "zhou", "li", "li"]
    assert [asked(area, 13) for area in (WEST, EAST)] == ["zhang", "zhou"]
    assert {asked(area, 13) for area in ("北区", "")} <= {"zhang", "zhou"}, "never nobody"


def test_the_next_shift_is_that_of_the_area_where_one_begins_that_day() -> None:
    west, east = weekly("09:00", "18:00", "zhang", areas=(WEST,)), weekly("08:00", "18:00", "zhou", areas=(EAST,))
    roster = Roster((west, east), SHANGHAI)
    found = {area: roster.next_start(december(1, 6), area) for area in (WEST, EAST, "北区")}
    assert [duty and duty.who for duty in found.values()] == ["zhang", "zhou", "zhou"]


def test_officers_of_two_areas_or_teams_stand_side_by_side_also_by_dated_duties() -> None:
    span = december(1, 9), december(1, 12)
    dated = [
        Change(1, Kind.DUTY, *span, "zhang", tier=Tier.PRIMARY, areas=(WEST,)),
        Change(2, Kind.DUTY, *span, "zhou", tier=Tier.PRIMARY, areas=(EAST,)),
        Change(3, Kind.DUTY, *span, "wang", tier=Tier.PRIMARY, team="general"),
        Change(4, Kind.DUTY, *span, "zhao", tier=Tier.PRIMARY, areas=(EAST,)),
    ]
    roster = Roster((weekly("08:00", "18:00", "li"),), SHANGHAI, tuple(dated))
    # Only the second for the same area takes the place of the first.
    assert {duty.who for duty in roster.at(december(1, 10))} == {"li", "zhang", "wang", "zhao"}


def test_names_are_compared_as_people_write_them() -> None:
    assert areas.listed("东区、 West  Side ，东区;") == areas.listed("West Side,东区")
    assert areas.names(("West Side",), "westside") and areas.names(("Ａ区",), "a区")
    with pytest.raises(WrongChange):
        Change(1, Kind.DUTY, december(1), december(2), tier=Tier.PRIMARY, areas=("区" * 65,))


async def test_the_officer_of_the_area_is_paged_and_promised(tmp_path: Path) -> None:
    async with station(tmp_path) as running:
        await on_duty(running)
        await running.bot.says(FIRE, group=f"g-{WEST}", who="anna", at_bot=True)
        assert private(running) == {"zhang"}
        await running.bot.says(LAMP, group=f"g-{EAST}", who="boris", at_bot=True)
        heard = running.heard()
        assert {chat for chat, _ in heard if chat in PEOPLE} == {"zhou"}
        assert any("东区民警" in text for chat, text in heard if chat == f"g-{EAST}"), heard
        # In private, and where nobody said which area it is, all of them are asked.
        await running.bot.says("有人持刀伤人！在5号楼", who="cora")
        assert private(running) == {"zhang", "zhou"}


async def test_who_is_not_there_is_stood_in_for_by_the_other_area(tmp_path: Path) -> None:
    async with station(tmp_path) as running:
        await running.bot.advance(until=at(11, 8, 30))
        for login in ("zhou", "li"):
            await running.taps(login)
        running.heard()
        await running.bot.advance(minutes=10)
        heard = running.heard()
        assert {(chat, text) for chat, text in heard} == {
            (chat, "Zhang 上岗 10 分钟未报到，改由Zhou接件。") for chat in (ROOM, "zhou")
        }
        await running.bot.says(FIRE, group=f"g-{WEST}", who="anna", at_bot=True)
        assert private(running) == {"zhou"}


async def test_look_alikes_of_two_areas_ring_twice_of_one_area_once(tmp_path: Path) -> None:
    async with station(tmp_path) as running:
        await on_duty(running)
        await running.bot.says("着火了！", group=f"g-{WEST}", who="anna", at_bot=True)
        assert private(running) == {"zhang"}
        await running.bot.says("着火了！", group=f"g-{EAST}", who="boris", at_bot=True)
        assert private(running) == {"zhou"}
        await running.bot.says("着火了！", group=f"g-{EAST}", who="cora", at_bot=True)
        assert private(running) == set()


async def test_a_page_climbs_to_the_whole_station_whatever_the_area(tmp_path: Path) -> None:
    async with station(tmp_path) as running:
        await on_duty(running)
        await running.bot.says(FIRE, group=f"g-{WEST}", who="anna", at_bot=True)
        running.heard()
        await running.bot.advance(minutes=10)
        assert private(running) == set(PEOPLE)
        # Whoever was asked may take it, from their own chat too.
        case = await only_case()
        await running.bot.says(f"接 #{case.number}", who="zhou")
        await case.refresh_from_db()
        assert case.holder_id == (await running.who("zhou")).id


# shifts begin and end ----------------------------------------------------------------------------------------


async def test_each_digest_has_the_cases_of_its_areas(tmp_path: Path) -> None:
    async with station(tmp_path) as running:
        bot = running.bot
        for group, who in ((f"g-{WEST}", "anna"), (f"g-{EAST}", "boris"), ("g-unnamed", "cora")):
            await bot.says(LAMP, group=group, who=who, at_bot=True)
        west, east, other = [f"#{case.number}" for case in await Case.all().order_by("id")]
        running.heard()
        await bot.advance(until=at(11, 8, 30))
        said = dict(running.heard())
        shown = {
            login: [number for number in (west, east, other) if number in said[login]]
            for login in ("zhang", "zhou", "li")
        }
        assert shown == {"zhang": [west, other], "zhou": [east, other], "li": [west, east, other]}
        assert "待接 2 件" in said["zhang"] and "待接 3 件" in said["li"]


EVENING = (
    ROSTER
    + """
[[shift]]
tier = "primary"
hours = "17:30-22:00"
title = { zh = "西区民警", en = "west officer" }
who = "li"
areas = ["西区"]
"""
)


async def test_leave_hands_on_to_who_is_asked_for_each_area(tmp_path: Path) -> None:
    async with station(tmp_path) as running:
        await on_duty(running)
        bot = running.bot
        await bot.says(LAMP, group=f"g-{WEST}", who="anna", at_bot=True)
        case = await only_case()
        await bot.says(f"接 #{case.number}", who="zhang")
        await bot.says("/leave 03-11", who="zhang")
        await bot.settle()
        await case.refresh_from_db()
        assert case.holder_id == (await running.who("zhou")).id, "of the primary tier only the other area is there"


async def test_the_next_of_an_area_takes_over_only_what_is_its_own(tmp_path: Path) -> None:
    async with station(tmp_path, roster=EVENING) as running:
        await on_duty(running)
        bot = running.bot
        await bot.advance(until=at(11, 17))
        await bot.says(LAMP, group=f"g-{WEST}", who="anna", at_bot=True)
        await bot.says(LAMP, group=f"g-{EAST}", who="boris", at_bot=True)
        west, east = await Case.all().order_by("id")
        await bot.says(f"接 #{west.number}", who="zhang")
        await bot.says(f"接 #{east.number}", who="zhou")
        running.heard()
        await bot.advance(until=at(11, 17, 30))
        await west.refresh_from_db()
        await east.refresh_from_db()
        assert west.holder_id == (await running.who("li")).id
        assert east.holder_id == (await running.who("zhou")).id, "nobody has come for the east"


# what is missing ---------------------------------------------------------------------------------------------


def test_an_area_that_only_others_have_an_officer_for_is_a_gap_until_somebody_serves_it() -> None:
    west, east = weekly("08:00", "18:00", "zhang", areas=(WEST,)), weekly("08:00", "18:00", "zhou", areas=(EAST,))
    leave = Change(1, Kind.ABSENCE, december(2), december(3), "zhou", reason="leave")
    roster = Roster((west, east, weekly("00:00", "00:00", tier=Tier.BACKUP)), SHANGHAI, (leave,))
    none: list[tuple[Tier, ...]] = []
    found = gaps(roster, december(1), december(4), none, areas=(WEST, EAST, "北区"))
    assert found == [
        Gap(Tier.PRIMARY, december(1, 8), december(4), (), "北区"),
        Gap(Tier.PRIMARY, december(2, 8), december(3, 8), ("zhou",), EAST),
    ]
    assert gaps(Roster((weekly("08:00", "18:00"),), SHANGHAI), december(1), december(4), none, areas=(WEST,)) == []


async def test_the_commander_hears_once_of_an_area_without_an_officer(tmp_path: Path) -> None:
    async with station(tmp_path) as running:
        bot = running.bot
        await bot.says("/area 北区", group="g-north", who="li", at_bot=True)
        running.heard()
        await bot.advance(until=at(11, 9))
        warned = [text for text in running.told("chief") if "北区" in text]
        assert len(warned) == 1 and "北区 没有主班" in warned[0] and "（其他片区有）" in warned[0]
        assert WEST not in warned[0]
        await bot.advance(until=at(13, 9, 1))
        assert not [text for text in running.told("chief") if "北区" in text]
        await bot.says("/leave 03-14", who="zhou")
        assert any(f"{EAST} 没有主班" in text and "zhou不在" in text for text in running.told("chief"))


async def test_who_is_on_duty_is_told_with_areas(tmp_path: Path) -> None:
    async with station(tmp_path) as running:
        await on_duty(running)
        await running.bot.says("值班", who="li")
        said = running.told("li")[0]
        assert "主班（西区）：西区民警 Zhang" in said and "主班（东区）：东区民警 Zhou" in said
