"""Decoding: an event as it came to what the framework knows, from the raw JSON, whatever stands in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.matrix import bodies, happenings
from adapters.matrix.authors import Authors, Written
from adapters.matrix.clocks import Clocks
from adapters.matrix.naming import Naming
from adapters.matrix.raw import Raw, identifier, server_of, table
from adapters.matrix.relations import Relation, in_thread, relation, without_quotation
from adapters.matrix.rooms import Room, Rooms
from adapters.matrix.times import LATEST_REVISION, revision
from botkit.messages import Chat, ChatKind, Message, MessageKind, Sender

_SILENT = ("m.call.", "m.key.verification.", "m.poll.", "org.matrix.msc3381.poll.", "org.matrix.msc3401.", "m.rtc.")
"""Events by which programs talk to each other. What of them a person meant, ``bodies`` reads before."""


class Decoder:
    """Reads the events of one account."""

    def __init__(
        self,
        adapter: str,
        me: str,
        rooms: Rooms,
        authors: Authors,
        commands: frozenset[str],
        now: Callable[[], datetime],
        was_group: Callable[[Chat], bool] = lambda chat: False,
        clocks: Clocks | None = None,
    ) -> None:
        self._adapter = adapter
        self._me = me
        self._rooms = rooms
        self._authors = authors
        self._commands = commands
        self._now = now
        self._was_group = was_group
        self._clocks = clocks or Clocks(server_of(me))
        self.name = ""
        self._naming = Naming(me, lambda: self.name)

    def named(self, name: str) -> None:
        """What the account is called, if anything."""
        self.name = name or self.name

    def wants(self, room: Room, event: Raw) -> str | None:
        """The event whose author must be known before this one can be read, if it is not."""
        asked = relation(event["content"]).asks
        return asked if asked is not None and self._authors.get(room.id, asked) is None else None

    def note(self, room: Room, event: Raw) -> None:
        """Remember who wrote an event."""
        found = relation(event["content"])
        self._authors.note(
            room.id, event["event_id"], Written(event["sender"], found.thread, found.replaces is not None)
        )

    def hidden(self, room: Room, event_id: str) -> None:
        """The homeserver does not show an event, now or ever: who wrote it remains unknown."""
        self._authors.note(room.id, event_id, Written(None))

    def __call__(self, room: Room, event: Raw, *, locked: str = "") -> Message | None:
        """The message that an event is; None for what nobody said. The event is a sound one.

        ``locked``: it can't be opened, and why.
        """
        if "state_key" in event:
            return self._state(room, event)
        if event["sender"] == self._me:
            return None
        kind = event["type"]
        if kind == "m.room.redaction":
            return self._deletion(room, event)
        if not event["content"]:
            # Taken back before it was received: there is nothing to read.
            return None
        found = relation(event["content"])
        if kind == "m.reaction":
            return self._reaction(room, event, found)
        if locked:
            return self._locked(room, event, found, locked)
        if found.kind == "m.replace":
            return self._edit(room, event, found)
        if kind == "m.room.message" or kind in bodies.KINDS:
            return self._said(room, event, event["content"], found)
        if kind.startswith(_SILENT):
            return None
        return self._message(room, event, MessageKind.UNKNOWN, reply_to=found.answers)

    def _locked(self, room: Room, event: Raw, found: Relation, why: str) -> Message:
        """What can't be opened. Of that it shows what it answers alone, so an answer to the bot is meant for it."""
        answered = None if found.falls_back else found.answers
        written = self._authors.get(room.id, answered)
        addressed, data = written is not None and written.author == self._me, {"unreadable": why}
        return self._message(room, event, MessageKind.UNKNOWN, reply_to=answered, addressed=addressed, data=data)

    # what is said -------------------------------------------------------------------------------------------

    def _said(self, room: Room, event: Raw, content: Raw, found: Relation) -> Message | None:
        said = bodies.read(event["type"], content)
        if said is None:
            return None
        answered = None if found.falls_back else found.answers
        written = self._authors.get(room.id, found.answers)
        words = without_quotation(said.text) if found.answers else said.text
        named = self._naming(content, words.strip())
        addressed = named.ours or (written is not None and written.author == self._me)
        words, commanded = self._command(named.text)
        data = dict(said.data)
        if answered is not None and written is not None and written.author is not None:
            data["reply_author"] = written.author
        return self._message(
            room, event, said.kind, text=words, attachments=said.files, addressed=addressed or commanded,
            mentions=named.others, reply_to=answered, data=data, thread=found.thread, notice=said.notice,
        )  # fmt: skip

    def _command(self, words: str) -> tuple[str, bool]:
        """A command of ours, however typed: many clients keep ``/`` for themselves, so ``!`` does as well."""
        if words.startswith("//"):
            words = words[1:]
        if words[:1] not in ("/", "!", "！"):
            return words, False
        name = words[1:].split(None, 1)[0].partition("@")[0].lower() if words[1:].strip() else ""
        if name not in self._commands:
            return words, False
        return "/" + words[1:], True

    def _edit(self, room: Room, event: Raw, found: Relation) -> Message | None:
        """A new version of a message. Only its author may write one, whatever the event says."""
        written = self._authors.get(room.id, found.to)
        new = table(event["content"], "m.new_content")
        if found.to is None or not new or written is None or written.closed or written.author != event["sender"]:
            return None
        # What the first version answered stays; a new one can't move it.
        kept = in_thread(new, written.thread)
        message = self._said(room, event, kept, relation(kept))
        return replace(message, id=found.to, revision=revision(event)) if message is not None else None

    def _deletion(self, room: Room, event: Raw) -> Message | None:
        target = identifier(event, "redacts") or identifier(event["content"], "redacts")
        if target is None:
            return None
        written = self._authors.get(room.id, target)
        if written is not None:
            self._authors.note(room.id, target, written._replace(closed=True))
        message = self._message(room, event, MessageKind.DELETED)
        # Whatever the clocks of those showed who wrote it: nothing comes after that.
        return replace(message, id=target, revision=LATEST_REVISION)

    def _reaction(self, room: Room, event: Raw, found: Relation) -> Message | None:
        if found.kind != "m.annotation" or found.to is None or not found.sign:
            return None
        return self._message(room, event, MessageKind.REACTION, reply_to=found.to, data={"sign": found.sign})

    # what happens -------------------------------------------------------------------------------------------

    def _state(self, room: Room, event: Raw) -> Message | None:
        data = happenings.read(room, event, self._me)
        if data is None:
            return None
        message = self._message(room, event, MessageKind.SYSTEM, data=data)
        if message.private:
            # Who comes, goes and is called what matters where several are.
            return None
        if data["event"].startswith("member."):
            user = str(event["state_key"])
            message = replace(message, sender=Sender(user, happenings.name_of(event) or user))
        return message

    def _message(self, room: Room, event: Raw, kind: MessageKind, *, notice: bool = False, **rest: Any) -> Message:
        user = event["sender"]
        return Message(
            chat=self.chat(room),
            sender=Sender(user, room.members.get(user, ""), is_bot=notice),
            id=event["event_id"],
            at=self.moment(event),
            kind=kind,
            **rest,
        )

    def chat(self, room: Room) -> Chat:
        """The room as the framework knows it. What was a group once never becomes private."""
        chat = self._rooms.chat(room)
        if chat.kind is ChatKind.DM and self._was_group(chat):
            self._rooms.groups.add(room.id)
            chat = self._rooms.chat(room)
        return chat

    def moment(self, event: Raw) -> datetime:
        """When it was said, by our own clock."""
        return self._clocks.moment(event, self._now())


__all__ = ["Decoder"]
