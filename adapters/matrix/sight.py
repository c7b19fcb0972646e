"""Sight: in which groups something can't be read, and whose words."""

from __future__ import annotations

from collections import defaultdict

from adapters.matrix.decode import Decoder
from adapters.matrix.news import News
from adapters.matrix.raw import Raw
from adapters.matrix.room import Room
from botkit.messages import ChatKind, Message


class Sight:
    """A group is blind from the first message that can't be read until everybody of whom one could not was read again.

    What others say there meanwhile changes nothing: it would be told as blind and as seen in turns.
    """

    def __init__(self, decoder: Decoder, news: News) -> None:
        self._decoder = decoder
        self._news = news
        self._latest: dict[str, dict[str, str]] = defaultdict(dict)

    def forget(self) -> None:
        """Know of nothing."""
        self._latest.clear()

    def kept(self, room_id: str, event: Raw) -> None:
        """An event could not be read; that was told before the restart."""
        self._latest[room_id][event["sender"]] = event["event_id"]

    def lost(self, room: Room, event: Raw, why: str) -> list[Message]:
        """An event can't be read; what is to be told of it, if anything."""
        known = bool(self._latest[room.id])
        self.kept(room.id, event)
        if known or not self._group(room):
            return []
        data = {"event": "bot.blinded", "why": why}
        return [self._news.told(room, f"{event['event_id']}#blinded", data)]

    def read(self, room: Room, event: Raw) -> list[Message]:
        """An event of somebody was opened; what is to be told of it, if anything."""
        senders = self._latest.get(room.id)
        if not senders or senders.pop(event["sender"], None) is None or senders or not self._group(room):
            return []
        return [self._news.told(room, f"{event['event_id']}#sighted", {"event": "bot.sighted"})]

    def given_up(self, room: Room, event: Raw) -> list[Message]:
        """Nobody waits any more for what can't be read of an event: who has written nothing since hides nothing."""
        if self._latest.get(room.id, {}).get(event["sender"]) != event["event_id"]:
            return []
        return self.read(room, event)

    def _group(self, room: Room) -> bool:
        return self._decoder.chat(room).kind is not ChatKind.DM
