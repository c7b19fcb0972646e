"""Telegram: people in the emulator's chats, the bot on the Bot API that it holds against its models."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from adapters.telegram import Telegram
from botkit.adapter import Adapter
from botkit.messages import MessageKind
from botkit.testing import PATIENCE, FakeClock
from tests.stories.platforms.driver import Driver, Line, Said, Words

if TYPE_CHECKING:
    from tests.telegram.groups import Group
    from tests.telegram.people import Person

POLL = 50
"""Seconds that a question for updates may wait: longer than any story takes."""


class Emulated(Driver):
    """Everybody on the emulator. The bot leads its groups, as a station would ask owners to let it."""

    name = "telegram"
    # Its privacy mode is off, so that it hears what a group says.
    capabilities = replace(Telegram.capabilities, sees_plain_group=True)

    async def start(self, clock: FakeClock) -> Mapping[str, Any]:
        from tests.telegram.emulator import Emulator  # brings aiogram, which takes a second

        self._emulator = Emulator(clock=lambda: clock.now().timestamp())
        self._emulator.bot.reads_all = not self.hidden
        self._groups: dict[str, Group] = {}
        self._owners: dict[str, Person] = {}
        await self._emulator.__aenter__()
        own = {"token": self._emulator.token, "api_url": self._emulator.url, "poll_seconds": POLL, "menu": False}
        return {"telegram": own}

    def adapter(self) -> Adapter:
        return Telegram()

    async def end(self) -> None:
        await self._emulator.__aexit__(None, None, None)
        assert not self._emulator.violations, self._emulator.violations

    # what people do ---------------------------------------------------------------------------------------

    async def says(self, who: str, group: str | None, words: Words) -> str:
        person, where = self._person(who), self._where(group, words.reply_to)
        text = f"@{self._emulator.bot.username} {words.text}".strip() if _called(words) else words.text
        if words.channel:
            channel = self._emulator.channel("小区公告", owner=person)
            return str((await person.forwards(await channel.posts(text), in_=where["in_"])).id)
        if words.photo is not None:
            return str((await person.photo(text, data=words.photo, **where)).id)
        if words.kind is MessageKind.STICKER:
            return str((await person.sticker(**where)).id)
        return str((await person.says(text, **where)).id)

    async def heard(self, ref: str, since: int) -> str:
        await self._confirmed()
        return ref

    async def shown(self, who: str, group: str | None) -> Sequence[Line]:
        place = self._groups[group] if group else None
        seen = place.shown() if place else self._person(who).sees()
        return [Line(str(one.id), one.text, one.labels, str(one.thread or "") or None) for one in seen]

    async def presses(self, who: str, group: str | None, line: Line, label: str) -> None:
        where = self._groups[group] if group else None
        await self._person(who).presses(label, in_=where, message=SimpleNamespace(id=int(line.ref)))
        await self._confirmed()

    async def edits(self, who: str, said: Said, words: Words) -> None:
        person = self._person(who)
        chat = self._groups[said.group].chat if said.group else person.chat
        await person.edits(chat.messages[int(said.ref)], words.text)
        await self._confirmed()

    async def reacts(self, who: str, group: str, ref: str, sign: str) -> None:
        await self._person(who).reacts(SimpleNamespace(id=int(ref)), sign, in_=self._groups[group])
        await self._confirmed()

    async def is_renamed(self, who: str, name: str) -> None:
        self._person(who).user.first_name = name

    # groups -----------------------------------------------------------------------------------------------

    async def group(self, title: str, owner: str, *, small: bool = False) -> str:
        person = self._person(owner)
        group = self._emulator.group(title, owner=person, bot="", type="group" if small else "supergroup")
        self._groups[str(group.id)], self._owners[str(group.id)] = group, person
        await person.adds_bot(group, admin=True)
        await self._confirmed()
        return str(group.id)

    async def joins(self, who: str, group: str) -> None:
        await self._person(who).joins(self._groups[group])
        await self._confirmed()

    async def leaves(self, who: str, group: str) -> None:
        await self._person(who).leaves(self._groups[group])
        await self._confirmed()

    async def removes(self, group: str) -> None:
        await self._owners[group].removes_bot(self._groups[group])
        await self._confirmed()

    async def moves(self, group: str) -> str:
        moved = self._groups[group]
        await moved.migrates(self._owners[group])
        self._groups[str(moved.id)], self._owners[str(moved.id)] = moved, self._owners[group]
        await self._confirmed()
        return str(moved.id)

    async def renames(self, group: str, title: str) -> None:
        await self._groups[group].renamed(self._owners[group], title)
        await self._confirmed()

    async def hides_talk(self, group: str) -> None:
        # Its privacy mode is on: only as an administrator it heard everything.
        await self._owners[group].demotes(self._emulator.bot, self._groups[group])
        await self._confirmed()

    async def pinned(self, group: str) -> Sequence[str]:
        return [str(one.id) for one in self._groups[group].shown() if one.pinned]

    async def signs(self, group: str, ref: str) -> Sequence[str]:
        by_bot = self._groups[group].chat.messages[int(ref)].reactions.get(self._emulator.bot.id, [])
        return [sign["emoji"] for sign in by_bot]

    def account(self, who: str) -> str:
        return str(self._person(who).id)

    # ------------------------------------------------------------------------------------------------------

    def _person(self, who: str) -> Person:
        return self._emulator.person(who)

    def _where(self, group: str | None, reply_to: str | None) -> dict[str, Any]:
        answered = SimpleNamespace(id=int(reply_to)) if reply_to else None
        return {"in_": self._groups[group] if group else None, "reply_to": answered}

    async def _confirmed(self) -> None:
        """Wait until the bot has told Telegram that it has everything."""
        async with asyncio.timeout(PATIENCE):
            while self._emulator.updates.waiting:
                await asyncio.sleep(0.001)


def _called(words: Words) -> bool:
    return words.to_bot and not words.text.startswith("/")
