"""Private chats: which rooms are somebody's with the bot alone, and how one is begun."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from adapters.matrix.raw import table, text
from adapters.matrix.wire import MatrixError, path_of
from botkit.adapter import RetryLater
from botkit.messages import Chat, ChatKind

if TYPE_CHECKING:
    from adapters.matrix.adapter import Matrix

SLOW = 60.0
"""Seconds to wait where the homeserver opens no more rooms for now, and does not say until when."""
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


class Privates:
    """The account's list of private chats, which its other programs share."""

    def __init__(self, adapter: Matrix) -> None:
        self._adapter = adapter
        self._list = path_of("user", adapter.login.user, "account_data", "m.direct")
        self._turn = asyncio.Lock()

    async def load(self) -> None:
        """Read the list: later only changes of it are told."""
        self._adapter.rooms.list_direct(await self._read())

    async def _read(self) -> dict[str, Any]:
        try:
            return await self._adapter.wire.call("GET", self._list)
        except MatrixError as problem:
            if problem.status != 404:
                raise
            return {}

    async def mark(self, user: str, room_id: str) -> None:
        """Put a room on the list."""
        async with self._turn:
            await self._mark(user, room_id)

    async def _mark(self, user: str, room_id: str) -> None:
        if self._adapter.rooms.direct.get(room_id) == user:
            return
        content = await self._read()
        rooms = content.get(user)
        content[user] = [*(rooms if isinstance(rooms, list) else ()), room_id]
        await self._adapter.wire.call("PUT", self._list, content)
        self._adapter.rooms.direct[room_id] = user

    async def open(self, user: str) -> Chat | None:
        """The private chat with somebody; begun if there is none. None where they left it, or may not be asked."""
        adapter = self._adapter
        await adapter.known()
        async with self._turn:
            listed = False
            for room_id, other in adapter.rooms.direct.items():
                room = adapter.rooms.get(room_id)
                if other != user or room is None:
                    continue
                listed = True
                if adapter.rooms.doubtful(room):
                    await adapter.members(room)
                alone = user not in room.members and user not in room.invited and room.size == 1
                if not alone and adapter.rooms.chat(room).kind is ChatKind.DM:
                    return adapter.rooms.chat(room)
            if listed or not adapter.settings.private_chats:
                # Whoever left the room does not want to be written to.
                return None
            return await self._begun(user) or await self._begin(user)

    async def _begun(self, user: str) -> Chat | None:
        """The room that was made for somebody, where the bot was stopped before it had put that on the list.

        Rooms into which nobody could be invited, as while their homeserver was away, are left: only the bot knows them.
        """
        adapter = self._adapter
        for room in adapter.rooms:
            if room.id in adapter.rooms.direct or room.title or adapter.login.user not in room.founders:
                continue
            if not room.complete:
                await adapter.members(room)
            if room.size == 1:
                await adapter.wire.call("POST", path_of("rooms", room.id, "leave"), {})
            elif user in {*room.members, *room.invited} and adapter.rooms.chat(room).kind is ChatKind.DM:
                await self._mark(user, room.id)
                return adapter.rooms.chat(room)
        return None

    async def _begin(self, user: str) -> Chat | None:
        adapter = self._adapter
        body = {
            "preset": "trusted_private_chat",
            "is_direct": True,
            "invite": [user],
            "initial_state": [ENCRYPTION] if adapter.crypto.on else [],
        }
        try:
            room_id = text(await adapter.wire.call("POST", path_of("createRoom"), body), "room_id")
        except MatrixError as problem:
            if problem.status == 429:
                # Rooms have a limit of their own: whoever can wait knows for how long.
                raise RetryLater(SLOW if problem.retry_after is None else problem.retry_after) from None
            if problem.passing:
                raise
            return None
        await self._mark(user, room_id)
        room = adapter.rooms.enter(room_id)
        room.encryption = table(ENCRYPTION, "content")["algorithm"] if adapter.crypto.on else ""
        room.invited.add(user)
        room.members[adapter.login.user] = ""
        room.counted = 2
        return adapter.rooms.chat(room)
