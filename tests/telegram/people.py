"""People of the emulator, as a chat reads: they say, edit, press, forward, react, block, come and go."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from tests.telegram import media
from tests.telegram.chats import ANONYMOUS, CHANNEL_BOT, LEADING, Chat, Member, Stored, User
from tests.telegram.entities import cleaned, found, utf16
from tests.telegram.shown import Shown, shown
from tests.telegram.world import Query, World

if TYPE_CHECKING:
    from tests.telegram.groups import Group

_ALBUMS = itertools.count(12_000_000_000_000_000)
_QUERIES = itertools.count(4_000_000_000_000_000_000)


class Person:
    """Somebody with a Telegram account. Without ``in_`` everything happens in the private chat with the bot."""

    def __init__(self, world: World, user: User, chat: Chat) -> None:
        self._world = world
        self.user = user
        self.chat = chat

    @property
    def id(self) -> int:
        return self.user.id

    def sees(self) -> list[Shown]:
        """The bot's messages in the private chat."""
        return shown(self.chat)

    # writing -----------------------------------------------------------------------------------------------

    async def says(self, text: str, *, names: tuple[Person, ...] = (), **where: Any) -> Stored:
        """Write a text. ``names`` are people mentioned by their shown names, who have no user name."""
        text, _ = cleaned(text, [])
        content: dict[str, Any] = {"text": text}
        marked = found(text, {person.user.first_name: person.user.json() for person in names})
        if marked:
            content["entities"] = marked
        return self._write(content, **where)

    async def edits(self, message: Stored, text: str) -> Stored:
        """Write something else instead."""
        name, marks = ("text", "entities") if "text" in message.payload else ("caption", "caption_entities")
        message.payload.pop(marks, None)
        message.payload |= {name: text, "edit_date": self._world.now()}
        if marked := found(text):
            message.payload[marks] = marked
        self._world.announce(message, edited=True)
        return message

    async def deletes(self, message: Stored) -> None:
        """Take a message away: bots are not told."""
        message.deleted = True
        self._world.changed()

    async def photo(self, caption: str = "", *, data: bytes = media.TINY_JPEG, **where: Any) -> Stored:
        return self._write(media.photo(self._world, data) | self._caption(caption), **where)

    async def album(
        self, count: int, caption: str = "", *, data: bytes = media.TINY_JPEG, **where: Any
    ) -> list[Stored]:
        """Several photos at once; Telegram sends them as messages of their own, the caption at the first."""
        album = {"media_group_id": str(next(_ALBUMS))}
        captions = (caption, *("",) * (count - 1))
        photos = [media.photo(self._world, data) | self._caption(text) | album for text in captions]
        return [self._write(content, **where) for content in photos]

    async def document(
        self, caption: str = "", *, data: bytes = b"%PDF-1.4", name: str = "paper.pdf", mime: str = "application/pdf",
        size: int | None = None, **where: Any,
    ) -> Stored:  # fmt: skip
        """Send a file; ``size`` is what it claims, for files too large to make."""
        fields = media.document(self._world, data, name, mime, size)
        return self._write(fields | self._caption(caption), **where)

    async def voice(self, data: bytes = b"OggS", **where: Any) -> Stored:
        return self._write(media.voice(self._world, data), **where)

    async def video(self, caption: str = "", *, size: int | None = None, **where: Any) -> Stored:
        return self._write(media.video(self._world, size=size) | self._caption(caption), **where)

    async def sticker(self, emoji: str = "👍", **where: Any) -> Stored:
        return self._write(media.sticker(self._world, emoji), **where)

    async def location(self, latitude: float = 31.2304, longitude: float = 121.4737, **where: Any) -> Stored:
        return self._write(media.location(latitude, longitude), **where)

    async def contact(self, phone: str = "+8613800000000", **where: Any) -> Stored:
        return self._write(media.contact(phone), **where)

    async def poll(self, question: str = "几点?", **where: Any) -> Stored:
        return self._write(media.poll(question), **where)

    async def forwards(self, message: Stored, *, hidden: bool = False, **where: Any) -> Stored:
        """Pass on what somebody, or a channel, wrote; ``hidden`` is somebody who does not want to be named."""
        origin: dict[str, Any] = {"date": message.payload["date"]}
        if message.chat.type == "channel":
            origin |= {"type": "channel", "chat": message.chat.json(), "message_id": message.id}
        elif hidden:
            origin |= {"type": "hidden_user", "sender_user_name": message.author.first_name}
        else:
            origin |= {"type": "user", "sender_user": message.author.json()}
        kept = {name: message.payload[name] for name in message.payload if name in _CARRIED}
        return self._write(kept | {"forward_origin": origin}, **where)

    def _caption(self, caption: str) -> dict[str, Any]:
        marked = found(caption)
        return ({"caption": caption} if caption else {}) | ({"caption_entities": marked} if marked else {})

    def _write(
        self, content: dict[str, Any], *, in_: Group | None = None, reply_to: Any = None, quote: str = "",
        topic: int | None = None, anonymous: bool = False, as_channel: Group | None = None,
    ) -> Stored:  # fmt: skip
        """Put a message into a chat, under the own name, the group's or a channel's, and tell the bot."""
        chat = in_.chat if in_ else self.chat
        if chat.private:
            self.user.started = True
        answered = None if reply_to is None else chat.find(reply_to.id)
        part = None
        if quote and answered:
            place = answered.text.index(quote)
            part = {"text": quote, "position": utf16(answered.text[:place]), "is_manual": True}
        author, name = (self.user, None) if not anonymous else (ANONYMOUS, chat)
        if as_channel:
            author, name = CHANNEL_BOT, as_channel.chat
        stored = self._world.post(chat, author, content, reply_to=answered, quote=part, thread=topic, sender_chat=name)
        self._world.announce(stored)
        return stored

    # pressing, reacting --------------------------------------------------------------------------------------

    async def presses(self, label: str, *, in_: Group | None = None, message: Any = None) -> Query:
        """Press the button with this label: of a message, or of the latest that has one."""
        chat = in_.chat if in_ else self.chat
        numbers = [message.id] if message else [stored.id for stored in reversed(chat.by_bot())]
        for number in numbers:
            stored = chat.messages[number]
            rows = stored.payload.get("reply_markup", {}).get("inline_keyboard", [])
            for button in (button for row in rows for button in row):
                if label in button["text"]:
                    return self._press(stored, button["callback_data"])
        raise LookupError(f"no button {label!r}; the bot's messages: {shown(chat)}")

    def presses_data(self, stored: Stored, data: str) -> Query:
        """Press a button that a message no longer has, or never had."""
        return self._press(stored, data)

    def _press(self, stored: Stored, data: str) -> Query:
        query = Query(str(next(_QUERIES)), stored, self._world.clock())
        self._world.queries[query.id] = query
        instance = str(abs(stored.chat.id) * 7919)
        body = {"id": query.id, "from": self.user.json(), "chat_instance": instance, "data": data}
        self._world.updates.add("callback_query", body | {"message": stored.payload})
        return query

    async def reacts(self, message: Any, *signs: str, in_: Group | None = None) -> None:
        """Set signs on a message; none takes them away."""
        chat = in_.chat if in_ else self.chat
        stored = chat.messages[message.id]
        before = stored.reactions.get(self.id, [])
        stored.reactions[self.id] = [{"type": "emoji", "emoji": sign} for sign in signs]
        if chat.private or chat.member(self._world.bot).status == "administrator":
            self._world.updates.add("message_reaction", {
                "chat": chat.json(), "message_id": stored.id, "user": self.user.json(), "date": self._world.now(),
                "old_reaction": before, "new_reaction": stored.reactions[self.id],
            })  # fmt: skip

    # the bot and this person ---------------------------------------------------------------------------------

    async def starts(self, payload: str = "") -> Stored:
        """Open the private chat, as by a deep link."""
        return await self.says(f"/start {payload}".strip())

    async def blocks(self) -> None:
        self._bot_becomes("kicked")
        self.user.blocked = True

    async def unblocks(self) -> None:
        self.user.blocked = False
        self._bot_becomes("member")

    def _bot_becomes(self, status: str) -> None:
        bot = self._world.bot
        self.chat.members.setdefault(bot.id, Member(bot))
        self._world.set_member(self.chat, self.user, Member(bot, status))

    async def deletes_account(self) -> None:
        self.user.deactivated = True

    # groups ----------------------------------------------------------------------------------------------------

    async def adds_bot(self, group: Group, *, admin: bool = False, rights: frozenset[str] | None = None) -> None:
        """Bring the bot in; its privacy mode of this moment counts from now on."""
        bot = self._world.bot
        member = Member(bot, sees_all=bot.reads_all)
        self._world.set_member(group.chat, self.user, member)
        self._world.service(group.chat, self.user, {"new_chat_members": [bot.json()]})
        if admin or rights is not None:
            await self.promotes(bot, group, rights=rights)

    async def removes_bot(self, group: Group) -> None:
        bot = self._world.bot
        self._world.set_member(group.chat, self.user, Member(bot, "kicked"))
        self._world.post(group.chat, self.user, {"left_chat_member": bot.json()})

    async def promotes(
        self, who: Person | User, group: Group, *, rights: frozenset[str] | None = None, anonymous: bool = False
    ) -> None:
        """Make somebody, perhaps the bot, an administrator."""
        user = who.user if isinstance(who, Person) else who
        old = group.chat.member(user)
        given = LEADING if rights is None else rights
        self._world.set_member(
            group.chat, self.user, Member(user, "administrator", given, anonymous, sees_all=old.sees_all)
        )

    async def demotes(self, who: Person | User, group: Group) -> None:
        user = who.user if isinstance(who, Person) else who
        old = group.chat.member(user)
        self._world.set_member(group.chat, self.user, Member(user, sees_all=old.sees_all))

    async def restricts(self, who: Person | User, group: Group, *allowed: str) -> None:
        user = who.user if isinstance(who, Person) else who
        old = group.chat.member(user)
        self._world.set_member(
            group.chat, self.user, Member(user, "restricted", frozenset(allowed), sees_all=old.sees_all)
        )

    async def joins(self, group: Group) -> None:
        self._world.set_member(group.chat, self.user, Member(self.user))
        self._world.service(group.chat, self.user, {"new_chat_members": [self.user.json()]})

    async def leaves(self, group: Group) -> None:
        self._world.set_member(group.chat, self.user, Member(self.user, "left"))
        self._world.service(group.chat, self.user, {"left_chat_member": self.user.json()})

    async def adds(self, who: Person, group: Group) -> None:
        self._world.set_member(group.chat, self.user, Member(who.user))
        self._world.service(group.chat, self.user, {"new_chat_members": [who.user.json()]})

    async def removes(self, who: Person, group: Group) -> None:
        self._world.set_member(group.chat, self.user, Member(who.user, "kicked"))
        self._world.service(group.chat, self.user, {"left_chat_member": who.user.json()})


_CARRIED = frozenset({"text", "entities", "caption", "caption_entities", "photo", "document", "video", "voice"})
