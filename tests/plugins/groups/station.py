"""A station for the tests: what minds groups, a small directory, an officer, and a group that has enabled the bot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from botkit.adapter import Capabilities, Rank
from botkit.decision import Decision, Disposition
from botkit.messages import Message, MessageKind, Sender, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.groups import plugin as groups
from botkit.plugins.groups.models import GroupSetting
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.safety import plugin as safety
from botkit.settings import Settings, StationSettings
from botkit.staff import Member
from botkit.storage.models import AuditEntry
from botkit.testing import BotHarness, FakeAdapter

CONFIG = Path(__file__).parents[3] / "config" / "station.toml"
G = "g"
WATER = "供水热线会答您，全天有人接。"


def directory() -> Plugin:
    """Answers a question about the water."""
    plugin = Plugin("fake_directory")

    @plugin.stage(Stage.DIRECTORY)
    def answer(segment: str) -> Decision | None:
        if "停水" in segment or "water" in segment:
            return Decision(Disposition.ANSWERED, (say(WATER),), reason={"entry": "water", "topic": "water_supply"})
        return None

    return plugin


def station(
    can: Capabilities | None = None,
    *,
    language: str = "zh",
    tables: Mapping[str, Mapping[str, Any]] | None = None,
    plugins: Iterable[Plugin] = (),
    **options: Any,
) -> BotHarness:
    """A bot with everything that minds groups. ``can`` is what the platform can do; the owner of the group is Wu."""
    told = StationSettings.model_validate({"demo": True, "language": language})
    platform = FakeAdapter(capabilities=can) if can else FakeAdapter()
    platform.ranks[G, "wu"] = Rank.OWNER
    platform.ranks[G, "sun"] = Rank.ADMIN
    return BotHarness(
        [safety, etiquette, groups, handoff, directory(), *plugins],
        settings=Settings(station=told, source=CONFIG), adapter=platform, tables=tables, **options,
    )  # fmt: skip


def ranks(bot: BotHarness) -> dict[tuple[str, str], Rank]:
    """What people are in a group, as the platform says; tests change it."""
    assert isinstance(bot.platform, FakeAdapter)
    return bot.platform.ranks


async def types(bot: BotHarness, text: str, who: str = "wu", group: str | None = G) -> Message:
    """Somebody types a command in the group; unless told otherwise it is the owner."""
    return await bot.says(text, who=who, group=group, at_bot=True)


async def enabled(bot: BotHarness, group: str = G) -> None:
    """The owner enables the bot, and what it says to that is read."""
    ranks(bot)[group, "wu"] = Rank.OWNER
    await types(bot, "/enable", group=group)
    bot.replied("/settings")


async def happens(bot: BotHarness, event: str, group: str = G, **data: Any) -> Message:
    """The platform tells something of the group itself."""
    return await bot.says(kind=MessageKind.SYSTEM, group=group, who="platform", data={"event": event, **data})


async def officer(bot: BotHarness, who: str = "zhang", roles: Iterable[str] = ("officer",)) -> Member:
    """Enrol an account as an officer's."""
    member, _ = await bot.services.staff.create(f"{who}-login", "张", roles, title="社区民警")
    await bot.services.officers.enrol(member, bot.platform.name, Sender(who, who.title()))
    return member


async def cases() -> int:
    """How many cases there are."""
    from botkit.plugins.handoff.models import Case

    return await Case.all().count()


async def row() -> GroupSetting:
    """The one group's row."""
    return await GroupSetting.get()


async def audited(prefix: str = "group.") -> list[tuple[str, str]]:
    """What the audit log has of groups: event and actor, in order."""
    entries = await AuditEntry.filter(event__startswith=prefix).order_by("seq")
    return [(entry.event, entry.actor) for entry in entries]
