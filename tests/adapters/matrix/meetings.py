"""Meetings: a room to which the bot is invited, and whoever waits there for it. How most tests begin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botkit.bot import Bot
from botkit.plugin import Plugin
from tests.adapters.matrix.bots import running, table
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Person


@dataclass
class Meeting:
    """``li`` has made the ``room`` and invited the bot's ``account``, and the ``others``, who wait outside as well.

    ``matrix`` is the bot's table, ``folder`` what survives it.
    """

    account: Account
    li: Person
    room: str
    matrix: dict[str, Any]
    folder: Path
    others: tuple[Person, ...] = ()
    _met: bool = field(default=False, repr=False)

    @asynccontextmanager
    async def bot(self, *plugins: Plugin, **more: Any) -> AsyncIterator[Bot]:
        """A bot that runs; the first time, everybody sees it come in, and its keys. ``more`` changes its table."""
        matrix = {**self.matrix, **more}
        async with running(self.folder, matrix, plugins) as bot:
            if not self._met:
                self._met = True
                for person in self.others:
                    await person.enters(self.room)
                for person in (self.li, *self.others):
                    await person.meets(self.account, self.room)
                    if matrix["pickle_key"]:
                        await person.knows(self.account)
            yield bot


async def meeting(
    homeserver: Homeserver,
    folder: Path,
    name: str = "",
    *,
    encrypted: bool = True,
    others: Iterable[str] = (),
    url: str = "",
) -> Meeting:
    """A private room if it has no name, a group otherwise. The bot reaches the homeserver by ``url`` if it is given."""
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=encrypted)
    guests = tuple([await homeserver.person(other, encryption=encrypted) for other in others])
    room = await li.room(name, invite=[account, *guests], encrypted=encrypted, direct=not name)
    return Meeting(account, li, room, table(url or homeserver.url, account), folder, guests)
