"""Sending: one reply as Telegram's requests, plain words and nothing that could be taken for markup."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from telegram import LinkPreviewOptions, MessageEntity, ReactionTypeEmoji, ReplyParameters
from telegram.constants import ReactionEmoji
from telegram.error import BadRequest, ChatMigrated, TelegramError

from adapters.telegram import refs, uploads
from adapters.telegram.entities import units
from adapters.telegram.errors import says
from botkit.adapter import Refused
from botkit.messages import Outgoing

if TYPE_CHECKING:
    from adapters.telegram.adapter import Telegram

T = TypeVar("T")

SIGNS = frozenset(sign.value for sign in ReactionEmoji)
ANY_SIGN = "👍"
"""What stands for a sign that Telegram has no reaction for."""
TITLE = 128
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_SAME = ("message is not modified",)
_NOT_THERE = ("message to delete not found", "message can't be found", "message_id_invalid")
_NO_THREAD = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid", "thread not found")
_NO_TARGET = ("message to be replied not found", "replied message not found", "reply message not found")
_NO_TEXT = ("there is no text in the message to edit",)
_NO_FORUM = ("not a forum", "not enough rights", "topics", "channel_forum_missing", "need administrator rights")


class Sender:
    """Says, edits, deletes, signs and pins for one account."""

    def __init__(self, adapter: Telegram) -> None:
        self._adapter = adapter
        self._bot = adapter.bot
        self._begun: dict[str, str] = {}
        """Texts that went out while their files did not yet, by the key of their row."""

    async def send(self, out: Outgoing) -> str:
        """Say it; returns the number of the message that carries the text."""
        return await self._tried(out, self._send)

    async def _send(self, out: Outgoing, chat: int) -> str:
        options = self._options(out, chat)
        files = await uploads.ready(self._adapter.services.files, out.files)
        text, marks = dressed(out)
        if len(files) == 1 and units(text) <= uploads.CAPTION:

            def send_file(given: dict[str, Any]) -> Awaitable[int]:
                return uploads.one(self._bot, chat, files[0], text, marks, given)

            return await self._placed(out, chat, options, send_file)
        ref = self._begun.get(out.key) if files else None
        if ref is None:
            ref = await self._placed(out, chat, options, lambda given: self._text(chat, text, marks, given))
        if files:
            self._begun[out.key] = ref
            await uploads.many(self._bot, chat, files, refs.number(ref, chat), options)
            del self._begun[out.key]
        return ref

    async def _text(self, chat: int, text: str, marks: list[MessageEntity] | None, options: dict[str, Any]) -> int:
        sent = await self._bot.send_message(
            chat, text or "…", entities=marks, link_preview_options=_NO_PREVIEW, **options
        )
        return sent.message_id

    async def _placed(
        self, out: Outgoing, chat: int, options: dict[str, Any], say: Callable[[dict[str, Any]], Awaitable[int]]
    ) -> str:
        """Say it where it belongs, or, where that place is gone, in the chat all the same."""
        for _ in range(2):
            try:
                number = await say(options)
                break
            except BadRequest as problem:
                if says(problem, *_NO_THREAD) and "message_thread_id" in options:
                    del options["message_thread_id"]
                elif says(problem, *_NO_TARGET) and "reply_parameters" in options:
                    del options["reply_parameters"]
                else:
                    raise
        else:
            number = await say(options)
        if out.thread is not None:
            self._adapter.threads.note(out.chat.id, number, out.thread)
        return refs.name(chat, number)

    def _options(self, out: Outgoing, chat: int) -> dict[str, Any]:
        options: dict[str, Any] = {"disable_notification": out.silent}
        target = refs.number(out.reply_to, chat)
        topic = refs.topic(out.thread) or refs.topic(self._adapter.threads.of(out.chat.id, target))
        if topic is not None:
            options["message_thread_id"] = topic
        elif target is None and out.thread is not None:
            # A chain of replies: what it says answers the message that the chain began with.
            target = refs.number(out.thread, chat)
        if target is not None:
            options["reply_parameters"] = ReplyParameters(target, allow_sending_without_reply=True)
        keyboard = self._adapter.buttons.keyboard(out.chat.id, out.key, out.buttons)
        if keyboard is not None:
            options["reply_markup"] = keyboard
        return options

    # what was said ----------------------------------------------------------------------------------------

    async def edit(self, out: Outgoing) -> str:
        """Replace a text and its buttons; what is so already is done."""

        async def work(out: Outgoing, chat: int) -> str:
            number, (text, marks) = target_of(out, chat), dressed(out)
            keyboard = self._adapter.buttons.keyboard(out.chat.id, out.key, out.buttons)
            try:
                await self._bot.edit_message_text(
                    text or "…", chat, number, entities=marks, link_preview_options=_NO_PREVIEW, reply_markup=keyboard
                )
            except BadRequest as problem:
                if says(problem, *_NO_TEXT):
                    await self._bot.edit_message_caption(
                        chat, number, caption=text, caption_entities=marks, reply_markup=keyboard
                    )
                elif not says(problem, *_SAME):
                    raise
            return refs.name(chat, number)

        return await self._tried(out, work)

    async def delete(self, out: Outgoing) -> str | None:
        """Take a message away; what is not there any more is done."""

        async def work(out: Outgoing, chat: int) -> None:
            try:
                await self._bot.delete_message(chat, target_of(out, chat))
            except BadRequest as problem:
                if not says(problem, *_NOT_THERE):
                    raise

        await self._tried(out, work)
        return None

    async def react(self, out: Outgoing) -> None:
        """Set a sign on a message, where the group allows it."""

        async def work(out: Outgoing, chat: int) -> None:
            sign = out.text if out.text in SIGNS else out.text.rstrip("\ufe0f")
            reaction = [ReactionTypeEmoji(sign if sign in SIGNS else ANY_SIGN)]
            try:
                await self._bot.set_message_reaction(chat, target_of(out, chat), reaction)
            except BadRequest as problem:
                # A group may allow few signs or none: a sign is a courtesy.
                if not says(problem, "reaction"):
                    raise

        await self._tried(out, work)

    async def pin(self, out: Outgoing) -> str | None:
        """Pin a message, without a sound."""

        async def work(out: Outgoing, chat: int) -> None:
            await self._bot.pin_chat_message(chat, target_of(out, chat), disable_notification=True)

        await self._tried(out, work)
        return None

    async def open_thread(self, out: Outgoing) -> str:
        """A topic where the room is a forum and lets the bot make one; else the chain that begins with the target."""

        async def work(out: Outgoing, chat: int) -> str:
            if await self._is_forum(out.chat.id, chat):
                try:
                    topic = await self._bot.create_forum_topic(chat, out.text[:TITLE] or "…")
                except BadRequest as problem:
                    if not says(problem, *_NO_FORUM):
                        raise
                else:
                    return f"{refs.TOPIC}{topic.message_thread_id}"
            root = refs.number(out.target, chat)
            if root is None:
                root = await self._text(chat, out.text, None, {})
            return refs.name(chat, root)

        return await self._tried(out, work)

    async def _is_forum(self, name: str, chat: int) -> bool:
        forums = self._adapter.threads.forums
        if name not in forums:
            forums[name] = bool((await self._bot.get_chat(chat)).is_forum)
        return forums[name]

    # outcomes ---------------------------------------------------------------------------------------------

    async def _tried(self, out: Outgoing, work: Callable[[Outgoing, int], Awaitable[T]]) -> T:
        told, chat = self._adapter.told, self._adapter.moves.now(out.chat.id)
        try:
            try:
                done = await work(out, int(chat))
            except ChatMigrated as moved:
                new = str(moved.new_chat_id)
                self._adapter.has_moved(out.chat, new)
                done = await work(out, int(new))
        except TelegramError as problem:
            raise told.outcome(problem, chat) from None
        told.went_through()
        return done


def target_of(out: Outgoing, chat: int) -> int:
    """The number of the message that something is done to. Raises ``Refused`` for what is none."""
    number = refs.number(out.target, chat)
    if number is None:
        raise Refused("there is no such message")
    return number


def dressed(out: Outgoing) -> tuple[str, list[MessageEntity] | None]:
    """The text, with its author in bold before it: words are never markup, so nobody can forge that."""
    if not out.author:
        return out.text, None
    author = out.author[: uploads.AUTHOR]
    return f"{author}\n{out.text}", [MessageEntity(MessageEntity.BOLD, 0, units(author))]
