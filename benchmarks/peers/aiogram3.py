"""aiogram: a Dispatcher with one Command filter for each command, fed by feed_update."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast

from aiogram import Bot, Dispatcher, __version__
from aiogram.client.session.base import BaseSession
from aiogram.filters import Command, CommandObject
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Message, Update

from benchmarks.measure import Handle, Sent, main
from benchmarks.updates import ME_BODY, REPLY_BODY, TOKEN, command_name, reply_to


class Platform(BaseSession):
    """Takes requests as the HTTP client would, and answers at once, in memory."""

    def __init__(self, sent: Sent) -> None:
        super().__init__()
        self._sent = sent

    async def close(self) -> None:
        return None

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        # The fields as aiogram's own session prepares them for its form.
        fields = {}
        for key, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files={})
            if prepared:
                fields[key] = prepared
        body = ME_BODY
        if isinstance(method, SendMessage):
            self._sent.append((int(fields["chat_id"]), fields["text"]))
            body = REPLY_BODY
        return cast(TelegramType, self.check_response(bot, method, 200, body).result)

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield b""


def add_command(dispatcher: Dispatcher, name: str) -> None:
    """A command's handler."""

    async def handler(message: Message, command: CommandObject) -> None:
        await message.answer(reply_to(name, command.args or ""))

    dispatcher.message.register(handler, Command(name))


async def setup(commands: int, sent: Sent) -> Handle:
    """A dispatcher with its defaults; only the network is replaced."""
    bot = Bot(TOKEN, session=Platform(sent))
    dispatcher = Dispatcher()
    for number in range(commands):
        add_command(dispatcher, command_name(number))

    async def handle(raw: bytes) -> None:
        await dispatcher.feed_update(bot, Update.model_validate_json(raw, context={"bot": bot}))

    return handle


if __name__ == "__main__":
    main("aiogram", __version__, setup)
