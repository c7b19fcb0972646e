"""Uploads: stored files on their way out, pictures without what cameras hide in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from telegram import Bot, InputFile, InputMediaDocument, InputMediaPhoto, MessageEntity, ReplyParameters

from botkit.files import Broken, Files, Missing
from botkit.messages import Attachment, MessageKind

CAPTION = 1000
"""Units of text that go under a picture; Telegram takes 1,024."""
AUTHOR = 64
"""Signs of an author's name."""
ALBUM = 10


class Ready(NamedTuple):
    """A file that can be sent."""

    photo: bool
    content: bytes
    name: str


async def ready(files: Files, attachments: Sequence[Attachment]) -> list[Ready]:
    """Stored files, ready to be sent; those that are not there any more are left out."""
    found = []
    for file in attachments:
        try:
            if file.kind is MessageKind.PHOTO:
                found.append(Ready(True, await files.display(file.id), "photo.jpg"))
            else:
                name = file.name or f"{file.kind.value}.{file.id.rpartition('.')[2]}"
                found.append(Ready(False, await files.get(file.id), name))
        except (Missing, Broken):
            continue
    return found


async def one(
    bot: Bot, chat: int, file: Ready, text: str, marks: list[MessageEntity] | None, options: dict[str, Any]
) -> int:
    """Send a file with the text under it; returns its number."""
    content = InputFile(file.content, file.name)
    if file.photo:
        sent = await bot.send_photo(chat, content, caption=text, caption_entities=marks, **options)
    else:
        sent = await bot.send_document(chat, content, caption=text, caption_entities=marks, **options)
    return sent.message_id


async def many(bot: Bot, chat: int, files: Sequence[Ready], under: int | None, options: dict[str, Any]) -> None:
    """Send files in answer to the text that they belong to: pictures as albums, the rest one by one."""
    kept = ("message_thread_id", "disable_notification")
    given: dict[str, Any] = {name: options[name] for name in kept if name in options}
    if under is not None:
        given["reply_parameters"] = ReplyParameters(under, allow_sending_without_reply=True)
    for photos in (True, False):
        rest = [file for file in files if file.photo is photos]
        while rest:
            lot, rest = rest[:ALBUM], rest[ALBUM:]
            if len(lot) == 1:
                await one(bot, chat, lot[0], "", None, given)
            else:
                make = InputMediaPhoto if photos else InputMediaDocument
                await bot.send_media_group(chat, [make(file.content, filename=file.name) for file in lot], **given)
