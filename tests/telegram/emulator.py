"""A Telegram of one's own: the Bot API on 127.0.0.1, and the people who talk to the bot.

It lives in the test's event loop; bots may be in the same process or in others, which can be killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from botkit.testing import PATIENCE
from tests.telegram.chats import LEADING, Chat, Member, Stored, User
from tests.telegram.groups import GROUPS, Group, supergroup_id
from tests.telegram.people import Person
from tests.telegram.server import Call, Server
from tests.telegram.shown import Shown
from tests.telegram.world import Account, World

_POSTING = frozenset({*LEADING, "can_post_messages", "can_edit_messages"})


class Emulator:
    """The platform. ``async with`` starts it; ``violations`` must be empty at the end."""

    def __init__(self, *, username: str = "minjing_bot", clock: Callable[[], float] = time.time) -> None:
        self.bot = Account(424242, "社区民警小助手", username, is_bot=True)
        self.world = World(clock, self.bot)
        self._server = Server(self.world)
        self.faults = self._server.faults
        self.requests = self._server.requests
        self.violations = self.world.violations
        self.limits = self.world.limits
        self.updates = self.world.updates
        self._people: dict[str, Person] = {}
        self._posting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._server.start()
        self._posting = asyncio.create_task(self.updates.deliver())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._posting:
            self._posting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._posting
        await self._server.stop()

    @property
    def url(self) -> str:
        """What stands for https://api.telegram.org."""
        return self._server.url

    @property
    def token(self) -> str:
        return self.bot.token

    def calls(self, method: str) -> list[Call]:
        """The requests for a method, in order."""
        return [call for call in self._server.calls if call.method == method]

    async def until(self, condition: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Wait until a condition holds on this platform; returns its value."""
        return await self.world.until(condition, patience)

    async def shows(self, where: Person | Group, count: int = 1) -> list[Shown]:
        """Wait until the bot has so many messages there; returns them."""
        see = where.sees if isinstance(where, Person) else where.shown
        return await self.until(lambda: len(see()) >= count and see())  # type: ignore[no-any-return]  # a list by then

    def person(self, login: str, name: str = "", *, username: str | None = None, language: str = "zh-hans") -> Person:
        """Somebody, the same at every call."""
        if login not in self._people:
            user = User(70_000_001 + len(self._people), name or login.title(), username, language)
            chat = Chat(user.id, "private", person=user, numbers=self.world.numbers)
            self.world.users[user.id] = user
            self.world.chats[user.id] = chat
            self._people[login] = Person(self.world, user, chat)
        return self._people[login]

    def group(
        self, title: str, *, owner: Person, members: Sequence[Person] = (), bot: str = "member",
        type: str = "supergroup", forum: bool = False, username: str | None = None,
    ) -> Group:  # fmt: skip
        """A group. ``bot`` says what the bot is in it from the start, without having been told: member,
        administrator, or nothing ("")."""
        number = -next(GROUPS) if type == "group" else supergroup_id()
        chat = Chat(number, type, title, username, forum)
        if type == "group":
            chat.numbers = self.world.numbers
        chat.members[owner.id] = Member(owner.user, "creator")
        for person in members:
            chat.members[person.id] = Member(person.user)
        if bot:
            rights = (_POSTING if type == "channel" else LEADING) if bot == "administrator" else frozenset()
            chat.members[self.bot.id] = Member(self.bot, bot, rights, sees_all=self.bot.reads_all)
        self.world.chats[chat.id] = chat
        return Group(self.world, chat)

    def channel(self, title: str, *, owner: Person, bot: str = "", linked: Group | None = None) -> Group:
        """A channel; what it posts goes to the linked group by itself."""
        channel = self.group(title, owner=owner, bot=bot, type="channel")
        if linked:
            channel.chat.linked, linked.chat.linked = linked.chat, channel.chat
        return channel

    def repeat(self, message: Stored) -> None:
        """Telegram delivers a message once more, with the same update id."""
        self.updates.again(self.world.origins[message.chat.id, message.id])

    def inject(self, kind: str, body: Any) -> None:
        """An update of any shape, also one that no Bot API ever had."""
        self.updates.add(kind, body, checked=False)

    def file(self, file_id: str) -> bytes:
        """What the bot uploaded, or somebody sent."""
        return self.world.files[file_id].data
