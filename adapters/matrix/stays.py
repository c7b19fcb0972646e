"""Stays: the bot's own coming into rooms, being found there, going, and moving along with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.matrix import happenings, notices, standing
from adapters.matrix.raw import Raw, events, text
from adapters.matrix.room import Room
from adapters.matrix.wire import MatrixError, path_of
from botkit.messages import Chat, ChatKind, Message
from botkit.storage import Write

if TYPE_CHECKING:
    from adapters.matrix.adapter import Matrix


class Stays:
    """What the framework is told of where the bot is."""

    def __init__(self, adapter: Matrix) -> None:
        self._adapter = adapter
        self._rooms = adapter.rooms

    async def came(self, room: Room, writes: list[Write]) -> None:
        """The bot has just come in. Whether the room is for notices was marked before, and is not told again."""
        adapter = self._adapter
        adapter.errands.came(room.id, writes)
        room.notices = room.notices or await notices.expected(adapter.wire, adapter.login.user, room.id)
        if room.space:
            adapter.errands.look()

    async def found(self, room: Room) -> list[Message]:
        """A room that the bot was in before it was started: told once."""
        if not room.is_chat or self._rooms.followed(room):
            return []
        await self.count(room)
        chat = self._adapter.decoder.chat(room)
        if chat.kind is ChatKind.DM:
            return []
        if self._adapter.services.chats.find(chat) is not None:
            # It may have been closed to a bot that had no key then.
            return self._adapter.news.sight(room)
        return [self._adapter.news.told(room, room.stay, {"event": "bot.added"})]

    def blinded(self, room: Room) -> list[Message]:
        """That nothing can be read here, wherever that came from: told when it is first seen in this process."""
        if room.id in self._rooms.blind or not room.is_chat or self._rooms.followed(room):
            return []
        return self._adapter.news.blindness(room)

    def left(self, room_id: str, own: Sequence[Raw], writes: list[Write]) -> list[Message]:
        """The bot is out of a room; ``own`` are its comings and goings there, as far as they are told."""
        adapter = self._adapter
        row, room = adapter.services.chats.find(self._chat(room_id)), self._rooms.get(room_id)
        adapter.errands.settled(room_id, writes, left=room is not None or row is not None)
        gone = room is not None and (not room.is_chat or self._rooms.followed(room))
        # It may have happened before this process came to know the room.
        room = room or Room(room_id)
        self._rooms.leave(room_id)
        if row is None or not own or gone:
            return []
        taken_out = own[-1]["sender"] != adapter.login.user
        found = standing.doubted(adapter, room, own[-1], row.chat) if taken_out else []
        if row.chat.kind is not ChatKind.DM:
            message = adapter.news.told(room, own[-1]["event_id"], {"event": "bot.removed"}, own[-1])
            found.append(replace(message, chat=row.chat))
        return found

    def moved(self, room_id: str) -> list[Message]:
        """A room in place of another: what is known of the old one must be moved before anything is heard here."""
        old, chats = self._rooms.before(room_id), self._adapter.services.chats
        if old is None or chats.find(self._adapter.decoder.chat(old)) is None or chats.find(self._chat(room_id)):
            return []
        data = {"event": "chat.moved", "to": room_id}
        return [self._adapter.news.told(old, old.moved_by, data)]

    async def along(self, room: Room, event: Raw) -> bool:
        """Whether somebody only comes along with an upgraded room: who was in the one before is nobody new.

        Raises the errors of the wire.
        """
        if room.predecessor is None or not happenings.comes(event, self._adapter.login.user):
            return False
        if room.were is None:
            room.were = await self._were(room.predecessor, {room.id})
        return event["state_key"] in room.were

    async def _were(self, room_id: str, seen: set[str]) -> frozenset[str]:
        """Who is or was in a room, or in those before it, as far as the bot is told."""
        try:
            answer = await self._adapter.wire.call("GET", path_of("rooms", room_id, "members"))
        except MatrixError as problem:
            if problem.passing or problem.status == 401:
                raise
            return frozenset()
        were = {
            str(event.get("state_key"))
            for event in events(answer, "chunk")
            if text(event["content"], "membership") not in ("invite", "knock")
        }
        room = self._rooms.get(room_id)
        if room is not None and room.predecessor is not None and room_id not in seen:
            were |= await self._were(room.predecessor, {*seen, room_id})
        return frozenset(were)

    def _chat(self, room_id: str) -> Chat:
        return Chat(self._adapter.name, room_id)

    async def count(self, room: Room) -> None:
        """How many are in a room that may be a private one: the homeserver tells that only when it changes."""
        if self._rooms.doubtful(room):
            await self._adapter.members(room)
