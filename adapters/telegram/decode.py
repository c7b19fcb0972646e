"""Decoding: an update as it came to what the framework knows, without building the library's objects.

Most of what a group says is talk that nobody keeps: it costs a few look-ups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.telegram import entities, media, members, refs
from adapters.telegram.account import Account
from botkit.messages import Chat, ChatKind, Message, MessageKind, Sender

Raw = Mapping[str, Any]

ANONYMOUS, POSTING, SERVICE = 1087968824, 136817688, 777000
"""Accounts in whose name Telegram shows anonymous administrators, people who post as a channel, and itself."""
_EDITS = 1000
"""Edits within one second that are told apart."""
_QUOTE = 300
"""Characters that are kept of a quoted part."""


class Decoder:
    """Reads the updates of one account. ``threads`` finds the reply thread that a message continues."""

    def __init__(
        self,
        adapter: str,
        account: Account,
        commands: frozenset[str],
        now: Callable[[], datetime],
        threads: Callable[[str, int, int], str | None] = lambda chat, message, answers: None,
        moved: Callable[[str, str], bool] = lambda old, new: False,
    ) -> None:
        self._adapter = adapter
        self._account = account
        self._commands = commands
        self._now = now
        self._threads = threads
        self._moved = moved
        self._readers: dict[str, Callable[[Raw, int], tuple[Message, ...]]] = {
            "message": self._message,
            "edited_message": self._message,
            "channel_post": self._post,
            "edited_channel_post": self._post,
            "callback_query": self._press,
            "message_reaction": self._reaction,
            "my_chat_member": self._membership,
            "chat_member": self._member,
        }

    def __call__(self, update: Raw) -> tuple[Message, ...]:
        """The events of an update: usually one. Raises whatever malformed ones lead to."""
        update_id = update["update_id"]
        for name, body in update.items():
            if name != "update_id":
                reader = self._readers.get(name)
                return self._strange(body, update_id) if reader is None else reader(body, update_id)
        return ()

    # messages ---------------------------------------------------------------------------------------------

    def _message(self, raw: Raw, update_id: int) -> tuple[Message, ...]:
        chat = self.chat(raw["chat"])
        author = raw.get("from")
        text = raw.get("text")
        carried = media.TEXT
        if text is None:
            found = media.read(raw)
            if found is None:
                return self._told(raw, chat, update_id)
            carried = found
            text = raw.get("caption") or carried.words
        if type(text) is not str:
            raise TypeError("a text that is none")
        private = chat.kind is ChatKind.DM
        data: dict[str, Any] = dict(carried.data) if carried.data else {}
        marks = entities.NONE
        marked = raw.get("entities") or raw.get("caption_entities")
        if marked:
            marks = entities.read(text, marked, self._account, self._commands)
        origin = raw.get("forward_origin")
        posted = origin is not None and origin.get("type") == "channel"
        # A channel that names the bot says nothing to it, whoever passes that on.
        addressed = private or (marks.ours and not posted)
        number = int(raw["message_id"])
        topic = raw.get("is_topic_message")
        thread = f"{refs.TOPIC}{raw['message_thread_id']}" if topic else None
        answered = raw.get("reply_to_message")
        reply_to = None
        # In a topic everything answers the message that the topic began with.
        if answered is not None and not (topic and answered["message_id"] == raw["message_thread_id"]):
            reply_to = refs.name(chat.id, answered["message_id"])
            data["reply_author"] = self._author_of(answered)
            addressed = addressed or (not marks.elsewhere and self._is_me(answered))
            if thread is None and not private:
                root = raw.get("message_thread_id")
                thread = refs.name(chat.id, root) if root else self._threads(chat.id, number, answered["message_id"])
        if marks.elsewhere:
            data["elsewhere"] = True
        if "quote" in raw:
            data["quote"] = str(raw["quote"].get("text", ""))[:_QUOTE]
        if origin is not None:
            data["forwarded"] = str(origin.get("type", "user"))
        if "media_group_id" in raw:
            data["album"] = str(raw["media_group_id"])
        edited = raw.get("edit_date")
        revision = edited * _EDITS + update_id % _EDITS if edited else 0
        # Words tell their own language; where there are none, what the sender's own program speaks helps.
        spoken = None
        if private and author is not None and (not text or text[0] == "/"):
            spoken = language(author)
        message = Message(
            chat,
            self.sender(raw, author),
            refs.name(chat.id, number),
            datetime.fromtimestamp(edited or raw["date"], UTC),
            text,
            carried.kind,
            revision,
            carried.files,
            addressed,
            marks.mentions,
            reply_to,
            spoken,
            data,
            thread,
        )
        return (message,)

    def _post(self, raw: Raw, update_id: int) -> tuple[Message, ...]:
        """What a channel says by itself: nobody asks anything there."""
        chat = self.chat(raw["chat"])
        at = datetime.fromtimestamp(raw["date"], UTC)
        sender = Sender(chat.id, chat.title, is_bot=True)
        return (Message(chat, sender, str(raw["message_id"]), at, kind=MessageKind.UNKNOWN),)

    def _told(self, raw: Raw, chat: Chat, update_id: int) -> tuple[Message, ...]:
        """A message without words or files: something happened in the chat, or it is of a kind yet to be known."""
        event = members.service(raw, self._account.id)
        if event is not None and event.get("event") == "chat.moved":
            old = str(event.pop("from", chat.id))
            if self._moved(old, str(event["to"])):
                return ()
            chat = Chat(self._adapter, old, chat.kind, chat.title)
        kind = MessageKind.UNKNOWN if event is None else MessageKind.SYSTEM
        at = datetime.fromtimestamp(raw.get("date", 0), UTC)
        sender = self.sender(raw, raw.get("from"))
        return (
            Message(
                chat, sender, refs.name(raw["chat"]["id"], int(raw["message_id"])), at, kind=kind, data=event or {}
            ),
        )

    # the rest ---------------------------------------------------------------------------------------------

    def _press(self, raw: Raw, update_id: int) -> tuple[Message, ...]:
        """A press of a button, its data still as Telegram has it: whether it is ours is found out afterwards."""
        under = raw.get("message")
        if under is None or "data" not in raw:
            return ()
        chat = self.chat(under["chat"])
        number = refs.name(chat.id, under["message_id"])
        message = Message(
            chat,
            _person(raw["from"]),
            refs.press(number, str(raw["id"])),
            # A query tells no time of its own, and the message under which it was pressed may be of last week.
            self._now(),
            kind=MessageKind.BUTTON,
            addressed=True,
            reply_to=number,
            language=language(raw["from"]) if chat.kind is ChatKind.DM else None,
            data={
                "query": str(raw["id"]),
                "raw": str(raw["data"]),
                "shown": _shown(under),
                "speaks": language(raw["from"]),
            },
            thread=f"{refs.TOPIC}{under['message_thread_id']}" if under.get("is_topic_message") else None,
        )
        return (message,)

    def _reaction(self, raw: Raw, update_id: int) -> tuple[Message, ...]:
        chat = self.chat(raw["chat"])
        number = refs.name(chat.id, raw["message_id"])
        before = [each.get("emoji", "") for each in raw["old_reaction"]]
        added = [sign for each in raw["new_reaction"] if (sign := each.get("emoji", "")) not in before]
        sender = _person(raw["user"]) if "user" in raw else _place(raw["actor_chat"])
        return (
            Message(
                chat,
                sender,
                refs.reaction(number, update_id),
                datetime.fromtimestamp(raw["date"], UTC),
                kind=MessageKind.REACTION,
                reply_to=number,
                data={"sign": added[-1] if added else ""},
            ),
        )

    def _membership(self, raw: Raw, update_id: int) -> tuple[Message, ...]:
        chat, at = self.chat(raw["chat"]), datetime.fromtimestamp(raw["date"], UTC)
        return tuple(
            Message(
                chat, _person(raw["from"]), refs.event(update_id, name), at, kind=MessageKind.SYSTEM,
                data={"event": name},
            )
            for name in members.own(raw, chat.kind, self._account.sees_all)
        )  # fmt: skip

    def _member(self, raw: Raw, update_id: int) -> tuple[Message, ...]:
        name = members.other(raw)
        if name is None:
            return ()
        chat, at = self.chat(raw["chat"]), datetime.fromtimestamp(raw["date"], UTC)
        person = _person(raw["new_chat_member"]["user"])
        return (Message(chat, person, refs.event(update_id), at, kind=MessageKind.SYSTEM, data={"event": name}),)

    def _strange(self, body: Any, update_id: int) -> tuple[Message, ...]:
        """An update of a kind that is not known here: kept as such where it tells its chat."""
        if not isinstance(body, Mapping) or not isinstance(body.get("chat"), Mapping):
            return ()
        chat = self.chat(body["chat"])
        author = body.get("from") or body.get("user")
        sender = _person(author) if author else _place(body["chat"])
        date = body.get("date")
        at = datetime.fromtimestamp(date, UTC) if isinstance(date, int) else self._now()
        return (Message(chat, sender, refs.event(update_id), at, kind=MessageKind.UNKNOWN),)

    # who and where ----------------------------------------------------------------------------------------

    def chat(self, raw: Raw) -> Chat:
        """A chat. Only ``private`` ones are seen by one person alone."""
        kind = ChatKind.DM if raw["type"] == "private" else ChatKind.GROUP
        return Chat(self._adapter, str(raw["id"]), kind, str(raw.get("title", "")))

    def sender(self, raw: Raw, author: Raw | None) -> Sender:
        """Who speaks. Anonymous administrators and people who post as a channel have that chat's id: no person's."""
        shown = raw.get("sender_chat")
        if shown is not None:
            by_itself = bool(raw.get("is_automatic_forward")) or author is None or author["id"] == SERVICE
            return Sender(str(shown["id"]), str(shown.get("title", "")), by_itself)
        return _person(author) if author is not None else _place(raw["chat"])

    def _author_of(self, answered: Raw) -> str:
        """Whose words a message answers: of forwarded ones who wrote them first, where that is told."""
        origin = answered.get("forward_origin")
        if origin is not None:
            user = origin.get("sender_user")
            # Somebody who hides is nobody's account, and surely not that of who passed it on.
            return str(user["id"]) if user is not None else f"hidden:{origin.get('type', '')}"
        return self.sender(answered, answered.get("from")).id

    def _is_me(self, answered: Raw) -> bool:
        author = answered.get("from")
        return author is not None and author["id"] == self._account.id


def _person(raw: Raw) -> Sender:
    last = raw.get("last_name")
    name = raw.get("first_name", "")
    return Sender(str(raw["id"]), f"{name} {last}" if last else str(name), bool(raw.get("is_bot")))


def _place(raw: Raw) -> Sender:
    return Sender(str(raw["id"]), str(raw.get("title", "")))


def _shown(under: Raw) -> list[str]:
    """The data of the buttons that the message carries now."""
    rows = under.get("reply_markup", {}).get("inline_keyboard", ())
    return [str(button["callback_data"]) for row in rows for button in row if "callback_data" in button]


def language(user: Raw) -> str | None:
    """The language of somebody's program, of the two that the bot speaks."""
    code = user.get("language_code")
    if not isinstance(code, str) or not code:
        return None
    return "zh" if code.startswith("zh") else "en"
