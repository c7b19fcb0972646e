"""Messages of the bot: text, photos, documents, albums, "is typing"."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from tests.telegram.chats import Chat, Stored
from tests.telegram.errors import bad
from tests.telegram.methods.content import answered, caption_of, markup_of, text_of
from tests.telegram.methods.registry import method
from tests.telegram.world import Blob, World

_ALBUMS = itertools.count(13_000_000_000_000_000)


def _send(world: World, chat: Chat, call: dict[str, Any], content: dict[str, Any]) -> Stored:
    """Put a message of the bot into a chat that it may write to."""
    reply_to, quote = answered(world, chat, call)
    thread = world.thread(chat, call.get("message_thread_id"), reply_to)
    world.limits.count(chat.id)
    extra: dict[str, Any] = {"has_protected_content": True} if call.get("protect_content") else {}
    return world.post(
        chat, world.bot, content | extra, reply_to=reply_to, quote=quote, thread=thread,
        silent=bool(call.get("disable_notification")),
    )  # fmt: skip


@method("sendMessage")
async def send_message(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.writable(call["chat_id"])
    return _send(world, chat, call, text_of(world, call) | markup_of(call)).payload


def _file(world: World, value: Any, files: Mapping[str, Any], name: str, folder: str) -> Blob:
    """The file that a parameter names: uploaded with it, attached under another name, or known already."""
    if isinstance(value, str) and value.startswith("attach://"):
        name = value.removeprefix("attach://")
        if name not in files:
            raise bad("file must be non-empty")
    elif value is not None:
        if value in world.files:
            return world.files[value]
        raise bad("wrong file identifier/HTTP URL specified")
    upload = files.get(name)
    if upload is None or not upload.data:
        raise bad("file must be non-empty")
    return world.store(upload.data, upload.name, upload.mime, folder)


def photo_fields(blob: Blob) -> dict[str, Any]:
    """A photo in the sizes that Telegram makes of it; here they are all the same file."""
    size = {"file_id": blob.id, "file_unique_id": blob.unique, "file_size": blob.size}
    return {"photo": [size | {"width": side * 4 // 3, "height": side} for side in (90, 320, 960)]}


def document_fields(blob: Blob) -> dict[str, Any]:
    """A document."""
    fields = {"file_id": blob.id, "file_unique_id": blob.unique, "file_size": blob.size}
    return {"document": fields | {"file_name": blob.name, "mime_type": blob.mime}}


@method("sendPhoto")
async def send_photo(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.writable(call["chat_id"])
    blob = _file(world, call.get("photo"), files, "photo", "photos")
    if blob.size > 10 * 2**20:
        raise bad("file is too big")
    content = photo_fields(blob) | caption_of(world, call) | markup_of(call)
    return _send(world, chat, call, content).payload


@method("sendDocument")
async def send_document(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.writable(call["chat_id"])
    blob = _file(world, call.get("document"), files, "document", "documents")
    return _send(world, chat, call, document_fields(blob) | caption_of(world, call) | markup_of(call)).payload


@method("sendMediaGroup")
async def send_media_group(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.writable(call["chat_id"])
    media = call["media"]
    if not 2 <= len(media) <= 10:
        raise bad("can't parse media: expected 2-10 items in the album")
    fields = {"photo": photo_fields, "document": document_fields}
    if len({item["type"] for item in media}) > 1 or media[0]["type"] not in fields:
        raise bad("can't mix these media types in one album")
    album = str(next(_ALBUMS))
    contents = []
    for item in media:
        blob = _file(world, item.get("media"), files, "media", f"{item['type']}s")
        contents.append(fields[item["type"]](blob) | caption_of(world, item) | {"media_group_id": album})
    return [_send(world, chat, call, content).payload for content in contents]


@method("sendChatAction")
async def send_chat_action(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.writable(call["chat_id"])
    chat.actions.append(call["action"])
    world.changed()
    return True
