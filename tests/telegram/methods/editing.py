"""Changing what stands already: edits, deletions, reactions, pins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.telegram.chats import Chat, Stored
from tests.telegram.errors import bad
from tests.telegram.methods.content import caption_of, markup_of, text_of
from tests.telegram.methods.registry import method
from tests.telegram.world import World

_TWO_DAYS = 48 * 3600
_REACTIONS = frozenset("👍👎❤🔥🥰👏😁🤔🤯😱🎉🙏👌👀✍🤝🫡💯🆒😢🤗⚡🏆💔🤨😐🍓😈😴😭🤓👻🎃🙈😇😨💊🙊😎")
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def _own(world: World, call: dict[str, Any]) -> Stored:
    """A message of the bot that it may edit."""
    chat = world.writable(call["chat_id"])
    stored = chat.find(int(call["message_id"]))
    if stored is None:
        raise bad("message to edit not found")
    if not stored.by_bot:
        raise bad("message can't be edited")
    return stored


def _replace(world: World, stored: Stored, content: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """The message with other content. Refused if that is what it says already."""
    before = {name: value for name, value in stored.payload.items() if name in fields}
    if before == content:
        raise bad(_NOT_MODIFIED)
    world.limits.count(stored.chat.id)
    for name in fields:
        stored.payload.pop(name, None)
    stored.payload |= content | {"edit_date": world.now()}
    world.changed()
    return stored.payload


@method("editMessageText")
async def edit_message_text(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    stored = _own(world, call)
    content = text_of(world, call) | markup_of(call)
    if "text" not in stored.payload:
        raise bad("there is no text in the message to edit")
    return _replace(world, stored, content, ("text", "entities", "link_preview_options", "reply_markup"))


@method("editMessageCaption")
async def edit_message_caption(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    stored = _own(world, call)
    if "text" in stored.payload:
        raise bad("there is no caption in the message to edit")
    content = caption_of(world, call) | markup_of(call)
    return _replace(world, stored, content, ("caption", "caption_entities", "reply_markup"))


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    stored = _own(world, call)
    return _replace(world, stored, markup_of(call), ("reply_markup",))


@method("deleteMessage")
async def delete_message(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.chat(call["chat_id"])
    stored = chat.find(int(call["message_id"]))
    if stored is None:
        raise bad("message to delete not found")
    leads = chat.member(world.bot).may("can_delete_messages")
    old = world.clock() - stored.payload["date"] > _TWO_DAYS
    if not leads and (old or not (stored.by_bot or chat.private)):
        raise bad("message can't be deleted for everyone" if old else "message can't be deleted")
    stored.deleted = True
    world.changed()
    return True


@method("setMessageReaction")
async def set_message_reaction(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.writable(call["chat_id"])
    stored = chat.find(int(call["message_id"]))
    if stored is None:
        raise bad("message to react not found")
    signs = call.get("reaction") or []
    if len(signs) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(sign["type"] != "emoji" or sign["emoji"] not in _REACTIONS for sign in signs):
        raise bad("REACTION_INVALID")
    stored.reactions[world.bot.id] = signs
    world.changed()
    return True


def _may_pin(world: World, chat: Chat) -> None:
    me = chat.member(world.bot)
    right = "can_edit_messages" if chat.type == "channel" else "can_pin_messages"
    if not chat.private and not me.may(right):
        raise bad("not enough rights to manage pinned messages in the chat")


@method("pinChatMessage")
async def pin_chat_message(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.writable(call["chat_id"])
    _may_pin(world, chat)
    stored = chat.find(int(call["message_id"]))
    if stored is None:
        raise bad("message to pin not found")
    if stored.id in chat.pinned:
        chat.pinned.remove(stored.id)
    chat.pinned.append(stored.id)
    world.service(chat, world.bot, {"pinned_message": stored.quoted()}, thread=stored.thread)
    return True


@method("unpinChatMessage")
async def unpin_chat_message(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.writable(call["chat_id"])
    _may_pin(world, chat)
    number = int(call["message_id"]) if "message_id" in call else (chat.pinned or [0])[-1]
    if number not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(number)
    world.changed()
    return True
