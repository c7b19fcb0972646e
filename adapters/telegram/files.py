"""Files: what people sent, fetched within limits."""

from __future__ import annotations

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from adapters.telegram.errors import Told
from adapters.telegram.transport import Transport
from botkit.adapter import Refused
from botkit.messages import Attachment

MB = 1024 * 1024


async def fetch(bot: Bot, api: Transport, told: Told, attachment: Attachment, limit: int) -> bytes:
    """The bytes of a file. Raises ``Refused`` for one that is too large or that Telegram does not give."""
    if attachment.size > limit:
        raise Refused(f"a file of {attachment.size} bytes; the limit is {limit}")
    try:
        file = await bot.get_file(attachment.id)
        if (file.file_size or 0) > limit or not file.file_path:
            raise Refused(f"a file of {file.file_size} bytes; the limit is {limit}")
        content = await api.download(file.file_path, limit)
    except BadRequest:
        raise Refused("Telegram does not give this file") from None
    except TelegramError as problem:
        raise told.outcome(problem, "") from None
    if content is None:
        raise Refused(f"a file of more than {limit} bytes")
    return content
