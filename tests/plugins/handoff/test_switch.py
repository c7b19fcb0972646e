"""The kill switch (C4): off in a group, for a topic or everywhere, at once; danger stays, and a human gets the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from botkit.decision import Decision, Disposition, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.groups import plugin as groups
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.staffing import Switch
from botkit.plugins.safety import plugin as safety
from botkit.services import Services
from botkit.storage.models import AuditEntry
from botkit.testing import BotHarness
from tests.plugins.handoff.people import ROOM
from tests.plugins.handoff.station import card, colleague, room, said_in, station

OPEN = {"groups": {"consent": False}}
WATER = "供水热线全天有人接。"


def answering() -> Plugin:
    """Answers questions about water, as the directory would."""
    plugin = Plugin("fake_directory")

    @plugin.stage(Stage.DIRECTORY)
    def answer(segment: str) -> Decision | None:
        reason = {"entry": "water-hotline", "topic": "water_supply"}
        return Decision(Disposition.ANSWERED, (say(WATER),), reason=reason) if "停水" in segment else None

    @plugin.subjects
    def subjects(services: Services) -> tuple[str, ...]:
        return ("water-hotline", "water_supply")

    return plugin


def switched(**options: Any) -> BotHarness:
    """A bot whose groups are all enabled."""
    return station([safety, etiquette, groups, answering()], tables=OPEN, **options)


async def staffed(bot: BotHarness) -> None:
    """A room, an officer and the commander."""
    await room(bot)
    await colleague(bot, "zhang")
    await colleague(bot, "chief", "commander", title="所长")


async def orders(bot: BotHarness, text: str, who: str = "zhang", group: str | None = ROOM) -> str:
    """An order; returns what is said to it, there."""
    bot.news()
    await bot.says(text, who=who, group=group, at_bot=True)
    return "\n".join(bot.news())


async def asks(bot: BotHarness, text: str = "停水了怎么办", **options: Any) -> list[str]:
    """What a resident reads who asks, in the group or in private."""
    where = options.get("group") or f"dm-{options.get('who', 'li')}"
    # The same question again within minutes would only point to the first answer.
    await bot.advance(minutes=11)
    before = len(said_in(bot, where))
    await bot.says(text, at_bot=True, **options)
    return said_in(bot, where)[before:]


async def audited() -> list[tuple[str, str]]:
    """What the audit log has of switches."""
    entries = await AuditEntry.filter(event__in=["switch.off", "switch.on", "group.switched_off", "group.switched_on"])
    return [(entry.event, entry.subject) for entry in sorted(entries, key=lambda entry: entry.seq)]


async def test_off_in_one_group_by_an_officer_there() -> None:
    async with switched() as bot:
        await staffed(bot)
        assert await asks(bot, group="g", who="a1") == [WATER]
        assert "本群自动回复已关闭" in await orders(bot, "/off", group="g")
        assert not await asks(bot, group="g", who="a2")
        assert await Case.all().count() == 1
        assert await asks(bot, group="other", who="a3") == [WATER]
        assert "119" in (await asks(bot, "3号楼着火了", group="g", who="a4"))[0]
        assert "已恢复" in await orders(bot, "/on", group="g")
        assert await asks(bot, group="g", who="a5") == [WATER]
        assert [event for event, _ in await audited()] == ["group.switched_off", "group.switched_on"]


async def test_strangers_switch_nothing_and_hear_nothing() -> None:
    async with switched() as bot:
        await staffed(bot)
        await colleague(bot, "mao", "maintainer", title="目录维护者")
        for who in ("stranger", "mao"):
            for group in ("g", ROOM, None):
                for order in ("/off", "/off all", "/关闭 all", "/off danger"):
                    assert not await orders(bot, order, who=who, group=group), (who, group, order)
        assert not await Switch.exists() and not await audited()
        assert await asks(bot, group="g") == [WATER]


async def test_everywhere_at_once_and_after_a_restart(tmp_path: Path) -> None:
    async with switched(folder=tmp_path) as bot:
        await staffed(bot)
        assert "已关闭：全部自动回复" in await orders(bot, "/off all")
        assert not await asks(bot, group="g", who="a1")
        private = await asks(bot, who="a2")
        assert WATER not in "".join(private) and "#0311-02" in private[0]
        assert not await asks(bot, "你好", who="a3")
        # Danger is answered all the same, in public and in private.
        assert "119" in (await asks(bot, "3号楼着火了", group="g", who="a4"))[0]
        assert "119" in (await asks(bot, "我家着火了", who="a5"))[0]
        assert "停水了怎么办" in card(bot, "0311-01").text
        clock = bot.clock
    async with switched(folder=tmp_path, clock=clock) as bot:
        assert not await asks(bot, group="g", who="b1", id="after-1")
        # Officers' orders work on.
        await bot.says("接 #0311-01", who="zhang", group=ROOM, id="after-2")
        assert (await Case.get(number="0311-01")).state == "claimed"
        await bot.says("/on all", who="zhang", group=ROOM, at_bot=True, id="after-3")
        assert await asks(bot, group="g", who="b2", id="after-4") == [WATER]
        assert await audited() == [("switch.off", "all"), ("switch.on", "all")]


async def test_what_residents_do_to_their_cases_still_counts() -> None:
    async with switched() as bot:
        await staffed(bot)
        await asks(bot, "身份证怎么补办")
        await orders(bot, "/off all")
        assert "已取消" in (await asks(bot, "不用了"))[0]
        assert [case.state for case in await Case.all()] == ["cancelled"]


async def test_the_emergency_line_is_the_commanders() -> None:
    async with switched() as bot:
        await staffed(bot)
        await orders(bot, "/off all")
        assert "只有所长可以关闭紧急提示" in await orders(bot, "/off danger")
        assert "119" in (await asks(bot, "3号楼着火了", group="g", who="a1"))[0]
        assert "已关闭：紧急提示" in await orders(bot, "/off danger", who="chief")
        assert not await asks(bot, "3号楼着火了", group="g2", who="a2")
        # Nobody is told, but the page goes out.
        assert await Case.filter(level="emergency").count() == 2
        assert "已恢复：紧急提示" in await orders(bot, "/on danger")


async def test_the_emergency_line_off_alone_leaves_the_rest() -> None:
    async with switched() as bot:
        await staffed(bot)
        await orders(bot, "/off 紧急", who="chief")
        assert await asks(bot, group="g", who="a1") == [WATER]
        assert not await asks(bot, "3号楼着火了", group="g", who="a2")
        assert await Case.filter(level="emergency").count() == 1


async def test_one_entry_or_topic() -> None:
    async with switched() as bot:
        await staffed(bot)
        for name in ("water-hotline", "water_supply"):
            assert name in await orders(bot, f"/off {name}")
            assert not await asks(bot, group="g", who=f"a-{name}")
            assert f"现在关闭的：{name}" in await orders(bot, "/off")
            await orders(bot, f"/on {name}")
            assert await asks(bot, group="g", who=f"b-{name}") == [WATER]
        await orders(bot, "/off fire")
        assert "119" in (await asks(bot, "3号楼着火了", group="g", who="a1"))[0]


async def test_a_name_that_there_is_not_switches_nothing_and_shows_what_there_is() -> None:
    async with switched() as bot:
        await staffed(bot)
        told = await orders(bot, "/off water_suply")
        assert told.startswith("没有叫“water_suply”的主题或条目。") and "water_supply, water-hotline" in told
        assert "没有叫“nonsense”" in await orders(bot, "/on nonsense")
        assert not await Switch.exists() and not await audited()
        assert await asks(bot, group="g", who="a1") == [WATER]
        # A topic's name is as good as its slug.
        assert "hukou" in await orders(bot, "/off 户口")
        assert await audited() == [("switch.off", "topic:hukou")]


async def test_what_is_off_can_be_switched_on_though_it_is_gone(tmp_path: Path) -> None:
    async with switched(folder=tmp_path) as bot:
        await staffed(bot)
        await orders(bot, "/off water-hotline")
        clock = bot.clock
    async with station([safety, etiquette, groups], tables=OPEN, folder=tmp_path, clock=clock) as bot:
        await bot.says("/on water-hotline", who="zhang", group=ROOM, at_bot=True, id="after-1")
        assert not await Switch.exists()


async def test_in_private_officers_switch_too() -> None:
    async with switched() as bot:
        await staffed(bot)
        assert "已关闭" in await orders(bot, "/off all", group=None)
        assert "全部自动回复" in said_in(bot, ROOM)[-1]
        assert not await asks(bot, group="g", who="a1")
