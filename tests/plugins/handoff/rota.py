"""A station with named officers on its roster, each with an account in chat, and a room of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from zoneinfo import ZoneInfo

from botkit.messages import ChatKind
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.handoff.officers import enrol
from botkit.plugins.safety import plugin as safety
from botkit.settings import Settings, StationSettings
from botkit.staff import Member
from botkit.testing import BotHarness, FakeClock
from tests.plugins.handoff.station import CONFIG, desk

ROSTER = """
[[shift]]
tier = "primary"
days = ["mon", "tue", "wed", "thu", "fri"]
hours = "08:30-17:30"
title = { zh = "社区民警", en = "community officer" }
who = "zhang"

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
PEOPLE = {"zhang": ("officer",), "li": ("backup",), "wang": ("backup",), "chief": ("commander",)}
ROOM = "duty-room"


def at(day: int, hour: int, minute: int = 0, zone: str = "Asia/Shanghai") -> datetime:
    """A moment of March 2026; the 11th is a Wednesday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Rota:
    """A running station, and what each of its people reads."""

    def __init__(self, bot: BotHarness) -> None:
        self.bot = bot
        self._read = 0

    async def enrol(self, logins: Iterable[str] = PEOPLE, *, linked: Iterable[str] = PEOPLE) -> None:
        """Enrol people, link their accounts, and make the room."""
        for login in logins:
            await self.bot.services.staff.create(login, login.title(), PEOPLE.get(login, ("officer",)))
        for login in linked:
            await self.bot.says(f"/link {await self.code(await self.who(login))}", who=login)
        await self.bot.says(f"/link {await self.code(None)}", who="chief", group=ROOM, at_bot=True)
        room = next(iter(desk(self.bot).rooms.values()))
        assert self.bot.services.chats.by_id(room.chat_id).chat.kind is ChatKind.OFFICERS
        self.heard()

    async def code(self, member: Member | None) -> str:
        kind = "" if member is not None else "officers"
        name = "" if member is not None else "值班室"
        return await self.bot.services.unit(
            lambda unit: enrol.make(desk(self.bot), unit, "system", member=member, kind=kind, name=name)
        )

    async def who(self, login: str) -> Member:
        """Somebody by login."""
        found = await self.bot.services.staff.find(login)
        assert found is not None
        return found

    def heard(self) -> list[tuple[str, str]]:
        """What was said since the last look: to whom (a login, or the room), and the text."""
        new = self.bot.sent[self._read :]
        self._read = len(self.bot.sent)
        return [(sent.out.chat.id.removeprefix("dm-"), sent.text) for sent in new]

    def told(self, who: str) -> list[str]:
        """What one of them, or the room, was told since the last look. The rest is forgotten."""
        return [text for chat, text in self.heard() if chat == who]

    def loud(self) -> list[str]:
        """All that made a sound since the last look, residents' aside."""
        new = self.bot.sent[self._read :]
        self._read = len(self.bot.sent)
        staff = {f"dm-{login}" for login in PEOPLE} | {ROOM}
        return [sent.text for sent in new if sent.out.chat.id in staff and not sent.out.silent]


@asynccontextmanager
async def rota(
    folder: Path, clock: FakeClock | None = None, *, roster: str = ROSTER, zone: str = "Asia/Shanghai"
) -> AsyncIterator[Rota]:
    """The station; on the same folder and clock again, it is a restart."""
    config = folder / "config"
    copytree(CONFIG.parent / "safety", config / "safety", dirs_exist_ok=True)
    (config / "roster.toml").write_text(roster, "utf-8")
    settings = Settings(station=StationSettings(demo=True, time_zone=zone), source=config / "station.toml")
    data = folder / "data"
    data.mkdir(exist_ok=True)
    clock = clock or FakeClock(at(11, 8))
    async with BotHarness([safety, handoff], settings=settings, folder=data, clock=clock) as bot:
        yield Rota(bot)
