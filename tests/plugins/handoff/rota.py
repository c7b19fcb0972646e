"""A station with named officers on its roster, each with an account in chat, and a room of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from botkit.messages import ChatKind, MessageKind, Sender
from botkit.plugin import Plugin
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.handoff.staffing import Room
from botkit.plugins.safety import plugin as safety
from botkit.settings import Settings, StationSettings
from botkit.staff import Member
from botkit.storage import UnitOfWork
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
        bot = self.bot
        for login in linked:
            await bot.says("/privacy", who=login)
            await bot.services.officers.enrol(await self.who(login), "fake", Sender(login, login.title()))
        place = bot.services.chats.find((await bot.says("/privacy", who="chief", group=ROOM, at_bot=True)).chat)
        assert place is not None

        async def job(unit: UnitOfWork) -> Room:
            bot.services.chats.become(unit, place.id, ChatKind.OFFICERS)
            return await Room.create(
                id=unit.new_id(), station_id=unit.database.station_id, chat_id=place.id, kind="officers",
                name="值班室", created_at=bot.clock.now(),
            )  # fmt: skip

        desk(bot).rooms[place.id] = await bot.services.unit(job)
        self.heard()

    async def who(self, login: str) -> Member:
        """Somebody by login."""
        found = await self.bot.services.staff.find(login)
        assert found is not None
        return found

    async def taps(self, who: str, label: str = "到岗") -> None:
        """Press the latest button with a label in somebody's own chat."""
        value = self.button(who, label)
        # After a restart the harness counts its messages anew: a press must be none that was seen before.
        once = f"tap-{who}-{self.bot.clock.now().timestamp()}-{len(self.bot.sent)}"
        await self.bot.says(kind=MessageKind.BUTTON, data={"value": value}, who=who, id=once)

    def button(self, chat: str, label: str = "到岗") -> str:
        """The value of the latest button with a label in a chat: a login's, or the room."""
        name = chat if chat == ROOM else f"dm-{chat}"
        for sent in reversed(self.bot.sent):
            for shown, value in sent.out.buttons if sent.out.chat.id == name else ():
                if shown == label:
                    return value
        raise AssertionError(f"no button {label!r} for {chat}")

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
    folder: Path,
    clock: FakeClock | None = None,
    *,
    roster: str = ROSTER,
    zone: str = "Asia/Shanghai",
    plugins: Iterable[Plugin] = (),
    **options: Any,
) -> AsyncIterator[Rota]:
    """The station; on the same folder and clock again, it is a restart."""
    config = folder / "config"
    config.mkdir(exist_ok=True)
    if not (config / "safety").exists():
        # A link, not a copy: what the repository's own folder says is read once for all tests.
        (config / "safety").symlink_to(CONFIG.parent / "safety")
    (config / "roster.toml").write_text(roster, "utf-8")
    settings = Settings(station=StationSettings(demo=True, time_zone=zone), source=config / "station.toml")
    data = folder / "data"
    data.mkdir(exist_ok=True)
    clock = clock or FakeClock(at(11, 8))
    async with BotHarness([safety, *plugins, handoff], settings=settings, folder=data, clock=clock, **options) as bot:
        yield Rota(bot)
