"""Topics of a forum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.telegram.chats import Chat, Topic
from tests.telegram.errors import bad
from tests.telegram.methods.registry import method
from tests.telegram.world import World

_COLOUR = 7322096


def _forum(world: World, call: dict[str, Any]) -> Chat:
    chat = world.writable(call["chat_id"])
    if not chat.forum:
        raise bad("the chat is not a forum")
    return chat


def _topic(world: World, call: dict[str, Any]) -> tuple[Chat, Topic]:
    """A topic that the bot may change: its own, or any with the right."""
    chat = _forum(world, call)
    topic = chat.topics.get(int(call["message_thread_id"]))
    if topic is None:
        raise bad("message thread not found")
    if not topic.by_bot and not chat.member(world.bot).may("can_manage_topics"):
        raise bad("not enough rights to manage the topic")
    return chat, topic


@method("createForumTopic")
async def create_forum_topic(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = _forum(world, call)
    if not chat.member(world.bot).may("can_manage_topics"):
        raise bad("not enough rights to create a topic")
    if not 1 <= len(call["name"]) <= 128:
        raise bad("TOPIC_TITLE_EMPTY" if not call["name"] else "topic name is too long")
    created = {"name": call["name"], "icon_color": call.get("icon_color", _COLOUR)}
    thread = open_topic(world, chat, world.bot, call["name"], created)
    return created | {"message_thread_id": thread}


def open_topic(world: World, chat: Chat, by: Any, name: str, created: dict[str, Any] | None = None) -> int:
    """A new topic; the message that opens it gives it its id."""
    made = created or {"name": name, "icon_color": _COLOUR}
    stored = world.post(chat, by, {"forum_topic_created": made})
    stored.payload |= {"message_thread_id": stored.id, "is_topic_message": True}
    chat.topics[stored.id] = Topic(stored.id, name, by is world.bot)
    world.tell_service(stored)
    return stored.id


@method("editForumTopic")
async def edit_forum_topic(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat, topic = _topic(world, call)
    name = call.get("name") or topic.name
    if name == topic.name:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.name = name
    world.service(chat, world.bot, {"forum_topic_edited": {"name": name}}, thread=topic.thread)
    return True


@method("closeForumTopic")
async def close_forum_topic(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat, topic = _topic(world, call)
    if topic.closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.closed = True
    world.service(chat, world.bot, {"forum_topic_closed": {}}, thread=topic.thread)
    return True


@method("reopenForumTopic")
async def reopen_forum_topic(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat, topic = _topic(world, call)
    if not topic.closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.closed = False
    world.service(chat, world.bot, {"forum_topic_reopened": {}}, thread=topic.thread)
    return True
