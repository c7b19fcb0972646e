"""A station for the tests: safety, etiquette and handoff, a small directory, and officers whose accounts are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from botkit.adapter import Capabilities
from botkit.decision import Decision, Disposition
from botkit.messages import Button, Sender, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.safety import plugin as safety
from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness, FakeAdapter

CONFIG = Path(__file__).parents[3] / "config" / "station.toml"

SHORT = {"停水": "供水热线会答您，全天有人接。", "停电": "供电热线会答您，全天有人接。", "换锁": "请找备案的锁匠。"}
LONG = "\n".join(
    f"第{number}家锁匠，备案过，白天晚上都能来，先问清楚价钱再开门，开完记得要票。" for number in range(1, 9)
)
OPEN_GROUP = Capabilities(groups=True, sees_plain_group=True, buttons=True, max_buttons=8, idempotent_send=True)
"""A platform that can do little: no private chats, no edits, no reactions, no silence."""


def directory() -> Plugin:
    """Answers questions that name a subject; 列出 is a long answer, 心理 a private one."""
    plugin = Plugin("fake_directory")

    @plugin.stage(Stage.DIRECTORY)
    def answer(segment: str) -> Decision | None:
        if "列出" in segment:
            button = Button("不对", "fake_directory.wrong")
            return Decision(Disposition.ANSWERED, (say(LONG, buttons=(button,)),), reason={"entry": "all"})
        if "心理" in segment:
            return Decision(Disposition.ANSWERED, (say("有人可以聊聊。"),), reason={"topic": "mental_health"})
        for word, text in SHORT.items():
            if word in segment:
                return Decision(Disposition.ANSWERED, (say(text),), reason={"entry": word})
        return None

    @plugin.button("wrong")
    def wrong() -> str:
        return "换一个"

    return plugin


def station(can: Capabilities | None = None, **options: Any) -> BotHarness:
    """A bot with everything that minds its manners. ``can`` is what the platform can do."""
    settings = Settings(station=StationSettings(demo=True), source=CONFIG)
    platform = FakeAdapter(capabilities=can) if can else FakeAdapter()
    plugins = [safety, etiquette, handoff, directory()]
    return BotHarness(plugins, settings=settings, adapter=platform, **options)


async def officer(bot: BotHarness, who: str = "zhang") -> None:
    """Enrol an account as an officer's."""
    staff = bot.services.staff
    member, _ = await staff.create(f"{who}-login", "张", ["officer"], title="社区民警")
    await bot.services.officers.enrol(member, bot.platform.name, Sender(who, who.title()))


async def cases() -> int:
    """How many cases there are."""
    from botkit.plugins.handoff.models import Case

    return await Case.all().count()
