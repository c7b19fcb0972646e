"""Standing: what the bot may do in a room, where several servers each have their own view of that for a while.

While two servers do not hear of each other, one may take from the bot what the other still lets it do: its words are
taken at home, and shown to nobody over there, then or later. What decided in the end, only the homeserver knows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adapters.matrix import acl
from adapters.matrix.base import Base
from adapters.matrix.decode import Decoder
from adapters.matrix.news import News
from adapters.matrix.raw import Raw, server_of, text
from adapters.matrix.room import Room
from adapters.matrix.wire import MatrixError, path_of
from botkit.messages import Chat, ChatKind, Message

POWERS = "m.room.power_levels"
LONGEST = timedelta(days=7)
"""How far back words are doubted at most: a server may claim any time."""


def mute(room: Room, user: str) -> bool:
    """Whether somebody may say nothing here."""
    return room.power(user) < room.needs("m.room.encrypted" if room.encrypted else "m.room.message")


class Standing:
    """What is told and asked about it, in all rooms of one account."""

    def __init__(self, base: Base, decoder: Decoder, news: News) -> None:
        self._base = base
        self._decoder = decoder
        self._news = news

    def foreign(self, event: Raw) -> bool:
        """Whether it was made on another server: what ours made, it knew at once."""
        return server_of(event["sender"]) != server_of(self._base.user)

    def unheard_since(self, room: Room, event: Raw) -> bool:
        """Whether nobody may have heard the bot since then: it lost the right to speak, or those it spoke to left."""
        if event["type"] in (POWERS, acl.KIND) and event.get("state_key") == "":
            return mute(room, self._base.user) or room.keeps_out(self._base.user)
        gone = event["type"] == "m.room.member" and text(event["content"], "membership") in ("leave", "ban")
        return gone and room.size == 1 and self._decoder.chat(room).kind is ChatKind.DM

    def doubted(self, room: Room, event: Raw, chat: Chat | None = None) -> list[Message]:
        """That what was said here since ``event`` was made may not have been shown to others, where another made it."""
        if not self.foreign(event):
            return []
        since = max(self._decoder.moment(event), self._base.clock.now() - LONGEST)
        data = {"event": "bot.unheard", "since": since.isoformat()}
        message = self._news.told(room, f"{event['event_id']}#unheard", data, event)
        return [replace(message, chat=chat or message.chat)]

    async def settle(self, room: Room) -> None:
        """Learn the rights that hold in a room: of two changes made apart, the one heard last need not be the one.

        Raises the errors of the wire, except where the homeserver does not tell.
        """
        try:
            room.powers = await self._base.wire.call("GET", path_of("rooms", room.id, "state", POWERS, ""))
        except MatrixError as problem:
            if problem.passing or problem.status == 401:
                raise
